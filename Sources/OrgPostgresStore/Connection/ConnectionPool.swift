import OrgCore
import Synchronization

/// Connections to one server. Whoever needs one borrows it: there are as many as work at the same time, so a commit never
/// waits for a long search.
final class ConnectionPool: Sendable {
  let settings: ConnectionSettings
  private let idle = Mutex<[Connection]>([])
  /// As many connections are kept open while nothing needs them.
  private static let kept = 3

  /// What was learned from the newest connection.
  private let facts = Mutex<ConnectionFacts?>(nil)
  var newestFacts: ConnectionFacts? { facts.withLock { $0 } }

  init(_ settings: ConnectionSettings) { self.settings = settings }

  /// What is weaker about the connection than it should be; `nil` for nothing, and before there is one.
  var warning: String? { newestFacts.flatMap(settings.warning) }

  /// Lends a connection to the body. It is closed if the body leaves a transaction open on it or loses it.
  func withConnection<Value>(
    _ body: (Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let connection = try borrow()
    defer { giveBack(connection) }
    return try body(connection)
  }

  /// Takes a connection back, unless a transaction is left open on it or it is lost.
  func giveBack(_ connection: Connection) {
    if connection.isIdle { idle.withLock { if $0.count < Self.kept { $0.append(connection) } } }
  }

  /// Lends a connection until it is given back. One that the server ended meanwhile is replaced.
  func borrow() throws(PostgresError) -> Connection {
    while let connection = idle.withLock({ $0.popLast() }) {
      if connection.isAlive { return connection }
    }
    let connection = try Connection(settings)
    facts.withLock { $0 = connection.facts }
    return connection
  }

  /// Runs statements in one round trip, in a transaction in which names mean what the system says. A pooler hands the
  /// session to others afterwards, so nothing may be set for longer than that.
  func read(_ statements: [Statement]) throws(PostgresError) -> [Rows] {
    let rows = try withConnection { connection throws(PostgresError) in
      try connection.run([Self.searchPath] + statements)
    }
    return Array(rows.dropFirst())
  }

  /// Without this, somebody who may create an operator in the schema `public` could have it called by whoever reads.
  static let searchPath = Statement("select set_config('search_path', 'pg_catalog, pg_temp', true)")
}
