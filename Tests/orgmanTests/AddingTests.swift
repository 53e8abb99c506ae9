import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Members who are added, one or several, and organizations with all that they have.
  @Suite struct Adding {
    private func data(_ store: TestStore) throws -> any TestData {
      var records = [
        Record("1", "Acme", members: [("ann", "owner"), ("bob", "member")]),
        Record("2", "Globex", members: [("joanna", "owner"), ("john", "member"), ("jane", "billing_admin")]),
      ]
      records[1].lago = "lago_1"
      return try store.data(records)
    }

    @Test(
      arguments: TestStore.allCases,
      [(columns: 120, rows: 32), (columns: 80, rows: 24), (columns: 40, rows: 10)])
    func `a pasted list is shown before it is added in one go, and undone in one`(
      store: TestStore, size: (columns: Int, rows: Int)
    ) throws {
      let data = try data(store)
      let orgman = try open(data, columns: size.columns, rows: size.rows)
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("\u{1b}[200~eve,\rfay\r\nbob, eve\r\u{1b}[201~")
      try orgman.waitForText("3 users, who are")
      orgman.press(.control("s"))
      try orgman.waitFor("the preview") {
        $0.joined.contains("bob (member) is in Acme already. Add 2 users to Acme as member: eve and fay?")
      }
      #expect(try data.members(of: data.id("org_1")) == ["ann owner", "bob member"])
      // No leads back to what was typed.
      orgman.send("n")
      try orgman.waitForText("eve, fay bob, eve")
      orgman.press(.control("s"))
      try orgman.waitForText("eve and fay?")
      orgman.send("y")
      try orgman.waitFor("what was done") {
        $0.joined.contains("Added 2 users to Acme as member; 1 in it already.")
      }
      #expect(
        try data.members(of: data.id("org_1")) == ["ann owner", "bob member", "eve member", "fay member"])
      orgman.send("u")
      try orgman.waitFor("the undo") { $0.joined.contains("Undid generation") }
      #expect(try data.members(of: data.id("org_1")) == ["ann owner", "bob member"])
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `known users are offered while one is typed, and taken with Tab`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data, columns: 80, rows: 24)
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("AN")
      try orgman.waitFor("those who begin with it, and those who have it") { screen in
        let rows = ["ann  already owner", "jane", "joanna"].compactMap { screen.row(containing: $0) }
        return rows.count == 3 && rows == rows.sorted()
      }
      try orgman.waitForText("Tab take")
      orgman.press(.escape)
      try orgman.waitFor("none of them") { !$0.text.contains("already owner") }
      #expect(orgman.screen.text.contains("Add a member to Acme"))
      orgman.press(.control("u"))
      orgman.send("jo")
      try orgman.waitFor("two of them") { $0.text.contains("joanna") && $0.text.contains("john") }
      orgman.press(.down, .down)
      try orgman.waitForText("▸ john")
      orgman.press(.tab)
      try orgman.waitFor("the one that was chosen") {
        !$0.text.contains("joanna") && $0.text.contains("john")
      }
      orgman.send(",jan")
      try orgman.waitFor("another") { $0.lines.contains { $0.trimmed == "jane" } }
      orgman.press(.tab)
      try orgman.waitForText("john,jane")
      orgman.press(.tab)
      try orgman.waitForText("▸Role")
      orgman.press(.control("s"))
      try orgman.waitForText("Add 2 users to Acme as member: john and jane?")
      orgman.send("y")
      try orgman.waitForText("Added 2 users to Acme as member.")
      // They joined at the same moment.
      #expect(
        try data.members(of: data.id("org_1")).sorted()
          == ["ann owner", "bob member", "jane member", "john member"])
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a new organization is made with owner, plan, status and billing ids`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data, columns: 80, rows: 24)
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("Initech\tjoh")
      try orgman.waitFor("john") { $0.lines.contains { $0.trimmed == "john" } }
      orgman.press(.tab)
      try orgman.waitFor("john in the field") {
        $0.lines.contains { $0.contains("Owner") && $0.contains("john") }
      }
      orgman.press(.tab)
      try orgman.waitForText("▸Plan")
      orgman.press(.right)
      orgman.press(.tab)
      try orgman.waitForText("▸Status")
      orgman.send(" \tlago_1\tcus 2")
      try orgman.waitForText("cus 2")
      orgman.press(.control("s"))
      try orgman.waitFor("the warning") {
        $0.joined.contains("lago_1 is the Lago id of Globex, too. Use it all the same?")
      }
      orgman.send("y")
      try orgman.waitForText("A Stripe id can't contain blanks")
      orgman.press(.control("u"))
      orgman.send("cus_2")
      orgman.press(.control("s"))
      try orgman.waitFor("what was done") {
        $0.joined.contains("Created Initech on starter; Added john to Initech as owner.")
      }
      let made = try data.organization(named: "Initech")
      #expect(made["plan_tier"] as? String == "starter" && made["status"] as? String == "suspended")
      #expect(made["lago_customer_id"] as? String == "lago_1")
      #expect(made["stripe_customer_id"] as? String == "cus_2")
      #expect(try data.members(of: #require(made["id"] as? String)) == ["john owner"])
      orgman.send("u")
      try orgman.waitFor("the undo") { $0.lines[0].contains("2 orgs") }
      #expect(try data.names() == ["Acme", "Globex"])
      // The name is enough: what isn't touched isn't set.
      orgman.send("aUmbrella")
      orgman.press(.control("s"))
      try orgman.waitForText("Created Umbrella on founders_friend.")
      let bare = try data.organization(named: "Umbrella")
      #expect(bare["lago_customer_id"] is NSNull && bare["stripe_customer_id"] is NSNull)
      #expect(try data.members(of: #require(bare["id"] as? String)) == [])
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `the commands have the same options`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let made = try orgman(
        "create", "Initech", "--owner", "john", "--plan", "starter", "--status", "suspended", "--lago",
        "lago_1",
        "--stripe", "cus_2")
      #expect(made.stderr == "orgman: Warning: lago_1 is the Lago id of Globex, too.\n")
      let organization = try data.organization(named: "Initech")
      #expect(organization["status"] as? String == "suspended")
      #expect(organization["lago_customer_id"] as? String == "lago_1")
      #expect(organization["stripe_customer_id"] as? String == "cus_2")
      #expect(try data.members(of: #require(organization["id"] as? String)) == ["john owner"])
      let before = try data.contents()
      for (option, value, sentence) in [
        ("--stripe", "sub_2", "A Stripe id looks like"), ("--lago", "a b", "A Lago id can't contain blanks"),
        ("--status", "gone", "'gone'"),
      ] {
        let refused = try orgman("create", "Umbrella", option, value)
        #expect(refused.status != .exited(0) && refused.stderr.contains(sentence), "\(refused)")
      }
      #expect(try data.contents() == before)
      // One who is named twice is added once.
      #expect(
        try orgman("add", "Acme", "eve", "fay", "eve", "--role", "owner").stdout
          == "Added eve to Acme as owner\nAdded fay to Acme as owner\n")
      #expect(
        try orgman("add", "Acme", "-", input: "gil\nhal\ngil\n").stdout
          == "Added gil to Acme as member\nAdded hal to Acme as member\n")
    }
  }
}

extension Screen {
  /// All of it as one line, for sentences that take several.
  var joined: String { lines.map(\.trimmed).joined(separator: " ") }
}
