import OrgCore

/// A question about rows whose answer costs time that grows with the data: the next that a query matches, or all of them.
package struct MatchSearch: Sendable, Hashable {
  /// Rises with every request: a result that nothing waits for any more is dropped.
  let serial: Int
  private let body: @Sendable () throws(OrgError) -> Found

  /// A question with the number of its request.
  init(_ serial: Int, _ body: @escaping @Sendable () throws(OrgError) -> Found) {
    (self.serial, self.body) = (serial, body)
  }

  /// What a screen knows of its searches.
  struct State: Sendable {
    /// The latest query that rows were filtered by.
    var latest = ""
    /// The row that keys wait for, by the number of the request to look for it.
    var awaited: Int?
  }

  /// Whether it is the same request.
  package static func == (left: Self, right: Self) -> Bool { left.serial == right.serial }

  /// By the number of the request.
  package func hash(into hasher: inout Hasher) { hasher.combine(serial) }

  /// Looks for it. Costs time that grows with the data.
  package func find() -> Found {
    var found: Found
    do throws(OrgError) {
      found = try body()
    } catch {
      found = Found(error: error)
    }
    found.serial = serial
    return found
  }
}

/// What became of a search.
package struct Found: Sendable {
  fileprivate(set) var serial = 0
  /// The row, and by what it is found again; `nil` if there is none.
  var match: (row: Int, id: String)?
  /// Whether it is beyond the end of the list, at the other end.
  var isAround = false
  /// All rows, where they were asked for.
  var ids: [String]?
  /// Why nothing could be looked for.
  var error: OrgError?

  /// The next row from one on, among rows that match, which come in the same order.
  ///
  /// - Parameters:
  ///   - count: how many match.
  ///   - isBeyond: whether one that matches comes behind the row; when looking back, whether it is the row or comes behind
  ///     it.
  ///   - match: the row of one that matches, and by what it is found again.
  init(
    from row: Int, isForward: Bool, count: Int, isBeyond: (Int) throws(OrgError) -> Bool,
    match: (Int) throws(OrgError) -> (row: Int, id: String)?
  ) throws(OrgError) {
    guard count > 0 else { return }
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range =
        try isBeyond(middle) ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    let next = isForward ? range.lowerBound : range.lowerBound - 1
    self.match = try match((next + count) % count)
    isAround = next < 0 || next == count || self.match?.row == row
  }

  /// The same where the rows of those that match are known.
  ///
  /// - Parameter place: the row of one that matches, and by what it is found again.
  init(
    from row: Int, isForward: Bool, count: Int, place: (Int) throws(OrgError) -> (row: Int, id: String)?
  ) throws(OrgError) {
    try self.init(from: row, isForward: isForward, count: count) { (match) throws(OrgError) in
      guard let other = try place(match)?.row else { return false }
      return isForward ? other > row : other >= row
    } match: { (match) throws(OrgError) in
      try place(match)
    }
  }

  /// The row after one, or before it, where all match.
  init(from row: Int, isForward: Bool, in rows: some ListRows) {
    guard rows.count > 0 else { return }
    var next = row
    repeat {
      next += isForward ? 1 : -1
      if next < 0 || next >= rows.count {
        isAround = true
        next = next < 0 ? rows.count - 1 : 0
      }
    } while rows.id(at: next) == nil && !rows.isAwaited(next) && next != row
    match = (next, rows.id(at: next) ?? "")
  }

  init(error: OrgError? = nil) { self.error = error }

  /// The row that a listing of organizations found.
  init(_ row: Int?, of listing: any OrganizationListing, from start: Int, isForward: Bool) {
    guard let row else { return }
    match = (row, listing.id(at: row))
    isAround = isForward ? row <= start : row >= start
  }

  /// All rows.
  init(ids: [String]) { self.ids = ids }
}
