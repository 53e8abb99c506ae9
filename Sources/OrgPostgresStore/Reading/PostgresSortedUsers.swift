import OrgCore
import Synchronization

/// The users that match a query, in an order for which all of them have to be counted: their ids, and the rows that were
/// looked at.
final class PostgresSortedUsers: UserListing {
  let revision: Revision
  let total: Int
  let expectedCount: Int
  private let query: UserQuery
  private let order: UserOrder
  private let reader: PostgresReader
  private let ids: OrderedIDs
  private let cache = Mutex(RowCache<UserSummary>())

  private static let firstRows = 200

  private init(
    _ reader: PostgresReader, _ moment: PostgresReader, _ query: UserQuery, _ order: UserOrder
  ) throws(OrgError) {
    (self.query, self.order) = (query, order)
    (self.reader, revision) = (reader.unconditional, reader.revision)
    let queries = UserQueries(reader: moment, query: query)
    ids = try OrderedIDs(queries.sorted(by: order), from: moment)
    expectedCount = ids.fullCount
    total = try query.isEmpty ? ids.fullCount : queries.total()
    try fetch(0..<min(Self.firstRows, ids.count), from: moment)
  }

  /// Users that match; `earlier` if they are the same.
  static func make(
    _ reader: PostgresReader, _ query: UserQuery, _ order: UserOrder, after earlier: PostgresSortedUsers?
  ) throws(OrgError) -> PostgresSortedUsers {
    if let earlier, earlier.revision == reader.revision, earlier.query == query, earlier.order == order {
      return earlier
    }
    return try reader.inOneMoment { (moment) throws(OrgError) in
      try PostgresSortedUsers(reader, moment, query, order)
    }
  }

  let isWhole = false
  var count: Int { ids.count }
  func user(at row: Int) -> UserSummary? {
    guard row < count else { return nil }
    let id = ids[row]
    return cache.withLock { $0[id] }
  }
  func position(of user: String) -> Int? { ids.row(of: user) }
  func ids(in rows: Range<Int>) throws(OrgError) -> [String] { rows.map { ids[$0] } }

  func fetch(_ rows: Range<Int>) throws(OrgError) { try fetch(rows, from: reader) }

  private func fetch(_ rows: Range<Int>, from reader: PostgresReader) throws(OrgError) {
    let wanted = rows.clamped(to: 0..<count).map { ids[$0] }
    let missing = cache.withLock { cache in wanted.filter { cache[$0] == nil } }
    guard !missing.isEmpty else { return }
    let found = try UserQueries(reader: reader, query: query).users(missing)
    cache.withLock { $0.add(found.map { ($0.id, $0) }) }
  }
}

extension UserQuery {
  /// Whether users that match come in the order of their ids, and are found by these alone.
  func isByID(_ order: UserOrder) -> Bool { isAboutIDs && order.isUsual }
}

// Users who are counted.
extension UserQueries {
  /// Selects the users that match, in an order: each is counted.
  func sorted(by order: UserOrder) -> SQL {
    let direction = order.isDescending ? " desc" : ""
    let key = order.column == .user ? "" : "users.\(column(order.column.role))\(direction), "
    let last = order.column == .user ? direction : ""
    return """
      select users.id::text from (\(counted)) users where \(matches) and \(countsMatch) \
      order by \(raw: key)users.id\(raw: last)
      """
  }

  /// How many users there are.
  func total() throws(OrgError) -> Int {
    try reader.ask("select count(*) from \(distinct())").number(0, 0) ?? 0
  }

  /// Some users by their ids, with their roles; in no order.
  func users(_ ids: [String]) throws(OrgError) -> [UserSummary] {
    users(
      try reader.ask(
        """
        select \(raw: tables.user), \(raw: tables.role), count(*) from \(raw: tables.members) m \
        where \(tables.isUser(among: ids)) group by 1, 2 order by 1, 2
        """))
  }

  private func column(_ role: Role?) -> String { role.map { "as_\($0.rawValue)" } ?? "organizations" }

  /// Users with what is asked of their memberships, counted.
  private var counted: SQL {
    let roles = Role.allCases.map { role in
      "count(*) filter (where \(tables.role) = '\(role.rawValue)') as \(column(role))"
    }
    let memberships = query.memberships
    let ofRole: SQL =
      memberships.roles.isEmpty
      ? "true"
      : memberships.roles.map {
        "\(raw: tables.role) \(raw: $0.isNegated ? "<>" : "=") \($0.role.rawValue)" as SQL
      }.joined(" and ")
    let present = memberships.statuses.enumerated().map { place, status in
      "bool_or(\(raw: tables.status) = \(status.rawValue) and \(ofRole)) as present_\(place)" as SQL
    }
    let absent = memberships.absentStatuses.enumerated().map { place, status in
      "bool_or(\(raw: tables.status) = \(status.rawValue)) as absent_\(place)" as SQL
    }
    let columns =
      ["\(raw: tables.userOrder) as id", "count(*) as organizations"] + roles.map { "\(raw: $0)" as SQL }
      + present + absent
    let organizations =
      memberships.isAboutOrganizations
      ? " join \(tables.organizations) o on o.id = \(tables.memberOrganization)" : ""
    return """
      select \(columns.joined(", ")) from \(raw: tables.members) m\(raw: organizations) group by 1
      """
  }

  /// What is asked of the counts.
  private var countsMatch: SQL {
    func comparison(_ role: Role?, _ comparison: Query.Comparison, _ isNegated: Bool) -> SQL {
      """
      \(raw: isNegated ? "not " : "")(users.\(raw: column(role)) \(raw: comparison.sign.rawValue) \(comparison.number))
      """
    }
    let counts = query.terms.compactMap { term -> SQL? in
      switch term.condition {
      case .organizations(let number): comparison(nil, number, term.isNegated)
      case .count(let role, let number): comparison(role, number, term.isNegated)
      case .text, .fuzzy, .textOrUsers, .directory, .role, .status: nil
      }
    }
    let memberships = query.memberships
    let roles =
      memberships.statuses.isEmpty
      ? memberships.roles.map {
        "users.\(raw: column($0.role)) \(raw: $0.isNegated ? "=" : ">") 0" as SQL
      } : []
    let present = memberships.statuses.indices.map { "users.present_\($0)" as SQL }
    let absent = memberships.absentStatuses.indices.map { "not users.absent_\($0)" as SQL }
    let all = counts + roles + present + absent
    return all.isEmpty ? "true" : all.joined(" and ")
  }
}
