import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman history prune`
struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove the oldest part of the history.",
    discussion: """
      Everything since the time stays, can be undone, and, in files, can be gone back to. What is older is removed; of files \
      by whole segments of the journal, so some of it may stay, along with quarantined and displaced files that are older. \
      What is removed doesn't come back, so look first with --dry-run.

      With keep in the configuration, older parts of the history of files are removed bit by bit as it grows. The history of \
      a database, which its admins share, is pruned by this command alone, with the rights of the role that owns the schema \
      orgman.
      """)

  @Option(
    help:
      "The time since which everything stays, in UTC, such as 2026-11-22 or 2026-11-22 21:51:00; without it, what keep in the configuration says."
  )
  var before: String?

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  private struct PruningJSON: Encodable {
    let firstGeneration, lastGeneration: UInt64?
    let beginning: String?
    let segments, changes, quarantined, displaced, bytes: Int
  }

  func validate() throws {
    if let before, Timestamp(before) == nil {
      throw ValidationError("\(before.quoted) is not a time; write it as 2026-11-22 or 2026-11-22 21:51:00.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      try options.requirePlatformAdmin(for: "orgman history prune")
      guard let store = try options.store() as? any PrunableStore else {
        throw OrgError(.invalidValue, "This history can't be pruned.")
      }
      let time = try time()
      let isInSegments = store is FileStore
      let plan = try store.prune(before: time, isTrial: true)
      if confirmation.dryRun { return try tell(plan, time, "Would remove", isInSegments) }
      if !plan.isEmpty, !confirmation.yes {
        if !options.json { try tell(plan, time, "Would remove", isInSegments) }
        try confirmation.confirm("Remove this for good?")
      }
      try tell(plan.isEmpty ? plan : store.prune(before: time), time, "Removed", isInSegments)
    }
  }

  /// The time since which everything is kept.
  private func time() throws(OrgError) -> Timestamp {
    if let time = before.flatMap({ Timestamp($0) }) { return time }
    let (configuration, problems) = ConfigurationFile.load()
    if let problem = problems.first { throw OrgError(.invalidValue, ConfigurationFile.sentence(problem)) }
    guard let time = configuration.preferences.retention.start(before: .now()) else {
      throw OrgError(
        .invalidValue,
        "The configuration doesn't limit how long the history is kept; name a time with --before, or set keep under [history]."
      )
    }
    return time
  }

  private func tell(_ pruning: Pruning, _ time: Timestamp, _ verb: String, _ isInSegments: Bool) throws {
    if options.json {
      return try printJSON(
        PruningJSON(
          firstGeneration: pruning.generations?.lowerBound, lastGeneration: pruning.generations?.upperBound,
          beginning: pruning.beginning?.description, segments: pruning.segments, changes: pruning.changes,
          quarantined: pruning.quarantined, displaced: pruning.displaced, bytes: pruning.bytes))
    }
    guard !pruning.isEmpty else {
      return print("Nothing is older than \(time)\(isInSegments ? ", as far as whole segments go" : "").")
    }
    var parts: [String] = []
    if pruning.segments > 0 || pruning.generations != nil {
      let what =
        pruning.generations.map {
          $0.count == 1
            ? "generation \($0.lowerBound)" : "generations \($0.lowerBound) to \($0.upperBound)"
        } ?? "no generation"
      let until = pruning.beginning.map { " before \($0)" } ?? ""
      let units =
        pruning.segments > 0 ? counted(pruning.segments, "segment") : counted(pruning.changes, "change")
      parts.append("\(what)\(until) (\(units))")
    }
    if pruning.quarantined > 0 { parts.append(counted(pruning.quarantined, "quarantined file")) }
    if pruning.displaced > 0 { parts.append(counted(pruning.displaced, "displaced file")) }
    let last = parts.removeLast()
    let list = parts.isEmpty ? last : "\(parts.joined(separator: ", ")) and \(last)"
    print("\(verb) \(list)\(pruning.bytes > 0 ? ": " + humanReadable(pruning.bytes) : "").")
  }

  private func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
