import Glibc
import OrgCore
import SystemPackage

/// Makes a generation of what another program wrote to the live files.
struct Ingestion {
  let files: DataFiles
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let policy: ExternalDeletions

  private var directory: DataDirectory { stateDirectory.directory }

  /// What another program wrote, as a generation of its own; `nil` where it may not be ingested, or is none.
  func generation(
    of found: FileContents, _ current: FileContents, _ generation: UInt64, _ known: Journal
  ) throws(OrgError) -> NewGeneration? {
    let isBroken = found.organizations.isBroken || found.members.isBroken
    // A record that breaks a rule is for people to repair: what it should be can't be guessed.
    guard isBroken || found.problems.isEmpty else { return nil }
    // What is in a file's place but is none, or can't be read just now, isn't lost either.
    for (file, isReadable) in [
      (OrganizationTable.file, found.organizations.isReadable), (MemberTable.file, found.members.isReadable),
    ] where !isReadable {
      let inode = try directory.saving { () throws(SystemCallError) in
        try directory.inode(of: file, in: directory.root)
      }
      if inode != nil { return nil }
    }
    // Where the newest lines can't be read, nobody can say what the other program didn't know of.
    let result = try reconcile(found, with: current, written: found, known, unread: files.unreadFiles)
    var record = JournalRecord.draft(
      try journal.following(generation), result.isRepair ? .repair : .foreign, result.changes)
    record.actor = foreignActor(current, found) ?? record.actor
    record.reverted = result.reverted.isEmpty ? nil : result.reverted
    record.refused = result.refused.isEmpty ? nil : result.refused.map { ChangeRecord($0) }
    record.note = result.note
    try directory.saving { () throws(SystemCallError) in
      for file in result.quarantined.sorted() {
        try stateDirectory.quarantine(found.bytes(of: file), of: file, generation: record.generation)
      }
    }
    let splices = result.contents.splices(from: current)
    return NewGeneration(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members,
      live: found)
  }

  /// What is made of files beside the data as the journal has them.
  ///
  /// - Parameters:
  ///   - live: the files as they are now.
  ///   - unread: see `Reconciliation`.
  func reconcile(
    _ found: FileContents, with current: FileContents, written live: FileContents, _ known: Journal,
    unread: Set<String> = []
  ) throws(OrgError) -> Reconciliation {
    let history = ReconciliationHistory(stateDirectory)
    let result = Reconciliation(
      current: current, found: found, history: history.steps(of: known.isBlocked ? [] : known.recent),
      unread: unread,
      written: live.files.reduce(into: [:]) { times, file in
        times[file.name] = directory.identity(of: file.name).map { Timestamp(sinceEpoch: $0.modified) }
      }, policy: policy)
    try history.check()
    return result
  }

  /// Who owns the file that was written to: as much as can be known of who wrote it.
  private func foreignActor(_ current: FileContents, _ found: FileContents) -> JournalRecord.JournalActor? {
    for (file, bytes) in found.files where !haveSameBytes(bytes, current.bytes(of: file)) {
      if let owner = stateDirectory.owner(of: file, in: directory.root) { return owner }
    }
    return nil
  }
}

extension StateDirectory {
  /// Who owns a file, as the actor of what another program wrote there.
  func owner(of file: String, in place: borrowing Descriptor) -> JournalRecord.JournalActor? {
    guard let status = try? calls.status(of: file, in: place) else { return nil }
    return JournalRecord.JournalActor(
      Actor(uid: status.st_uid, user: userName(status.st_uid), host: Actor.current().host), pid: 0)
  }
}

func isSame(_ left: FileContents, _ right: FileContents) -> Bool {
  haveSameBytes(left.organizations.bytes, right.organizations.bytes)
    && left.members.text.isSame(as: right.members.text) && !left.isUnreadable && !right.isUnreadable
}
