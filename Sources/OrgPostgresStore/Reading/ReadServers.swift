import OrgCore
import Synchronization

/// The servers that the data are read from: a replica, where there is one that has what is needed, and else the primary.
///
/// A reader never goes back in time. What this process committed, what its feed heard of, and what it has read, wherever
/// from, raises the position that a replica must have reached. One that has fallen behind, or is away, isn't used until it has.
final class ReadServers: Sendable {
  let primary: ConnectionPool
  let replica: Replica?
  /// When the feed was last asked to look at the primary server, in milliseconds.
  private let lastLook = Mutex(monotonicMilliseconds())
  /// Between such questions, in milliseconds.
  private static let lookInterval = 5000

  init(primary: ConnectionPool, replica: Replica? = nil) {
    (self.primary, self.replica) = (primary, replica)
  }

  /// The same without the replica.
  var withoutReplica: ReadServers { ReadServers(primary: primary) }

  /// Runs statements as `ConnectionPool.read` does.
  func read(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> [Rows] {
    if let rows = try replica?.read(statements, patience: patience, isWanted: isWanted) {
      lookAtPrimary()
      return rows
    }
    guard let replica else {
      return try primary.read(statements, patience: patience, isWanted: isWanted)
    }
    let mark = replica.needed.mark
    let rows = try primary.read(
      statements + [LogPosition.question.statement], patience: patience, isWanted: isWanted)
    replica.needed.raise(to: LogPosition(rows[statements.count]), since: mark)
    return Array(rows.dropLast())
  }

  /// Begins a transaction with statements.
  ///
  /// - Returns: the connection, which is lent, the replica if it leads there, and the rows of each statement.
  func begin(
    _ statements: [Statement], patience: Int? = nil, isWanted: (() -> Bool)? = nil
  ) throws(PostgresError) -> (Connection, Replica?, [Rows]) {
    if let (connection, rows) = try replica?.begin(statements, patience: patience, isWanted: isWanted) {
      lookAtPrimary()
      return (connection, replica, rows)
    }
    guard let replica else {
      let (connection, rows) = try primary.run(statements, patience: patience, isWanted: isWanted)
      return (connection, nil, rows)
    }
    let mark = replica.needed.mark
    let (connection, rows) = try primary.run(
      statements + [LogPosition.question.statement], patience: patience, isWanted: isWanted)
    replica.needed.raise(to: LogPosition(rows[statements.count]), since: mark)
    return (connection, nil, Array(rows.dropLast()))
  }

  /// Learns how far the primary server has come after a commit, on the connection that it was made on. Whether or not it
  /// can be told, the commit was made.
  func didCommit(on connection: Connection) { try? replica?.needed.learn(on: connection) }

  /// Nobody else would notice that the primary server doesn't answer any more.
  private func lookAtPrimary() {
    let now = monotonicMilliseconds()
    let isDue = lastLook.withLock { last in
      guard now - last >= Self.lookInterval else { return false }
      last = now
      return true
    }
    if isDue { primary.suspect() }
  }
}
