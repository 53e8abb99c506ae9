import Glibc
import OrgCore
import SystemPackage

/// Merges changes that other programs made to files after these had been displaced, and removes displaced files that
/// can no longer be written to.
struct LateWrites {
  let displaced: DisplacedFiles
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let policy: ExternalDeletions

  private var directory: DataDirectory { stateDirectory.directory }

  /// Ingests changes made to files after they were displaced.
  ///
  /// - Parameters:
  ///   - contents: the data as of their newest generation.
  ///   - commit: commits a generation.
  /// - Returns: the resulting data and their generation.
  func merge(
    into contents: FileContents, _ generation: UInt64,
    committing commit: (NewGeneration) throws(OrgError) -> Void
  ) throws(OrgError) -> (contents: FileContents, generation: UInt64) {
    var newest = (contents: contents, generation: generation)
    let files = try directory.saving { () throws(SystemCallError) in try stateDirectory.displacedFiles() }
    let spares = Set(
      [OrganizationTable.file, MemberTable.file].compactMap {
        stateDirectory.spare(for: $0, among: files)?.name
      })
    var room = 0
    for file in files.reversed() {
      room +=
        (try? directory.calls.status(of: file.name, in: stateDirectory.displaced)).map { Int($0.st_size) }
        ?? 0
    }
    for file in files {
      guard let opened = try? directory.calls.open(file.name, in: stateDirectory.displaced, O_RDONLY) else {
        continue
      }
      let lease = directory.calls.takeLease(opened, file.name)
      // Another program is writing to it right now. It is checked again when that is done.
      if lease == false || lease == nil && directory.calls.isLocked(opened) { continue }
      defer { directory.calls.releaseLease(opened) }
      guard let status = try? directory.calls.status(opened, file.name) else { continue }
      let identity = FileIdentity(status)
      let age = Duration.sinceEpoch - identity.changed
      var isQuiescent = file.isQuiescent(identity)
      let isSpare = isQuiescent && spares.contains(file.name)
      if !isQuiescent { isQuiescent = displaced.quiescent.withLock { $0.contains(identity) } }
      if !isQuiescent {
        let bytes = try directory.saving { () throws(SystemCallError) in
          try stateDirectory.read(file.name, in: stateDirectory.displaced)
        }
        let hash = sha256(bytes)
        guard hash.hasPrefix(file.hash) else {
          let isFinished = lease == true
          let merged = try merge(bytes, file, into: newest, isFinished: isFinished, committing: commit)
          guard let merged else { continue }
          newest = merged
          try directory.saving { () throws(SystemCallError) in
            guard lease == true else {
              // More may follow. The current content is recorded in the name, so that only a later write counts.
              let known = StateDirectory.displacedName(file.generation, hash, file.file)
              return try directory.calls.rename(
                file.name, in: stateDirectory.displaced, to: known, in: stateDirectory.displaced)
            }
            try directory.calls.remove(file.name, in: stateDirectory.displaced)
          }
          if lease == true { room -= identity.size }
          continue
        }
        // A write within the same clock tick might go unnoticed.
        if age > Self.tick, age < Self.patience {
          do throws(SystemCallError) {
            try directory.calls.rename(
              file.name, in: stateDirectory.displaced, to: file.quiescentName(modified: identity.modified),
              in: stateDirectory.displaced)
          } catch {
            displaced.quiescent.withLock { _ = $0.insert(identity) }
          }
          continue
        }
      }
      // No program has the file open, and any that looked up its name before it was displaced has long since opened it.
      // If there is no way to tell whether one has, the file is kept longer, unless it takes up too much space.
      let isOver = lease == true ? age > Self.patience / 30 : age > Self.patience
      let isInTheWay = room > Self.displacedRoom && age > Self.patience / 10
      if isOver || isInTheWay || age < .zero && lease == true, !isSpare {
        try? directory.calls.remove(file.name, in: stateDirectory.displaced)
        displaced.quiescent.withLock { _ = $0.remove(identity) }
        room -= identity.size
      }
    }
    return newest
  }

  /// Two writes to a file within this time may look like one.
  private static let tick = Duration.milliseconds(50)

  /// How long another program may take between opening and closing a file, if leases can't tell.
  private static let patience = Duration.seconds(30)

  /// The total size in bytes that displaced files may have before the oldest ones are removed early.
  private static let displacedRoom = 1 << 30

  /// Ingests the changes to one displaced file; `nil` if this has to wait.
  ///
  /// - Parameter isFinished: whether it is certain that no program is still writing to it.
  private func merge(
    _ bytes: [UInt8], _ file: StateDirectory.Displaced,
    into newest: (contents: FileContents, generation: UInt64),
    isFinished: Bool, committing commit: (NewGeneration) throws(OrgError) -> Void
  ) throws(OrgError) -> (contents: FileContents, generation: UInt64)? {
    let isOrganizations = file.file == OrganizationTable.file
    let current = newest.contents
    let table = isOrganizations ? OrganizationTable(bytes) : current.organizations
    let found = FileContents(
      organizations: table,
      members: MemberTable(isOrganizations ? FileContents.empty.members.bytes : bytes, of: table))
    if !isFinished, found.organizations.isBroken || found.members.isBroken,
      isFresh(file.name)
    {
      return nil
    }
    let recent = try journal.recent(from: file.generation)
    let history = ReconciliationHistory(stateDirectory)
    let result = Reconciliation(
      current: current, found: found, history: history.steps(of: recent ?? []),
      displaced: Reconciliation.Displaced(
        file: file.file, generation: file.generation,
        written: (try? directory.calls.status(of: file.name, in: stateDirectory.displaced)).map {
          Timestamp(sinceEpoch: FileIdentity($0).modified)
        }), policy: policy)
    try history.check()
    if recent == nil || !result.quarantined.isEmpty || !found.problems.isEmpty {
      try directory.saving { () throws(SystemCallError) in
        try stateDirectory.quarantine(bytes, of: file.file, generation: file.generation)
      }
    }
    guard recent != nil, !isSame(result.contents, current) else { return newest }
    var record = JournalRecord.draft(try journal.following(newest.generation), .foreign, result.changes)
    record.actor = stateDirectory.owner(of: file.name, in: stateDirectory.displaced) ?? record.actor
    record.external.displaced = file.generation
    record.note = result.note
    let splices = result.contents.splices(from: current)
    try commit(
      NewGeneration(
        record, result.contents, after: current, organizations: splices.organizations,
        members: splices.members))
    return (result.contents, record.generation)
  }

  /// Whether a displaced file was written to within the last second.
  private func isFresh(_ name: String) -> Bool {
    guard let status = try? directory.calls.status(of: name, in: stateDirectory.displaced) else {
      return false
    }
    return (.zero..<Duration.seconds(1)).contains(.sinceEpoch - FileIdentity(status).modified)
  }
}
