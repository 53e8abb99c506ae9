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
    /// A database, and a replica to read from.
    case database(ConnectionSettings, replica: ConnectionSettings?)
  #endif

  /// What says where the data are.
  enum Origin {
    case argument, variable, configuration, none
  }

  /// The location of the data with a name, or the default, and the replica of a database.
  ///
  /// - Parameter argument: the value of `--data`; `nil` without it.
  /// - Throws: `invalidValue` for a database's address that can't be read, or that has a password where others may read
  ///   it, and for a replica of files.
  init(_ argument: String?) throws(OrgError) {
    let (data, read) = try ConfigurationFile.addresses()
    let (name, origin) = Self.name(argument, data)
    self = try Self.named(name, from: origin)
    let replica: (name: String, origin: Origin)
    if let name = UserDirectory.variable("ORGMAN_READ") {
      replica = (name, .variable)
    } else if let read, data == nil || data == name {
      replica = (read, .configuration)
    } else {
      return
    }
    let word = replica.origin == .variable ? "ORGMAN_READ" : "read in config.toml"
    try Self.checkReplica(replica.name)
    #if PostgreSQL
      guard case .database(let settings, _) = self else {
        throw OrgError(
          .invalidValue,
          "\(word) names a replica, but the data are files in \(name.escapedForDisplay); only a database has one."
        )
      }
      guard case .database(let other, _) = try Self.named(replica.name, from: replica.origin) else { return }
      self = .database(settings, replica: other)
    #endif
  }

  /// Looks at what the configuration says.
  ///
  /// - Throws: `invalidValue` for what it can't say.
  static func check(_ name: String, isReplica: Bool) throws(OrgError) {
    if isReplica { try checkReplica(name) }
    _ = try named(name, from: .configuration)
  }

  private static func checkReplica(_ name: String) throws(OrgError) {
    guard isAddress(name) else {
      throw OrgError(.invalidValue, "A replica is named by its address, as in postgres://HOST/DATABASE.")
    }
  }

  /// The location with a name that is given, without a replica.
  ///
  /// - Throws: `invalidValue` for a database's address that can't be read, or that has a password.
  init(named name: String) throws(OrgError) { self = try Self.named(name, from: .argument) }

  /// What says where the data are.
  static func origin(_ argument: String?) -> Origin {
    name(argument, try? ConfigurationFile.addresses().data).origin
  }

  private static func name(_ argument: String?, _ configured: String?) -> (String, origin: Origin) {
    if let argument { return (argument, .argument) }
    if let name = UserDirectory.variable("ORGMAN_DATA") { return (name, .variable) }
    if let configured { return (configured, .configuration) }
    return (defaultName, .none)
  }

  private static func named(_ name: String, from origin: Origin) throws(OrgError) -> DataLocation {
    guard isAddress(name) else {
      guard origin != .configuration || name.hasPrefix("/") else {
        throw OrgError(
          .invalidValue, "data in config.toml is a directory's absolute path, or a database's address.")
      }
      return .directory(name)
    }
    #if PostgreSQL
      let settings = try ConnectionSettings(name)
      let place = "put it in the file ~/.pgpass, or in one that PGPASSFILE names"
      if settings.hasPassword, origin == .argument {
        throw OrgError(
          .invalidValue, "A password in an argument can be read by every user of this machine; \(place).")
      }
      if settings.hasPassword, origin == .configuration {
        throw OrgError(.invalidValue, "A password doesn't belong into config.toml; \(place).")
      }
      return .database(settings, replica: nil)
    #else
      throw OrgError(.invalidValue, "This orgman was built without PostgreSQL, so it can't open a database.")
    #endif
  }

  private static var defaultName: String {
    if access("/var/lib/orgman", F_OK) == 0 { return "/var/lib/orgman" }
    return UserDirectory.path("XDG_DATA_HOME", ".local/share") ?? "/var/lib/orgman"
  }

  /// Whether a name is a database's address, as `psql` takes it: a URL, or keywords with values.
  static func isAddress(_ name: String) -> Bool {
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
      case .database(let settings, _): settings.display
    #endif
    }
  }

  /// Whether it is a database.
  var isDatabase: Bool { if case .directory = self { false } else { true } }

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
      case .database(let settings, _):
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
  ///   - access: whose rights count.
  ///   - observer: is notified of what is added to the history.
  func open(
    isReadOnly: Bool, isShortLived: Bool, as access: Access, _ preferences: Preferences,
    observer: (any HistoryObserver)? = nil
  ) throws(OrgError) -> OpenStore {
    let observer =
      access == .platformAdmin ? observer : observer.map { OwnHistoryObserver(observer: $0, access: access) }
    let store = try open(isReadOnly: isReadOnly, isShortLived: isShortLived, preferences, observer)
    return OpenStore(store: access.user.map(store.acting(as:)) ?? store, files: store as? FileStore)
  }

  private func open(
    isReadOnly: Bool, isShortLived: Bool, _ preferences: Preferences, _ observer: (any HistoryObserver)?
  ) throws(OrgError) -> any OrgStore {
    switch self {
    case .directory(let path):
      return try FileStore(
        path: path, isReadOnly: isReadOnly, externalDeletions: preferences.externalDeletions,
        retention: preferences.retention, isShortLived: isShortLived, observer: observer)
    #if PostgreSQL
      case .database(let settings, let replica):
        return try PostgresStore(
          settings,
          PostgresStore.Options(
            actor: .current(), isReadOnly: isReadOnly, readsOneMoment: isShortLived, replica: replica,
            observer: observer))
    #endif
    }
  }
}

/// The data, opened.
struct OpenStore: Sendable {
  /// What whose rights count may see of them.
  let store: any OrgStore
  /// The files that they are in, for watching them; `nil` for a database.
  let files: FileStore?
}
