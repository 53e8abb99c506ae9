import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// A store that consists of the two JSON files in a data directory. Several stores, in any number of processes, can
/// work on the same directory, and so can programs that know nothing of orgman.
///
/// Reading takes no lock. `Transaction` implements how a change set becomes durable, and `Ingestion` how changes of
/// other programs are handled.
public final class FileStore: ProgressReportingStore, MaintainableStore, TurnTakingStore, WaitReportingStore {
  /// The directory, as given by the caller.
  public var path: String { directory.path }
  /// Why the store couldn't be written to when it was opened; `nil` if it could.
  public let obstacle: WriteObstacle?
  private let isReadOnly: Bool
  /// The same as text, to follow "Nothing can be changed: ".
  public var readOnlyReason: String? { obstacle?.reason }

  /// What to do about records that another program removed.
  public var externalDeletions: ExternalDeletions { parts.options.externalDeletions }
  /// How long to keep the history. Older parts are removed when a new segment of the journal begins.
  public var retention: Retention { parts.options.retention }

  /// State that outlives a transaction.
  let parts: StoreParts
  private let turns: LockTurns
  private let watchers = Mutex<[WeakWatcher]>([])
  /// The newest generation reported to the user of this store.
  private let lastReportedGeneration = Mutex<UInt64?>(nil)

  var directory: DataDirectory { parts.directory }
  var historyReader: HistoryReader { HistoryReader(directory: directory, isReadOnly: obstacle != nil) }

  /// Opens a data directory.
  ///
  /// - Parameters:
  ///   - path: the directory with the two files.
  ///   - isReadOnly: never write, even if that is possible.
  ///   - externalDeletions: what to do about records that another program removed.
  ///   - retention: how long to keep the history.
  ///   - isShortLived: whether this process ends after a change, so that what it knows about the files should
  ///     be saved for the next one.
  ///   - observer: is notified of what this store adds to the history, including repairs made while opening.
  /// - Throws: `dataNotFound` if the directory doesn't exist or contains neither file; `create(at:)` creates two
  ///   empty files. `unsafeDirectory` if any user may write in it. `system` if it can't be opened.
  public convenience init(
    path: String, isReadOnly: Bool = false, externalDeletions: ExternalDeletions = .restore,
    retention: Retention = .forever, isShortLived: Bool = false, observer: (any HistoryObserver)? = nil
  ) throws(OrgError) {
    try self.init(
      path: path, isReadOnly: isReadOnly, externalDeletions: externalDeletions, retention: retention,
      isShortLived: isShortLived, observer: observer, calls: SystemCalls())
  }

  /// For tests: the closure is called with the name before each system call.
  package convenience init(
    path: String, beforeEachCall: @escaping @Sendable (StaticString) -> Void
  ) throws(OrgError) {
    try self.init(
      path: path,
      calls: SystemCalls(fault: {
        beforeEachCall($0)
        return nil
      }))
  }

  init(
    path: String, isReadOnly: Bool = false, externalDeletions: ExternalDeletions = .restore,
    retention: Retention = .forever, isShortLived: Bool = false, observer: (any HistoryObserver)? = nil,
    calls: SystemCalls
  ) throws(OrgError) {
    let directory = try DataDirectory(path: path, calls: calls)
    parts = StoreParts(
      directory,
      StoreOptions(
        externalDeletions: externalDeletions, retention: retention, isShortLived: isShortLived), observer)
    turns = LockTurns(directory, parts.reporter)
    try directory.checkPermissions()
    self.isReadOnly = isReadOnly
    obstacle =
      isReadOnly ? WriteObstacle("", "opened for reading alone", isIntended: true) : directory.obstacle
    if [OrganizationTable.file, MemberTable.file, DataDirectory.privateName].allSatisfy({
      directory.identity(of: $0) == nil
    }) {
      throw OrgError(
        .dataNotFound,
        "There are no data in \(path.escapedForDisplay): neither organizations.json nor org_users.json.")
    }
    // Don't wait: a current holder of the lock does the same. If this fails, the next change tries again.
    if obstacle == nil, CrashRecovery.isHalfPublished(directory) {
      _ = try? synchronize(waiting: { _ in false })
    }
  }

  /// Creates a directory if it doesn't exist, along with its parents, accessible only to its owner, and empty data
  /// files if they don't exist.
  ///
  /// - Throws: `system` with the reason for the failure.
  public static func create(at path: String) throws(OrgError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    for count in 1...max(1, parts.count) {
      let part = (path.hasPrefix("/") ? "/" : "") + parts.prefix(count).joined(separator: "/")
      if mkdir(part, 0o700) != 0, errno != EEXIST {
        let error = SystemCallError(call: "mkdir", subject: part, errno: Errno(rawValue: errno))
        throw OrgError(error, "\(path.escapedForDisplay) can't be created")
      }
    }
    let directory = try DataDirectory(path: path)
    for name in [OrganizationTable.file, MemberTable.file] where directory.identity(of: name) == nil {
      do {
        let file = try directory.create(name, in: directory.root, O_WRONLY | O_EXCL)
        try directory.calls.write(Array("{}".utf8), to: file, name)
        try directory.calls.sync(file, name)
      } catch {
        throw OrgError(error, "\(name) can't be created in \(path.escapedForDisplay)")
      }
    }
  }

  // MARK: Watching

  /// Creates a watcher that reports changes to the files.
  public func watcher() -> DirectoryWatcher {
    let watcher = DirectoryWatcher(path: path, names: [OrganizationTable.file, MemberTable.file])
    watcher.watchDisplaced()
    watchers.withLock { $0 = $0.filter { $0.watcher != nil } + [WeakWatcher(watcher: watcher)] }
    return watcher
  }

  private struct WeakWatcher: Sendable {
    weak let watcher: DirectoryWatcher?
  }

  // MARK: Reading

  /// The progress of the current read, or the final progress of the last one.
  public var readingProgress: ReadingProgress { directory.progress.value }

  /// Sets a function to call while the history's index is built, which takes about two minutes for a million
  /// generations. It is called after each part, on the thread that waits for the index.
  public func observeIndexing(_ body: @escaping @Sendable (ReadingProgress) -> Void) {
    directory.indexing.observe(body)
  }

  /// The organizations without any members, for a first look while the members, which are most of the data, are still
  /// being read. `nil` if this would save no time or the file has problems.
  public func readerAhead() -> (any StoreReader)? { parts.files.organizationsAhead() }

  /// The current data; see `snapshot()`.
  ///
  /// - Throws: `dataNotFound` if the path now leads to another directory, or to none.
  public func reader() throws(OrgError) -> any StoreReader { try snapshot() }

  /// The current data. If a file was broken or lost records, or another program wrote to a displaced file, this is
  /// repaired first. If it can't be repaired, the loss is the first of the snapshot's problems.
  ///
  /// - Throws: `dataNotFound` if the path now leads to another directory, or to none.
  package func snapshot() throws(OrgError) -> Snapshot {
    try directory.checkIsFound()
    let files = parts.files
    let before = files.state.withLock { $0.loaded?.contents }
    let loaded = files.loadWhole()
    if loaded.contents.problems.isEmpty { files.noteWhole(loaded.contents) }
    let loss = WipedData(directory: directory).problem(of: loaded.contents)
    let isDamaged = loss != nil || loaded.contents.hasLosses(since: before ?? loaded.contents)
    guard readOnlyReason == nil, isDamaged || parts.displaced.hasLateWrites,
      let repaired = try? synchronize(waiting: { _ in isDamaged })
    else { return loss.map(loaded.snapshot.wiped) ?? loaded.snapshot }
    return repaired
  }

  /// Ingests the changes of other programs as generations of the history, if there is one. Takes no lock if the only
  /// changes were made by this store, or by other programs through a store.
  ///
  /// - Parameter waiting: as for `commit`.
  /// - Returns: the resulting data, and the generations that are new since the last call.
  /// - Throws: `readOnly`, `damagedData`, `locked`, `cancelled`, or `system`.
  @discardableResult
  public func maintain(waiting: (Contention) -> Bool) throws(OrgError) -> Maintenance {
    try checkWritable()
    // A program that only reads leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else {
      lastReportedGeneration.withLock { $0 = $0 ?? 0 }
      return Maintenance(reader: try snapshot(), entries: [])
    }
    let snapshot: Snapshot
    if let quiescent = QuiescenceCheck(parts: parts).snapshot() {
      snapshot = quiescent
    } else {
      snapshot = try synchronize(waiting: waiting)
    }
    let lastReported = lastReportedGeneration.withLock { $0 }
    let known = parts.committed.withLock { $0.journal }
    guard var known, let last = known.last?.record.generation else {
      return Maintenance(reader: snapshot, entries: [])
    }
    let entries = try historyReader.readingJournal { (journal, calls) throws(SystemCallError) in
      guard let lastReported, lastReported < last else { return [HistoryEntry]() }
      // Usually everything since the last call has already been read.
      if known.recent.first.map({ $0.record.generation > lastReported }) ?? true { try known.recall(journal) }
      var entries: [HistoryEntry] = []
      for line in known.recent where line.record.generation > lastReported {
        if let entry = try line.whole(journal, calls).entry { entries.append(entry) }
      }
      return entries
    }
    lastReportedGeneration.withLock { $0 = max($0 ?? 0, last) }
    return Maintenance(reader: snapshot, entries: entries ?? [])
  }

  /// Waits until no program is writing to a displaced file, and ingests what was written. A process that is about to
  /// end calls this after its last change, so that no work is left for the next one.
  ///
  /// - Parameter milliseconds: the maximum time to wait. The next reader finds anything written later.
  public func finishLateWrites(milliseconds: Int = 5000) {
    guard readOnlyReason == nil else { return }
    let start = clinux_monotonic_milliseconds()
    while clinux_monotonic_milliseconds() - start < milliseconds {
      // Asked in this order, because a program can write and close its file between the two.
      let isGoingOn = parts.displaced.isLateWriteGoingOn
      if parts.displaced.hasLateWrites { _ = try? maintain() }
      guard isGoingOn else { return }
      usleep(2000)
    }
  }

  // MARK: History

  /// All generations in the journal, newest first. Earlier ones are unknown.
  public func history() throws(OrgError) -> [HistoryEntry] { try historyReader.history() }

  /// A page of the history, read from the end of the journal.
  public func history(from position: HistoryCursor?, limit: Int) throws(OrgError) -> HistoryPage {
    try history(matching: HistoryFilter(), from: position, limit: limit)
  }

  /// A page of the history, found through the journal's index.
  public func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try historyReader.history(matching: filter, from: position, limit: limit)
  }

  /// A generation of the history; `nil` if it isn't in the journal.
  public func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try historyReader.entry(generation: generation)
  }

  /// Descriptions of the repairs that this store made because another program had broken the data, oldest first.
  /// Explicitly requested repairs aren't included.
  public var repairs: [String] { parts.committed.withLock { $0.repairs } }

  /// The number of the newest generation of the history; `nil` before the first change.
  public func newestGeneration() throws(OrgError) -> UInt64? { try historyReader.newestGeneration() }

  /// A user's latest edit that hasn't been undone; see `OrgManager`.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try historyReader.undoable(by: uid)
  }

  /// A user's latest undo that hasn't been redone; see `OrgManager`.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try historyReader.redoable(by: uid)
  }

  // MARK: Committing

  /// - Throws: `readOnly` if the store was opened read-only; `dataNotFound` if the directory is gone.
  func checkMayChange() throws(OrgError) {
    if isReadOnly, let obstacle { throw obstacle.error }
    try directory.checkIsFound()
  }

  /// - Throws: the errors of `checkMayChange`; `readOnly` if the data can't be changed at the moment.
  func checkWritable() throws(OrgError) {
    try checkMayChange()
    if let obstacle = directory.obstacle { throw obstacle.error }
  }

  /// Commits a change set through the journal; see `OrgStore.commit`.
  public func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    try checkWritable()
    return try transaction(waiting: waiting) { (transaction) throws(OrgError) in try transaction.commit(set) }
  }

  /// Runs the body with the lock held if other processes hold it or wait for it, and without the lock otherwise. The
  /// body reads and commits through this store on the same thread, and doesn't wait for user input or other processes.
  ///
  /// - Parameters:
  ///   - waiting: as for `commit`.
  ///   - body: the work of this turn.
  /// - Throws: `locked`, `cancelled`, or `system`; any error of the body.
  public func takingTurns<Value>(
    waiting: (Contention) -> Bool = { _ in true }, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    guard readOnlyReason == nil else { return try body() }
    return try turns.take(waiting: waiting, body)
  }

  /// Lets an observer learn whom the store waits for before it changes anything.
  public func observeWaiting(_ observer: @escaping @Sendable (Contention) -> Void) {
    turns.observeWaiting(observer)
  }

  /// Makes the journal and the files agree.
  private func synchronize(waiting: (Contention) -> Bool) throws(OrgError) -> Snapshot {
    try transaction(waiting: waiting) { (transaction) throws(OrgError) in
      try transaction.synchronize(isStarting: false).snapshot
    }
  }

  /// Runs the body with the lock held.
  ///
  /// - Parameter waiting: as for `commit`.
  func transaction<Value>(
    waiting: (Contention) -> Bool = { _ in true }, _ body: (Transaction) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    try turns.locked(waiting: waiting) { () throws(OrgError) in
      let transaction = try Transaction(parts)
      for watcher in watchers.withLock({ $0 }) { watcher.watcher?.watchDisplaced() }
      return try body(transaction)
    }
  }
}
