import OrgCore
import SystemPackage

/// Everything that is done while the lock is held. The journal is authoritative; the two data
/// files are published from it.
struct Transaction {
  let options: StoreOptions
  let files: DataFiles
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let publisher: Publisher
  let checkpoints: Checkpoints
  let committer: Committer
  let ingestion: Ingestion
  let restorePoints: RestorePoints
  private let synchronizer: Synchronizer

  /// Opens orgman's own directory, creating it if necessary.
  init(_ parts: StoreParts) throws(OrgError) {
    let (directory, files, committed) = (parts.directory, parts.files, parts.committed)
    let stateDirectory = try directory.saving { () throws(SystemCallError) in try StateDirectory(directory) }
    let journal = LockedJournal(
      stateDirectory: stateDirectory, committed: committed, reporter: parts.reporter)
    let publisher = Publisher(files, stateDirectory, committed, parts.published)
    let pruner = HistoryPruner(
      stateDirectory: stateDirectory, committed: committed, retention: parts.options.retention)
    let checkpoints = Checkpoints(stateDirectory: stateDirectory, journal: journal, pruner: pruner)
    let committer = Committer(
      stateDirectory: stateDirectory, journal: journal, publisher: publisher, checkpoints: checkpoints)
    let policy = parts.options.externalDeletions
    let ingestion = Ingestion(files: files, stateDirectory: stateDirectory, journal: journal, policy: policy)
    (self.options, self.files, self.stateDirectory) = (parts.options, files, stateDirectory)
    (self.journal, self.publisher, self.checkpoints) = (journal, publisher, checkpoints)
    (self.committer, self.ingestion) = (committer, ingestion)
    restorePoints = RestorePoints(
      stateDirectory: stateDirectory, committed: committed,
      history: HistoryReader(directory: directory, isReadOnly: false))
    synchronizer = Synchronizer(
      files: files, stateDirectory: stateDirectory, journal: journal, published: parts.published,
      publisher: publisher, committer: committer, checkpoints: checkpoints,
      recovery: CrashRecovery(stateDirectory: stateDirectory), ingestion: ingestion,
      lateWrites: LateWrites(
        displaced: parts.displaced, stateDirectory: stateDirectory, journal: journal, policy: policy))
  }

  var directory: DataDirectory { stateDirectory.directory }
  var committed: CommittedState { journal.committed }

  /// Makes the journal and the files agree; see `Synchronizer`.
  func synchronize(isStarting: Bool) throws(OrgError) -> Synchronizer.State {
    try synchronizer.synchronize(isStarting: isStarting)
  }

  /// Commits a change set on the current data.
  func commit(_ set: ChangeSet) throws(OrgError) -> Commit {
    publisher.yieldsRemaining = 3
    defer { publisher.yieldsRemaining = 0 }
    return try publisher.untilNotOvertaken { () throws(OrgError) in
      let commit = try commitOnce(set)
      publisher.rememberPublished()
      if options.isShortLived { publisher.rememberPlaces() }
      return commit
    }
  }

  private func commitOnce(_ set: ChangeSet) throws(OrgError) -> Commit {
    let yields = publisher.yieldsRemaining
    publisher.yieldsRemaining = 0
    let synchronized = try synchronize(isStarting: true)
    publisher.yieldsRemaining = yields
    let snapshot = synchronized.snapshot
    if let problem = synchronized.problems.first { throw problem.refusal }
    // Anything written after the ingestion is found in the displaced files.
    let next: FileContents.Application
    let (recorded, effective): ([RecordedChange], [Change])
    // What a restore is taken back to is all of the data.
    if set.access == .platformAdmin,
      let reversal = try restorePoints.reversal(
        of: set, on: synchronized.contents, synchronized.generation)
    {
      next = reversal
      (recorded, effective) = (next.contents.changes(replacing: synchronized.contents), set.changes)
    } else {
      let preview = Preview(
        of: set, on: Snapshot(generation: snapshot.generation, contents: synchronized.contents))
      try preview.check()
      guard !preview.edit.isEmpty else { return Commit(reader: snapshot, changes: []) }
      next = try synchronized.contents.applying(preview.edit)
      // Put the text together now, so that the next reader of the data doesn't have to wait for it.
      if !options.isShortLived { _ = next.contents.members.bytes }
      (recorded, effective) = (preview.recorded, preview.effective)
    }
    if let problem = next.contents.problems.first {
      throw OrgError(.invalidValue, "This change would damage the data, so it was not made. \(problem)")
    }
    var record = JournalRecord.draft(
      try journal.following(synchronized.generation), JournalRecord.Kind(set.purpose), recorded,
      with: set.access)
    if case .undo(let generation) = set.purpose { record.of = generation }
    if case .redo(let generation) = set.purpose { record.of = generation }
    try committer.commit(
      NewGeneration(
        record, next.contents, after: synchronized.contents, organizations: next.organizations,
        members: next.members))
    return Commit(reader: files.snapshotNow(), changes: effective)
  }
}
