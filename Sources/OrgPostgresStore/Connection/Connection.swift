import CPostgres
import Dispatch
import OrgCore
import Synchronization

/// A connection to a server. It can be used from any thread, and runs the statements of one after the other's.
final class Connection: Sendable {
  /// What was learned while connecting.
  let facts: ConnectionFacts
  let session: Session
  /// Held while statements run: why no more can be run.
  private let turn = Mutex<PostgresError?>(nil)
  /// What the server has prepared; `nil` as long as it isn't known that all statements go to the same session.
  private let prepared = Mutex<PreparedStatements?>(nil)
  private let canceller: Canceller
  private let patience: Int

  /// Connects, to the first host of several that answers as it should. The caller's thread waits: resolving a host's name
  /// can take long.
  ///
  /// - Parameter waiting: is called every 100 ms with how long it has taken so far, in milliseconds; `false` gives up.
  init(
    _ settings: ConnectionSettings, waiting: (Int) -> Bool = { _ in true }
  ) throws(PostgresError) {
    let start = monotonicMilliseconds()
    var failures: [PostgresError] = []
    var found: Session?
    for parameters in settings.attempts where found == nil {
      do throws(PostgresError) {
        found = try Session(parameters, limit: settings.connectMilliseconds) { _ in
          waiting(monotonicMilliseconds() - start)
        }
      } catch {
        guard error.kind != .cancelled else { throw error }
        failures.append(error)
      }
    }
    guard let found else { throw PostgresError(failures) }
    session = found
    facts = session.facts()
    canceller = Canceller(session.cancelHandle())
    patience = settings.patience
  }

  deinit { session.finish() }

  /// Runs statements in one round trip, and stops at the first that fails. Without `begin` among them, they are one
  /// transaction.
  ///
  /// - Parameters:
  ///   - statements: what is run, in order.
  ///   - interval: how often `waiting` is called, in milliseconds.
  ///   - waiting: is called with how long the server has taken so far, in milliseconds; if it returns `false`, the
  ///     statements are canceled. Without it they are canceled when the connection's patience ends.
  /// - Returns: the rows of each statement.
  /// - Throws: what the server refused. If `isConnectionLost`, it isn't known what the server did.
  func run(
    _ statements: [Statement], every interval: Int = 100, waiting: ((Int) -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    try inTurn(every: interval, waiting) { (wait) throws(PostgresError) in
      try prepared.withLock { (prepared) throws(PostgresError) in
        try session.run(statements, &prepared, &wait)
      }
    }
  }

  /// Notes which of its processes the server says that it runs statements in. If it is the one that it said while connecting,
  /// there is no pooler between, and statements can be prepared.
  func note(backend: Int?) {
    guard backend == Int(facts.backend) else { return }
    prepared.withLock { $0 = $0 ?? PreparedStatements() }
  }

  /// Whether all statements are known to go to the process that was named while connecting.
  var isDirect: Bool { prepared.withLock { $0 != nil } }

  /// Runs the body with the connection to itself.
  ///
  /// - Parameters:
  ///   - interval: as for `run`.
  ///   - waiting: as for `run`.
  func inTurn<Value: Sendable>(
    every interval: Int = 100, _ waiting: ((Int) -> Bool)? = nil,
    _ body: (inout Session.Wait) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let goesOn = waiting ?? { [patience] in $0 < patience }
    var wait = Session.Wait(every: interval, goesOn: goesOn) { [canceller] in canceller.cancel() }
    return try turn.withLock { end throws(PostgresError) in
      if let end { throw end }
      do throws(PostgresError) {
        let value = try body(&wait)
        if !canceller.isDone { end = PostgresError(.cancelled, "canceled") }
        return value
      } catch {
        if error.isConnectionLost || !canceller.isDone { end = error }
        throw error.kind == .cancelled && waiting == nil ? PostgresError(.slow, error.message) : error
      }
    }
  }

  /// Runs a statement.
  func run(
    _ statement: Statement, waiting: ((Int) -> Bool)? = nil
  ) throws(PostgresError) -> Rows {
    try run([statement], waiting: waiting)[0]
  }

  /// The payloads of the notifications that have arrived. Waits for none.
  ///
  /// - Throws: `connection` if the server has ended the connection.
  func notifications() throws(PostgresError) -> [String] {
    try turn.withLock { end throws(PostgresError) in
      if let end { throw end }
      return try session.notifications()
    }
  }

  /// The descriptor on which the server's messages arrive.
  var descriptor: Int32 { session.descriptor }

  /// Whether the server hasn't ended the connection, as far as can be told without asking it.
  var isAlive: Bool { turn.withLock { $0 == nil && session.isAlive } }

  /// Whether no transaction is left open, so that the connection can be used for anything else.
  var isIdle: Bool { turn.withLock { $0 == nil && session.isIdle } }
}

/// What is known of a connection.
struct ConnectionFacts: Sendable {
  /// The server's process for this connection, as libpq was told; a pooler tells a number of its own.
  let backend: Int32
  /// The server's version: 150018 for 15.18.
  let serverVersion: Int
  /// The database.
  let database: String
  /// The user.
  let user: String
  /// The host's name, its address, or the directory of its socket.
  let host: String
  /// The port.
  let port: String
  /// Whether TLS protects the connection.
  let isEncrypted: Bool

  /// Whether the server is on this machine, so that no network lies between.
  var isLocal: Bool { ConnectionSettings.isLocal(host) }
}

/// Cancels what a connection is running, from any thread.
private final class Canceller: Sendable {
  private let address: UInt
  private let requests = DispatchGroup()
  private let turn = Mutex(())
  private var handle: OpaquePointer? { OpaquePointer(bitPattern: address) }
  /// How long a request may take before the connection is given up, in milliseconds.
  private static let patience = 1000

  init(_ handle: OpaquePointer?) { address = UInt(bitPattern: handle) }

  deinit { PQfreeCancel(handle) }

  /// Asks the server to cancel, on a thread of its own: a server that hangs would make this one hang, too.
  func cancel() {
    DispatchQueue(label: "orgman.cancel").async(group: requests) { [self] in
      turn.withLock { _ in
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &message, 256)
      }
    }
  }

  /// Whether the server has dealt with all requests. One that it gets later would cancel whatever runs then.
  var isDone: Bool { requests.wait(timeout: .now() + .milliseconds(Self.patience)) == .success }
}
