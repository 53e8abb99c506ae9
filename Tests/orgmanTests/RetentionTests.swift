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
      #expect(done.stdout == "Removed 1 quarantined file: 1 byte.\n")
      #expect(try orgman(data, "doctor").stdout.contains("note: Sizes: journal "))
    }
  }
}
