import CLinux
import Glibc
import OrgCore
import SystemPackage

/// Makes the journal and the files agree at the beginning of a transaction: handles the results of crashes, commits of
/// other processes, and changes by other programs.
struct Synchronizer {
  /// The resulting state.
  struct State {
    var contents: FileContents
    var generation: UInt64
    var snapshot: Snapshot
    /// Problems that prevented the files from being ingested.
    var problems: [FileProblem]
  }

  let files: DataFiles
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let published: PublishedState
  let publisher: Publisher
  let committer: Committer
  let checkpoints: Checkpoints
  let recovery: CrashRecovery
  let ingestion: Ingestion
  let lateWrites: LateWrites

  private var directory: DataDirectory { stateDirectory.directory }
  private var committed: CommittedState { journal.committed }

  /// Makes the journal and the files agree: handles the results of crashes, commits of other processes, and
  /// changes by other programs.
  ///
  /// - Parameter isStarting: start a journal if there is none.
  func synchronize(isStarting: Bool) throws(OrgError) -> State {
    try publisher.untilNotOvertaken { () throws(OrgError) in
      let synchronized = try synchronizeOnce(isStarting: isStarting)
      publisher.rememberPublished()
      return synchronized
    }
  }

  private func synchronizeOnce(isStarting: Bool) throws(OrgError) -> State {
    var journal = try self.journal.refresh()
    try directory.saving { () throws(SystemCallError) in try recovery.sortStaged(journal.last?.record) }

    guard let last = journal.last else { return try begin(isStarting: isStarting) }
    let known = committed.withLock { $0.current }
    var live = files.contentsNow()
    if let known, known.generation == last.record.generation, isSame(live, known.contents) {
      return try finish(known.contents, last.record.generation)
    }
    if known?.generation != last.record.generation, let hashes = publishedHashes(of: live, last.record) {
      committed.withLock {
        $0.current = (last.record.generation, live)
        $0.hashes = hashes
      }
      return try finish(live, last.record.generation)
    }
    let current: FileContents
    if let known, known.generation == last.record.generation {
      current = known.contents
    } else if let known,
      let records = try? self.journal.whole(
        journal.recent.filter { $0.record.generation > known.generation }),
      let next = StateDirectory.replay(
        records, on: Dictionary(known.contents.files.map { ($0.name, $0.bytes) }) { $1 },
        from: known.generation,
        to: last.record.generation)
    {
      current = next
    } else {
      do {
        current = try stateDirectory.rebuild(last.record.generation)
      } catch  where error.code == .damagedData && live.problems.isEmpty {
        return try beginAgain(live, after: last.record.generation)
      }
    }
    committed.withLock { $0.current = (last.record.generation, current) }
    // Earlier lines are only needed from here on.
    try directory.saving { () throws(SystemCallError) in try journal.recall(stateDirectory.journal) }
    committed.withLock { $0.journal = journal }
    // A file that couldn't be read just now may be one that still has to be exchanged after a crash.
    live = waitForWriters(live)
    if try redo(last.record, current, live, journal) { live = waitForWriters(files.contentsNow()) }
    if !isSame(live, current) { try ingestExternalChanges(live, current, last.record.generation, journal) }
    guard let now = committed.withLock({ $0.current }) else {
      throw OrgError(.system, "The journal vanished.")
    }
    // Files that can't be ingested must not be overwritten, either.
    if now.generation == last.record.generation, !isSame(live, now.contents) {
      return synchronized(now.contents, now.generation, live.problems)
    }
    return try finish(now.contents, now.generation)
  }

  /// The remaining work after the files and the journal agree.
  private func finish(_ contents: FileContents, _ generation: UInt64) throws(OrgError) -> State {
    // Later generations can't be reconstructed across a damaged line.
    if committed.withLock({ $0.journal?.damage.isEmpty }) == false {
      try directory.saving { () throws(SystemCallError) in
        try checkpoints.add(contents, generation: generation)
      }
    }
    let before = synchronized(contents, generation)
    let merged = try lateWrites.merge(into: contents, generation, committing: committer.commit)
    return merged.generation == generation ? before : synchronized(merged.contents, merged.generation)
  }

  func synchronized(
    _ contents: FileContents, _ generation: UInt64, _ problems: [FileProblem] = []
  ) -> State {
    State(
      contents: contents, generation: generation, snapshot: files.snapshotNow(),
      problems: contents.problems + problems)
  }

  /// The hashes of both files, if they are those of a generation.
  private func publishedHashes(of live: FileContents, _ record: JournalRecord) -> [String: RunningHash]? {
    guard !live.isUnreadable else { return nil }
    if let newest = stateDirectory.published(record), files.isSeen(as: newest.files) {
      let places = published.withLock { $0.places }
      return places.flatMap { $0.hashes == newest.hashes ? $0.running : nil } ?? [:]
    }
    var hashes: [String: RunningHash] = [:]
    for (file, bytes) in live.files {
      let hash = RunningHash(FileText(bytes))
      guard hash.text == record.data.files[file]?.sha256 else { return nil }
      hashes[file] = hash
    }
    return hashes
  }

  /// Starts a journal with the current data, or with the data that this store saw before they broke.
  private func begin(isStarting: Bool) throws(OrgError) -> State {
    let live = waitForWriters(files.contentsNow())
    var contents = live
    if let seen = files.wholeContents, live.looksWiped(since: seen) { contents = seen }
    guard contents.problems.isEmpty, isStarting || !isSame(contents, live) else {
      return synchronized(live, 0)
    }
    try directory.saving { () throws(SystemCallError) in try checkpoints.add(contents, generation: 0) }
    committed.withLock { $0.current = (0, contents) }
    return isSame(contents, live) ? synchronized(contents, 0) : try synchronizeOnce(isStarting: isStarting)
  }

  /// Continues from the files if the journal is too damaged to be compared with them.
  private func beginAgain(_ live: FileContents, after generation: UInt64) throws(OrgError)
    -> State
  {
    var record = JournalRecord.draft(try journal.following(generation), .foreign, [])
    record.note = "the journal is damaged, so what changed can't be told; the files are taken as they are"
    try directory.saving { () throws(SystemCallError) in
      for (file, bytes) in live.files {
        record.data.files[file] = JournalRecord.FileState(
          size: bytes.count, sha256: sha256(bytes), inode: directory.identity(of: file)?.inode)
      }
      try journal.append(record)
      committed.withLock { $0.current = (record.generation, live) }
      try checkpoints.add(live, generation: record.generation)
    }
    return synchronized(live, record.generation)
  }

  /// Waits until the files haven't changed while they were read, because otherwise they might be parts of two states,
  /// and until no program is writing to a broken file.
  private func waitForWriters(_ live: FileContents) -> FileContents {
    var live = live
    let start = clinux_monotonic_milliseconds()
    while true {
      let isBroken = !live.problems.isEmpty && files.isBeingWritten
      // A program that writes all the time must not prevent its changes from being ingested.
      let patience: Int64 = isBroken ? 2000 : 50
      guard isBroken || !files.isAsRead, clinux_monotonic_milliseconds() - start < patience else {
        return live
      }
      usleep(isBroken ? 5000 : 500)
      live = files.contentsNow()
    }
  }

  /// Publishes a generation that was committed but not exchanged before a crash.
  ///
  /// - Returns: whether there was one.
  private func redo(
    _ last: JournalRecord, _ current: FileContents, _ live: FileContents, _ journal: Journal
  ) throws(OrgError) -> Bool {
    let replacements = try recovery.unpublished(last, current, live, journal)
    guard !replacements.isEmpty else { return false }
    let isPublished = try directory.saving { () throws(SystemCallError) in
      try publisher.publish(replacements, current, displacing: live)
    }
    guard isPublished else { throw publisher.overtaken() }
    return true
  }

  /// Ingests the changes of another program as a separate generation.
  private func ingestExternalChanges(
    _ found: FileContents, _ current: FileContents, _ generation: UInt64, _ journal: Journal
  ) throws(OrgError) {
    guard let new = try ingestion.generation(of: found, current, generation, journal) else { return }
    try committer.commit(new)
    if new.record.kind == .repair, let note = new.record.note {
      committed.withLock { $0.repairs.append(note) }
    }
  }
}
