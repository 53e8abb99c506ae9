import Glibc
import OrgCore

extension FileStore: ErasingStore {
  /// Erases from the data files, the journal, the checkpoints, and the files set aside. The journal remains a verifiable
  /// chain.
  ///
  /// After a crash, either only the records in the data files have been removed, or the next process that takes the
  /// lock completes the erasure.
  @discardableResult
  public func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> Erasure {
    try checkWritable()
    guard !subject.id.isEmpty else { throw OrgError(.invalidIdentifier, "An empty id names nothing.") }
    return try transaction { (transaction) throws(OrgError) in
      try EraseOperation(transaction: transaction).erase(
        subject, allowingOwnerless: allowingOwnerless, isTrial: isTrial)
    }
  }
}

/// Erases an organization or a user from the data and the history, with the lock held.
private struct EraseOperation {
  let transaction: Transaction

  /// Erases an organization or a user from the data and the history.
  func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> Erasure {
    let (erasure, rest) = try transaction.publisher.untilNotOvertaken { () throws(OrgError) in
      try removeRecords(of: subject, allowingOwnerless: allowingOwnerless, isTrial: isTrial)
    }
    guard let (eraser, survey) = rest else { return erasure }
    // First ingest what other programs write to displaced files.
    for _ in 0..<50 {
      _ = try transaction.synchronize(isStarting: true)
      if try transaction.directory.saving({ () throws(SystemCallError) in try eraser.removeDisplaced() }) {
        break
      }
      usleep(100_000)
    }
    try forget(subject, eraser, lineCount: survey.lineCount)
    return Erasure(changes: erasure.changes, survey, remaining: eraser.remaining())
  }

  /// Removes the subject from the two files, as an ordinary generation.
  ///
  /// - Returns: what is erased, along with the eraser for everything else; `nil` for the latter if
  ///   there is nothing else to do.
  private func removeRecords(
    of subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> (erasure: Erasure, rest: (eraser: Eraser, survey: Eraser.Survey)?) {
    let synchronized = try transaction.synchronize(isStarting: !isTrial)
    if let problem = synchronized.problems.first {
      throw OrgError(.damagedData, "Nothing is erased while the data are damaged. \(problem)")
    }
    let set = ChangeSet(subject.removals(from: synchronized.contents), allowsOwnerless: allowingOwnerless)
    let preview = Preview(of: set, on: Snapshot(generation: 0, contents: synchronized.contents))
    try preview.check()
    var edit = preview.edit
    if case .organization(let id) = subject, synchronized.contents.members.orphanedMembers[id] != nil {
      edit.removed.append(id)
    }
    let eraser = try transaction.directory.saving { () throws(SystemCallError) in
      try Eraser(subject, transaction.stateDirectory)
    }
    let survey = try transaction.directory.saving { () throws(SystemCallError) in try eraser.survey() }
    let erasure = Erasure(changes: preview.recorded, survey)
    guard !isTrial, !erasure.isEmpty || !edit.isEmpty else { return (erasure, nil) }
    if !edit.isEmpty {
      let next = try synchronized.contents.applying(edit)
      if let problem = next.contents.problems.first {
        throw OrgError(.invalidValue, "This would damage the data, so nothing was erased. \(problem)")
      }
      // Like any other change, so that an interruption can be recovered from.
      try transaction.committer.commit(
        NewGeneration(
          JournalRecord.draft(
            try transaction.journal.following(synchronized.generation), .edit, preview.recorded),
          next.contents,
          after: synchronized.contents, organizations: next.organizations, members: next.members))
    }
    return (erasure, (eraser, survey))
  }

  /// Rewrites the journal without the erased subject.
  private func forget(
    _ subject: ErasureSubject, _ eraser: Eraser, lineCount: Int
  ) throws(OrgError) {
    guard let last = transaction.committed.withLock({ $0.journal?.last }),
      let current = transaction.committed.withLock({ $0.current })
    else { throw OrgError(.system, "The journal vanished.") }
    let generation = try transaction.journal.following(last.record.generation)
    var record = JournalRecord.draft(generation, .erase, [])
    (record.format, record.erasure.count, record.erasure.head) = (
      JournalRecord.erasureFormat, lineCount, last.hash
    )
    record.data.files = last.record.data.files
    record.note = subject.note
    var checkpoint = JournalRecord.draft(generation, .checkpoint, [])
    checkpoint.data.files = last.record.data.files
    try transaction.directory.saving { () throws(SystemCallError) in
      try transaction.stateDirectory.writeCheckpoint(current.contents, generation: generation)
      try eraser.rewrite([record, checkpoint], after: last.hash)
    }
    transaction.journal.reporter.note(record)
    transaction.journal.reporter.note(checkpoint)
    transaction.committed.withLock {
      $0.journal = nil
      $0.current = (generation, current.contents)
    }
    transaction.files.replaceWhole(current.contents)
  }
}

extension Erasure {
  /// What is removed from the files; other files by their paths relative to the data directory, but for checkpoints. In
  /// addition, all lines of the journal lose their splices.
  fileprivate init(changes: [RecordedChange], _ survey: Eraser.Survey, remaining: [String] = []) {
    self.init(
      changes: changes, historyCount: survey.lineCount, others: survey.files, remaining: remaining,
      in: Places(
        organizations: OrganizationTable.file, members: MemberTable.file,
        history: "\(DataDirectory.privateName)/journal", historyUnit: "line",
        consequence:
          "What the bytes were, and all checkpoints, go from the history: states before this can't be put back."
      ))
  }
}

extension ErasureSubject {
  /// The changes that remove the subject from the data.
  func removals(from contents: FileContents) -> [Change] {
    func removals(at index: Int, where isMeant: (OrgUser) -> Bool) -> [Change] {
      var seen: Set<String> = []
      return (0..<contents.memberCount(at: index)).compactMap { place in
        let member = contents.member(place, at: index)
        guard isMeant(member), seen.insert(member.userID).inserted else { return nil }
        return .removeMember(
          user: member.userID, organization: member.organizationID, role: member.role)
      }
    }
    switch self {
    case .organization(let id):
      guard let index = contents.index(ofOrganization: id) else { return [] }
      return removals(at: index) { _ in true } + [.removeOrganization(contents.organization(at: index))]
    case .user(let user):
      return contents.organizations(ofUser: user).flatMap { index in
        removals(at: index) { $0.userID == user }
      }
    }
  }
}
