import OrgCore

// What happened before, as far as another program may not have known of it.
extension Engine {
  /// The lines of the journal from a generation on; `nil` if it doesn't reach back there.
  func recent(from generation: UInt64) throws(OrgError) -> [Journal.Recent]? {
    guard var journal = store.memory.withLock({ $0.journal }), !journal.isBlocked else { return nil }
    func reaches(_ lines: [Journal.Recent]) -> Bool {
      lines.contains { $0.record.generation == generation && $0.record.kind != .checkpoint }
    }
    // Not only what came after that generation counts: the other program may have read the file long before.
    try explaining { () throws(SystemCallError) in try journal.recall(stateDirectory.journal) }
    store.memory.withLock { $0.journal = journal }
    if reaches(journal.recent) { return journal.recent }
    let lines = try explaining { () throws(SystemCallError) in
      try Journal.lines(from: generation, isBefore: true, stateDirectory.journal, directory.calls)
    }.map { Journal.Recent($0) }
    return reaches(lines) ? lines : nil
  }

  /// All that lines of the journal say.
  func whole(_ lines: [Journal.Recent]) throws(OrgError) -> [JournalRecord] {
    try explaining { () throws(SystemCallError) in
      var records: [JournalRecord] = []
      for line in lines { records.append(try line.whole(stateDirectory.journal, directory.calls)) }
      return records
    }
  }

  /// What happened, newest first, as far as it matters to what another program may not know of. What a long line says is
  /// read when somebody asks for it: `checkHistory` tells whether that failed.
  func history(_ lines: [Journal.Recent]) -> [Reconciliation.Step] {
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
          return try line.whole(stateDirectory.journal, directory.calls).changes.compactMap(\.recorded)
        } catch {
          unreadable = error
          return []
        }
      }
    }
  }

  func checkHistory() throws(OrgError) {
    guard let error = unreadable else { return }
    unreadable = nil
    throw Self.explained(error, store)
  }
}
