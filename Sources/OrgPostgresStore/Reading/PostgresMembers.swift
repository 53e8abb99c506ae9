import OrgCore
import Synchronization

/// The members of an organization that match a query, in an order: their ids, and the rows that were looked at.
final class PostgresMembers: MemberListing {
  let organization: String
  let total: Int
  private let query: MemberQuery
  private let order: MemberOrder
  private let reader: PostgresReader
  private let revision: Revision
  private let ids: OrderedIDs
  private let cache = Mutex(RowCache<MemberRow>())

  /// So many are read at once from the start: more than a screen shows.
  private static let firstRows = 200

  /// Reads the ids.
  private init(
    _ reader: PostgresReader, _ moment: PostgresReader, of organization: String, _ query: MemberQuery,
    _ order: MemberOrder
  ) throws(OrgError) {
    (self.organization, self.query, self.order) = (organization, query, order)
    (self.reader, revision) = (reader.unconditional, reader.revision)
    let filter = MemberFilter(query, on: reader.tables)
    ids = try OrderedIDs(
      """
      select \(raw: reader.tables.user) from \(raw: reader.tables.members) m \
      where \(Self.isMember(organization, reader.tables)) and \(filter.condition) order by \(filter.keys(order))
      """, from: moment)
    total = try moment.roleCounts(of: organization).total
    try fetch(0..<min(Self.firstRows, ids.count), from: moment)
  }

  private static func isMember(_ organization: String, _ tables: Tables) -> SQL {
    "\(raw: tables.memberOrganization) = \(tables.id(organization))"
  }

  /// Those of an organization that can be one; `earlier` if it is the same.
  static func make(
    _ reader: PostgresReader, of organization: String, _ query: MemberQuery, _ order: MemberOrder,
    after earlier: PostgresMembers?
  ) throws(OrgError) -> PostgresMembers {
    if let earlier, earlier.revision == reader.revision, earlier.organization == organization,
      earlier.query == query, earlier.order == order
    {
      return earlier
    }
    return try reader.inOneMoment { (moment) throws(OrgError) in
      try PostgresMembers(reader, moment, of: organization, query, order)
    }
  }

  let isWhole = false
  var count: Int { ids.count }
  func id(at row: Int) -> String { ids[row] }
  func position(of user: String) -> Int? { ids.row(of: user) }
  func member(at row: Int) -> MemberRow? {
    let id = ids[row]
    return cache.withLock { $0[id] }
  }

  func fetch(_ rows: Range<Int>) throws(OrgError) { try fetch(rows, from: reader) }

  private func fetch(_ rows: Range<Int>, from reader: PostgresReader) throws(OrgError) {
    let wanted = rows.clamped(to: 0..<count).map { ids[$0] }
    let missing = cache.withLock { cache in wanted.filter { cache[$0] == nil } }
    guard !missing.isEmpty else { return }
    let tables = reader.tables
    let rows = try reader.ask(
      """
      select \(raw: tables.memberColumns) from \(raw: tables.members) m \
      where \(Self.isMember(organization, tables)) and \(tables.isUser(among: missing))
      """)
    let found = (0..<rows.count).map { tables.member(rows, $0) }
    cache.withLock { $0.add(found.map { ($0.member.userID, $0) }) }
  }
}

/// A query for members as the condition of a `where`, and their order.
struct MemberFilter {
  let tables: Tables
  let query: MemberQuery

  init(_ query: MemberQuery, on tables: Tables) { (self.query, self.tables) = (query, tables) }

  /// The condition; `true` for a query that everything matches.
  var condition: SQL {
    let conditions = query.terms.map { term -> SQL in
      let condition = condition(term.condition)
      return term.isNegated ? "not (\(condition))" : "(\(condition))"
    }
    return conditions.isEmpty ? "true" : conditions.joined(" and ")
  }

  private func condition(_ condition: MemberQuery.Condition) -> SQL {
    switch condition {
    case .text(let text): "\(raw: tables.lowercase(tables.user)) like \(text.textPattern)"
    case .fuzzy(let text): "\(raw: tables.lowercase(tables.user)) like \(text.fuzzyPattern)"
    case .textOrUsers(let text, let users):
      """
      \(raw: tables.lowercase(tables.user)) like \(text.textPattern) \
      or \(tables.isFolded(tables.lowercase(tables.user), among: users))
      """
    case .user(let user): user.canBeSent ? "\(raw: tables.user) = \(user)" : "false"
    case .role(let role): "\(raw: tables.role) = \(role.rawValue)"
    case .joined(let comparison): Filter.day(of: tables.joined, comparison)
    }
  }

  /// What comes after `order by`.
  func keys(_ order: MemberOrder) -> SQL {
    let direction = order.isDescending ? " desc" : ""
    return switch order.column {
    case .joined: "\(raw: "\(tables.joined)\(direction), \(tables.userOrder)\(direction)")"
    case .user: "\(raw: tables.userOrder + direction)"
    case .role: "\(raw: "\(tables.roleRank)\(direction), \(tables.memberOrder)")"
    }
  }
}

extension Tables {
  /// Whether a user's id, put in lower case by an expression, is one of some ids, whatever their case.
  func isFolded(_ id: String, among ids: Set<String>) -> SQL {
    let ids = ids.map { $0.lowercased() }.filter(\.canBeSent).sorted()
    return "\(raw: id) = any(\(ids.arrayLiteral)::text[])"
  }

  /// Whether a member is one of some users.
  func isUser(among ids: [String]) -> SQL {
    let ids = ids.filter(\.canBeSent)
    guard hasUserTexts else { return "\(raw: user) = any(\(ids.arrayLiteral)::text[])" }
    return "\(raw: userOrder) = any(\(ids.arrayLiteral)::text[])"
  }
}
