import ArgumentParser
import OrgCore
import OrgMigration

/// `orgman diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two stores.",
    discussion: """
      Prints the changes to TO that make it like FROM, one a line: what goes, what changes, what is new. With --json they \
      are a document that orgman apply --data TO makes. The same organization is org_ and a UUID in files and the UUID alone \
      in tables with UUIDs. What no change can do, as another time of creation or a name that another organization has, but for case, is printed on standard error, \
      and so is what isn't compared. Exits with 0 \
      where nothing differs, with 3 where something does.
      """)

  @Argument(help: "A directory with the two files, or a database's address.", completion: .directory)
  var from: String

  @Argument(help: "The same, of the store that would be changed.", completion: .directory)
  var to: String

  @Flag(help: "Print JSON, as a document for orgman apply.")
  var json = false

  @OptionGroup(title: "Logging") var log: LogOptions

  func run() throws {
    try exitingWithStatus {
      try ActingUser.requirePlatformAdmin(for: "orgman diff")
      try log.start(data: try DataLocation(named: to).display)
      let target = try open(to)
      let comparison = try StoreComparison(from: try open(from), to: target)
      for warning in comparison.warnings { FileHandle.standardError("orgman: \(warning)\n") }
      let output = StandardOutput()
      let document = json ? try ChangeDocumentWriter(output, generation: try target.newestGeneration()) : nil
      let progress = Progress()
      var hasDifferences = false
      try comparison.run(progress: { progress.show("Comparing", Double($0) / Double(max(1, $1))) }) {
        (difference) throws(OrgError) in
        if case .note = difference {} else { hasDifferences = true }
        switch difference {
        case .impossible(let sentence), .note(let sentence):
          progress.clear()
          FileHandle.standardError("orgman: \(sentence)\n")
        case .change(let change):
          if let document { try document.write(change) } else { try output.write(change.summary + "\n") }
        }
      }
      progress.clear()
      try document?.finish()
      if !json, !hasDifferences { try output.write("No differences.\n") }
      try output.flush()
      if hasDifferences { throw ExitCode(3) }
    }
  }

  private func open(_ name: String) throws(OrgError) -> any OrgStore {
    let location = try DataLocation(named: name)
    return try location.open(
      isReadOnly: true, isShortLived: true, as: .platformAdmin,
      ConfigurationFile.load().configuration.preferences
    ).store
  }
}

/// Writes a `ChangeDocument` change by change, for there may be millions.
private final class ChangeDocumentWriter {
  private let output: StandardOutput
  private let end: Substring
  private var isFirst = true

  init(_ output: StandardOutput, generation: UInt64?) throws {
    self.output = output
    let set = ChangeSet([], allowsOwnerless: true)
    let text = try encodedJSON(ChangeDocument(set, recorded: [], generation: generation))
    let start = text.firstRange(of: "\"changes\" : [")?.upperBound ?? text.endIndex
    end = text[start...].drop { $0.isWhitespace }
    try output.write(String(text[..<start]))
  }

  func write(_ change: RecordedChange) throws(OrgError) {
    let document = ChangeDocument(ChangeSet([]), recorded: [change], generation: nil)
    guard let record = document.changes.first, let text = try? encodedJSON(record) else { return }
    let lines = text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    try output.write((isFirst ? "\n" : ",\n") + lines)
    isFirst = false
  }

  func finish() throws(OrgError) { try output.write("\n  \(end)\n") }
}
