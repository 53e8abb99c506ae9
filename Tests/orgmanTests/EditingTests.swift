import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What admins do all day.
  @Suite struct Editing {
    @Test(arguments: TestStore.allCases)
    func `opening and quitting changes no byte`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      try orgman.waitFor("the whole header") { $0.lines[0].contains("10 orgs, 1 hidden  21 members   live") }
      orgman.send("jjk/o")
      orgman.press(.enter, .tab, .down, .up)
      try orgman.waitFor("the detail") { $0.selectedDetail != nil }
      try orgman.quit()
      #expect(try data.contents() == before)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: data.directory).sorted()
          == (store == .files ? ["org_users.json", "organizations.json"] : []))
    }

    @Test(arguments: TestStore.allCases)
    func `a role changes with r o, that member's role and nothing else`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      try orgman.choose("bakery")
      try orgman.enter()
      #expect(orgman.screen.selectedDetail?.hasPrefix("user_000") == true)
      orgman.press(.down)
      try orgman.waitFor("the second member") { $0.selectedDetail?.hasPrefix("user_001") == true }
      orgman.send("r")
      try orgman.waitForText("Role of user_001 in Zoë's Bakery, now member:")
      orgman.send("o")
      try orgman.waitForText("Role of user_001 in Zoë's Bakery: member → owner.  u undoes")
      try orgman.waitFor("the new role") { $0.selectedDetail?.contains("owner") == true }

      let after = try data.contents()
      #expect(after[0] == before[0])
      let lines = zip(before[1].components(separatedBy: "\n"), after[1].components(separatedBy: "\n"))
      let changed = lines.filter { $0 != $1 }.map(\.1)
      #expect(changed.count == 1 && changed[0].contains(#""role": "owner""#))
      #expect(
        try data.members(of: "org_1f94942f-38fc-4490-a501-98247f318fef")
          == ["user_000 owner", "user_001 owner", "user_002 billing_admin"])
      try data.check()

      orgman.send("y")
      try orgman.waitForText("Copied user_001.")
      orgman.send("rm")
      try orgman.waitForText("owner → member.")
      #expect(try data.contents() == before)
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `an organization and members are added, edited and removed`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("Łódź \"Wind\" \\ Söhne 🌬")
      orgman.press(.control("s"))
      try orgman.waitForText("Created Łódź \"Wind\" \\ Söhne 🌬 on founders_friend.")
      let name = "Łódź \"Wind\" \\ Söhne 🌬"
      #expect(orgman.screen.selected?.hasPrefix("Łódź") == true)
      let created = try data.organization(named: name)
      let id = try #require(created["id"] as? String)
      let form = /(org_)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
      #expect(try #require(id.wholeMatch(of: form)).1 == (store == .files ? "org_" : nil))
      #expect(created["plan_tier"] as? String == "founders_friend")
      #expect(created["status"] as? String == "active")
      #expect(created["lago_customer_id"] is NSNull)
      // Behind the others, in the form in which Python writes it.
      let added = try data.contents()
      #expect(try data.contain(before))
      if store == .files {
        #expect(added[0].hasPrefix(before[0].dropLast(2) + ",\n  \"\(id)\": {\n    \"id\": \"\(id)\",\n"))
        #expect(added[0].contains(#"\u0141\u00f3d\u017a \"Wind\" \\ S\u00f6hne \ud83c\udf2c"#))
      }
      try data.check()

      orgman.press(.enter)
      try orgman.waitFor("the plan, as there are no members") { $0.selectedDetail?.hasPrefix("Plan") == true }
      for (user, role) in [("ann", "owner"), ("bob", "member"), ("cé", "billing_admin")] {
        orgman.send("a")
        try orgman.waitForText("Add a member to")
        orgman.send(user)
        orgman.press(.tab)
        try orgman.waitForText("▸Role")
        let word = role == "billing_admin" ? "billing" : role
        for _ in 0..<3 where !orgman.screen.text.contains("‹ \(word) ›") {
          let shown = orgman.screen.text
          orgman.send(" ")
          try orgman.waitFor("another role") { $0.text != shown }
        }
        try orgman.waitForText("‹ \(word) ›")
        orgman.press(.control("s"))
        try orgman.waitForText("Added \(user) to")
        try orgman.waitFor("the new member") { $0.selectedDetail?.hasPrefix(user) == true }
      }
      #expect(try data.members(of: id) == ["ann owner", "bob member", "cé billing_admin"])
      #expect(try data.contents()[0] == added[0])

      // The edit pane, from the list.
      orgman.send("h")
      orgman.press(.f(2))
      try orgman.waitForText("Edit Łódź")
      orgman.press(.control("u"))
      orgman.send("Lodz")
      orgman.press(.tab, .control("a"), .control("k"))
      orgman.send("enterprise")
      orgman.press(.tab)
      orgman.send(" ")
      try orgman.waitForText("‹ suspended ›")
      orgman.press(.down)
      orgman.send("lago_7")
      orgman.press(.tab)
      orgman.send("cus_x")
      orgman.press(.backspace)
      orgman.send("9")
      orgman.press(.control("s"))
      try orgman.waitForText("Renamed")
      let edited = try data.organization(named: "Lodz")
      #expect(edited["id"] as? String == id)
      #expect(edited["plan_tier"] as? String == "enterprise")
      #expect(edited["status"] as? String == "suspended")
      #expect(edited["lago_customer_id"] as? String == "lago_7")
      #expect(edited["stripe_customer_id"] as? String == "cus_9")
      #expect(edited["created_at"] as? String == created["created_at"] as? String)
      #expect(try data.contain(before))

      // Removing asks, and No has the focus.
      try orgman.enter()
      orgman.press(.up)
      try orgman.waitFor("bob") { $0.selectedDetail?.hasPrefix("bob") == true }
      orgman.send("d")
      let asked = try orgman.waitForText("Remove bob (member) from Lodz?")
      let row = try #require(asked.row(containing: "Remove bob"))
      #expect(
        (0..<120).filter { asked.cell(row: row, column: $0).reverse }.map {
          asked.cell(row: row, column: $0).text
        }.joined() == " No ")
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: "Remove bob") == nil }
      #expect(try data.members(of: id).count == 3)
      orgman.send("dy")
      try orgman.waitForText("Removed bob (member) from Lodz.")
      #expect(try data.members(of: id) == ["ann owner", "cé billing_admin"])

      // The last owner stays.
      orgman.send("g")
      try orgman.waitFor("the top") { $0.selectedDetail?.hasPrefix("Lodz") == true }
      orgman.press(.end, .up)
      try orgman.waitFor("ann") { $0.selectedDetail?.hasPrefix("ann") == true }
      orgman.send("d")
      try orgman.waitForText("ann is the last owner of Lodz")
      orgman.send("kjr")
      try orgman.waitForText("ann is the last owner of Lodz")
      #expect(try data.members(of: id).count == 2)

      orgman.send("h")
      try orgman.waitFor("the list") { $0.selectedDetail == nil }
      orgman.send("d")
      try orgman.waitForText("Set Lodz to deleted?")
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: "Set Lodz") == nil }
      #expect(try data.organization(named: "Lodz")["status"] as? String == "suspended")
      orgman.press(.delete)
      try orgman.waitForText("Set Lodz to deleted?")
      orgman.press(.right, .enter)
      // It leaves the list, which is said after what became of it, and can be undone.
      try orgman.waitFor("what was done") {
        $0.row(containing: "Status of Lodz: suspended → deleted.") != nil
          && $0.row(containing: "u undoes") != nil && $0.lines[0].contains("2 hidden")
      }
      #expect(try data.organization(named: "Lodz")["status"] as? String == "deleted")
      try data.check()
      try orgman.quit()
      #expect(try data.contain(before))
    }

    @Test(arguments: TestStore.allCases)
    func `a form says what is wrong, and doesn't throw away unasked what was typed`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.press(.control("s"))
      try orgman.waitForText("! ")
      orgman.send(" gLoBeX ")
      orgman.press(.control("s"))
      try orgman.waitForText("gLoBeX\" is taken by")
      orgman.press(.escape)
      try orgman.waitForText("Throw away what you typed?")
      orgman.press(.enter)
      try orgman.waitFor("the form") {
        $0.row(containing: "Throw away") == nil && $0.row(containing: "gLoBeX") != nil
      }
      orgman.press(.control("c"))
      try orgman.waitForText("Throw away what you typed?")
      orgman.send("y")
      try orgman.waitFor("the list") { $0.row(containing: "New organization") == nil }
      try orgman.quit()
      #expect(try data.contents() == before)
    }

    @Test(arguments: TestStore.allCases)
    func `names of 200 characters fit, and a longer one is cut with a word about it`(store: TestStore) throws
    {
      let data = try store.data([])
      let orgman = try open(data)
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send(String(repeating: "名", count: 201))
      try orgman.waitForText("That was cut: at most 200")
      orgman.press(.control("s"))
      try orgman.waitForText("1 org")
      #expect(try data.names() == [String(repeating: "名", count: 200)])
      try data.check()
      try orgman.quit()
    }
  }
}
