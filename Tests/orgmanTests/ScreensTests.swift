import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The screens beside that of the organizations.
  @Suite struct Screens {
    private func files() throws -> DataFiles {
      try DataFiles([
        Record("1", "Acme", members: [("alice", "owner"), ("bob", "member")]),
        Record("2", "Globex", members: [("alice", "owner"), ("bob", "owner")]),
        Record("3", "Initech", members: [("bob", "member"), ("carol", "owner")]),
        Record("4", "Umbrella"),
      ])
    }

    @Test func `the history shows who did what, follows others, and undoes an entry`() throws {
      let data = try files()
      let orgman = try open(data)
      try orgman.enter()
      orgman.send("jro")
      try orgman.waitForText("member → owner.")
      orgman.send("3")
      try orgman.waitFor("the entry") {
        $0.lines[0].contains("History") && $0.lines[2].contains("Role of bob in Acme: member → owner")
      }
      try data.replace("\"Globex\"", by: "\"Globex Inc\"", in: DataFiles.organizations)
      try orgman.waitFor("what another program did above it") {
        $0.lines[2].contains("outside") && $0.lines[2].contains("Globex Inc") && $0.lines[3].hasPrefix("▸")
          && $0.lines[3].contains("Role of bob")
      }
      orgman.press(.enter)
      try orgman.waitFor("before and after") {
        $0.selectedDetail == "Role of bob in Acme" && $0.text.contains("before  member")
          && $0.text.contains("after   owner")
      }
      orgman.send("u")
      try orgman.waitForText("Undo generation 1 (Role of bob in Acme: member → owner)?")
      #expect(try data.members(of: "org_1") == ["alice owner", "bob owner"])
      orgman.send("y")
      try orgman.waitForText("Undone: Role of bob in Acme: owner → member.")
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

    @Test func `the overview leads to what has to be looked after`() throws {
      let data = try files()
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

    @Test func `users lead to their organizations, and those to each`() throws {
      let orgman = try open(try files())
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

    @Test func `two roles change in one go, and a user is removed everywhere but where nobody else is owner`()
      throws
    {
      let data = try files()
      let orgman = try open(data)
      try orgman.enter()
      orgman.send("jo")
      try orgman.waitFor("bob") { $0.lines[0].contains("User bob") && $0.lines[2].hasPrefix("▸Acme") }
      orgman.send("*ro")
      try orgman.waitForText("Give bob the role owner in 3 organizations? 2 will change, 1 needs no change.")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed, 1 needed no change.")
      for id in ["org_1", "org_2", "org_3"] { #expect(try data.members(of: id).contains("bob owner")) }
      try data.python(DataFiles.users, "data['org_3'] = [m for m in data['org_3'] if m['user_id'] == 'bob']")
      try orgman.waitFor("carol to go") { $0.lines[0].contains("5 members") }
      orgman.send("D")
      try orgman.waitFor("the question") {
        $0.status.contains("bob is the last owner of Initech; make someone else an owner first.")
          && $0.status.contains("Remove bob from all 3 organizations? 2 will change, 1 can't be changed.")
      }
      orgman.send("y")
      try orgman.waitFor("Initech alone") { $0.lines[2].contains("Initech") && $0.lines[3] == "" }
      #expect(try data.members(of: "org_1") == ["alice owner"])
      #expect(try data.members(of: "org_3") == ["bob owner"])
      try orgman.quit()
    }

    @Test func `moving the selection writes few bytes on every screen`() throws {
      let data = try DataFiles(
        (0..<9).map {
          Record(
            "\($0)", "\($0) " + String(repeating: "long ", count: 12), members: [("user \($0)", "owner")])
        })
      let script = Script(data: data)
      for number in 0..<4 {
        #expect(try script("set", "org_\(number)", "--plan", "professional \(number)").status == .exited(0))
        #expect(try script("add", "org_\(number)", "user 0\(number)", "user 8").status == .exited(0))
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
          #expect(orgman.outputByteCount - bytes <= 200, "\(name)")
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
      #expect(orgman.outputByteCount - bytes <= 200)
      try orgman.quit()
    }

    @Test func `back, forward and last lead through the places`() throws {
      let orgman = try open(try files())
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
