import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Forms and questions, and what others do while they are open.
  @Suite struct FormsAndQuestions {
    private func data(_ store: TestStore, members: [(String, String)] = [("ann", "owner")]) throws
      -> any TestData
    {
      try store.data([
        Record("1", "Acme", members: members), Record("2", "Globex", members: [("bob", "owner")]),
        Record("3", "Initech", members: [("bob", "owner")]),
      ])
    }

    @Test(
      arguments: TestStore.allCases,
      [(columns: 120, rows: 32), (columns: 80, rows: 24), (columns: 40, rows: 10)])
    func `Enter goes on through the fields and saves in the last one, as the line at the bottom says`(
      store: TestStore, size: (columns: Int, rows: Int)
    ) throws {
      let data = try data(store)
      let orgman = try open(data, columns: size.columns, rows: size.rows)
      func hints(_ screen: Screen) -> String { screen.lines.last { !$0.trimmed.isEmpty } ?? "" }
      orgman.send("e2")
      for field in ["Name", "Plan", "Status", "Lago id"] {
        try orgman.waitFor("\(field)") {
          $0.joined.contains("▸\(field)") && hints($0).contains("Enter next")
            && (size.columns < 80 || hints($0).contains("^S save"))
        }
        orgman.press(.enter)
      }
      try orgman.waitFor("the last field") {
        $0.joined.contains("▸Stripe id") && hints($0).contains("Enter save") && !hints($0).contains("^S")
      }
      orgman.press(.enter)
      try orgman.waitFor("what was done") { $0.joined.contains("Renamed Acme → Acme2") }
      try orgman.quit()
      #expect(try data.names().contains("Acme2"))
    }

    @Test(arguments: TestStore.allCases)
    func `a field that wasn't changed shows what others put there, a changed one says it`(store: TestStore)
      throws
    {
      let data = try data(store)
      let orgman = try open(data)
      orgman.send("e2")
      try orgman.waitForText("▸Name      Acme2")
      try data.set("plan_tier", of: data.id("org_1"), to: "enterprise")
      try orgman.waitForText("‹ enterprise ›")
      try orgman.waitForText("Changed meanwhile: Plan is enterprise now.")
      try data.set("name", of: data.id("org_1"), to: "Apex")
      try orgman.waitForText("Others put Apex there meanwhile")
      #expect(orgman.screen.text.contains("▸Name      Acme2"))
      orgman.press(.control("s"))
      try orgman.waitForText("theirs or mine?")
      orgman.send("m")
      orgman.press(.control("s"))
      try orgman.waitForText("Renamed Apex → Acme2.")
      #expect(try data.organization(named: "Acme2")["plan_tier"] as? String == "enterprise")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a question whose counts are stale counts again, and asks with the new ones`(store: TestStore) throws
    {
      let data = try data(store)
      let orgman = try open(data)
      orgman.send("*pe")
      try orgman.waitForText("Put 3 organizations on enterprise? 3 will change.")
      try data.set("plan_tier", of: data.id("org_2"), to: "enterprise")
      try orgman.waitFor("the new plan") {
        $0.lines.contains { $0.contains("Globex") && $0.contains("enterprise") }
      }
      orgman.send("y")
      try orgman.waitForText("so this was counted again")
      try orgman.waitFor("the new counts") { $0.joined.contains("2 will change, 1 needs no change.") }
      #expect(try data.organization(named: "Acme")["plan_tier"] as? String == "starter")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed, 1 needed no change.")
      try orgman.quit()
      #expect(try data.organizations().allSatisfy { $0["plan_tier"] as? String == "enterprise" })
    }

    @Test(
      arguments: TestStore.allCases,
      [(columns: 120, rows: 32), (columns: 80, rows: 24), (columns: 40, rows: 10)])
    func `all that couldn't be done is listed, before the answer and after`(
      store: TestStore, size: (columns: Int, rows: Int)
    ) throws {
      let data = try data(store, members: [("ann", "owner"), ("bea", "owner"), ("cid", "member")])
      let orgman = try open(data, columns: size.columns, rows: size.rows)
      orgman.send("l")
      try orgman.waitFor("the members") { $0.joined.contains("▸ann") }
      orgman.send("*rb")
      try orgman.waitFor("the question") { $0.joined.contains("1 will change, 2 can't be changed.") }
      orgman.send("w")
      try orgman.waitFor("the list") {
        $0.joined.contains("Can't be changed  1/2")
          && $0.joined.contains("Role of ann in Acme: owner → billing:")
      }
      orgman.press(.escape)
      try orgman.waitFor("the question again") { $0.joined.contains("2 can't be changed.") }
      orgman.send("y")
      try orgman.waitFor("what was done") { $0.joined.contains("1 changed, 2 stayed as before.") }
      orgman.send("w")
      try orgman.waitFor("the list") { $0.joined.contains("Can't be changed  1/2") }
      orgman.send("j")
      try orgman.waitFor("the second") {
        $0.joined.contains("2/2") && $0.joined.contains("Role of bea in Acme: owner → billing:")
      }
      orgman.send("q")
      try orgman.waitFor("the members") { $0.joined.contains("▸ann") }
      try orgman.quit()
      #expect(
        try data.members(of: data.id("org_1")).sorted() == ["ann owner", "bea owner", "cid billing_admin"])
    }

    @Test(arguments: TestStore.allCases)
    func `a command shows again what would change where the data changed while it asked`(store: TestStore)
      throws
    {
      let data = try data(store)
      let command = try start([
        "offboard", "bob", "--successor", "zoe", "--data", data.address,
      ])
      try command.waitForText("values in 2 organizations? [y/N]")
      try data.add("bob", to: data.id("org_1"), "member")
      command.send("y\r")
      try command.waitForText("The data changed meanwhile, so this was counted again:")
      try command.waitForText("values in 3 organizations? [y/N]")
      command.send("y\r")
      #expect(try command.waitForExit() == .exited(0))
      #expect(try data.members(of: data.id("org_1")) == ["ann owner"])
      #expect(try data.members(of: data.id("org_2")) == ["zoe owner"])
    }

    @Test(arguments: TestStore.allCases)
    func `a command that can't change several values names all of them`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let preview = try orgman(
        ["set", "-", "--plan", "professional", "--yes", "--dry-run", "--json"],
        input: ["org_1", "org_2", "org_3"].map(data.id).joined(separator: "\n"))
      #expect(preview.status == .exited(0), "\(preview)")
      for id in ["org_1", "org_2", "org_3"] { try data.set("plan_tier", of: data.id(id), to: "enterprise") }
      let applied = try orgman(["apply", "-", "--yes"], input: preview.stdout)
      #expect(applied.status == .exited(3))
      for name in ["Acme", "Globex", "Initech"] {
        #expect(applied.stderr.contains("Plan of \(name)"), "\(applied.stderr)")
      }
    }
  }
}
