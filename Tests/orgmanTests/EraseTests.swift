import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Erasing through the command line.
  @Suite struct Erasing {
    private func data() throws -> DataFiles {
      try DataFiles([
        Record("1", "Hush Ltd", members: [("mallory", "owner")]),
        Record("2", "Loud", members: [("mallory", "owner"), ("alice", "owner")]),
        Record("3", "both", members: [("org_2", "owner")]),
      ])
    }

    private func grep(_ text: String, _ data: DataFiles) throws -> String {
      try run("/bin/grep", ["-rl", text, data.path]).stdout
    }

    @Test func `what goes is listed, asked about, and gone`() throws {
      let data = try data()
      let orgman = Script(data: data)
      #expect(try orgman("set", "org_1", "--plan", "gold", "--new-plan").status == .exited(0))
      let before = try data.contents()
      let trial = try orgman("erase", "Hush Ltd", "--dry-run")
      #expect(
        trial.stdout.hasPrefix(
          """
          Removed mallory (owner) from Hush Ltd
          Removed Hush Ltd altogether
          organizations.json    1 organization
          org_users.json        1 member
          .orgman/journal       1 line

          """), "\(trial.stdout)")
      let unasked = try orgman("erase", "org_1")
      #expect(unasked.status == .exited(1))
      #expect(unasked.stderr.contains("Erase this for good? It can't be undone."))
      #expect(try data.contents() == before)
      let done = try orgman("erase", "org_1", "--yes")
      #expect(done.status == .exited(0), "\(done.stderr)")
      #expect(done.stderr == "orgman: Drafts of other users, and copies elsewhere, weren't looked for.\n")
      #expect(try grep("org_1", data) == "")
      #expect(try grep("Hush", data) == "")
      #expect(try data.names() == ["Loud", "both"])
      let history = try orgman("history").stdout
      #expect(history.contains("erased: an organization was erased"))
      let undo = try orgman("undo", "1", "--yes")
      #expect(undo.status == .exited(2))
      #expect(
        undo.stderr == "orgman: Generation 1 can't be undone or done again: a change of it was erased.\n")
      #expect(try orgman("undo", "--yes").status == .exited(2))
      let back = try orgman("restore", "--generation", "0", "--yes")
      #expect(back.status == .exited(2))
      #expect(back.stderr.contains("erased something for good"))
      try data.closeToOthers()
      #expect(try orgman("doctor").stdout.hasPrefix("Everything is as it should be.\n"))
    }

    @Test func `names that mean nothing, or two things, are refused, and so is the last owner`() throws {
      let data = try data()
      let orgman = Script(data: data)
      let before = try data.contents()
      #expect(try orgman("erase", "nobody", "--yes").status == .exited(2))
      #expect(try orgman("erase", "nobody", "--organization", "--yes").status == .exited(2))
      let both = try orgman("erase", "org_2", "--yes")
      #expect(
        both.stderr == "orgman: \"org_2\" names an organization and a user; say --organization or --user.\n")
      let last = try orgman("erase", "mallory", "--yes")
      #expect(last.stderr.contains("mallory is the last owner of Hush Ltd"))
      #expect(try data.contents() == before)
      #expect(try orgman("erase", "mallory", "--allow-ownerless", "--yes").status == .exited(0))
      #expect(try grep("mallory", data) == "")
      // The organization of that name stays, and that is said.
      let user = try orgman("erase", "org_2", "--user", "--allow-ownerless", "--yes")
      #expect(user.stderr.hasSuffix(": org_users.json, organizations.json.\n"))
      #expect(try data.names() == ["Hush Ltd", "Loud", "both"])
      #expect(try data.members(of: "org_3") == [])
    }

    @Test func `files that aren't orgman's are named and left, and drafts of one's own go`() throws {
      let data = try data()
      let home = try TemporaryDirectory()
      let environment = plainEnvironment.merging(["XDG_STATE_HOME": home.path]) { $1 }
      try data.write("export.csv", "org_1,x\n")
      let screen = try open(data, environment: environment)
      screen.send("a")
      try screen.waitForText("New organization")
      screen.send("Hush Ltd two")
      let folder = home.path + "/orgman/drafts"
      func isKept() -> Bool {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.contains {
          !$0.hasPrefix(".")
            && (try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8))?.contains("Hush Ltd two")
              == true
        }
      }
      let deadline = ContinuousClock.now + .seconds(10)
      while !isKept() {
        try #require(ContinuousClock.now < deadline, "The draft isn't written.")
        // Nothing will be shown; this only passes time.
        _ = try? screen.waitFor("the draft", timeout: .milliseconds(20)) { _ in false }
      }
      screen.signal(SIGKILL)
      try screen.waitForExit()
      let output = try run(
        try builtProduct("orgman"), ["erase", "org_1", "--yes", "--data", data.path], environment: environment
      )
      #expect(output.status == .exited(1))
      #expect(output.stdout.contains("drafts                1 file\n"), "\(output.stdout)")
      #expect(output.stderr.contains("have \"org_1\" still"), "\(output.stderr)")
      #expect(output.stderr.hasSuffix(": export.csv.\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      #expect(try data.text("export.csv") == "org_1,x\n")
    }
  }
}
