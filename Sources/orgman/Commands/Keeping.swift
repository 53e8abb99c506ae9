import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// `orgman doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the data, the history and who may read them, and explain what is wrong.",
    discussion: "Exits with 1 if there is an error, or a warning that --fix could mend and wasn't asked to.")

  @Flag(help: "Mend what can be mended without losing information, after showing what that is.")
  var fix = false

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  private struct FindingJSON: Encodable {
    let severity, text: String
    let remedy: String?
  }

  func run() throws {
    try exitingWithStatus {
      let store = try options.store(isReadOnly: !fix)
      let findings = try store.examine()
      if options.json {
        try printJSON(
          findings.map {
            FindingJSON(severity: $0.severity.rawValue, text: $0.text, remedy: $0.remedy?.sentence)
          })
      } else {
        if findings.isEmpty { print("Everything is as it should be.") }
        for finding in findings {
          print("\(finding.severity.rawValue): \(finding.text)")
          if let remedy = finding.remedy { print("  --fix would \(remedy.sentence).") }
        }
      }
      let remedies = Set(findings.compactMap(\.remedy))
      if fix, !remedies.isEmpty, !confirmation.dryRun {
        try confirmation.confirm("Mend what can be mended?")
        try store.mend(remedies)
        let rest = try store.examine().filter { $0.remedy != nil }
        guard rest.isEmpty else {
          throw OrgError(
            .system, "\(rest.count) finding\(rest.count == 1 ? " is" : "s are") left: \(rest[0].text)")
        }
        if !options.json { print("Mended.") }
      }
      if findings.contains(where: {
        $0.severity == .error || ($0.severity == .warning && $0.remedy != nil && !fix)
      }) {
        throw ExitCode(1)
      }
    }
  }
}

extension Finding.Remedy {
  /// What it does, to follow "would".
  fileprivate var sentence: String {
    switch self {
    case .maintain: "take in what other programs wrote and clear away what a crash left"
    case .addMemberLists: "add the empty member lists that are missing"
    case .rebuildIndex: "make the index of the history anew"
    case .closeToOthers(let name):
      "take the rights of others away from \(name == "." ? "the directory" : name.escapedForDisplay)"
    }
  }
}

/// `orgman backup`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write both data files into one, byte for byte.",
    discussion:
      "orgman restore FILE puts them back. The file is readable by you alone; one that is there isn't overwritten."
  )

  @Argument(help: "Where to write it.", completion: .file())
  var file: String

  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let backup = try options.store(isReadOnly: true).backup()
      let bytes = try BackupFile(backup).bytes
      let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw BackupFile.failure(file, "can't be written", errno) }
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes {
          write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
        }
        guard count > 0 else {
          let number = errno
          unlink(file)
          throw BackupFile.failure(file, "can't be written", number)
        }
        written += count
      }
      guard fsync(descriptor) == 0, Glibc.close(descriptor) == 0 else {
        throw BackupFile.failure(file, "can't be saved", errno)
      }
      if options.json {
        try printJSON([
          "file": file, "organizations": "\(backup.organizations.count)",
          "members": "\(backup.members.count)",
        ])
      } else {
        print(
          "Wrote \(backup.organizations.count + backup.members.count) bytes of data to \(file.escapedForDisplay)."
        )
      }
    }
  }
}

/// `orgman restore`
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put the data back to a backup, a generation or a time.",
    discussion: "Shows first what that would change. It becomes a generation itself, so it can be undone.")

  @Argument(help: "A file that orgman backup wrote.", completion: .file())
  var file: String?

  @Option(help: "The generation to go back to, as history numbers them.")
  var generation: UInt64?

  @Option(help: "The time to go back to, in UTC, such as 2026-11-22 21:51:00.")
  var time: String?

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  func validate() throws {
    guard [file != nil, generation != nil, time != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("Name one of: a backup file, --generation or --time.")
    }
    if let time, Timestamp(time) == nil {
      throw ValidationError("\(time.quoted) is no time; write it as 2026-11-22 21:51:00.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      let point: RestorePoint
      if let file {
        point = .backup(try BackupFile.read(file))
      } else if let generation {
        point = .generation(generation)
      } else {
        point = .time(time.flatMap { Timestamp($0) } ?? .now())
      }
      let store = try options.store()
      let changes = try store.restore(to: point, isTrial: true)
      if !options.json {
        for change in changes.prefix(20) { print(change.summary) }
        if changes.count > 20 { print("… and \(changes.count - 20) more.") }
        if changes.isEmpty { print("No organization or member differs.") }
      }
      if confirmation.dryRun {
        if options.json { try printJSON(changes.map(\.summary)) }
        return
      }
      try confirmation.confirm("Put the data back?")
      let done = try store.restore(to: point)
      if options.json { return try printJSON(done.map(\.summary)) }
      print("Restored: \(done.count) change\(done.count == 1 ? "" : "s").")
    }
  }
}

/// The file that a backup is kept in: JSON with both files as text.
struct BackupFile: Codable {
  var format = "orgman backup"
  var version = 1
  let time: String
  let organizations: String
  let members: String

  enum CodingKeys: String, CodingKey {
    case format, version, time
    case organizations = "organizations.json"
    case members = "org_users.json"
  }

  init(_ backup: Backup) {
    time = Timestamp.now().description
    organizations = String(decoding: backup.organizations, as: UTF8.self)
    members = String(decoding: backup.members, as: UTF8.self)
  }

  var bytes: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(self))
    }
  }

  static func read(_ path: String) throws -> Backup {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw OrgError(.dataNotFound, "\(path.escapedForDisplay) can't be read.")
    }
    guard let file = try? JSONDecoder().decode(BackupFile.self, from: data), file.format == "orgman backup",
      file.version == 1
    else {
      throw OrgError(.damagedData, "\(path.escapedForDisplay) is no backup that this orgman can read.")
    }
    return Backup(organizations: Array(file.organizations.utf8), members: Array(file.members.utf8))
  }

  static func failure(_ path: String, _ what: String, _ number: Int32) -> OrgError {
    OrgError(
      .system, "\(path.escapedForDisplay) \(what): \(String(cString: strerror(number))).", errno: number)
  }
}
