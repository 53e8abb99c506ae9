import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore
import OrgViewModel

#if PostgreSQL
  import OrgPostgresStore
#endif

/// Where the data are: a directory with the two files, or a database.
enum DataLocation: Sendable {
  case directory(String)
  #if PostgreSQL
    case database(ConnectionSettings)
  #endif

  /// The location with a name, or the default.
  ///
  /// - Parameter argument: the value of `--data`; `nil` without it.
  /// - Throws: `invalidValue` for a database's address that can't be read, or that has a password in an argument.
  init(_ argument: String?) throws(OrgError) {
    let name = argument ?? Self.defaultName
    guard Self.isAddress(name) else {
      self = .directory(name)
      return
    }
    #if PostgreSQL
      let settings = try ConnectionSettings(name)
      guard argument == nil || !settings.hasPassword else {
        throw OrgError(
          .invalidValue,
          "A password in an argument can be read by every user of this machine; put it in the file ~/.pgpass, or in one that PGPASSFILE names."
        )
      }
      self = .database(settings)
    #else
      throw OrgError(.invalidValue, "This orgman was built without PostgreSQL, so it can't open a database.")
    #endif
  }

  private static var defaultName: String {
    if let name = UserDirectory.variable("ORGMAN_DATA") { return name }
    if access("/var/lib/orgman", F_OK) == 0 { return "/var/lib/orgman" }
    return UserDirectory.path("XDG_DATA_HOME", ".local/share") ?? "/var/lib/orgman"
  }

  /// Whether a name is a database's address, as `psql` takes it: a URL, or keywords with values.
  private static func isAddress(_ name: String) -> Bool {
    if name.hasPrefix("postgres://") || name.hasPrefix("postgresql://") { return true }
    let keyword = name.prefix { ("a"..."z").contains($0) || $0 == "_" }
    return ["host", "hostaddr", "port", "dbname", "user", "service"].contains(String(keyword))
      && name.dropFirst(keyword.count).first == "=" && access(name, F_OK) != 0
  }

  /// The location for titles, logs, and messages; without a password.
  var display: String {
    switch self {
    case .directory(let path): path
    #if PostgreSQL
      case .database(let settings): settings.display
    #endif
    }
  }

  /// The directory.
  ///
  /// - Parameters:
  ///   - purpose: what needs one: `orgman backup`.
  ///   - alternative: what does it in a database, as it can follow a semicolon.
  /// - Throws: `invalidValue` for a database.
  func directory(for purpose: String, instead alternative: String) throws(OrgError) -> String {
    switch self {
    case .directory(let path): return path
    #if PostgreSQL
      case .database(let settings):
        throw OrgError(
          .invalidValue,
          "\(purpose) works on a directory with the two files, and \(settings.display.escapedForDisplay) is a database; \(alternative)."
        )
    #endif
    }
  }

  /// Opens the data.
  ///
  /// - Parameters:
  ///   - isShortLived: whether for one command.
  ///   - observer: is notified of what is added to the history.
  func open(
    isReadOnly: Bool, isShortLived: Bool, _ preferences: Preferences, observer: (any HistoryObserver)? = nil
  ) throws(OrgError) -> any OrgStore {
    switch self {
    case .directory(let path):
      return try FileStore(
        path: path, isReadOnly: isReadOnly, externalDeletions: preferences.externalDeletions,
        retention: preferences.retention, isShortLived: isShortLived, observer: observer)
    #if PostgreSQL
      case .database(let settings):
        return try PostgresStore(
          settings,
          PostgresStore.Options(
            actor: .current(), isReadOnly: isReadOnly, readsOneMoment: isShortLived, observer: observer))
    #endif
    }
  }
}
