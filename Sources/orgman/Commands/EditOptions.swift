import ArgumentParser
import OrgCore
import OrgFileStore

/// What commands take that edit.
struct EditOptions: ParsableArguments {
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  /// Makes a change set of the data as they are, and previews, or commits it and prints what changed.
  ///
  /// What somebody asks for on the command line shall be, whatever was there before: when somebody else changed a
  /// value between the look and the commit, it looks again. Not so if somebody agreed to what was shown.
  ///
  /// - Parameters:
  ///   - isInputTaken: whether standard input is read for something else than answers.
  ///   - asksForSeveral: whether changes to several organizations are shown and asked about first.
  ///   - make: makes the changes; called again where it has to look again.
  ///   - report: prints what was done, instead of the changes.
  func edit(
    isInputTaken: Bool = false, asksForSeveral: Bool = true, _ make: (Snapshot) throws(OrgError) -> ChangeSet,
    report: ((StandardOutput, Commit) throws(OrgError) -> Void)? = nil
  ) throws {
    let store = try options.store(isReadOnly: confirmation.dryRun)
    if let reason = store.readOnlyReason, !confirmation.dryRun {
      throw OrgError(.readOnly, "Nothing can be changed: \(reason).")
    }
    let manager = OrgManager(store: store)
    let output = StandardOutput()
    for attempt in 0... {
      // Nobody waits for an answer in a turn: what is asked about is committed after it.
      let attempted = try store.takingTurns { () throws(OrgError) in
        try self.attempt(manager, asksForSeveral: asksForSeveral, make)
      }
      if let error = attempted.failure {
        if error.code == .conflict, attempt < 15 { continue }
        throw error
      }
      let (set, preview) = (attempted.set, attempted.preview)
      if confirmation.dryRun {
        return try show(preview.recorded, of: set, manager, output)
      }
      let commit: Commit
      if let done = attempted.commit {
        commit = done
      } else {
        for line in preview.recorded.prefix(20) { FileHandle.standardError(line.summary + "\n") }
        if preview.recorded.count > 20 {
          FileHandle.standardError("… and \(preview.recorded.count - 20) more.\n")
        }
        try confirmation.confirm(
          "Change these \(preview.recorded.count) values in \(attempted.organizations) organizations?",
          isInputTaken: isInputTaken)
        commit = try manager.commit(set)
      }
      if let report {
        try report(output, commit)
      } else {
        let made = Set(commit.changes)
        try show(preview.recorded.filter { made.contains($0.change) }, of: set, manager, output)
      }
      return try output.flush()
    }
  }

  /// A change set that was made of the data, and what became of it.
  private struct Attempt {
    var set: ChangeSet
    var preview: Preview
    /// How many organizations it changes.
    var organizations: Int
    /// `nil` where it is shown, or asked about, first.
    var commit: Commit?
    /// What the commit threw.
    var failure: OrgError?
  }

  private func attempt(
    _ manager: OrgManager, asksForSeveral: Bool, _ make: (Snapshot) throws(OrgError) -> ChangeSet
  ) throws(OrgError) -> Attempt {
    let (set, snapshot) = try changes(manager, make)
    let preview = Preview(of: set, on: snapshot)
    try preview.check()
    let organizations = Set(preview.recorded.map(\.change.organizationID)).count
    let waits = confirmation.dryRun || asksForSeveral && organizations > 1 && !confirmation.yes
    var result = Attempt(set: set, preview: preview, organizations: organizations)
    guard !waits else { return result }
    do throws(OrgError) {
      result.commit = try manager.commit(set)
    } catch {
      result.failure = error
    }
    return result
  }

  /// Another program that didn't know of the latest changes may have hidden what is looked for; a commit, even of
  /// nothing, puts that right.
  private func changes(
    _ manager: OrgManager, _ make: (Snapshot) throws(OrgError) -> ChangeSet
  ) throws(OrgError) -> (ChangeSet, Snapshot) {
    let snapshot = try manager.snapshot()
    if let problem = snapshot.problems.first { throw problem.refusal }
    do throws(OrgError) {
      return (try make(snapshot), snapshot)
    } catch {
      guard error.code == .organizationNotFound || error.code == .memberNotFound, !confirmation.dryRun,
        let settled = try? manager.commit(ChangeSet([])).snapshot
      else { throw error }
      return (try make(settled), settled)
    }
  }

  private func show(
    _ changes: [RecordedChange], of set: ChangeSet, _ manager: OrgManager, _ output: StandardOutput
  ) throws {
    if options.json {
      let generation = try manager.newestGeneration()
      try output.write(
        try encodedJSON(ChangeDocument(set, recorded: changes, generation: generation)) + "\n")
    } else {
      if changes.isEmpty { try output.write("No changes needed.\n") }
      for change in changes { try output.write(change.summary + "\n") }
    }
    try output.flush()
  }
}
