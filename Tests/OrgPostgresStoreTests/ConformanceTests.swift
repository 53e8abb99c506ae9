import OrgCore
import OrgPostgresStore
import OrgStoreTesting
import PostgresTesting
import TerminalTesting
import Testing

@Suite struct ConformanceTests {
  @Test(.sideBySide, arguments: StoreBehavior.all(for: [.canBeReopened, .canBeHeldUp]), TestTables.all)
  func `the PostgreSQL store does what every store does`(behavior: StoreBehavior, tables: TestTables) throws {
    let database = try PostgresServer.shared.database("conformance", template: tables.installed)
    defer { try? database.drop() }
    let settings = try ConnectionSettings(database.url)
    @Sendable func open() throws -> PostgresStore {
      try PostgresStore(
        settings,
        PostgresStore.Options(actor: Actor(uid: 1000, user: "tester", host: "test"), readsOneMoment: true))
    }
    try behavior.check(
      StoreUnderTest(
        rules: open().reader().rules,
        holdUp: { body in
          let session = try database.connect()
          _ = try session.query("begin; select from organizations for update")
          defer { _ = try? session.query("rollback") }
          try body()
        },
        open: { try open() }))
  }
}
