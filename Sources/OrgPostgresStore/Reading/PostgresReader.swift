import OrgCore

/// What a database answers at one revision. A reader in a transaction of its own never sees anything newer; any other may,
/// where a row is looked at later: the screen learns of the change as soon as it is committed, and asks a new reader.
final class PostgresReader: StoreReader {
  let database: Database
  let summary: DataSummary
  private let source: ReadSource

  var tables: Tables { database.tables }
  /// The generation of the data, where generations are counted.
  private let generation: Int

  /// Looks at which revision the data are.
  init(_ database: Database, _ source: ReadSource) throws(OrgError) {
    (self.database, self.source) = (database, source)
    let tables = database.tables
    let state: SQL =
      tables.isInstalled
      ? "select generation, organizations, members from orgman.revision"
      : """
      select pg_current_snapshot()::text, (select count(*) from \(raw: tables.organizations)), \
      (select count(*) from \(raw: tables.members))
      """
    let rows: Rows
    do throws(PostgresError) {
      rows = try source.run([state])[0]
    } catch {
      throw error.error("The data can't be read", of: database.name)
    }
    generation = tables.isInstalled ? rows.number(0, 0) ?? 0 : 0
    let number =
      tables.isInstalled
      ? UInt64(clamping: generation) : database.number(ofState: rows.text(0, 0) ?? "")
    summary = DataSummary(
      revision: Revision(number), rules: tables.rules, organizationCount: rows.number(0, 1) ?? 0,
      memberCount: rows.number(0, 2) ?? 0)
    database.newest.withLock { $0 = (generation, summary) }
  }

  /// A reader for data that can't be read for now, as they were when they were last read.
  init(unread database: Database) {
    (self.database, source) = (database, .newest(database.pool))
    (generation, summary) = database.newest.withLock { $0 }
  }

  /// Asks the server.
  func ask(_ statements: [SQL]) throws(OrgError) -> [Rows] {
    do throws(PostgresError) {
      return try source.run(statements)
    } catch {
      throw error.error("The data can't be read", of: database.name)
    }
  }

  func ask(_ statement: SQL) throws(OrgError) -> Rows { try ask([statement])[0] }

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
    let rows = try ask("\(select(tables.rowColumns)) where o.id = any(\(tables.ids(ids)))")
    return (0..<rows.count).map { tables.row(rows, $0) }
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
    guard user.canBeSent else { return [] }
    let rows = try ask(
      """
      select \(raw: tables.organizationColumns), \(raw: tables.memberColumns) from \(raw: tables.members) m \
      join \(raw: tables.organizations) o on o.id = \(raw: tables.memberOrganization) \
      where m.user_id = \(user) order by \(raw: tables.dataOrder)
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
    try PostgresListing(self, query, order, after: earlier as? PostgresListing)
  }

  func users(matching text: String, after earlier: (any UserListing)?) throws(OrgError) -> any UserListing {
    try PostgresUsers(self, matching: text)
  }

  func memberships(of user: String, matching text: String) throws(OrgError) -> any MembershipListing {
    MemoryMemberships(try memberships(of: user), of: user, matching: text)
  }

  func difference(since earlier: any StoreReader) throws(OrgError) -> StoreDifference? {
    guard let earlier = earlier as? PostgresReader, earlier.database === database else { return nil }
    guard tables.isInstalled else { return earlier.revision == revision ? StoreDifference() : nil }
    // A change is known by its organization; whether that is still there tells what became of it.
    let rows = try ask(
      """
      select changed.organization, exists (select from \(raw: tables.organizations) o \
      where o.id = \(raw: tables.cast("changed.organization"))) \
      from (select distinct c.organization from orgman.change c join orgman.history h using (transaction) \
      where h.generation > \(earlier.generation) and h.generation <= \(generation)) changed
      """)
    var (changed, removed): (Set<String>, Set<String>) = ([], [])
    for row in 0..<rows.count {
      guard let id = rows.text(row, 0) else { continue }
      if rows.isTrue(row, 1) { changed.insert(id) } else { removed.insert(id) }
    }
    return StoreDifference(changed: changed, removed: removed)
  }
}
