import OrgCore

/// What a server lets orgman do.
struct ServerPrivileges: Sendable {
  /// Why nothing can be changed; `nil` where something can.
  let obstacle: String?
  /// Whether what orgman's schema keeps can be read.
  let canReadHistory: Bool
  /// Whether it can be seen that data are being moved there.
  let canReadMigration: Bool

  /// Asks the server.
  init(_ pool: ConnectionPool, _ tables: Tables) throws(PostgresError) {
    func privilege(_ table: String) -> SQL {
      "coalesce(has_any_column_privilege(to_regclass(\(table)), 'update'), false)"
    }
    let question: SQL = """
      select pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on', current_user, \
      \(privilege(tables.organizations)), \(privilege(tables.members)), \
      coalesce(has_schema_privilege(to_regnamespace('orgman')::oid, 'usage'), false), \
      exists (select from pg_catalog.pg_class c where c.relnamespace = to_regnamespace('orgman') \
      and c.relname = 'migration' and has_table_privilege(c.oid, 'select'))
      """
    let rows = try pool.read([question.statement])[0]
    canReadHistory = tables.isInstalled && rows.isTrue(0, 5)
    canReadMigration = canReadHistory && rows.isTrue(0, 6)
    obstacle =
      if rows.isTrue(0, 0) {
        "the server is a standby; connect to the primary server"
      } else if rows.isTrue(0, 1) {
        "the server's setting default_transaction_read_only is on"
      } else if !rows.isTrue(0, 3), !rows.isTrue(0, 4) {
        "the role \((rows.text(0, 2) ?? "").escapedForDisplay) may not update the tables"
      } else {
        nil
      }
  }
}
