import OrgCore

extension FileStore {
  /// Removes the oldest part of the history, by whole segments of the journal, and what was quarantined or displaced then.
  /// Every generation since a time stays, and can be undone and restored; where the journal begins then, full copies of the
  /// data take the place of what is gone. A displaced file stays while another program has it open.
  ///
  /// - Parameters:
  ///   - time: what is since then stays.
  ///   - isTrial: only find out what it would remove.
  /// - Returns: what it removes.
  /// - Throws: `damagedData` where the data can't be rebuilt at the place where the history would begin; `readOnly`,
  ///   `locked` or `system`. Then nothing, or less, is removed.
  @discardableResult
  public func prune(before time: Timestamp, isTrial: Bool = false) throws(OrgError) -> Pruning {
    try checkWritable()
    // Who only looks leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else { return Pruning() }
    return try transaction { (transaction) throws(OrgError) in
      try PruneOperation(transaction: transaction).prune(before: time, isTrial: isTrial)
    }
  }

  /// The first generation that the history tells of, where those before it were removed; `nil` where none were.
  public func historyStart() throws(OrgError) -> UInt64? {
    try historyReader.readingJournal { (journal, calls) throws(SystemCallError) in
      guard JournalAnchor(in: journal, calls) != nil,
        let first = try Journal.segments(journal, calls).first,
        let line = try Journal.beginning(of: first, journal, calls)
      else { return nil }
      return line.record.generation + (line.record.kind == .checkpoint ? 1 : 0)
    } ?? nil
  }
}

/// Removes the oldest part of the history, with the lock held.
private struct PruneOperation {
  let transaction: Transaction

  func prune(before time: Timestamp, isTrial: Bool) throws(OrgError) -> Pruning {
    if !isTrial {
      _ = try transaction.synchronize(isStarting: false)
      try transaction.directory.saving { () throws(SystemCallError) in
        try transaction.stateDirectory.completePruning()
      }
    }
    let pruning = try transaction.checkpoints.pruner.remove(before: time, isTrial: isTrial)
    if !isTrial {
      try transaction.directory.saving { () throws(SystemCallError) in
        try transaction.stateDirectory.compressSegments()
      }
    }
    return pruning
  }
}
