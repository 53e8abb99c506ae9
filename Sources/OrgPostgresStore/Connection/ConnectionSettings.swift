import CPostgres
import Glibc
import OrgCore

/// Where a database is and how to connect to it, as `psql` takes it: a URL, or keywords with values. What it doesn't say
/// comes from the environment (`PGHOST`, `PGSERVICE`, `PGPASSFILE` and so on) and from libpq's defaults.
public struct ConnectionSettings: Sendable, Hashable {
  /// What libpq reads.
  private let text: String
  /// What is said there, by keyword.
  private let given: [String: String]

  /// Reads a URL such as `postgres://host/database`, or keywords such as `service=billing`.
  ///
  /// - Throws: `invalidValue` if libpq can't read it; `system` if libpq isn't installed.
  public init(_ text: String) throws(OrgError) {
    if let reason = cpostgres_load() {
      throw OrgError(
        .system,
        "libpq, the client library of PostgreSQL, can't be loaded: \(String(cString: reason).escapedForDisplay). Install the package libpq5."
      )
    }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      // libpq's message quotes the text, and with it a password.
      PQfreemem(message)
      throw OrgError(
        .invalidValue,
        "The database's address can't be read; write it as postgres://HOST/DATABASE, or as keywords such as service=NAME."
      )
    }
    defer { PQconninfoFree(options) }
    var given: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    (self.text, self.given) = (text, given)
  }

  /// Whether a text is a database's address rather than a directory.
  public static func isAddress(_ text: String) -> Bool {
    if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return true }
    let keyword = text.prefix { ("a"..."z").contains($0) || $0 == "_" }
    return !text.contains("/") && !keyword.isEmpty && text.dropFirst(keyword.count).first == "="
      || keywords.contains(String(keyword)) && text.dropFirst(keyword.count).first == "="
  }

  private static let keywords: Set = ["host", "hostaddr", "port", "dbname", "user", "service", "sslmode"]

  /// Whether the address contains a password, which other users could read where it is an argument.
  public var hasPassword: Bool { given["password"] != nil || given["sslpassword"] != nil }

  /// The address without what is secret, for titles, logs, and messages.
  public var display: String {
    if let service = given["service"], given["host"] == nil { return "service=\(service)" }
    let host = given["host"] ?? given["hostaddr"] ?? UserEnvironment.variable("PGHOST")
    let port = given["port"] ?? UserEnvironment.variable("PGPORT")
    let database = given["dbname"] ?? UserEnvironment.variable("PGDATABASE") ?? given["user"] ?? ""
    let place = host.map { Self.isSocket($0) ? "" : $0 } ?? ""
    return "postgres://\(place)\(place.isEmpty ? "" : port.map { ":\($0)" } ?? "")/\(database)"
  }

  /// How long connecting may take, in milliseconds.
  var connectMilliseconds: Int {
    let seconds = (given["connect_timeout"] ?? UserEnvironment.variable("PGCONNECT_TIMEOUT")).flatMap {
      Int($0)
    }
    guard let seconds, seconds > 0 else { return 10_000 }
    return min(max(seconds, 2), 600) * 1000
  }

  /// What is weaker about a connection than it should be: somebody on the way could read or change what passes. `nil` on
  /// this machine, where there is no way.
  func warning(_ facts: ConnectionFacts) -> String? {
    guard !facts.isLocal else { return nil }
    guard facts.isEncrypted else { return "not encrypted" }
    let mode = given["sslmode"] ?? UserEnvironment.variable("PGSSLMODE") ?? "verify-full"
    return mode == "verify-full" ? nil : "sslmode=\(mode)"
  }

  static func isSocket(_ host: String) -> Bool { host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") }

  /// Whether a host is this machine.
  static func isLocal(_ host: String) -> Bool {
    host.split(separator: ",").allSatisfy {
      isSocket(String($0)) || ["localhost", "127.0.0.1", "::1"].contains(String($0))
    }
  }

  /// The keywords and values for libpq. It takes the last value of a keyword, so defaults come first.
  var parameters: [(key: String, value: String)] {
    var parameters = [
      ("fallback_application_name", "orgman"), ("client_encoding", "UTF8"), ("keepalives_idle", "30"),
      ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
    ]
    let host = given["host"] ?? given["hostaddr"] ?? UserEnvironment.variable("PGHOST") ?? ""
    let mode = given["sslmode"] ?? UserEnvironment.variable("PGSSLMODE")
    if mode == nil, !Self.isLocal(host), given["service"] == nil {
      // Anything weaker than this leaves the connection open to whoever is on the way.
      parameters.append(("sslmode", "verify-full"))
    }
    if given["sslrootcert"] == nil, UserEnvironment.variable("PGSSLROOTCERT") == nil, let roots = Self.roots {
      parameters.append(("sslrootcert", roots))
    }
    parameters.append(("dbname", text))
    return parameters
  }

  /// The system's certificates, where the user has none.
  private static var roots: String? {
    let own = UserEnvironment.variable("HOME").map { $0 + "/.postgresql/root.crt" }
    if let own, access(own, R_OK) == 0 { return nil }
    let system = "/etc/ssl/certs/ca-certificates.crt"
    return access(system, R_OK) == 0 ? system : nil
  }
}

/// The environment, as libpq reads it.
private enum UserEnvironment {
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
