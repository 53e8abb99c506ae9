import OrgCore

/// What a list of users asks the server: about those that match a query.
struct UserQueries {
  let reader: PostgresReader
  let query: UserQuery

  var tables: Tables { reader.tables }

  /// Users that there are, each once, as `users.id`.
  func distinct(_ condition: SQL = "true") -> SQL {
    "(select distinct \(raw: tables.userOrder) as id from \(raw: tables.members) m where \(condition)) users"
  }

  /// Whether a user's id has the words.
  var matches: SQL {
    let lower = tables.lowercase("users.id::text")
    let words = query.terms.compactMap { term -> SQL? in
      let pattern: String
      switch term.condition {
      case .text(let text): pattern = text.textPattern
      case .fuzzy(let text): pattern = text.fuzzyPattern
      case .textOrUsers(let text, let users):
        return """
          \(raw: term.isNegated ? "not " : "")\
          (\(raw: lower) like \(text.textPattern) or \(tables.isFolded(lower, among: users)))
          """
      case .directory(_, let users):
        return "\(raw: term.isNegated ? "not " : "")(\(tables.isFolded(lower, among: users)))"
      case .role, .status, .organizations, .count: return nil
      }
      return "\(raw: lower) \(raw: term.isNegated ? "not " : "")like \(pattern)"
    }
    return words.isEmpty ? "true" : words.joined(" and ")
  }

  /// The text that ids are to have, if that is all that is asked.
  var onlyText: String? {
    if query.terms.count == 1, case .text(let text) = query.terms[0].condition, !query.terms[0].isNegated {
      text
    } else {
      nil
    }
  }

  /// Between two users: the second is beyond the end.
  private func between(_ first: String?, _ end: String?) -> SQL {
    let conditions =
      [first.map { "\(raw: tables.userOrder) >= \(tables.userOrder(of: $0))" as SQL }]
      + [end.map { "\(raw: tables.userOrder) < \(tables.userOrder(of: $0))" as SQL }]
    let known = conditions.compactMap(\.self)
    return known.isEmpty ? "true" : known.joined(" and ")
  }

  /// The users of `listed`, with their roles, in order.
  private func summaries(_ listed: SQL) -> SQL {
    """
    with listed as materialized (\(listed)) select \(raw: tables.user), \(raw: tables.role), count(*) \
    from listed join \(raw: tables.members) m on \(raw: tables.userOrder) = listed.id \
    group by listed.id, 1, 2 order by listed.id, 1
    """
  }

  func users(_ rows: Rows) -> [UserSummary] {
    var users: [UserSummary] = []
    var current: (id: String, roles: RoleCounts)?
    for row in 0..<rows.count {
      let id = rows.text(row, 0) ?? ""
      if let known = current, known.id != id {
        users.append(UserSummary(id: known.id, roles: known.roles))
        current = nil
      }
      var roles = current?.roles ?? RoleCounts()
      roles[rows.text(row, 1).flatMap(Role.init(rawValue:)) ?? .member] += rows.number(row, 2) ?? 0
      current = (id, roles)
    }
    if let current { users.append(UserSummary(id: current.id, roles: current.roles)) }
    return users
  }

  /// The first users, and about how many there are, with the words and in all.
  func first(
    startingWith start: String? = nil
  ) throws(OrgError) -> (users: [UserSummary], estimate: Int, total: Int) {
    let size = UserIntervals.size
    let range = start.map { between($0, $0 + "\u{10FFFF}") } ?? "true"
    let answers = try reader.ask([
      summaries("select id from \(distinct(range)) where \(matches) order by id limit \(size)"),
      "explain select from \(distinct()) where \(matches)", "explain select from \(distinct())",
    ])
    let total = PostgresReader.plannedRows(answers[2])
    return (users(answers[0]), min(total, PostgresReader.plannedRows(answers[1])), total)
  }

  /// The time limit for a search anywhere in the ids, in milliseconds; no index supports it.
  private static let patience = 150

  /// Users whose ids begin with a text, which are found at once, and then those that have it in them, as far as these are
  /// found in a moment.
  func completions(of text: String, limit: Int) throws(OrgError) -> [String] {
    var completion = UserCompletion(text, limit: limit)
    func add(_ condition: SQL, _ filter: SQL, _ reader: PostgresReader) throws(OrgError) {
      let rows = try reader.ask(
        "select id::text from \(distinct(condition)) where \(filter) order by id limit \(limit)")
      // A longer one may have been cut for the order.
      for row in 0..<rows.count {
        if let id = rows.text(row, 0), id.unicodeScalars.count < SchemaExpressions.boundedLength {
          completion.add(id)
        }
      }
    }
    // An index has the ids as they are; most are in lower case.
    for start in tables.hasUserTexts ? Set([text, text.lowercased()]) : [] {
      try add(between(start, start + "\u{10FFFF}"), "true", reader)
    }
    guard completion.ids.count < limit else { return completion.ids }
    do throws(OrgError) {
      try add("true", matches, reader.limited(milliseconds: Self.patience))
    } catch {
      guard error.code == .cancelled, reader.isStillWanted else { throw error }
    }
    return completion.ids
  }

  /// All users with the words, and all users; looks at each.
  func intervals() throws(OrgError) -> (shown: UserIntervals, all: UserIntervals) {
    let size = UserIntervals.size
    let rows = try reader.ask(
      """
      select id::text, place, is_match, matching, is_last from ( \
      select id, is_match, row_number() over in_order as place, \
      count(*) filter (where is_match) over in_order as matching, lead(id) over in_order is null as is_last \
      from (select id, \(matches) as is_match from \(distinct()) order by id offset 0) matched \
      window in_order as (order by id)) numbered \
      where place % \(size) = 1 or is_match and matching % \(size) = 1 or is_last
      """)
    var (shown, all): ([String], [String]) = ([], [])
    var (matching, total) = (0, 0)
    for row in 0..<rows.count {
      let id = rows.text(row, 0) ?? ""
      let (place, match) = (rows.number(row, 1) ?? 0, rows.number(row, 3) ?? 0)
      if place % size == 1 { all.append(id) }
      if rows.isTrue(row, 2), match % size == 1 { shown.append(id) }
      if rows.isTrue(row, 4) { (matching, total) = (match, place) }
    }
    return (UserIntervals(firsts: shown, total: matching), UserIntervals(firsts: all, total: total))
  }

  /// The users of some intervals.
  func users(_ wanted: [Int], of intervals: UserIntervals) throws(OrgError) -> [Int: [UserSummary]] {
    let answers = try reader.ask(
      wanted.map { interval in
        let (first, end) = intervals.bounds(interval)
        return summaries("select id from \(distinct(between(first, end))) where \(matches)")
      })
    return Dictionary(
      zip(wanted, answers.map(users)), uniquingKeysWith: { first, _ in first })
  }

  /// How many users some intervals have now.
  func counts(_ wanted: [Int], of intervals: UserIntervals) throws(OrgError) -> [Int: Int] {
    let answers = try reader.ask(
      wanted.map { interval in
        let (first, end) = intervals.bounds(interval)
        return "select count(*) from \(distinct(between(first, end))) where \(matches)"
      })
    return Dictionary(
      zip(wanted, answers.map { $0.number(0, 0) ?? 0 }), uniquingKeysWith: { first, _ in first })
  }

  /// Who came, went, or got another role since a generation; `nil` if that isn't known, or many did.
  func changed(since generation: Int) throws(OrgError) -> Set<String>? {
    guard tables.isInstalled else { return nil }
    let limit = 200
    let rows = try reader.ask(
      """
      select distinct coalesce(c.record ->> 'user', c.member) from orgman.change c join orgman.history h using (transaction) \
      where h.generation > \(generation) and c.member is not null limit \(limit + 1)
      """)
    return rows.count > limit ? nil : Set((0..<rows.count).compactMap { rows.text($0, 0) })
  }
}
