/// A store whose history can be made shorter.
public protocol PrunableStore: OrgStore {
  /// Removes the oldest part of the history. Every generation since a time is kept, and can be undone.
  ///
  /// - Parameters:
  ///   - time: keep everything since then.
  ///   - isTrial: only determine what would be removed.
  /// - Returns: what is removed.
  /// - Throws: `damagedData` if the data can't be reconstructed at the new beginning of the history; `readOnly`,
  ///   `locked`, or `system`. In this case nothing, or only a part, is removed.
  @discardableResult
  func prune(before time: Timestamp, isTrial: Bool) throws(OrgError) -> Pruning
}

extension PrunableStore {
  /// Removes what is older than a time.
  @discardableResult
  public func prune(before time: Timestamp) throws(OrgError) -> Pruning {
    try prune(before: time, isTrial: false)
  }
}

/// What was removed from the history, or would be.
public struct Pruning: Sendable, Hashable {
  /// The generations that are removed from the history; `nil` if there are none.
  public package(set) var generations: ClosedRange<UInt64>?
  /// The time at which the remaining history begins; `nil` if nothing is removed from the history, or nothing remains.
  public package(set) var beginning: Timestamp?
  /// The number of journal segments that are removed.
  public package(set) var segments = 0
  /// The number of recorded changes that are removed, where the store counts them.
  public package(set) var changes = 0
  /// The number of quarantined files that are removed.
  public package(set) var quarantined = 0
  /// The number of displaced files that are removed.
  public package(set) var displaced = 0
  /// The size in bytes of what is removed, where the store knows it: segments, the full copies that only they need, and
  /// other files.
  public package(set) var bytes = 0

  /// Whether nothing is removed.
  public var isEmpty: Bool { generations == nil && segments == 0 && quarantined == 0 && displaced == 0 }

  /// For stores: nothing yet.
  package init() {}

  /// Sizes are untrusted: a sparse file can have any.
  package mutating func add(bytes count: Int) {
    let (sum, isTooLarge) = bytes.addingReportingOverflow(count)
    bytes = isTooLarge ? .max : sum
  }
}
