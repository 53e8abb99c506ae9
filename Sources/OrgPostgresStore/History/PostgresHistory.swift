import FoundationEssentials
import OrgCore

/// The history that triggers write into the schema `orgman`: what orgman did, and what everybody else did.
struct PostgresHistory {
  let database: Database
  /// Whether it is for looking at, so that a replica may be asked; what is undone is asked of the primary server.
  var isShown = false

  /// What changes may have done, whatever the tables take now.
  private var rules: Rules {
    var rules = database.tables.rules
    rules.roles = Role.allCases
    return rules
  }
  private var isKept: Bool { database.tables.isInstalled }

  /// A page of the generations that meet a condition, newest first unless asked otherwise. The condition calls the table
  /// `h`.
  func page(
    _ condition: SQL = "true", from position: HistoryCursor?, limit: Int,
    order: HistoryFilter.Order = .newestFirst
  ) throws(OrgError) -> HistoryPage {
    let limit = min(max(1, limit), 10_000)
    let isForward = order == .oldestFirst
    let last = position.flatMap { Int($0.text) } ?? (isForward ? 0 : .max)
    let entries = try entries(
      "h.generation \(raw: isForward ? ">" : "<") \(last) and \(condition)", limit: limit,
      isAscending: isForward)
    let next = entries.count < limit ? nil : entries.last.map { HistoryCursor(String($0.generation)) }
    return HistoryPage(entries: entries, next: next)
  }

  /// A page of the generations that a filter lets through, in its order: the server finds what may be meant, as far as its
  /// own words allow, and the rest is looked for here.
  func page(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    let condition = Self.condition(filter)
    guard !filter.terms.isEmpty else {
      return try page(condition, from: position, limit: limit, order: filter.order)
    }
    let limit = min(max(1, limit), 10_000)
    var entries: [HistoryEntry] = []
    var position = position
    repeat {
      let page = try page(condition, from: position, limit: max(limit, 200), order: filter.order)
      for (place, entry) in page.entries.enumerated() where filter.includes(entry) {
        entries.append(entry)
        let isLast = place == page.entries.count - 1 && page.next == nil
        if entries.count == limit, !isLast {
          return HistoryPage(entries: entries, next: HistoryCursor(String(entry.generation)))
        }
      }
      position = page.next
    } while position != nil
    return HistoryPage(entries: entries, next: nil)
  }

  /// What a term lets through, or more than that; `nil` where the server can't tell.
  private static func condition(_ term: QueryTerm<HistoryFilter.Condition>) -> SQL? {
    /// The text in lower case, if it is the same in every way of doing that.
    func plain(_ text: String) -> String? {
      let isPlain = text.utf8.allSatisfy {
        $0 < 0x80 && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber)
          || Array("-_.@:".utf8).contains($0)
      }
      return isPlain ? text.lowercased() : nil
    }
    switch term.condition {
    case .kind(let names):
      let list = names.map { "\($0)" as SQL }.joined(", ")
      return term.isNegated ? "h.kind not in (\(list))" : "h.kind in (\(list))"
    case .by(let text) where !term.isNegated:
      guard let text = plain(text) else { return nil }
      return """
        position(\(text) in lower(concat_ws(' ', h.actor ->> 'user', h.actor ->> 'login', \
        h.actor ->> 'claimedSudoUser', h.actor ->> 'claimedSSHClient', h.actor ->> 'actingAs', h.actor ->> 'host', \
        case h.kind when 'foreign' then 'outside' end) collate "C")) > 0
        """
    case .user(let text) where !term.isNegated:
      guard let text = plain(text) else { return nil }
      return change("position(\(text) in lower(c.record ->> 'user' collate \"C\")) > 0")
    case .organization(let text) where !term.isNegated:
      guard let text = plain(text) else { return nil }
      return change(
        """
        position(\(text) in lower(concat_ws(' ', c.record ->> 'org', c.record ->> 'name') collate "C")) > 0
        """)
    case .by, .user, .organization, .text, .fuzzy, .time: return nil
    }
  }

  private static func change(_ condition: SQL) -> SQL {
    "exists (select from orgman.change c where c.transaction = h.transaction and \(condition))"
  }

  /// What a filter lets through, as a condition.
  static func condition(_ filter: HistoryFilter) -> SQL {
    var conditions: [SQL] = []
    if let since = filter.since { conditions.append("h.at >= \(since.description + "+00")::timestamptz") }
    if let until = filter.until { conditions.append("h.at < \(until.description + "+00")::timestamptz") }
    conditions += filter.terms.compactMap(condition)
    var change: [SQL] = []
    if let organization = filter.organization { change.append("c.organization = \(key(organization))") }
    if let user = filter.user { change.append("c.member = \(key(user))") }
    if !change.isEmpty {
      conditions.append(
        "h.transaction in (select c.transaction from orgman.change c where \(change.joined(" and ")))")
    }
    return conditions.isEmpty ? "true" : conditions.joined(" and ")
  }

  private static func key(_ id: String) -> SQL {
    "left(\(id), \(SchemaExpressions.keyLength))"
  }

  func entry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try entries("h.generation = \(Int(clamping: generation))", limit: 1).first
  }

  /// What a transaction of this server did.
  func entry(transaction: String) throws(OrgError) -> HistoryEntry? {
    try entries("h.generation is not null and h.transaction = \(transaction)::xid8", limit: 1).first
  }

  func newestGeneration() throws(OrgError) -> UInt64? {
    guard isKept else { return nil }
    let rows = try ask("select max(h.generation) from orgman.history h")
    return rows.number(0, 0).flatMap { UInt64(exactly: $0) }
  }

  /// The newest of a user's generations for which a search says that it has found what it looks for.
  ///
  /// - Parameter examine: `true` for found, `false` to stop, `nil` to go on.
  func search(by uid: UInt32?, _ examine: (HistoryEntry) -> Bool?) throws(OrgError) -> HistoryEntry? {
    let condition: SQL = uid.map { "h.actor ->> 'uid' = \(String($0))" } ?? "true"
    var position: HistoryCursor?
    repeat {
      let page = try page(condition, from: position, limit: 100)
      for entry in page.entries {
        if let isFound = examine(entry) { return isFound ? entry : nil }
      }
      position = page.next
    } while position != nil
    return nil
  }

  // MARK: Rows

  private func ask(_ statement: SQL) throws(OrgError) -> Rows {
    do throws(PostgresError) {
      guard isShown else { return try database.pool.read([statement.statement])[0] }
      return try database.servers.read([statement.statement])[0]
    } catch {
      throw error.error("The history can't be read", of: database.name)
    }
  }

  /// Generations between two, oldest first.
  func entries(after generation: UInt64, upTo last: UInt64, limit: Int) throws(OrgError) -> [HistoryEntry] {
    try entries(
      "h.generation > \(Int(clamping: generation)) and h.generation <= \(Int(clamping: last))", limit: limit,
      isAscending: true)
  }

  private func entries(
    _ condition: SQL, limit: Int, isAscending: Bool = false
  ) throws(OrgError) -> [HistoryEntry] {
    guard isKept else { return [] }
    let rows = try ask(
      """
      select h.generation, (extract(epoch from h.at) * 1000000)::bigint, h.kind, h.subject, h.actor, h.note, \
      (select json_agg(c.record order by c.place) from orgman.change c where c.transaction = h.transaction), \
      h.details, h.erased \
      from orgman.history h where \(condition) order by h.generation \(raw: isAscending ? "asc" : "desc") limit \(limit)
      """)
    return (0..<rows.count).map { entry(rows, $0) }
  }

  private func entry(_ rows: Rows, _ row: Int) -> HistoryEntry {
    let decoder = JSONDecoder()
    func decoded<Value: Decodable>(_ column: Int, _ type: Value.Type) -> Value? {
      rows.bytes(row, column).flatMap { try? decoder.decode(type, from: Data($0)) }
    }
    let actor = decoded(4, Actor.self) ?? Actor(uid: .max, user: "", host: "")
    let kind = rows.text(row, 2)
    let details = decoded(7, HistoryDetails.self) ?? HistoryDetails()
    let subject = rows.number(row, 3).flatMap { UInt64(exactly: $0) } ?? 0
    return HistoryEntry(
      generation: rows.number(row, 0).flatMap { UInt64(exactly: $0) } ?? 0,
      time: rows.number(row, 1).map { Timestamp(microseconds: Int64($0)) } ?? .unknown,
      kind: kind.flatMap { HistoryEntry.Kind(name: $0, of: subject) } ?? .foreign, actor: actor,
      changes: (decoded(6, [ChangeRecord].self) ?? []).compactMap { $0.recorded(by: rules) },
      reverted: details.reverted ?? [],
      refused: (details.refused ?? []).compactMap { $0.recorded(by: rules) }, note: rows.text(row, 5),
      erasedCount: rows.number(row, 8) ?? 0,
      writer: kind == HistoryEntry.Kind.foreign.name ? actor : nil)
  }
}

/// What files say of a generation that tables have no columns for.
struct HistoryDetails: Codable, Sendable {
  var reverted: [UInt64]?
  var refused: [ChangeRecord]?
}
