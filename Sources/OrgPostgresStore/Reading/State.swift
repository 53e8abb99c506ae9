import OrgCore

/// Which state the data of a database are in, and how much there is.
struct State {
  private let database: Database
  private var tables: Tables { database.tables }

  /// Up to so many rows are counted; of more, the server's own estimate is shown.
  private static let countLimit = 100_000

  init(_ database: Database) { self.database = database }

  /// The roles that nobody can be given, where an index tells at once whether anybody has them: since version 2.
  private var otherRoles: [Role] {
    guard let installation = tables.shape.installation else { return tables.otherRoles }
    return installation.version ?? 0 >= 2 ? tables.otherRoles : []
  }

  /// The question for it.
  var statement: SQL {
    guard !tables.isInstalled else {
      let roles = otherRoles.map {
        "exists (select from orgman.role_count where role = '\($0.rawValue)' and members > 0)"
      }
      let move = [
        "m.source", "to_char(m.started at time zone 'UTC', 'YYYY-MM-DD HH24:MI')",
      ]
      let isMoving = tables.shape.installation?.canReadMigration == true
      let columns = ["r.generation", "r.organizations", "r.members"] + roles + (isMoving ? move : [])
      let sql: SQL = """
        select \(raw: columns.joined(separator: ", ")) from orgman.revision r\
        \(raw: isMoving ? " left join orgman.migration m on m.finished is null" : "")
        """
      return sql.frequent
    }
    return "select pg_current_snapshot()::text, \(raw: estimates)"
  }

  /// How many organizations and members the server thinks that there are.
  private var estimates: String {
    [tables.organizations, tables.members].map {
      "(select c.reltuples::bigint from pg_catalog.pg_class c where c.oid = \($0.asLiteral)::regclass)"
    }.joined(separator: ", ")
  }

  /// Decodes the state.
  func generation(of rows: Rows) -> Int {
    tables.isInstalled
      ? rows.number(0, 0) ?? 0 : Int(clamping: database.number(ofState: rows.text(0, 0) ?? ""))
  }

  /// Asks for it, and counts what is counted nowhere.
  func summary(
    _ ask: (SQL) throws(PostgresError) -> Rows
  ) throws(PostgresError) -> (DataSummary, generation: Int) {
    let state = try ask(statement)
    var counts = (state.number(0, 1) ?? -1, state.number(0, 2) ?? -1)
    var estimates: DataSummary.Estimates = []
    var others = tables.isInstalled ? otherRoles.indices.map { state.isTrue(0, 3 + $0) } : []
    let problem = unfinishedMigration(state)
    if problem != nil {
      // Nothing is counted before all is there.
      let rows = try ask("select \(raw: self.estimates)")
      counts = (rows.number(0, 0) ?? -1, rows.number(0, 1) ?? -1)
    }
    if !tables.isInstalled || problem != nil {
      func count(_ table: String, _ estimate: inout Int, _ kind: DataSummary.Estimates) throws(PostgresError)
      {
        guard estimate <= Self.countLimit else {
          estimates.insert(kind)
          return
        }
        estimate = try ask("select count(*) from \(raw: table)").number(0, 0) ?? 0
      }
      try count(tables.organizations, &counts.0, .organizations)
      try count(tables.members, &counts.1, .members)
      if !estimates.contains(.members), !otherRoles.isEmpty {
        let roles = otherRoles.map {
          "exists (select from \(tables.members) m where \(tables.role) = '\($0.rawValue)')"
        }
        let found = try ask("select \(raw: roles.joined(separator: ", "))")
        others = otherRoles.indices.map { found.isTrue(0, $0) }
      }
    }
    let generation = generation(of: state)
    let summary = DataSummary(
      revision: Revision(UInt64(clamping: generation)), rules: tables.rules,
      organizationCount: max(0, counts.0),
      memberCount: max(0, counts.1),
      otherRoles: zip(otherRoles, others).compactMap { $1 ? $0 : nil }, estimates: estimates,
      problems: problem.map { [$0] } ?? [])
    return (summary, generation)
  }

  /// Files of which not all is in the tables yet.
  private func unfinishedMigration(_ state: Rows) -> DataProblem? {
    guard tables.isInstalled, tables.shape.installation?.canReadMigration == true else { return nil }
    let column = 3 + otherRoles.count
    return state.text(0, column).map {
      database.unfinishedMigration(from: $0, since: state.text(0, column + 1))
    }
  }
}

extension Database {
  /// What to say of files of which not all is in the tables yet.
  func unfinishedMigration(from source: String, since time: String?) -> DataProblem {
    DataProblem(
      place: name,
      reason:
        "doesn't have all data of \(source.escapedForDisplay) yet: orgman migrate began to move them at \(time ?? "some time") UTC, and goes on when it is run again",
      kind: .incomplete)
  }
}

extension DataSummary {
  /// The same with how many organizations there are, where these were counted.
  func counting(_ organizations: Int?) -> DataSummary {
    guard estimates.contains(.organizations), let organizations else { return self }
    return DataSummary(
      revision: revision, rules: rules, extent: extent, organizationCount: organizations,
      memberCount: memberCount, otherRoles: otherRoles, estimates: estimates.subtracting(.organizations),
      problems: problems, recordProblems: recordProblems)
  }
}
