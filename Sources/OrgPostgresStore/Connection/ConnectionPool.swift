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

  /// Told where the server doesn't answer; those that return `false` are forgotten.
  private let watchers = Mutex<[@Sendable () -> Bool]>([])
  /// After how long without an answer a server is suspected to be lost, in milliseconds.
  private static let doubt = 5000

  init(_ settings: ConnectionSettings) { self.settings = settings }

  /// Calls a function whenever the server may be lost, until that returns `false`.
  func whenSuspected(_ watcher: @escaping @Sendable () -> Bool) { watchers.withLock { $0.append(watcher) } }

  /// Has those who watch the server ask whether it is there.
  func suspect() { watchers.withLock { $0.removeAll { !$0() } } }

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

  /// Lends a connection that is there, if one is.
  func takeIdle() -> Connection? {
    while let connection = idle.withLock({ $0.popLast() }) {
      if connection.isAlive { return connection }
    }
    return nil
  }

  /// Learns from a connection that was made elsewhere.
  func note(_ connection: Connection) { facts.withLock { $0 = connection.facts } }

  /// Lends a connection until it is given back. One that the server ended meanwhile is replaced.
  ///
  /// - Parameter waiting: is called every 100 ms while it takes to connect; `false` gives up.
  func borrow(waiting: (Int) -> Bool = { _ in true }) throws(PostgresError) -> Connection {
    if let connection = takeIdle() { return connection }
    do throws(PostgresError) {
      let connection = try Connection(settings, waiting: waiting)
      note(connection)
      return connection
    } catch {
      if error.isConnectionLost { suspect() }
      throw error
    }
  }

  /// Runs statements in one round trip, in a transaction in which names mean what the system says. A pooler hands the
  /// session to others afterwards, so nothing may be set for longer than that.
  ///
  /// They may only read: if the connection turns out to be lost, they are run again on another one.
  ///
  /// - Parameters:
  ///   - patience: how long the server may take, in milliseconds; else as long as the settings say.
  ///   - isWanted: says whether the answer is still wanted; else `cancelled` is thrown.
  func read(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    let (connection, rows) = try run(
      [Self.searchPath] + statements, patience: patience, isWanted: isWanted)
    giveBack(connection)
    return Array(rows.dropFirst())
  }

  /// Runs statements as `read` does, on a connection that it lends until it is given back.
  func run(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> (Connection, [Rows]) {
    var isLastTry = false
    while true {
      let connection = try borrow()
      do throws(PostgresError) {
        let rows = try connection.run(
          statements, every: Self.interval(isWanted), waiting: waiting(patience, isWanted))
        if statements[0].sql == Self.searchPath.sql { connection.note(backend: rows[0].number(0, 0)) }
        return (connection, rows)
      } catch {
        giveBack(connection)
        if error.isConnectionLost { suspect() }
        guard error.mayPass, !isLastTry else { throw Self.reason(error, isWanted) }
        isLastTry = true
      }
    }
  }

  /// How often it is asked whether an answer is still wanted: a person types on after a tenth of a second.
  static func interval(_ isWanted: (() -> Bool)?) -> Int { isWanted == nil ? 100 : 10 }

  /// What was canceled was either not wanted any more, or took too long.
  static func reason(_ error: PostgresError, _ isWanted: (() -> Bool)?) -> PostgresError {
    error.kind == .cancelled && isWanted?() ?? true ? PostgresError(.slow, error.message) : error
  }

  /// What says whether statements go on.
  func waiting(_ patience: Int?, _ isWanted: (() -> Bool)? = nil) -> (Int) -> Bool {
    let patience = patience ?? settings.patience
    var isSuspected = false
    return { [self] milliseconds in
      if !isSuspected, milliseconds > min(Self.doubt, patience / 2) {
        isSuspected = true
        suspect()
      }
      return milliseconds < patience && isWanted?() ?? true
    }
  }

  /// Without the first, somebody who may create an operator in the schema `public` could have it called by whoever reads. The
  /// next are about questions of a person who waits: compiling one takes longer than answering it, and what several
  /// processes can look at, they should. The last are the forms in which names and bytes are read, whatever the role's are.
  static let searchPath = Statement(
    """
    select pg_backend_pid(), set_config('search_path', 'pg_catalog, pg_temp', true), set_config('jit', 'off', true), \
    set_config('parallel_tuple_cost', '0.001', true), set_config('quote_all_identifiers', 'off', true), \
    set_config('bytea_output', 'hex', true)
    """, isFrequent: true)
}
