import OrgCore
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

/// Tables that others made, with whatever is in them: orgman opens and edits them as they are.
@Suite(.sideBySide) struct TableShapeTests {
  private let longUser = String(repeating: "é", count: 255)

  /// An id that all tables take.
  private func id(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

  private func fill(_ database: PostgresTesting.Database, _ tables: HandMadeTables) throws {
    let flags =
      tables == .enumeration ? ("is_active", "true", "false") : ("status", "'active'", "'suspended'")
    try database.run(
      """
      insert into organizations (id, name, plan_tier, \(flags.0), created_at, lago_customer_id) values
        ('\(id(1))', 'ACME', 'gold_2031', \(flags.1), 'infinity', 'cus_1'),
        ('\(id(2))', ' acme', null, \(flags.2), null, null),
        ('\(id(3))', '', 'FREE', \(flags.1), '-infinity', 'cus_1'),
        ('\(id(4))', 'Café "7"', 'starter', \(flags.1), '2026-01-02 03:04:05.000006', '');
      insert into organization_members (id, \(tables.organizationColumn), user_id, role, joined_at) values
        ('\(id(1))', '\(id(1))', '\(longUser)', '\(tables.role("owner"))', 'infinity'),
        ('\(id(2))', '\(id(1))', 'a@example.com', '\(tables.role("admin"))', null),
        ('\(id(3))', '\(id(1))', 'a''"\\', '\(tables.role("member"))', '-infinity'),
        ('\(id(4))', '\(id(4))', 'a@example.com', '\(tables.role("member"))', '2026-01-02 03:04:05');
      """)
    guard tables == .unchecked else { return }
    try database.run(
      """
      insert into organizations (id, name, plan_tier, status, created_at) values
        ('\(id(5))', null, '', null, null), ('\(id(6))', repeat('long ', 60), 'starter', 'Archived', now());
      insert into organization_members (org_id, user_id, role) values
        ('\(id(4))', 'x', 'superuser'), ('\(id(4))', 'y', null), ('\(id(4))', 'z', 'OWNER'), ('\(id(4))', '', 'member');
      """)
  }

  private func database(_ tables: HandMadeTables, isInstalled: Bool) throws -> PostgresTesting.Database {
    let database = try tables.database()
    try fill(database, tables)
    if isInstalled { try SchemaInstaller(try ConnectionSettings(database.url)).install() }
    return database
  }

  private func manager(_ database: PostgresTesting.Database) throws -> OrgManager {
    let actor = Actor(uid: 1000, user: "tester", host: "test")
    return OrgManager(
      store: try PostgresStore(try ConnectionSettings(database.url), PostgresStore.Options(actor: actor)))
  }

  /// What orgman knows nothing of, in the tables.
  private func others(_ database: PostgresTesting.Database) throws -> String {
    let known = [
      "name", "plan_tier", "status", "is_active", "lago_customer_id", "stripe_customer_id", "updated_at",
    ]
    return try database.run(
      """
      select to_jsonb(o)\(known.map { " - '\($0)'" }.joined()) from organizations o
        where id::text < '00000000-0000-4000-8000-000000000010' order by id::text;
      """)
  }

  // MARK: Reading

  @Test(arguments: HandMadeTables.allCases, [false, true])
  func `everything is listed, whatever it is`(tables: HandMadeTables, isInstalled: Bool) throws {
    let database = try database(tables, isInstalled: isInstalled)
    defer { try? database.drop() }
    let reader = try manager(database).reader()
    let count = tables == .unchecked ? 6 : 4
    #expect(reader.summary.organizationCount == count)
    let rows = try reader.organizations(matching: Query(), after: nil, limit: 100)
    #expect(rows.count == count)
    for column in [ListOrder.Column.name, .plan, .status, .members, .created] {
      for isDescending in [false, true] {
        let listing = try reader.listing(
          Query(), ListOrder(column, isDescending: isDescending), after: nil)
        try listing.fetch(0..<count)
        #expect(
          Set((0..<count).compactMap { listing.row(at: $0)?.organization.id })
            == Set(rows.map(\.organization.id)))
      }
    }
    let acme = try #require(try reader.row(of: id(1)))
    #expect(acme.organization.name == "ACME" && acme.organization.planTier == "gold_2031")
    #expect(acme.organization.createdAt == .unknown && acme.memberCount == 3)
    let other = try #require(try reader.row(of: id(2)))
    #expect(other.organization.name == " acme" && other.defaults.contains(.planTier))
    #expect(other.organization.status == .suspended)
    #expect(try reader.row(of: id(3))?.organization.name == "")
    let members = try reader.members(of: id(1), in: 0..<10)
    #expect(Set(members.map(\.member.userID)) == [longUser, "a@example.com", #"a'"\"#])
    #expect(members.filter { $0.member.joinedAt == .unknown }.count == 3)
    #expect(members.first { $0.member.userID == "a@example.com" }?.member.role == .admin)
    #expect(try reader.memberships(of: "a@example.com").count == 2)
    #expect(try reader.users(matching: UserQuery("EXAMPLE"), by: UserOrder(), after: nil).count == 1)
    let overview = try reader.overview()
    #expect(overview.organizationCount == count)
    #expect(overview.plans.values.reduce(0) { $0 + $1.count } == count)
    if tables == .unchecked {
      #expect(try reader.row(of: id(5))?.organization.name == "")
      #expect(try reader.row(of: id(6))?.organization.name == String(repeating: "long ", count: 60))
      #expect(try reader.roleCounts(of: id(4)).total == 5)
    }
  }

  // MARK: Editing

  @Test(arguments: HandMadeTables.allCases, [false, true])
  func `each field and role can be changed, whatever it was`(tables: HandMadeTables, isInstalled: Bool) throws
  {
    let database = try database(tables, isInstalled: isInstalled)
    defer { try? database.drop() }
    let manager = try manager(database)
    let before = try others(database)
    let rules = try manager.reader().rules
    for organization in try manager.organizations() {
      let id = organization.id
      #expect(try manager.rename(id, to: "New \(id)"), "\(organization)")
      #expect(try manager.updatePlan(of: id, to: "enterprise"), "\(organization)")
      for status in rules.statuses + [.active] {
        #expect(try manager.updateStatus(of: id, to: status), "\(organization)")
      }
      #expect(try manager.updateBillingIDs(of: id, lago: "l", stripe: "s"), "\(organization)")
      #expect(try manager.updateBillingIDs(of: id, lago: ""), "\(organization)")
      let made = try #require(try manager.organization(id: id))
      #expect(made.name == "New \(id)" && made.planTier == "enterprise" && made.status == .active)
      #expect(made.lagoCustomerID == nil && made.stripeCustomerID == "s")
      for member in try manager.users(of: id) {
        for role in rules.roles.filter({ $0 != member.role }) + [.owner] {
          #expect(
            try manager.updateRole(of: member.userID, in: id, to: role, allowingOwnerless: true), "\(member)")
          #expect(try manager.role(of: member.userID, in: id) == role)
        }
        if member.userID != longUser {
          #expect(try manager.removeUser(member.userID, from: id, allowingOwnerless: true))
        }
      }
    }
    #expect(try manager.users(of: id(1)).map(\.userID) == [longUser])
    #expect(try others(database) == before)

    let user = String(repeating: "é", count: 254)
    for role in rules.roles {
      #expect(try manager.addUser("\(user)\(role.rawValue.first ?? "x")", to: id(1), role: role))
    }
    #expect(try manager.users(of: id(1)).count == 1 + rules.roles.count)
    let id = try manager.createOrganization(name: "Created", planTier: "byok")
    #expect(try manager.addUser("ann", to: id, role: .owner))
    #expect(try manager.organization(id: id)?.planTier == "byok")
    #expect(throws: OrgError.self) { try manager.createOrganization(name: " CREATED ") }
    #expect(throws: OrgError.self) { try manager.removeUser("ann", from: id) }
    #expect(
      try database.run("select litellm_gateway_key_encrypted from organizations where id = '\(id)'")
        == "the secret")
    guard isInstalled else { return }
    #expect(try database.run("select orgman.recount()") == "0")
    // Everything can be taken back, one after the other.
    let count = try manager.history().count
    for _ in 0..<3 {
      var (_, set) = try manager.undoing(by: 1000)
      set.allowsOwnerless = true
      try manager.commit(set)
    }
    #expect(try manager.history().count == count + 3)
    #expect(try manager.organization(id: id) == nil)
  }

  @Test(arguments: HandMadeTables.allCases, [false, true])
  func `one of two with almost the same name is edited, and the other stays`(
    tables: HandMadeTables, isInstalled: Bool
  ) throws {
    let database = try database(tables, isInstalled: isInstalled)
    defer { try? database.drop() }
    let manager = try manager(database)
    #expect(try manager.updatePlan(of: id(2), to: "starter"))
    #expect(throws: OrgError.self) { try manager.createOrganization(name: "Acme") }
    #expect(throws: OrgError.self) { try manager.rename(id(4), to: "acme ") }
    #expect(try manager.rename(id(2), to: "Other"))
    #expect(try manager.organization(id: id(1))?.name == "ACME")
    #expect(try manager.rename(id(1), to: "Acme"))
  }

  // MARK: What isn't read

  @Test func `no column is read that orgman doesn't know, and no row as a whole`() throws {
    let server = try PostgresServer.start(settings: ["log_statement": "all"])
    for tables in HandMadeTables.allCases {
      let database = try server.database("made_\(tables)")
      try database.run("set log_statement = none;\n" + tables.sql)
      try database.run("alter database \(database.name) set log_statement = none")
      try fill(database, tables)
      try database.run("alter database \(database.name) reset log_statement")
      for isInstalled in [false, true] {
        if isInstalled { try SchemaInstaller(try ConnectionSettings(database.url)).install() }
        let manager = try manager(database)
        let reader = try manager.reader()
        let listing = try reader.listing(Query(), ListOrder(), after: nil)
        try listing.fetch(0..<4)
        try listing.fetch([id(1)], members: 0..<10)
        _ = try (
          reader.overview(), reader.users(matching: UserQuery(), by: UserOrder(), after: nil),
          manager.organizations()
        )
        #expect(try manager.rename(id(1), to: isInstalled ? "One" : "Two"))
        let created = try manager.createOrganization(name: "New \(isInstalled)")
        #expect(try manager.addUser("ann", to: created, role: .owner))
        #expect(try manager.removeUser("ann", from: created, allowingOwnerless: true))
      }
    }
    let log = server.log.lowercased()
    #expect(log.contains("insert into public.organizations") && log.contains("trigger orgman_update"))
    for text in ["litellm", "encrypted", "the secret", "subscription_tier", "slug", "display_name"] {
      #expect(!log.contains(text), "\(text)")
    }
    // A page is what columns were named for.
    #expect(!log.contains(/select (?!page\.)(\w+\.)?\*/), "a row as a whole")
  }

  @Test
  func
    `a column that must be filled and isn't known keeps organizations from being created, with a sentence`()
    throws
  {
    let database = try HandMadeTables.enumeration.database()
    defer { try? database.drop() }
    try database.run("insert into organizations (id, name, slug) values ('1', 'one', 'one')")
    try database.run("alter table organizations alter slug set not null")
    let manager = try manager(database)
    let error = #expect(throws: OrgError.self) { try manager.createOrganization(name: "New") }
    #expect(error?.message.contains("slug") == true, "\(error?.message ?? "")")
    #expect(try manager.rename("1", to: "two"))
  }
}
