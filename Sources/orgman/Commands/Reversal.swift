import OrgCore
import OrgFileStore

/// Shows what a change set would do, asks for confirmation, and commits it.
func carryOut(
  _ set: ChangeSet, of entry: HistoryEntry, on manager: OrgManager, _ confirmation: ConfirmationOptions,
  _ options: DataOptions
) throws {
  let recorded = try manager.preview(set, of: entry)
  let lines = recorded.map(\.summary)
  if confirmation.dryRun, options.json {
    return try printJSON(
      ChangeDocument(set, recorded: recorded, generation: try manager.newestGeneration()))
  }
  if lines.isEmpty {
    return options.json
      ? try printJSON(ChangeDocument(set, recorded: recorded, generation: try manager.newestGeneration()))
      : print("No changes needed.")
  }
  // With --json, the changes to confirm aren't part of the output.
  let zone = ConfigurationFile.load().configuration.preferences.timeZone
  let origin = "\(entry.writer ?? entry.actor), \(zone.shortText(entry.time))"
  if confirmation.dryRun || !confirmation.yes {
    for line in lines { options.json ? FileHandle.standardError(line + "\n") : print(line) }
  }
  if confirmation.dryRun { return }
  let what =
    if case .undo(let undone) = entry.kind { "Redo generation \(undone), undone by " } else {
      "Undo generation \(entry.generation) by "
    }
  try confirmation.confirm(
    "\(what)\(origin): change \(lines.count == 1 ? "this" : "these \(lines.count) values")?")
  let commit = try manager.commit(set)
  if options.json, let newest = try manager.history(from: nil, limit: 1).entries.first {
    return try printJSON(HistoryJSON(newest))
  }
  let count = "\(commit.changes.count) change\(commit.changes.count == 1 ? "" : "s")"
  print("Done: \(count), from generation \(entry.generation) by \(origin).")
}

extension OrgStore {
  /// The error for a generation that the history doesn't have, with the reason.
  func unknown(_ generation: UInt64) throws(OrgError) -> OrgError {
    if let first = try (self as? FileStore)?.historyStart(), generation < first {
      return OrgError(
        .dataNotFound,
        "The history begins at generation \(first), so what generation \(generation) changed is no longer known."
      )
    }
    return OrgError(.dataNotFound, "There is no generation \(generation).")
  }
}
