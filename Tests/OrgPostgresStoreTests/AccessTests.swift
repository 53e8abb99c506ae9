import OrgCore
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

/// What roles of the database may do that aren't its owner.
@Suite(.sideBySide) struct AccessTests {
  private let database: PostgresTesting.Database
  /// Roles belong to the server, which other tests use, too.
  private let role: String

  init() throws {
    database = try PostgresServer.shared.database("access", template: TestTables.service.plain)
    role = "\(database.name)_role"
    try SchemaInstaller(try ConnectionSettings(database.url)).install()
    _ = try database.run("create role \(role) login; revoke create on schema public from public")
    _ = try owner().createOrganization(name: "Acme")
  }

  private func owner() throws -> OrgManager { try manager(as: "postgres") }

  private func store(as user: String) throws -> PostgresStore {
    try PostgresStore(
      ConnectionSettings(database.url(user: user)),
      PostgresStore.Options(actor: Actor(uid: 1000, user: "tester", host: "test")))
  }

  private func manager(as user: String) throws -> OrgManager { OrgManager(store: try store(as: user)) }

  private func install(readers: [String] = [], editors: [String] = []) throws {
    try SchemaInstaller(ConnectionSettings(database.url), readers: readers, editors: editors).install()
  }

  @Test func `a role without rights is told which it lacks`() throws {
    let error = #expect(throws: OrgError.self) { try manager(as: role).organizations() }
    #expect(error?.code == .readOnly)
    #expect(error?.message.contains("permission denied for table organizations") == true)
  }

  @Test func `a reader sees everything and changes nothing`() throws {
    try install(readers: [role])
    let manager = try manager(as: role)
    #expect(try manager.organizations().map(\.name) == ["Acme"])
    #expect(try manager.history().count == 1)
    #expect(try manager.reader().overview().organizationCount == 1)
    #expect(try store(as: role).readOnlyReason == "the role \(role) may not update the tables")
    let error = #expect(throws: OrgError.self) { try manager.createOrganization(name: "Globex") }
    #expect(error?.code == .readOnly)
  }

  @Test func `an editor changes everything, with a history`() throws {
    try install(editors: [role])
    let manager = try manager(as: role)
    let id = try manager.createOrganization(name: "Globex")
    #expect(try manager.addUser("ann", to: id, role: .owner))
    #expect(try manager.addUser("bob", to: id))
    #expect(try manager.updateRole(of: "bob", in: id, to: .owner))
    #expect(try manager.updatePlan(of: id, to: "pro"))
    #expect(try manager.removeUser("ann", from: id))
    try manager.commit(try manager.undoing(by: 1000).set)
    #expect(try manager.users(of: id).map(\.userID) == ["ann", "bob"])
    #expect(try manager.history().count == 8)
  }

  @Test func `rights on the tables alone are enough to edit, and the history goes on for others`() throws {
    _ = try database.run(
      "grant select, insert, update, delete on organizations, organization_members to \(role)")
    let manager = try manager(as: role)
    let id = try #require(try manager.organizations().first?.id)
    #expect(try manager.updatePlan(of: id, to: "pro"))
    #expect(try manager.history().isEmpty)
    let entry = try #require(try owner().history().first)
    #expect(entry.changes.map(\.summary) == ["Plan of Acme: founders_friend → pro"])
  }

  @Test func `granting a second time changes nothing`() throws {
    try install(readers: [role], editors: [role])
    try install(readers: [role], editors: [role])
    #expect(try manager(as: role).updateStatus(of: owner().organizations()[0].id, to: .suspended))
  }

  // MARK: Row-level security

  private func act(as role: String, for user: String) throws {
    try SchemaInstaller(
      ConnectionSettings(database.url), acting: [ActingRole(role: role, user: user)]
    ).install()
  }

  @Test func `a role that acts for a user has the organizations alone that the user owns`() throws {
    let owner = try owner()
    let acme = try owner.organizations()[0].id
    let globex = try owner.createOrganization(name: "Globex")
    for (id, role) in [(acme, Role.owner), (globex, .member)] { try owner.addUser("ann", to: id, role: role) }
    try owner.addUser("bob", to: globex, role: .owner)
    try act(as: role, for: "ann")
    let acting = try manager(as: role)
    #expect(try acting.organizations().map(\.name) == ["Acme"])
    #expect(try acting.users(of: globex).isEmpty)
    #expect(try acting.updatePlan(of: acme, to: "pro"))
    #expect(try acting.addUser("eve", to: acme))
    #expect(try !acting.updatePlan(of: globex, to: "pro"))
    #expect(try acting.history().isEmpty)
    let error = #expect(throws: OrgError.self) { try acting.createOrganization(name: "Initech") }
    #expect(error?.code == .readOnly)
    #expect(error?.message.contains("row-level security") == true)
    // Others see what they saw before.
    #expect(try owner.organizations().count == 2)
    _ = try database.run("create role \(role)_other login")
    try install(readers: ["\(role)_other"])
    #expect(try manager(as: "\(role)_other").organizations().count == 2)
    // Who is no owner any more sees nothing any more; and acting for another replaces the first.
    try act(as: role, for: "bob")
    #expect(try manager(as: role).organizations().map(\.name) == ["Globex"])
  }

  @Test func `a role that bypasses row-level security is refused with the reason`() throws {
    let error = #expect(throws: OrgError.self) { try act(as: "postgres", for: "ann") }
    #expect(error?.message.contains("for it is a superuser") == true)
    _ = try database.run("alter role \(role) bypassrls")
    let other = #expect(throws: OrgError.self) { try act(as: role, for: "ann") }
    #expect(other?.message.contains("for it has BYPASSRLS") == true)
    let unknown = #expect(throws: OrgError.self) { try act(as: "nobody_here", for: "ann") }
    #expect(unknown?.message == "There is no role \"nobody_here\" in this database.")
  }
}
