import OrgCore

/// Installs orgman's schema in a database, in one transaction.
public struct SchemaInstaller: Sendable {
  private let pool: ConnectionPool
  private let script: SchemaScript
  private let grants: [String]

  /// Looks at what there is; changes nothing.
  ///
  /// - Parameters:
  ///   - settings: the database.
  ///   - readers: roles that are to be allowed to look at everything.
  ///   - editors: roles that are to be allowed to change organizations and members, too.
  ///   - acting: roles that are to be kept to the organizations of the users that they act for.
  /// - Throws: `unusableTables` or `newerSchema`; `system` if the server can't be reached.
  public init(
    _ settings: ConnectionSettings, readers: [String] = [], editors: [String] = [],
    acting: [ActingRole] = []
  ) throws(OrgError) {
    pool = ConnectionPool(settings)
    let shape: TableShape
    let bypass: String?
    do throws(PostgresError) {
      let found = try pool.withConnection { connection throws(PostgresError) in
        try connection.run(TableShape.looking(by: TableShape.detectionQuery))[1]
      }
      let detected = TableShape(rows: found.texts)
      bypass = try pool.withConnection { connection throws(PostgresError) in
        try RowSecurity.bypasses(acting, connection, detected)
      }
      shape = detected
    } catch {
      throw error.error("The database can't be opened", of: settings.display)
    }
    if let bypass { throw OrgError(.invalidValue, bypass) }
    script = try SchemaScript(shape)
    grants =
      readers.flatMap { SchemaGrants.reader.statements(to: $0, on: shape) }
      + editors.flatMap { SchemaGrants.editor.statements(to: $0, on: shape) }
      + RowSecurity(shape).statements(for: acting)
  }

  /// The statements, in order; none if nothing is to be done.
  public var statements: [String] { script.statements + grants }
  /// What isn't to be had on this server, each in a sentence.
  public var notices: [String] { script.notices }

  /// Runs the statements. Nothing is changed if one of them is refused.
  ///
  /// - Throws: `readOnly` without the right; `system` for anything else that the server refuses.
  public func install() throws(OrgError) {
    guard !statements.isEmpty else { return }
    do throws(PostgresError) {
      try pool.withConnection { connection throws(PostgresError) in
        do throws(PostgresError) {
          _ = try connection.run(Statement("begin isolation level read committed, read write")) { _ in true }
          for statement in statements { _ = try connection.run(Statement(statement)) { _ in true } }
          _ = try connection.run(Statement("commit")) { _ in true }
        } catch {
          _ = try? connection.run(Statement("rollback"))
          throw error
        }
      }
    } catch {
      throw error.error("The schema orgman can't be installed", of: pool.settings.display)
    }
  }
}
