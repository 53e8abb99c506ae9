import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Import and export.
  @Suite struct Transfer {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases, ["json", "jsonl", "csv"])
    func `an export that is imported elsewhere makes the same data`(store: TestStore, format: String) throws {
      for data in [try store.reference(), try store.data(hostileRecords()), try store.data()] {
        let orgman = Script(data: data)
        // Directories are made.
        let others = store == .files ? [] : [try store.data(), try store.data()]
        let addresses = store == .files ? ["$DATA/piped", "$DATA/named"] : others.map { "'\($0.address)'" }
        let piped = try orgman.shell(
          "orgman export --format \(format) | orgman import --format \(format) --data \(addresses[0])")
        #expect(piped.status == .exited(0), "\(piped.stderr)")
        let file = "\(data.directory)/all.\(format)"
        #expect(try orgman("export", file).status == .exited(0))
        let exported = try Array(Data(contentsOf: URL(filePath: file)))
        #expect(try orgman("export", "--format", format).stdoutBytes == exported)
        #expect(try orgman("export", file).status == .exited(1))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try orgman.shell("orgman import \(file) --data \(addresses[1])").status == .exited(0))
        for name in store == .files ? ["piped", "named"] : [] {
          for file in [DataFiles.organizations, DataFiles.users] {
            let made = try String(contentsOfFile: "\(data.directory)/\(name)/\(file)", encoding: .utf8)
            #expect(try made == String(contentsOfFile: "\(data.directory)/\(file)", encoding: .utf8))
          }
        }
        for other in others { #expect(try other.contents() == data.contents()) }
        // A second time, nothing is left to do.
        let again = try orgman.shell("orgman import \(file) --data \(addresses[1])")
        #expect(again.stdout == "No changes needed.\n")
        #expect(again.stderr == "")
      }
    }

    @Test(arguments: TestStore.allCases)
    func `what is there is changed only after asking, and what isn't said stays`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      let before = try data.contents()
      let text = """
        {"id": "\(data.id(globex))", "plan_tier": "starter", "users": [{"user_id": "user_006", "role": "member"}, {"user_id": "eve"}]}
        {"name": "New", "users": [{"user_id": "eve", "role": "owner", "joined_at": "2026-01-02T03:04:05+01:00"}]}

        """
      let refused = try orgman("import", input: text)
      #expect(refused.status == .exited(1))
      #expect(
        refused.stderr == """
          Plan of Globex: enterprise → starter
          Role of user_006 in Globex: owner → member
          orgman: Change these 2 values, and add 3 records? There is no terminal to ask on: say --yes, or look first with --dry-run.

          """)
      #expect(try orgman("import", "-", "--dry-run", input: text).stdout.split(separator: "\n").count == 5)
      #expect(try data.contents() == before)
      let done = try orgman("import", "-", "--yes", input: text)
      #expect(done.stdout == "Created 1 organization, added 2 members, changed 2 values.\n")
      let made = try data.organization(named: "Globex")
      #expect(made["plan_tier"] as? String == "starter")
      #expect(made["lago_customer_id"] as? String == "lago_cust_globex")
      #expect(try data.members(of: globex) == ["user_006 member", "user_007 owner", "eve member"])
      let new = try #require(try data.organization(named: "New")["id"] as? String)
      #expect(try data.memberRecords(of: new)[0]["joined_at"] == "2026-01-02 02:04:05")
      #expect(try orgman("import", input: text).stdout == "No changes needed.\n")
      let json: [String: Int] = try orgman("import", "--json", input: text).json()
      #expect(json == ["created": 0, "added": 0, "changed": 0, "skipped": 0])
      // All of it is one change.
      #expect(try orgman("undo", "--yes", "--allow-ownerless").status == .exited(0))
      #expect(try data.names() == DataFiles.reference().names())
    }

    @Test(arguments: TestStore.allCases)
    func `on a terminal it asks there`(store: TestStore) throws {
      let data = try store.reference()
      let file = data.directory + "/plan.csv"
      try Data("id,plan_tier\n\(data.id(globex)),starter\n".utf8).write(to: URL(filePath: file))
      for (answer, status) in [("n\r", ExitStatus.exited(1)), ("y\r", .exited(0))] {
        let terminal = try start(["import", file, "--data", data.address])
        try terminal.waitForText("Change this value? [y/N]")
        terminal.send(answer)
        #expect(try terminal.waitForExit() == status)
      }
      #expect(try data.organization(named: "Globex")["plan_tier"] as? String == "starter")
    }

    @Test(arguments: TestStore.allCases)
    func `what list and members print as CSV is taken back`(store: TestStore) throws {
      let data = try store.data(hostileRecords())
      let orgman = Script(data: data)
      for command in [
        "list --csv", "members \(data.id("org_1")) --csv", "list --json", "show \(data.id("org_2")) --json",
        "members \(data.id("org_1")) --json",
      ] {
        let output = try orgman.shell("orgman \(command) | orgman import")
        #expect(output.stdout == "No changes needed.\n", "\(command): \(output.stderr)")
      }
      // By way of a spreadsheet: a mark at the start, other columns, other line ends.
      let text = "\u{FEFF}name,status\r\n\"plain\",suspended\r\n\r\nother,active"
      let changed = try orgman("import", "--yes", input: text)
      #expect(
        changed.stdout == "Created 1 organization, added 0 members, changed 1 value.\n", "\(changed.stderr)")
      #expect(try data.organization(named: "plain")["status"] as? String == "suspended")
    }

    @Test(arguments: WrongInput.all)
    func `what is wrong is named with its line, and nothing is imported`(
      _ wrong: WrongInput
    ) throws {
      let data = try DataFiles([Record("1", "one", members: [("x", "owner")])])
      let before = try data.contents()
      let output = try Script(data: data)("import", "--yes", "--format", wrong.format, input: wrong.text)
      #expect(output.status == .exited(1))
      #expect(output.stderr.contains(wrong.sentence), "\(output.stderr)")
      #expect(output.stderr.split(separator: "\n").count <= 4 && output.stderr.utf8.count < 2000)
      #expect(output.stdout == "")
      #expect(try data.contents() == before)
    }

    @Test func `bytes that are no UTF-8 are wrong in every format`() throws {
      let data = try DataFiles()
      for (name, text) in [("a.csv", "name\n\"a\u{FF}\"\n"), ("a.json", "[{\"name\": \"a\u{FF}\"}]")] {
        try data.write(name, text.unicodeScalars.map { UInt8($0.value) })
        let output = try Script(data: data)("import", "\(data.path)/\(name)")
        #expect(output.status == .exited(1))
        #expect(output.stderr.contains("this is no UTF-8"))
      }
    }

    @Test func `--skip-bad imports the others and lists what it passed over`() throws {
      let data = try DataFiles([Record("1", "one", members: [("x", "owner")])])
      let text = """
        {"id": "org_2", "name": "two", "users": [{"user_id": "a", "role": "admin"}, {"user_id": "b"}]}
        {"id": "org_3", "name": "ONE", "users": [{"user_id": "c"}]}
        {"id": "org_4", "name": "four"
        {"id": "org_5", "name": "five"}
        {"id": "org_1", "users": [{"user_id": "x", "role": "member"}]}

        """
      let all = try Script(data: data)("import", "--yes", "--format", "jsonl", input: text)
      #expect(all.status == .exited(1))
      #expect(
        all.stderr.hasSuffix(
          "orgman: 5 records of Standard input are wrong, so nothing was imported; --skip-bad passes them over.\n"
        ))
      let output = try Script(data: data)("import", "--yes", "--skip-bad", "--format", "jsonl", input: text)
      #expect(output.status == .exited(0))
      #expect(
        output.stderr == """
          Standard input, line 1: unknown role "admin"
          Standard input, line 2: The name "ONE" is taken by org_1; choose another
          Standard input, line 2: There is no organization "org_3"
          Standard input, line 3: a comma or the end of the object is expected
          Standard input, line 5: x is the last owner of one; make someone else an owner first

          """)
      #expect(
        output.stdout == "Created 2 organizations, added 1 member, changed 0 values. Passed over 5 records.\n"
      )
      #expect(try data.names() == ["five", "one", "two"])
      #expect(try data.members(of: "org_2") == ["b member"])
    }

    @Test func `a directory is made only for data that are right, and only where one is named`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      #expect(try orgman.shell("echo 'id,name' | orgman import --data $DATA/a/b").status == .exited(0))
      #expect(try data.text("a/b/organizations.json") == "{}")
      #expect(try orgman.shell("echo 'x' | orgman import --data $DATA/c").status == .exited(1))
      #expect(
        try orgman.shell("echo 'id,name' | orgman import --data $DATA/c --dry-run").status == .exited(0))
      #expect(try orgman.shell("echo 'id,name' | ORGMAN_DATA=$DATA/c orgman import").status == .exited(2))
      #expect(!fileExists(data.path + "/c"))
    }

    @Test(arguments: TestStore.allCases)
    func `a thousand organizations with their members come in at once`(store: TestStore) throws {
      let data = try store.data()
      var lines = "record,org_id,name,user_id,role\n"
      for number in 0..<1000 {
        let id = data.id("org_\(number)")
        lines += "organization,\(id),Organization \(number),,\n"
        lines += "member,\(id),,a,owner\nmember,\(id),,b,member\n"
      }
      let output = try Script(data: data)("import", input: lines)
      #expect(
        output.stdout == "Created 1000 organizations, added 2000 members, changed 0 values.\n",
        "\(output.stderr)")
      let list = try Script(data: data).shell(
        "orgman list --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'")
      #expect(list.stdout == "1000\n")
    }
  }
}

/// A text that can't be imported, and what is said of it. Some are too long for a test's name.
struct WrongInput: Sendable, CustomTestStringConvertible {
  let format, text, sentence: String

  var testDescription: String { "\(format): \(sentence)" }

  static let all: [Self] = [
    ("csv", "org_id,user_id,role\norg_1,a,owner\norg_1,b,admin\n", "line 3: unknown role \"admin\""),
    (
      "csv", "id,name\norg_1,one\norg_7,\"two\nlines\"\norg_8\n",
      "line 5: 1 value, where the first line names 2"
    ),
    ("csv", "id,status\norg_1,gone\n", "line 2: unknown status \"gone\""),
    ("csv", "id,created_at\norg_1,yesterday\n", "line 2: unknown time \"yesterday\""),
    ("csv", "id,name\norg_9,\n", "line 2: a new organization without a name"),
    ("csv", "id,name\norg_9,one\n", "line 2: The name \"one\" is taken by org_1; choose another"),
    ("csv", "id,name\n9,nine\n", "line 2: An organization's id starts with org_"),
    ("csv", "id,name\norg_1,x\norg_1,y\n", "line 3: \"org_1\" is already in line 2"),
    ("csv", "org_id,user_id\norg_1,a\norg_1,a\n", "line 3: \"a\" is already in line 2"),
    ("csv", "org_id,user_id\norg_9,a\n", "line 2: there is no organization \"org_9\""),
    ("csv", "record,org_id,user_id\nuser,org_1,a\n", "line 2: unknown record \"user\""),
    ("csv", "id,name\norg_1,\"one\n", "line 2: a quote isn't closed"),
    ("csv", "id,name\norg_1,\"one\"x\n", "line 2: a closing quote must be followed"),
    ("csv", "id,nmae\n", "line 1: there is no column \"nmae\""),
    ("csv", "id,id\n", "line 1: the column \"id\" appears twice"),
    ("csv", "id,\u{1B}[2J\n", #"no column "\u{1B}[2J""#), ("csv", "", "is empty"),
    ("csv", "\n", "no column \"\""),
    (
      "json", "[\n{\"id\": \"org_1\",\n\"users\": [\n{\"user_id\": \"x\",\n\"role\": \"admin\"}]}]",
      "line 5: unknown role \"admin\""
    ),
    ("json", "[\n{\"id\": \"org_1\"}\n{", "line 3: a comma or the end of the list is expected"),
    ("json", "[\n{\"id\": 7}]", "line 2: id is neither text nor null"),
    ("json", "[\n{\"id\": \"org_1\", \"plan\": \"x\"}]", "line 2: unknown field \"plan\""),
    ("json", "[{\"id\": \"org_1\", \"id\": \"org_2\"}]", "line 1: \"id\" appears twice"),
    ("json", "[{\"id\": \"\\ud800\"}]", "line 1: a surrogate is unpaired"),
    ("json", "[{\"id\": \"org_1", "line 1: a string isn't closed"),
    ("json", "[]\n]", "line 2: there is text after"),
    ("json", "7", "line 1: an object is expected"),
    (
      "json", "[{\"x\": " + String(repeating: "[", count: 100_000),
      "line 1: values are nested too deeply"
    ),
    ("jsonl", "{\"id\": \"org_1\"}\n{\"id\":\n\"org_1\"}\n", "line 2: a value is expected"),
    (
      "jsonl", "{\"id\": \"org_1\", \"name\": \"" + String(repeating: "x", count: 3 << 20) + "\"}",
      "line 1: a value has more than 1 MiB"
    ),
    ("csv", "id\n" + String(repeating: "x", count: 3 << 20), "line 2: a value has more than 1 MiB"),
    ("csv", "id\n" + String(repeating: ",", count: 3 << 20), "line 2: more than 64 values"),
  ].map { Self(format: $0, text: $1, sentence: $2) }
}
