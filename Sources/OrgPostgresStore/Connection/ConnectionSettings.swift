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
  /// What the service that it names says.
  private let service: ServiceFile.Entries
  /// How long a server may take to answer before it counts as lost, in milliseconds.
  var patience = 30_000
  /// How long connecting may take where the address doesn't say it, in milliseconds.
  var usualConnectMilliseconds = 10_000

  /// Reads a URL such as `postgres://host/database`, or keywords such as `service=billing`.
  ///
  /// - Throws: `invalidValue` if libpq can't read it; `system` if libpq isn't installed.
  public init(_ text: String) throws(OrgError) {
    if let reason = cpostgres_load() {
      throw OrgError(
        .system,
        "libpq, the client library of PostgreSQL, isn't installed (\(String(cString: reason).escapedForDisplay)); the package libpq5 has it."
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
    service =
      (given["service"] ?? UserEnvironment.variable("PGSERVICE")).map { ServiceFile.entries(of: $0) } ?? [:]
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
    guard let seconds, seconds > 0 else { return usualConnectMilliseconds }
    return min(max(seconds, 2), 600) * 1000
  }

  /// What is weaker about a connection than it should be: somebody on the way could read or change what passes. `nil` on
  /// this machine, where there is no way.
  func warning(_ facts: ConnectionFacts) -> String? {
    guard !facts.isLocal else { return nil }
    guard facts.isEncrypted else { return "not encrypted" }
    let mode =
      given["sslmode"] ?? service["sslmode"] ?? UserEnvironment.variable("PGSSLMODE")
      ?? (service.isEmpty ? "verify-full" : "prefer")
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
  private var parameters: [(key: String, value: String)] {
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
    if let file = passwordFile, Self.isOpenToOthers(file) {
      // libpq would ignore it, and write so to standard error, in the middle of a screen. Here there is no file.
      parameters.append(("passfile", file + "/"))
    }
    return parameters
  }

  /// The parameters of each attempt to connect: to each of several hosts, one after the other. libpq would wait for the first
  /// for ever, if it neither answers nor refuses.
  var attempts: [[(key: String, value: String)]] {
    let parameters = parameters
    func list(_ keyword: String, _ variable: String) -> [String] {
      (given[keyword] ?? UserEnvironment.variable(variable) ?? "").split(
        separator: ",", omittingEmptySubsequences: false
      ).map(String.init)
    }
    let lists = [("host", "PGHOST"), ("hostaddr", "PGHOSTADDR"), ("port", "PGPORT")].map {
      (keyword: $0.0, values: list($0.0, $0.1))
    }
    let count = lists.prefix(2).map(\.values.count).max() ?? 1
    guard count > 1 else { return [parameters] }
    // One port can be that of all.
    let hosts = (0..<count).map { place in
      parameters
        + lists.compactMap { list in
          guard let value = place < list.values.count ? list.values[place] : list.values.first else {
            return nil
          }
          return value.isEmpty ? nil : (list.keyword, value)
        }
    }
    guard
      (given["target_session_attrs"] ?? UserEnvironment.variable("PGTARGETSESSIONATTRS")) == "prefer-standby"
    else { return hosts }
    return ["standby", "any"].flatMap { kind in hosts.map { $0 + [("target_session_attrs", kind)] } }
  }

  /// The file with passwords, where libpq looks for it.
  private var passwordFile: String? {
    given["passfile"] ?? service["passfile"] ?? UserEnvironment.variable("PGPASSFILE")
      ?? UserEnvironment.variable("HOME").map { $0 + "/.pgpass" }
  }

  /// The password file that a parameter keeps libpq from reading.
  static func ignoredFile(_ parameter: String) -> String? {
    parameter.last == "/" ? String(parameter.dropLast()) : nil
  }

  private static func isOpenToOthers(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG || status.st_mode & (S_IRWXG | S_IRWXO) != 0
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
enum UserEnvironment {
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
