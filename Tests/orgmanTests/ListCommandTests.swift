import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman list`, and the forms in which records are printed.
  @Suite struct ListCommandTests {
    @Test(arguments: TestStore.allCases)
    func `list --json has the seven fields of the file and the count of members`(store: TestStore) throws {
      for data in [try store.reference(), try store.data(hostileRecords()), try store.data()] {
        let output = try Script(data: data)("list", "--json")
        #expect(output.status == .exited(0))
        #expect(output.stdoutBytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A })
        // Compared by Python, as the service loads the files.
        let program = """
          import json, sys
          listed, organizations, counts = [json.loads(text) for text in sys.argv[1:]]
          assert listed == [dict(o, members=n) for o, n in zip(organizations, counts)]
          for item in listed: assert list(item) == ['id', 'name', 'created_at', 'plan_tier', 'lago_customer_id',
            'stripe_customer_id', 'status', 'members'], list(item)
          """
        let organizations = try data.organizations()
        let counts = try organizations.map { try data.members(of: $0["id"] as? String ?? "").count }
        let check = try runPython(program, [output.stdout, organizations.json(), "\(counts)"])
        #expect(check.status == .exited(0), "\(check.stderr)")
      }
    }

    @Test(arguments: TestStore.allCases)
    func `in a pipe there are tabs, and no value brings tabs, newlines or escapes of its own`(
      store: TestStore
    ) throws {
      let orgman = Script(data: try store.data(hostileRecords()))
      let list = try orgman("list")
      let id = orgman.data.id("org_1")
      #expect(list.isHarmless)
      let lines = list.stdout.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)
      }
      #expect(lines.count == 5)
      #expect(lines.allSatisfy { $0.count == 8 })
      #expect(lines[0].prefix(2) == [Substring(id), #"a\tb\nc\u{1B}[31m"#])
      #expect(lines[1][4] == #"lago\u{9B}31m,""#)
      #expect(lines.map { $0[7] } == ["2", "1", "0", "1", "0"])
      let members = try orgman("members", id)
      #expect(members.isHarmless)
      let times = try orgman.data.memberRecords(of: id).compactMap { $0["joined_at"] }
      #expect(
        members.stdout == #"""
          \#(id)	x\ty\u{1B}]0;z\u{7}	owner	\#(times[0])
          \#(id)	"q",\r\nr	member	\#(times[1])

          """#)
      for arguments in [["show", id], ["show", orgman.data.id("org_2")], ["plans"], ["history"]] {
        #expect(try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.address]).isHarmless)
      }
      let dash = orgman.data.id("org_3")
      #expect(try orgman("show", dash).stdout.hasPrefix("id\t\(dash)\nname\t-dash\n"))
      #expect(try orgman("user", "--", "-rf").stdout.contains("\tbilling_admin\n"))
    }

    @Test(arguments: TestStore.allCases)
    func `CSV has every value exactly, by the judgement of Python`(store: TestStore) throws {
      let data = try store.data(hostileRecords())
      let output = try Script(data: data)("list", "--csv")
      #expect(
        output.stdout.hasPrefix(
          "id,name,created_at,plan_tier,lago_customer_id,stripe_customer_id,status,members\r\n"))
      let program = """
        import csv, io, json, sys
        rows = list(csv.DictReader(io.StringIO(sys.argv[1], newline='')))
        for row, organization in zip(rows, json.loads(sys.argv[2]), strict=True):
          assert row.pop('members').isdigit()
          assert row == {key: value or '' for key, value in organization.items()}, row
        """
      let check = try runPython(program, [output.stdout, data.organizations().json()])
      #expect(check.status == .exited(0), "\(check.stderr)")
    }

    @Test(arguments: TestStore.allCases)
    func `on a terminal there is a table that nothing in it can disturb`(store: TestStore) throws {
      let data = try store.data(hostileRecords())
      for arguments in [
        ["list"], ["show", data.id("org_2")], ["list", "--csv"], ["list", "--json"],
        ["members", data.id("org_1")],
      ] {
        let terminal = try start(arguments + ["--data", data.address], columns: 170)
        #expect(try terminal.waitForExit() == .exited(0))
        let text = String(decoding: terminal.outputBytes, as: UTF8.self)
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{9B}"))
      }
      let terminal = try start(["list", "--data", data.address], columns: 170)
      #expect(try terminal.waitForExit() == .exited(0))
      let lines = terminal.screen.lines
      #expect(lines[0].contains(/^Id +Name/))
      // Wide characters count twice.
      let column = try #require(lines[0].firstIndex(of: "P")).utf16Offset(in: lines[0])
      #expect(lines[5].dropFirst(column).hasPrefix("my \"plan\""))
      #expect(lines[4].contains("株式会社みらい 🚀"))
    }

    @Test(arguments: TestStore.allCases)
    func `list takes the query language`(store: TestStore) throws {
      let data = try store.data(hostileRecords())
      for (arguments, count) in [
        ([], 5), (["plain"], 1), (["status:deleted"], 1), (["!status:deleted"], 4),
        (["plan:starter members:>0"], 3), (["plan:starter", "members:>0"], 3), (["members:0", "no:lago"], 2),
        (["role:owner"], 1), (["user:-rf"], 1), (["~plin"], 1), (["\"a\tb\""], 1), (["--", "-dash"], 1),
        (["nothing"], 0),
      ] {
        let output = try run(try builtProduct("orgman"), ["list", "--data", data.address] + arguments)
        #expect(output.status == .exited(0), "\(output.stderr)")
        #expect(output.stdout.split(separator: "\n").count == count, "\(arguments)")
      }
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
        let output = try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.address])
        #expect(output.status == .exited(64), "\(arguments)")
        #expect(output.stdout == "")
        #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.split(separator: "\n").count == 1)
        #expect(!output.stderr.contains("\u{1B}"))
      }
    }

    @Test(arguments: TestStore.allCases)
    func `a closed pipe ends it quietly, and a full disk with a sentence`(store: TestStore) throws {
      let orgman = Script(data: try store.data((0..<3000).map { Record("\($0)", "Organization \($0)") }))
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
      #expect(try orgman("set", "one", "--plan", "x", "--new-plan").status == .exited(1))
    }
  }
}
