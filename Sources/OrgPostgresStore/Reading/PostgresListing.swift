import OrgCore
import Synchronization

/// The organizations that match a query, in an order: their ids, and the rows that were looked at. All the rest stays on the
/// server until it is fetched.
final class PostgresListing: OrganizationListing {
  let summary: DataSummary
  let query: Query
  let order: ListOrder
  private let reader: PostgresReader
  private let ids: IDList
  /// All organizations, whether the query hides them or not.
  private let all: IDList
  private let cache = Mutex(Cache())

  /// What was fetched. It has a limit: somebody may scroll through a million rows.
  private struct Cache {
    var rows: [String: OrganizationRow] = [:]
    var details: [String: PostgresDetail] = [:]
    static let rowLimit = 20_000
    static let detailLimit = 64
  }

  /// How many rows are read with the list itself, as they are most likely looked at.
  private static let firstRows = 200
  /// How many members are read before and after one that is asked for.
  private static let neighbors = 100

  init(
    _ reader: PostgresReader, _ query: Query, _ order: ListOrder, after earlier: PostgresListing?
  ) throws(OrgError) {
    (self.reader, self.query, self.order, summary) = (reader, query, order, reader.summary)
    let same = earlier?.summary.revision == summary.revision ? earlier : nil
    if let same, same.query == query, same.order == order {
      ids = same.ids
    } else {
      ids = try reader.ids(query, order)
    }
    if query.isEmpty {
      all = ids
    } else if let same {
      all = same.all
    } else {
      all = try reader.ids(Query(), order)
    }
    if let earlier { try keep(earlier) }
    try fetch(0..<min(ids.count, Self.firstRows))
  }

  /// Keeps what an earlier list fetched, as far as it still holds, and reads again what doesn't.
  private func keep(_ earlier: PostgresListing) throws(OrgError) {
    guard let difference = try reader.difference(since: earlier.reader) else { return }
    let known = earlier.cache.withLock { $0 }
    let outdated = difference.changed.union(difference.removed)
    cache.withLock { cache in
      cache.rows = known.rows.filter { !outdated.contains($0.key) }
      cache.details = known.details.filter { !outdated.contains($0.key) }
    }
    try fetch(known.rows.keys.filter(difference.changed.contains))
    for (id, detail) in known.details where difference.changed.contains(id) {
      let places = detail.members.keys
      try fetch(id, members: (places.min() ?? 0)..<(places.max() ?? 0) + 1)
    }
  }

  let isWhole = false
  var count: Int { ids.count }
  func id(at row: Int) -> String { ids[row] }
  func position(of id: String) -> Int? { ids.row(of: id) }
  func row(at row: Int) -> OrganizationRow? {
    let id = ids[row]
    return cache.withLock { $0.rows[id] }
  }

  func contains(_ id: String) -> Bool { all.row(of: id) != nil }

  func detail(of id: String) -> (any OrganizationDetail)? { cache.withLock { $0.details[id] } }

  /// Known of rows that were looked at alone; the server looks at all of them when a name is to be taken.
  func organizationID(named name: String) -> String? {
    let key = name.nameKey
    return cache.withLock { $0.rows.values.first { $0.organization.name.nameKey == key }?.organization.id }
  }

  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int? {
    let found = try reader.ids(query, order)
    let rows = (0..<found.count).compactMap { ids.row(of: found[$0]) }
    guard !rows.isEmpty, count > 0 else { return nil }
    return rows.min { distance($0, from: row, isForward) < distance($1, from: row, isForward) }
  }

  /// How many steps it is to a row, around the end; a whole turn to the row itself.
  private func distance(_ other: Int, from row: Int, _ isForward: Bool) -> Int {
    let steps = isForward ? other - row : row - other
    return steps > 0 ? steps : steps + count
  }

  func fetch(_ rows: Range<Int>) throws(OrgError) {
    try fetch(rows.clamped(to: 0..<count).map { ids[$0] })
  }

  private func fetch(_ wanted: [String]) throws(OrgError) {
    let missing = cache.withLock { cache in wanted.filter { cache.rows[$0] == nil } }
    guard !missing.isEmpty else { return }
    let found = try reader.rows(of: missing)
    cache.withLock { cache in
      if cache.rows.count + found.count > Cache.rowLimit { cache.rows = [:] }
      for row in found { cache.rows[row.organization.id] = row }
      // Gone since the ids were listed: an empty row stays until the list is made anew.
      for id in missing where cache.rows[id] == nil {
        cache.rows[id] = OrganizationRow(
          Organization(id: id, name: "", createdAt: .unknown), defaults: .createdAt, memberCount: 0)
      }
    }
  }

  func fetch(_ id: String, member user: String) throws(OrgError) {
    let place = try reader.place(of: user, in: id)
    try fetch(id, members: max(0, place - Self.neighbors)..<place + Self.neighbors)
  }

  func fetch(_ id: String, members places: Range<Int>) throws(OrgError) {
    let known = cache.withLock { $0.details[id] }
    guard let detail = try reader.detail(of: id, members: places, known) else { return }
    cache.withLock { cache in
      if cache.details.count >= Cache.detailLimit, cache.details[id] == nil { cache.details = [:] }
      cache.details[id] = detail
    }
  }
}

/// An organization with those of its members that were fetched.
struct PostgresDetail: OrganizationDetail {
  let row: OrganizationRow
  let roleCounts: RoleCounts
  fileprivate(set) var members: [Int: MemberRow]

  var organization: Organization { row.organization }
  var defaults: DefaultedFields { row.defaults }
  var memberCount: Int { roleCounts.total }
  func member(at place: Int) -> MemberRow? { members[place] }
  func place(of user: String) -> Int? { members.first { $0.value.member.userID == user }?.key }
}

extension PostgresReader {
  /// The ids of the organizations that match a query, in an order.
  func ids(_ query: Query, _ order: ListOrder) throws(OrgError) -> IDList {
    let packed =
      tables.hasUUIDs
      ? "uuid_send(o.id)" : "int4send(octet_length(o.id::text)) || convert_to(o.id::text, 'UTF8')"
    let sql: SQL = """
      select string_agg(listed.packed, '') from (select \(raw: packed) as packed \
      from \(raw: tables.organizations) o where \(Filter(query, on: tables).condition) \
      order by \(Sorting(order, on: tables).keys)) listed
      """
    let rows = try ask(sql.binary)
    let bytes = rows.bytes(0, 0) ?? []
    return tables.hasUUIDs ? IDList(uuids: bytes) : IDList(texts: bytes)
  }

  /// Reads an organization, and members of it in some places, besides those that are known.
  func detail(
    of id: String, members places: Range<Int>, _ known: PostgresDetail?
  ) throws(OrgError) -> PostgresDetail? {
    guard tables.canBeID(id) else { return nil }
    let (row, counts) = (try self.row(of: id), try roleCounts(of: id))
    guard let row else { return nil }
    var detail = PostgresDetail(row: row, roleCounts: counts, members: known?.members ?? [:])
    for (offset, member) in try members(of: id, in: places).enumerated() {
      detail.members[places.lowerBound + offset] = member
    }
    return detail
  }
}
