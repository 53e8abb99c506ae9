import OrgCore
import OrgViewModel

// What a store needs now and then that has to follow other programs.
extension Runtime {
  /// Brings the history up to date, after the data have been shown. A process that holds the lock meanwhile does
  /// it as well, so this doesn't wait for it.
  func maintain() {
    guard let maintained else { return }
    queues.committing.async { [self] in
      guard let done = try? maintained.maintain(waiting: { _ in false }) else { return }
      defer { observer?.didMaintain() }
      if !done.entries.isEmpty { observer?.didFind(done.entries) }
      let shown = state.withLock { $0.organizationList?.revision }
      if shown.map({ done.reader.revision > $0 }) ?? true { postList(of: done.reader) }
      if !done.entries.isEmpty { inbox.post(.ingested(done.entries)) }
    }
  }

  /// Says when leases come to be had, or no longer are.
  func checkLeases() {
    guard let maintained else { return }
    let hasLeases = maintained.leaseObstacle == nil
    let isNew = state.withLock { state in
      defer { state.hasLeases = hasLeases }
      return state.hasLeases != hasLeases
    }
    if isNew { inbox.post(.leases(hasLeases)) }
  }
}
