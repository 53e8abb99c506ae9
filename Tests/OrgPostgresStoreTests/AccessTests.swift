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
}
