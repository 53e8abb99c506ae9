import OrgCore
import OrgPostgresStore
import PostgresTesting
import Testing

/// Roles that some members have although nobody can be given them.
@Suite(.sideBySide) struct OtherRolesTests {
  private static let acme = "00000000-0000-4000-8000-000000000001"

  private func database() throws -> PostgresTesting.Database {
    let database = try HandMadeTables.unchecked.database()
    try database.run(
      """
      insert into organizations (id, name) values ('\(Self.acme)', 'Acme');
      insert into organization_members (org_id, user_id, role) values
        ('\(Self.acme)', 'ann', 'owner'), ('\(Self.acme)', 'bob', 'ADMIN'), ('\(Self.acme)', 'cyd', 'viewer'),
        ('\(Self.acme)', 'dan', 'guest');
      """)
    return database
  }

  @Test(arguments: [false, true])
  func `they have a count of their own for as long as a member has them`(isInstalled: Bool) throws {
    let database = try database()
    defer { try? database.drop() }
    if isInstalled { try SchemaInstaller(try ConnectionSettings(database.url)).install() }
    let store = try StoreFixture.store(database.url)
    let reader = try store.reader()
    #expect(reader.rules.roles == [.owner, .member, .billingAdmin])
    #expect(reader.summary.otherRoles == [.admin, .viewer])
    #expect(reader.summary.countedRoles == [.owner, .billingAdmin, .admin, .viewer, .member])
    #expect(
      try reader.users(matching: UserQuery("bob"), by: UserOrder(), after: nil).user(at: 0)?.roles[.admin]
        == 1)

    let manager = OrgManager(store: store)
    #expect(try refusal { try manager.addUser("eve", to: Self.acme, role: .admin) }.code == .invalidValue)
    _ = try manager.updateRole(of: "bob", in: Self.acme, to: .member)
    #expect(try store.reader().summary.otherRoles == [.viewer])
    _ = try manager.removeUser("cyd", from: Self.acme)
    #expect(try store.reader().summary.otherRoles == [])
    try database.run("update organization_members set role = 'admin' where user_id = 'ann'")
    #expect(try store.reader().summary.otherRoles == [.admin])
  }

  @Test func `with the schema, one look at the index tells`() throws {
    let database = try database()
    defer { try? database.drop() }
    try SchemaInstaller(try ConnectionSettings(database.url)).install()
    try database.run(
      """
      insert into orgman.role_count select gen_random_uuid(), r, 1 from generate_series(1, 5000) n,
        unnest(array['owner', 'member']) r;
      analyze orgman.role_count
      """)
    let plan = try database.run(
      "explain select exists (select from orgman.role_count where role = 'admin' and members > 0)")
    #expect(plan.contains("role_count_role"), "\(plan)")
  }

  @Test func `without that index nobody looks for it, and orgman init adds it`() throws {
    let database = try database()
    defer { try? database.drop() }
    let settings = try ConnectionSettings(database.url)
    try SchemaInstaller(settings).install()
    // What version 1 was.
    try database.run(
      """
      drop index orgman.role_count_role;
      update orgman.version set number = 1;
      do $$ begin
        execute format('comment on table orgman.version is %L',
          replace(obj_description('orgman.version'::regclass, 'pg_class'), 'version 2', 'version 1'));
      end $$
      """)
    let store = try StoreFixture.store(database.url)
    #expect(try store.reader().summary.otherRoles == [])
    #expect(try OrgManager(store: store).updateRole(of: "bob", in: Self.acme, to: .member))
    try SchemaInstaller(settings).install()
    #expect(
      try database.run("select to_regclass('orgman.role_count_role') is not null, number from orgman.version")
        == "t|2")
    let later = try StoreFixture.store(database.url)
    #expect(try later.reader().summary.otherRoles == [.viewer])
    #expect(try later.history().contains { $0.changes.contains { $0.change.userID == "bob" } })
  }
}
