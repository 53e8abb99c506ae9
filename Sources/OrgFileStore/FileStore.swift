import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// The two JSON files of a data directory as a store. Several stores, in several processes, can work on the
/// same directory; so can programs that know nothing of orgman.
///
/// Reading takes no lock. How a change set becomes durable, and what is made of what other programs write,
/// stands in `Engine`.
public final class FileStore: ProgressReportingStore, MaintainableStore {
  /// The directory, as it was given.
  public var path: String { directory.path }
  /// Why nothing can be written, as it was when the store was opened; `nil` where it could.
  public let obstacle: WriteObstacle?
  private let isReadOnly: Bool
  /// The same in words, to follow "Nothing can be changed: ".
  public var readOnlyReason: String? { obstacle?.reason }

  /// What is done about records that another program removed.
  public let externalDeletions: ExternalDeletions
  /// How long the history is kept: what is older is removed when a new segment of the journal begins.
  public let retention: Retention
  /// Whether this process most likely ends after a change, so that it is another one that makes the next.
  let isShortLived: Bool

  let directory: DataDirectory
  /// What the engine knows of the journal, from one time that it holds the lock to the next.
  let memory = Mutex(Engine.Memory())
  let state = Mutex(State())
  /// Held while files are read, and while they are exchanged and taken note of: so that what this store
  /// writes never looks to it like somebody else's change.
  let files = Mutex(())
  let watchers = Mutex<[WeakWatcher]>([])
  /// The thread whose turn it is; see `takingTurns`.
  let turn = Mutex<pthread_t?>(nil)

  /// Opens a data directory.
  ///
  /// - Parameters:
  ///   - path: the directory with the two files.
  ///   - isReadOnly: never write, even where it were possible.
  ///   - externalDeletions: what is done about records that another program removed.
  ///   - retention: how long the history is kept.
  ///   - isShortLived: whether this process ends after a change, so that what it knows of the files is left for the next.
  /// - Throws: `dataNotFound` if there is no such directory, or nothing of ours in it; `create(at:)` makes two
  ///   empty files. `unsafeDirectory` if everybody may write in it. `system` if it can't be opened.
  public convenience init(
    path: String, isReadOnly: Bool = false, externalDeletions: ExternalDeletions = .restore,
    retention: Retention = .forever, isShortLived: Bool = false
  ) throws(OrgError) {
    try self.init(
      path: path, isReadOnly: isReadOnly, externalDeletions: externalDeletions, retention: retention,
      isShortLived: isShortLived,
      calls: SystemCalls())
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
    retention: Retention = .forever, isShortLived: Bool = false, calls: SystemCalls
  ) throws(OrgError) {
    self.externalDeletions = externalDeletions
    self.retention = retention
    self.isShortLived = isShortLived
    directory = try DataDirectory(path: path, calls: calls)
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
    if obstacle == nil, isHalfPublished { _ = try? mend(waiting: { _ in false }) }
  }

  /// Whether a crash left a file that the newest generation was about to publish: then one data file may be new
  /// and the other old.
  private var isHalfPublished: Bool {
    do throws(SystemCallError) {
      let calls = directory.calls
      let flags = O_RDONLY | O_DIRECTORY
      let space = try calls.open(DataDirectory.privateName, in: directory.root, flags)
      let journal = try calls.open("journal", in: space, flags)
      guard let last = try Journal.newest(journal, calls) else { return false }
      for (file, state) in last.files where directory.identity(of: file)?.inode != state.inode {
        if try directory.inode(of: DataDirectory.stagedName(file), in: space) == state.inode { return true }
        let displaced = try calls.open("displaced", in: space, flags)
        for name in try calls.list(displaced, "displaced")
        where try directory.inode(of: name, in: displaced) == state.inode { return true }
      }
      return false
    } catch {
      return false
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

  struct WeakWatcher: Sendable {
    weak let watcher: DirectoryWatcher?
  }

  // MARK: Reading

  /// How far the reading that goes on has come; what it was at the end where none does.
  public var readingProgress: ReadingProgress { directory.progress.value }

  /// The organizations alone, for a first look while the members, which are most of the data, are still being
  /// read; their contents have no members yet. `nil` where that would save no time, or where something is wrong
  /// with the file.
  public func organizationsAhead() -> Snapshot? {
    guard let members = directory.identity(of: MemberTable.file), members.size > Self.soonRead,
      state.withLock({ $0.loaded }) == nil, case .bytes(let bytes, _) = directory.read(OrganizationTable.file)
    else { return nil }
    let table = OrganizationTable(bytes)
    guard table.problems.isEmpty else { return nil }
    state.withLock { $0.early = table }
    let contents = FileContents(organizations: table, members: MemberTable(unreadBeside: table))
    return Snapshot(generation: 0, recordProblems: contents.recordProblems, contents: contents)
  }

  /// Bytes of members that are read before anybody could notice.
  private static let soonRead = 2 << 20

  /// The data as they are now. Where a file was broken or lost records, or another program wrote to a file that had
  /// been displaced, that is put right first; where it can't be, what is missing is the first of the snapshot's
  /// problems.
  ///
  /// - Throws: `dataNotFound` where the path leads to another directory by now, or to none.
  public func snapshot() throws(OrgError) -> Snapshot {
    try directory.checkIsFound()
    let before = state.withLock { $0.loaded?.contents }
    let loaded = synchronized()
    if loaded.contents.problems.isEmpty {
      memory.withLock { memory in
        let isWiped = memory.lastWhole.map(loaded.contents.looksWiped(since:)) ?? false
        if !isWiped { memory.lastWhole = loaded.contents }
      }
    }
    let loss = wipe(of: loaded.contents)
    let isDamaged = loss != nil || loaded.contents.hasLosses(since: before ?? loaded.contents)
    guard readOnlyReason == nil, isDamaged || hasLateWrites,
      let repaired = try? mend(waiting: { _ in isDamaged })
    else { return loss.map(loaded.snapshot.wiped) ?? loaded.snapshot }
    return repaired
  }

  /// Ingests what other programs wrote, as generations of the history, where there is one. Where nothing happened but what
  /// this store did itself, or what others did through a store, no lock is taken.
  ///
  /// - Parameter waiting: as for `commit`.
  /// - Returns: the data behind that, and the generations that are new since the last time.
  /// - Throws: `readOnly`, `damagedData`, `locked`, `cancelled` or `system`.
  @discardableResult
  public func maintain(waiting: (LockHolder) -> Bool) throws(OrgError) -> Maintenance {
    try checkWritable()
    // Who only looks leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else {
      memory.withLock { $0.lastReportedGeneration = $0.lastReportedGeneration ?? 0 }
      return Maintenance(snapshot: try snapshot(), entries: [])
    }
    let snapshot: Snapshot
    if let quiescent = quiescentSnapshot() {
      snapshot = quiescent
    } else {
      snapshot = try mend(waiting: waiting)
    }
    let (known, told) = memory.withLock { ($0.journal, $0.lastReportedGeneration) }
    guard var known, let last = known.last?.record.generation else {
      return Maintenance(snapshot: snapshot, entries: [])
    }
    let entries = try readingJournal { (journal, calls) throws(SystemCallError) in
      guard let told, told < last else { return [HistoryEntry]() }
      // As a rule all of it was read since the last time.
      if known.recent.first.map({ $0.record.generation > told }) ?? true { try known.recall(journal) }
      var entries: [HistoryEntry] = []
      for line in known.recent where line.record.generation > told {
        if let entry = try line.whole(journal, calls).entry { entries.append(entry) }
      }
      return entries
    }
    memory.withLock { $0.lastReportedGeneration = max($0.lastReportedGeneration ?? 0, last) }
    return Maintenance(snapshot: snapshot, entries: entries ?? [])
  }

  private func mend(waiting: (LockHolder) -> Bool = { _ in true }) throws(OrgError) -> Snapshot {
    try locked(waiting: waiting) { () throws(OrgError) in
      try Engine(self).synchronize(isStarting: false).snapshot
    }
  }

  /// The data when nobody is in the middle of writing them: what looks broken may just not be finished.
  private func synchronized() -> Loaded {
    let start = clinux_monotonic_milliseconds()
    while true {
      let loaded = load()
      if loaded.contents.problems.isEmpty { return loaded }
      guard isBeingWritten, clinux_monotonic_milliseconds() - start < 5000 else { return loaded }
      usleep(5000)
    }
  }

  /// Whether somebody seems to be in the middle of writing one of the files.
  var isBeingWritten: Bool {
    [OrganizationTable.file, MemberTable.file].contains { name in
      guard let modified = directory.identity(of: name)?.modified else { return false }
      let age = Duration.sinceEpoch - modified
      return (.zero..<Duration.milliseconds(300)).contains(age) || directory.isBeingWritten(name)
    }
  }

  /// Whether a displaced file was written to a moment ago.
  func isFresh(_ name: String, in directory: borrowing Descriptor) -> Bool {
    guard let status = try? self.directory.calls.status(of: name, in: directory) else { return false }
    return (.zero..<Duration.seconds(1)).contains(.sinceEpoch - FileIdentity(status).modified)
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
    return try locked(waiting: waiting) { () throws(OrgError) in try Engine(self).commit(set) }
  }
}
