import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Many records at once.
  @Suite struct Marking {
    @Test(arguments: TestStore.allCases)
    func `marked organizations are put on a plan, after a question, and undone in one go`(store: TestStore)
      throws
    {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      let names = orgman.screen.listed
      // By members, and back to the first row.
      orgman.send("sm")
      try orgman.waitForText("Members ▼")
      orgman.send("sn")
      try orgman.waitForText("Name ▲")
      orgman.send("g")
      try orgman.waitFor("the first row") { $0.selected == names[0] }
      orgman.send(" jv")
      orgman.press(.down)
      orgman.send("v")
      try orgman.waitForText("3 marked")
      orgman.send("I")
      try orgman.waitFor("the inverse, with the marks on their records") { screen in
        screen.text.contains("Name ▼") && screen.text.contains("•\(names[0].prefix(20))")
          && screen.lines.count { $0.hasPrefix("•") || $0.contains(" • ") } == 3
      }
      orgman.send("pe")
      try orgman.waitForText("Put 3 organizations on enterprise?")
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: "Put 3") == nil }
      #expect(try data.contents() == before)
      orgman.send("pey")
      try orgman.waitForText("Put 3 organizations on enterprise: done")
      for name in [names[0], names[2], names[3]] {
        #expect(try data.organization(named: name)["plan_tier"] as? String == "enterprise")
      }
      #expect(orgman.screen.text.contains("3 marked"))
      orgman.send("u")
      try orgman.waitForText("Undid generation")
      #expect(try data.contents() == before)
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `two people become owners in one go, and the last owner stays`(store: TestStore) throws {
      let data = try store.data([
        Record("1", "Acme", members: [("ann", "owner"), ("bob", "member"), ("cy", "member")])
      ])
      let orgman = try open(data)
      try orgman.enter()
      orgman.press(.down)
      orgman.send("  ro")
      try orgman.waitForText("Give 2 members the role owner? 2 will change.")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed")
      #expect(try data.members(of: "org_1") == ["ann owner", "bob owner", "cy owner"])
      orgman.send("*d")
      try orgman.waitForText("ann, bob and cy are the only owners of Acme; one of them must stay.")
      #expect(try data.members(of: "org_1").count == 3)
      try orgman.quit()
    }
  }
}

extension EndToEnd {
  /// What somebody else holds.
  @Suite struct Waiting {
    @Test(arguments: TestStore.allCases)
    func `waiting for the lock counts on, freezes nothing, and Esc cancels it`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = try open(data)
      orgman.send("ps")
      try orgman.waitForText("→ starter.")
      let before = try data.contents()
      let holder = try data.holdUp()
      orgman.send("pe")
      let first = try orgman.waitForText("The data are held by").status
      #expect(first.contains("Esc cancels."))
      orgman.send("G")
      try orgman.waitFor("the last row, and more time") {
        $0.selected == $0.listed.last && $0.status.contains("held by") && $0.status != first
      }
      orgman.press(.escape)
      try orgman.waitForText("Cancelled; nothing was changed.")
      #expect(try data.contents() == before)
      orgman.send("gpe")
      try orgman.waitForText("The data are held by")
      holder.release()
      try orgman.waitForText("→ enterprise.")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `changes that wait are named, and ^C takes back the newest`(store: TestStore) throws {
      let data = try store.data([Record("1", "Acme"), Record("2", "Globex"), Record("3", "Initech")])
      #expect(try Script(data: data)("set", "Acme", "--status", "suspended").status == .exited(0))
      let orgman = try open(data)
      let holder = try data.holdUp()
      orgman.send("pejpejpe")
      try orgman.waitForText(
        "3 changes wait (^C takes back the newest, Esc all): Plan of Acme: starter → enterprise")
      orgman.press(.control("c"))
      try orgman.waitForText("2 changes wait (^C takes back the newest, Esc all): Plan of Acme")
      holder.release()
      try orgman.waitForText("Plan of Globex: starter → enterprise.")
      try orgman.quit()
      #expect(
        try data.organizations().compactMap { $0["plan_tier"] as? String } == [
          "enterprise", "enterprise", "starter",
        ])
    }

    @Test(arguments: TestStore.allCases)
    func `a command says whom it waits for after a second`(store: TestStore) throws {
      let data = try store.data([Record("1", "Acme")])
      #expect(try Script(data: data)("set", "Acme", "--status", "suspended").status == .exited(0))
      let holder = try data.holdUp()
      let terminal = try start(["set", "Acme", "--plan", "enterprise", "--data", data.address])
      try terminal.waitForText("orgman: Waiting: the data are held by ")
      holder.release()
      #expect(try terminal.waitForExit() == .exited(0))
      #expect(terminal.screen.text.contains("Plan of Acme: starter → enterprise"))
    }

    @Test func `since when something is held is said in the zone that is configured`() throws {
      let data = try TestStore.database.data([Record("1", "Acme")])
      let home = FileManager.default.temporaryDirectory.appendingPathComponent("orgman-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: home) }
      try FileManager.default.createDirectory(
        at: home.appendingPathComponent("orgman"), withIntermediateDirectories: true)
      try Data("time-zone = \"local\"\n".utf8).write(to: home.appendingPathComponent("orgman/config.toml"))
      var environment = plainEnvironment
      (environment["XDG_CONFIG_HOME"], environment["TZ"]) = (home.path, "XYZ-2")
      let orgman = try open(data, environment: environment)
      let holder = try data.holdUp()
      orgman.send("pe")
      try orgman.waitFor("the holder") { $0.status.contains(#/held by .* since \d\d:\d\d:\d\d XYZ, /#) }
      orgman.press(.escape)
      try orgman.waitForText("Cancelled; nothing was changed.")
      let command = try start(
        ["set", "Acme", "--plan", "enterprise", "--data", data.address], environment: environment)
      try command.waitFor("the holder") {
        $0.lines.joined(separator: " ").contains(#/Waiting: .* since \d\d:\d\d:\d\d XYZ, /#)
      }
      holder.release()
      #expect(try command.waitForExit() == .exited(0))
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a paste of a megabyte into a field is cut, said to be, and quick`(store: TestStore) throws {
      let orgman = try open(try store.reference())
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("\u{1b}[200~" + String(repeating: "long é ", count: 150_000) + "\u{1b}[201~")
      try orgman.waitFor("a word about it", timeout: .seconds(20)) {
        $0.text.contains("That was cut: at most 200")
      }
      orgman.press(.control("_"))
      try orgman.waitFor("the paste to be undone") { !$0.text.contains("long é") }
      orgman.press(.escape)
      try orgman.waitFor("the list") { $0.row(containing: "New organization") == nil }
      try orgman.quit()
    }
  }
}
