import OrgCore

extension FileStore: PrunableStore {
  /// Removes the oldest part of the history, in units of whole journal segments, along with files quarantined or
  /// displaced at that time. Every generation since the given time can also be restored; full copies of the data at
  /// the new beginning of the journal replace the removed part. A displaced file is kept while another program has it
  /// open.
  @discardableResult
  public func prune(before time: Timestamp, isTrial: Bool) throws(OrgError) -> Pruning {
    try checkWritable()
    // A program that only reads leaves no trace.
    guard directory.identity(of: DataDirectory.privateName) != nil else { return Pruning() }
    return try transaction { (transaction) throws(OrgError) in
      try PruneOperation(transaction: transaction).prune(before: time, isTrial: isTrial)
    }
  }

  /// The first generation in the history, if earlier ones were removed; otherwise `nil`.
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
