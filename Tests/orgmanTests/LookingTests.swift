import Foundation
import TerminalTesting
import Testing

/// Runs commands on the data of a test, as a script does.
struct Script {
  let data: DataFiles

  func callAsFunction(_ arguments: String..., input: String = "") throws -> Output {
    // Behind --, it would be a name.
    let place = ["--data", data.path]
    return try run(
      try builtProduct("orgman"), arguments.prefix(1) + place + arguments.dropFirst(), input: input)
  }

  /// Runs a line of a shell, in which `orgman` is the program and `$DATA` the directory.
  func shell(_ line: String, input: String = "") throws -> Output {
    let program = try builtProduct("orgman")
    let environment = plainEnvironment.merging(["ORGMAN_DATA": data.path, "DATA": data.path]) { $1 }
    return try run(
      "/bin/sh", ["-c", "orgman() { '\(program)' \"$@\"; }\n" + line], environment: environment, input: input)
  }
}

extension Output {
  /// Standard output as JSON.
  func json<Value>(_: Value.Type = Value.self) throws -> Value {
    try #require(JSONSerialization.jsonObject(with: Data(stdoutBytes), options: .fragmentsAllowed) as? Value)
  }

  /// Whether nothing in it could act on a terminal.
  var isHarmless: Bool {
    stdout.unicodeScalars.allSatisfy {
      ($0.value >= 0x20 && $0.value != 0x7F && $0.properties.generalCategory != .format
        && $0.properties.generalCategory != .control) || $0 == "\n" || $0 == "\t" || $0 == "\r"
    }
  }
}

/// Organizations whose texts try everything.
func hostileRecords() -> [Record] {
  var records = [
    Record("1", "a\tb\nc\u{1B}[31m", members: [("x\ty\u{1B}]0;z\u{7}", "owner"), ("\"q\",\r\nr", "member")]),
    Record("2", "\u{202E}gnp.exe \"q\", 'r' \\t $(touch x) `id`", members: [("-rf", "billing_admin")]),
    Record("3", "-dash"), Record("4", "株式会社みらい 🚀", members: [("ünïcode", "member")]), Record("5", "plain"),
  ]
  records[1].lago = "lago\u{9B}31m,\""
  records[2].status = "deleted"
  records[4].plan = "my \"plan\""
  return records
}

extension EndToEnd {
  /// The commands that only look.
  @Suite struct Looking {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test func `list --json has the seven fields of the file and the count of members`() throws {
      for data in [try DataFiles.reference(), try DataFiles(hostileRecords()), try DataFiles()] {
        let output = try Script(data: data)("list", "--json")
        #expect(output.status == .exited(0))
        #expect(output.stdoutBytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A })
        // Compared by Python, as the service loads the files.
        let program = """
          import json, sys
          organizations, users = [json.load(open(path)) for path in sys.argv[2:]]
          listed = json.loads(sys.argv[1])
          assert listed == [dict(o, members=len(users[i])) for i, o in organizations.items()]
          for item in listed: assert list(item) == ['id', 'name', 'created_at', 'plan_tier', 'lago_customer_id',
            'stripe_customer_id', 'status', 'members'], list(item)
          """
        let check = try runPython(
          program, [output.stdout] + [DataFiles.organizations, DataFiles.users].map { "\(data.path)/\($0)" })
        #expect(check.status == .exited(0), "\(check.stderr)")
      }
    }

    @Test func `show, members and user have the shapes that scripts rely on`() throws {
      for data in [try DataFiles.reference(), try DataFiles(hostileRecords())] {
        let orgman = Script(data: data)
        let organizations = try JSONSerialization.jsonObject(with: Data(data.bytes(DataFiles.organizations)))
        let users = try JSONSerialization.jsonObject(with: Data(data.bytes(DataFiles.users)))
        let all = try #require(organizations as? [String: [String: Any]]).sorted { $0.key < $1.key }
        // Each is a handful of processes.
        for (id, organization) in all.prefix(4) {
          let members = try #require((users as? [String: [[String: String]]])?[id])
          var shown: [String: Any] = try orgman("show", id, "--json").json()
          #expect(shown.removeValue(forKey: "users") as? [[String: String]] == members)
          #expect(shown as NSDictionary == organization as NSDictionary)
          let listed: [[String: String]] = try orgman("members", id, "--json").json()
          #expect(listed == members)
          for member in members {
            let user = try #require(member["user_id"])
            let mine: [[String: Any]] = try orgman("user", "--json", "--", user).json()
            var own = try #require(mine.first { $0["id"] as? String == id })
            #expect(own.removeValue(forKey: "role") as? String == member["role"])
            #expect(own as NSDictionary == organization as NSDictionary)
            #expect(try orgman("role", "--", id, user).stdout == (member["role"] ?? "") + "\n")
          }
        }
      }
    }

    @Test func `in a pipe there are tabs, and no value brings tabs, newlines or escapes of its own`() throws {
      let orgman = Script(data: try DataFiles(hostileRecords()))
      let list = try orgman("list")
      #expect(list.isHarmless)
      let lines = list.stdout.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)
      }
      #expect(lines.count == 5)
      #expect(lines.allSatisfy { $0.count == 8 })
      #expect(lines[0].prefix(2) == ["org_1", #"a\tb\nc\u{1B}[31m"#])
      #expect(lines[1][4] == #"lago\u{9B}31m,""#)
      #expect(lines.map { $0[7] } == ["2", "1", "0", "1", "0"])
      let members = try orgman("members", "org_1")
      #expect(members.isHarmless)
      #expect(
        members.stdout == #"""
          org_1	x\ty\u{1B}]0;z\u{7}	owner	2026-11-22 21:51:10
          org_1	"q",\r\nr	member	2026-11-22 21:51:10

          """#)
      for arguments in [["show", "org_1"], ["show", "org_2"], ["plans"], ["history"]] {
        #expect(try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.path]).isHarmless)
      }
      #expect(try orgman("show", "org_3").stdout.hasPrefix("id\torg_3\nname\t-dash\n"))
      #expect(try orgman("user", "--", "-rf").stdout.contains("\tbilling_admin\n"))
    }

    @Test func `CSV has every value exactly, by the judgement of Python`() throws {
      let data = try DataFiles(hostileRecords())
      let output = try Script(data: data)("list", "--csv")
      #expect(
        output.stdout.hasPrefix(
          "id,name,created_at,plan_tier,lago_customer_id,stripe_customer_id,status,members\r\n"))
      let program = """
        import csv, io, json, sys
        rows = list(csv.DictReader(io.StringIO(sys.argv[1], newline='')))
        organizations = json.load(open(sys.argv[2]))
        for row, organization in zip(rows, organizations.values(), strict=True):
          assert row.pop('members').isdigit()
          assert row == {key: value or '' for key, value in organization.items()}, row
        """
      let check = try runPython(program, [output.stdout, "\(data.path)/\(DataFiles.organizations)"])
      #expect(check.status == .exited(0), "\(check.stderr)")
    }

    @Test func `on a terminal there is a table that nothing in it can disturb`() throws {
      let data = try DataFiles(hostileRecords())
      for arguments in [
        ["list"], ["show", "org_2"], ["list", "--csv"], ["list", "--json"], ["members", "org_1"],
      ] {
        let terminal = try start(arguments + ["--data", data.path], columns: 140)
        #expect(try terminal.waitForExit() == .exited(0))
        let text = String(decoding: terminal.outputBytes, as: UTF8.self)
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{9B}"))
      }
      let terminal = try start(["list", "--data", data.path], columns: 140)
      #expect(try terminal.waitForExit() == .exited(0))
      let lines = terminal.screen.lines
      #expect(lines[0].hasPrefix("Id     Name"))
      // Wide characters count twice.
      let column = try #require(lines[0].firstIndex(of: "P")).utf16Offset(in: lines[0])
      #expect(lines[5].dropFirst(column).hasPrefix("my \"plan\""))
      #expect(lines[4].contains("株式会社みらい 🚀"))
    }

    @Test func `plans are counted by status, the known ones first`() throws {
      let orgman = Script(data: try DataFiles(hostileRecords()))
      #expect(
        try orgman("plans").stdout == """
          founders_friend\t0\t0\t0\t0
          starter\t3\t0\t1\t4
          professional\t0\t0\t0\t0
          enterprise\t0\t0\t0\t0
          my "plan"\t1\t0\t0\t1

          """)
      let json: [[String: Any]] = try orgman("plans", "--json").json()
      #expect(Set(try #require(json.first).keys) == ["plan_tier", "active", "suspended", "deleted", "total"])
      #expect(json[1]["total"] as? Int == 4)
    }

    @Test(arguments: [
      ([], 5), (["plain"], 1), (["status:deleted"], 1), (["!status:deleted"], 4),
      (["plan:starter members:>0"], 3),
      (["plan:starter", "members:>0"], 3), (["members:0", "no:lago"], 2), (["role:owner"], 1),
      (["user:-rf"], 1),
      (["~plin"], 1), (["\"a\tb\""], 1), (["--", "-dash"], 1), (["nothing"], 0),
    ])
    func `list takes the query language`(arguments: [String], count: Int) throws {
      let data = try DataFiles(hostileRecords())
      let output = try run(try builtProduct("orgman"), ["list", "--data", data.path] + arguments)
      #expect(output.status == .exited(0), "\(output.stderr)")
      #expect(output.stdout.split(separator: "\n").count == count)
    }

    @Test func `a query that can't be read says where, in one line`() throws {
      let orgman = Script(data: try DataFiles())
      for (query, text) in [
        ("acme foo:bar", "at character 6: There is no field \"foo\""),
        (
          "members:\u{1B}",
          #"at character 9: members: takes a number, as in members:3 or members:>10, not "\u{1B}""#
        ),
      ] {
        let output = try orgman("list", query)
        #expect(output.status == .exited(64))
        #expect(output.stdout == "")
        #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.contains(text), "\(output.stderr)")
        #expect(output.stderr.split(separator: "\n").count == 1)
      }
    }

    @Test func `wrong usage exits with 64 and one harmless line`() throws {
      let orgman = Script(data: try DataFiles())
      for arguments in [
        ["lst"], ["list", "--jsn"], ["show"], ["set", "x"], ["set", "x", "--clear", "all"],
        ["role", "a", "b", "admin"],
        ["set", "x", "--status", "gone"], ["add", "-", "-"], ["import", "x", "--format", "xml"],
        ["show", "a", "\u{1B}[2J"],
        ["install"], ["set", "x", "--lago", "a", "--clear", "lago"],
      ] {
        let output = try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.path])
        #expect(output.status == .exited(64), "\(arguments)")
        #expect(output.stdout == "")
        #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.split(separator: "\n").count == 1)
        #expect(!output.stderr.contains("\u{1B}"))
      }
    }

    @Test func `an organization is named by id, unique start of one, or exact name`() throws {
      let data = try DataFiles([
        Record("10", "one"), Record("11", "two"), Record("2", "org_1"), Record("3", "two"),
        Record("4", "Two"),
      ])
      let orgman = Script(data: data)
      for (name, id) in [
        ("org_10", "org_10"), ("org_2", "org_2"), ("one", "org_10"), ("Two", "org_4"), ("org_1", "org_2"),
      ] {
        #expect(try orgman("show", name).stdout.hasPrefix("id\t\(id)\n"), "\(name)")
      }
      for (name, sentence) in [
        ("two", #""two" fits 2 organizations: org_11 (two), org_3 (two)."#), ("org_", "fits 5 organizations"),
        ("None", "There is no organization \"None\""), ("", "There is no organization \"\""),
        ("tw", "no organization"),
      ] {
        let output = try orgman("show", name)
        #expect(output.status == .exited(2))
        #expect(output.stdout == "")
        #expect(output.stderr.contains(sentence), "\(output.stderr)")
        #expect(output.stderr.split(separator: "\n").count == 1)
      }
    }

    @Test func `what isn't there exits with 2`() throws {
      let orgman = Script(data: try DataFiles.reference())
      for arguments in [
        ["user", "nobody"], ["role", "Globex", "nobody"], ["members", "None"],
        ["remove", "Globex", "nobody"],
        ["set", "None", "--plan", "x"], ["apply", "none"], ["import", "none"],
      ] {
        let output = try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.path])
        #expect(output.status == .exited(2), "\(arguments) \(output.stderr)")
        #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.split(separator: "\n").count == 1)
      }
      #expect(try orgman("user", "nobody", "--json").stdout == "[]\n")
      let missing = try run(try builtProduct("orgman"), ["list", "--data", orgman.data.path + "/none"])
      #expect(missing.status == .exited(2))
    }

    @Test func `ids come from standard input`() throws {
      let orgman = Script(data: try DataFiles.reference())
      let piped = try orgman.shell("orgman list role:owner | orgman show - --json")
      #expect(piped.status == .exited(0), "\(piped.stderr)")
      let ids = try (piped.json() as [[String: Any]]).compactMap { $0["id"] as? String }
      #expect(
        ids
          == (try orgman("list", "role:owner", "--json").json() as [[String: Any]]).compactMap {
            $0["id"] as? String
          })
      let wrong = try orgman("members", "-", input: "\n\(globex)\r\norg_none\tx\n")
      #expect(wrong.status == .exited(2))
      #expect(
        wrong.stderr == "orgman: Standard input, line 3: there is no organization with the id \"org_none\".\n"
      )
    }

    @Test func `a closed pipe ends it quietly, and a full disk with a sentence`() throws {
      let orgman = Script(data: try DataFiles((0..<3000).map { Record("\($0)", "Organization \($0)") }))
      for command in ["list", "list --json", "list --csv", "export", "export --format csv"] {
        let output = try orgman.shell("{ orgman \(command); echo $? >&2; } | head -1")
        #expect(output.stdout.split(separator: "\n").count == 1)
        #expect(output.stderr == "0\n")
        let full = try orgman.shell("orgman \(command) > /dev/full")
        #expect(full.status == .exited(1))
        #expect(full.stderr == "orgman: Standard output can't be written: No space left on device.\n")
      }
    }

    @Test func `damaged data are listed as far as they can be read, with a word on standard error`() throws {
      let data = try DataFiles([Record("1", "one"), Record("2", "two")])
      try data.replace("\"name\": \"two\"", by: "\"name\": 7", in: DataFiles.organizations)
      let orgman = Script(data: data)
      let list = try orgman("list")
      #expect(list.stdout.hasPrefix("org_1\tone"))
      #expect(list.stderr.contains("damaged") && list.stderr.contains("organizations.json, byte"))
      #expect(list.status == .exited(1))
      #expect(try orgman("export").status == .exited(1))
      #expect(try orgman("set", "one", "--plan", "x").status == .exited(1))
    }
  }
}
