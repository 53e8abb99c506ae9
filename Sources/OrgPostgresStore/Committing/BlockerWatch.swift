import Dispatch
import OrgCore
import Synchronization

/// Finds out which session holds up a server process. It asks on a thread of its own, for a server that holds up one
/// statement may hold up the question, too.
final class BlockerWatch: Sendable {
  private let database: Database
  /// When the commit began.
  private let start: Int
  private let state = Mutex(State())
  private let answer = DispatchSemaphore(value: 0)
  /// How long to wait for an answer while nobody is known to hold anything, in milliseconds.
  private static let patience = 3000
  /// How long the server may take to answer the question, in milliseconds.
  private static let questionPatience = 5000

  private struct State {
    /// The server's process that may be held up.
    var backend = 0
    var blocker: Contention?
    var isAsking = false
    /// When the server last answered anything.
    var lastAnswer = monotonicMilliseconds()
  }

  init(database: Database, start: Int) { (self.database, self.start) = (database, start) }

  /// Notes which process is watched.
  func watch(_ backend: Int) { state.withLock { $0.backend = backend } }

  /// Notes that the process has answered all so far, and runs something else.
  func begin() {
    state.withLock {
      $0.blocker = nil
      $0.lastAnswer = monotonicMilliseconds()
    }
  }

  /// Asks the caller whether to wait for whoever holds up the process, as far as is known by now.
  ///
  /// - Returns: `false` as well if the server answers nothing at all for too long.
  func goesOn(_ waiting: (Contention) -> Bool) -> Bool {
    let isNew = state.withLock { state in
      defer { state.isAsking = true }
      return !state.isAsking
    }
    if isNew {
      DispatchQueue(label: "orgman.blockers").async { [self] in ask() }
      if holder == nil { _ = answer.wait(timeout: .now() + .milliseconds(Self.patience)) }
    }
    let now = monotonicMilliseconds()
    let (blocker, silence) = state.withLock { ($0.blocker, now - $0.lastAnswer) }
    let contention =
      blocker?.after(milliseconds: now - start)
      ?? .server(database.name, silence: silence, waited: now - start)
    return waiting(contention) && silence < database.pool.settings.patience
  }

  /// Who holds up the process.
  private var holder: Contention? { state.withLock { $0.blocker } }

  /// The error with who held what the statement waited for.
  func naming(_ error: PostgresError) -> PostgresError {
    var error = error
    error.holder = holder?.after(milliseconds: monotonicMilliseconds() - start)
    return error
  }

  private func ask() {
    let backend = state.withLock { $0.backend }
    let statement: SQL = """
      select b.pid, coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend')), a.usename, \
      host(a.client_addr), (extract(epoch from coalesce(a.xact_start, a.state_change)) * 1000000)::bigint, \
      a.state like 'idle%' from unnest(pg_blocking_pids(\(backend))) as b(pid) left join pg_stat_activity a using (pid) \
      order by a.xact_start limit 1
      """
    let result: Result<Rows, PostgresError> = Result { () throws(PostgresError) in
      try database.pool.read([statement.statement], patience: Self.questionPatience)[0]
    }
    state.withLock { state in
      state.isAsking = false
      switch result {
      case .success(let rows):
        state.lastAnswer = monotonicMilliseconds()
        state.blocker = rows.count > 0 ? contention(rows) : nil
      case .failure(let error):
        if error.kind != .silence { state.lastAnswer = monotonicMilliseconds() }
      }
    }
    answer.signal()
  }

  private func contention(_ rows: Rows) -> Contention {
    let process = Int32(clamping: rows.number(0, 0) ?? 0)
    // A transaction that was prepared has no process.
    let program = rows.text(0, 1) ?? (process == 0 ? "a prepared transaction" : "a session")
    return Contention(
      program: program,
      origin: rows.text(0, 3).map { .host("\($0), backend \(process)") } ?? .process(process),
      user: rows.text(0, 2) ?? "",
      since: rows.number(0, 4).map { Timestamp(microseconds: Int64($0)) },
      state: rows.isTrue(0, 5) ? .stopped : .running, waitedMilliseconds: 0)
  }
}

extension Contention {
  /// The server itself, where nobody else is known to hold anything up.
  ///
  /// - Parameters:
  ///   - silence: for how long it hasn't answered, in milliseconds.
  ///   - outcomeSource: what will tell whether the change was saved, if it may have been.
  static func server(
    _ name: String, silence: Int, waited: Int, outcomeSource: String? = nil
  ) -> Contention {
    Contention(
      program: silence > 5000 ? "a server that doesn't answer" : "a slow server", origin: .host(name),
      user: "", waitedMilliseconds: waited, outcomeSource: outcomeSource)
  }

  /// The same after a time.
  fileprivate func after(milliseconds waited: Int) -> Contention {
    Contention(
      program: program, origin: origin, user: user, since: since, state: state, waitedMilliseconds: waited)
  }
}
