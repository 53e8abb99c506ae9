import Glibc
import OrgCore

// Erasing for good: what was in the data, and what is kept of it.
extension Engine {
  /// The data as a generation left them, or why they can't be had.
  func rebuild(_ generation: UInt64) throws(OrgError) -> FileContents {
    do {
      return try stateDirectory.rebuild(generation)
    } catch  where error.code == .damagedData {
      var erasure: UInt64?
      try? Journal.scanBackwards(stateDirectory.journal, directory.calls) { line in
        if line.record.kind == .erase { erasure = line.record.generation }
        return erasure == nil && line.record.generation > generation
      }
      guard let erasure, generation < erasure else { throw error }
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
    let (erasure, rest) = try untilNotOvertaken { () throws(OrgError) in
      try removeRecords(of: subject, allowingOwnerless: allowingOwnerless, isTrial: isTrial)
    }
    guard let (eraser, survey) = rest else { return erasure }
    // What another program writes to a displaced file is picked up first.
    for _ in 0..<50 {
      _ = try synchronize(isStarting: true)
      if try explaining({ () throws(SystemCallError) in try eraser.removeDisplaced() }) { break }
      usleep(100_000)
    }
    try forget(eraser, lineCount: survey.lineCount)
    return Erasure(changes: erasure.changes, places: survey, remaining: eraser.remaining())
  }

  /// Takes it out of the two files, as a generation like any other.
  ///
  /// - Returns: what is to be erased, and what does the rest; `nil` where nothing is to be done.
  private func removeRecords(
    of subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> (erasure: Erasure, rest: (eraser: Eraser, survey: Eraser.Survey)?) {
    let synchronized = try synchronize(isStarting: !isTrial)
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
    let eraser = try explaining { () throws(SystemCallError) in try Eraser(subject, stateDirectory) }
    let survey = try explaining { () throws(SystemCallError) in try eraser.survey() }
    let erasure = Erasure(changes: preview.recorded, places: survey)
    guard !isTrial, !erasure.isEmpty || !edit.isEmpty else { return (erasure, nil) }
    if !edit.isEmpty {
      let next = try synchronized.contents.applying(edit)
      if let problem = next.contents.problems.first {
        throw OrgError(.invalidValue, "This would damage the data, so nothing was erased. \(problem)")
      }
      // As any other change, so that whatever comes between can be put right.
      try write(
        newRecord(try following(synchronized.generation), .edit, preview.recorded), next.contents,
        after: synchronized.contents, organizations: next.organizations, members: next.members)
    }
    return (erasure, (eraser, survey))
  }

  /// Writes the journal anew, without what is erased.
  private func forget(_ eraser: Eraser, lineCount: Int) throws(OrgError) {
    guard let last = store.memory.withLock({ $0.journal?.last }),
      let current = store.memory.withLock({ $0.current })
    else { throw OrgError(.system, "The journal vanished.") }
    let generation = try following(last.record.generation)
    var record = newRecord(generation, .erase, [])
    (record.format, record.erased, record.head) = (JournalRecord.erasureFormat, lineCount, last.hash)
    record.files = last.record.files
    record.note = eraser.note
    var checkpoint = newRecord(generation, .checkpoint, [])
    checkpoint.files = last.record.files
    try explaining { () throws(SystemCallError) in
      try stateDirectory.writeCheckpoint(current.contents, generation: generation)
      try eraser.rewrite([record, checkpoint], after: last.hash)
    }
    store.memory.withLock {
      $0.journal = nil
      $0.current = (generation, current.contents)
      $0.lastWhole = current.contents
    }
  }
}
