import Dispatch
import OrgCore
import Synchronization

/// A database as readers and commits use it: its connections and the shape of its tables.
final class Database: Sendable {
  let pool: ConnectionPool
  let tables: Tables
  /// What lists know of all organizations.
  let names = NameOrder()
  /// The difference that was looked up last: lists and screens ask for the same.
  let difference = Mutex<(from: Int, to: Int, StoreDifference)?>(nil)
  /// The states that were seen of a database that counts none, so that they can be told apart.
  private let states = Mutex<(text: String, number: UInt64)>(("", 0))
  /// What was last read of the data as a whole.
  let newest: Mutex<(generation: Int, summary: DataSummary)>

  init(pool: ConnectionPool, tables: Tables) {
    (self.pool, self.tables) = (pool, tables)
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

/// Where a reader's answers come from.
enum ReadSource: Sendable {
  /// Any connection, each answer as the data are at that moment.
  case newest(ConnectionPool)
  /// One transaction, in which the data never change.
  case transaction(ReadTransaction)

  /// - Parameters:
  ///   - patience: as for `ConnectionPool.read`.
  ///   - isWanted: as for `ConnectionPool.read`.
  func run(
    _ statements: [SQL], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    let statements = statements.map(\.statement)
    switch self {
    case .newest(let pool): return try pool.read(statements, patience: patience, isWanted: isWanted)
    case .transaction(let transaction):
      return try transaction.run(statements, patience: patience, isWanted: isWanted)
    }
  }
}

/// A transaction that reads the data as they were when it began, on a connection of its own until nobody needs it. It begins
/// with the first question.
final class ReadTransaction: Sendable {
  private let pool: ConnectionPool
  private let connection = Mutex<Connection?>(nil)

  init(_ pool: ConnectionPool) { self.pool = pool }

  deinit {
    guard let connection = connection.withLock({ $0 }) else { return }
    // Nobody waits for the end of it. A queue of its own: one of the global ones wakes up each second from then on.
    DispatchQueue(label: "orgman.rollback").async { [pool] in
      _ = try? connection.run(Statement("rollback"))
      pool.giveBack(connection)
    }
  }

  func run(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    guard let connection = connection.withLock({ $0 }) else {
      let (connection, rows) = try pool.run(Self.begin + statements, patience: patience, isWanted: isWanted)
      self.connection.withLock { $0 = connection }
      return Array(rows.dropFirst(Self.begin.count))
    }
    do throws(PostgresError) {
      return try connection.run(
        statements, every: ConnectionPool.interval(isWanted), waiting: pool.waiting(patience, isWanted))
    } catch {
      throw ConnectionPool.reason(error, isWanted)
    }
  }

  private static let begin = [
    Statement("begin isolation level repeatable read, read only"), ConnectionPool.searchPath,
  ]
}
