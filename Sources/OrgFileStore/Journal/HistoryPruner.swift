import Glibc
import OrgCore
import SystemPackage

/// Removes the oldest part of the history.
struct HistoryPruner {
  let stateDirectory: StateDirectory
  let committed: CommittedState
  let retention: Retention

  private var directory: DataDirectory { stateDirectory.directory }

  /// The maximum number of segments removed after a change. Usually no more than this have been
  /// started since the last time.
  private static let limitForChanges = 8

  /// Removes a part of the history that is older than the retention period. If something can't be removed now, the next
  /// segment triggers another attempt: it must not make a committed change fail.
  func removeExpired() {
    guard let time = retention.start(before: .now()) else { return }
    _ = try? remove(before: time, limit: Self.limitForChanges, isTrial: false)
  }

  /// Removes everything before a time.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of segments to remove.
  ///   - isTrial: only determine what would be removed.
  func remove(
    before time: Timestamp, limit: Int = .max, isTrial: Bool
  ) throws(OrgError) -> Pruning {
    let cut = try directory.saving { () throws(SystemCallError) in
      try stateDirectory.cut(before: time, limit: limit)
    }
    var pruning = Pruning()
    if let cut { try directory.saving { () throws(SystemCallError) in try describe(cut, in: &pruning) } }
    if let cut, !isTrial {
      try stateDirectory.prune(cut)
      // Remembered lines in removed segments can no longer be read.
      committed.withLock { $0.journal?.forget(before: cut.segment) }
    }
    try directory.saving { () throws(SystemCallError) in
      for file in try stateDirectory.quarantined(before: time) {
        if !isTrial { try directory.calls.remove(file.name, in: stateDirectory.quarantine) }
        pruning.quarantined += 1
        pruning.add(bytes: file.size)
      }
      for file in try stateDirectory.displaced(before: time) {
        if !isTrial, try !stateDirectory.removeDisplaced(file.name) { continue }
        pruning.displaced += 1
        pruning.add(bytes: file.size)
      }
    }
    return pruning
  }

  private func describe(_ cut: StateDirectory.Cut, in pruning: inout Pruning) throws(SystemCallError) {
    let (first, kept) = (cut.oldest.record, cut.line.record)
    pruning.segments = cut.removed.count
    pruning.beginning = Timestamp(kept.time)
    let lower = first.kind == .checkpoint ? first.generation + 1 : first.generation
    let upper = kept.kind == .checkpoint ? kept.generation : max(1, kept.generation) - 1
    if lower <= upper { pruning.generations = lower...upper }
    for segment in cut.removed {
      pruning.add(bytes: try Segment.lengthOnDisk(of: segment, stateDirectory.journal, directory.calls))
    }
    for name in try directory.calls.list(stateDirectory.checkpoints, "checkpoints") {
      guard let generation = UInt64(name.prefix { $0 != "." }), generation < kept.generation else { continue }
      pruning.add(bytes: Int(try directory.calls.status(of: name, in: stateDirectory.checkpoints).st_size))
    }
  }
}
