import OrgCore
import Synchronization

/// What a database answers at one revision. A reader in a transaction of its own never sees anything newer; any other may,
/// where a row is looked at later: the screen learns of the change as soon as it is committed, and asks a new reader.
final class PostgresReader: StoreReader {
  let database: Database
  let summary: DataSummary
  /// The generation of the data; where generations aren't counted, a number that tells states of the data apart.
  let generation: Int
  private let source: ReadSource
  /// Whether answers are still of use; `nil` if they are, whatever happens.
  private let isWanted: (@Sendable () -> Bool)?
  /// What will be asked soon, and the answers to what was.
  private let ahead = Mutex<(due: [Statement], answers: [Statement: Rows])>(([], [:]))

  var tables: Tables { database.tables }

  /// How long the server may take for what it looks at all rows for, in milliseconds.
  private static let patience = 600_000

  /// Looks at which revision the data are.
  init(_ database: Database, _ source: ReadSource) throws(OrgError) {
    (self.database, self.source, isWanted) = (database, source, nil)
    let state = State(database)
    do throws(PostgresError) {
      (summary, generation) = try state.summary { (statement) throws(PostgresError) in
        try source.run([statement.statement])[0]
      }
    } catch {
      throw error.error("The data can't be read", of: database.name)
    }
    database.newest.withLock { $0 = (generation, summary) }
  }

  /// The same with another source, or for as long as something holds.
  private init(_ same: PostgresReader, _ source: ReadSource, _ isWanted: (@Sendable () -> Bool)?) {
    (database, summary, generation) = (same.database, same.summary, same.generation)
    (self.source, self.isWanted) = (source, isWanted)
  }

  func wanted(while isWanted: @escaping @Sendable () -> Bool) -> any StoreReader {
    PostgresReader(self, source, isWanted)
  }

  /// The same, whatever is still of use.
  var unconditional: PostgresReader { PostgresReader(self, source, nil) }

  /// The same for as long as something else holds, too.
  func asLong(as holds: @escaping @Sendable () -> Bool) -> PostgresReader {
    PostgresReader(self, source) { [isWanted] in holds() && isWanted?() ?? true }
  }

  /// The same for so long.
  func limited(milliseconds: Int) -> PostgresReader {
    let end = monotonicMilliseconds() + milliseconds
    return asLong { monotonicMilliseconds() < end }
  }

  /// Whether all answers are of one moment.
  var readsOneMoment: Bool { if case .transaction = source { true } else { false } }

  var isStillWanted: Bool { isWanted?() ?? true }

  /// Asks in a transaction of its own, so that all answers are of one moment, though maybe of a later one. Once more if a
  /// replica ends it.
  func inOneMoment<Value>(
    _ body: (PostgresReader) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    guard case .newest(let servers) = source else { return try body(self) }
    let transaction = ReadTransaction(servers)
    do throws(OrgError) {
      return try body(PostgresReader(self, .transaction(transaction), isWanted))
    } catch {
      guard transaction.isLost else { throw error }
      let another = ReadTransaction(servers.withoutReplica)
      return try body(PostgresReader(self, .transaction(another), isWanted))
    }
  }

  /// A reader for data that can't be read for now, as they were when they were last read.
  init(unread database: Database) {
    (self.database, source, isWanted) = (database, .newest(database.servers), nil)
    (generation, summary) = database.newest.withLock { $0 }
  }

  /// Asks the server.
  func ask(_ questions: [SQL]) throws(OrgError) -> [Rows] {
    let statements = questions.map(\.statement)
    let (known, due) = ahead.withLock { ahead in
      let known = statements.compactMap { ahead.answers[$0] }
      guard known.count < statements.count else { return (known, [Statement]()) }
      defer { ahead.due = [] }
      return ([], ahead.due.filter { !statements.contains($0) })
    }
    guard known.count < statements.count else { return known }
    do throws(PostgresError) {
      guard isStillWanted else { throw PostgresError(.cancelled, "not wanted any more") }
      let answers = try source.run(
        statements + due, patience: isWanted == nil ? nil : Self.patience, isWanted: isWanted)
      ahead.withLock {
        for (place, statement) in due.enumerated() {
          $0.answers[statement] = answers[statements.count + place]
        }
      }
      return Array(answers.prefix(statements.count))
    } catch {
      throw error.error("The data can't be read", of: database.name)
    }
  }

  /// Has what will be asked soon go with the next question, so that it takes no round trip of its own. For a reader of one
  /// moment: the answers are kept.
  func willAsk(_ questions: [SQL]) { ahead.withLock { $0.due += questions.map(\.statement) } }

  func ask(_ statement: SQL) throws(OrgError) -> Rows { try ask([statement])[0] }

  /// Asks about all rows, without what the server takes for the best way to them and isn't: it would sort parts of a result,
  /// in files if there is much of it, or look rows up one by one in an index that leads to all of them.
  func ask(_ statement: SQL, without settings: [String]) throws(OrgError) -> Rows {
    func set(_ value: String) -> [SQL] { settings.map { "select set_config(\($0), \(value), true)" } }
    return try ask(set("off") + [statement] + set("on"))[settings.count]
  }

  /// The start of a statement that reads organizations.
  private func select(_ columns: String) -> SQL {
    "select \(raw: columns) from \(raw: tables.organizations) o"
  }

  // MARK: Records

  func organization(id: String) throws(OrgError) -> Organization? {
    guard tables.canBeID(id) else { return nil }
    let rows = try ask("\(select(tables.organizationColumns)) where o.id = \(tables.id(id))")
    return rows.count > 0 ? tables.organization(rows, 0).0 : nil
  }

  func row(of organization: String) throws(OrgError) -> OrganizationRow? {
    try self.rows(of: [organization]).first
  }

  /// Those of some organizations that there are, in no order.
  func rows(of ids: [String]) throws(OrgError) -> [OrganizationRow] {
    let rows = try ask(rowStatement(ids))
    return (0..<rows.count).map { tables.row(rows, $0) }
  }

  func rowStatement(_ ids: [String]) -> SQL {
    let statement: SQL = "\(select(tables.rowColumns)) where o.id = any(\(tables.ids(ids)))"
    return statement.frequent
  }

  func organizations(ids: [String]) throws(OrgError) -> [Organization] {
    let rows = try ask(
      "\(select(tables.organizationColumns)) where o.id = any(\(tables.ids(ids))) order by \(raw: tables.dataOrder)"
    )
    return (0..<rows.count).map { tables.organization(rows, $0).0 }
  }

  func member(_ user: String, of organization: String) throws(OrgError) -> OrgUser? {
    guard tables.canBeID(organization), user.canBeSent else { return nil }
    let rows = try ask(
      """
      select \(raw: tables.memberColumns) from \(raw: tables.members) m \
      where \(raw: tables.memberOrganization) = \(tables.id(organization)) and m.user_id = \(user)
      """)
    return rows.count > 0 ? tables.member(rows, 0).member : nil
  }

  func roleCounts(of organization: String) throws(OrgError) -> RoleCounts {
    guard tables.canBeID(organization) else { return RoleCounts() }
    return try records.roleCounts(of: [organization])[organization] ?? RoleCounts()
  }

  func records(for set: ChangeSet) throws(OrgError) -> any RecordLookup { try records.lookup(set) }

  private var records: RecordQueries {
    RecordQueries(tables: tables) { (statements) throws(OrgError) in try self.ask(statements) }
  }

  // MARK: Page by page

  func organizations(
    matching query: Query, after organization: String?, limit: Int
  ) throws(OrgError) -> [OrganizationRow] {
    var condition = Filter(query, on: tables).condition
    if let organization {
      guard tables.canBeID(organization) else { return [] }
      condition = """
        (\(raw: tables.dataOrder)) > (select \(raw: tables.dataOrder) from \(raw: tables.organizations) o \
        where o.id = \(tables.id(organization))) and \(condition)
        """
    }
    let rows = try ask(
      "\(select(tables.rowColumns)) where \(condition) order by \(raw: tables.dataOrder) limit \(max(0, limit))"
    )
    return (0..<rows.count).map { tables.row(rows, $0) }
  }

  func members(of organization: String, in places: Range<Int>) throws(OrgError) -> [MemberRow] {
    guard tables.canBeID(organization), !places.isEmpty else { return [] }
    let rows = try ask(memberPage(of: organization, in: places))
    return (0..<rows.count).map { tables.member(rows, $0) }
  }

  /// How many members of an organization come before one; 0 for a user who isn't one.
  func place(of user: String, in organization: String) throws(OrgError) -> Int {
    guard tables.canBeID(organization), user.canBeSent else { return 0 }
    let members: SQL = """
      from \(raw: tables.members) m where \(raw: tables.memberOrganization) = \(tables.id(organization))
      """
    let rows = try ask(
      """
      select count(*) \(members) \
      and (\(raw: tables.memberOrder)) < (select \(raw: tables.memberOrder) \(members) and m.user_id = \(user))
      """)
    return rows.number(0, 0) ?? 0
  }

  /// Reads members by their places.
  func memberPage(of organization: String, in places: Range<Int>) -> SQL {
    """
    select \(raw: tables.memberColumns) from \(raw: tables.members) m \
    where \(raw: tables.memberOrganization) = \(tables.id(organization)) \
    order by \(raw: tables.memberOrder) offset \(max(0, places.lowerBound)) limit \(places.count)
    """
  }

  func memberships(of user: String) throws(OrgError) -> [Membership] {
    try memberships(of: user, "order by \(raw: tables.dataOrder)")
  }

  /// Those of a user in some organizations, in no order.
  func memberships(of user: String, in organizations: [String]) throws(OrgError) -> [Membership] {
    try memberships(of: user, "and o.id = any(\(tables.ids(organizations)))")
  }

  private func memberships(of user: String, _ end: SQL) throws(OrgError) -> [Membership] {
    guard user.canBeSent else { return [] }
    let rows = try ask(
      """
      select \(raw: tables.organizationColumns), \(raw: tables.memberColumns) from \(raw: tables.members) m \
      join \(raw: tables.organizations) o on o.id = \(raw: tables.memberOrganization) \
      where m.user_id = \(user) \(end)
      """)
    return (0..<rows.count).map { row in
      let (organization, defaults) = tables.organization(rows, row)
      let member = tables.member(rows, row, from: Tables.organizationWidth)
      return Membership(organization, member.member, defaults: defaults.union(member.defaults))
    }
  }

  // MARK: What screens show

  func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) throws(OrgError) -> any OrganizationListing {
    try builder(query, order, earlier).complete()
  }

  func firstRows(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) throws(OrgError) -> (any OrganizationListing)? {
    try builder(query, order, earlier).first()
  }

  private func builder(
    _ query: Query, _ order: ListOrder, _ earlier: (any OrganizationListing)?
  ) -> ListBuilder {
    ListBuilder(reader: self, query: query, order: order, earlier: earlier as? PostgresListing)
  }

  func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) throws(OrgError) -> any MemberListing {
    guard tables.canBeID(organization) else {
      return MemoryReader.unread.members(of: organization, matching: query, by: order, after: nil)
    }
    return try PostgresMembers.make(
      self, of: organization, query, order, after: earlier as? PostgresMembers)
  }

  func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) throws(OrgError) -> any UserListing {
    guard query.isByID(order) else {
      return try PostgresSortedUsers.make(self, query, order, after: earlier as? PostgresSortedUsers)
    }
    return try PostgresUsers.all(self, query, after: earlier as? PostgresUsers)
  }

  func firstUsers(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) throws(OrgError) -> (any UserListing)? {
    guard query.isByID(order) else { return nil }
    return try PostgresUsers.first(self, query, after: earlier as? PostgresUsers)
  }

  func users(completing text: String, limit: Int) throws(OrgError) -> [String] {
    try UserQueries(reader: self, query: UserQuery(terms: [QueryTerm(.text(text))]))
      .completions(of: text, limit: limit)
  }

  func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) throws(OrgError) -> any MembershipListing {
    try PostgresMemberships(self, of: user, matching: query, by: order)
  }

  func difference(since earlier: any StoreReader) throws(OrgError) -> StoreDifference? {
    guard let earlier = earlier as? PostgresReader, earlier.database === database else { return nil }
    guard tables.isInstalled else { return earlier.revision == revision ? StoreDifference() : nil }
    guard earlier.generation < generation else { return StoreDifference() }
    let known = database.difference.withLock { $0 }
    if let known, known.from == earlier.generation, known.to == generation { return known.2 }
    return difference(try ask(changeStatement(since: earlier.generation, upTo: generation)))
  }

  /// What the state of the data is, in the transaction of this reader, and what differs from an earlier one; `nil` if that
  /// isn't known, or is too much to be looked at one by one.
  func changes(since earlier: Int?) throws(OrgError) -> (generation: Int, StoreDifference?) {
    let state = State(database)
    guard tables.isInstalled, let earlier else {
      return (state.generation(of: try ask(state.statement)), nil)
    }
    let answers = try ask([state.statement, changeStatement(since: earlier)])
    let generation = state.generation(of: answers[0])
    guard answers[1].count <= ListBuilder.changeLimit, let difference = difference(answers[1]) else {
      return (generation, nil)
    }
    database.difference.withLock { $0 = (earlier, generation, difference) }
    return (generation, difference)
  }

  /// A change is known by its organization; whether that is still there tells what became of it. A generation without a
  /// change did something else, such as erasing one; and a generation that is gone was removed from the history.
  private func changeStatement(since first: Int, upTo last: Int? = nil) -> SQL {
    let end: SQL =
      last.map { "and h.generation <= \(String($0))::bigint" } ?? "limit \(ListBuilder.changeLimit + 1)"
    let statement: SQL = """
      select changed.organization, exists (select from \(raw: tables.organizations) o \
      where o.id = \(raw: tables.cast("changed.organization"))) \
      from ((select distinct c.organization from orgman.history h left join orgman.change c using (transaction) \
      where h.generation > \(String(first))::bigint \(end)) \
      union all select null from orgman.revision r where r.generation > \(String(first))::bigint \
      and not exists (select from orgman.history h where h.generation = \(String(first))::bigint + 1)) changed
      """
    return statement.frequent
  }

  private func difference(_ rows: Rows) -> StoreDifference? {
    var (changed, removed): (Set<String>, Set<String>) = ([], [])
    for row in 0..<rows.count {
      guard let id = rows.text(row, 0) else { return nil }
      if rows.isTrue(row, 1) { changed.insert(id) } else { removed.insert(id) }
    }
    return StoreDifference(changed: changed, removed: removed)
  }
}
