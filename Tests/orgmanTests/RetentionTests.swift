import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman history prune`, and what `doctor` says of sizes.
  @Suite struct RetentionTests {
    private func orgman(_ data: DataFiles, _ arguments: String...) throws -> Output {
      try run(try builtProduct("orgman"), arguments + ["--data", data.path])
    }

    @Test func `history takes an organization or a command, and prune says when nothing is older`() throws {
      let data = try DataFiles.reference()
      #expect(try orgman(data, "create", "New").status == .exited(0))
      for words in [["history"], ["history", "New"], ["history", "list", "New"]] {
        let told = try run(try builtProduct("orgman"), words + ["--data", data.path])
        #expect(told.status == .exited(0) && told.stdout.contains("New"), "\(words)")
      }
      let pruned = try orgman(data, "history", "prune", "--before", "2020-01-01")
      #expect(pruned.status == .exited(0), "\(pruned.stderr)")
      #expect(pruned.stdout == "Nothing is older than 2020-01-01 00:00:00, as far as whole segments go.\n")
      #expect(try orgman(data, "history", "prune", "--before", "soon").status == .exited(64))
      try data.write(".orgman/quarantine/1-x.organizations.json", "{")
      let refused = try orgman(data, "history", "prune", "--before", "2999-01-01")
      #expect(refused.status == .exited(1) && refused.stderr.contains("say --yes"))
      let done = try orgman(data, "history", "prune", "--before", "2999-01-01", "--yes")
      #expect(
        done.stdout.hasPrefix("Removed 1 quarantined file and ") && done.stdout.contains(" displaced file"),
        "\(done)")
      #expect(try orgman(data, "doctor").stdout.contains("note: Sizes: journal "))
    }

    @Test func `without a time, prune removes what is older than the configuration keeps`() throws {
      let home = try TemporaryDirectory()
      let environment = plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }
      let data = try DataFiles.reference()
      func prune(_ configuration: String?) throws -> Output {
        let directory = home.path + "/orgman"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if let configuration {
          try Data(configuration.utf8).write(to: URL(filePath: directory + "/config.toml"))
        }
        return try run(
          try builtProduct("orgman"), ["history", "prune", "--dry-run", "--data", data.path],
          environment: environment)
      }
      #expect(try orgman(data, "create", "New").status == .exited(0))
      for configuration in [nil, "[history]\nkeep = \"forever\"\n"] {
        let output = try prune(configuration)
        #expect(
          output.status == .exited(1) && output.stderr.contains("name a time with --before"), "\(output)")
      }
      let kept = try prune("[history]\nkeep = \"2 years\"\n")
      #expect(kept.status == .exited(0) && kept.stdout.hasPrefix("Nothing is older than 20"), "\(kept)")
      let wrong = try prune("[history]\nkeep = \"2 moons\"\n")
      #expect(wrong.status == .exited(1) && wrong.stderr.contains("config.toml:2:8: keep is"), "\(wrong)")
    }
  }
}
