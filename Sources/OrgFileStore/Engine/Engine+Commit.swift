import CLinux
import Glibc
import OrgCore
import SystemPackage

/// How a change becomes durable. All that takes time is done before anybody is kept waiting: the new files are written
/// beside the live ones with no lease held. Then the leases are taken, it is checked that the live files are what was
/// read, the line goes into the journal, and the files are exchanged.
extension Engine {
  /// How long to wait for another program that is writing, in milliseconds.
  private static let patience: Int64 = 3000

  /// Does something again where the files were written to before it was committed, this time with leases from the start,
  /// so that a program that writes all the time can't keep it from being done.
  func untilNotOvertaken<Value>(_ body: () throws(OrgError) -> Value) throws(OrgError) -> Value {
    guard leases == nil else { return try body() }
    do throws(OrgError) {
      return try body()
    } catch {
      guard isOvertaken else { throw error }
      isOvertaken = false
    }
    leases = waitForLeases(on: [OrganizationTable.file, MemberTable.file])
    defer { leases = nil }
    return try body()
  }

  /// Says that the files were written to before something was committed.
  func overtaken() -> OrgError {
    isOvertaken = true
    return OrgError(
      .system,
      "Other programs write to the files in \(store.path.escapedForDisplay) all the time, so nothing was changed. Try again."
    )
  }

  /// Takes leases, after waiting for a while for whoever is writing. None is held meanwhile.
  private func waitForLeases(on files: [String]) -> Leases {
    let start = clinux_monotonic_milliseconds()
    while true {
      let isLast = clinux_monotonic_milliseconds() - start >= Self.patience
      if let leases = Leases(directory, on: files, isPartial: isLast) { return leases }
      usleep(1000)
    }
  }

  // MARK: Committing

  /// Commits a change set on the data as they are now.
  func commit(_ set: ChangeSet) throws(OrgError) -> Commit {
    yieldsRemaining = 3
    defer { yieldsRemaining = 0 }
    return try untilNotOvertaken { () throws(OrgError) in
      let commit = try commitOnce(set)
      rememberPublished()
      rememberPlaces()
      return commit
    }
  }

  private func commitOnce(_ set: ChangeSet) throws(OrgError) -> Commit {
    let yields = yieldsRemaining
    yieldsRemaining = 0
    let synchronized = try synchronize(isStarting: true)
    yieldsRemaining = yields
    let snapshot = synchronized.snapshot
    if let problem = synchronized.problems.first { throw problem.refusal }
    // What is written after what was ingested is found among the displaced files.
    let next: FileContents.Application
    let (recorded, effective): ([RecordedChange], [Change])
    if let reversal = try reversal(of: set, on: synchronized) {
      next = reversal
      (recorded, effective) = (next.contents.changes(replacing: synchronized.contents), set.changes)
    } else {
      let preview = Preview(
        of: set, on: Snapshot(generation: snapshot.generation, contents: synchronized.contents))
      try preview.check()
      guard !preview.edit.isEmpty else { return Commit(snapshot: snapshot, changes: []) }
      next = try synchronized.contents.applying(preview.edit)
      (recorded, effective) = (preview.recorded, preview.effective)
    }
    if let problem = next.contents.problems.first {
      throw OrgError(.invalidValue, "This change would damage the data, so it was not made. \(problem)")
    }
    var record = newRecord(
      try following(synchronized.generation), JournalRecord.Kind(set.purpose), recorded)
    if case .undo(let generation) = set.purpose { record.of = generation }
    if case .redo(let generation) = set.purpose { record.of = generation }
    try write(
      record, next.contents, after: synchronized.contents, organizations: next.organizations,
      members: next.members)
    return Commit(snapshot: store.snapshotNow(), changes: effective)
  }

  /// The number of the generation that follows another.
  func following(_ generation: UInt64) throws(OrgError) -> UInt64 {
    guard generation < JournalRecord.highestGeneration else {
      throw OrgError(
        .readOnly,
        "Nothing was changed: the journal in \(store.path.escapedForDisplay) has reached generation \(generation), and none can follow it. Move its .orgman away to begin a new history."
      )
    }
    return generation + 1
  }

  func newRecord(
    _ generation: UInt64, _ kind: JournalRecord.Kind, _ changes: [RecordedChange]
  ) -> JournalRecord {
    JournalRecord(
      generation: generation, previous: "", time: Timestamp.now().description, kind: kind,
      actor: JournalRecord.JournalActor(.current(), pid: getpid()),
      changes: changes.map { JournalChange($0) }, files: [:])
  }

  /// Writes the new files beside, then the line of the journal, which is the commit, then exchanges the files. Where
  /// the files don't hold any more what they are thought to, nothing is changed, and what is thrown is `overtaken`.
  ///
  /// - Parameter live: what is in the files now, where that isn't what the journal has.
  func write(
    _ draft: JournalRecord, _ next: FileContents, after current: FileContents, organizations: BytePatch,
    members: BytePatch, live: FileContents? = nil
  ) throws(OrgError) {
    var record = draft
    let splices = [OrganizationTable.file: organizations, MemberTable.file: members]
    var replacements: [Replacement] = []
    var described: [String: [JournalRecord.JournalByteEdit]] = [:]
    let (known, before) = store.memory.withLock { ($0, $0.journal?.last?.record.files) }
    var hashes = known.current.map { isSame($0.contents, current) } == true ? known.hashes : [:]
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in next.files {
        let old = current.bytes(of: file)
        if let made = splices[file], !made.isEmpty {
          described[file] = made.all.map { JournalRecord.JournalByteEdit($0, in: old) }
        }
        let found = live?.bytes(of: file) ?? old
        // A file that stays as it was has the hash that it had.
        if haveSameBytes(bytes, found), haveSameBytes(bytes, old), let state = before?[file] {
          record.files[file] = JournalRecord.FileState(
            size: state.size, sha256: state.sha256, inode: directory.identity(of: file)?.inode)
          continue
        }
        // Of long files, writing and hashing each take about as long.
        let hashing = BackgroundTask { [earlier = hashes[file]] in
          RunningHash(
            bytes, after: earlier, sharing: splices[file]?.all.first?.range.lowerBound ?? bytes.count)
        }
        defer { hashes[file] = hashing.value }
        guard !haveSameBytes(bytes, found) else {
          record.files[file] = JournalRecord.FileState(
            size: bytes.count, sha256: hashing.value.text, inode: directory.identity(of: file)?.inode)
          continue
        }
        let staged = try stateDirectory.stage(bytes, for: file)
        if live != nil, !haveSameBytes(found, old) {
          record.replaced = (record.replaced ?? [:]).merging([file: sha256(found)]) { _, new in new }
        }
        replacements.append(
          Replacement(
            file: file, generation: record.generation,
            displacedHash: record.replaced?[file] ?? before?[file]?.sha256 ?? sha256(found), staged: staged))
        record.files[file] = JournalRecord.FileState(
          size: bytes.count, sha256: hashing.value.text, inode: staged.inode)
      }
    }
    record.splices = described.isEmpty ? nil : described
    // What is committed must be published: what keeps files from being replaced is found before.
    if !replacements.isEmpty, let obstacle = directory.obstacle {
      stateDirectory.discard(replacements.map(\.file))
      throw obstacle.error
    }
    var isCommitted = false
    let isPublished: Bool
    do {
      isPublished = try publish(replacements, next, displacing: live ?? current) {
        () throws(SystemCallError) in
        try append(record)
        isCommitted = true
        store.memory.withLock {
          $0.current = (record.generation, next)
          $0.hashes = hashes
        }
      }
    } catch {
      guard isCommitted else {
        stateDirectory.discard(replacements.map(\.file))
        throw Self.explained(error, store)
      }
      let isNew = replacements.map { directory.identity(of: $0.file)?.inode == record.files[$0.file]?.inode }
      throw OrgError(error, consequence(isNew))
    }
    guard isPublished else {
      stateDirectory.discard(replacements.map(\.file))
      throw overtaken()
    }
    try? checkpointIfDue(next)
    updateIndexIfDue()
  }

  /// Brings the index of the journal up to date from time to time. It is made from the journal, so nothing depends on
  /// whether that works.
  private func updateIndexIfDue() {
    guard store.memory.withLock({ $0.journal?.isIndexDue }) == true else { return }
    store.memory.withLock { $0.journal?.noteIndexed() }
    JournalIndexer(directory)?.update(limit: JournalIndexer.limitForChanges)
  }

  /// What became of a change that is in the journal, when something went wrong after that.
  ///
  /// - Parameter isNew: for each file that was to be replaced, whether it was.
  private func consequence(_ isNew: [Bool]) -> String {
    let saved = "The change is saved in the journal of \(store.path.escapedForDisplay)"
    if isNew.allSatisfy(\.self) {
      return "\(saved) and in the files, but it isn't certain that the files would outlast a power failure"
    }
    let state = isNew.contains(true) ? "only one file could be replaced" : "the files could not be replaced"
    return "\(saved), but \(state); orgman does that when it opens them the next time"
  }

  func append(_ record: JournalRecord) throws(SystemCallError) {
    var journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    var record = record
    record.previous = journal.last?.hash ?? ""
    try journal.append(record, to: directory, in: stateDirectory.journal)
    store.memory.withLock { $0.journal = journal }
  }

  // MARK: Publishing

  /// A new file that is to take the place of the live one.
  struct Replacement {
    var file: String
    /// The generation that does it.
    var generation: UInt64
    /// The hash of what is displaced.
    var displacedHash: String
    /// What the new file is like, where it was written just now.
    var staged: FileIdentity?
    /// Whether it has the displaced one's name already.
    var isMoved = false

    var displacedName: String { StateDirectory.displacedName(generation, displacedHash, file) }
    var quiescentName: String {
      StateDirectory.displacedName(generation, displacedHash, file, isQuiescent: true)
    }
  }

  /// Exchanges new files with the live ones: the only time at which another program may have to wait for this one.
  ///
  /// - Parameters:
  ///   - contents: what the files hold then.
  ///   - old: what they are thought to hold now.
  ///   - commit: what has to be done before, once nothing else can go wrong with the files.
  /// - Returns: false if nothing was done, as the files hold something else, or another program goes first.
  func publish(
    _ replacements: [Replacement], _ contents: FileContents, displacing old: FileContents,
    commit: () throws(SystemCallError) -> Void = {}
  ) throws(SystemCallError) -> Bool {
    guard !replacements.isEmpty else {
      try commit()
      return true
    }
    // With leases from the start, whatever comes in between is found in the displaced file.
    let isInsisting = leases != nil
    let seen = isInsisting ? nil : store.sight(of: old)
    guard isInsisting || seen != nil else { return false }
    let start = clinux_monotonic_milliseconds()
    var isPublished: Bool?
    while isPublished == nil {
      let isLast = isInsisting || clinux_monotonic_milliseconds() - start >= Self.patience
      isPublished = try store.exchange(for: contents, staged: replacements.map { ($0.file, $0.staged) }) {
        () throws(SystemCallError) in
        let files = replacements.map(\.file)
        guard var held = leases ?? Leases(directory, on: files, isPartial: isLast) else { return nil }
        guard seen.map(store.isStill) ?? true else { return false }
        // Another program that waits to write read the data before this change. Where it goes first, its write is simply
        // ingested.
        if !isInsisting, yieldsRemaining > 0, held.areAwaited {
          yieldsRemaining -= 1
          return false
        }
        try commit()
        try exchange(replacements)
        for replacement in replacements {
          renameIfQuiescent(replacement, held[replacement.file])
          held[replacement.file] = nil
          leases?[replacement.file] = nil
        }
        return true
      }
      if isPublished == nil { usleep(1000) }
    }
    guard isPublished == true else { return false }
    rememberPublished()
    try directory.calls.sync(directory.root, directory.path)
    return true
  }

  private func exchange(_ replacements: [Replacement]) throws(SystemCallError) {
    var done: [DataDirectory.Publication] = []
    do throws(SystemCallError) {
      for replacement in replacements {
        done.append(
          try directory.publish(
            replacement.file, from: stateDirectory.space, displacedAs: replacement.displacedName,
            in: stateDirectory.displaced, isMoved: replacement.isMoved))
      }
    } catch {
      // Not one file new and the other old: whoever opens them next publishes both.
      for (replacement, publication) in zip(replacements, done).reversed() {
        try? directory.retract(
          replacement.file, publication, displacedAs: replacement.displacedName, in: stateDirectory.displaced)
      }
      try? directory.calls.sync(directory.root, directory.path)
      throw error
    }
  }

  /// Gives a displaced file the name of one that nobody wrote to, where that is so.
  private func renameIfQuiescent(_ replacement: Replacement, _ lease: Lease?) {
    let displaced = replacement.displacedName
    // Another program may have put a file of its own there by a rename, which no lease holds up.
    let inode = (try? directory.inode(of: displaced, in: stateDirectory.displaced)) ?? nil
    guard let lease, let inode, lease.identity?.inode == inode, lease.isUndisturbed else { return }
    // While the lease is still held, so that whoever writes there later does so at a later time.
    try? directory.calls.rename(
      displaced, in: stateDirectory.displaced, to: replacement.quiescentName, in: stateDirectory.displaced)
  }

  /// Takes note of what the files are like that the newest generation published, so that the next program needn't hash
  /// them to know what they hold.
  func rememberPublished() {
    guard let current = store.memory.withLock({ $0.current }),
      let last = store.memory.withLock({ $0.journal?.last?.record }), last.generation == current.generation,
      let seen = store.sight(of: current.contents, isWaiting: false), let files = seen.files
    else { return }
    let published = Published(generation: last.generation, time: seen.time, files: files, of: last)
    guard let published, published != store.memory.withLock({ $0.published }) else { return }
    guard (try? stateDirectory.write(published)) != nil else { return }
    store.memory.withLock { $0.published = published }
  }

  /// Saves the offsets of the records in the files that the newest generation published, if the next process is likely to
  /// need them before this one would save them again.
  private func rememberPlaces() {
    let (current, published, known, running) = store.memory.withLock {
      ($0.current, $0.published, $0.places, $0.hashes)
    }
    guard store.isShortLived, let current, let published, published.generation == current.generation,
      published.hashes != known?.hashes,
      let places = Places(current.contents, hashes: published.hashes, running: running),
      (try? stateDirectory.write(places)) != nil
    else { return }
    store.memory.withLock { $0.places = (published.hashes, running) }
  }
}
