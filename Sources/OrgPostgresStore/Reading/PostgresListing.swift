import OrgCore
import Synchronization

/// The organizations that match a query, in an order: numbers of ids, and the rows that were looked at. All the rest stays
/// on the server until it is fetched.
final class PostgresListing: OrganizationListing {
  let summary: DataSummary
  let query: Query
  let order: ListOrder
  let isComplete: Bool
  let expectedCount: Int
  /// The state of the data that nothing here is older than.
  let generation: Int
  private let reader: PostgresReader
  let ids: OrganizationIDs
  /// All organizations in orders that are known: first in this one, if it is among them.
  let orderings: [Ordering]
  /// Those that match.
  let rows: [OrganizationIDs.Number]
  private let cache: Mutex<ListingCache>

  /// How many members are read before and after one that is asked for.
  private static let neighbors = 100

  /// A list of what is known.
  ///
  /// - Parameter estimate: how many rows there may be, where these are the first.
  init(
    _ reader: PostgresReader, _ query: Query, _ order: ListOrder, _ ids: OrganizationIDs,
    orderings: [Ordering], rows: [OrganizationIDs.Number], generation: Int, estimate: Int? = nil,
    _ cache: ListingCache
  ) {
    (self.reader, self.query, self.order, self.generation) = (reader, query, order, generation)
    (self.ids, self.orderings, self.rows) = (ids, orderings, rows)
    isComplete = estimate == nil
    expectedCount = estimate ?? rows.count
    // What was counted is exact.
    let all = query.isEmpty && isComplete ? rows.count : orderings.first?.rows.count
    summary = reader.summary.counting(all)
    self.cache = Mutex(cache)
  }

  let isWhole = false
  var count: Int { rows.count }
  func id(at row: Int) -> String { ids[rows[row]] }

  func position(of id: String) -> Int? { ids.number(of: id).flatMap(position) }

  private func position(of number: OrganizationIDs.Number) -> Int? {
    guard let ordering, let place = ordering.place(of: number) else { return rows.firstIndex(of: number) }
    guard rows.count < ordering.rows.count else { return place }
    var range = 0..<rows.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      guard let other = ordering.place(of: rows[middle]) else { return rows.firstIndex(of: number) }
      if other == place { return middle }
      range = other < place ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// All organizations in the order of this list, if that is known.
  private var ordering: Ordering? { orderings.first.flatMap { $0.order == order ? $0 : nil } }

  func row(at row: Int) -> OrganizationRow? {
    let number = rows[row]
    return cache.withLock { $0.rows[number] }
  }

  func contains(_ id: String) -> Bool {
    guard let number = ids.number(of: id) else { return false }
    return orderings.first.map { $0.place(of: number) != nil } ?? true
  }

  func detail(of id: String) -> (any OrganizationDetail)? { cache.withLock { $0.details[id] } }

  /// Known of rows that were looked at alone; the server looks at all of them when a name is to be taken.
  func organizationID(named name: String) -> String? {
    let key = name.nameKey
    return cache.withLock { $0.rows.values.first { $0.organization.name.nameKey == key }?.organization.id }
  }

  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int? {
    /// How many steps it is to a row, around the end; a whole turn to the row itself.
    func distance(_ other: Int) -> Int {
      let steps = isForward ? other - row : row - other
      return steps > 0 ? steps : steps + count
    }
    let rows = try reader.matches(query, numbers: ids).compactMap(position)
    return rows.min { distance($0) < distance($1) }
  }

  // MARK: Fetching

  /// What was fetched so far.
  var fetched: ListingCache { cache.withLock { $0 } }

  func fetch(_ rows: Range<Int>) throws(OrgError) {
    let wanted = self.rows[rows.clamped(to: 0..<count)]
    let missing = cache.withLock { cache in wanted.filter { cache.rows[$0] == nil } }
    guard !missing.isEmpty else { return }
    let found = try reader.rows(of: missing.map { ids[$0] })
    cache.withLock { cache in
      cache.makeRoom(forRows: found.count)
      for row in found { if let number = ids.number(of: row.organization.id) { cache.rows[number] = row } }
      // Gone since the ids were listed: an empty row stays until the list is made anew.
      for number in missing where cache.rows[number] == nil {
        cache.rows[number] = OrganizationRow(
          Organization(id: ids[number], name: "", createdAt: .unknown), defaults: .createdAt, memberCount: 0)
      }
    }
  }

  func fetch(_ id: String, member user: String) throws(OrgError) {
    let place = try reader.place(of: user, in: id)
    try fetch([id], members: max(0, place - Self.neighbors)..<place + Self.neighbors)
  }

  func fetch(_ organizations: [String], members places: Range<Int>) throws(OrgError) {
    let known = cache.withLock { $0.details }
    let wanted = organizations.filter { id in
      guard let detail = known[id] else { return true }
      return places.clamped(to: 0..<detail.memberCount).contains { detail.member(at: $0) == nil }
    }
    let found = try reader.details(of: wanted, members: places, known)
    cache.withLock { cache in
      cache.makeRoom(forDetails: found.count)
      cache.details.merge(found) { $1 }
    }
  }
}

/// What was fetched of a list. It has a limit: somebody may scroll through a million rows.
struct ListingCache: Sendable {
  var rows: [OrganizationIDs.Number: OrganizationRow] = [:]
  var details: [String: PostgresDetail] = [:]

  private static let rowLimit = 10_000
  private static let detailLimit = 200

  mutating func makeRoom(forRows count: Int) {
    if rows.count + count > Self.rowLimit { rows = [:] }
  }

  mutating func makeRoom(forDetails count: Int) {
    if details.count + count > Self.detailLimit { details = [:] }
  }

  /// Forgets organizations that changed.
  mutating func forget(_ changed: some Sequence<String>, _ ids: OrganizationIDs) {
    for id in changed {
      details[id] = nil
      if let number = ids.number(of: id) { rows[number] = nil }
    }
  }
}
