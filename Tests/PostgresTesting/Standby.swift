import TerminalTesting

/// A server that follows another one and answers reading clients.
public struct Standby: Sendable {
  /// The following server, which a test may stop, suspend, or promote.
  public let server: PostgresServer
  /// The server that it follows.
  public let primary: PostgresServer

  /// Copies a running server, all its databases, and starts the copy as its standby, with a replication slot.
  public init(of primary: PostgresServer) throws {
    let directory = try ServerDirectory()
    let slot = primary.uniqueName("standby")
    try Installation.run(
      try Installation.program("pg_basebackup"),
      [
        "-d", "host=\(primary.host) user=postgres application_name=\(slot)", "-D", directory.path + "/data",
        "--checkpoint=fast", "--wal-method=stream", "--create-slot", "--slot=\(slot)",
        "--write-recovery-conf",
        "--no-sync",
      ], in: directory)
    try Cluster.configure(directory, ["hot_standby": "on"])
    self.primary = primary
    server = try PostgresServer(directory: directory, upstream: .init(server: primary, slot: slot))
  }

  /// The same database on the standby.
  public func database(_ database: Database) -> Database { Database(server: server, name: database.name) }

  /// Waits until the standby shows what has been committed on the primary by now.
  public func catchUp() throws {
    let position = try primary.run("SELECT pg_current_wal_flush_lsn()")
    let session = try server.administration.connect()
    try waitUntil("the standby has replayed \(position)") {
      try session.query("SELECT pg_last_wal_replay_lsn() >= '\(position)'") == [["t"]]
    }
  }
}

extension PostgresServer {
  /// Makes a standby a primary, which takes changes; throws where the server isn't a standby.
  public func promote() throws {
    guard try run("SELECT pg_promote(true, 120)") == "t" else { throw ServerFailure("Not promoted.\n\(log)") }
  }

  /// Drops the replication slot of a standby that has ended, unless this server doesn't run, either.
  func dropSlot(_ name: String) {
    guard isRunning else { return }
    let select = "SELECT %s FROM pg_replication_slots WHERE slot_name = '\(name)'"
    _ = try? waitUntil("the slot of the standby is dropped") {
      let session = try administration.connect()
      try session.query(select.replacing("%s", with: "pg_terminate_backend(active_pid)"))
      do {
        try session.query(select.replacing("%s", with: "pg_drop_replication_slot(slot_name)"))
        return true
      } catch let error as SessionError where error.sqlState == "55006" {
        return false
      }
    }
  }
}
