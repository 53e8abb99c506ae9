import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Ids and documents that come from standard input.
  @Suite struct StandardInput {
    private func script(_ store: TestStore) throws -> Script {
      Script(
        data: try store.data([
          Record("a", "Acme", members: [("ann", "owner"), ("bob", "member")]), Record("b", "Bravo"),
        ]))
    }

    private func expect(
      _ orgman: Script, _ arguments: [String], _ input: String, _ status: Int32, _ sentence: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let data = orgman.data
      let input = input.replacing("org_a", with: data.id("org_a"))
      let before = try data.contents()
      let output = try run(
        try builtProduct("orgman"), arguments + ["--data", data.address], input: input)
      #expect(output.status == .exited(status), "\(arguments)", sourceLocation: sourceLocation)
      #expect(output.stderr == "orgman: \(sentence)\n", "\(arguments)", sourceLocation: sourceLocation)
      #expect(output.stdout == "", "\(arguments)", sourceLocation: sourceLocation)
      #expect(try data.contents() == before, "\(arguments)", sourceLocation: sourceLocation)
    }

    @Test(arguments: TestStore.allCases)
    func `an unknown id is named with its line, and nothing is done`(store: TestStore) throws {
      let orgman = try script(store)
      for arguments in [
        ["set", "-", "--plan", "free", "--new-plan", "--yes"], ["add", "-", "eve", "--yes"],
        ["remove", "-", "bob", "--yes"],
        ["role", "-", "bob", "owner", "--yes"], ["role", "-", "bob"], ["show", "-"], ["show", "-", "--json"],
        ["members", "-"],
      ] {
        let sentence = "Standard input, line 1: there is no organization with the id \"org_nope\""
        try expect(orgman, arguments, "org_nope\norg_a\n", 2, sentence + ".")
        try expect(
          orgman, arguments, "org_nope\norg_a\norg_x\n\norg_y\n", 2, sentence + "; 2 more ids are unknown.")
        // Where the data were looked at twice, the input was read once.
        #expect(try orgman("create", "Third \(arguments)").status == .exited(0))
        try expect(
          orgman, arguments, "org_a\n\u{1B}[2J\u{202E}\n", 2,
          #"Standard input, line 2: there is no organization with the id "\u{1B}[2J\u{202E}"."#)
      }
    }

    @Test(arguments: TestStore.allCases)
    func `where ids of organizations are expected, empty input is an error`(store: TestStore) throws {
      let orgman = try script(store)
      for arguments in [
        ["set", "-", "--plan", "free", "--new-plan", "--yes"], ["add", "-", "eve"], ["remove", "-", "bob"],
        ["role", "-", "bob", "owner"], ["role", "-", "bob"], ["show", "-"], ["show", "-", "--json"],
        ["members", "-"], ["members", "-", "--csv"],
      ] {
        for input in ["", "\n\r\n"] {
          try expect(
            orgman, arguments, input, 1,
            "Standard input is empty; it should have ids of organizations, one a line.")
        }
      }
    }

    @Test func `so it is where users, a preview or records are expected`() throws {
      let orgman = try script(.files)
      for arguments in [["add", "Acme", "-"], ["remove", "Acme", "-"]] {
        try expect(
          orgman, arguments, "", 1, "Standard input is empty; it should have ids of users, one a line.")
      }
      try expect(
        orgman, ["apply", "-"], "", 1,
        "Standard input is empty; it should have what --dry-run --json printed.")
      for arguments in [["import"], ["import", "-"], ["import", "--format", "json"]] {
        try expect(orgman, arguments, "", 1, "Standard input is empty, so nothing was imported.")
      }
      try expect(
        orgman, ["import"], " \n", 1, "Standard input has nothing but white space, so nothing was imported.")
      // Of no organizations, there are no lines.
      #expect(try orgman("import", "--format", "jsonl").stdout == "No changes needed.\n")
    }

    @Test func `users are named with their lines, and control characters can be seen`() throws {
      let orgman = try script(.files)
      try expect(
        orgman, ["remove", "Acme", "-"], "bob\n\nzoe\n", 2,
        "Standard input, line 3: \"zoe\" is not a member of Acme."
      )
      try expect(
        orgman, ["add", "Acme", "-"], "eve\nann\n", 1,
        "Standard input, line 2: ann is in Acme already, as owner; orgman role changes that.")
      for (id, shown) in [
        ("e\u{1B}ve", #"e\u{1B}ve"#), ("org_a\tann\towner", #"org_a\tann\towner"#), ("\0", #"\0"#),
      ] {
        try expect(
          orgman, ["add", "Acme", "-"], "fay\n\(id)\n", 1,
          "Standard input, line 2: the user id \"\(shown)\" has control characters; no one was added.")
      }
    }

    @Test func `what is there with such an id can be named by it`() throws {
      let hostile = Script(data: try DataFiles(hostileRecords()))
      let removed = try hostile("remove", "--allow-ownerless", "org_1", "-", input: "x\ty\u{1B}]0;z\u{7}\n")
      #expect(removed.status == .exited(0), "\(removed.stderr)")
    }

    @Test(arguments: TestStore.allCases)
    func `what is so without a change says that no changes are needed, with status 0`(store: TestStore) throws
    {
      let orgman = try script(store)
      let ids = [orgman.data.id("org_a"), orgman.data.id("org_b")]
      #expect(
        try orgman("set", "-", "--plan", "starter", input: ids.joined(separator: "\n")).stdout
          == "No changes needed.\n")
      #expect(try orgman("role", ids[0], "bob", "member").stdout == "No changes needed.\n")
      #expect(try orgman("set", "Acme", "--plan", "x", "--new-plan").status == .exited(0))
      #expect(try orgman("undo", "1", "--yes").status == .exited(0))
      for arguments in [["undo", "1", "--yes"], ["undo", "1", "--dry-run"]] {
        let again = try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.address])
        #expect(again.status == .exited(0) && again.stdout == "No changes needed.\n")
      }
      let json: [String: Any] = try orgman("undo", "1", "--yes", "--json").json()
      #expect((json["changes"] as? [Any])?.isEmpty == true)
      // What is asked about is no part of the JSON.
      #expect(try orgman("set", "Acme", "--plan", "y", "--new-plan").status == .exited(0))
      let refused = try orgman("undo", "--json")
      #expect(refused.status == .exited(1) && refused.stdout == "")
      #expect(refused.stderr.hasPrefix("Plan of Acme: y → starter\n"))
    }
  }
}
