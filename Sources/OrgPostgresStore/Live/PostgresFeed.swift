import Dispatch
import Glibc
import OrgCore

/// Watches a database on a thread and a connection of its own, for as long as somebody keeps the feed.
final class PostgresFeed: ChangeFeed {
  /// The end of a pipe. Its closing tells the thread that nobody needs it any more, a byte that the server may be lost.
  private let lifeline: Int32

  init(
    _ database: Database, changed: @escaping @Sendable () -> Void,
    became: @escaping @Sendable (Liveness) -> Void
  ) {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    let (end, start) = (ends[0], ends[1])
    lifeline = start
    DispatchQueue(label: "orgman.feed").async {
      var watch = Watch(database: database, lifeline: end, changed: changed, became: became)
      watch.run()
      close(end)
    }
    database.pool.whenSuspected { [weak self] in self?.look() ?? false }
  }

  deinit { close(lifeline) }

  /// Has the thread ask the server whether it is there.
  private func look() -> Bool {
    var byte: UInt8 = 0
    // A full pipe says the same.
    _ = write(lifeline, &byte, 1)
    return true
  }
}

/// What the thread does.
///
/// It listens first and then has the data read, so that nothing falls between the two. It sends itself a notification: where
/// none comes, as through a pooler in transaction mode, on a standby, and in engines that have none, it asks for the state of
/// the data every few seconds. When the connection is lost it connects again, soon at first and then more and more
/// rarely, and has the data read anew, for notifications are lost with the connection. While nothing happens it asks nothing:
/// that a server doesn't answer any more is noticed by whoever reads from it, and then here.
private struct Watch {
  let database: Database
  let lifeline: Int32
  let changed: @Sendable () -> Void
  let became: @Sendable (Liveness) -> Void
  /// What was last said.
  private var liveness: Liveness?
  /// The state of the data that was last seen.
  private var state: String?
  /// Whether no notifications come because the server is a standby, which may be promoted.
  private var isStandby = false

  /// Between questions, in seconds.
  private static let pollInterval = 5
  /// Between questions where notifications come, in seconds: a notification may be lost without the connection.
  private static let slowInterval = 60
  /// How long a notification to oneself may take, in milliseconds.
  private static let probePatience = 2000
  /// Between attempts to connect, in milliseconds: at first, and at most.
  private static let pauses = (first: 100, last: 10_000)
  /// Between looks while one notification follows the other, in milliseconds.
  private static let breath = 50
  /// How long the server may take to answer, in milliseconds.
  private static let patience = 5000
  /// How long what a commit of this process led to may take to be read, in milliseconds, before it is read here.
  private static let commitPatience = 100
  /// How long a connection must have been good to be replaced at once, in milliseconds.
  private static let goodTime = 1000

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
      var goodSince: Int?
      do throws(PostgresError) {
        let connection = try Connection(database.pool.settings) { _ in !isOver(afterMilliseconds: 0) }
        let listens = try listen(connection)
        try look(connection)
        say(listens ? .live : .polling(seconds: Self.pollInterval))
        goodSince = monotonicMilliseconds()
        try watch(connection, listens: listens)
        return
      } catch {
        guard error.kind != .cancelled else { return }
        if let goodSince, monotonicMilliseconds() - goodSince >= Self.goodTime {
          pause = Self.pauses.first
          // The server ends connections that are idle for too long, and a pooler any: another one is to be had.
          if error.mayPass { continue }
        }
        var start = Timestamp.now()
        if case .stale(let since, _) = liveness { start = since }
        say(.stale(since: start, reason: error.message.escapedForDisplay))
      }
      // Many screens lose a server at the same moment, and shouldn't all come back at the same one.
      guard !isOver(afterMilliseconds: pause + Int.random(in: 0...pause / 2)) else { return }
      pause = min(pause * 2, Self.pauses.last)
    }
  }

  private func run(_ statements: [Statement], on connection: Connection) throws(PostgresError) -> [Rows] {
    do throws(PostgresError) {
      let patience = min(Self.patience, database.pool.settings.patience)
      return try connection.run(statements) { $0 < patience }
    } catch {
      throw error.kind == .cancelled ? PostgresError(.silence, "the server doesn't answer") : error
    }
  }

  private mutating func say(_ liveness: Liveness) {
    guard self.liveness != liveness else { return }
    self.liveness = liveness
    became(liveness)
  }

  /// Listens, and tries whether notifications come.
  private mutating func listen(_ connection: Connection) throws(PostgresError) -> Bool {
    isStandby = false
    guard database.tables.isInstalled else { return false }
    let question = Statement("select pg_backend_pid(), pg_is_in_recovery()")
    let answer = try run([question], on: connection)[0]
    // A pooler tells a number of its own. What listened there would be a session of all its clients.
    guard answer.number(0, 0) == Int(connection.facts.backend) else { return false }
    isStandby = answer.isTrue(0, 1)
    guard !isStandby else { return false }
    let probe = "orgman_probe_\(UInt64.random(in: 0...UInt64(Int64.max)))"
    do throws(PostgresError) {
      _ = try run([Statement("listen orgman"), Statement("listen \(probe)")], on: connection)
      _ = try run([Statement("select pg_notify($1, '')", [probe])], on: connection)
      let start = monotonicMilliseconds()
      while monotonicMilliseconds() - start < Self.probePatience {
        guard try connection.notifications().isEmpty else {
          _ = try run([Statement("unlisten \(probe)")], on: connection)
          return true
        }
        guard !wait(connection.descriptor, milliseconds: 100).isOver else { return false }
      }
      _ = try run([Statement("unlisten *")], on: connection)
    } catch {
      // Some engines have no notifications.
      guard !error.isConnectionLost else { throw error }
    }
    return false
  }

  private mutating func watch(_ connection: Connection, listens: Bool) throws(PostgresError) {
    var listens = listens
    while true {
      let interval = listens ? Self.slowInterval : Self.pollInterval
      // Some may have come with the answer to a question, and wake nobody.
      let payloads = try connection.notifications()
      if payloads.isEmpty {
        let woken = wait(connection.descriptor, milliseconds: interval * 1000)
        if woken.isOver { return }
        if woken.isReadable { continue }
        if isStandby, try listen(connection) {
          listens = true
          say(.live)
        }
        try look(connection)
      } else if !isOwn(payloads) {
        // A payload is the new state of the data. A replica also needs the log position, which takes a question.
        if database.servers.replica == nil, payloads.allSatisfy({ Int($0) != nil }) {
          note(payloads.last)
        } else {
          try look(connection)
        }
        if isOver(afterMilliseconds: Self.breath) { return }
      }
    }
  }

  /// Whether all notifications are about states that have been read after a commit of this process. The state isn't recorded
  /// here, so that the next look reports it again if it couldn't be shown.
  private func isOwn(_ payloads: [String]) -> Bool {
    guard database.ownCommits.wait(timeout: .now() + .milliseconds(Self.commitPatience)) == .success else {
      return false
    }
    let read = database.newest.withLock { $0.generation }
    return payloads.allSatisfy { Int($0).map { $0 <= read } ?? false }
  }

  /// Asks for the state of the data.
  private mutating func look(_ connection: Connection) throws(PostgresError) {
    let statement =
      database.tables.isInstalled
      ? "select generation::text, exists (select from orgman.history where not settled) from orgman.revision"
      : "select pg_current_snapshot()::text, false"
    let rows = try run([ConnectionPool.searchPath, Statement(statement)], on: connection)[1]
    var state = rows.text(0, 0)
    if rows.isTrue(0, 1) { state = try settle(connection) ?? state }
    // Whoever reads because of it must see it.
    if let replica = database.servers.replica, state != self.state || replica.needed.position == nil {
      try replica.needed.learn(on: connection)
    }
    note(state)
  }

  /// Has the data read if their state is another one.
  private mutating func note(_ state: String?) {
    guard state != self.state else { return }
    self.state = state
    changed()
  }

  /// Numbers the changes of transactions that left it to the next, and says which number was the last; `nil` if the server
  /// doesn't let us.
  private func settle(_ connection: Connection) throws(PostgresError) -> String? {
    do throws(PostgresError) {
      return try run(
        [ConnectionPool.searchPath, Statement("select orgman.settle()::text")], on: connection)[1].text(0, 0)
    } catch {
      guard !error.isConnectionLost else { throw error }
      return nil
    }
  }

  private func isOver(afterMilliseconds milliseconds: Int) -> Bool {
    var wait = pollfd(fd: lifeline, events: 0, revents: 0)
    let end = monotonicMilliseconds() + milliseconds
    repeat {
      poll(&wait, 1, Int32(clamping: max(0, end - monotonicMilliseconds())))
    } while wait.revents == 0 && monotonicMilliseconds() < end
    return wait.revents != 0
  }

  /// Waits until a descriptor can be read, somebody suspects that the server is lost, or the feed isn't needed any more.
  private func wait(_ descriptor: Int32, milliseconds: Int) -> (isReadable: Bool, isOver: Bool) {
    var waits = [lifeline, descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&waits, 2, Int32(clamping: milliseconds))
    if waits[0].revents & Int16(POLLIN) != 0 {
      var bytes = [UInt8](repeating: 0, count: 256)
      while read(lifeline, &bytes, bytes.count) > 0 {}
    }
    return (waits[1].revents != 0, waits[0].revents & Int16(POLLHUP) != 0)
  }
}
