import OrgCore
import SystemPackage

/// Starts new segments of the journal, each with a full copy of both files.
struct Checkpoints {
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let pruner: HistoryPruner

  private var directory: DataDirectory { stateDirectory.directory }

  /// Starts a new segment if the newest one has become long, so that recovery never has to read much.
  func addIfDue(_ contents: FileContents) throws(SystemCallError) {
    guard let known = journal.committed.withLock({ $0.journal }),
      known.segmentLength > journal.committed.withLock({ $0.segmentLimit }),
      let generation = known.last?.record.generation
    else { return }
    try add(contents, generation: generation)
    try stateDirectory.completePruning()
    // The first checkpoint is the beginning of the history. Those between it and the newest two
    // cost more than they help.
    for old in try stateDirectory.checkpointGenerations().dropFirst().dropLast(2) {
      for file in contents.files {
        try directory.calls.remove(
          StateDirectory.checkpointName(old, file.name), in: stateDirectory.checkpoints)
      }
    }
    pruner.removeExpired()
    try stateDirectory.compressSegments(limit: StateDirectory.compressionLimitForChanges)
  }

  /// Starts a new segment of the journal, with a full copy of both files.
  func add(_ contents: FileContents, generation: UInt64) throws(SystemCallError) {
    try stateDirectory.writeCheckpoint(contents, generation: generation)
    var record = JournalRecord.draft(generation, .checkpoint, [])
    let last = journal.committed.withLock { $0.journal?.last?.record }
    for (file, bytes) in contents.files {
      record.data.files[file] =
        last?.generation == generation
        ? last?.data.files[file]
        : JournalRecord.FileState(
          size: bytes.count, sha256: sha256(bytes), inode: directory.identity(of: file)?.inode)
    }
    try journal.append(record)
  }
}
