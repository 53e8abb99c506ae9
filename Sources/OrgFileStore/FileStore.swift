import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// The two JSON files of a data directory as a store. Several stores, in several processes, can work on the
/// same directory; so can programs that know nothing of orgman.
///
/// Reading takes no lock. How a change set becomes durable is in `Transaction`, what is made of what other programs write
/// in `Ingestion`.
public final class FileStore: ProgressReportingStore, MaintainableStore, TurnTakingStore {
  /// The directory, as it was given.
  public var path: String { directory.path }
  /// Why nothing can be written, as it was when the store was opened; `nil` where it could.
  public let obstacle: WriteObstacle?
  private let isReadOnly: Bool
  /// The same in words, to follow "Nothing can be changed: ".
  public var readOnlyReason: String? { obstacle?.reason }

  /// What is done about records that another program removed.
  public var externalDeletions: ExternalDeletions { parts.options.externalDeletions }
  /// How long the history is kept: what is older is removed when a new segment of the journal begins.
  public var retention: Retention { parts.options.retention }

  /// What outlives a transaction.
  let parts: StoreParts
  private let turns: LockTurns
  private let watchers = Mutex<[WeakWatcher]>([])
  /// The newest generation that whoever uses this store was told of.
  private let lastReportedGeneration = Mutex<UInt64?>(nil)

  var directory: DataDirectory { parts.directory }
  var historyReader: HistoryReader { HistoryReader(directory: directory, isReadOnly: obstacle != nil) }

  /// Opens a data directory.
  ///
  /// - Parameters:
  ///   - path: the directory with the two files.
  ///   - isReadOnly: never write, even where it were possible.
  ///   - externalDeletions: what is done about records that another program removed.
  ///   - retention: how long the history is kept.
  ///   - isShortLived: whether this process ends after a change, so that what it knows of the files is left for the next.
  ///   - observer: learns what this store adds to the history, from what is put right at once on.
  /// - Throws: `dataNotFound` if there is no such directory, or nothing of ours in it; `create(at:)` makes two
  ///   empty files. `unsafeDirectory` if everybody may write in it. `system` if it can't be opened.
  public convenience init(
    path: String, isReadOnly: Bool = false, externalDeletions: ExternalDeletions = .restore,
    retention: Retention = .forever, isShortLived: Bool = false, observer: (any HistoryObserver)? = nil
  ) throws(OrgError) {
    try self.init(
      path: path, isReadOnly: isReadOnly, externalDeletions: externalDeletions, retention: retention,
      isShortLived: isShortLived, observer: observer, calls: SystemCalls())
  }

  /// For tests: the closure is called before each system call, by name.
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
    // Whoever holds the lock does it as well, so nobody is waited for; and what fails now is tried again by the
    // next change.
    if obstacle == nil, CrashRecovery.isHalfPublished(directory) {
      _ = try? synchronize(waiting: { _ in false })
    }
  }

  /// Makes a directory where there is none, with those above it, for its owner alone, and two empty data files
  /// where there are none.
  ///
  /// - Throws: `system`, with what was in the way.
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

  /// Tells of changes to the files; see `DirectoryWatcher`.
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

  /// How far the reading that goes on has come; what it was at the end where none does.
  public var readingProgress: ReadingProgress { directory.progress.value }

  /// Calls a function while the index of the history is made, which takes about two minutes for a million generations:
  /// after each part, on the thread that waits for it.
  public func observeIndexing(_ body: @escaping @Sendable (ReadingProgress) -> Void) {
    directory.indexing.observe(body)
  }

  /// The organizations alone, for a first look while the members, which are most of the data, are still being
  /// read; their contents have no members yet. `nil` where that would save no time, or where something is wrong
  /// with the file.
  public func organizationsAhead() -> Snapshot? { parts.files.organizationsAhead() }

  /// The data as they are now. Where a file was broken or lost records, or another program wrote to a file that had
  /// been displaced, that is put right first; where it can't be, what is missing is the first of the snapshot's
  /// problems.
  ///
  /// - Throws: `dataNotFound` where the path leads to another directory by now, or to none.
  public func snapshot() throws(OrgError) -> Snapshot {
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

  /// Ingests what other programs wrote, as generations of the history, where there is one. Where nothing happened but what
  /// this store did itself, or what others did through a store, no lock is taken.
  ///
  /// - Parameter waiting: as for `commit`.
  /// - Returns: the data after that, and the generations that are new since the last time.
  /// - Throws: `readOnly`, `damagedData`, `locked`, `cancelled` or `system`.
  @discardableResult
  public func maintain(waiting: (LockHolder) -> Bool) throws(OrgError) -> Maintenance {
    try checkWritable()
    // Who only looks leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else {
      lastReportedGeneration.withLock { $0 = $0 ?? 0 }
      return Maintenance(snapshot: try snapshot(), entries: [])
    }
    let snapshot: Snapshot
    if let quiescent = QuiescenceCheck(parts: parts).snapshot() {
      snapshot = quiescent
    } else {
      snapshot = try synchronize(waiting: waiting)
    }
    let told = lastReportedGeneration.withLock { $0 }
    let known = parts.committed.withLock { $0.journal }
    guard var known, let last = known.last?.record.generation else {
      return Maintenance(snapshot: snapshot, entries: [])
    }
    let entries = try historyReader.readingJournal { (journal, calls) throws(SystemCallError) in
      guard let told, told < last else { return [HistoryEntry]() }
      // As a rule all of it was read since the last time.
      if known.recent.first.map({ $0.record.generation > told }) ?? true { try known.recall(journal) }
      var entries: [HistoryEntry] = []
      for line in known.recent where line.record.generation > told {
        if let entry = try line.whole(journal, calls).entry { entries.append(entry) }
      }
      return entries
    }
    lastReportedGeneration.withLock { $0 = max($0 ?? 0, last) }
    return Maintenance(snapshot: snapshot, entries: entries ?? [])
  }

  /// Waits until no program is writing to a displaced file, and ingests what was written there. A process that is about
  /// to end calls this after its last change, so that nothing waits for the next one.
  ///
  /// - Parameter milliseconds: how long to wait at most; what comes later is found by the next reader.
  public func finishLateWrites(milliseconds: Int = 5000) {
    guard readOnlyReason == nil else { return }
    let start = clinux_monotonic_milliseconds()
    while clinux_monotonic_milliseconds() - start < milliseconds {
      if parts.displaced.hasLateWrites { _ = try? maintain() }
      guard parts.displaced.isLateWriteGoingOn else { return }
      usleep(2000)
    }
  }

  // MARK: History

  /// Every generation that the journal has, newest first; those before it are unknown.
  public func history() throws(OrgError) -> [HistoryEntry] { try historyReader.history() }

  /// A part of the history, read from the end of the journal.
  public func history(from position: HistoryPage.Position?, limit: Int) throws(OrgError) -> HistoryPage {
    try history(matching: HistoryFilter(), from: position, limit: limit)
  }

  /// A part of the history, found by the index of the journal.
  public func history(
    matching filter: HistoryFilter, from position: HistoryPage.Position?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try historyReader.history(matching: filter, from: position, limit: limit)
  }

  /// A generation of the history; `nil` where the journal doesn't have it.
  public func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try historyReader.entry(generation: generation)
  }

  /// What this store repaired in the data because another program had broken them, in words, oldest first. Repairs that
  /// were asked for aren't among them.
  public var repairs: [String] { parts.committed.withLock { $0.repairs } }

  /// The number of the newest generation of the history; `nil` before the first change.
  public func newestGeneration() throws(OrgError) -> UInt64? { try historyReader.newestGeneration() }

  /// The latest edit of a user that hasn't been undone; see `OrgManager`.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try historyReader.undoable(by: uid)
  }

  /// The latest undo of a user that hasn't been redone; see `OrgManager`.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try historyReader.redoable(by: uid)
  }

  // MARK: Committing

  /// - Throws: `readOnly` where the store was opened for reading alone; `dataNotFound` where the directory is gone.
  func checkMayChange() throws(OrgError) {
    if isReadOnly, let obstacle { throw obstacle.error }
    try directory.checkIsFound()
  }

  /// - Throws: what `checkMayChange` does; `readOnly` where something keeps the data from being changed now.
  func checkWritable() throws(OrgError) {
    try checkMayChange()
    if let obstacle = directory.obstacle { throw obstacle.error }
  }

  /// Commits a change set through the journal; see `OrgStore.commit`.
  public func commit(_ set: ChangeSet, waiting: (LockHolder) -> Bool) throws(OrgError) -> Commit {
    try checkWritable()
    return try transaction(waiting: waiting) { (transaction) throws(OrgError) in try transaction.commit(set) }
  }

  /// Runs the body with the lock held where others hold it or wait for it, and without where nobody does. The body reads
  /// and commits with this store on the same thread; it neither asks nor waits for anybody.
  ///
  /// - Parameters:
  ///   - waiting: as for `commit`.
  ///   - body: what is done in the turn.
  /// - Throws: `locked`, `cancelled` or `system`; what the body throws.
  public func takingTurns<Value>(
    waiting: (LockHolder) -> Bool = { _ in true }, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    guard readOnlyReason == nil else { return try body() }
    return try turns.take(waiting: waiting, body)
  }

  /// Brings the journal and the files to agree.
  private func synchronize(waiting: (LockHolder) -> Bool) throws(OrgError) -> Snapshot {
    try transaction(waiting: waiting) { (transaction) throws(OrgError) in
      try transaction.synchronize(isStarting: false).snapshot
    }
  }

  /// Runs the body with the lock held.
  ///
  /// - Parameter waiting: as for `commit`.
  func transaction<Value>(
    waiting: (LockHolder) -> Bool = { _ in true }, _ body: (Transaction) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    try turns.locked(waiting: waiting) { () throws(OrgError) in
      let transaction = try Transaction(parts)
      for watcher in watchers.withLock({ $0 }) { watcher.watcher?.watchDisplaced() }
      return try body(transaction)
    }
  }
}
