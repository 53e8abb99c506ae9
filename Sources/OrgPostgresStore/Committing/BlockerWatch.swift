import Dispatch
import OrgCore
import Synchronization

/// Finds out which session holds up a server process. It asks on a thread of its own, for a server that holds up one
/// statement may hold up the question, too.
final class BlockerWatch: Sendable {
  private let database: Database
  private let backend: Int
  private let state = Mutex<(blocker: Contention?, isAsking: Bool)>((nil, false))
  private let firstAnswer = DispatchSemaphore(value: 0)
  /// How long to wait for the first answer, in milliseconds.
  private static let patience = 3000

  init(database: Database, backend: Int) { (self.database, self.backend) = (database, backend) }

  /// Who holds up the process, as far as is known by now.
  func contention(afterMilliseconds waited: Int) -> Contention {
    let isAsking = state.withLock { state in
      defer { state.isAsking = true }
      return state.isAsking
    }
    if !isAsking {
      let isFirst = state.withLock { $0.blocker == nil }
      DispatchQueue.global().async { [self] in
        let blocker = ask()
        state.withLock { $0 = (blocker, false) }
        firstAnswer.signal()
      }
      if isFirst { _ = firstAnswer.wait(timeout: .now() + .milliseconds(Self.patience)) }
    }
    let blocker = state.withLock { $0.blocker }
    return Contention(
      program: blocker?.program ?? "", origin: blocker?.origin ?? .host(database.name),
      user: blocker?.user ?? "", since: blocker?.since, state: blocker?.state ?? .running,
      waitedMilliseconds: waited)
  }

  private func ask() -> Contention? {
    let statement: SQL = """
      select a.pid, a.application_name, a.usename, host(a.client_addr), \
      (extract(epoch from coalesce(a.xact_start, a.state_change)) * 1000000)::bigint, a.state like 'idle%' \
      from unnest(pg_blocking_pids(\(backend))) as blocking(pid) join pg_stat_activity a using (pid) \
      order by a.xact_start limit 1
      """
    guard let rows = try? database.pool.read([statement.statement])[0], rows.count > 0 else { return nil }
    let process = Int32(clamping: rows.number(0, 0) ?? 0)
    let application = rows.text(0, 1) ?? ""
    return Contention(
      program: application.isEmpty ? "a session" : application,
      origin: rows.text(0, 3).map { .host("\($0), backend \(process)") } ?? .process(process),
      user: rows.text(0, 2) ?? "",
      since: rows.number(0, 4).map { Timestamp(microseconds: Int64($0)) },
      state: rows.isTrue(0, 5) ? .stopped : .running, waitedMilliseconds: 0)
  }
}
