import Glibc
import OrgCore
import SystemPackage

/// What was removed from the history, or would be.
public struct Pruning: Sendable, Hashable {
  /// The generations that are no longer told; `nil` where there are none.
  public internal(set) var generations: ClosedRange<UInt64>?
  /// When the part of the history begins that stays; `nil` where nothing is removed from it.
  public internal(set) var beginning: Timestamp?
  /// How many segments of the journal are removed.
  public internal(set) var segments = 0
  /// How many quarantined files are removed.
  public internal(set) var quarantined = 0
  /// How many files are removed that others took the place of.
  public internal(set) var displaced = 0
  /// Bytes of the segments, of the full copies that belong to them alone, and of the other files.
  public internal(set) var bytes = 0

  /// Whether nothing is removed.
  public var isEmpty: Bool { segments == 0 && quarantined == 0 && displaced == 0 }
}

extension Pruning {
  /// Sizes come from outside: a file with a hole can have any.
  mutating func add(bytes count: Int) {
    let (sum, isTooLarge) = bytes.addingReportingOverflow(count)
    bytes = isTooLarge ? .max : sum
  }
}

/// Removes the oldest part of the history.
struct HistoryPruner {
  let stateDirectory: StateDirectory
  let committed: CommittedState
  let retention: Retention

  private var directory: DataDirectory { stateDirectory.directory }

  /// Segments that are removed at once after a change: so many had begun since the last time at most, as a rule.
  private static let limitForChanges = 8

  /// Removes a part of what is older than the history is kept. What can't be removed now is tried again with the next
  /// segment: a change that was committed doesn't fail for it.
  func removeExpired() {
    guard let time = retention.start(before: .now()) else { return }
    _ = try? remove(before: time, limit: Self.limitForChanges, isTrial: false)
  }

  /// Removes what was before a time.
  ///
  /// - Parameters:
  ///   - limit: the number of segments to remove at most.
  ///   - isTrial: only find out what it would remove.
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
      // What is remembered of lines that are gone can't be read any more.
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
