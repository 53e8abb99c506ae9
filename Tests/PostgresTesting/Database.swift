import Foundation
import TerminalTesting

/// A database on a server of the tests.
public struct Database: Sendable {
  /// The server that it is on, which runs for as long as this is held.
  public let server: PostgresServer
  /// Its name, made of lowercase letters, digits and underscores.
  public let name: String

  /// What connects libpq and psql to it as the superuser `postgres`.
  public var url: String { url() }

  /// What connects libpq and psql to it as a user, through a pooler or a proxy if its host is given.
  public func url(user: String = "postgres", host: String? = nil) -> String {
    let allowed = CharacterSet.urlQueryAllowed.subtracting(CharacterSet(charactersIn: "&=+?"))
    let escaped = [host ?? server.host, user].map {
      $0.addingPercentEncoding(withAllowedCharacters: allowed) ?? $0
    }
    return "postgres:///\(name)?host=\(escaped[0])&user=\(escaped[1])"
  }

  /// Runs SQL through psql as the superuser, up to the first error, and returns the rows: a line each, with `|` between
  /// the values. Throws what psql says.
  @discardableResult
  public func run(_ sql: String) throws -> String { try psql(sql, at: url) }

  /// Opens a connection for which a test can wait, as the superuser.
  public func connect() throws -> Session { try Session(host: server.host, database: name) }

  /// Drops the database, and ends the connections to it. What isn't dropped takes 8 MB until the server ends.
  public func drop() throws {
    try server.administration.connect().query("DROP DATABASE \(name) WITH (FORCE)")
  }
}

/// Runs SQL through psql, up to the first error, where a URL says, and returns the rows: a line each, with `|` between
/// the values. Throws what psql says.
@discardableResult
public func psql(_ sql: String, at url: String, timeout: Duration = .seconds(120)) throws -> String {
  let arguments = ["-qAtX", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-d", url]
  let output = try run(try Installation.program("psql"), arguments, input: sql + "\n", timeout: timeout)
  guard output.status == .exited(0) else { throw ServerFailure("psql: \(output.stderr)\(sql)") }
  return output.stdout.hasSuffix("\n") ? String(output.stdout.dropLast()) : output.stdout
}

extension PostgresServer {
  /// Creates a database, named after the hint, as a copy of another one to which nobody is connected: an empty one if
  /// none is given.
  public func database(_ hint: String, template: Database? = nil) throws -> Database {
    let database = Database(server: self, name: uniqueName(hint))
    try administration.connect().query(
      "CREATE DATABASE \(database.name)\(template.map { " TEMPLATE \($0.name)" } ?? "")")
    return database
  }
}
