import Dispatch
import Glibc
import OrgCore

/// Watches a database on a thread and a connection of its own, for as long as somebody keeps the feed.
final class PostgresFeed: ChangeFeed {
  /// Its end tells the thread that nobody needs it any more.
  private let lifeline: Int32

  init(
    _ database: Database, changed: @escaping @Sendable () -> Void,
    became: @escaping @Sendable (Liveness) -> Void
  ) {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
    let (end, start) = (ends[0], ends[1])
    lifeline = start
    DispatchQueue(label: "orgman.feed").async {
      var watch = Watch(database: database, lifeline: end, changed: changed, became: became)
      watch.run()
      close(end)
    }
  }

  deinit { close(lifeline) }
}

/// What the thread does.
///
/// It listens first and then has the data read, so that nothing falls between the two. It sends itself a notification: where
/// none comes, as through a pooler in transaction mode, on a standby, and in engines that have none, it asks for the state of
/// the data every few seconds. When the connection is lost it connects again, soon at first and then more and more
/// rarely, and has the data read anew, for notifications are lost with the connection.
private struct Watch {
  let database: Database
  let lifeline: Int32
  let changed: @Sendable () -> Void
  let became: @Sendable (Liveness) -> Void
  /// What was last said.
  private var liveness: Liveness?
  /// The state of the data that was last seen.
  private var state: String?

  /// Between questions, in seconds.
  private static let pollInterval = 5
  /// Between questions where notifications come, in seconds: a notification may be lost without the connection.
  private static let slowInterval = 60
  /// How long a notification to oneself may take, in milliseconds.
  private static let probePatience = 2000
  /// Between attempts to connect, in milliseconds: at first, and at most.
  private static let pauses = (first: 100, last: 10_000)

  init(
    database: Database, lifeline: Int32, changed: @escaping @Sendable () -> Void,
    became: @escaping @Sendable (Liveness) -> Void
  ) {
    (self.database, self.lifeline) = (database, lifeline)
    (self.changed, self.became) = (changed, became)
  }

  mutating func run() {
    var pause = Self.pauses.first
    while true {
      do throws(PostgresError) {
        let connection = try Connection(database.pool.settings)
        let listens = try listen(connection)
        try look(connection)
        say(listens ? .live : .polling(seconds: Self.pollInterval))
        pause = Self.pauses.first
        try watch(connection, listens: listens)
        return
      } catch {
        if case .stale = liveness {
        } else {
          say(.stale(since: .now(), reason: error.message.escapedForDisplay))
        }
      }
      // Many screens lose a server at the same moment, and shouldn't all come back at the same one.
      guard !isOver(afterMilliseconds: pause + Int.random(in: 0...pause / 2)) else { return }
      pause = min(pause * 2, Self.pauses.last)
    }
  }

  private mutating func say(_ liveness: Liveness) {
    guard self.liveness != liveness else { return }
    self.liveness = liveness
    became(liveness)
  }

  /// Listens, and tries whether notifications come.
  private func listen(_ connection: Connection) throws(PostgresError) -> Bool {
    guard database.tables.isInstalled else { return false }
    let probe = "orgman_probe_\(UInt64.random(in: 0...UInt64(Int64.max)))"
    do throws(PostgresError) {
      _ = try connection.run(Statement("listen orgman"))
      _ = try connection.run(Statement("listen \(probe)"))
      _ = try connection.run(Statement("select pg_notify($1, '')", [probe]))
      let start = monotonicMilliseconds()
      while monotonicMilliseconds() - start < Self.probePatience {
        guard try connection.notifications().isEmpty else {
          _ = try connection.run(Statement("unlisten \(probe)"))
          return true
        }
        guard !wait(connection.descriptor, milliseconds: 100).isOver else { return false }
      }
      _ = try connection.run(Statement("unlisten *"))
    } catch {
      // A standby refuses to listen.
      guard !error.isConnectionLost else { throw error }
    }
    return false
  }

  private mutating func watch(_ connection: Connection, listens: Bool) throws(PostgresError) {
    let interval = listens ? Self.slowInterval : Self.pollInterval
    while true {
      let woken = wait(listens ? connection.descriptor : -1, milliseconds: interval * 1000)
      if woken.isOver { return }
      if woken.isReadable, try connection.notifications().isEmpty { continue }
      try look(connection)
    }
  }

  /// Has the data read if their state is another one.
  private mutating func look(_ connection: Connection) throws(PostgresError) {
    let statement: SQL =
      database.tables.isInstalled
      ? "select generation::text from orgman.revision" : "select pg_current_snapshot()::text"
    let state = try connection.run(statement.statement).text(0, 0)
    guard state != self.state else { return }
    self.state = state
    changed()
  }

  private func isOver(afterMilliseconds milliseconds: Int) -> Bool {
    wait(-1, milliseconds: milliseconds).isOver
  }

  /// Waits until a descriptor can be read, or the feed isn't needed any more.
  private func wait(_ descriptor: Int32, milliseconds: Int) -> (isReadable: Bool, isOver: Bool) {
    var waits = [lifeline, descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&waits, 2, Int32(clamping: milliseconds))
    return (waits[1].revents != 0, waits[0].revents != 0)
  }
}
