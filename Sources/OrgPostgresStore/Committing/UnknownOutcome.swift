import Glibc
import OrgCore

/// Finds out what became of a transaction when the connection was lost before the server answered its commit.
struct UnknownOutcome {
  let database: Database
  let transaction: TransactionMark

  /// How long to ask whatever the caller says, in milliseconds: a connection is often to be had again soon.
  private static let leastPatience = 3000
  /// How long the server may take to answer, in milliseconds.
  private static let questionPatience = 5000

  /// What a question came to.
  private enum Answer {
    case committed, aborted
    /// The server's process hasn't noticed yet that nobody listens to it any more.
    case inProgress
    /// The server can't be asked.
    case none
  }

  /// Asks until the server says whether the transaction was committed, however long that takes. After a failover it is the
  /// new primary that says so: a number that it has never seen wasn't.
  ///
  /// - Returns: whether it was; an error if the caller gives up while the server can't be asked.
  func resolve(_ waiting: @escaping (Contention) -> Bool) -> Result<Bool, OrgError> {
    let start = monotonicMilliseconds()
    var pause: UInt32 = 20
    while true {
      var givesUp = false
      let goesOn = {
        let waited = monotonicMilliseconds() - start
        let server = Contention.server(
          database.name, silence: .max, waited: waited, outcomeSource: outcomeSource)
        if waited > Self.leastPatience, !waiting(server) { givesUp = true }
        return !givesUp
      }
      switch ask(goesOn) {
      case .committed: return .success(true)
      case .aborted: return .success(false)
      case .inProgress: if !goesOn() { end() }
      case .none:
        guard goesOn() else { return .failure(unknown) }
      }
      usleep(pause * 1000)
      pause = min(pause * 2, 500)
    }
  }

  private var unknown: OrgError {
    OrgError(
      .unknownOutcome,
      "The connection to \(database.name) was lost while the change was being saved, and the server can't be asked yet whether it was. Once it can be reached, \(outcomeSource)."
    )
  }

  /// What tells a person later what became of the transaction. After a crash its number alone may be another one's.
  private var outcomeSource: String {
    transaction.hasEntry
      ? "orgman history shows the change if it was saved"
      : "select pg_xact_status('\(transaction.id)') says whether it was saved"
  }

  private func ask(_ goesOn: @escaping () -> Bool) -> Answer {
    do throws(PostgresError) {
      let connection = try database.pool.borrow { _ in goesOn() }
      let question: SQL = """
        select case when not pg_is_in_recovery() then pg_xact_status(\(transaction.id)::xid8) end, \(transaction.isRecorded)
        """
      let rows = try connection.run([ConnectionPool.searchPath, question.statement]) {
        goesOn() && $0 < Self.questionPatience
      }
      // A standby may not have heard of it yet; another connection may lead to the primary.
      guard let status = rows[1].text(0, 0) else { return .none }
      database.pool.giveBack(connection)
      switch status {
      // After a crash the server may have given the number to somebody else's transaction.
      case "committed": return rows[1].isTrue(0, 1) ? .committed : .aborted
      case "aborted": return .aborted
      default: return .inProgress
      }
    } catch {
      // In the future, for a server that took over without having heard of it.
      return error.state == "22023" ? .aborted : .none
    }
  }

  /// Ends the server's process, if it still runs the transaction.
  private func end() {
    let statement: SQL = """
      select pg_terminate_backend(pid) from pg_stat_activity \
      where pid = \(transaction.backend) and backend_xid = \(transaction.id)::xid8::xid
      """
    _ = try? database.pool.read([statement.statement], patience: Self.questionPatience)
  }
}

/// What a transaction is known by after its connection is lost.
struct TransactionMark {
  /// The number that the server gave it.
  var id = ""
  /// The server's process.
  var backend = 0
  /// When it began, in microseconds: tells it from another one that was given the same number.
  var start = 0
  /// Whether it has an entry in the history.
  var hasEntry = false

  /// Whether the history has its entry, for a transaction that made one.
  var isRecorded: SQL {
    guard hasEntry else { return "true" }
    return """
      exists (select from orgman.history where transaction = \(id)::xid8 \
      and (extract(epoch from started) * 1000000)::bigint = \(start))
      """
  }
}
