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
    /// What the files were like when they were published last, as far as it was written down.
    var published: Published?
    /// The hashes of the files about which it is written down where their records stand, and what these were on the way.
    var places: (hashes: [String: String], running: [String: RunningHash])?
  }

  /// The data behind what was taken in.
  struct Settled {
    var contents: FileContents
    var generation: UInt64
    var snapshot: Snapshot
    /// What kept the files from being taken in.
    var problems: [DataProblem]
  }

  let store: FileStore
  let vault: Vault
  /// Held on the files from before they are read, where they were written to again and again before a change was
  /// committed; otherwise there are none but for the moment of an exchange.
  var leases: Leases?
  /// Whether what was thrown last says that the files were written to before a change was committed.
  var isOvertaken = false
  /// How many more times another program that waits to write goes first.
  var yieldsRemaining = 0
  /// Why a line of the journal couldn't be read when it was asked for.
  private var unreadable: SystemCallError?

  init(_ store: FileStore) throws(OrgError) {
    self.store = store
    do {
      vault = try Vault(store.directory)
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
  func settle(isStarting: Bool) throws(OrgError) -> Settled {
    try untilNotOvertaken { () throws(OrgError) in
      let settled = try settleOnce(isStarting: isStarting)
      rememberPublished()
      return settled
    }
  }

  private func settleOnce(isStarting: Bool) throws(OrgError) -> Settled {
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
    // Only now does it matter what happened before.
    try explaining { () throws(SystemCallError) in try journal.recall(vault.journal) }
    store.memory.withLock { $0.journal = journal }
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
    if let published = vault.published(record), store.isSeen(as: published.files) {
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
  private func begin(isStarting: Bool) throws(OrgError) -> Settled {
    let live = waitForWriters(store.contentsNow())
    var contents = live
    if let seen = store.memory.withLock({ $0.lastWhole }), live.looksWiped(since: seen) { contents = seen }
    guard contents.problems.isEmpty, isStarting || !isSame(contents, live) else {
      return settled(live, 0)
    }
    try explaining { () throws(SystemCallError) in try checkpoint(contents, generation: 0) }
    store.memory.withLock { $0.current = (0, contents) }
    return isSame(contents, live) ? settled(contents, 0) : try settleOnce(isStarting: isStarting)
  }

  /// Goes on from the files where the journal is damaged, so that what it says can't be compared with them.
  private func beginAgain(_ live: FileContents, after generation: UInt64) throws(OrgError) -> Settled {
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
    return settled(live, record.generation)
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
          let hash = last.replaced?[file] ?? earlier?[file]?.sha256, sha256(bytes) == hash,
          try directory.inode(of: file, in: directory.root) != state.inode
        else { continue }
        let displaced = Vault.displacedName(last.generation, hash, file)
        let calm = Vault.displacedName(last.generation, hash, file, isCalm: true)
        if try directory.inode(of: calm, in: vault.displaced) != nil { continue }
        if let there = try directory.inode(of: displaced, in: vault.displaced) {
          // Once it was exchanged, what is in the file now came later.
          guard there == state.inode else { continue }
          replacements.append(
            Replacement(file: file, generation: last.generation, displacedHash: hash, isMoved: true))
        } else if try directory.inode(of: DataDirectory.stagedName(file), in: vault.space) == state.inode {
          replacements.append(Replacement(file: file, generation: last.generation, displacedHash: hash))
        } else {
          // Written later, it isn't what a crash left.
          guard let modified = directory.identity(of: file)?.modified, let time = Timestamp(last.time),
            Timestamp(sinceEpoch: modified) <= time
          else { continue }
          let staged = try vault.stage(current.bytes(of: file), for: file)
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
        try vault.quarantine(found.bytes(of: file), of: file, generation: record.generation)
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

  /// Makes the repairs that somebody agreed to, in a generation of its own, and keeps the bytes that were there.
  func repair(_ remedies: Set<Finding.Remedy>) throws(OrgError) {
    guard remedies.contains(where: \.isOfRecords) else { return }
    let settled = try settle(isStarting: true)
    let live = settled.problems.isEmpty ? settled.contents : store.contentsNow()
    // Text that is broken is put back from the history, not repaired.
    guard !live.organizations.isBroken, !live.members.isBroken else { return }
    let known = store.memory.withLock { $0.current?.contents }
    let plan = RepairPlan(live, known: known)
    let repaired = plan.applied(to: live) { remedies.contains($0.remedy) }
    guard !isSame(repaired, live) else { return }
    if let problem = repaired.problems.first {
      throw OrgError(
        .damagedData, "The service couldn't load the files even so, so nothing was repaired. \(problem).")
    }
    if known == nil {
      try explaining { () throws(SystemCallError) in try checkpoint(live, generation: 0) }
      store.memory.withLock { $0.current = (0, live) }
    }
    let current = known ?? live
    let generation = try following(settled.generation)
    let journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    // What other programs wrote beside it is taken in as ever.
    let result = Reconciliation(
      current: current, found: repaired, history: history(journal.isBlocked ? [] : journal.recent),
      written: live.files.reduce(into: [:]) { times, file in
        times[file.name] = directory.identity(of: file.name).map { Timestamp(sinceEpoch: $0.modified) }
      }, policy: store.externalDeletions)
    try checkHistory()
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in live.files where !haveSameBytes(bytes, repaired.bytes(of: file)) {
        try vault.quarantine(bytes, of: file, generation: generation)
      }
    }
    var record = newRecord(generation, .repair, result.changes)
    let count = plan.items.count { remedies.contains($0.remedy) }
    record.note = "\(count) value\(count == 1 ? "" : "s") repaired; the bytes from before are kept"
    let splices = result.contents.splices(from: current)
    try write(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members,
      live: isSame(live, current) ? nil : live)
  }

  /// Takes in what others wrote, clears away what a crash left, and adds the member lists that are missing.
  func tidy(addingLists: Bool) throws(OrgError) {
    try untilNotOvertaken { () throws(OrgError) in try tidyOnce(addingLists: addingLists) }
  }

  private func tidyOnce(addingLists: Bool) throws(OrgError) {
    let settled = try settle(isStarting: true)
    try explaining { () throws(SystemCallError) in
      try vault.completePruning()
      try vault.compressSegments()
      try vault.removeDrafts(in: vault.journal)
      try vault.removeDrafts(in: vault.checkpoints)
      try vault.removeDrafts(in: vault.quarantine)
      try vault.removeDrafts(in: vault.space)
    }
    guard addingLists, settled.problems.isEmpty else { return }
    let splices = settled.contents.members.splicesAddingLists(of: settled.contents.organizations)
    guard !splices.isEmpty else { return }
    let organizations = settled.contents.organizations
    let next = FileContents(
      organizations: organizations,
      members: MemberTable(splices.applied(to: settled.contents.members.bytes), of: organizations))
    var record = newRecord(try following(settled.generation), .repair, [])
    record.note = "the member lists that were missing are added"
    try write(record, next, after: settled.contents, organizations: Splices([]), members: splices)
  }

  // MARK: Displaced files

  /// Ingests what was written to files after they were displaced.
  private func mergeDisplaced(into settled: Settled) throws(OrgError) -> Settled {
    var settled = settled
    let files = try explaining { () throws(SystemCallError) in try vault.displacedFiles() }
    let spares = Set(
      [OrganizationTable.file, MemberTable.file].compactMap { vault.spare(for: $0, among: files)?.name })
    var room = 0
    for file in files.reversed() {
      room += (try? directory.calls.status(of: file.name, in: vault.displaced)).map { Int($0.st_size) } ?? 0
    }
    for file in files {
      guard let opened = try? directory.calls.open(file.name, in: vault.displaced, O_RDONLY) else { continue }
      let lease = directory.calls.takeLease(opened, file.name)
      // Another program is writing there right now: it is looked at again when that is done.
      if lease == false || lease == nil && directory.calls.isLocked(opened) { continue }
      defer { directory.calls.releaseLease(opened) }
      guard let status = try? directory.calls.status(opened, file.name) else { continue }
      let identity = FileIdentity(status)
      let age = Duration.sinceEpoch - identity.changed
      var isCalm = file.isCalm(identity)
      let isSpare = isCalm && spares.contains(file.name)
      if !isCalm { isCalm = store.memory.withLock { $0.calm.contains(identity) } }
      if !isCalm {
        let bytes = try explaining { () throws(SystemCallError) in
          try vault.read(file.name, in: vault.displaced)
        }
        guard sha256(bytes).hasPrefix(file.hash) else {
          guard let merged = try merge(bytes, file, into: settled, isFinished: lease == true) else {
            continue
          }
          settled = merged
          try explaining { () throws(SystemCallError) in
            try directory.calls.remove(file.name, in: vault.displaced)
          }
          room -= identity.size
          continue
        }
        // A write within the same tick of the clock could look as if there had been none.
        if age > Self.tick, age < Self.patience {
          do throws(SystemCallError) {
            try directory.calls.rename(
              file.name, in: vault.displaced, to: file.calmName(modified: identity.modified),
              in: vault.displaced)
          } catch {
            store.memory.withLock { _ = $0.calm.insert(identity) }
          }
          continue
        }
      }
      // No program has it open, and one that looked the name up before it was displaced has long opened it. Where
      // nobody can tell whether one has, it is kept for longer, unless it takes too much room.
      let isOver = lease == true ? age > Self.patience / 30 : age > Self.patience
      let isInTheWay = room > Self.displacedRoom && age > Self.patience / 10
      if isOver || isInTheWay || age < .zero && lease == true, !isSpare {
        try? directory.calls.remove(file.name, in: vault.displaced)
        store.memory.withLock { _ = $0.calm.remove(identity) }
        room -= identity.size
      }
    }
    return settled
  }

  /// A file that is written twice within this time may look as if it had been written once.
  private static let tick = Duration.milliseconds(50)
  /// What another program may take between opening a file and closing it, where leases don't tell.
  private static let patience = Duration.seconds(30)
  /// Bytes that displaced files may have together before the oldest are removed early.
  private static let displacedRoom = 1 << 30

  /// Takes in what one displaced file was changed to; `nil` if that has to wait.
  ///
  /// - Parameter isFinished: whether no program is still writing there, for sure.
  private func merge(
    _ bytes: [UInt8], _ file: Vault.Displaced, into settled: Settled, isFinished: Bool
  ) throws(OrgError) -> Settled? {
    let isOrganizations = file.file == OrganizationTable.file
    let current = settled.contents
    let table = isOrganizations ? OrganizationTable(bytes) : current.organizations
    let found = FileContents(
      organizations: table,
      members: MemberTable(isOrganizations ? FileContents.empty.members.bytes : bytes, of: table))
    if !isFinished, found.organizations.isBroken || found.members.isBroken,
      store.isFresh(file.name, in: vault.displaced)
    {
      return nil
    }
    let recent = try recent(from: file.generation)
    let result = Reconciliation(
      current: current, found: found, history: history(recent ?? []),
      displaced: Reconciliation.Displaced(
        file: file.file, generation: file.generation,
        written: (try? directory.calls.status(of: file.name, in: vault.displaced)).map {
          Timestamp(sinceEpoch: FileIdentity($0).modified)
        }), policy: store.externalDeletions)
    try checkHistory()
    if recent == nil || !result.quarantined.isEmpty || !found.problems.isEmpty {
      try explaining { () throws(SystemCallError) in
        try vault.quarantine(bytes, of: file.file, generation: file.generation)
      }
    }
    guard recent != nil, !isSame(result.contents, current) else { return settled }
    var record = newRecord(try following(settled.generation), .foreign, result.changes)
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
    guard var journal = store.memory.withLock({ $0.journal }), !journal.isBlocked else { return nil }
    func reaches(_ lines: [Journal.Recent]) -> Bool {
      lines.contains { $0.record.generation == generation && $0.record.kind != .checkpoint }
    }
    // Not only what came after that generation counts: the other program may have read the file long before.
    try explaining { () throws(SystemCallError) in try journal.recall(vault.journal) }
    store.memory.withLock { $0.journal = journal }
    if reaches(journal.recent) { return journal.recent }
    let lines = try explaining { () throws(SystemCallError) in
      try Journal.lines(from: generation, isBefore: true, vault.journal, directory.calls)
    }.map { Journal.Recent($0) }
    return reaches(lines) ? lines : nil
  }

  /// All that lines of the journal say.
  func whole(_ lines: [Journal.Recent]) throws(OrgError) -> [JournalRecord] {
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
  func checkpointIfDue(_ contents: FileContents) throws(SystemCallError) {
    guard let journal = store.memory.withLock({ $0.journal }),
      journal.segmentLength > store.memory.withLock({ $0.segmentLimit }),
      let generation = journal.last?.record.generation
    else { return }
    try checkpoint(contents, generation: generation)
    try vault.completePruning()
    // The first is where the history begins; those between it and the newest two cost more than they help.
    for old in try vault.checkpointGenerations().dropFirst().dropLast(2) {
      for file in contents.files {
        try directory.calls.remove(Vault.checkpointName(old, file.name), in: vault.checkpoints)
      }
    }
    removeExpiredHistory()
    try vault.compressSegments(limit: Vault.compressionLimitForChanges)
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
