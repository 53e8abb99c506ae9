import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

#if PostgreSQL
  import OrgPostgresStore
#endif

/// `orgman doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the data, the history and who may read them, and explain what is wrong.",
    discussion: """
      Exits with 1 if there is an error, or a warning that --fix could repair but was not asked to. In a database, looks at \
      every row, the counts and what is installed, says what to do about each finding, and exits with 1 if there is an \
      error or a warning; --fix is for files.

      With a directory of users in the configuration, notes name the users whom it has disabled or doesn't have, and say \
      if it can't be asked. They don't change the exit status.
      """)

  @Flag(help: "Repair what can be repaired without losing information, after showing what that is.")
  var fix = false

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  private struct FindingJSON: Encodable {
    let severity, text: String
    let remedy: String?
  }

  func run() throws {
    try exitingWithStatus {
      try options.requirePlatformAdmin(for: "orgman doctor")
      #if PostgreSQL
        if !fix, case .database = try DataLocation(options.data) { return try examineDatabase() }
      #endif
      let store = try options.fileStore(
        for: "orgman doctor --fix", instead: "orgman doctor says what to do about each finding there",
        isReadOnly: !fix)
      var findings = try store.examine()
      let notes =
        duplicates(in: store) + DirectoryNotes.about(store) + [store.sizes()?.sentence].compactMap(\.self)
      if options.json {
        try printJSON(
          findings.map {
            FindingJSON(severity: $0.severity.rawValue, text: $0.text, remedy: $0.remedy?.sentence)
          } + notes.map { FindingJSON(severity: "note", text: $0, remedy: nil) })
      } else {
        if findings.isEmpty { print("Everything is as it should be.") }
        for finding in findings {
          print("\(finding.severity.rawValue): \(finding.text)")
          if let remedy = finding.remedy { print("  --fix would \(remedy.sentence).") }
        }
        for note in notes { print("note: \(note)") }
      }
      let remedies = Set(findings.compactMap(\.remedy))
      if fix, !remedies.isEmpty, !confirmation.dryRun {
        try confirmation.confirm("Repair what can be repaired?")
        try store.repair(remedies)
        findings = try store.examine()
        let rest = findings.filter { $0.remedy.map(remedies.contains) ?? false }
        guard rest.isEmpty else {
          throw OrgError(
            .system, "\(rest.count) finding\(rest.count == 1 ? " is" : "s are") left: \(rest[0].text)")
        }
        if !options.json { print("Repaired.") }
      }
      let isFixed = fix && !confirmation.dryRun
      if findings.contains(where: {
        $0.remedy == nil ? $0.severity == .error : $0.severity != .note && !isFixed
      }) {
        throw ExitCode(1)
      }
    }
  }

  /// How many billing ids and names are named that several organizations have.
  private static let sharedLimit = 20

  /// The billing ids and similar names that several organizations have, each in a sentence; none if the data can't be read.
  private func duplicates(in store: any OrgStore) -> [String] {
    guard let reader = try? store.reader() else { return [] }
    let ids = try? reader.sharedBillingIDs(limit: Self.sharedLimit)
    let names = try? reader.similarNames(limit: Self.sharedLimit)
    return (ids ?? []).map(\.sentence) + (names ?? []).map(\.sentence)
  }

  #if PostgreSQL
    private func examineDatabase() throws {
      guard let store = try options.store(isReadOnly: true) as? PostgresStore else { return }
      let findings = try store.examine()
      let notes = duplicates(in: store) + DirectoryNotes.about(store)
      if options.json {
        try printJSON(
          findings.map {
            FindingJSON(
              severity: $0.severity.rawValue, text: $0.text, remedy: $0.advice.isEmpty ? nil : $0.advice)
          } + notes.map { FindingJSON(severity: "note", text: $0, remedy: nil) })
      } else {
        if findings.isEmpty { print("Everything is as it should be.") }
        for finding in findings {
          print("\(finding.severity.rawValue): \(finding.text)")
          if !finding.advice.isEmpty { print("  \(finding.advice)") }
        }
        for note in notes { print("note: \(note)") }
      }
      if findings.contains(where: { $0.severity != .note }) { throw ExitCode(1) }
    }
  #endif
}

extension Finding.Remedy {
  /// A description of the remedy, to follow "would".
  fileprivate var sentence: String {
    switch self {
    case .maintain: "ingest what other programs wrote and remove what a crash left"
    case .recover: "put back what the history has, and keep what is there now in .orgman/quarantine"
    case .writeDefaults(.createdAt):
      "write when the first member of each joined, or the time of the repair if it has no members"
    case .writeDefaults(.joinedAt):
      "write when the organization of each was created, or the time of the repair where that isn't known"
    case .writeDefaults: "write that"
    case .repair(let repair): repair.action
    case .addMemberLists: "add the empty member lists that are missing"
    case .rebuildIndex: "make the index of the history anew"
    case .closeToOthers(let name):
      "take the rights of others away from \(name == "." ? "the directory" : name.escapedForDisplay)"
    case .share: "let everybody who may change the data use them"
    }
  }
}

extension Sizes {
  /// A sentence with the size of each part.
  fileprivate var sentence: String {
    let parts = [
      ("journal", journal), ("checkpoints", checkpoints), ("quarantine", quarantine),
      ("displaced files", displaced),
      ("index", index),
    ]
    return "Sizes: \(parts.map { "\($0.0) \(humanReadable($0.1))" }.joined(separator: ", "))."
  }
}

/// A human-readable number of bytes: `1.2 MB`.
func humanReadable(_ bytes: Int) -> String {
  guard bytes >= 1000 else { return "\(bytes) byte\(bytes == 1 ? "" : "s")" }
  var (value, unit) = (Double(bytes) / 1000, 0)
  let units = ["kB", "MB", "GB", "TB"]
  while value >= 999.95, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
