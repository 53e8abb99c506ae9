import OrgCore
import Synchronization

/// The organizations of a user that match a query, in an order: their ids, and the rows that were looked at. Where there
/// aren't many, those are all.
final class PostgresMemberships: MembershipListing {
  let user: String
  let total: Int
  let isWhole: Bool
  private let reader: PostgresReader
  private let ids: OrganizationIDs
  private let rows: [OrganizationIDs.Number]
  private let positions: [OrganizationIDs.Number: Int]
  private let cache = Mutex<[OrganizationIDs.Number: Membership]>([:])

  /// Of up to so many, all is read at once.
  static let limit = 2000
  /// How many rows are kept.
  private static let cacheLimit = 10_000

  /// Reads the ids of all, and which of them match.
  init(
    _ reader: PostgresReader, of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) throws(OrgError) {
    (self.user, self.reader) = (user, reader.unconditional)
    let tables = reader.tables
    let ids = OrganizationIDs(areUUIDs: tables.hasUUIDs, count: 0)
    var shown: [OrganizationIDs.Number] = []
    var total = 0
    if user.canBeSent {
      let rows = try reader.ask(
        """
        select \(raw: tables.id), \(Filter(query.organizations, on: tables).condition) \
        and \(MemberFilter(query.members, on: tables).condition) from \(raw: tables.members) m \
        join \(raw: tables.organizations) o on o.id = \(raw: tables.memberOrganization) \
        where m.user_id = \(user) order by \(Sorting.keys(order, on: tables))
        """)
      total = rows.count
      for row in 0..<rows.count {
        guard let number = rows.text(row, 0).flatMap({ ids.add($0) }) else { continue }
        if rows.isTrue(row, 1) { shown.append(number) }
      }
    }
    (self.ids, rows, self.total, isWhole) = (ids, shown, total, shown.count <= Self.limit)
    positions = Dictionary(
      shown.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    if isWhole { try fetch(0..<count, from: reader) }
  }

  var count: Int { rows.count }
  func id(at row: Int) -> String { ids[rows[row]] }
  func position(of organization: String) -> Int? { ids.number(of: organization).flatMap { positions[$0] } }
  func contains(_ organization: String) -> Bool { ids.number(of: organization) != nil }
  func row(at row: Int) -> Membership? {
    let number = rows[row]
    return cache.withLock { $0[number] }
  }

  func fetch(_ rows: Range<Int>) throws(OrgError) { try fetch(rows, from: reader) }

  private func fetch(_ rows: Range<Int>, from reader: PostgresReader) throws(OrgError) {
    let wanted = self.rows[rows.clamped(to: 0..<count)]
    let missing = cache.withLock { cache in wanted.filter { cache[$0] == nil } }
    guard !missing.isEmpty else { return }
    let found = try reader.memberships(of: user, in: missing.map { ids[$0] })
    cache.withLock { cache in
      if cache.count + found.count > Self.cacheLimit { cache = [:] }
      for membership in found {
        if let number = ids.number(of: membership.organization.id) { cache[number] = membership }
      }
    }
  }

  func members() throws(OrgError) -> [OrgUser] {
    try reader.memberships(of: user).sorted {
      ($0.organization.name.lowercased(), $0.organization.id)
        < ($1.organization.name.lowercased(), $1.organization.id)
    }.map(\.member)
  }
}
