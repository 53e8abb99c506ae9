import OrgCore

/// One transaction on a connection.
final class Transaction {
  private let connection: Connection
  private let database: Database
  /// The number by which the server knows it, also after the connection is lost.
  private(set) var id = ""
  /// The server's process.
  private var backend = 0
  /// What a read was refused with; it decides over the transaction, whatever the reader made of it.
  private(set) var failure: PostgresError?

  private var tables: Tables { database.tables }

  init(_ connection: Connection, database: Database) {
    (self.connection, self.database) = (connection, database)
  }

  /// Begins, and says who is going to change what for.
  func begin(_ entry: String) throws(PostgresError) {
    let settings: SQL = """
      select pg_current_xact_id(), pg_backend_pid(), set_config('orgman.entry', \(entry), true), \
      set_config('search_path', 'pg_catalog, pg_temp', true)
      """
    let rows = try connection.run([
      Statement("begin isolation level read committed, read write"), settings.statement,
    ])
    id = rows[1].text(0, 0) ?? ""
    backend = rows[1].number(0, 1) ?? 0
  }

  /// Locks the organizations of a set, and what else its preview looks at.
  func lock(_ set: ChangeSet, _ waiting: (Contention) -> Bool) throws(PostgresError) {
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
    let demoted = set.allowsOwnerless ? [] : set.changes.filter(\.takesOwner).map(\.organizationID)
    if !demoted.isEmpty {
      // Another program locks the member alone that it demotes.
      locks.append(
        """
        select from \(raw: tables.members) m where \(raw: tables.memberOrganization) = any(\(tables.ids(Set(demoted)))) \
        and \(raw: tables.role) = 'owner' order by \(raw: tables.memberOrganization), \(raw: tables.user) for no key update
        """)
    }
    let watch = BlockerWatch(database: database, backend: backend)
    _ = try connection.run(locks.map(\.statement)) { milliseconds in
      waiting(watch.contention(afterMilliseconds: milliseconds))
    }
  }

  /// Reads within the transaction.
  func read(_ statements: [SQL]) throws(OrgError) -> [Rows] {
    do throws(PostgresError) {
      return try connection.run(statements.map(\.statement))
    } catch {
      failure = error
      throw error.error("The change can't be saved", of: database.name)
    }
  }

  /// Makes changes, in order; `false` if one didn't find the value that it expects.
  func make(_ changes: [Change]) throws(PostgresError) -> Bool {
    let statements = changes.map { ChangeStatement($0, on: tables).sql.statement }
    // In pieces, so that neither side has to keep too much in memory.
    var rest = statements[...]
    while !rest.isEmpty {
      let results = try connection.run(Array(rest.prefix(1000)))
      guard results.allSatisfy({ $0.affectedCount == 1 }) else { return false }
      rest = rest.dropFirst(1000)
    }
    return true
  }

  func commit() throws(PostgresError) { _ = try connection.run(Statement("commit")) }

  func rollBack() { _ = try? connection.run(Statement("rollback")) }
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
