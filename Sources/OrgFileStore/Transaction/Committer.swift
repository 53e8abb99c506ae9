import OrgCore
import SystemPackage

/// Makes a generation durable: writes its files beside the live ones with no lease held, then its line of the journal, which
/// is the commit, and lets the publisher exchange the files.
struct Committer {
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let publisher: Publisher
  let checkpoints: Checkpoints

  private var directory: DataDirectory { stateDirectory.directory }
  private var committed: CommittedState { journal.committed }

  /// Writes the new files beside, then the line of the journal, which is the commit, then exchanges the files. Where
  /// the files don't hold any more what they are thought to, nothing is changed, and what is thrown is `Publisher.overtaken`.
  func commit(_ new: NewGeneration) throws(OrgError) {
    let (next, current, live) = (new.contents, new.previous, new.live)
    var record = new.record
    let splices = [OrganizationTable.file: new.organizations, MemberTable.file: new.members]
    var replacements: [Replacement] = []
    var described: [String: [JournalRecord.JournalByteEdit]] = [:]
    let (known, before) = committed.withLock { ($0, $0.journal?.last?.record.files) }
    var hashes = known.current.map { isSame($0.contents, current) } == true ? known.hashes : [:]
    try directory.saving { () throws(SystemCallError) in
      for file in [OrganizationTable.file, MemberTable.file] {
        let (text, old) = (next.text(of: file), current.text(of: file))
        if let made = splices[file], !made.isEmpty {
          let bytes = old.bytes
          described[file] = made.all.map { JournalRecord.JournalByteEdit($0, in: bytes) }
        }
        let found = live?.text(of: file) ?? old
        // A file that stays as it was has the hash that it had.
        if text.isSame(as: found), text.isSame(as: old), let state = before?[file] {
          record.files[file] = JournalRecord.FileState(
            size: state.size, sha256: state.sha256, inode: directory.identity(of: file)?.inode)
          continue
        }
        // Of long files, writing and hashing each take about as long.
        let hashing = BackgroundTask { [earlier = hashes[file]] in
          RunningHash(
            text, after: earlier, sharing: splices[file]?.all.first?.range.lowerBound ?? text.count)
        }
        defer { hashes[file] = hashing.value }
        guard !text.isSame(as: found) else {
          record.files[file] = JournalRecord.FileState(
            size: text.count, sha256: hashing.value.text, inode: directory.identity(of: file)?.inode)
          continue
        }
        let staged = try stateDirectory.stage(text, for: file)
        if live != nil, !found.isSame(as: old) {
          record.replaced = (record.replaced ?? [:]).merging([file: sha256(found.bytes)]) { _, new in new }
        }
        replacements.append(
          Replacement(
            file: file, generation: record.generation,
            displacedHash: record.replaced?[file] ?? before?[file]?.sha256 ?? sha256(found.bytes),
            staged: staged))
        record.files[file] = JournalRecord.FileState(
          size: text.count, sha256: hashing.value.text, inode: staged.inode)
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
      isPublished = try publisher.publish(replacements, next, displacing: live ?? current) {
        () throws(SystemCallError) in
        try journal.append(record)
        isCommitted = true
        committed.withLock {
          $0.current = (record.generation, next)
          $0.hashes = hashes
        }
      }
    } catch {
      guard isCommitted else {
        stateDirectory.discard(replacements.map(\.file))
        throw directory.failedSave(error)
      }
      let isNew = replacements.map { directory.identity(of: $0.file)?.inode == record.files[$0.file]?.inode }
      throw OrgError(error, consequence(isNew))
    }
    guard isPublished else {
      stateDirectory.discard(replacements.map(\.file))
      throw publisher.overtaken()
    }
    try? checkpoints.addIfDue(next)
    updateIndexIfDue()
  }

  /// Brings the index of the journal up to date from time to time. It is made from the journal, so nothing depends on
  /// whether that works.
  private func updateIndexIfDue() {
    guard committed.withLock({ $0.journal?.isIndexDue }) == true else { return }
    committed.withLock { $0.journal?.noteIndexed() }
    JournalIndexer(directory)?.update(limit: JournalIndexer.limitForChanges)
  }

  /// What became of a change that is in the journal, when something went wrong after that.
  ///
  /// - Parameter isNew: for each file that was to be replaced, whether it was.
  private func consequence(_ isNew: [Bool]) -> String {
    let saved = "The change is saved in the journal of \(directory.path.escapedForDisplay)"
    if isNew.allSatisfy(\.self) {
      return "\(saved) and in the files, but it isn't certain that the files would outlast a power failure"
    }
    let state = isNew.contains(true) ? "only one file could be replaced" : "the files could not be replaced"
    return "\(saved), but \(state); orgman does that when it opens them the next time"
  }
}
