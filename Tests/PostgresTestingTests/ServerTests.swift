import Foundation
import Glibc
import PostgresTesting
import TerminalTesting
import Testing

@Suite(.sideBySide) struct ServerTests {
  @Test func `a database is a copy of its template, and is dropped`() throws {
    let server = try PostgresServer.shared
    let first = try server.database("It's one")
    #expect(first.name.hasPrefix("it_s_one_"))
    try first.run("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)")
    let second = try server.database("two", template: first)
    #expect(try second.run("SELECT n, 'x' FROM t ORDER BY n") == "1|x\n2|x")
    #expect(try second.run("SHOW fsync") == "on")
    let error = try #require(throws: ServerFailure.self) { try second.run("SELECT 1;\nSELECT 1/0; SELECT 2") }
    #expect(error.description.contains("22012") && error.description.contains("LINE") == false)
    try second.drop()
    #expect(try server.run("SELECT count(*) FROM pg_database WHERE datname = '\(second.name)'") == "0")
  }

  @Test func `sessions hold transactions, wait for each other, and say why they fail`() throws {
    let database = try PostgresServer.shared.database("sessions")
    let (one, two) = (try database.connect(), try database.connect())
    #expect(one.backendID != two.backendID)
    #expect(try one.query("SELECT 1, NULL; SELECT 'é'") == [["1", nil], ["é"]])
    try one.query("BEGIN; SELECT pg_advisory_xact_lock(1)")
    try two.send("SELECT pg_advisory_xact_lock(1)")
    try waitUntil("the second waits") {
      try database.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "1"
    }
    try one.query("COMMIT")
    #expect(try two.receive() == [[""]])
    #expect(throws: SessionError.self) { try one.query("SELECT 1/0") }
    #expect(try one.query("SELECT 1") == [["1"]])
    let error = try #require(throws: SessionError.self) {
      try Session(host: database.server.host, database: "no")
    }
    #expect(error.sqlState == "3D000")
  }

  @Test func `a server is stopped, killed, suspended and started again, and keeps what was committed`() throws
  {
    let server = try PostgresServer.start(settings: ["log_statement": "all", "work_mem": "5MB"])
    let database = try server.database("data")
    #expect(try database.run("SHOW work_mem") == "5MB")
    try database.run("CREATE TABLE t (n int)")
    let ends = [{ try server.stop(.fast) }, { try server.stop(.immediate) }, { try server.kill() }]
    for (number, end) in ends.enumerated() {
      try database.run("INSERT INTO t VALUES (\(number))")
      let session = try database.connect()
      try end()
      #expect(throws: (any Error).self) { try session.query("SELECT 1") }
      #expect(throws: ServerFailure.self) { try database.connect() }
      try server.restart()
    }
    #expect(try database.run("SELECT count(*) FROM t") == "3")
    #expect(server.log.contains("INSERT INTO t VALUES (2)"))

    let session = try database.connect()
    try server.suspend()
    try session.send("SELECT 1")
    #expect(throws: (any Error).self) { try psql("SELECT 1", at: database.url, timeout: .milliseconds(300)) }
    server.resume()
    #expect(try session.receive() == [["1"]])
    try server.suspend()
    try server.stop()
  }

  @Test func `a server ends with the process that started it, killed while the server is suspended`()
    async throws
  {
    let result = try #require(
      await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
        let server = try PostgresServer.start()
        try server.run("SELECT 1")
        try server.suspend()
        print("<\(server.host)>", terminator: "")
        fflush(nil)
        kill(getpid(), SIGKILL)
      })
    let output = String(decoding: result.standardOutputContent, as: UTF8.self)
    let path = try #require(output.split(separator: "<").last?.split(separator: ">").first.map(String.init))
    #expect(path.contains("orgman-pg-"))
    try waitUntil("its directory is gone") { !FileManager.default.fileExists(atPath: path) }
    let links = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")
    }
    #expect(links.filter { $0.hasPrefix(path) } == [])
  }

  @Test func `a server ends with its object`() throws {
    var server: PostgresServer? = try PostgresServer.start()
    let path = try #require(server?.host)
    #expect(FileManager.default.fileExists(atPath: path))
    server = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
