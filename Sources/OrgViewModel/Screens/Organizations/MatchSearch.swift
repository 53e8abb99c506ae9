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
    let listing = organizationList.listing
    do throws(OrgError) {
      guard let query = try? Query(query, roles: listing.summary.roles),
        let found = try listing.row(matching: query, from: row, isForward: isForward)
      else { return Found(serial: serial) }
      return Found(
        serial: serial, id: listing.id(at: found), isAround: isForward ? found <= row : found >= row)
    } catch {
      return Found(serial: serial, error: error)
    }
  }
}

/// What became of a search.
package struct Found: Sendable {
  let serial: Int
  /// The organization; `nil` if there is none.
  var id: String?
  /// Whether it is beyond the end of the list, at the other end.
  var isAround = false
  /// Why nothing could be looked for.
  var error: OrgError?
}
