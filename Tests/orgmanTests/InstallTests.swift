import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What a shell gets beside the program.
  @Suite struct Installing {
    private var root: URL {
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    }

    private let files = [
      "share/man/man1/orgman.1": "orgman.1", "share/bash-completion/completions/orgman": "orgman.bash",
      "share/zsh/site-functions/_orgman": "_orgman",
      "share/fish/vendor_completions.d/orgman.fish": "orgman.fish",
    ]

    /// To record them anew, run with ORGMAN_RECORD=1, and read what changed.
    @Test func `install puts the program, and what Resources has, in place`() throws {
      let directory = try TemporaryDirectory()
      let prefix = directory.path + "/new/prefix"
      let program = try builtProduct("orgman")
      let trial = try run(program, ["install", "--prefix", prefix, "--dry-run"])
      #expect(trial.status == .exited(0))
      #expect(!fileExists(prefix))
      for _ in 0..<2 {
        let output = try run(program, ["install", "--prefix", prefix])
        #expect(output.status == .exited(0), "\(output.stderr)")
        #expect(output.stdout == trial.stdout)
        #expect(output.stdout.split(separator: "\n").allSatisfy { fileExists(String($0)) })
      }
      #expect(try run(prefix + "/bin/orgman", ["--version"]).status == .exited(0))
      for (path, name) in files {
        let made = try Data(contentsOf: URL(filePath: "\(prefix)/\(path)"))
        let resource = root.appending(path: "Resources/\(name)")
        if ProcessInfo.processInfo.environment["ORGMAN_RECORD"] != nil {
          try FileManager.default.createDirectory(
            at: resource.deletingLastPathComponent(), withIntermediateDirectories: true)
          try made.write(to: resource)
        }
        #expect(
          try Data(contentsOf: resource) == made, "\(name) isn't what the commands say; see how to record it")
      }
      #expect(chmod(prefix + "/bin", 0o555) == 0)
      defer { chmod(prefix + "/bin", 0o755) }
      guard getuid() != 0 else { return }
      #expect(try run(program, ["install", "--prefix", prefix]).status == .exited(1))
    }

    @Test func `the README's table and --help have the same commands`() throws {
      let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
      let table = try #require(
        readme.components(separatedBy: "## Commands").last?.components(separatedBy: "## Keys").first)
      let dump = try run(try builtProduct("orgman"), ["--experimental-dump-help"])
      let tool: [String: Any] = try dump.json()
      let commands = try #require((tool["command"] as? [String: Any])?["subcommands"] as? [[String: Any]])
      let names = Set(commands.compactMap { $0["commandName"] as? String }).subtracting(["help"])
      let listed = Set(table.matches(of: /`orgman ([a-z]+)/).map { String($0.1) })
      #expect(listed == names)
    }

    @Test func `bash completes names and plans of the data, and runs none of them`() throws {
      var records =
        hostileRecords() + [
          Record("6", "$(touch pwned)"), Record("7", "`touch pwned`"), Record("8", "a;touch pwned"),
        ]
      records[0].plan = "$(touch pwned)"
      records[1].plan = "gold plan"
      let data = try DataFiles(records)
      let program = try builtProduct("orgman")
      let script = """
        source <("$0" --generate-completion-script bash)
        complete_line() {
          COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
          _orgman "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
          printf '%s\\n' "${COMPREPLY[@]}"
        }
        complete_line "$0" show ''; echo --
        complete_line "$0" show pl; echo --
        complete_line "$0" show org_; echo --
        complete_line "$0" create --plan ''; echo --
        complete_line "$0" role x y ''
        """
      let environment = plainEnvironment.merging(["ORGMAN_DATA": data.path]) { $1 }
      let output = try run(
        "/bin/bash", ["--norc", "-c", script, program], environment: environment, workingDirectory: data.path)
      #expect(output.status == .exited(0))
      #expect(output.stderr == "")
      let parts = output.stdout.components(separatedBy: "--\n").map {
        $0.split(separator: "\n").map(String.init)
      }
      try #require(parts.count == 5)
      #expect(Set(parts[0]) == ["org_1", "org_2", "org_3", "株式会社みらい 🚀", "plain", "org_6", "org_7", "org_8"])
      #expect(parts[1] == ["plain"])
      #expect(parts[2].count == 8)
      #expect(parts[3] == ["founders_friend", "starter", "professional", "enterprise", "gold plan"])
      #expect(parts[4] == ["owner", "member", "billing"])
      #expect(!fileExists(data.path + "/pwned"))
      #expect(output.isHarmless)
    }
  }
}
