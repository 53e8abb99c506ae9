import PostgresTesting
import TerminalTesting
import Testing

@Suite(.sideBySide) struct PgBouncerTests {
  @Test func `PgBouncer gives a client's transactions to two backends in turn`() throws {
    let database = try PostgresServer.shared.database("pooled")
    let bouncer = try PgBouncer(for: database)
    let session = try bouncer.connect()
    let backends = try (0..<4).map { _ in try session.query("SELECT pg_backend_pid()")[0][0] }
    #expect(backends[0] != backends[1] && backends[0] == backends[2] && backends[1] == backends[3])
    #expect(!backends.contains("\(session.backendID)"))
    #expect(try psql("SELECT current_database()", at: bouncer.url()) == database.name)
    try database.run("CREATE ROLE pooled_reader LOGIN")
    #expect(try psql("SELECT current_user", at: bouncer.url(user: "pooled_reader")) == "pooled_reader")
  }
}
