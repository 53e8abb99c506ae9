import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman restore`
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put the data back to a backup, a generation or a time.",
    discussion: """
      Shows first what that would change; with --dry-run, all of it. It becomes a generation itself, so it can be \
      undone: byte for byte, as long as nothing else has changed since.
      """)

  @Argument(help: "A file that orgman backup wrote.", completion: .file())
  var file: String?

  @Option(
    parsing: .unconditional, help: "The generation to go back to, as history numbers them.",
    transform: number(from: 0))
  var generation: UInt64?

  @Option(help: "The time to go back to, in UTC, such as 2026-11-22 21:51:00.")
  var time: String?

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  /// The number of changes shown before the user is asked.
  private static let shown = 20

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
      let (name, alternative) = ("orgman restore", "use pg_restore, or orgman undo for single changes")
      _ = try DataLocation(options.data).directory(for: name, instead: alternative)
      let point: RestorePoint
      if let file {
        point = .backup(try read(file))
      } else if let generation {
        point = .generation(generation)
      } else {
        point = .time(time.flatMap { Timestamp($0) } ?? .now())
      }
      let store = try options.fileStore(for: name, instead: alternative)
      let plan = try store.restore(to: point, isTrial: true)
      if confirmation.dryRun, options.json { return try printJSON(plan.changes.map(\.summary) + plan.notes) }
      if !options.json { try show(plan) }
      if confirmation.dryRun { return }
      try confirmation.confirm("Put the data back?")
      let done = try store.restore(to: point)
      if options.json { return try printJSON(done.changes.map(\.summary) + done.notes) }
      print("Restored: \(done.changes.count) change\(done.changes.count == 1 ? "" : "s").")
    }
  }

  private func read(_ path: String) throws(OrgError) -> Backup {
    let source = try ByteSource(path: path, limit: BackupArchive.longest)
    // If it isn't a backup, it needn't be read to the end.
    guard try source.peek() == UInt8(ascii: "{") else {
      throw OrgError(
        .damagedData, "\(source.name) is no backup that orgman wrote, so nothing was restored.")
    }
    let archive = try BackupArchive(reading: try source.rest(), named: source.name)
    if !archive.hasChecksums {
      FileHandle.standardError(
        "orgman: \(source.name) was written by an older orgman and has no checksums, so damage to it can't be noticed. Look at what it would change.\n"
      )
    }
    return archive.backup
  }

  private func show(_ plan: Restoration) throws {
    let output = StandardOutput()
    let count = confirmation.dryRun ? plan.changes.count : Self.shown
    if plan.changes.count > Self.shown { try output.write(plan.totals + "\n") }
    for change in plan.changes.prefix(count) { try output.write(change.summary + "\n") }
    if plan.changes.count > count {
      try output.write("… and \(plan.changes.count - count) more; --dry-run shows all.\n")
    }
    if plan.changes.isEmpty { try output.write("No organization or member differs.\n") }
    for note in plan.notes { try output.write(note + "\n") }
    try output.flush()
  }
}

extension Restoration {
  /// The number of changes of each kind, in a sentence.
  fileprivate var totals: String {
    var (created, removed, added, left, changed) = (0, 0, 0, 0, 0)
    for change in changes {
      switch change.change {
      case .createOrganization: created += 1
      case .removeOrganization: removed += 1
      case .addMember: added += 1
      case .removeMember: left += 1
      case .setField, .setRole: changed += 1
      }
    }
    func counted(_ count: Int, _ word: String, _ verb: String) -> String? {
      count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s") \(verb)\(count == 1 ? "s" : "")"
    }
    let parts = [
      counted(removed, "organization", "go").map { $0.replacing("gos", with: "goes") },
      counted(created, "organization", "come"), counted(left, "member", "go"),
      counted(added, "member", "come"),
      counted(changed, "value", "change"),
    ].compactMap(\.self)
    return parts.joined(separator: ", ") + ":"
  }
}
