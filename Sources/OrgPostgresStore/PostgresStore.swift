import OrgCore
import Synchronization

/// A store in a PostgreSQL database: the tables of the service, and beside them the schema `orgman`, if it is installed,
/// with the history, the revision, and counts.
///
/// Reading takes no lock. `Committer` implements how a change set becomes durable.
public final class PostgresStore: RemoteStore, WaitReportingStore {
  let database: Database
  let options: Options
  private let privileges: ServerPrivileges
  /// Learns whom it waits for.
  private let waitObserver = Mutex<(@Sendable (Contention) -> Void)?>(nil)

  /// What a store is opened for.
  public struct Options: Sendable {
    /// Never write, even if that is possible.
    public var isReadOnly: Bool
    /// Whether all answers of a reader are of the same moment. It keeps a transaction open for as long as the reader is
    /// used: right for a command, and wrong for a screen that is open for hours.
    public var readsOneMoment: Bool
    /// Who changes the data.
    public var actor: Actor
    /// A server that follows the one of the database, to read from.
    public var replica: ConnectionSettings?
    /// Is told of what this store commits.
    public var observer: (any HistoryObserver)?

    /// Chooses what a store is opened for.
    public init(
      actor: Actor, isReadOnly: Bool = false, readsOneMoment: Bool = false,
      replica: ConnectionSettings? = nil, observer: (any HistoryObserver)? = nil
    ) {
      (self.actor, self.isReadOnly, self.readsOneMoment) = (actor, isReadOnly, readsOneMoment)
      (self.replica, self.observer) = (replica, observer)
    }
  }

  /// Opens a database and looks at its tables.
  ///
  /// - Throws: `dataNotFound` if there are no such tables; `system` if the server can't be reached; `readOnly` if it
  ///   refuses to be read.
  public init(_ settings: ConnectionSettings, _ options: Options) throws(OrgError) {
    let pool = ConnectionPool(settings)
    self.options = options
    var shape: TableShape
    do throws(PostgresError) {
      let found = try pool.withConnection { connection throws(PostgresError) in
        try connection.run(TableShape.looking(by: TableShape.openingQuery))[1]
      }
      shape = TableShape(rows: found.texts)
      privileges = try ServerPrivileges(pool, Tables(shape))
    } catch {
      throw error.error("The database can't be opened", of: settings.display)
    }
    if let version = shape.installation?.version, version > SchemaScript.version {
      throw OrgError(
        .newerSchema,
        "The schema orgman of \(settings.display.escapedForDisplay) has version \(version); this orgman knows \(SchemaScript.version). Use a newer one."
      )
    }
    if !privileges.canReadHistory { shape.installation = nil }
    shape.installation?.canReadMigration = privileges.canReadMigration
    let replica = try options.replica.map { (replica) throws(OrgError) in try Replica(replica, of: pool) }
    database = Database(pool: pool, replica: replica, tables: Tables(shape))
    guard database.tables.shape.hasTables else {
      throw OrgError(
        .dataNotFound,
        "There are no tables organizations and organization_members in \(settings.display.escapedForDisplay); orgman init creates them."
      )
    }
    if let obstacle = database.tables.shape.obstacle { throw OrgError(.unusableTables, obstacle) }
  }

  /// Why nothing can be changed; `nil` where something can.
  public var readOnlyReason: String? { options.isReadOnly ? "opened for reading alone" : privileges.obstacle }

  /// What is known of the server and the tables, as names and values, for a report.
  public var facts: [(name: String, value: String)] {
    let shape = database.tables.shape
    let connection = database.pool.newestFacts
    return [
      ("server", "PostgreSQL \(shape.server.version / 10_000).\(shape.server.version % 10_000)"),
      ("role", connection?.user ?? ""),
      (
        "connection",
        connection.map { $0.isEncrypted ? "encrypted" : $0.isLocal ? "local" : "not encrypted" } ?? ""
      ),
      ("organizations in", database.tables.organizations), ("members in", database.tables.members),
      ("schema orgman", shape.installation?.version.map { "version \($0)" } ?? "not installed"),
      ("changes", privileges.obstacle.map { "not possible: \($0)" } ?? "possible"),
    ] + (database.servers.replica.map { [("reads", $0.report(database.pool))] } ?? [])
  }

  // MARK: Reading

  /// The newest state of the data.
  public func reader() throws(OrgError) -> any StoreReader { try newestReader() }

  private func newestReader() throws(OrgError) -> PostgresReader {
    guard options.readsOneMoment else { return try PostgresReader(database, .newest(database.servers)) }
    return try PostgresReader(database, .transaction(ReadTransaction(database.servers)))
  }

  // MARK: Watching

  /// Watches the data on a connection of its own.
  public func feed(
    changed: @escaping @Sendable () -> Void, became: @escaping @Sendable (Liveness) -> Void
  ) -> any ChangeFeed {
    PostgresFeed(database, changed: changed, became: became)
  }

  /// `not encrypted`, or that the server's certificate isn't checked; `nil` on this machine.
  public var connectionWarning: String? {
    database.pool.warning ?? database.servers.replica?.pool.warning.map { "replica \($0)" }
  }

  /// Says `replica away`, `replica behind`, or what else keeps the replica from being read from.
  public func observeReplica(_ became: @escaping @Sendable (String?) -> Void) {
    database.servers.replica?.observe(became)
  }

  // MARK: Committing

  /// Lets an observer learn whom the store waits for before it changes anything.
  public func observeWaiting(_ observer: @escaping @Sendable (Contention) -> Void) {
    waitObserver.withLock { $0 = observer }
  }

  /// Commits a change set in one transaction; see `OrgStore.commit`.
  public func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    if let readOnlyReason { throw OrgError(.readOnly, "Nothing can be changed: \(readOnlyReason).") }
    let observer = waitObserver.withLock { $0 }
    let committed = try Committer(database: database, actor: options.actor).commit(set) { holder in
      observer?(holder)
      return waiting(holder)
    }
    let announcement = committed.isAnnounced ? Announcement(database) : nil
    if let observer = options.observer, !committed.changes.isEmpty {
      observer.didAdd(entry(of: committed, set))
    }
    return Commit(changes: committed.changes.map(\.change)) { [self] in
      defer { announcement?.end() }
      // It was made, whether or not it can be seen.
      return (try? newestReader()) ?? PostgresReader(unread: database)
    }
  }

  /// A commit as the history has it; without a number where there is no history.
  private func entry(of committed: Committed, _ set: ChangeSet) -> HistoryEntry {
    (try? historyPages.entry(transaction: committed.transaction))
      ?? HistoryEntry(
        generation: 0, time: .now(), kind: HistoryEntry.Kind(set.purpose),
        actor: options.actor.acting(with: set.access), changes: committed.changes)
  }

  // MARK: History

  private var historyPages: PostgresHistory { PostgresHistory(database: database) }
  private var shownPages: PostgresHistory { PostgresHistory(database: database, isShown: true) }

  /// Everything that happened since orgman was installed in the database, newest first.
  public func history() throws(OrgError) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    var position: HistoryCursor?
    repeat {
      let page = try shownPages.page(from: position, limit: 1000)
      entries += page.entries
      position = page.next
    } while position != nil
    return entries
  }

  /// A page of the history, found through its indexes.
  public func history(from position: HistoryCursor?, limit: Int) throws(OrgError) -> HistoryPage {
    try shownPages.page(from: position, limit: limit)
  }

  /// A page of the history, found through its indexes.
  public func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try shownPages.page(matching: filter, from: position, limit: limit)
  }

  /// A generation of the history; `nil` if it isn't there.
  public func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try historyPages.entry(generation: generation)
  }

  /// The number of the newest generation; `nil` before the first change.
  public func newestGeneration() throws(OrgError) -> UInt64? { try historyPages.newestGeneration() }

  /// A user's latest edit that hasn't been undone; see `OrgManager`.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    return try historyPages.search(by: uid) { search.isUndoable($0) ? true : nil }
  }

  /// A user's latest undo that hasn't been redone; see `OrgManager`.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    return try historyPages.search(by: uid) {
      switch search.redo($0) {
      case .found: true
      case .none: false
      case .goOn: nil
      }
    }
  }
}

/// A commit whose notification the feed doesn't pass on before the data after it have been read here, or are of no use.
private final class Announcement: Sendable {
  private let database: Database
  private let hasEnded = Atomic(false)

  init(_ database: Database) { self.database = database }

  deinit { end() }

  func end() {
    if !hasEnded.exchange(true, ordering: .relaxed) { database.ownCommits.leave() }
  }
}
