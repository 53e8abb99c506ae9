import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Reading data that are torn or wiped, where they can't be restored first.
  @Suite struct Damage {
    private let data: DataFiles
    private let orgman: Script
    private let program: String

    /// 40 organizations with two members each, as a generation of the history, for everyone to read.
    init() throws {
      data = try DataFiles()
      orgman = Script(data: data)
      program = try builtProduct("orgman")
      let lines = (1...40).map {
        "{\"id\": \"org_\($0)\", \"name\": \"Name \($0)\", \"users\": [{\"user_id\": \"own\($0)\", \"role\": \"owner\"}, "
          + "{\"user_id\": \"ann\"}]}\n"
      }
      #expect(try orgman("import", "--format", "jsonl", input: lines.joined()).status == .exited(0))
      #expect(chmod(data.path, 0o755) == 0)
      let opened = try run("/bin/chmod", ["-R", "a+rX", data.path])
      #expect(opened.status == .exited(0))
    }

    /// Tears the file of the organizations, so that about half of them are left.
    private func tear() throws {
      let whole = try data.bytes(DataFiles.organizations)
      try data.write(DataFiles.organizations, Array(whole.prefix(whole.count / 2)))
    }

    /// Runs a command as root that may only read, and as a user who may only read.
    private func outputs(_ arguments: [String]) throws -> [Output] {
      let place = ["--data", data.path]
      return [
        try run(program, arguments + ["--read-only"] + place),
        try run(
          "/usr/bin/setpriv",
          ["--reuid=65534", "--regid=65534", "--clear-groups", program] + arguments + place),
      ]
    }

    private static let readers = [
      ["list"], ["list", "--json"], ["list", "--csv"], ["plans"], ["plans", "--json"], ["show", "org_1"],
      ["show", "org_1", "--json"], ["members", "org_1"], ["user", "own1"], ["role", "org_1", "own1"],
    ]

    @Test(arguments: readers) func `of a torn file what can be read is printed, and the status is 1`(
      arguments: [String]
    ) throws {
      let whole = try run(program, arguments + ["--data", data.path])
      #expect(whole.status == .exited(0) && whole.stderr == "")
      try tear()
      for output in try outputs(arguments) {
        #expect(output.status == .exited(1))
        #expect(
          output.stderr.hasPrefix(
            "orgman: The data are damaged, and not all of them are shown. organizations.json, byte "))
        #expect(output.stderr.split(separator: "\n").count == 1)
        #expect(output.stdout != "" && output.stdout.utf8.count <= whole.stdout.utf8.count)
        if arguments.contains("--json") { let _: Any = try output.json() }
        let stderr = output.stderr
        for allowed in try outputs(arguments + ["--allow-damaged"]) {
          #expect(allowed.status == .exited(0) && allowed.stdout == output.stdout && allowed.stderr == stderr)
        }
      }
    }

    @Test func `what isn't found in damaged data isn't said not to exist`() throws {
      try tear()
      for arguments in [
        ["show", "org_40"], ["members", "Name 40"], ["user", "nobody"], ["role", "org_1", "nobody"],
      ] {
        for output in try outputs(arguments) {
          #expect(output.status == .exited(1), "\(arguments)")
          #expect(output.stderr.contains("it may be among what can't be read"), "\(output.stderr)")
        }
      }
    }

    @Test(arguments: readers) func `wiped data are said to be wiped, once, first`(arguments: [String]) throws
    {
      try data.write(DataFiles.organizations, "{}")
      let sentence =
        "orgman: organizations.json is empty, but the history knows 40 organizations; orgman doctor --fix restores them.\n"
      for output in try outputs(arguments) {
        #expect(output.status == .exited(1))
        #expect(output.stderr.hasPrefix(sentence), "\(output.stderr)")
        #expect(output.stderr.components(separatedBy: "is empty").count == 2)
      }
      try data.write(DataFiles.users, "")
      for output in try outputs(arguments) {
        #expect(output.status == .exited(1))
        #expect(
          output.stderr.hasPrefix(
            "orgman: organizations.json and org_users.json are empty, but the history knows 40 organizations and 80 members; "
              + "orgman doctor --fix restores them.\n"), "\(output.stderr)")
      }
    }

    @Test func `wiped data are neither exported nor edited, and the history and info say what is known`()
      throws
    {
      try data.write(DataFiles.organizations, "{}")
      let sentence = "organizations.json is empty, but the history knows 40 organizations"
      for arguments in [
        ["export"], ["backup", "\(data.path)-backup"],
        ["set", "Name 1", "--plan", "x", "--new-plan", "--dry-run"],
      ] {
        for output in try outputs(arguments) {
          #expect(output.status == .exited(1), "\(arguments)")
          #expect(output.stdout == "" && output.stderr.contains(sentence), "\(output.stderr)")
          #expect(output.stderr.split(separator: "\n").count == 1)
        }
      }
      #expect(!fileExists("\(data.path)-backup"))
      for output in try outputs(["export", "--allow-damaged"]) {
        #expect(output.status == .exited(0) && output.stdout == "[]\n" && output.stderr.contains(sentence))
      }
      for output in try outputs(["history", "--json"]) {
        #expect(output.status == .exited(0))
        let entries: [Any] = try output.json()
        #expect(entries.count == 1)
      }
      for output in try outputs(["info"]) {
        #expect(output.stdout.contains("  error: \(sentence)"))
        #expect(output.stdout.contains(#/  generation +1\n/#))
      }
      let screen = try open(data, ["--read-only"])
      try screen.waitForText("damaged")
      try screen.waitForText(sentence)
      screen.send("Q")
      #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `a history with a line that can't be read is printed, and the command fails`() throws {
      let data = try DataFiles([Record("1", "one", members: [("a", "owner")])])
      let orgman = Script(data: data)
      for plan in ["a", "b", "c"] {
        #expect(try orgman("set", "org_1", "--plan", plan, "--new-plan").status == .exited(0))
      }
      #expect(try orgman("history").status == .exited(0))
      let segment = ".orgman/journal/000000000000.jsonl"
      var lines = try data.text(segment).split(separator: "\n", omittingEmptySubsequences: false)
      lines[2] = "x" + lines[2].dropFirst()
      try data.write(segment, lines.joined(separator: "\n"))
      for arguments in [["history"], ["history", "--json"]] {
        let output = try run(try builtProduct("orgman"), arguments + ["--data", data.path])
        #expect(output.status == .exited(1))
        #expect(
          output.stderr == "orgman: The history is damaged: generation 2 can't be read. See orgman doctor.\n")
        #expect(output.stdout.contains("one"))
      }
    }

    @Test(arguments: ["", "{}", "{\"org_1\": {"])
    func `where they may be written, they are restored before they are read`(
      text: String
    ) throws {
      let whole = try data.contents()
      for name in [DataFiles.organizations, DataFiles.users] {
        try data.write(name, text)
        let list = try orgman("list")
        #expect(list.status == .exited(0))
        #expect(list.stderr.hasPrefix("orgman: Repaired: ") && list.stderr.hasSuffix(".\n"), "\(list.stderr)")
        #expect(list.stderr.split(separator: "\n").count == 1)
        #expect(list.stdout.split(separator: "\n").count == 40)
        #expect(try data.contents() == whole)
      }
    }

    @Test func `one number is the generation, everywhere`() throws {
      for number in 2...4 {
        #expect(try orgman("set", "org_1", "--plan", "plan\(number)", "--new-plan").status == .exited(0))
      }
      let info: [String: Any] = try orgman("info", "--json").json()
      #expect((info["data"] as? [String: String])?["generation"] == "4")
      #expect(try orgman("history", "--limit", "1").stdout.hasPrefix("4  "))
      let preview: [String: Any] = try orgman(
        "set", "org_1", "--plan", "x", "--new-plan", "--dry-run", "--json"
      ).json()
      #expect(preview["generation"] as? Int == 4)
      let done: [String: Any] = try orgman("set", "org_1", "--plan", "x", "--new-plan", "--json").json()
      #expect(done["generation"] as? Int == 5)
      let trial: [String: Any] = try orgman("undo", "--dry-run", "--json").json()
      #expect(trial["generation"] as? Int == 5)
      let undo: [String: Any] = try orgman("undo", "--yes", "--json").json()
      #expect(undo["generation"] as? Int == 6)
      let log = data.path + "/log"
      #expect(try orgman("set", "org_1", "--plan", "y", "--new-plan", "--log-file", log).status == .exited(0))
      #expect(try String(contentsOfFile: log, encoding: .utf8).contains("generation=7"))
      let none: [String: Any] = try Script(data: DataFiles.reference())("info", "--json").json()
      #expect((none["data"] as? [String: String])?["generation"] == "none: there is no history yet")
    }
  }
}
