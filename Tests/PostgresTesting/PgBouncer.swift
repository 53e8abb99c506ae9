import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// A PgBouncer in front of a database, in transaction mode: each transaction of a client can get another one of the
/// connections to the server. Ended with the object.
public final class PgBouncer: Sendable {
  /// The database behind it.
  public let database: Database
  /// The directory of its socket, to be given to clients as their host.
  public let host: String
  private let process: Mutex<ChildProcess>
  private let directory: ServerDirectory

  /// Starts it with connections to the server that take turns.
  public init(for database: Database, connections: Int = 2) throws {
    let directory = try ServerDirectory()
    let host = try directory.makeSubdirectory("pgbouncer")
    let configuration = """
      [databases]
      * = host=\(database.server.host)
      [pgbouncer]
      listen_addr =
      listen_port = 5432
      unix_socket_dir = \(host)
      pidfile = \(host)/pid
      auth_type = trust
      auth_user = postgres
      admin_users = postgres
      pool_mode = transaction
      default_pool_size = \(connections)
      server_round_robin = 1
      ignore_startup_parameters = extra_float_digits

      """
    let path = host + "/pgbouncer.ini"
    try configuration.write(toFile: path, atomically: false, encoding: .utf8)
    chmod(path, 0o644)
    self.database = database
    self.directory = directory
    self.host = host
    process = Mutex(
      try Installation.start(try Installation.pgBouncer(), [path], in: host, log: host + "/log"))
    try waitUntil("PgBouncer is ready") {
      if let status = process.withLock({ $0.status }) {
        throw ServerFailure("PgBouncer ended (\(status)).\n\(log)")
      }
      return (try? connect()) != nil
    }
    // Transactions at the same time each get a connection of their own.
    let sessions = try (0..<connections).map { _ in try connect() }
    for session in sessions { try session.query("BEGIN") }
    for session in sessions { try session.query("COMMIT") }
  }

  /// What connects libpq and psql through it to the database as a user.
  public func url(user: String = "postgres") -> String { database.url(user: user, host: host) }

  /// Opens a connection through it, as the superuser.
  public func connect() throws -> Session { try Session(host: host, database: database.name) }

  /// What it has logged.
  public var log: String {
    String(decoding: FileManager.default.contents(atPath: host + "/log") ?? Data(), as: UTF8.self)
  }
}
