import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// What happens while the lock is held: taking in what others did, mending, committing. The journal is the truth;
/// the two data files are what it publishes.
final class Engine {
  /// What is known of the journal from the last time.
  struct Memory {
    var journal: Journal?
    /// The data as the newest line of the journal has them.
    var current: (generation: UInt64, contents: FileContents)? { didSet { hashes = [:] } }
    /// The hashes of its files, as far as they were worked out.
    var hashes: [String: RunningHash] = [:]
    /// The data as this store last saw them whole: what a journal begins with, should they break before there
    /// is one.
    var lastWhole: FileContents?
    /// The newest generation that whoever uses this store was told of.
    var lastReportedGeneration: UInt64?
    /// What was repaired unasked, in words, oldest first.
    var repairs: [String] = []
    /// Bytes of a segment of the journal after which a new one begins.
    var segmentLimit = 2 << 20
    /// Displaced files that nobody has written to.
    var quiescent: Set<FileIdentity> = []
    /// What the files were like when they were published last, as far as it was written down.
    var published: Published?
    /// The hashes of the files that `Places` were written for, with their intermediate states.
    var places: (hashes: [String: String], running: [String: RunningHash])?
  }

  /// The data behind what was taken in.
  struct SynchronizedState {
    var contents: FileContents
    var generation: UInt64
    var snapshot: Snapshot
    /// What kept the files from being taken in.
    var problems: [DataProblem]
  }

  let store: FileStore
  let stateDirectory: StateDirectory
  /// Held on the files from before they are read, where they were written to again and again before a change was
  /// committed; otherwise there are none but for the moment of an exchange.
  var leases: Leases?
  /// Whether what was thrown last says that the files were written to before a change was committed.
  var isOvertaken = false
  /// How many more times another program that waits to write goes first.
  var yieldsRemaining = 0
  /// Why a line of the journal couldn't be read when it was asked for.
  var unreadable: SystemCallError?

  init(_ store: FileStore) throws(OrgError) {
    self.store = store
    do {
      stateDirectory = try StateDirectory(store.directory)
    } catch {
      throw Self.explained(error, store)
    }
    for watcher in store.watchers.withLock({ $0 }) { watcher.watcher?.watchDisplaced() }
  }

  var directory: DataDirectory { store.directory }

  static func explained(_ error: SystemCallError, _ store: FileStore) -> OrgError {
    OrgError(error, "The change could not be saved in \(store.path.escapedForDisplay)")
  }

  func explaining<Value>(_ body: () throws(SystemCallError) -> Value) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw Self.explained(error, store)
    }
  }

  // MARK: Taking in

  /// Brings journal and files to agree: what a crash left, what others committed, what other programs wrote.
  ///
  /// - Parameter isStarting: begin a journal where there is none.
  func synchronize(isStarting: Bool) throws(OrgError) -> SynchronizedState {
    try untilNotOvertaken { () throws(OrgError) in
      let synchronized = try synchronizeOnce(isStarting: isStarting)
      rememberPublished()
      return synchronized
    }
  }

  private func synchronizeOnce(isStarting: Bool) throws(OrgError) -> SynchronizedState {
    var journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    try explaining { () throws(SystemCallError) in
      try journal.refresh(stateDirectory.journal, repairing: true)
    }
    if let format = journal.newerFormat {
      throw OrgError(
        .readOnly,
        "The journal in \(store.path.escapedForDisplay) has the format \(format) of a newer orgman, so nothing was changed; use that version."
      )
    }
    store.memory.withLock { $0.journal = journal }
    try explaining { () throws(SystemCallError) in try sortStaged(journal.last?.record) }

    guard let last = journal.last else { return try begin(isStarting: isStarting) }
    let known = store.memory.withLock { $0.current }
    var live = store.contentsNow()
    if let known, known.generation == last.record.generation, isSame(live, known.contents) {
      return try finish(known.contents, last.record.generation)
    }
    if known?.generation != last.record.generation, let hashes = publishedHashes(of: live, last.record) {
      store.memory.withLock {
        $0.current = (last.record.generation, live)
        $0.hashes = hashes
      }
      return try finish(live, last.record.generation)
    }
    let current: FileContents
    if let known, known.generation == last.record.generation {
      current = known.contents
    } else if let known,
      let records = try? whole(journal.recent.filter { $0.record.generation > known.generation }),
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
    store.memory.withLock { $0.current = (last.record.generation, current) }
    // Only now does it matter what happened before.
    try explaining { () throws(SystemCallError) in try journal.recall(stateDirectory.journal) }
    store.memory.withLock { $0.journal = journal }
    // What couldn't be read just now may be what a crash left to be exchanged.
    live = waitForWriters(live)
    if try redo(last.record, current, live, journal) { live = waitForWriters(store.contentsNow()) }
    if !isSame(live, current) { try ingestExternalChanges(live, current, last.record.generation, journal) }
    guard let now = store.memory.withLock({ $0.current }) else {
      throw OrgError(.system, "The journal vanished.")
    }
    // What may not be taken in may not be written over either.
    if now.generation == last.record.generation, !isSame(live, now.contents) {
      return synchronized(now.contents, now.generation, live.problems)
    }
    return try finish(now.contents, now.generation)
  }

  /// What is left to do when files and journal agree.
  private func finish(_ contents: FileContents, _ generation: UInt64) throws(OrgError) -> SynchronizedState {
    // Later generations can't be rebuilt over a damaged line.
    if store.memory.withLock({ $0.journal?.damage.isEmpty }) == false {
      try explaining { () throws(SystemCallError) in try checkpoint(contents, generation: generation) }
    }
    return try mergeDisplaced(into: synchronized(contents, generation))
  }

  func synchronized(
    _ contents: FileContents, _ generation: UInt64, _ problems: [DataProblem] = []
  ) -> SynchronizedState {
    SynchronizedState(
      contents: contents, generation: generation, snapshot: store.snapshotNow(),
      problems: contents.problems + problems)
  }

  /// The hashes of both files, if they are those that a generation left.
  private func publishedHashes(of live: FileContents, _ record: JournalRecord) -> [String: RunningHash]? {
    guard !live.isUnreadable else { return nil }
    if let published = stateDirectory.published(record), store.isSeen(as: published.files) {
      let places = store.memory.withLock { $0.places }
      return places.flatMap { $0.hashes == published.hashes ? $0.running : nil } ?? [:]
    }
    var hashes: [String: RunningHash] = [:]
    for (file, bytes) in live.files {
      let hash = RunningHash(bytes)
      guard hash.text == record.files[file]?.sha256 else { return nil }
      hashes[file] = hash
    }
    return hashes
  }

  /// Begins a journal with the data as they are; or as this store saw them before they broke.
  private func begin(isStarting: Bool) throws(OrgError) -> SynchronizedState {
    let live = waitForWriters(store.contentsNow())
    var contents = live
    if let seen = store.memory.withLock({ $0.lastWhole }), live.looksWiped(since: seen) { contents = seen }
    guard contents.problems.isEmpty, isStarting || !isSame(contents, live) else {
      return synchronized(live, 0)
    }
    try explaining { () throws(SystemCallError) in try checkpoint(contents, generation: 0) }
    store.memory.withLock { $0.current = (0, contents) }
    return isSame(contents, live) ? synchronized(contents, 0) : try synchronizeOnce(isStarting: isStarting)
  }

  /// Goes on from the files where the journal is damaged, so that what it says can't be compared with them.
  private func beginAgain(_ live: FileContents, after generation: UInt64) throws(OrgError)
    -> SynchronizedState
  {
    var record = newRecord(try following(generation), .foreign, [])
    record.note = "the journal is damaged, so what changed can't be told; the files are taken as they are"
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in live.files {
        record.files[file] = JournalRecord.FileState(
          size: bytes.count, sha256: sha256(bytes), inode: directory.identity(of: file)?.inode)
      }
      try append(record)
      store.memory.withLock { $0.current = (record.generation, live) }
      try checkpoint(live, generation: record.generation)
    }
    return synchronized(live, record.generation)
  }

  /// Waits until nobody wrote while the files were read, which might be parts of two states, and until a broken file is
  /// at rest.
  private func waitForWriters(_ live: FileContents) -> FileContents {
    var live = live
    let start = clinux_monotonic_milliseconds()
    while true {
      let isBroken = !live.problems.isEmpty && store.isBeingWritten
      // A program that writes all the time doesn't keep what it wrote from being ingested.
      let patience: Int64 = isBroken ? 2000 : 50
      guard isBroken || !store.isAsRead, clinux_monotonic_milliseconds() - start < patience else {
        return live
      }
      usleep(isBroken ? 5000 : 500)
      live = store.contentsNow()
    }
  }

  /// Throws away the staged files that a crash left, but for those that the journal says are to be published.
  private func sortStaged(_ last: JournalRecord?) throws(SystemCallError) {
    for file in [OrganizationTable.file, MemberTable.file] {
      let name = DataDirectory.stagedName(file)
      guard let staged = try directory.inode(of: name, in: stateDirectory.space),
        staged != last?.files[file]?.inode
      else { continue }
      try directory.calls.remove(name, in: stateDirectory.space)
    }
  }

  /// Publishes what was committed but not exchanged before a crash: a file that still has what the newest
  /// generation was to replace, under another inode than the one that was to be published.
  private func redo(
    _ last: JournalRecord, _ current: FileContents, _ live: FileContents, _ journal: Journal
  ) throws(OrgError) -> Bool {
    let earlier = journal.recent.dropLast().last?.record.files
    var replacements: [Replacement] = []
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in live.files {
        guard let state = last.files[file], !haveSameBytes(bytes, current.bytes(of: file)),
          let hash = last.replaced?[file] ?? earlier?[file]?.sha256, sha256(bytes) == hash,
          try directory.inode(of: file, in: directory.root) != state.inode
        else { continue }
        let displaced = StateDirectory.displacedName(last.generation, hash, file)
        let quiescent = StateDirectory.displacedName(last.generation, hash, file, isQuiescent: true)
        if try directory.inode(of: quiescent, in: stateDirectory.displaced) != nil { continue }
        if let there = try directory.inode(of: displaced, in: stateDirectory.displaced) {
          // Once it was exchanged, what is in the file now came later.
          guard there == state.inode else { continue }
          replacements.append(
            Replacement(file: file, generation: last.generation, displacedHash: hash, isMoved: true))
        } else if try directory.inode(of: DataDirectory.stagedName(file), in: stateDirectory.space)
          == state.inode
        {
          replacements.append(Replacement(file: file, generation: last.generation, displacedHash: hash))
        } else {
          // Written later, it isn't what a crash left.
          guard let modified = directory.identity(of: file)?.modified, let time = Timestamp(last.time),
            Timestamp(sinceEpoch: modified) <= time
          else { continue }
          let staged = try stateDirectory.stage(current.bytes(of: file), for: file)
          replacements.append(
            Replacement(file: file, generation: last.generation, displacedHash: hash, staged: staged))
        }
      }
    }
    guard !replacements.isEmpty else { return false }
    let isPublished = try explaining { () throws(SystemCallError) in
      try publish(replacements, current, displacing: live)
    }
    guard isPublished else { throw overtaken() }
    return true
  }

  /// Takes in what another program wrote, as a generation of its own.
  private func ingestExternalChanges(
    _ found: FileContents, _ current: FileContents, _ generation: UInt64, _ journal: Journal
  ) throws(OrgError) {
    let isBroken = found.organizations.isBroken || found.members.isBroken
    // A record that breaks a rule is for people to mend: what it should be can't be guessed.
    guard isBroken || found.problems.isEmpty else { return }
    // What stands in a file's place but is none, or can't be read just now, isn't lost either.
    for (file, isReadable) in [
      (OrganizationTable.file, found.organizations.isReadable), (MemberTable.file, found.members.isReadable),
    ] where !isReadable {
      let inode = try explaining { () throws(SystemCallError) in
        try directory.inode(of: file, in: directory.root)
      }
      if inode != nil { return }
    }
    // Where the newest lines can't be read, nobody can say what the other program didn't know of.
    let result = Reconciliation(
      current: current, found: found, history: history(journal.isBlocked ? [] : journal.recent),
      unread: store.unreadFiles,
      written: found.files.reduce(into: [:]) { times, file in
        times[file.name] = directory.identity(of: file.name).map { Timestamp(sinceEpoch: $0.modified) }
      }, policy: store.externalDeletions)
    try checkHistory()
    var record = newRecord(try following(generation), result.isRepair ? .repair : .foreign, result.changes)
    record.actor = foreignActor(current, found) ?? record.actor
    record.reverted = result.reverted.isEmpty ? nil : result.reverted
    record.refused = result.refused.isEmpty ? nil : result.refused.map { JournalChange($0) }
    record.note = result.note
    try explaining { () throws(SystemCallError) in
      for file in result.quarantined.sorted() {
        try stateDirectory.quarantine(found.bytes(of: file), of: file, generation: record.generation)
      }
    }
    let splices = result.contents.splices(from: current)
    try write(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members,
      live: found)
    if result.isRepair, let note = result.note { store.memory.withLock { $0.repairs.append(note) } }
  }

  /// Who owns the file that was written to: as much as can be known of who wrote it.
  private func foreignActor(_ current: FileContents, _ found: FileContents) -> JournalRecord.JournalActor? {
    for (file, bytes) in found.files where !haveSameBytes(bytes, current.bytes(of: file)) {
      if let owner = owner(of: file, in: directory.root) { return owner }
    }
    return nil
  }

  func owner(of file: String, in place: borrowing Descriptor) -> JournalRecord.JournalActor? {
    guard let status = try? directory.calls.status(of: file, in: place) else { return nil }
    return JournalRecord.JournalActor(
      Actor(uid: status.st_uid, user: userName(status.st_uid), host: Actor.current().host), pid: 0)
  }
}

func isSame(_ left: FileContents, _ right: FileContents) -> Bool {
  haveSameBytes(left.organizations.bytes, right.organizations.bytes)
    && haveSameBytes(left.members.bytes, right.members.bytes) && !left.isUnreadable && !right.isUnreadable
}

extension JournalRecord.Kind {
  init(_ purpose: ChangeSet.Purpose) {
    switch purpose {
    case .edit: self = .edit
    case .undo: self = .undo
    case .redo: self = .redo
    }
  }
}
