import OrgCore

/// A state that the data can be restored to.
public enum RestorePoint: Sendable {
  /// The state after a generation of the history.
  case generation(UInt64)
  /// The state at a time.
  case time(Timestamp)
  /// The content of a backup.
  case backup(Backup)
}

extension FileStore {
  /// Restores the data to a previous state. This is a generation of its own, so it can be undone: byte for byte as long
  /// as nothing else has changed since.
  ///
  /// - Parameters:
  ///   - point: the state to restore.
  ///   - isTrial: only determine what would change.
  /// - Returns: the changes.
  /// - Throws: `dataNotFound` if there is no such generation; `damagedData` if it can't be reconstructed, or the backup
  ///   breaks a rule; `readOnly`, `locked`, or `system`.
  @discardableResult
  public func restore(to point: RestorePoint, isTrial: Bool = false) throws(OrgError) -> Restoration {
    try checkWritable()
    return try transaction { (transaction) throws(OrgError) in
      try RestoreOperation(transaction: transaction).restore(to: point, isTrial: isTrial)
    }
  }
}

/// Restores the data to a previous state, with the lock held.
private struct RestoreOperation {
  let transaction: Transaction

  func restore(to point: RestorePoint, isTrial: Bool) throws(OrgError) -> Restoration {
    try transaction.publisher.untilNotOvertaken { () throws(OrgError) in
      try restoreOnce(to: point, isTrial: isTrial)
    }
  }

  private func restoreOnce(to point: RestorePoint, isTrial: Bool) throws(OrgError) -> Restoration {
    let synchronized = try transaction.synchronize(isStarting: !isTrial)
    let target = try transaction.restorePoints.contents(at: point)
    if let problem = target.problems.first {
      throw OrgError(.damagedData, "That would put damaged data back, so nothing was changed. \(problem)")
    }
    // The current files may break a rule; in that case use the last state in the journal.
    let current = transaction.committed.withLock { $0.current?.contents } ?? synchronized.contents
    let live = transaction.files.contentsNow()
    let restoration = Restoration(from: current, to: target)
    guard !isTrial, !isSame(live, target) else { return restoration }
    if !isSame(live, current) {
      try transaction.directory.saving { () throws(SystemCallError) in
        for (file, bytes) in live.files where !haveSameBytes(bytes, current.bytes(of: file)) {
          try transaction.stateDirectory.quarantine(bytes, of: file, generation: synchronized.generation)
        }
      }
    }
    let splices = target.splices(from: current)
    try transaction.committer.commit(
      NewGeneration(
        JournalRecord.draft(
          try transaction.journal.following(synchronized.generation), .restore, restoration.changes), target,
        after: current,
        organizations: splices.organizations, members: splices.members, live: live))
    return restoration
  }
}
