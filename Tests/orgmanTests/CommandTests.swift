import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The commands, run as a script runs them.
  @Suite struct CommandTests {
    /// The organization of the reference data in which user_006 and user_007 are owners.
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    private func orgman(_ data: any TestData, _ arguments: String..., input: String = "") throws -> Output {
      try run(try builtProduct("orgman"), arguments + ["--data", data.address], input: input)
    }

    /// Changes a role on the screen, so that there is a history.
    private func changeRole(_ data: any TestData) throws {
      let screen = try start(["--data", data.address])
      try screen.waitForText("Globex")
      screen.press(.text("/globex"), .enter)
      try screen.waitForText("user_006")
      screen.press(.enter, .text("rm"))
      try screen.waitForText("owner → member")
      screen.press(.text("Q"))
      #expect(try screen.waitForExit() == .exited(0))
    }

    @Test(arguments: TestStore.allCases)
    func `without a history, history says so and undo finds nothing`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      #expect(try orgman(data, "history").stdout == "There is no history yet.\n")
      let undo = try orgman(data, "undo")
      #expect(undo.status == .exited(2))
      #expect(undo.stderr == "orgman: There is nothing of yours to undo.\n")
      #expect(try orgman(data, "undo", "7", "--yes").status == .exited(2))
      #expect(try data.contents() == before)
    }

    @Test(arguments: TestStore.allCases)
    func `what was changed on the screen is in the history, and undone and redone byte for byte`(
      store: TestStore
    ) throws {
      let data = try store.reference()
      let before = try data.contents()
      try changeRole(data)
      let after = try data.contents()
      #expect(before != after)
      let history = try orgman(data, "history", "Globex").stdout
      #expect(history.hasPrefix("1  20"))
      #expect(history.hasSuffix("Role of user_006 in Globex: owner → member\n"))
      #expect(try orgman(data, "history", "Acme Corp").stdout == "The history has no change of it.\n")

      let refused = try orgman(data, "undo")
      #expect(refused.status == .exited(1))
      #expect(refused.stderr.contains("say --yes"))
      #expect(try orgman(data, "undo", "--dry-run").stdout == "Role of user_006 in Globex: member → owner\n")
      #expect(try data.contents() == after)

      #expect(try orgman(data, "undo", "--yes").status == .exited(0))
      #expect(try data.contents() == before)
      #expect(try orgman(data, "undo", "--yes").status == .exited(2))
      #expect(try orgman(data, "redo", "--yes").status == .exited(0))
      #expect(try data.contents() == after)
    }

    @Test(arguments: TestStore.allCases)
    func `u on the screen undoes what was done before it was opened, and Control-R redoes it`(
      store: TestStore
    ) throws {
      let data = try store.reference()
      let before = try data.contents()
      try changeRole(data)
      let after = try data.contents()
      let screen = try start(["--data", data.address])
      try screen.waitForText("Globex")
      screen.press(.text("u"))
      try screen.waitForText("Undid generation")
      #expect(try data.contents() == before)
      screen.press(.text("\u{12}"))
      try screen.waitForText("Redid generation")
      #expect(try data.contents() == after)
      screen.press(.text("Q"))
      #expect(try screen.waitForExit() == .exited(0))
    }

    @Test(arguments: TestStore.allCases)
    func `an undo of what somebody changed since is a conflict, and changes nothing`(store: TestStore) throws
    {
      let data = try store.reference()
      try changeRole(data)
      try data.setRole(of: "user_006", in: globex, to: "billing_admin")
      let changed = try data.contents()
      let undo = try orgman(data, "undo", "--yes")
      #expect(undo.status == .exited(3))
      #expect(undo.stderr.contains("user_006 is billing in Globex now, no longer member"))
      #expect(try data.contents() == changed)
    }

    @Test(arguments: TestStore.allCases)
    func `the history is JSON on request`(store: TestStore) throws {
      let data = try store.reference()
      try changeRole(data)
      let json = try JSONSerialization.jsonObject(
        with: Data(try orgman(data, "history", "--json").stdout.utf8))
      let entry = try #require((json as? [[String: Any]])?.first)
      #expect(entry["generation"] as? Int == 1)
      #expect(entry["kind"] as? String == "edit")
      let change = try #require((entry["changes"] as? [[String: Any]])?.first)
      #expect(change["organization"] as? String == data.id(globex))
      #expect(change["user"] as? String == "user_006")
    }

    @Test func `a backup puts everything back, and isn't written over`() throws {
      let data = try DataFiles.reference()
      let before = try data.contents()
      let file = data.path + "/backup"
      #expect(try orgman(data, "backup", file).status == .exited(0))
      #expect(try orgman(data, "backup", file).status == .exited(1))
      try changeRole(data)
      let preview = try orgman(data, "restore", file, "--dry-run")
      #expect(preview.stdout == "Role of user_006 in Globex: member → owner\n")
      #expect(try orgman(data, "restore", file).status == .exited(1))
      #expect(try orgman(data, "restore", file, "--yes").status == .exited(0))
      #expect(try data.contents() == before)
      // A restore is a generation as well.
      #expect(try orgman(data, "undo", "--yes").status == .exited(0))
      #expect(try data.contents() != before)
      #expect(try orgman(data, "restore", "--generation", "0", "--yes").status == .exited(0))
      #expect(try data.contents() == before)
      #expect(try orgman(data, "restore", "--generation", "99", "--yes").status == .exited(2))
      #expect(try orgman(data, "restore", data.path + "/none", "--yes").status == .exited(2))
      #expect(try orgman(data, "restore", data.path + "/organizations.json", "--yes").status == .exited(1))
      #expect(try orgman(data, "restore").status == .exited(64))
    }

    @Test(arguments: TestStore.allCases)
    func `history refuses a limit below one, and takes the largest there is`(store: TestStore) throws {
      let data = try store.reference()
      #expect(try orgman(data, "create", "Initech").status == .exited(0))
      for limit in ["-1", "0", "-9223372036854775808", "9223372036854775808"] {
        #expect(try orgman(data, "history", "--limit=\(limit)").status == .exited(64), "\(limit)")
      }
      let all = try orgman(data, "history", "--limit=9223372036854775807")
      #expect(all.status == .exited(0) && all.stdout.contains("Initech"))
    }

    @Test func `doctor explains what is wrong, and repairs what it can`() throws {
      let data = try DataFiles.reference()
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: data.path)
      for name in [DataFiles.organizations, DataFiles.users] {
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600], ofItemAtPath: "\(data.path)/\(name)")
      }
      let healthy = try orgman(data, "doctor")
      #expect(healthy.status == .exited(0))
      #expect(healthy.stdout.contains("There is no history yet"))

      try data.python(DataFiles.users, "del data['\(globex)']; data['org_x'] = []")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: "\(data.path)/org_users.json")
      let ill = try orgman(data, "doctor")
      #expect(ill.status == .exited(1))
      #expect(ill.stdout.contains("1 organization has no member list in org_users.json: Globex (\(globex))."))
      #expect(ill.stdout.contains("0 members of org_x, an organization that there isn't."))
      #expect(ill.stdout.contains("(mode 644)"))
      #expect(try orgman(data, "doctor", "--fix").status == .exited(1))
      let fixed = try orgman(data, "doctor", "--fix", "--yes")
      #expect(fixed.status == .exited(0))
      #expect(fixed.stdout.hasSuffix("Repaired.\n"))
      #expect(try data.text(DataFiles.users).hasSuffix("\"org_x\": [],\n  \"\(globex)\": []\n}"))
      #expect(try orgman(data, "doctor").stdout.contains("warning: org_users.json has 0 members of org_x"))

      try data.replace(
        "\"active\"\n  },\n  \"org_1439fdfc", by: "\"gone\"\n  },\n  \"org_1439fdfc",
        in: DataFiles.organizations)
      let broken = try orgman(data, "doctor", "--json")
      #expect(broken.status == .exited(1))
      #expect(broken.stdout.contains("there is no status \\\"gone\\\""))
    }
  }
}
