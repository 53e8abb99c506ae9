import OrgCore
import OrgPostgresStore
import OrgStoreTesting
import PostgresTesting
import Testing

@Suite struct ConformanceTests {
  @Test(arguments: StoreBehavior.all(for: [.canBeReopened, .canBeHeldUp]))
  func `the PostgreSQL store does what every store does`(behavior: StoreBehavior) throws {
    let database = try PostgresServer.shared.database(
      "conformance", template: TestTables.withTextIDs.installed)
    defer { try? database.drop() }
    let settings = try ConnectionSettings(database.url)
    try behavior.check(
      StoreUnderTest(
        holdUp: { body in
          let session = try database.connect()
          _ = try session.query("begin; select from organizations for update")
          defer { _ = try? session.query("rollback") }
          try body()
        },
        open: {
          try PostgresStore(
            settings,
            PostgresStore.Options(actor: Actor(uid: 1000, user: "tester", host: "test"), readsOneMoment: true)
          )
        }))
  }
}
