import CPostgres
import Dispatch
import OrgCore
import Synchronization

/// A connection to a server. It can be used from any thread, and runs the statements of one after the other's.
final class Connection: Sendable {
  /// What was learned while connecting.
  let facts: ConnectionFacts
  private let session: Session
  /// Held while statements run.
  private let turn = Mutex(())
  private let canceller: Canceller

  /// How long a server may take to answer before the connection counts as lost, in milliseconds.
  static let patience = 30_000

  /// Connects. The caller's thread waits: resolving a host's name can take long.
  init(_ settings: ConnectionSettings) throws(PostgresError) {
    session = try Session(settings)
    facts = session.facts()
    canceller = Canceller(session.cancelHandle())
  }

  deinit { session.finish() }

  /// Runs statements in one round trip, and stops at the first that fails. Without `begin` among them, they are one
  /// transaction.
  ///
  /// - Parameters:
  ///   - statements: what is run, in order.
  ///   - waiting: is called every 100 ms with how long the server has taken so far, in milliseconds; if it returns
  ///     `false`, the statements are canceled.
  /// - Returns: the rows of each statement.
  /// - Throws: what the server refused. If `isConnectionLost`, it isn't known what the server did.
  func run(
    _ statements: [Statement], waiting: (Int) -> Bool = { $0 < Connection.patience }
  ) throws(PostgresError) -> [Rows] {
    try withoutActuallyEscaping(waiting) { waiting throws(PostgresError) in
      var wait = Session.Wait { [canceller] milliseconds in
        guard !waiting(milliseconds) else { return true }
        canceller.cancel()
        return false
      }
      return try turn.withLock { _ throws(PostgresError) in try session.run(statements, &wait) }
    }
  }

  /// Runs a statement.
  func run(
    _ statement: Statement, waiting: (Int) -> Bool = { $0 < Connection.patience }
  ) throws(PostgresError) -> Rows {
    try run([statement], waiting: waiting)[0]
  }

  /// The payloads of the notifications that have arrived. Waits for none.
  ///
  /// - Throws: `connection` if the server has ended the connection.
  func notifications() throws(PostgresError) -> [String] {
    try turn.withLock { _ throws(PostgresError) in try session.notifications() }
  }

  /// The descriptor on which the server's messages arrive.
  var descriptor: Int32 { session.descriptor }

  /// Whether the server hasn't ended the connection, as far as can be told without asking it.
  var isAlive: Bool { turn.withLock { _ in session.isAlive } }

  /// Whether no transaction is left open, so that the connection can be used for anything else.
  var isIdle: Bool { turn.withLock { _ in session.isIdle } }
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
  private let turn = Mutex(())
  private var handle: OpaquePointer? { OpaquePointer(bitPattern: address) }

  init(_ handle: OpaquePointer?) { address = UInt(bitPattern: handle) }

  deinit { PQfreeCancel(handle) }

  /// Asks the server to cancel, on a thread of its own: a server that hangs would make this one hang, too.
  func cancel() {
    DispatchQueue.global().async { [self] in
      turn.withLock { _ in
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &message, 256)
      }
    }
  }
}
