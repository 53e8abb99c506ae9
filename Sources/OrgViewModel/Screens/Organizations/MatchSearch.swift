import OrgCore

/// A search for the next organization that a query matches, from a row on.
package struct MatchSearch: Sendable, Hashable {
  /// Rises with every request: a result that nobody waits for any more is dropped.
  let serial: Int
  let query: String
  /// The row from which on the next one is looked for, which is looked at last.
  let row: Int
  let isForward: Bool
  let organizationList: OrganizationList

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
    guard let query = try? Query(query) else { return Found(serial: serial, id: nil, isAround: false) }
    let count = organizationList.rows.count
    for step in stride(from: 1, through: count, by: 1) {
      let place = isForward ? row + step : row - step + count
      guard organizationList.isMatch(row: place % count, query) else { continue }
      let isAround = isForward ? place >= count : place < count
      return Found(
        serial: serial, id: organizationList.organization(at: place % count).id, isAround: isAround)
    }
    return Found(serial: serial, id: nil, isAround: false)
  }
}

/// What became of a search.
package struct Found: Sendable {
  let serial: Int
  /// The organization; `nil` if there is none.
  let id: String?
  /// Whether it stands beyond the end of the list, at the other end.
  let isAround: Bool
}
