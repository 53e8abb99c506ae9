import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What another program removes, and what people say to it.
  @Suite struct Accepting {
    private let home: TemporaryDirectory
    private let environment: [String: String]

    init() throws {
      home = try TemporaryDirectory()
      environment = plainEnvironment.merging(["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.path]) {
        $1
      }
    }

    private func configure(_ policy: String) throws {
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
      try Data("external-deletions = \"\(policy)\"\n".utf8).write(
        to: URL(filePath: home.path + "/orgman/config.toml"))
    }

    private func orgman(_ data: DataFiles, _ arguments: String...) throws -> Output {
      try run(try builtProduct("orgman"), arguments + ["--data", data.path], environment: environment)
    }

    /// Removes the first organization from both files, as a program does that means it.
    private func removeFirst(_ data: DataFiles) throws {
      try data.python(DataFiles.organizations, "del data[list(data)[0]]")
      try data.python(DataFiles.users, "del data[list(data)[0]]")
    }

    @Test func `an organization that another program removes is gone, and undo brings it back`() throws {
      let data = try DataFiles.reference()
      #expect(try orgman(data, "create", "Beside").status == .exited(0))
      let before = try orgman(data, "list", "--json").stdout
      try removeFirst(data)
      #expect(try orgman(data, "create", "Later").status == .exited(0))
      #expect(try !orgman(data, "list").stdout.contains("Acme Corp"))
      let history = try orgman(data, "history", "--limit", "2").stdout
      #expect(history.contains("Acme Corp"))
      let generation = try #require(
        history.split(separator: "\n").first { $0.contains("outside") }?.prefix { $0 != " " })
      #expect(try orgman(data, "undo", String(generation), "--yes").status == .exited(0))
      #expect(try orgman(data, "list", "Acme").stdout.contains("Acme Corp"))
      #expect(before.contains("Acme Corp"))
    }

    @Test func `what is put back is named, and accept removes it after all`() throws {
      try configure("ask")
      let data = try DataFiles.reference()
      #expect(try orgman(data, "create", "Beside").status == .exited(0))
      try removeFirst(data)
      #expect(try orgman(data, "create", "Later").status == .exited(0))
      #expect(try orgman(data, "list", "Acme").stdout.contains("Acme Corp"))
      let history = try orgman(data, "history", "--limit", "2").stdout
      #expect(history.contains("lost record") && history.contains("put back: Acme Corp (org_"), "\(history)")
      #expect(history.contains("orgman accept"))
      let trial = try orgman(data, "accept", "--dry-run")
      #expect(trial.status == .exited(0) && trial.stdout.contains("Acme Corp"), "\(trial)")
      let done = try orgman(data, "accept", "--yes")
      #expect(done.status == .exited(0), "\(done)")
      #expect(try !orgman(data, "list").stdout.contains("Acme Corp"))
      #expect(try orgman(data, "undo", "--yes").status == .exited(0))
      #expect(try orgman(data, "list", "Acme").stdout.contains("Acme Corp"))
    }

    @Test func `where nothing was put back, accept says so`() throws {
      let data = try DataFiles.reference()
      #expect(try orgman(data, "create", "Beside").status == .exited(0))
      let output = try orgman(data, "accept", "--yes")
      #expect(output.status == .exited(2) && output.stderr == "orgman: Nothing was put back.\n")
      #expect(try orgman(data, "accept", "1", "--yes").stderr == "orgman: Generation 1 put nothing back.\n")
    }
  }
}
