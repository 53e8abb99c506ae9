import TerminalTesting
import Testing

extension EndToEnd {
  /// Lists within the organizations are lists as well.
  @Suite struct ListPanesTests {
    private func data(_ store: TestStore) throws -> any TestData {
      var gone = Record("2", "Gone")
      gone.status = "deleted"
      return try store.data([
        Record(
          "1", "Acme",
          members: [
            ("dora", "owner"), ("bob", "member"), ("5f0c1c52-41f0-4b7e-9f3a-0d2f6c7b8a90", "member"),
            ("ann", "owner"),
          ]), gone, Record("3", "Zeta", members: [("bob", "owner")]),
      ])
    }

    @Test(arguments: TestStore.allCases)
    func `the members of an organization are filtered, sorted and searched with its keys`(store: TestStore)
      throws
    {
      let orgman = try open(try data(store))
      try orgman.waitFor("the count of what is hidden") { $0.lines[0].contains("3 orgs, 1 hidden") }
      orgman.send("l/role:owner")
      try orgman.waitFor("both owners") {
        $0.text.contains("Members 2 of 4") && $0.text.contains("1/2 of 4") && $0.text.contains("Zeta")
      }
      orgman.send("\rsu")
      try orgman.waitFor("the order") { $0.text.contains("by user ▲") && $0.text.contains("▸ann") }
      orgman.send("h")
      try orgman.waitFor("all members") { $0.text.contains("bob") && $0.text.contains("/4") }
      orgman.send("n")
      try orgman.waitFor("the next owner") { $0.text.contains("▸dora") }
      #expect(orgman.screen.text.contains("5f0c1c52-41f0-4b7e-9f3a-0d2f6c7b8a90"))
      orgman.send("h.")
      try orgman.waitFor("the one that was deleted") {
        $0.text.contains("Gone") && $0.lines[0].contains("3 orgs  ") && $0.text.contains("1/3")
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `users are sorted by any column and found by what they are`(store: TestStore) throws {
      let orgman = try open(try data(store), columns: 80, rows: 24)
      try orgman.waitForText("q quit")
      orgman.send("2so")
      try orgman.waitFor("the order") { $0.lines[2].hasPrefix("▸bob") && $0.lines[1].contains("▼") }
      orgman.send("/owners:>0 in:active\r")
      try orgman.waitFor("the owners") { $0.text.contains("1/3 of 4") && $0.lines[2].hasPrefix("▸bob") }
      orgman.send("/\u{15}plan:x\r")
      try orgman.waitForText("There is no field \"plan\" in this list, which has role, in, organizations,")
      try orgman.quit()
    }

    @Test func `in a narrow window ids lose their middle, and differ`() throws {
      let ids = ["5f0c1c52-41f0-4b7e-9f3a-0d2f6c7b8a90", "5f0c1c52-41f0-4b7e-9f3a-0d2f6c7b8a91"]
      let data = try TestStore.files.data([Record("1", "Acme", members: ids.map { ($0, "member") })])
      let orgman = try open(data, columns: 40, rows: 10)
      try orgman.waitForText("q quit")
      orgman.send("2")
      let screen = try orgman.waitFor("the users") {
        $0.lines[0].contains("Users") && $0.text.contains("5f0c1")
      }
      #expect(screen.lines[2].contains("…") && screen.lines[2].contains("8a90"))
      #expect(screen.lines[3].contains("8a91"))
      try orgman.quit()
    }
  }
}
