import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman apply`, and the previews that it takes.
  @Suite struct ApplyCommandTests {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases)
    func `a preview is kept and applied later, byte for byte what the command or the screen writes`(
      store: TestStore
    ) throws {
      let direct = try store.reference()
      #expect(try Script(data: direct)("role", "Globex", "user_006", "member").status == .exited(0))

      let data = try store.reference()
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
      #expect(change["org"] as? String == data.id(globex) && change["user"] as? String == "user_006")
      #expect(
        try orgman("apply", "-", "--dry-run", input: preview.stdout).stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(
        try orgman("apply", "-", input: preview.stdout).stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(try data.contents() == direct.contents())
      // What is there already is no conflict.
      #expect(try orgman("apply", "-", input: preview.stdout).stdout == "No changes needed.\n")

      let screen = try store.reference()
      let terminal = try start(["--data", screen.address])
      try terminal.waitForText("Globex")
      terminal.press(.text("/globex"), .enter)
      try terminal.waitForText("user_006")
      terminal.press(.enter, .text("rm"))
      try terminal.waitForText("owner → member")
      terminal.press(.text("Q"))
      #expect(try terminal.waitForExit() == .exited(0))
      #expect(try screen.contents() == data.contents())
    }

    @Test(arguments: TestStore.allCases)
    func `every command that edits makes a preview that can be applied`(store: TestStore) throws {
      let data = try store.data(hostileRecords())
      let orgman = Script(data: data)
      let file = data.directory + "/new.jsonl"
      let record = #"{"id": "\#(data.id("org_9"))", "name": "nine", "users": [{"user_id": "u"}]}"#
      try Data(record.utf8).write(to: URL(filePath: file))
      for arguments in [
        ["create", "new \u{1B}", "--owner", "o"],
        ["set", data.id("org_1"), "--name", "n", "--lago", "l", "--plan", "p", "--new-plan"],
        ["set", data.id("org_2"), "--clear", "lago,stripe", "--status", "deleted"],
        ["add", data.id("org_3"), "x", "y", "--role", "owner"],
        ["remove", "--allow-ownerless", data.id("org_1"), "x\ty\u{1B}]0;z\u{7}"],
        ["role", data.id("org_4"), "ünïcode", "owner"],
        ["import", file],
      ] {
        let before = try data.contents()
        let preview = try run(
          try builtProduct("orgman"), arguments + ["--dry-run", "--json", "--data", data.address])
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

    @Test(arguments: TestStore.allCases)
    func `a preview is refused where the data moved on, naming what`(store: TestStore) throws {
      let data = try store.reference()
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
        "created_at \"now\" isn't a time"
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
