import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// What `FileStore.maintain` did.
public struct Maintenance: Sendable {
  /// The data behind it.
  public let snapshot: Snapshot
  /// Generations that are new since the store last looked, oldest first.
  public let entries: [HistoryEntry]
}

/// The two JSON files of a data directory as a store. Several stores, in several processes, can work on the
/// same directory; so can programs that know nothing of orgman.
///
/// Reading takes no lock. How a change set becomes durable, and what is made of what other programs write,
/// stands in `Engine`.
public final class FileStore: OrgStore {
  /// The directory, as it was given.
  public var path: String { directory.path }
  /// Why nothing can be written, as it was when the store was opened; `nil` where it could.
  public let obstacle: WriteObstacle?
  private let isReadOnly: Bool
  /// The same in words, to follow "Nothing can be changed: ".
  public var readOnlyReason: String? { obstacle?.reason }

  /// What is done about records that another program removed.
  public let externalDeletions: ExternalDeletions

  let directory: DataDirectory
  /// What the engine knows of the journal, from one time that it holds the lock to the next.
  let memory = Mutex(Engine.Memory())
  private let state = Mutex(State())
  /// Held while files are read, and while they are exchanged and taken note of: so that what this store
  /// writes never looks to it like somebody else's change.
  private let files = Mutex(())
  let watchers = Mutex<[WeakWatcher]>([])

  /// What was read last.
  private struct State {
    var loaded: Loaded?
    /// The organizations as they were read ahead of the members.
    var early: OrganizationTable?
    /// Counts loads as they begin; one that began earlier never replaces one that began later.
    var lastTicket = 0
    var generation: UInt64 = 0
    /// When each file had last been read as this store published it.
    var published: [String: LastRead] = [:]
  }

  private struct Loaded {
    var ticket: Int
    /// When the reading began, since 1970.
    var time: Duration
    var organizations: FileIdentity?
    var members: FileIdentity?
    var contents: FileContents
    var generation: UInt64 = 0

    var snapshot: Snapshot {
      Snapshot(
        generation: generation, problems: contents.problems, recordProblems: contents.recordProblems,
        contents: contents)
    }
  }

  /// Opens a data directory.
  ///
  /// - Parameters:
  ///   - path: the directory with the two files.
  ///   - isReadOnly: never write, even where it were possible.
  ///   - externalDeletions: what is done about records that another program removed.
  /// - Throws: `dataNotFound` if there is no such directory, or nothing of ours in it; `create(at:)` makes two
  ///   empty files. `unsafeDirectory` if everybody may write in it. `system` if it can't be opened.
  public convenience init(
    path: String, isReadOnly: Bool = false, externalDeletions: ExternalDeletions = .restore
  ) throws(OrgError) {
    try self.init(
      path: path, isReadOnly: isReadOnly, externalDeletions: externalDeletions, calls: SystemCalls())
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
    calls: SystemCalls
  ) throws(OrgError) {
    self.externalDeletions = externalDeletions
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
    let loaded = settled()
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

  /// Takes in what other programs wrote, as generations of the history, where there is one.
  ///
  /// - Parameter waiting: as for `commit`.
  /// - Returns: the data behind that, and the generations that are new since the last time.
  /// - Throws: `readOnly`, `damagedData`, `locked`, `cancelled` or `system`.
  @discardableResult
  public func maintain(waiting: (LockHolder) -> Bool = { _ in true }) throws(OrgError) -> Maintenance {
    try checkWritable()
    // Who only looks leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else {
      memory.withLock { $0.told = $0.told ?? 0 }
      return Maintenance(snapshot: try snapshot(), entries: [])
    }
    let snapshot = try mend(waiting: waiting)
    let (known, told) = memory.withLock { ($0.journal, $0.told) }
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
    memory.withLock { $0.told = max($0.told ?? 0, last) }
    return Maintenance(snapshot: snapshot, entries: entries ?? [])
  }

  private func mend(waiting: (LockHolder) -> Bool = { _ in true }) throws(OrgError) -> Snapshot {
    try FileLock(directory: directory).withLock(waiting: waiting) { (_) throws(OrgError) in
      try Engine(self).settle(isStarting: false).snapshot
    }
  }

  /// The data when nobody is in the middle of writing them: what looks broken may just not be finished.
  private func settled() -> Loaded {
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

  /// Reads what changed since it was read last.
  ///
  /// - Parameter isExact: compare the bytes, even where the files look unchanged.
  private func load(isExact: Bool = false) -> Loaded {
    files.withLock { _ in loadNow(isExact: isExact) }
  }

  private func loadNow(isExact: Bool) -> Loaded {
    let (last, early, ticket) = state.withLock { state in
      state.lastTicket += 1
      let early = state.early
      state.early = nil
      return (state.loaded, early, state.lastTicket)
    }
    let time = Duration.sinceEpoch
    var next = Loaded(
      ticket: ticket, time: time, contents: last?.contents ?? FileContents.empty,
      generation: last?.generation ?? 0)
    let organizations: DataDirectory.Image?
    let members: DataDirectory.Image?
    (organizations, next.organizations) = image(
      OrganizationTable.file, last, last?.organizations,
      last?.contents.organizations.bytes ?? early?.bytes, isExact)
    (members, next.members) = image(
      MemberTable.file, last, last?.members, last?.contents.members.bytes, isExact)
    if organizations != nil || members != nil {
      next.contents = next.contents.reading(organizations: organizations, members: members, early: early)
    }
    return publish(next, isNew: last == nil || organizations != nil || members != nil)
  }

  /// Reads a file; no image if it holds what it held, though somebody may have written it again.
  private func image(
    _ name: String, _ last: Loaded?, _ identity: FileIdentity?, _ bytes: [UInt8]?, _ isExact: Bool
  ) -> (DataDirectory.Image?, FileIdentity?) {
    if let last, let identity, !isExact, directory.identity(of: name) == identity,
      // A file changed twice within a tick of the clock can look unchanged; but not one that was only moved last,
      // for whoever writes to it then does so at that time or later.
      identity.modified < max(last.time - .milliseconds(20), identity.changed)
    {
      return (nil, identity)
    }
    let image = directory.read(name, likely: bytes)
    if last != nil, case .bytes(let new, _) = image, identity != nil, let bytes, haveSameBytes(new, bytes) {
      return (nil, image.identity)
    }
    if last != nil, case .unreadable(_, nil) = image, identity == nil { return (nil, nil) }
    return (image, image.identity)
  }

  /// Makes a load the present one, unless a later one is already.
  private func publish(_ loaded: Loaded, isNew: Bool) -> Loaded {
    state.withLock { state in
      if let present = state.loaded, present.ticket > loaded.ticket { return present }
      var loaded = loaded
      if isNew {
        state.generation += 1
        loaded.generation = state.generation
      }
      state.loaded = loaded
      return loaded
    }
  }

  // MARK: For the engine

  /// What was read, or written, last, where the files look as they did then.
  func contentsUnlessTouched() -> FileContents? {
    guard let loaded = state.withLock({ $0.loaded }), let organizations = loaded.organizations,
      let members = loaded.members, directory.identity(of: OrganizationTable.file) == organizations,
      directory.identity(of: MemberTable.file) == members
    else { return nil }
    return loaded.contents
  }

  /// What is in the files now, byte for byte.
  func contentsNow() -> FileContents { load(isExact: true).contents }

  /// The files that no other program read since this store published them: what is written there now was made from an
  /// older state.
  var unreadFiles: Set<String> {
    let published = state.withLock { $0.published }
    return Set(published.filter { directory.lastRead($0.key) == $0.value }.keys)
  }

  /// The data that were read, or written, last, as a snapshot. Nothing is read again: what somebody writes behind
  /// that is another matter.
  func snapshotNow() -> Snapshot { state.withLock { $0.loaded?.snapshot } ?? load().snapshot }

  /// Exchanges files, so that no load sees it half done, and takes note of what they hold then.
  func exchange(
    for contents: FileContents, _ body: () throws(SystemCallError) -> Void
  ) throws(SystemCallError) {
    let result: Result<Void, SystemCallError> = files.withLock { _ in
      do throws(SystemCallError) {
        try body()
      } catch {
        return .failure(error)
      }
      let ticket = state.withLock { state in
        state.lastTicket += 1
        return state.lastTicket
      }
      let names = [OrganizationTable.file, MemberTable.file]
      let identities = names.map(directory.identity(of:))
      let published = Dictionary(names.map { ($0, directory.lastRead($0)) }) { $1 }.compactMapValues(\.self)
      state.withLock { $0.published = published }
      _ = publish(
        Loaded(
          ticket: ticket, time: .sinceEpoch, organizations: identities[0],
          members: identities[1], contents: contents), isNew: true)
      return .success(())
    }
    try result.get()
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
    return try FileLock(directory: directory).withLock(waiting: waiting) { (_) throws(OrgError) in
      try Engine(self).commit(set)
    }
  }
}
