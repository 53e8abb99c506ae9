import OrgCore

/// A search for the next organization that a query matches, from a row on.
public struct MatchSearch: Sendable, Hashable {
  /// Rises with every request: a result that nobody waits for any more is dropped.
  let serial: Int
  let query: String
  /// The row from which on the next one is looked for, which is looked at last.
  let row: Int
  let isForward: Bool
  let organizationList: OrganizationList

  /// Whether it is the same request.
  public static func == (left: Self, right: Self) -> Bool { left.serial == right.serial }

  /// By the number of the request.
  public func hash(into hasher: inout Hasher) { hasher.combine(serial) }

  /// Looks for it. Costs time that grows with the data.
  public func find() -> Found {
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
public struct Found: Sendable {
  let serial: Int
  /// The organization; `nil` if there is none.
  let id: String?
  /// Whether it stands beyond the end of the list, at the other end.
  let isAround: Bool
}

extension AppModel {
  /// Goes to the next row of the filter; where the filter was cleared, to the next that it would match.
  mutating func find(isForward: Bool) -> [Effect] {
    let query = query.isEmpty ? lastQuery : query
    guard !query.isEmpty else { return refuse("There is nothing to look for yet: filter first.") }
    guard !organizationList.rows.isEmpty else { return refuse("Nothing matches \(query.quoted).") }
    lastSerial += 1
    awaited = lastSerial
    return [
      .runtime(
        .find(
          MatchSearch(
            serial: lastSerial, query: query, row: list.isGone && isForward ? list.row - 1 : list.row,
            isForward: isForward, organizationList: organizationList)))
    ]
  }

  /// Goes to what was found.
  public mutating func receive(_ found: Found) {
    guard found.serial == awaited else { return }
    awaited = nil
    let query = query.isEmpty ? lastQuery : query
    guard let id = found.id, let row = organizationList.row(of: id) else {
      message = Message(text: "Nothing matches \(query.quoted).", kind: .refusal)
      return
    }
    let isForward = row > list.row
    if id == list.id, !list.isGone {
      message = Message(text: "This is the only one that matches \(query.quoted).", kind: .note)
    } else if found.isAround {
      message = Message(text: isForward ? "On from the end." : "On from the start.", kind: .note)
    }
    selectRow(row)
    extendRange()
  }
}
