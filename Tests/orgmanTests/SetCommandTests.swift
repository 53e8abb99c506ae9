import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman set`, and what all commands that edit have in common.
  @Suite struct SetCommandTests {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases)
    func `set changes what it is told, says what, and a second time nothing`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      let arguments = [
        "set", "Globex", "--name", "Globex\u{1B}", "--plan", "starter", "--status", "suspended", "--stripe",
        "cus_1",
        "--clear", "lago", "--data", data.address,
      ]
      let output = try run(try builtProduct("orgman"), arguments)
      #expect(
        output.stdout == #"""
          Renamed Globex → Globex\u{1B}
          Plan of Globex\u{1B}: enterprise → starter
          Status of Globex\u{1B}: active → suspended
          Stripe id of Globex\u{1B}: none → cus_1
          Lago id of Globex\u{1B}: lago_cust_globex → none

          """#)
      let made = try data.organization(named: "Globex\u{1B}")
      #expect(made["status"] as? String == "suspended")
      #expect(made["lago_customer_id"] is NSNull)
      let before = try data.contents()
      #expect(try orgman("set", data.id(globex), "--plan", "starter").stdout == "No changes needed.\n")
      #expect(try data.contents() == before)
      #expect(try orgman("set", data.id(globex), "--name=-x", "--clear", "lago,stripe").status == .exited(0))
      #expect(try data.organization(named: "-x")["stripe_customer_id"] is NSNull)
      #expect(try orgman("set", data.id(globex), "--name", "acme corp").status == .exited(1))
    }

    @Test(arguments: TestStore.allCases)
    func `white space around a value is dropped, and what is said is what is stored`(store: TestStore) throws
    {
      let orgman = Script(data: try store.reference())
      let set = try orgman("set", "Globex", "--name", " Globex Inc ")
      #expect(set.stdout == "Renamed Globex → Globex Inc\n")
      #expect(try orgman("undo").stdout.contains("Renamed Globex Inc → Globex"))
    }

    @Test(arguments: TestStore.allCases)
    func `several organizations at once are shown and asked about`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      let before = try data.contents()
      let refused = try orgman.shell("orgman list plan:starter | orgman set - --plan professional")
      #expect(refused.status == .exited(1))
      #expect(refused.stderr.contains("in 3 organizations? There is no terminal to ask on: say --yes"))
      #expect(try data.contents() == before)
      let done = try orgman.shell("orgman list plan:starter | orgman set - --plan professional --yes")
      #expect(done.status == .exited(0))
      #expect(done.stdout.split(separator: "\n").count == 3)
      #expect(try orgman("list", "plan:starter").stdout == "")
      #expect(try orgman("undo", "--yes").status == .exited(0))
      #expect(try data.contents() == before)
      #expect(try orgman("set", "-", "--name", "x").status == .exited(64))
    }

    @Test func `--read-only refuses, and an unwritable directory says why`() throws {
      let data = try DataFiles.reference()
      let before = try data.contents()
      let program = try builtProduct("orgman")
      try data.write("empty.json", "[]")
      let commands = [
        ["create", "x"], ["set", "Globex", "--plan", "x", "--new-plan"], ["add", "Globex", "x"],
        ["remove", "Globex", "user_006"],
        ["role", "Globex", "user_006", "member"], ["import", "\(data.path)/empty.json"],
        ["undo", "1", "--yes"],
      ]
      for command in commands.dropLast() {
        let output = try run(program, command + ["--data", data.path, "--read-only"])
        #expect(output.status == .exited(1))
        #expect(output.stderr == "orgman: Nothing can be changed: opened for reading alone.\n")
      }
      // Looking ahead is no change.
      let trial = try run(
        program,
        ["set", "Globex", "--plan", "x", "--new-plan", "--dry-run", "--read-only", "--data", data.path])
      #expect(trial.stdout == "Plan of Globex: enterprise → x\n")
      #expect(!fileExists(data.path + "/.orgman"))
      #expect(chmod(data.path, 0o555) == 0)
      defer { chmod(data.path, 0o755) }
      for name in [DataFiles.organizations, DataFiles.users, "empty.json"] {
        chmod("\(data.path)/\(name)", 0o644)
      }
      for command in commands.dropLast() {
        let output =
          getuid() == 0
          ? try run(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--clear-groups", program] + command + ["--data", data.path])
          : try run(program, command + ["--data", data.path])
        #expect(output.status == .exited(1), "\(command)")
        #expect(output.stderr.hasPrefix("orgman: Nothing can be changed: "), "\(output.stderr)")
        #expect(output.stderr.split(separator: "\n").count == 1)
      }
      #expect(try data.contents() == before)
    }

    @Test(arguments: TestStore.allCases)
    func `commands at once on one organization all count`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      let output = try orgman.shell(
        """
        for i in 1 2 3 4 5 6; do orgman add Globex new$i & pids="$pids $!"; done
        orgman set Globex --plan a --new-plan & pids="$pids $!"; orgman set Globex --plan b --new-plan & pids="$pids $!"
        for pid in $pids; do wait $pid || exit 1; done
        """)
      #expect(output.status == .exited(0), "\(output.stderr)")
      #expect(Set(try data.members(of: globex)).isSuperset(of: (1...6).map { "new\($0) member" }))
      #expect(["a", "b"].contains(try data.organization(named: "Globex")["plan_tier"] as? String))
    }

    // MARK: Plan, then apply
  }
}
