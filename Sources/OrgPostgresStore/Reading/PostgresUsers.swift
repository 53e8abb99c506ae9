import OrgCore

/// The users whose ids have all words of a text, in the order of their ids.
struct PostgresUsers: UserListing {
  let revision: Revision
  let total: Int
  private let users: [UserSummary]
  private let positions: [String: Int]

  /// How many users are read at most; a text narrows the list down to those that somebody looks for.
  static let limit = 100_000

  init(_ reader: PostgresReader, matching text: String) throws(OrgError) {
    revision = reader.revision
    let tables = reader.tables
    let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    let conditions = words.map {
      "position(\($0) in \(raw: tables.userSearchText)) > 0" as SQL
    }
    let condition = conditions.isEmpty ? "true" : conditions.joined(" and ")
    let answers = try reader.ask([
      """
      select listed.user_id, \(raw: tables.role), count(*) from (select m.user_id from \(raw: tables.members) m \
      where \(condition) group by 1 order by m.user_id collate "C" limit \(Self.limit)) listed \
      join \(raw: tables.members) m using (user_id) group by 1, 2 order by listed.user_id collate "C"
      """,
      "select count(*) from (select distinct m.user_id from \(raw: tables.members) m) all_users",
    ])
    var users: [UserSummary] = []
    var current: (id: String, roles: RoleCounts)?
    for row in 0..<answers[0].count {
      let id = answers[0].text(row, 0) ?? ""
      if let known = current, known.id != id {
        users.append(UserSummary(id: known.id, roles: known.roles))
        current = nil
      }
      var roles = current?.roles ?? RoleCounts()
      let role = answers[0].text(row, 1).flatMap(Role.init(rawValue:)) ?? .member
      roles[role] += answers[0].number(row, 2) ?? 0
      current = (id, roles)
    }
    if let current { users.append(UserSummary(id: current.id, roles: current.roles)) }
    self.users = users
    positions = Dictionary(
      users.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    total = answers[1].number(0, 0) ?? users.count
  }

  var count: Int { users.count }
  func user(at row: Int) -> UserSummary? { users[row] }
  func position(of user: String) -> Int? { positions[user] }
}
