import OrgCore
import SystemPackage

/// The journal as used by the holder of the lock, which is the only one that may append to it.
struct LockedJournal {
  let stateDirectory: StateDirectory
  let committed: CommittedState
  let reporter: HistoryReporter

  private var directory: DataDirectory { stateDirectory.directory }

  // MARK: Writing

  /// Reads lines that other processes appended, and removes an incomplete line that a crash left.
  ///
  /// - Throws: `readOnly` if a later version has written to it.
  func refresh() throws(OrgError) -> Journal {
    var journal = committed.withLock { $0.journal } ?? Journal(calls: directory.calls)
    try directory.saving { () throws(SystemCallError) in
      try journal.refresh(stateDirectory.journal, repairing: true)
    }
    if let format = journal.newerFormat {
      throw OrgError(
        .readOnly,
        "The journal in \(directory.path.escapedForDisplay) has the format \(format) of a newer orgman, so nothing was changed; use that version."
      )
    }
    committed.withLock { $0.journal = journal }
    return journal
  }

  /// Appends a line, which commits it.
  func append(_ record: JournalRecord) throws(SystemCallError) {
    var journal = committed.withLock { $0.journal } ?? Journal(calls: directory.calls)
    var record = record
    record.previous = journal.last?.hash ?? ""
    try journal.append(record, to: directory, in: stateDirectory.journal)
    committed.withLock { $0.journal = journal }
    reporter.note(record)
  }

  /// The number of the generation after another.
  func following(_ generation: UInt64) throws(OrgError) -> UInt64 {
    guard generation < JournalRecord.highestGeneration else {
      throw OrgError(
        .readOnly,
        "Nothing was changed: the journal in \(directory.path.escapedForDisplay) has reached generation \(generation), and none can follow it. Move its .orgman away to begin a new history."
      )
    }
    return generation + 1
  }

  // MARK: Reading

  /// The lines of the journal from a generation on; `nil` if it doesn't go back that far.
  func recent(from generation: UInt64) throws(OrgError) -> [Journal.Recent]? {
    guard var journal = committed.withLock({ $0.journal }), !journal.isBlocked else { return nil }
    func reaches(_ lines: [Journal.Recent]) -> Bool {
      lines.contains { $0.record.generation == generation && $0.record.kind != .checkpoint }
    }
    // Earlier lines matter, too: the other program may have read the file long before that generation.
    try directory.saving { () throws(SystemCallError) in try journal.recall(stateDirectory.journal) }
    committed.withLock { $0.journal = journal }
    if reaches(journal.recent) { return journal.recent }
    let lines = try directory.saving { () throws(SystemCallError) in
      try Journal.lines(from: generation, isBefore: true, stateDirectory.journal, directory.calls)
    }.map { Journal.Recent($0) }
    return reaches(lines) ? lines : nil
  }

  /// The complete records of some lines.
  func whole(_ lines: [Journal.Recent]) throws(OrgError) -> [JournalRecord] {
    try directory.saving { () throws(SystemCallError) in
      var records: [JournalRecord] = []
      for line in lines { records.append(try line.whole(stateDirectory.journal, directory.calls)) }
      return records
    }
  }
}
