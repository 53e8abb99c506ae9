import Glibc
import OrgCore
import SystemPackage

/// Turns the changes that another program made to the live files into a generation.
struct Ingestion {
  let files: DataFiles
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let policy: ExternalDeletions

  private var directory: DataDirectory { stateDirectory.directory }

  /// The generation for the changes of another program; `nil` if they can't be ingested or there are none.
  func generation(
    of found: FileContents, _ current: FileContents, _ generation: UInt64, _ known: Journal
  ) throws(OrgError) -> NewGeneration? {
    let isBroken = found.organizations.isBroken || found.members.isBroken
    // A record that breaks a rule must be repaired by a person: the right value can't be guessed.
    guard isBroken || found.problems.isEmpty else { return nil }
    // A file isn't lost if it can't be read at the moment, or if something that isn't a regular file has its name.
    for (file, isReadable) in [
      (OrganizationTable.file, found.organizations.isReadable), (MemberTable.file, found.members.isReadable),
    ] where !isReadable {
      let inode = try directory.saving { () throws(SystemCallError) in
        try directory.inode(of: file, in: directory.root)
      }
      if inode != nil { return nil }
    }
    // If the newest records of the journal can't be read, there is no way to tell which changes the
    // other program didn't know of.
    let result = try reconcile(found, with: current, written: found, known, unread: files.unreadFiles)
    var record = JournalRecord.draft(
      try journal.following(generation), result.isRepair ? .repair : .foreign, result.changes)
    record.actor = foreignActor(current, found) ?? record.actor
    record.external.reverted = result.reverted.isEmpty ? nil : result.reverted
    record.external.refused = result.refused.isEmpty ? nil : result.refused.map { ChangeRecord($0) }
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

  /// Reconciles files with the state in the journal.
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

  /// The owner of the file that was written: the best available evidence of which user wrote it.
  private func foreignActor(_ current: FileContents, _ found: FileContents) -> JournalRecord.JournalActor? {
    for (file, bytes) in found.files where !haveSameBytes(bytes, current.bytes(of: file)) {
      if let owner = stateDirectory.owner(of: file, in: directory.root) { return owner }
    }
    return nil
  }
}

extension StateDirectory {
  /// The owner of a file, as the actor of the changes that another program made to it.
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
