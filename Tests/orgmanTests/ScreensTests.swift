import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The screens beside that of the organizations.
  @Suite struct Screens {
    private func data(_ store: TestStore) throws -> any TestData {
      try store.data([
        Record("1", "Acme", members: [("alice", "owner"), ("bob", "member")]),
        Record("2", "Globex", members: [("alice", "owner"), ("bob", "owner")]),
        Record("3", "Initech", members: [("bob", "member"), ("carol", "owner")]),
        Record("4", "Umbrella"),
      ])
    }

    @Test(arguments: TestStore.allCases)
    func `the history shows who did what, follows others, and undoes an entry`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data)
      try orgman.enter()
      orgman.send("jro")
      try orgman.waitForText("member → owner.")
      orgman.send("3")
      try orgman.waitFor("the entry") {
        $0.lines[0].contains("History") && $0.lines[2].contains("Role of bob in Acme: member → owner")
      }
      try data.set("name", of: "org_2", to: "Globex Inc")
      try orgman.waitFor("what another program did above it") {
        $0.lines[2].contains(store == .files ? "outside" : "postgres") && $0.lines[2].contains("Globex Inc")
          && $0.lines[3].hasPrefix("▸") && $0.lines[3].contains("Role of bob")
      }
      orgman.press(.enter)
      try orgman.waitFor("before and after") {
        $0.selectedDetail == "Role of bob in Acme" && $0.text.contains("before  member")
          && $0.text.contains("after   owner")
      }
      orgman.send("u")
      try orgman.waitForText("(Role of bob in Acme: member → owner)?")
      #expect(try data.members(of: "org_1") == ["alice owner", "bob owner"])
      orgman.send("y")
      try orgman.waitForText("Undid generation 1: Role of bob in Acme: owner → member.")
      #expect(try data.members(of: "org_1") == ["alice owner", "bob member"])
      try orgman.waitFor("the undoing") { $0.text.contains("undid 1: Role of bob") }
      orgman.press(.escape)
      orgman.send("/globex")
      orgman.press(.enter)
      try orgman.waitFor("the filter") { $0.status.contains("1 of 3") }
      orgman.press(.enter, .enter)
      try orgman.waitFor("the organization") {
        $0.lines[0].contains("Organizations") && $0.selected == "Globex Inc"
      }
      try orgman.quit()
    }

    @Test(arguments: [(120, 32), (80, 24), (40, 10)])
    func `a key is found by what it does, and a command by a word for it`(columns: Int, rows: Int) throws {
      let orgman = try open(try data(.files), columns: columns, rows: rows)
      #expect(orgman.screen.lines[rows - 1].contains("? help"))
      orgman.send("?")
      try orgman.waitFor("this screen's keys") {
        $0.lines[1].contains("Keys  The list of organizations") && $0.lines[2].contains("Changing")
      }
      orgman.send("/rename")
      try orgman.waitFor("the key for it") { $0.lines[3].contains("e F2") && $0.text.contains("/rename") }
      orgman.press(.enter, .escape, .escape)
      try orgman.waitFor("the list") { $0.lines[2].hasPrefix("▸Acme") }
      orgman.send(":rename")
      try orgman.waitFor("the command for it") { $0.lines[2].hasPrefix("▸  Edit name") }
      orgman.press(.enter)
      try orgman.waitForText("Edit Acme")
      orgman.press(.escape)
      if columns >= 80 {
        try orgman.waitFor("the screens and undo") {
          $0.lines[rows - 1].contains("u undo") && $0.lines[rows - 1].contains("1-5 screens")
        }
      }
      orgman.send("  ")
      try orgman.waitFor("what can be done with marks") {
        columns < 80 ? $0.text.contains("marked") : $0.lines[rows - 1].contains("p plan  S status  d delete")
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `the overview leads to what has to be looked after`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data, columns: 80, rows: 24)
      orgman.send("4")
      try orgman.waitFor("the overview") {
        $0.lines[0].contains("Overview") && $0.row(containing: "without an owner") != nil
      }
      orgman.send("/owner")
      orgman.press(.enter)
      try orgman.waitFor("one line") {
        $0.status.contains("1 of") && $0.lines[2].hasPrefix("▸! without an owner")
      }
      orgman.press(.enter)
      try orgman.waitFor("the organization without an owner") {
        $0.status.contains("/owners:0") && $0.text.contains("▸Umbrella") && $0.text.contains("1 of 4")
      }
      orgman.press(.escape)
      try orgman.waitFor("the overview") { $0.lines[0].contains("Overview") }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `users lead to their organizations, and those to each`(store: TestStore) throws {
      let orgman = try open(try data(store))
      orgman.send("2")
      try orgman.waitFor("the users") { $0.lines[0].contains("Users") && $0.lines[2].hasPrefix("▸alice") }
      orgman.send("/b")
      orgman.press(.enter)
      try orgman.waitFor("bob alone") { $0.lines[2].hasPrefix("▸bob") && $0.status.contains("1 of 3") }
      orgman.press(.enter)
      try orgman.waitFor("his organizations") {
        $0.lines[0].contains("User bob") && $0.lines[2].hasPrefix("▸Acme")
          && $0.lines[3].hasPrefix(" Globex") && $0.lines[4].hasPrefix(" Initech")
      }
      orgman.send("jl")
      try orgman.waitFor("Globex, and bob in it") {
        $0.lines[0].contains("Organizations") && $0.selected == "Globex"
          && $0.selectedDetail?.hasPrefix("bob") == true
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `among a thousand members the one is selected that a person goes to, comes from, or adds`(
      store: TestStore
    ) throws {
      let users = (0..<1000).map { "user \($0 + 1000)" }
      let big = Record("1", "Acme", members: users.map { ($0, $0 == "user 1500" ? "owner" : "member") })
      let data = try store.data([big, Record("2", "Globex", members: [("user 1500", "owner")])])
      let orgman = try open(data)
      orgman.send("2")
      try orgman.waitFor("the users") { $0.lines[2].hasPrefix("▸user 1000") }
      orgman.send("/1500\r")
      try orgman.waitFor("the one") { $0.lines[2].hasPrefix("▸user 1500") }
      orgman.send("\r")
      try orgman.waitFor("the organizations") { $0.lines[2].hasPrefix("▸Acme") }
      // What is typed ahead is about the one as well.
      orgman.send("lrm")
      try orgman.waitForText("user 1500 is the last owner of Acme")
      #expect(orgman.screen.selectedDetail?.hasPrefix("user 1500") == true)
      orgman.send("Gro")
      try orgman.waitForText("Role of user 1999 in Acme: member → owner.")
      orgman.send("aann")
      orgman.press(.control("s"))
      try orgman.waitForText("Added ann to Acme as member.")
      orgman.send("rb")
      try orgman.waitForText("Role of ann in Acme: member → billing.")
      try orgman.waitFor("the member") { $0.selectedDetail?.hasPrefix("ann") == true }
      // It stays selected where others are added before it.
      try data.setRole(of: "user 1999", in: "org_1", to: "member")
      try data.remove("user 1001", from: "org_1")
      try orgman.waitFor("one less") { $0.lines[0].contains("1,001 members") }
      #expect(orgman.screen.selectedDetail?.hasPrefix("ann") == true)
      orgman.send("gGrm")
      try orgman.waitForText("Role of ann in Acme: billing → member.")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func
      `two roles change in one go, and a user is offboarded where there is another owner, and then elsewhere`(
        store: TestStore
      ) throws
    {
      let data = try data(store)
      let orgman = try open(data)
      try orgman.enter()
      orgman.send("jo")
      try orgman.waitFor("bob") { $0.lines[0].contains("User bob") && $0.lines[2].hasPrefix("▸Acme") }
      orgman.send("*ro")
      try orgman.waitForText("Give bob the role owner in 3 organizations? 2 will change, 1 needs no change.")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed, 1 needed no change.")
      for id in ["org_1", "org_2", "org_3"] { #expect(try data.members(of: id).contains("bob owner")) }
      try data.remove("carol", from: "org_3")
      try orgman.waitFor("carol to go") { $0.lines[0].contains("5 members") }
      orgman.send("D")
      try orgman.waitFor("the question") {
        $0.status.contains("bob is the only owner of Initech, and is in 3 organizations:")
      }
      orgman.send("l")
      try orgman.waitForText("but leave owners in 1 organization without another? 2 will change.")
      orgman.send("y")
      try orgman.waitFor("Initech alone") { $0.lines[2].contains("Initech") && $0.lines[3] == "" }
      #expect(try data.members(of: "org_1") == ["alice owner"])
      #expect(try data.members(of: "org_3") == ["bob owner"])
      // And with someone who takes over.
      orgman.send("Dh")
      try orgman.waitForText("Hand ownership over")
      orgman.send("zoe\r")
      try orgman.waitForText("Remove bob from 1 organization, and make zoe owner of 1 organization?")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed.")
      #expect(try data.members(of: "org_3") == ["zoe owner"])
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `moving the selection writes few bytes on every screen`(store: TestStore) throws {
      let data = try store.data(
        (0..<9).map {
          Record(
            "\($0)", "\($0) " + String(repeating: "long ", count: 12), members: [("user \($0)", "owner")])
        })
      let script = Script(data: data)
      for number in 0..<4 {
        let id = data.id("org_\(number)")
        #expect(try script("set", id, "--plan", "professional \(number)", "--new-plan").status == .exited(0))
        #expect(try script("add", id, "user0\(number)", "user 8").status == .exited(0))
      }
      let orgman = try open(data, columns: 80, rows: 24)
      // Rows below the heading, where the first can be selected.
      for (keys, name, first) in [
        ("2", "Users", 2), ("3", "History", 2), ("4", "Overview", 3), ("2", "Users", 2),
      ] {
        orgman.send(keys)
        // With the cursor in its place, a frame is complete; it passes through that row while the frame is drawn.
        try orgman.waitFor(name) {
          $0.lines[0].contains(name) && $0.lines[first].hasPrefix("▸") && $0.text.contains("q back")
            && $0.cursor == (first, 0)
        }
        for row in (first + 1)..<(first + 3) {
          let bytes = orgman.outputByteCount
          orgman.send("j")
          try orgman.waitFor("the next row") { $0.lines[row].hasPrefix("▸") && $0.cursor == (row, 0) }
          #expect(
            orgman.outputByteCount - bytes <= 200,
            "\(name): \(String(decoding: orgman.outputBytes[bytes...], as: UTF8.self).debugDescription)")
        }
        orgman.send("g")
        try orgman.waitFor("the first row") { $0.lines[first].hasPrefix("▸") && $0.cursor == (first, 0) }
      }
      orgman.send("/user 8\rl")
      try orgman.waitFor("the person") {
        $0.lines[0].contains("User user 8") && $0.lines[2].hasPrefix("▸") && $0.cursor == (2, 0)
      }
      let bytes = orgman.outputByteCount
      orgman.send("j")
      try orgman.waitFor("the next row") { $0.lines[3].hasPrefix("▸") && $0.cursor == (3, 0) }
      #expect(
        orgman.outputByteCount - bytes <= 200,
        "\(String(decoding: orgman.outputBytes[bytes...], as: UTF8.self).debugDescription)")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `back, forward and last lead through the places`(store: TestStore) throws {
      let orgman = try open(try data(store))
      func expect(_ key: String, _ name: String) throws {
        orgman.send(key)
        try orgman.waitFor("\(name) after \(key)") { $0.lines[0].hasPrefix(" orgman  \(name) ") }
      }
      for (key, name) in [
        ("2", "Users"), ("3", "History"), ("4", "Overview"), ("[", "History"), ("[", "Users"),
        ("]", "History"), ("-", "Users"), ("-", "History"), ("1", "Organizations"), ("-", "History"),
        ("h", "Organizations"),
      ] {
        try expect(key, name)
      }
      try orgman.quit()
    }
  }
}
