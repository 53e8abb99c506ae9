import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The commands that edit.
  @Suite struct Changing {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test func `create prints the new id alone`() throws {
      let data = try DataFiles()
      let orgman = Script(data: data)
      let output = try orgman("create", "  Acme ", "--plan", "starter", "--owner", "alice")
      #expect(
        output.stdout.wholeMatch(
          of: /org_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n/) != nil)
      let id = output.stdout.trimmingCharacters(in: .newlines)
      let made = try data.organization(named: "Acme")
      #expect(made["id"] as? String == id)
      #expect(made["plan_tier"] as? String == "starter")
      #expect(try data.members(of: id) == ["alice owner"])

      #expect(try orgman("create", "--", "-dash").status == .exited(0))
      #expect(try data.organization(named: "-dash")["plan_tier"] as? String == "founders_friend")
      let hostile: [String: Any] = try orgman("create", "a\t\u{1B}\u{202E}\"", "--json").json()
      #expect(hostile["name"] as? String == "a\t\u{1B}\u{202E}\"")
      #expect((hostile["users"] as? [Any])?.count == 0)
      #expect(hostile.count == 8)

      let before = try data.contents()
      for (arguments, sentence) in [
        (["create", "acme"], "is taken by \(id)"), (["create", " "], "can't be empty"),
        (["create", "x", "--plan", ""], "plan can't be empty"),
        (["create", "x", "--owner", " "], "can't be empty"),
        (["create", String(repeating: "é", count: 201)], "at most 200"),
      ] {
        let refused = try run(try builtProduct("orgman"), arguments + ["--data", data.path])
        #expect(refused.status == .exited(1))
        #expect(refused.stderr.contains(sentence) && refused.stderr.split(separator: "\n").count == 1)
        #expect(refused.stdout == "")
      }
      #expect(try data.contents() == before)
    }

    @Test func `set changes what it is told, says what, and a second time nothing`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      let arguments = [
        "set", "Globex", "--name", "Globex\u{1B}", "--plan", "starter", "--status", "suspended", "--stripe",
        "cus_1",
        "--clear", "lago", "--data", data.path,
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
      #expect(try orgman("set", globex, "--plan", "starter").stdout == "No changes needed.\n")
      #expect(try data.contents() == before)
      #expect(try orgman("set", globex, "--name=-x", "--clear", "lago,stripe").status == .exited(0))
      #expect(try data.organization(named: "-x")["stripe_customer_id"] is NSNull)
      #expect(try orgman("set", globex, "--name", "acme corp").status == .exited(1))
    }

    @Test func `members come and go; the last owner only when told`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      #expect(
        try orgman("add", "Globex", "eve", "mal\tlory", "--role", "billing_admin").stdout
          == "Added eve to Globex as billing_admin\nAdded mal\\tlory to Globex as billing_admin\n")
      #expect(try orgman("add", "Globex", "-", input: "x\ny\n").status == .exited(0))
      let added = try data.contents()
      let again = try orgman("add", "Globex", "new", "eve")
      #expect(again.status == .exited(1))
      #expect(
        again.stderr == "orgman: eve is in Globex already, as billing_admin; orgman role changes that.\n")
      #expect(try orgman("remove", "Globex", "eve", "nobody").status == .exited(2))
      #expect(try data.contents() == added)
      #expect(try orgman("remove", "Globex", "-", input: "eve\nmal\tlory\nx\ny\n").status == .exited(0))
      #expect(try data.members(of: globex) == ["user_006 owner", "user_007 owner"])

      #expect(try orgman("role", "Globex", "user_006").stdout == "owner\n")
      #expect(try orgman("role", "Globex", "user_006", "--json").stdout == "\"owner\"\n")
      #expect(
        try orgman("role", "Globex", "user_006", "member").stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(try orgman("role", "Globex", "user_006", "member").stdout == "No changes needed.\n")
      let before = try data.contents()
      for arguments in [["remove", "Globex", "user_007"], ["role", "Globex", "user_007", "member"]] {
        let refused = try run(try builtProduct("orgman"), arguments + ["--data", data.path])
        #expect(refused.status == .exited(1))
        #expect(refused.stderr.contains("user_007 is the last owner of Globex"))
      }
      #expect(try data.contents() == before)
      #expect(try orgman("remove", "Globex", "user_007", "--allow-ownerless").status == .exited(0))
      #expect(try data.members(of: globex) == ["user_006 member"])
    }

    @Test func `several organizations at once are shown and asked about`() throws {
      let data = try DataFiles.reference()
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
        ["create", "x"], ["set", "Globex", "--plan", "x"], ["add", "Globex", "x"],
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
        program, ["set", "Globex", "--plan", "x", "--dry-run", "--read-only", "--data", data.path])
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

    @Test func `commands at once on one organization all count`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      let output = try orgman.shell(
        """
        for i in 1 2 3 4 5 6; do orgman add Globex new$i & pids="$pids $!"; done
        orgman set Globex --plan a & pids="$pids $!"; orgman set Globex --plan b & pids="$pids $!"
        for pid in $pids; do wait $pid || exit 1; done
        """)
      #expect(output.status == .exited(0), "\(output.stderr)")
      #expect(Set(try data.members(of: globex)).isSuperset(of: (1...6).map { "new\($0) member" }))
      #expect(["a", "b"].contains(try data.organization(named: "Globex")["plan_tier"] as? String))
    }

    // MARK: Plan, then apply

    @Test func `a preview is kept and applied later, byte for byte what the command or the screen writes`()
      throws
    {
      let direct = try DataFiles.reference()
      #expect(try Script(data: direct)("role", "Globex", "user_006", "member").status == .exited(0))

      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      let before = try data.contents()
      let preview = try orgman("role", "Globex", "user_006", "member", "--dry-run", "--json")
      #expect(preview.status == .exited(0))
      #expect(try data.contents() == before)
      let document: [String: Any] = try preview.json()
      #expect(document["format"] as? String == "orgman changes")
      #expect(document["version"] as? Int == 1)
      #expect(document["time"] is String)
      let change = try #require((document["changes"] as? [[String: Any]])?.first)
      #expect(change["from"] as? String == "owner" && change["to"] as? String == "member")
      #expect(change["org"] as? String == globex && change["user"] as? String == "user_006")
      #expect(
        try orgman("apply", "-", "--dry-run", input: preview.stdout).stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(
        try orgman("apply", "-", input: preview.stdout).stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(try data.contents() == direct.contents())
      // What is there already is no conflict.
      #expect(try orgman("apply", "-", input: preview.stdout).stdout == "No changes needed.\n")

      let screen = try DataFiles.reference()
      let terminal = try start(["--data", screen.path])
      try terminal.waitForText("Globex")
      terminal.press(.text("/globex"), .enter)
      try terminal.waitForText("user_006")
      terminal.press(.enter, .text("rm"))
      try terminal.waitForText("owner → member")
      terminal.press(.text("Q"))
      #expect(try terminal.waitForExit() == .exited(0))
      #expect(try screen.contents() == data.contents())
    }

    @Test func `every command that edits makes a preview that can be applied`() throws {
      let data = try DataFiles(hostileRecords())
      let orgman = Script(data: data)
      try data.write("new.jsonl", #"{"id": "org_9", "name": "nine", "users": [{"user_id": "u"}]}"#)
      for arguments in [
        ["create", "new \u{1B}", "--owner", "o"],
        ["set", "org_1", "--name", "n", "--lago", "l", "--plan", "p"],
        ["set", "org_2", "--clear", "lago,stripe", "--status", "deleted"],
        ["add", "org_3", "x", "y", "--role", "owner"],
        ["remove", "--allow-ownerless", "org_1", "x\ty\u{1B}]0;z\u{7}"],
        ["role", "org_4", "ünïcode", "owner"],
        ["import", "\(data.path)/new.jsonl"],
      ] {
        let before = try data.contents()
        let preview = try run(
          try builtProduct("orgman"), arguments + ["--dry-run", "--json", "--data", data.path])
        #expect(preview.status == .exited(0), "\(arguments) \(preview.stderr)")
        #expect(preview.isHarmless)
        #expect(try data.contents() == before)
        let applied = try orgman("apply", "-", input: preview.stdout)
        #expect(applied.status == .exited(0), "\(applied.stderr)")
        let after = try data.contents()
        #expect(after != before)
        let undo = try orgman("undo", "--dry-run", "--json", "--allow-ownerless")
        #expect(try orgman("apply", "-", input: undo.stdout).status == .exited(0))
        if !["remove"].contains(arguments[0]) { #expect(try data.contents() == before, "\(arguments)") }
      }
    }

    @Test func `a preview is refused where the data moved on, naming what`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      let plan = try orgman("set", "Globex", "--plan", "starter", "--dry-run", "--json").stdout
      let member = try orgman("role", "Globex", "user_006", "member", "--dry-run", "--json").stdout
      let name = try orgman("create", "New", "--dry-run", "--json").stdout
      #expect(try orgman("set", "Globex", "--plan", "professional").status == .exited(0))
      #expect(try orgman("remove", "Globex", "user_006").status == .exited(0))
      #expect(try orgman("create", "new").status == .exited(0))
      let before = try data.contents()
      for (preview, sentence) in [
        (plan, "Plan of Globex is professional now, no longer enterprise"),
        (member, "user_006 is not a member of Globex"),
        (name, "\"New\" is taken"),
      ] {
        let output = try orgman("apply", "-", input: preview)
        #expect(output.status == .exited(3))
        #expect(output.stderr.contains(sentence), "\(output.stderr)")
        #expect(output.stderr.split(separator: "\n").count == 1)
      }
      #expect(try data.contents() == before)
    }

    @Test(arguments: [
      ("", "is empty"), ("{", "it is no JSON"), ("[]", "another type"), ("{}", "\"format\" is missing"),
      ("{\"format\": 7}", "another type"),
      (
        #"{"format": "x", "version": 1, "time": "", "allowsOwnerless": false, "changes": []}"#,
        #"another kind: "x""#
      ),
      (
        #"{"format": "orgman changes", "version": 2, "time": "", "allowsOwnerless": false, "changes": []}"#,
        "version 2"
      ),
      (#"{"op": "fly", "org": "x"}"#, "Change 1: there is no operation \"fly\""),
      (#"{"op": "set", "org": "x", "field": "id", "to": "y"}"#, "there is no field \"id\""),
      (#"{"op": "add", "org": "x", "user": "y", "to": "\u001b"}"#, #"no role "\u{1B}""#),
      (#"{"op": "add", "org": "x", "user": "y", "to": "owner"}"#, "joinedAt is missing"),
      (
        #"{"op": "create", "org": "x", "organization": {"created_at": "now"}}"#,
        "created_at \"now\" is no time"
      ),
      (#"{"op": "create", "org": "x"}"#, "organization is missing"),
    ])
    func `a document that is no preview gets a sentence`(text: String, sentence: String) throws {
      let orgman = Script(data: try DataFiles.reference())
      let document =
        text.contains("\"op\"")
        ? #"{"format": "orgman changes", "version": 1, "time": "", "allowsOwnerless": false, "changes": [\#(text)]}"#
        : text
      let output = try orgman("apply", "-", input: document)
      #expect(output.status == .exited(1))
      #expect(output.stderr.contains(sentence), "\(output.stderr)")
      #expect(output.stderr.split(separator: "\n").count == 1)
    }
  }
}
