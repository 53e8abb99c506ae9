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
    var told: UInt64?
    /// Bytes of a segment of the journal after which a new one begins.
    var segmentLimit = 2 << 20
    /// Displaced files that nobody has written to.
    var calm: Set<FileIdentity> = []
  }

  /// The data behind what was taken in.
  struct Settled {
    var contents: FileContents
    var generation: UInt64
    var snapshot: Snapshot
    /// What kept the files from being taken in.
    var problems: [DataProblem]
  }

  private let store: FileStore
  private let vault: Vault
  /// Held on the files as they are, from before they are read until after they are exchanged.
  private var leases: Leases
  /// Whether the files hold what they are assumed to, where that is being compared.
  private var assumption: Concurrent<Bool>?
  /// Why a line of the journal couldn't be read when it was asked for.
  private var unreadable: SystemCallError?
  /// How often another program that waits to write is let go first.
  private static let courtesies = 3

  init(_ store: FileStore) throws(OrgError) {
    self.store = store
    leases = Leases(store.directory)
    do {
      vault = try Vault(store.directory)
    } catch {
      throw Self.explained(error, store)
    }
    for watcher in store.watchers.withLock({ $0 }) { watcher.watcher?.watchDisplaced() }
  }

  private var directory: DataDirectory { store.directory }

  /// Whether the files hold what they are assumed to: waits until that was compared.
  private var isAsAssumed: Bool { assumption?.value ?? true }

  private static func explained(_ error: SystemCallError, _ store: FileStore) -> OrgError {
    switch error.errno {
    case .resourceBusy:
      OrgError(
        .readOnly,
        "\(error.subject) in \(store.path.escapedForDisplay) is mounted by itself and can't be replaced; mount its directory instead.",
        errno: error.errno.rawValue)
    default: OrgError(error, "The change could not be saved in \(store.path.escapedForDisplay)")
    }
  }

  private func explaining<Value>(_ body: () throws(SystemCallError) -> Value) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw Self.explained(error, store)
    }
  }

  // MARK: Committing

  /// Commits a change set on the data as they are now.
  ///
  /// The first attempt takes it that files which look as they were left hold what they held: whether they do is compared
  /// on another core while the new ones are being written, and the line of the journal waits for that.
  func commit(_ set: ChangeSet) throws(OrgError) -> Commit {
    var courtesies = Self.courtesies
    var isAssuming = true
    while true {
      let result: Result<Commit?, OrgError>
      do throws(OrgError) {
        result = .success(try commit(set, isAssuming: isAssuming, courtesies: &courtesies))
      } catch {
        result = .failure(error)
      }
      guard isAsAssumed else {
        isAssuming = false
        continue
      }
      if let commit = try result.get() { return commit }
    }
  }

  /// Commits a change set, unless another program is let go first.
  private func commit(
    _ set: ChangeSet, isAssuming: Bool, courtesies: inout Int
  ) throws(OrgError) -> Commit? {
    let settled = try settle(isStarting: true, isAssuming: isAssuming)
    let snapshot = settled.snapshot
    if let problem = settled.problems.first {
      throw OrgError(.damagedData, "Nothing is changed while the data are damaged. \(problem)")
    }
    // What somebody wrote behind what was taken in is found among the displaced files.
    let next: FileContents.Application
    let (recorded, effective): ([RecordedChange], [Change])
    if let reversal = try reversal(of: set, on: settled) {
      next = reversal
      (recorded, effective) = (next.contents.changes(replacing: settled.contents), set.changes)
    } else {
      let preview = Preview(
        of: set, on: Snapshot(generation: snapshot.generation, contents: settled.contents))
      try preview.check()
      guard !preview.edit.isEmpty else { return Commit(snapshot: snapshot, changes: []) }
      next = try settled.contents.applying(preview.edit)
      (recorded, effective) = (preview.recorded, preview.effective)
    }
    if let problem = next.contents.problems.first {
      throw OrgError(.invalidValue, "This change would damage the data, so it was not made. \(problem)")
    }
    // Whoever waits to write read the data before this change. Let go first, its write is simply taken in.
    if courtesies > 0, leases.areAwaited {
      courtesies -= 1
      leases = Leases()
      leases = Leases(directory)
      return nil
    }
    var record = newRecord(settled.generation + 1, JournalRecord.Kind(set.purpose), recorded)
    if case .undo(let generation) = set.purpose { record.of = generation }
    if case .redo(let generation) = set.purpose { record.of = generation }
    try write(
      record, next.contents, after: settled.contents, organizations: next.organizations,
      members: next.members)
    return Commit(snapshot: store.snapshotNow(), changes: effective)
  }

  private func newRecord(
    _ generation: UInt64, _ kind: JournalRecord.Kind, _ changes: [RecordedChange]
  ) -> JournalRecord {
    JournalRecord(
      generation: generation, previous: "", time: Timestamp.now().description, kind: kind,
      actor: JournalRecord.JournalActor(.current(), pid: getpid()),
      changes: changes.map { JournalChange($0) }, files: [:])
  }

  /// Writes the new files beside, then the line of the journal, which is the commit, then exchanges the files. Where
  /// the files don't hold what they are assumed to, nothing is changed.
  ///
  /// - Parameter live: what is in the files now, where that isn't what the journal has.
  private func write(
    _ draft: JournalRecord, _ next: FileContents, after current: FileContents, organizations: Splices,
    members: Splices, live: FileContents? = nil
  ) throws(OrgError) {
    var record = draft
    let splices = [OrganizationTable.file: organizations, MemberTable.file: members]
    var replacements: [Replacement] = []
    var described: [String: [JournalRecord.JournalSplice]] = [:]
    let (known, before) = store.memory.withLock { ($0, $0.journal?.last?.record.files) }
    var hashes = known.current.map { isSame($0.contents, current) } == true ? known.hashes : [:]
    let isCommitted = try explaining { () throws(SystemCallError) in
      for (file, bytes) in next.files {
        let old = current.bytes(of: file)
        if let made = splices[file], !made.isEmpty {
          described[file] = made.all.map { JournalRecord.JournalSplice($0, in: old) }
        }
        let found = live?.bytes(of: file) ?? old
        // Of long files, writing and hashing each take about as long.
        let hashing = Concurrent { [earlier = hashes[file]] in
          RunningHash(
            bytes, after: earlier, sharing: splices[file]?.all.first?.range.lowerBound ?? bytes.count)
        }
        defer { hashes[file] = hashing.value }
        guard !haveSameBytes(bytes, found) else {
          record.files[file] = JournalRecord.FileState(
            size: bytes.count, sha256: hashing.value.text, inode: directory.identity(of: file)?.inode)
          continue
        }
        let staged = try vault.stage(bytes, for: file)
        replacements.append(Replacement(file: file, lease: staged.lease))
        if live != nil, !haveSameBytes(found, old) {
          record.replaced = (record.replaced ?? [:]).merging([file: sha256(found)]) { _, new in new }
        }
        record.files[file] = JournalRecord.FileState(
          size: bytes.count, sha256: hashing.value.text, inode: staged.inode)
      }
      record.splices = described.isEmpty ? nil : described
      guard isAsAssumed else { return false }
      try append(record)
      return true
    }
    guard isCommitted else { return vault.discard(replacements.map(\.file)) }
    store.memory.withLock {
      $0.current = (record.generation, next)
      $0.hashes = hashes
    }
    do {
      let hashes = live == nil ? before?.mapValues(\.sha256) : record.replaced
      try publish(
        replacements, next, generation: record.generation, displacing: live ?? current, hashes: hashes ?? [:])
    } catch {
      throw OrgError(
        error,
        "The change is in the journal for good, but \(error.subject.escapedForDisplay) in \(store.path.escapedForDisplay) could not be replaced, so others see it only when the next change is made"
      )
    }
    try? checkpointIfDue(next)
  }

  private func append(_ record: JournalRecord) throws(SystemCallError) {
    var journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    var record = record
    record.previous = journal.last?.hash ?? ""
    try journal.append(record, to: directory, in: vault.journal)
    store.memory.withLock { $0.journal = journal }
  }

  /// A new file that is to take the place of the live one.
  private struct Replacement {
    var file: String
    /// Held on the new file since nobody could write to it, so that nothing is written to it unnoticed.
    var lease: Lease?
    /// Whether it has the displaced one's name already.
    var isMoved = false
  }

  /// Exchanges new files with the live ones.
  ///
  /// - Parameter hashes: those of the live files, where they are known.
  private func publish(
    _ replacements: [Replacement], _ contents: FileContents, generation: UInt64, displacing old: FileContents,
    hashes: [String: String] = [:]
  ) throws(SystemCallError) {
    guard !replacements.isEmpty else { return }
    try store.exchange(for: contents) { () throws(SystemCallError) in
      for replacement in replacements {
        let name = replacement.file
        let hash = hashes[name] ?? sha256(old.bytes(of: name))
        let displaced = Vault.displacedName(generation, hash, name)
        try directory.publish(
          name, from: vault.space, displacedAs: displaced, in: vault.displaced, isMoved: replacement.isMoved)
        // Another program may have put a file of its own there by a rename, which no lease holds up.
        let inode = (try? directory.inode(of: displaced, in: vault.displaced)) ?? nil
        if let held = leases[name], let inode, held.identity?.inode == inode, held.isUndisturbed {
          // While the lease is still held, so that whoever writes there later does so at a later time.
          try? directory.calls.rename(
            displaced, in: vault.displaced,
            to: Vault.displacedName(generation, hash, name, isCalm: true), in: vault.displaced)
        }
        leases[name] = replacement.lease
      }
      try directory.calls.sync(directory.root, directory.path)
    }
  }

  // MARK: Taking in

  /// Brings journal and files to agree: what a crash left, what others committed, what other programs wrote.
  ///
  /// - Parameters:
  ///   - isStarting: begin a journal where there is none.
  ///   - isAssuming: take it that files which look as they were left hold what they held, and compare them meanwhile: what
  ///     is made of it counts only if `isAsAssumed`.
  func settle(isStarting: Bool, isAssuming: Bool = false) throws(OrgError) -> Settled {
    assumption = nil
    var journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    try explaining { () throws(SystemCallError) in try journal.refresh(vault.journal, repairing: true) }
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
    if isAssuming, let known, known.generation == last.record.generation,
      let seen = store.contentsUnlessTouched(), isSame(seen, known.contents)
    {
      assumption = Concurrent { [store] in isSame(store.contentsNow(), seen) }
      return try finish(known.contents, last.record.generation)
    }
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
      let next = Vault.replay(
        records, on: Dictionary(known.contents.files.map { ($0.name, $0.bytes) }) { $1 },
        from: known.generation,
        to: last.record.generation)
    {
      current = next
    } else {
      do {
        current = try vault.rebuild(last.record.generation)
      } catch  where error.code == .damagedData && live.problems.isEmpty {
        return try beginAgain(live, after: last.record.generation)
      }
    }
    store.memory.withLock { $0.current = (last.record.generation, current) }
    // What couldn't be read just now may be what a crash left to be exchanged.
    live = waitForWriters(live)
    if try redo(last.record, current, live, journal) { live = waitForWriters(store.contentsNow()) }
    if !isSame(live, current) { try takeIn(live, current, last.record.generation, journal) }
    guard let now = store.memory.withLock({ $0.current }) else {
      throw OrgError(.system, "The journal vanished.")
    }
    // What may not be taken in may not be written over either.
    if now.generation == last.record.generation, !isSame(live, now.contents) {
      return settled(now.contents, now.generation, live.problems)
    }
    return try finish(now.contents, now.generation)
  }

  /// What is left to do when files and journal agree.
  private func finish(_ contents: FileContents, _ generation: UInt64) throws(OrgError) -> Settled {
    // Later generations can't be rebuilt over a damaged line.
    if store.memory.withLock({ $0.journal?.damage.isEmpty }) == false {
      try explaining { () throws(SystemCallError) in try checkpoint(contents, generation: generation) }
    }
    return try mergeDisplaced(into: settled(contents, generation))
  }

  private func settled(
    _ contents: FileContents, _ generation: UInt64, _ problems: [DataProblem] = []
  ) -> Settled {
    Settled(
      contents: contents, generation: generation, snapshot: store.snapshotNow(),
      problems: contents.problems + problems)
  }

  /// The hashes of both files, if they are those that a generation left.
  private func publishedHashes(of live: FileContents, _ record: JournalRecord) -> [String: RunningHash]? {
    guard !live.isUnreadable else { return nil }
    var hashes: [String: RunningHash] = [:]
    for (file, bytes) in live.files {
      let hash = RunningHash(bytes)
      guard hash.text == record.files[file]?.sha256 else { return nil }
      hashes[file] = hash
    }
    return hashes
  }

  /// Begins a journal with the data as they are; or as this store saw them before they broke.
  private func begin(isStarting: Bool) throws(OrgError) -> Settled {
    let live = waitForWriters(store.contentsNow())
    var contents = live
    if let seen = store.memory.withLock({ $0.lastWhole }), live.hasLosses(since: seen) { contents = seen }
    guard contents.problems.isEmpty, isStarting || !isSame(contents, live) else {
      return settled(live, 0)
    }
    try explaining { () throws(SystemCallError) in try checkpoint(contents, generation: 0) }
    store.memory.withLock { $0.current = (0, contents) }
    return isSame(contents, live) ? settled(contents, 0) : try settle(isStarting: isStarting)
  }

  /// Goes on from the files where the journal is damaged, so that what it says can't be compared with them.
  private func beginAgain(_ live: FileContents, after generation: UInt64) throws(OrgError) -> Settled {
    var record = newRecord(generation + 1, .foreign, [])
    record.note = "the journal is damaged, so what changed can't be told; the files are taken as they are"
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in live.files {
        record.files[file] = JournalRecord.FileState(
          size: bytes.count, sha256: sha256(bytes), inode: directory.identity(of: file)?.inode)
      }
      try append(record)
      store.memory.withLock { $0.current = (generation + 1, live) }
      try checkpoint(live, generation: generation + 1)
    }
    return settled(live, generation + 1)
  }

  /// Where nobody can be kept from writing by a lease, waits until a broken file is at rest.
  private func waitForWriters(_ live: FileContents) -> FileContents {
    var live = live
    let start = clinux_monotonic_milliseconds()
    while !live.problems.isEmpty, store.isBeingWritten, clinux_monotonic_milliseconds() - start < 2000 {
      usleep(5000)
      live = store.contentsNow()
    }
    return live
  }

  /// Throws away the staged files that a crash left, but for those that the journal says are to be published.
  private func sortStaged(_ last: JournalRecord?) throws(SystemCallError) {
    for file in [OrganizationTable.file, MemberTable.file] {
      let name = DataDirectory.stagedName(file)
      guard let staged = try directory.inode(of: name, in: vault.space), staged != last?.files[file]?.inode
      else { continue }
      try directory.calls.remove(name, in: vault.space)
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
          sha256(bytes) == last.replaced?[file] ?? earlier?[file]?.sha256,
          try directory.inode(of: file, in: directory.root) != state.inode
        else { continue }
        let displaced = Vault.displacedName(last.generation, sha256(bytes), file)
        let calm = Vault.displacedName(last.generation, sha256(bytes), file, isCalm: true)
        if try directory.inode(of: calm, in: vault.displaced) != nil { continue }
        if let there = try directory.inode(of: displaced, in: vault.displaced) {
          // Once it was exchanged, what is in the file now came later.
          guard there == state.inode else { continue }
          let lease = Lease(displaced, in: vault.displaced, directory.calls)
          replacements.append(Replacement(file: file, lease: lease, isMoved: true))
        } else if try directory.inode(of: DataDirectory.stagedName(file), in: vault.space) == state.inode {
          let lease = Lease(DataDirectory.stagedName(file), in: vault.space, directory.calls)
          replacements.append(Replacement(file: file, lease: lease))
        } else {
          // Written later, it isn't what a crash left.
          guard let modified = directory.identity(of: file)?.modified, let time = Timestamp(last.time),
            modified / 1000 <= time.microseconds
          else { continue }
          let staged = try vault.stage(current.bytes(of: file), for: file)
          replacements.append(Replacement(file: file, lease: staged.lease))
        }
      }
      try publish(replacements, current, generation: last.generation, displacing: live)
    }
    return !replacements.isEmpty
  }

  /// Takes in what another program wrote, as a generation of its own.
  private func takeIn(
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
      written: found.files.reduce(into: [:]) { times, file in
        times[file.name] = directory.identity(of: file.name).map {
          Timestamp(microseconds: $0.modified / 1000)
        }
      })
    try checkHistory()
    var record = newRecord(generation + 1, result.isRepair ? .repair : .foreign, result.changes)
    record.actor = foreignActor(current, found) ?? record.actor
    record.reverted = result.reverted.isEmpty ? nil : result.reverted
    record.note = result.note
    try explaining { () throws(SystemCallError) in
      for file in result.quarantined.sorted() {
        try vault.quarantine(found.bytes(of: file), of: file, generation: generation + 1)
      }
    }
    let splices = result.contents.splices(from: current)
    try write(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members,
      live: found)
  }

  /// Who owns the file that was written to: as much as can be known of who wrote it.
  private func foreignActor(_ current: FileContents, _ found: FileContents) -> JournalRecord.JournalActor? {
    for (file, bytes) in found.files where !haveSameBytes(bytes, current.bytes(of: file)) {
      if let owner = owner(of: file, in: directory.root) { return owner }
    }
    return nil
  }

  private func owner(of file: String, in place: borrowing Descriptor) -> JournalRecord.JournalActor? {
    guard let status = try? directory.calls.status(of: file, in: place) else { return nil }
    return JournalRecord.JournalActor(
      Actor(uid: status.st_uid, user: userName(status.st_uid), host: Actor.current().host), pid: 0)
  }

  // MARK: Keeping

  /// Puts the data back to what they were.
  func restore(to point: RestorePoint, isTrial: Bool) throws(OrgError) -> Restoration {
    let settled = try settle(isStarting: !isTrial)
    let target = try contents(at: point)
    if let problem = target.problems.first {
      throw OrgError(.damagedData, "That would put damaged data back, so nothing was changed. \(problem)")
    }
    // What is there now may break a rule: then the journal knows what it was before.
    let current = store.memory.withLock { $0.current?.contents } ?? settled.contents
    let live = store.contentsNow()
    let restoration = Restoration(from: current, to: target)
    guard !isTrial, !isSame(live, target) else { return restoration }
    if !isSame(live, current) {
      try explaining { () throws(SystemCallError) in
        for (file, bytes) in live.files where !haveSameBytes(bytes, current.bytes(of: file)) {
          try vault.quarantine(bytes, of: file, generation: settled.generation)
        }
      }
    }
    let splices = target.splices(from: current)
    try write(
      newRecord(settled.generation + 1, .restore, restoration.changes), target, after: current,
      organizations: splices.organizations, members: splices.members, live: live)
    return restoration
  }

  /// The bytes before a restore that is the newest generation, where a change set takes all of it back.
  private func reversal(
    of set: ChangeSet, on settled: Settled
  ) throws(OrgError) -> FileContents.Application? {
    guard set.purpose != .edit, let journal = store.memory.withLock({ $0.journal }) else { return nil }
    // What a restore and its undo did is only a few generations back.
    let lines = journal.recent.suffix(32)
    guard let newest = lines.last(where: { $0.record.kind != .checkpoint }),
      newest.record.generation == settled.generation,
      let record = try whole([newest]).first
    else { return nil }
    let entries = [record.entry].compactMap(\.self) + lines.reversed().compactMap(\.record.entry)
    guard set.takesBackRestore(entries) else { return nil }
    let before = lines.last { $0.record.generation < settled.generation }?.record.files
    return settled.contents.reverting(record, to: before)
  }

  private func contents(at point: RestorePoint) throws(OrgError) -> FileContents {
    switch point {
    case .backup(let backup): return backup.contents
    case .generation(let generation):
      let newest = store.memory.withLock { $0.journal?.last?.record.generation } ?? 0
      guard generation <= newest else {
        throw OrgError(.dataNotFound, "There is no generation \(generation); the newest is \(newest).")
      }
      return try rebuild(generation)
    case .time(let time):
      let records = try explaining { () throws(SystemCallError) in
        try Journal.everything(vault.journal, directory.calls).lines.map(\.record)
      }
      guard let record = records.last(where: { (Timestamp($0.time) ?? time) <= time }) else {
        throw OrgError(.dataNotFound, "The history doesn't reach back to \(time).")
      }
      return try rebuild(record.generation)
    }
  }

  /// The data as a generation left them, or why they can't be had.
  private func rebuild(_ generation: UInt64) throws(OrgError) -> FileContents {
    do {
      return try vault.rebuild(generation)
    } catch  where error.code == .damagedData {
      let lines = (try? Journal.everything(vault.journal, directory.calls).lines) ?? []
      guard let erasure = lines.last(where: { $0.record.kind == .erase })?.record.generation,
        generation < erasure
      else { throw error }
      throw OrgError(
        .dataNotFound,
        "Generation \(generation) can't be put back: generation \(erasure) erased something for good, and with it what the data were before."
      )
    }
  }

  /// Takes an organization or a user out of the data, and out of all that is kept of them.
  func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> Erasure {
    let settled = try settle(isStarting: !isTrial)
    if let problem = settled.problems.first {
      throw OrgError(.damagedData, "Nothing is erased while the data are damaged. \(problem)")
    }
    let set = ChangeSet(subject.removals(from: settled.contents), allowsOwnerless: allowingOwnerless)
    let preview = Preview(of: set, on: Snapshot(generation: 0, contents: settled.contents))
    try preview.check()
    var edit = preview.edit
    if case .organization(let id) = subject, settled.contents.members.strays[id] != nil {
      edit.removed.append(id)
    }
    let eraser = try explaining { () throws(SystemCallError) in try Eraser(subject, vault) }
    let survey = try explaining { () throws(SystemCallError) in try eraser.survey() }
    let erasure = Erasure(changes: preview.recorded, places: survey)
    guard !isTrial, !erasure.isEmpty || !edit.isEmpty else { return erasure }
    if !edit.isEmpty {
      let next = try settled.contents.applying(edit)
      if let problem = next.contents.problems.first {
        throw OrgError(.invalidValue, "This would damage the data, so nothing was erased. \(problem)")
      }
      // As any other change, so that whatever comes between can be put right.
      try write(
        newRecord(settled.generation + 1, .edit, preview.recorded), next.contents, after: settled.contents,
        organizations: next.organizations, members: next.members)
    }
    // What another program writes to a displaced file is taken in first.
    for _ in 0..<50 {
      _ = try settle(isStarting: true)
      if try explaining({ () throws(SystemCallError) in try eraser.removeDisplaced() }) { break }
      usleep(100_000)
    }
    try forget(eraser, lineCount: survey.lineCount)
    return Erasure(changes: preview.recorded, places: survey, remaining: eraser.remaining())
  }

  /// Writes the journal anew, without what is erased.
  private func forget(_ eraser: Eraser, lineCount: Int) throws(OrgError) {
    guard let last = store.memory.withLock({ $0.journal?.last }),
      let current = store.memory.withLock({ $0.current })
    else { throw OrgError(.system, "The journal vanished.") }
    let (generation, isTooLarge) = last.record.generation.addingReportingOverflow(1)
    guard !isTooLarge else { throw OrgError(.damagedData, "The journal has no number left.") }
    var record = newRecord(generation, .erase, [])
    (record.format, record.erased, record.head) = (JournalRecord.erasureFormat, lineCount, last.hash)
    record.files = last.record.files
    record.note = eraser.note
    var checkpoint = newRecord(generation, .checkpoint, [])
    checkpoint.files = last.record.files
    try explaining { () throws(SystemCallError) in
      try vault.writeCheckpoint(current.contents, generation: generation)
      try eraser.rewrite([record, checkpoint], after: last.hash)
    }
    store.memory.withLock {
      $0.journal = nil
      $0.current = (generation, current.contents)
      $0.lastWhole = current.contents
    }
  }

  /// Takes in what others wrote, clears away what a crash left, and adds the member lists that are missing.
  func tidy(addingLists: Bool) throws(OrgError) {
    let settled = try settle(isStarting: true)
    try explaining { () throws(SystemCallError) in
      try vault.removeDrafts(in: vault.checkpoints)
      try vault.removeDrafts(in: vault.quarantine)
    }
    guard addingLists, settled.problems.isEmpty else { return }
    let splices = settled.contents.members.splicesAddingLists(of: settled.contents.organizations)
    guard !splices.isEmpty else { return }
    let organizations = settled.contents.organizations
    let next = FileContents(
      organizations: organizations,
      members: MemberTable(splices.applied(to: settled.contents.members.bytes), of: organizations))
    var record = newRecord(settled.generation + 1, .repair, [])
    record.note = "the member lists that were missing are added"
    try write(record, next, after: settled.contents, organizations: Splices([]), members: splices)
  }

  // MARK: Displaced files

  /// Takes in what was written to files after they were displaced.
  private func mergeDisplaced(into settled: Settled) throws(OrgError) -> Settled {
    var settled = settled
    let files = try explaining { () throws(SystemCallError) in try vault.displacedFiles() }
    let spares = Set(
      [OrganizationTable.file, MemberTable.file].compactMap { vault.spare(for: $0, among: files)?.name })
    for (index, file) in files.enumerated() {
      guard let opened = try? directory.calls.open(file.name, in: vault.displaced, O_RDONLY) else { continue }
      // Somebody is writing there right now: the next one who holds the lock will see it.
      if directory.calls.takeLease(opened, file.name) == false { continue }
      defer { directory.calls.releaseLease(opened) }
      guard let status = try? directory.calls.status(opened, file.name) else { continue }
      let identity = FileIdentity(status)
      let age = Timestamp.now().microseconds * 1000 - identity.changed
      // A calm one can have been written to only after it got that name, and then at that time or later.
      var isCalm = file.isCalm && identity.modified < identity.changed
      let isSpare = isCalm && spares.contains(file.name)
      if !isCalm { isCalm = store.memory.withLock { $0.calm.contains(identity) } }
      if !isCalm {
        let bytes = try explaining { () throws(SystemCallError) in
          try vault.read(file.name, in: vault.displaced)
        }
        guard sha256(bytes).hasPrefix(file.hash) else {
          guard isAsAssumed else { return try settle(isStarting: true) }
          guard let merged = try merge(bytes, file, into: settled) else { continue }
          settled = merged
          try explaining { () throws(SystemCallError) in
            try directory.calls.remove(file.name, in: vault.displaced)
          }
          continue
        }
        // A write within the same tick of the clock could look as if there had been none.
        if age > 50_000_000 { store.memory.withLock { _ = $0.calm.insert(identity) } }
      }
      // Nobody has it open, and who looked the name up before it was displaced has long had the time to.
      let isSuperfluous = age > 1_000_000_000 && (file.isCalm || files.count - index > 16)
      if age > 10_000_000_000 || age < 0 || isSuperfluous, !isSpare {
        try? directory.calls.remove(file.name, in: vault.displaced)
        store.memory.withLock { _ = $0.calm.remove(identity) }
      }
    }
    return settled
  }

  /// Takes in what one displaced file was changed to; `nil` if that has to wait.
  private func merge(_ bytes: [UInt8], _ file: Vault.Displaced, into settled: Settled) throws(OrgError)
    -> Settled?
  {
    let isOrganizations = file.file == OrganizationTable.file
    let current = settled.contents
    let table = isOrganizations ? OrganizationTable(bytes) : current.organizations
    let found = FileContents(
      organizations: table,
      members: MemberTable(isOrganizations ? FileContents.empty.members.bytes : bytes, of: table))
    if found.organizations.isBroken || found.members.isBroken, store.isFresh(file.name, in: vault.displaced) {
      return nil
    }
    let recent = try recent(from: file.generation)
    let result = Reconciliation(
      current: current, found: found, history: history(recent ?? []),
      displaced: Reconciliation.Displaced(
        file: file.file, generation: file.generation,
        written: (try? directory.calls.status(of: file.name, in: vault.displaced)).map {
          Timestamp(microseconds: FileIdentity($0).modified / 1000)
        }))
    try checkHistory()
    if recent == nil || !result.quarantined.isEmpty || !found.problems.isEmpty {
      try explaining { () throws(SystemCallError) in
        try vault.quarantine(bytes, of: file.file, generation: file.generation)
      }
    }
    guard recent != nil, !isSame(result.contents, current) else { return settled }
    var record = newRecord(settled.generation + 1, .foreign, result.changes)
    record.actor = owner(of: file.name, in: vault.displaced) ?? record.actor
    record.displaced = file.generation
    record.note = result.note
    let splices = result.contents.splices(from: current)
    try write(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members)
    return self.settled(result.contents, record.generation)
  }

  // MARK: History

  /// The lines of the journal from a generation on; `nil` if it doesn't reach back there.
  private func recent(from generation: UInt64) throws(OrgError) -> [Journal.Recent]? {
    guard let journal = store.memory.withLock({ $0.journal }), !journal.isBlocked else { return nil }
    func reaches(_ lines: [Journal.Recent]) -> Bool {
      lines.contains { $0.record.generation == generation && $0.record.kind != .checkpoint }
    }
    if reaches(journal.recent) { return journal.recent }
    let everything = try explaining { () throws(SystemCallError) in
      try Journal.everything(vault.journal, directory.calls)
    }
    let lines = everything.lines.map { Journal.Recent($0.record) }
    return reaches(lines) ? lines : nil
  }

  /// All that lines of the journal say.
  private func whole(_ lines: [Journal.Recent]) throws(OrgError) -> [JournalRecord] {
    try explaining { () throws(SystemCallError) in
      var records: [JournalRecord] = []
      for line in lines { records.append(try line.whole(vault.journal, directory.calls)) }
      return records
    }
  }

  /// What happened, newest first, as far as it matters to what another program may not know of. What a long line says is
  /// read when somebody asks for it: `checkHistory` tells whether that failed.
  private func history(_ lines: [Journal.Recent]) -> [Reconciliation.Step] {
    lines.reversed().compactMap { line in
      let record = line.record
      let origin: Reconciliation.Step.Origin
      switch record.kind {
      case .edit, .undo, .redo, .restore: origin = .own
      case .foreign, .repair: origin = record.displaced == nil ? .foreign : .displaced
      case .checkpoint, .erase: return nil
      }
      return Reconciliation.Step(
        generation: record.generation, time: Timestamp(record.time) ?? Timestamp(microseconds: 0),
        origin: origin, touched: line.touched
      ) { [self] in
        do throws(SystemCallError) {
          return try line.whole(vault.journal, directory.calls).changes.compactMap(\.recorded)
        } catch {
          unreadable = error
          return []
        }
      }
    }
  }

  private func checkHistory() throws(OrgError) {
    guard let error = unreadable else { return }
    unreadable = nil
    throw Self.explained(error, store)
  }

  // MARK: Checkpoints

  /// Begins a new segment when the newest has grown long, so that recovery never has much to read.
  private func checkpointIfDue(_ contents: FileContents) throws(SystemCallError) {
    guard let journal = store.memory.withLock({ $0.journal }),
      journal.segmentLength > store.memory.withLock({ $0.segmentLimit }),
      let generation = journal.last?.record.generation
    else { return }
    try checkpoint(contents, generation: generation)
    // The first is where the history begins; those between it and the newest two cost more than they help.
    for old in try vault.checkpointGenerations().dropFirst().dropLast(2) {
      for file in contents.files {
        try directory.calls.remove(Vault.checkpointName(old, file.name), in: vault.checkpoints)
      }
    }
  }

  /// Begins a new segment of the journal, with a full copy of both files.
  private func checkpoint(_ contents: FileContents, generation: UInt64) throws(SystemCallError) {
    try vault.writeCheckpoint(contents, generation: generation)
    var record = newRecord(generation, .checkpoint, [])
    let last = store.memory.withLock { $0.journal?.last?.record }
    for (file, bytes) in contents.files {
      record.files[file] =
        last?.generation == generation
        ? last?.files[file]
        : JournalRecord.FileState(
          size: bytes.count, sha256: sha256(bytes), inode: directory.identity(of: file)?.inode)
    }
    try append(record)
  }
}

private func isSame(_ left: FileContents, _ right: FileContents) -> Bool {
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
