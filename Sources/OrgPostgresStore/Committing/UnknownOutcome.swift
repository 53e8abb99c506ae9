import Glibc
import OrgCore

/// Finds out what became of a transaction when the connection was lost before the server answered its commit.
struct UnknownOutcome {
  let database: Database
  /// The transaction's number, as `pg_current_xact_id()` gave it.
  let transaction: String

  /// How long to ask, in milliseconds.
  private static let patience = 120_000

  /// Asks until the server says whether the transaction was committed. After a failover it is the new primary that says so:
  /// a number that it has never seen wasn't.
  ///
  /// - Returns: whether it was; an error if the server can't be asked for too long, or the caller loses patience.
  func resolve(_ waiting: (Contention) -> Bool) -> Result<Bool, OrgError> {
    let start = monotonicMilliseconds()
    var pause: UInt32 = 20
    while true {
      if let answer = ask() { return .success(answer) }
      let waited = monotonicMilliseconds() - start
      let server = Contention(
        program: "a server that doesn't answer", origin: .host(database.name), user: "", state: .gone,
        waitedMilliseconds: waited)
      guard waited < Self.patience, waiting(server) else {
        return .failure(
          OrgError(
            .system,
            "The connection to \(database.name) was lost while the change was being saved, and the server can't be asked what became of it. Look at the history once it can be reached."
          ))
      }
      usleep(pause * 1000)
      pause = min(pause * 2, 1000)
    }
  }

  /// `nil` while it isn't known.
  private func ask() -> Bool? {
    let statement: SQL = "select pg_xact_status(\(transaction)::xid8)"
    do throws(PostgresError) {
      switch try database.pool.read([statement.statement])[0].text(0, 0) {
      case "committed": return true
      case "aborted": return false
      default: return nil
      }
    } catch {
      // In the future, for a server that took over without having heard of it.
      return error.state == "22023" ? false : nil
    }
  }
}
