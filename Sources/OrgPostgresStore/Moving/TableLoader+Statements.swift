import Glibc
import OrgCore

extension TableLoader {
  /// How often the lock is tried to be had, a tenth of a second after each other: the server needs a moment to notice that a
  /// migration was killed.
  private static let lockTries = 30

  /// Keeps other migrations from the database until the connection ends. Behind a pooler, where it may have another session
  /// in each transaction, nothing does.
  func excludeOthers() throws(OrgError) {
    let (space, number): (SQL, SQL) = ("hashtext('orgman.migrate')", "0")
    for _ in 0..<Self.lockTries {
      let rows = try ask(
        """
        select case when pg_backend_pid() = \(Int(connection.facts.backend)) then pg_try_advisory_lock(\(space), \(number)) else true end
        """)
      if rows.isTrue(0, 0) { return }
      usleep(100_000)
    }
    let holder = try ask(
      """
      select a.pid, a.usename, (extract(epoch from a.backend_start) * 1000000)::bigint \
      from pg_locks l join pg_stat_activity a on a.pid = l.pid join pg_database d on d.oid = l.database \
      where l.locktype = 'advisory' and l.granted and d.datname = current_database() \
      and l.classid = (\(space)::bigint & 4294967295)::oid and l.objid = \(number) and l.objsubid = 2
      """)
    let other = Contention(
      program: "orgman", origin: .process(Int32(clamping: holder.number(0, 0) ?? 0)),
      user: holder.text(0, 1) ?? "",
      since: holder.number(0, 2).map { Timestamp(microseconds: Int64($0)) }, waitedMilliseconds: 0)
    let who = [
      other.user.isEmpty ? nil : "of \(other.user.escapedForDisplay)",
      other.since.map { "since \(DisplayZone.utc.fullText($0))" },
    ]
    let words = who.compactMap(\.self).map { ", \($0)" }.joined()
    throw OrgError(
      .locked,
      "Another orgman migrate is moving data into \(name) (process \(holder.number(0, 0) ?? 0) of the server\(words)): wait until it ends, and run it again.",
      holder: other)
  }
}

// The statements that load rows, by way of temporary tables.
extension TableLoader {
  private func cast(_ name: String, to column: TableShape.Column) -> String {
    column.baseType == "timestamp without time zone"
      ? "(\(name)::timestamptz at time zone 'UTC')" : column.type == "text" ? name : "\(name)::\(column.type)"
  }

  /// Types in which times are copied, so that the server reads each once.
  private func staged(_ column: TableShape.Column) -> String {
    switch column.baseType {
    case "timestamp with time zone": column.type
    case "uuid", "boolean": column.baseType
    default: "text"
    }
  }

  var stagingTables: [String] {
    let organization =
      (["id \(form.shape.idType)"] + form.columns.map { "\($0.reference) \(staged($0))" } + [
        "replaced boolean"
      ])
    let member = form.memberColumns.map { "\($0.reference) \(staged($0))" }
    return [
      "set local timezone = 'UTC'",
      // Temporary tables have no statistics.
      "set local enable_nestloop = off",
      "create temporary table moved_organization (\(organization.joined(separator: ", "))) on commit drop",
      "create temporary table moved_member (\(member.joined(separator: ", "))) on commit drop",
      "create temporary table moved_kept (like orgman.kept_organization) on commit drop",
      "create temporary table moved_id (id \(form.shape.idType), original text) on commit drop",
    ]
  }

  /// Questions whose answer is what is wrong with the rows.
  var checks: [(sql: String, what: String)] {
    let name = form.shape.column(.field(.name))?.reference ?? "name"
    return [
      (
        "select n.id::text from pg_temp.moved_organization n join \(tables.organizations) o on o.id = n.id where not n.replaced limit 1",
        "an organization is there already: "
      ),
      (
        "select n.\(name) from pg_temp.moved_organization n join \(tables.organizations) o on o.\(name) = n.\(name) where o.id <> n.id and not exists (select from pg_temp.moved_organization p where p.id = o.id) limit 1",
        "another organization has the name "
      ),
    ]
  }

  var replacement: [String] {
    let name = form.shape.column(.field(.name))
    let sets = form.columns.map { "\($0.reference) = \(cast("n.\($0.reference)", to: $0))" }
    return [
      "delete from \(tables.members) m using pg_temp.moved_organization n where n.replaced and \(tables.memberOrganization) = n.id",
      // Organizations may have taken each other's names.
      name.map {
        "update \(tables.organizations) o set \($0.reference) = o.id::text from pg_temp.moved_organization n where n.replaced and o.id = n.id and o.\($0.reference) <> n.\($0.reference)"
      },
      "update \(tables.organizations) o set \(sets.joined(separator: ", ")) from pg_temp.moved_organization n where n.replaced and o.id = n.id",
      "delete from orgman.kept_organization k using pg_temp.moved_organization n where k.organization = n.id",
    ].compactMap(\.self)
  }

  var insertion: [String] {
    func insert(
      _ table: String, _ columns: [TableShape.Column], _ source: String, _ more: [(String, String)] = []
    ) -> String {
      let names = columns.map(\.reference) + more.map(\.0)
      let values = columns.map { cast("n.\($0.reference)", to: $0) } + more.map(\.1)
      return
        "insert into \(table) (\(names.joined(separator: ", "))) select \(values.joined(separator: ", ")) from \(source) n"
    }
    var memberID: [(String, String)] = []
    if let id = form.shape.members?["id"] {
      // It takes half the time of uuid_generate_v4(), which is the usual default.
      if id.baseType == "uuid" { memberID = [("id", "gen_random_uuid()")] }
      if id.isText, !id.isFilled, id.isRequired { memberID = [("id", "gen_random_uuid()::\(id.type)")] }
    }
    return [
      insert(
        tables.organizations, [form.shape.column(.id)].compactMap(\.self) + form.columns,
        "pg_temp.moved_organization")
        + " where not n.replaced",
      insert(tables.members, form.memberColumns, "pg_temp.moved_member", memberID),
      "insert into orgman.kept_organization select * from pg_temp.moved_kept",
      idInsertion,
    ]
  }

  var idInsertion: String {
    "insert into orgman.kept_id select distinct on (id) id, original from pg_temp.moved_id on conflict (organization) do nothing"
  }

  // MARK: Indexes

  /// Indexes of the tables that nothing depends on.
  private var plainIndexes: String {
    """
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid in (to_regclass(\(tables.organizations.asLiteral)), to_regclass(\(tables.members.asLiteral)))
      and not i.indisunique and not i.indisreplident and not i.indisclustered and c.relkind = 'i' and not c.relispartition
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
      and pg_has_role(c.relowner, 'usage')
    """
  }

  var indexDefinitions: String { "select pg_get_indexdef(i.indexrelid) \(plainIndexes)" }
  var indexNames: String { "select i.indexrelid::regclass::text \(plainIndexes)" }
}
