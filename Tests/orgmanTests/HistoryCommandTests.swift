import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What `orgman history` finds, and how it is handed to an auditor.
  @Suite struct HistoryCommandTests {
    private func changed(_ store: TestStore) throws -> Script {
      let data = try store.data([
        Record("1", "Acme", members: [("alice", "owner"), ("bob", "member")]),
        Record("2", "Globex, Inc", members: [("alice", "owner")]),
      ])
      let orgman = Script(data: data)
      #expect(try orgman("role", "Acme", "bob", "owner").status == .exited(0))
      #expect(try orgman("set", "Globex, Inc", "--status", "suspended", "--lago", "l=1").status == .exited(0))
      #expect(try orgman("undo", "1", "--yes").status == .exited(0))
      return orgman
    }

    @Test(arguments: TestStore.allCases)
    func `options and a filter say what is shown`(store: TestStore) throws {
      let orgman = try changed(store)
      func count(_ arguments: String...) throws -> Int {
        let found: [[String: Any]] = try orgman(["history", "--json"] + arguments).json()
        return found.count
      }
      #expect(try count() == 3)
      #expect(try count("--kind", "undo") == 1)
      #expect(try count("--user", "bob") == 2)
      #expect(try count("--since", "yesterday", "--until", "today") == 3)
      #expect(try count("--until", "yesterday") == 0)
      #expect(try count("--by", "no such person") == 0)
      #expect(try count("--filter", "org:globex") == 1)
      #expect(try count("--filter", "!kind:undo status") == 1)
      #expect(try count("Acme", "--kind", "edit") == 1)
      let none = try orgman("history", "--user", "zoe")
      #expect(none.stdout == "Nothing in the history matches that.\n")
      let wrong = try orgman("history", "--since", "noon")
      #expect(wrong.status == .exited(64))
      #expect(wrong.stderr.contains("--since takes a day or a moment"))
    }

    @Test(arguments: TestStore.allCases)
    func `an audit gets every change with before and after, as CSV and as JSON Lines`(store: TestStore) throws
    {
      let orgman = try changed(store)
      let lines = try orgman("history", "--csv").stdout.split(separator: "\r\n").map(String.init)
      #expect(lines.count == 5)
      #expect(lines[0].hasPrefix("generation,time,kind,of,user,login,"))
      #expect(lines[1].hasPrefix("3,20"))
      #expect(lines[1].contains(",undo,1,"))
      #expect(lines[2].contains("\"Globex, Inc\",,set,status,active,suspended,"))
      let entries = try orgman("history", "--jsonl").stdout.split(separator: "\n")
      #expect(entries.count == 3)
      let entry = try #require(
        JSONSerialization.jsonObject(with: Data(entries[1].utf8)) as? [String: Any])
      let changes = try #require(entry["changes"] as? [[String: Any]])
      #expect(changes[1]["field"] as? String == "lago_customer_id")
      #expect(changes[1]["to"] as? String == "l=1")
    }

    @Test func `times are in the zone that is configured, and say which`() throws {
      let orgman = try changed(.files)
      #expect(try orgman("history").stdout.contains(" UTC  "))
      let local = try orgman.shell(
        """
        mkdir -p "$DATA/config/orgman"
        echo 'time-zone = "local"' >"$DATA/config/orgman/config.toml"
        export XDG_CONFIG_HOME="$DATA/config" TZ=XYZ-2
        orgman history && orgman show Acme
        """)
      #expect(local.stdout.contains(" XYZ  "))
      #expect(!local.stdout.contains("UTC"))
    }
  }
}
