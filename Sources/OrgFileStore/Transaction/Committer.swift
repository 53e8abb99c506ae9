import OrgCore
import SystemPackage

/// Makes a generation durable: writes its files next to the live ones without holding a lease, appends its line to the
/// journal, which is the commit, and has the publisher exchange the files.
struct Committer {
  let stateDirectory: StateDirectory
  let journal: LockedJournal
  let publisher: Publisher
  let checkpoints: Checkpoints

  private var directory: DataDirectory { stateDirectory.directory }
  private var committed: CommittedState { journal.committed }

  /// Commits a generation. If the live files no longer hold the expected data, nothing is changed, and
  /// `Publisher.overtaken` is thrown.
  func commit(_ new: NewGeneration) throws(OrgError) {
    let (next, current, live) = (new.contents, new.previous, new.live)
    var record = new.record
    let splices = [OrganizationTable.file: new.organizations, MemberTable.file: new.members]
    var replacements: [Replacement] = []
    var described: [String: [JournalRecord.JournalByteEdit]] = [:]
    let (known, before) = committed.withLock { ($0, $0.journal?.last?.record.data.files) }
    var hashes = known.current.map { isSame($0.contents, current) } == true ? known.hashes : [:]
    try directory.saving { () throws(SystemCallError) in
      for file in [OrganizationTable.file, MemberTable.file] {
        let (text, old) = (next.text(of: file), current.text(of: file))
        if let made = splices[file], !made.isEmpty {
          let bytes = old.bytes
          described[file] = made.all.map { JournalRecord.JournalByteEdit($0, in: bytes) }
        }
        let found = live?.text(of: file) ?? old
        // An unchanged file keeps its hash.
        if text.isSame(as: found), text.isSame(as: old), let state = before?[file] {
          record.data.files[file] = JournalRecord.FileState(
            size: state.size, sha256: state.sha256, inode: directory.identity(of: file)?.inode)
          continue
        }
        // For a long file, writing and hashing take about the same time, so do both in parallel.
        let hashing = BackgroundTask { [earlier = hashes[file]] in
          RunningHash(
            text, after: earlier, sharing: splices[file]?.all.first?.range.lowerBound ?? text.count)
        }
        defer { hashes[file] = hashing.value }
        guard !text.isSame(as: found) else {
          record.data.files[file] = JournalRecord.FileState(
            size: text.count, sha256: hashing.value.text, inode: directory.identity(of: file)?.inode)
          continue
        }
        let staged = try stateDirectory.stage(text, for: file)
        if live != nil, !found.isSame(as: old) {
          record.data.replaced = (record.data.replaced ?? [:]).merging([file: sha256(found.bytes)]) {
            _, new in new
          }
        }
        replacements.append(
          Replacement(
            file: file, generation: record.generation,
            displacedHash: record.data.replaced?[file] ?? before?[file]?.sha256 ?? sha256(found.bytes),
            staged: staged))
        record.data.files[file] = JournalRecord.FileState(
          size: text.count, sha256: hashing.value.text, inode: staged.inode)
      }
    }
    record.data.splices = described.isEmpty ? nil : described
    // Whatever is committed must be published, so check for obstacles first.
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
      let isNew = replacements.map {
        directory.identity(of: $0.file)?.inode == record.data.files[$0.file]?.inode
      }
      throw OrgError(error, consequence(isNew))
    }
    guard isPublished else {
      stateDirectory.discard(replacements.map(\.file))
      throw publisher.overtaken()
    }
    try? checkpoints.addIfDue(next)
    updateIndexIfDue()
  }

  /// Updates the index of the journal from time to time. It is derived from the journal, so
  /// nothing depends on its success.
  private func updateIndexIfDue() {
    guard committed.withLock({ $0.journal?.isIndexDue }) == true else { return }
    committed.withLock { $0.journal?.noteIndexed() }
    JournalIndexer(directory)?.update(limit: JournalIndexer.limitForChanges)
  }

  /// The consequence of an error that occurred after a change was written to the journal.
  ///
  /// - Parameter isNew: for each file to be replaced, whether it was.
  private func consequence(_ isNew: [Bool]) -> String {
    let saved = "The change is saved in the journal of \(directory.path.escapedForDisplay)"
    if isNew.allSatisfy(\.self) {
      return "\(saved) and in the files, but it isn't certain that the files would outlast a power failure"
    }
    let state = isNew.contains(true) ? "only one file could be replaced" : "the files could not be replaced"
    return "\(saved), but \(state); orgman does that when it opens them the next time"
  }
}
