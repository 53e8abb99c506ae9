import OrgCore

/// The users of a snapshot that match a query, in an order.
final class SnapshotUsers: UserListing {
  private let index: UserIndex
  private let order: UserOrder
  /// The row of the index for each row, in the order; `nil` for all by their ids.
  private let shown: [Int32]?
  /// For each row of the index, where it is shown, or -1; empty where rows are in the order of the index.
  private let positions: [Int32]

  init(
    _ snapshot: Snapshot, matching query: UserQuery, by order: UserOrder, after earlier: SnapshotUsers?
  ) {
    if let earlier, earlier.index.snapshot.generation == snapshot.generation {
      index = earlier.index
    } else {
      index = UserIndex(snapshot, after: earlier?.index)
    }
    self.order = order
    guard !query.isEmpty || !order.isUsual else {
      (shown, positions) = (nil, [])
      return
    }
    var rows = index.rows(matching: query)
    if order.column == .user {
      if order.isDescending { rows.reverse() }
    } else {
      let keys = index.counts(by: order.column, of: rows)
      var places = Array(rows.indices)
      places.sort { left, right in
        keys[left] != keys[right] ? (keys[left] < keys[right]) != order.isDescending : left < right
      }
      rows = places.map { rows[$0] }
    }
    shown = rows
    guard !order.isUsual else {
      positions = []
      return
    }
    var positions = [Int32](repeating: -1, count: index.count)
    for (row, place) in rows.enumerated() { positions[Int(place)] = Int32(row) }
    self.positions = positions
  }

  var revision: Revision { Revision(index.snapshot.generation) }
  var count: Int { shown?.count ?? index.count }
  var total: Int { index.count }

  func user(at row: Int) -> UserSummary? { index.user(at: shown.map { Int($0[row]) } ?? row) }

  func position(of user: String) -> Int? {
    guard let place = index.row(of: user) else { return nil }
    guard let shown else { return place }
    guard !order.isUsual else { return shown.position(of: Int32(place)) }
    return positions[place] < 0 ? nil : Int(positions[place])
  }
}
