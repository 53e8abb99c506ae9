import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What the edit pane asks about before it saves, in terminals of three sizes.
  @Suite struct SecondLooks {
    private func data(_ store: TestStore) throws -> any TestData {
      var records = [
        Record("1", "Acme", members: [("ann", "owner")]), Record("2", "Globex", members: [("bob", "owner")]),
      ]
      records[1].lago = "l_1"
      return try store.data(records)
    }

    @Test(
      arguments: TestStore.allCases,
      [(columns: 120, rows: 32), (columns: 80, rows: 24), (columns: 40, rows: 10)])
    func `another plan is typed after other, and one that isn't configured is asked about`(
      store: TestStore, size: (columns: Int, rows: Int)
    ) throws {
      let data = try data(store)
      let orgman = try open(data, columns: size.columns, rows: size.rows)
      orgman.send("po")
      try orgman.waitForText("Edit Acme")
      orgman.press(.control("u"))
      orgman.send("enterprize\u{13}")
      try orgman.waitFor("the question") { $0.joined.contains("the nearest is enterprise") }
      orgman.send("n")
      try orgman.waitFor("the form") { !$0.joined.contains("the nearest is") }
      #expect(try data.organization(named: "Acme")["plan_tier"] as? String == "starter")
      orgman.send("\u{13}")
      try orgman.waitFor("the question again") { $0.joined.contains("the nearest is enterprise") }
      orgman.send("y")
      try orgman.waitFor("what was done") { $0.joined.contains("starter → enterprize") }
      #expect(try data.organization(named: "Acme")["plan_tier"] as? String == "enterprize")
      // A plan that is configured is one key of the list away.
      orgman.send("pe")
      try orgman.waitFor("what was done") { $0.joined.contains("enterprize → enterprise") }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a billing id of another organization is asked about with its name`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data)
      orgman.send("e")
      try orgman.waitForText("Edit Acme")
      orgman.press(.backTab, .backTab)
      try orgman.waitForText("▸Lago")
      orgman.send("l_1\u{13}")
      try orgman.waitForText("l_1 is the Lago id of Globex, too. Use it all the same?")
      orgman.send("n")
      orgman.press(.backspace)
      orgman.send(" 2\u{13}")
      try orgman.waitForText("A Lago id can't contain")
      orgman.press(.control("w"))
      orgman.press(.control("u"))
      orgman.send("l_1\u{13}")
      try orgman.waitForText("Use it all the same?")
      orgman.send("y")
      try orgman.waitForText("Lago id of Acme: none → l_1.")
      orgman.send("4")
      try orgman.waitForText("with the Lago id l_1")
      try orgman.quit()
      #expect(
        try data.organizations().compactMap { $0["lago_customer_id"] as? String } == ["l_1", "l_1"])
    }

    @Test(arguments: TestStore.allCases)
    func `on the last owner, d and r are refused before anything is asked`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data)
      try orgman.enter()
      for key in ["d", "r", "\r"] {
        orgman.send(key)
        try orgman.waitForText("ann is the last owner of Acme; make someone else an owner first.")
        orgman.send("kj")
        try orgman.waitFor("the sentence to go") { !$0.text.contains("is the last owner") }
      }
      // So it is among the organizations of the person.
      orgman.send("o")
      try orgman.waitFor("the person") { $0.lines[0].contains("User ann") && $0.lines[2].hasPrefix("▸Acme") }
      for key in ["d", "r"] {
        orgman.send(key)
        try orgman.waitForText("ann is the last owner of Acme; make someone else an owner first.")
        orgman.send("kj")
      }
      try orgman.quit()
      #expect(try data.members(of: data.id("org_1")) == ["ann owner"])
    }
  }
}
