import OrgCore

/// One transaction on a connection.
final class Transaction {
  private let connection: Connection
  private let database: Database
  private let watch: BlockerWatch
  private let waiting: (Contention) -> Bool
  /// What the server knows it by, also after the connection is lost.
  private(set) var mark = TransactionMark()
  /// What a read was refused with; it decides over the transaction, whatever the reader made of it.
  private(set) var failure: PostgresError?
  /// Files of which not all is in the tables yet.
  private(set) var unfinishedMigration: DataProblem?
  /// What was changed with the last read, and what that came to.
  private var guessed: (changes: [Change], results: [Rows])?
  /// What is sent before the next statements, in the same round trip.
  private var pending: [Statement] = []

  private var tables: Tables { database.tables }
  /// How long rolling back may take, in milliseconds; then the connection is closed, which comes to the same.
  private static let rollBackPatience = 2000
  /// How many values the first statement returns before those about a migration.
  private static let settingsCount = 7

  /// - Parameters:
  ///   - start: when the commit began, in milliseconds.
  ///   - waiting: called repeatedly with who holds up the transaction; `false` cancels it.
  init(
    _ connection: Connection, database: Database, start: Int, waiting: @escaping (Contention) -> Bool
  ) {
    (self.connection, self.database, self.waiting) = (connection, database, waiting)
    watch = BlockerWatch(database: database, start: start)
  }

  /// Runs statements, waiting for as long as that is wished.
  func run(_ statements: [Statement]) throws(PostgresError) -> [Rows] {
    let sent = pending + statements
    pending = []
    watch.begin()
    do throws(PostgresError) {
      let rows = try connection.run(sent) { [watch, waiting] _ in watch.goesOn(waiting) }
      if mark.id.isEmpty { note(rows[1]) }
      return rows.suffix(statements.count)
    } catch {
      // What a standby says to a transaction's number.
      if mark.id.isEmpty, ["0A000", "55000"].contains(error.state) {
        throw PostgresError(.server("25006"), error.message)
      }
      throw watch.naming(error)
    }
  }

  private func note(_ begun: Rows) {
    mark = TransactionMark(
      id: begun.text(0, 0) ?? "", backend: begun.number(0, 1) ?? 0, start: begun.number(0, 2) ?? 0)
    if let source = begun.text(0, Self.settingsCount) {
      unfinishedMigration = database.unfinishedMigration(
        from: source, since: begun.text(0, Self.settingsCount + 1))
    }
    watch.watch(mark.backend)
    connection.note(backend: mark.backend)
  }

  /// Begins, and says who is going to change what for: in the same round trip as what follows, if it is known which of the
  /// server's processes it is that others may hold up.
  func begin(_ entry: String) throws(PostgresError) {
    // The server ends a transaction that waits for others within two seconds if its client is gone. A limit for locks
    // leaves the time to find out who holds them.
    let canBeMoving = tables.shape.installation?.canReadMigration == true
    let migration =
      canBeMoving
      ? ["source", "to_char(started at time zone 'UTC', 'YYYY-MM-DD HH24:MI')"].map {
        ", (select \($0) from orgman.migration where finished is null)"
      }.joined() : ""
    let settings: SQL = """
      select pg_current_xact_id(), pg_backend_pid(), (extract(epoch from now()) * 1000000)::bigint, \
      set_config('orgman.entry', \(entry), true), set_config('search_path', 'pg_catalog, pg_temp', true), \
      case when current_setting('lock_timeout')::interval between '1 ms' and '999 ms' \
      then set_config('lock_timeout', '1s', true) end, \
      case when current_setting('client_connection_check_interval', true) = '0' and version() like '%linux%' \
      then set_config('client_connection_check_interval', '2s', true) end\(raw: migration)
      """
    pending = [Statement("begin isolation level read committed, read write"), settings.frequent.statement]
    guard connection.isDirect else {
      _ = try run([])
      return
    }
    watch.watch(Int(connection.facts.backend))
  }

  /// Locks the organizations of a set, and what else its preview looks at: before anything that follows is read.
  func lock(_ set: ChangeSet) {
    let ids = Set(set.changes.map(\.organizationID)).sorted()
    let removesOrganization = set.changes.contains {
      if case .removeOrganization = $0 { true } else { false }
    }
    let takesName = set.changes.contains {
      switch $0 {
      case .createOrganization, .setField(.name, _, _, _): true
      default: false
      }
    }
    var locks: [SQL] = []
    // Names are compared without case, which the table's constraint doesn't do: one at a time takes a name.
    if takesName { locks.append("select pg_advisory_xact_lock(hashtext('orgman.name'), 0)") }
    locks.append(
      """
      select from \(raw: tables.organizations) o where o.id = any(\(tables.ids(ids))) order by o.id \
      for \(raw: removesOrganization ? "update" : "no key update")
      """)
    let demoted = set.guardsOwners ? set.changes.filter(\.takesOwner).map(\.organizationID) : []
    if !demoted.isEmpty {
      // Another program locks the member alone that it demotes.
      locks.append(
        """
        select from \(raw: tables.members) m where \(raw: tables.memberOrganization) = any(\(tables.ids(Set(demoted)))) \
        and \(raw: tables.role) = 'owner' order by \(raw: tables.memberOrganization), \(raw: tables.user) for no key update
        """)
    }
    if let user = set.access.user, user.canBeSent {
      // The role that gives the rights stays as it is until the commit.
      locks.append(
        """
        select from \(raw: tables.members) m where m.user_id = \(user) \
        and \(raw: tables.memberOrganization) = any(\(tables.ids(ids))) order by \(raw: tables.memberOrganization) for share
        """)
    }
    pending += locks.map(\.frequent.statement)
  }

  /// Reads within the transaction.
  ///
  /// - Parameter guess: changes to make in the same round trip, because the rows will most likely allow them. If they don't,
  ///   the caller has to roll back.
  func read(_ statements: [SQL], thenMaking guess: [Change] = []) throws(OrgError) -> [Rows] {
    do throws(PostgresError) {
      guard !guess.isEmpty else { return try run(statements.map(\.statement)) }
      let rows = try run(statements.map(\.statement) + changeStatements(guess))
      guessed = (guess, Array(rows.dropFirst(statements.count)))
      return Array(rows.prefix(statements.count))
    } catch {
      failure = error
      throw error.error("The change can't be saved", of: database.name)
    }
  }

  private func changeStatements(_ changes: [Change]) -> [Statement] {
    var statements = changes.map { ChangeStatement($0, on: tables).sql.frequent.statement }
    if tables.isInstalled {
      statements.append(
        Statement(
          "select from orgman.history where transaction = pg_current_xact_id() and started = now()",
          isFrequent: true))
    }
    return statements
  }

  /// Makes changes, in order, unless they were made already; `false` if one didn't find the value that it expects.
  func make(_ changes: [Change]) throws(PostgresError) -> Bool {
    if let guessed { return guessed.changes == changes && note(guessed.results[...], from: 0, of: changes) }
    let statements = changeStatements(changes)
    // In pieces, so that neither side has to keep too much in memory.
    var (rest, made) = (statements[...], 0)
    while !rest.isEmpty {
      let results = try run(Array(rest.prefix(1000)))
      guard note(results[...], from: made, of: changes) else { return false }
      made += results.count
      rest = rest.dropFirst(1000)
    }
    return true
  }

  /// Notes what changes came to, and whether the history has an entry of them; `false` if one changed nothing.
  private func note(_ results: ArraySlice<Rows>, from first: Int, of changes: [Change]) -> Bool {
    for (place, result) in results.enumerated() {
      if first + place == changes.count {
        mark.hasEntry = result.count > 0
      } else if result.affectedCount != 1 {
        return false
      }
    }
    return true
  }

  func commit() throws(PostgresError) {
    guard try run([Statement("commit")])[0].tag == "COMMIT" else {
      throw PostgresError(.server("25P02"), "the transaction had failed")
    }
  }

  func rollBack() { _ = try? connection.run(Statement("rollback")) { $0 < Self.rollBackPatience } }
}

extension Change {
  /// Whether an owner stops being one by it.
  fileprivate var takesOwner: Bool {
    switch self {
    case .removeMember(_, _, let role): role == .owner
    case .setRole(_, _, let from, let to): from == .owner && to != .owner
    case .createOrganization, .removeOrganization, .setField, .addMember: false
    }
  }
}
