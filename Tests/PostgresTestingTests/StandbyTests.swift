import PostgresTesting
import TerminalTesting
import Testing

@Suite(.sideBySide) struct StandbyTests {
  @Test func `a standby follows, answers only readers, and is promoted`() throws {
    let primary = try PostgresServer.start()
    let database = try primary.database("followed")
    try database.run("CREATE TABLE t (n int)")
    let standby = try Standby(of: primary)
    try database.run("INSERT INTO t VALUES (1)")
    try standby.catchUp()
    let copy = standby.database(database)
    #expect(try copy.run("SELECT n, pg_is_in_recovery() FROM t") == "1|t")
    let error = try #require(throws: SessionError.self) {
      try copy.connect().query("INSERT INTO t VALUES (2)")
    }
    #expect(error.sqlState == "25006")
    try primary.stop(.immediate)
    try standby.server.promote()
    try copy.run("INSERT INTO t VALUES (2)")
    #expect(try copy.run("SELECT count(*) FROM t") == "2")
  }

  @Test func `a standby's replication slot ends with it`() throws {
    let primary = try PostgresServer.start()
    do {
      let standby = try Standby(of: primary)
      #expect(try primary.run("SELECT count(*) FROM pg_replication_slots") == "1")
      try standby.catchUp()
    }
    #expect(try primary.run("SELECT count(*) FROM pg_replication_slots") == "0")
  }
}
