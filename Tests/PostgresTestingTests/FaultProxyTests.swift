import Foundation
import PostgresTesting
import TerminalTesting
import Testing

@Suite(.sideBySide) struct FaultProxyTests {
  private let database: Database
  private let proxy: FaultProxy

  init() throws {
    database = try PostgresServer.shared.database("proxy")
    proxy = try FaultProxy(to: PostgresServer.shared, tcp: true)
    try database.run("CREATE TABLE t (n int)")
  }

  private func names(_ sender: Sender, connection: Int = 1) -> [String] {
    proxy.messages.filter { $0.sender == sender && $0.connection == connection }.map(\.name)
  }

  @Test func `without a fault, all messages pass and are known by name and statement`() throws {
    let session = try proxy.connect(to: database)
    #expect(try session.query("SELECT 1") == [["1"]])
    #expect(names(.client) == ["StartupMessage", "Query"])
    #expect(
      names(.server).filter { $0 != "ParameterStatus" } == [
        "Authentication", "BackendKeyData", "ReadyForQuery", "RowDescription", "DataRow", "CommandComplete",
        "ReadyForQuery",
      ])
    let complete = try #require(proxy.messages.first { $0.name == "CommandComplete" })
    #expect(complete.tag == "SELECT 1" && complete.statement == "SELECT 1")
  }

  @Test func `psql reaches the server by socket and by TCP, with a good deal of data`() throws {
    let rows = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)"
    #expect(try psql(rows, at: proxy.url(of: database)).utf8.count == 20_019_999)
    let url = try #require(proxy.tcpURL(of: database))
    #expect(try psql("SELECT 1", at: url) == "1")
    #expect(names(.client, connection: 2).prefix(2) == ["SSLRequest", "StartupMessage"])
    #expect(names(.server, connection: 2).first == "NegotiationResponse")
    try psql("CREATE TABLE c (n int);\nCOPY c FROM STDIN;\n1\n2\n\\.\nTABLE c", at: url)
    #expect(proxy.messages.contains { $0.tag == "COPY 2" && $0.isAbout("copy c") })
  }

  @Test(arguments: 1...8) func `a connection is cut after the message that was told, and the next works`(
    count: Int
  )
    throws
  {
    let session = try proxy.connect(to: database)
    proxy.inject(.cut(after: count, from: .server))
    // A query is answered by four messages.
    let isAnswered = (0..<2).map { _ in (try? session.query("SELECT 1")) != nil }
    #expect(isAnswered == [count >= 4, count >= 8])
    #expect(throws: ServerFailure.self) { try session.query("SELECT 1") }
    #expect(try proxy.connect(to: database).query("SELECT 1") == [["1"]])
  }

  @Test func `a connection is cut after a message from the client, which the server gets`() throws {
    let session = try proxy.connect(to: database)
    proxy.inject(.cut(after: 2, from: .client))
    try session.query("SELECT 1")
    #expect(throws: ServerFailure.self) { try session.query("INSERT INTO t VALUES (1)") }
    try waitUntil("the row is there") { try database.run("SELECT count(*) FROM t") == "1" }
  }

  @Test func `the answer to COMMIT is swallowed, and the transaction is committed`() throws {
    let session = try proxy.connect(to: database)
    proxy.inject(.swallowAnswer(to: "COMMIT"))
    try session.query("BEGIN")
    try session.query("INSERT INTO t VALUES (1)")
    #expect(throws: ServerFailure.self) { try session.query("commit;") }
    #expect(try database.run("SELECT count(*) FROM t") == "1")
  }

  @Test func `a connection is cut before COMMIT, and the transaction is rolled back`() throws {
    let session = try proxy.connect(to: database)
    proxy.inject(.cut(before: "COMMIT"))
    try session.query("BEGIN")
    try session.query("INSERT INTO t VALUES (1)")
    #expect(throws: ServerFailure.self) { try session.query("COMMIT") }
    // It waits for the end of the transaction.
    try database.run("BEGIN; LOCK TABLE t; COMMIT")
    #expect(try database.run("SELECT count(*) FROM t") == "0")
  }

  @Test func `the server's messages are held until they are released, and the server is told nothing`() throws
  {
    let session = try proxy.connect(to: database)
    proxy.inject(.hold(from: .server))
    try session.send("INSERT INTO t VALUES (1)")
    try proxy.waitFor("the answer") { $0.contains { $0.tag == "INSERT 0 1" } }
    #expect(try database.run("SELECT count(*) FROM t") == "1")
    proxy.release()
    #expect(try session.receive() == [])
    try session.send("SELECT 1")
    proxy.heal()
    #expect(try session.receive() == [["1"]])
    #expect(try session.query("SELECT 2") == [["2"]])
  }

  @Test func `messages are delayed as by a line`() throws {
    let session = try proxy.connect(to: database)
    proxy.inject(.delay(.milliseconds(50), from: .server))
    let clock = ContinuousClock()
    let time = try clock.measure { for _ in 0..<3 { try session.query("SELECT 1") } }
    #expect(time >= .milliseconds(150))
  }

  @Test func `messages are lost, and connections cut by hand`() throws {
    let session = try proxy.connect(to: database)
    proxy.inject(.drop(from: .server))
    try session.send("SELECT 1")
    try proxy.waitFor("the answer") { $0.contains { $0.tag == "SELECT 1" } }
    proxy.cut()
    #expect(throws: ServerFailure.self) { try session.receive() }
  }

  @Test func `extended queries are known by their statements`() throws {
    try database.run("INSERT INTO t VALUES (1)")
    // psql describes a query through Parse and Describe.
    try psql("SELECT n AS number FROM t \\gdesc", at: proxy.url(of: database))
    let parsed = proxy.messages.filter { $0.isAbout("SELECT n AS number") }
    #expect(
      parsed.map(\.name) == ["Parse", "ParseComplete", "Describe", "ParameterDescription", "RowDescription"])
  }

  @Test func `where the server is away, connections are closed at once`() throws {
    let server = try PostgresServer.start()
    let proxy = try FaultProxy(to: server)
    try server.stop()
    #expect(throws: ServerFailure.self) { try Session(host: proxy.host, database: "postgres") }
    try server.restart()
    #expect(try Session(host: proxy.host, database: "postgres").query("SELECT 1") == [["1"]])
  }
}
