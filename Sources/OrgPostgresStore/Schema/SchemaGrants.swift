import OrgCore

/// What a role of the database needs: the administrator grants it, orgman grants nothing.
package enum SchemaGrants: Sendable, Hashable, CaseIterable {
  /// For looking at everything.
  case reader
  /// For changing organizations and members, too. It includes what a reader needs.
  case editor

  /// The statements that grant it to a role.
  package func statements(to role: String, on shape: TableShape) -> [String] {
    let shape = shape.withTables
    guard let organizations = shape.organizations, let members = shape.members else { return [] }
    let role = role.asIdentifier
    var statements = [
      "grant usage on schema \(organizations.schema.asIdentifier), orgman to \(role);",
      "grant select on orgman.version, orgman.revision, orgman.history, orgman.change, orgman.role_count, orgman.kept_id, orgman.migration to \(role);",
      "grant execute on function orgman.settle() to \(role);",
    ]
    for table in [organizations, members] {
      let known = shape.knownColumns(of: table)
      let read = known.map(\.reference).joined(separator: ", ")
      statements.append("grant select (\(read)) on \(table.reference) to \(role);")
      guard self == .editor else { continue }
      let written = known.filter { !($0.name == "id" && table == members && $0.isFilled) }
      let edited = known.filter { $0.name != "id" }
      statements += [
        "grant insert (\(written.map(\.reference).joined(separator: ", "))) on \(table.reference) to \(role);",
        "grant update (\(edited.map(\.reference).joined(separator: ", "))) on \(table.reference) to \(role);",
        "grant delete on \(table.reference) to \(role);",
      ]
    }
    return statements
  }
}
