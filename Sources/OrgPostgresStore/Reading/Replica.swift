import Dispatch
import Glibc
import OrgCore
import Synchronization

/// A server that follows the primary, to read from.
///
/// Nobody waits long for it: connections are made on a thread of their own, and while it is away, or hasn't replayed what is
/// needed, that thread tries again, more and more rarely, and everything is read from the primary.
final class Replica: Sendable {
  let pool: ConnectionPool
  /// How far it must have replayed the primary's log.
  let needed = NeededPosition()
  private let identity: DatabaseIdentity?
  private let state = Mutex(State())

  /// Why nothing is read from it.
  enum Obstacle: Sendable {
    /// Nobody has connected yet.
    case new
    /// It hasn't replayed what is needed since a time, in milliseconds.
    case behind(since: Int)
    /// It doesn't answer.
    case away(reason: String)
    /// It answers that it can't, and is asked again after a time, in milliseconds.
    case refusing(reason: String, until: Int)
    /// It is a server of other data.
    case other

    /// The same in two words, where it has lasted; `nil` where it may be over at once.
    fileprivate var words: String? {
      switch self {
      case .new: nil
      case .behind(let since): monotonicMilliseconds() - since < Replica.noticed ? nil : "replica behind"
      case .away: "replica away"
      case .refusing: "replica refuses"
      case .other: "not its replica"
      }
    }
  }

  private struct State {
    var obstacle: Obstacle? = .new
    /// What it is known to have replayed.
    var reached: LogPosition?
    /// Left after the first attempt of the thread that connects, for as long as that runs.
    var attempt: DispatchGroup?
    var words: String?
    var observers: [@Sendable (String?) -> Void] = []
  }

  // All in milliseconds.
  /// How long a read waits for a connection.
  private static let connectPatience = 300
  /// How long whoever opens the data does.
  private static let firstPatience = 1000
  /// How long connecting may take, unless the address says it.
  private static let connectLimit = 3000
  /// After how long without an answer it is asked whether it is there, and how often then.
  private static let doubt = (first: 1000, next: 5000)
  /// Between attempts: at first, at most while it is away, at most while it is behind.
  private static let pauses = (first: 50, away: 10_000, behind: 500)
  /// Classes of SQLSTATE with which it says that it can't do what the primary may: rights, tables, what standbys lack, room.
  private static let refusals: Set = ["0A", "25", "42", "53"]
  /// How long it is left alone after it has refused something.
  private static let refusal = 60_000
  /// After how long it is said that it is behind.
  private static let noticed = 2000

  /// - Parameters:
  ///   - pool: connections to it.
  ///   - identity: what it must be a copy of.
  init(_ pool: ConnectionPool, identity: DatabaseIdentity?) {
    (self.pool, self.identity) = (pool, identity)
  }

  /// Connects, and waits a moment for it: whoever opens the data wants to know if it is the wrong one.
  ///
  /// - Throws: `invalidValue` for a server of other data, and where the primary can't say how far it has come.
  convenience init(_ settings: ConnectionSettings, of primary: ConnectionPool) throws(OrgError) {
    var settings = settings
    settings.usualConnectMilliseconds = Self.connectLimit
    do throws(PostgresError) {
      let identity = DatabaseIdentity(try primary.read([DatabaseIdentity.question])[0])
      self.init(ConnectionPool(settings), identity: identity)
      try primary.withConnection { (connection) throws(PostgresError) in try needed.learn(on: connection) }
    } catch {
      throw error.error("The server can't be asked what a replica must have", of: primary.settings.display)
    }
    connect(waiting: Self.firstPatience)
    if case .other = obstacle {
      throw OrgError(
        .invalidValue,
        "\(settings.display.escapedForDisplay) is no replica of \(primary.settings.display.escapedForDisplay): it is a server of other data."
      )
    }
  }

  var obstacle: Obstacle? { state.withLock { $0.obstacle } }

  /// Says why nothing is read from it, in two words, now and each time when that changes; `nil` when it is read from.
  func observe(_ observer: @escaping @Sendable (String?) -> Void) {
    let words = state.withLock { state in
      state.observers.append(observer)
      return state.words
    }
    if let words { observer(words) }
  }

  // MARK: Reading

  /// Runs statements as `ConnectionPool.read` does; `nil` if the primary server has to be asked instead.
  func read(
    _ statements: [Statement], patience: Int?, isWanted: (() -> Bool)?
  ) throws(PostgresError) -> [Rows]? {
    let mark = needed.mark
    return try use(isWanted) { (connection, needed) throws(PostgresError) in
      if !(state.withLock { $0.reached }?.includes(needed) ?? false) {
        guard try hasReached(needed, on: connection) else { return nil }
      }
      // Another server may answer at the same address the next time.
      let rows = try run(
        Self.begin + [("select \(needed.isReached)" as SQL).statement] + statements
          + [LogPosition.question.statement, Self.end],
        on: connection, patience: patience, isWanted: isWanted)
      guard rows[Self.begin.count].isTrue(0, 0) else { return nil }
      pool.giveBack(connection)
      note(rows[rows.count - 2], mark)
      return Array(rows.dropFirst(Self.begin.count + 1).dropLast(2))
    }
  }

  /// Begins a transaction with statements, on a connection that is lent; `nil` if the primary server has to be asked.
  func begin(
    _ statements: [Statement], patience: Int?, isWanted: (() -> Bool)?
  ) throws(PostgresError) -> (Connection, [Rows])? {
    let mark = needed.mark
    return try use(isWanted) { (connection, needed) throws(PostgresError) in
      // Asked in the transaction, it may have been reached after that began.
      guard try hasReached(needed, on: connection) else { return nil }
      let rows = try run(
        statements + [LogPosition.question.statement], on: connection, patience: patience, isWanted: isWanted)
      note(rows[statements.count], mark)
      return (connection, Array(rows.dropLast()))
    }
  }

  /// Notes how far it was when it answered: another server at its address may be less far.
  private func note(_ answer: Rows, _ mark: Int) {
    guard let seen = LogPosition(answer) else { return }
    needed.raise(to: seen, since: mark)
    state.withLock { state in
      guard let reached = state.reached, seen.timeline.isEmpty else { return }
      state.reached = LogPosition(timeline: reached.timeline, offset: max(reached.offset, seen.offset))
    }
  }

  /// Runs statements, for as long as it isn't known to be away.
  func run(
    _ statements: [Statement], on connection: Connection, patience: Int?, isWanted: (() -> Bool)?
  ) throws(PostgresError) -> [Rows] {
    let patience = patience ?? pool.settings.patience
    var nextDoubt = Self.doubt.first
    return try connection.run(statements, every: ConnectionPool.interval(isWanted)) { milliseconds in
      if milliseconds > nextDoubt {
        nextDoubt = milliseconds + Self.doubt.next
        self.connect(waiting: 0)
      }
      return milliseconds < patience && isWanted?() ?? true && !self.isAway
    }
  }

  /// A standby has no serializable transactions, which may be the database's default. Each statement looks at the data anew.
  private static let begin = [
    Statement("begin isolation level read committed, read only"), ConnectionPool.searchPath,
  ]
  private static let end = Statement("commit")

  private func use<Value>(
    _ isWanted: (() -> Bool)?, _ body: (Connection, LogPosition) throws(PostgresError) -> Value?
  ) throws(PostgresError) -> Value? {
    guard let needed = needed.position, let connection = borrow() else { return nil }
    do throws(PostgresError) {
      if let value = try body(connection, needed) { return value }
      pool.giveBack(connection)
      become(.behind(since: monotonicMilliseconds()))
      connect(waiting: 0)
    } catch {
      pool.giveBack(connection)
      guard canBeSpared(error, isWanted) else { throw ConnectionPool.reason(error, isWanted) }
    }
    return nil
  }

  /// Whether the primary server may do what this one couldn't.
  func canBeSpared(_ error: PostgresError, _ isWanted: (() -> Bool)?) -> Bool {
    switch error.kind {
    case .cancelled, .slow, .replicaLost: return isAway && isWanted?() ?? true
    case .connection, .silence, .otherDatabase:
      connect(waiting: 0)
      return true
    case .server(let code):
      if error.isConnectionLost {
        connect(waiting: 0)
      } else if Self.refusals.contains(String(code.prefix(2))) {
        become(
          .refusing(reason: error.message, until: monotonicMilliseconds() + Self.refusal))
      }
      return true
    }
  }

  /// Whether it has replayed what is needed, for which it gets a moment.
  private func hasReached(_ needed: LogPosition, on connection: Connection) throws(PostgresError) -> Bool {
    let answers = try ask(
      [needed.wait.statement, ("select \(needed.isReached)" as SQL).statement], on: connection)
    guard answers[1].isTrue(0, 0) else { return false }
    state.withLock { $0.reached = needed }
    return true
  }

  /// Asks something that it should answer at once.
  private func ask(_ statements: [Statement], on connection: Connection) throws(PostgresError) -> [Rows] {
    let limit = pool.settings.connectMilliseconds
    do throws(PostgresError) {
      let rows = try connection.run(Self.begin + statements + [Self.end]) { $0 < limit }
      connection.note(backend: rows[1].number(0, 0))
      return Array(rows.dropFirst(Self.begin.count).dropLast())
    } catch {
      throw error.kind == .cancelled ? PostgresError(.silence, "the server doesn't answer") : error
    }
  }

  private var isAway: Bool { if case .away = obstacle { true } else { false } }

  // MARK: Connecting

  private func borrow() -> Connection? {
    let end = monotonicMilliseconds() + Self.connectPatience
    while true {
      switch obstacle {
      case nil: break
      case .refusing(_, let until) where until < monotonicMilliseconds():
        connect(waiting: 0)
        return nil
      case .new, .behind, .away, .refusing, .other: return nil
      }
      if let connection = pool.takeIdle() { return connection }
      let rest = end - monotonicMilliseconds()
      guard rest > 0 else { return nil }
      connect(waiting: rest)
    }
  }

  /// Has a thread connect, unless one does, and waits until it has tried once.
  private func connect(waiting milliseconds: Int) {
    let (attempt, isNew) = state.withLock { state in
      if let attempt = state.attempt { return (attempt, false) }
      let attempt = DispatchGroup()
      attempt.enter()
      state.attempt = attempt
      return (attempt, true)
    }
    if isNew {
      DispatchQueue(label: "orgman.replica").async { [weak self] in
        var pause = Self.pauses.first
        var connection: Connection?
        var isOver = self?.tryOnce(&connection) ?? true
        attempt.leave()
        while !isOver, let isBehind = self?.isBehind {
          usleep(UInt32(pause + Int.random(in: 0...pause / 2)) * 1000)
          pause = min(pause * 2, isBehind ? Self.pauses.behind : Self.pauses.away)
          isOver = self?.tryOnce(&connection) ?? true
        }
      }
    }
    if milliseconds > 0 { _ = attempt.wait(timeout: .now() + .milliseconds(milliseconds)) }
  }

  private var isBehind: Bool { if case .behind = obstacle { true } else { false } }

  /// Connects, and looks at what it finds; `true` if it can be read from.
  ///
  /// - Parameter kept: the connection, where it can't be read from yet.
  private func tryOnce(_ kept: inout Connection?) -> Bool {
    do throws(PostgresError) {
      let connection: Connection
      if let known = kept { connection = known } else { connection = try Connection(pool.settings) }
      kept = nil
      pool.note(connection)
      let answers = try ask([DatabaseIdentity.question], on: connection)
      guard let found = DatabaseIdentity(answers[0]), found == identity else {
        throw PostgresError(.otherDatabase, "it is a server of other data")
      }
      if let needed = needed.position, try hasReached(needed, on: connection) {
        pool.giveBack(connection)
        become(nil)
        return true
      }
      kept = connection
      become(.behind(since: monotonicMilliseconds()))
    } catch {
      become(error.kind == .otherDatabase ? .other : .away(reason: error.message))
    }
    return false
  }

  /// Notes what keeps it from being read from. Who connects is done when nothing does.
  private func become(_ obstacle: Obstacle?) {
    let (words, observers) = state.withLock { state in
      if case .behind(let since) = state.obstacle, case .behind = obstacle {
        state.obstacle = .behind(since: since)
      } else {
        state.obstacle = obstacle
      }
      if obstacle == nil { state.attempt = nil }
      let words = state.obstacle?.words
      defer { state.words = words }
      return (words, state.words == words ? [] : state.observers)
    }
    for observer in observers { observer(words) }
  }

  // MARK: Reports

  /// Whether it is read from, how far it is behind, or why it isn't.
  func report(_ primary: ConnectionPool) -> String {
    let name = "the replica \(pool.settings.display)"
    let instead = "from the primary server instead of \(name)"
    switch obstacle {
    case nil: return "from \(name), which \(lag(primary))"
    case .new: return "\(instead), which hasn't answered yet"
    case .behind: return "\(instead), which \(lag(primary))"
    case .away(let reason): return "\(instead), which is away: \(reason)"
    case .refusing(let reason, _): return "\(instead), which refuses: \(reason)"
    case .other: return "\(instead), which is a server of other data"
    }
  }

  private func lag(_ primary: ConnectionPool) -> String {
    do throws(PostgresError) {
      let position = LogPosition(try primary.read([LogPosition.question.statement])[0])
      let question: SQL = """
        select greatest(0, \(position?.offset ?? 0) - (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint), \
        extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::bigint, pg_is_in_recovery()
        """
      let rows = try pool.withConnection { (connection) throws(PostgresError) in
        try ask([question.statement], on: connection)[0]
      }
      guard rows.isTrue(0, 2) else { return "follows no other server" }
      guard let bytes = rows.number(0, 0), bytes > 0 else { return "has replayed everything" }
      let age = rows.number(0, 1).map { "; its newest transaction is \($0) s old" } ?? ""
      return "is \(bytes) bytes behind\(age)"
    } catch {
      return "can't be asked how far it is: \(error.message)"
    }
  }
}

/// Which database of which servers one is: the same on a primary and what follows it.
struct DatabaseIdentity: Sendable, Hashable {
  private let system: String
  private let database: String

  static let question = Statement(
    """
    select system_identifier, (select oid from pg_database where datname = current_database()) \
    from pg_control_system()
    """)

  /// Reads the answer.
  init?(_ rows: Rows) {
    guard let system = rows.text(0, 0), let database = rows.text(0, 1) else { return nil }
    (self.system, self.database) = (system, database)
  }
}
