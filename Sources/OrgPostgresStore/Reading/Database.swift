import Dispatch
import OrgCore
import Synchronization

/// A database as readers and commits use it: its connections and the shape of its tables.
final class Database: Sendable {
  /// Connections to the server that changes are made on.
  let pool: ConnectionPool
  /// Where the data are read from.
  let servers: ReadServers
  let tables: Tables
  /// What lists know of all organizations.
  let names = NameOrder()
  /// Entered while a commit of this process ends and what it led to is read.
  let ownCommits = DispatchGroup()
  /// The difference that was looked up last: lists and screens ask for the same.
  let difference = Mutex<(from: Int, to: Int, StoreDifference)?>(nil)
  /// How many names are similar, as it was counted last.
  let similarNames = Mutex<RareCount?>(nil)
  /// The states that were seen of a database that counts none, so that they can be told apart.
  private let states = Mutex<(text: String, number: UInt64)>(("", 0))
  /// What was last read of the data as a whole.
  let newest: Mutex<(generation: Int, summary: DataSummary)>

  init(pool: ConnectionPool, replica: Replica? = nil, tables: Tables) {
    (self.pool, self.tables) = (pool, tables)
    servers = ReadServers(primary: pool, replica: replica)
    let nothing = DataSummary(
      revision: Revision(0), rules: tables.rules, organizationCount: 0, memberCount: 0)
    newest = Mutex((0, nothing))
  }

  /// Where it is, for messages.
  var name: String { pool.settings.display }

  /// The number of a state by what the server says of it.
  func number(ofState text: String) -> UInt64 {
    states.withLock { state in
      if state.text != text { state = (text, state.number + 1) }
      return state.number
    }
  }
}

/// A count, and how long it took. One that takes long isn't made again for every change of others.
struct RareCount: Sendable {
  let value: Int
  /// When it began and ended, in milliseconds of the monotonic clock.
  let time: ClosedRange<Int>

  /// Whether it is to be used again: what takes over a second may take a hundredth of the server's time.
  func isCurrent(at now: Int) -> Bool {
    let duration = time.upperBound - time.lowerBound
    return duration > 1000 && now - time.upperBound < 100 * duration
  }
}

/// Where a reader's answers come from.
enum ReadSource: Sendable {
  /// Any connection, each answer as the data are at that moment.
  case newest(ReadServers)
  /// One transaction, in which the data never change.
  case transaction(ReadTransaction)

  /// - Parameters:
  ///   - patience: as for `ConnectionPool.read`.
  ///   - isWanted: as for `ConnectionPool.read`.
  func run(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    switch self {
    case .newest(let servers):
      return try servers.read(statements, patience: patience, isWanted: isWanted)
    case .transaction(let transaction):
      return try transaction.run(statements, patience: patience, isWanted: isWanted)
    }
  }
}

/// A transaction that reads the data as they were when it began, on a connection of its own until nobody needs it. It begins
/// with the first question.
final class ReadTransaction: Sendable {
  private let servers: ReadServers
  private let state = Mutex(State())

  private struct State {
    var connection: Connection?
    /// The server, if it isn't the primary one.
    var replica: Replica?
    var isLost = false
  }

  init(_ servers: ReadServers) { self.servers = servers }

  deinit {
    let (known, replica) = state.withLock { ($0.connection, $0.replica) }
    guard let connection = known else { return }
    // Nobody waits for the end of it. A queue of its own: one of the global ones wakes up each second from then on.
    DispatchQueue(label: "orgman.rollback").async { [servers] in
      _ = try? connection.run(Statement("rollback"))
      (replica?.pool ?? servers.primary).giveBack(connection)
    }
  }

  /// Whether a replica ended it before its time. Another one, on the primary server, may last.
  var isLost: Bool { state.withLock { $0.isLost } }

  func run(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    let (known, replica) = state.withLock { ($0.connection, $0.replica) }
    guard let connection = known else {
      let (connection, replica, rows) = try servers.begin(
        Self.begin + statements, patience: patience, isWanted: isWanted)
      state.withLock { ($0.connection, $0.replica) = (connection, replica) }
      return Array(rows.dropFirst(Self.begin.count))
    }
    do throws(PostgresError) {
      guard let replica else {
        return try connection.run(
          statements, every: ConnectionPool.interval(isWanted),
          waiting: servers.primary.waiting(patience, isWanted))
      }
      return try replica.run(statements, on: connection, patience: patience, isWanted: isWanted)
    } catch {
      if let replica, replica.canBeSpared(error, isWanted) {
        state.withLock { $0.isLost = true }
        throw PostgresError(
          .replicaLost, "\(replica.pool.settings.display) ended the transaction: \(error.message)")
      }
      throw ConnectionPool.reason(error, isWanted)
    }
  }

  private static let begin = [
    Statement("begin isolation level repeatable read, read only"), ConnectionPool.searchPath,
  ]
}
