import OrgCore

/// A role of the database that acts for a user: it sees and changes the organizations alone that the user owns.
public struct ActingRole: Sendable, Hashable {
  /// The role.
  public let role: String
  /// The user's id.
  public let user: String

  /// Names both.
  public init(role: String, user: String) { (self.role, self.user) = (role, user) }

  /// Reads `ROLE=USER`; `nil` for anything else.
  public init?(_ text: String) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex,
      text.index(after: sign) != text.endIndex
    else { return nil }
    self.init(role: String(text[..<sign]), user: String(text[text.index(after: sign)...]))
  }
}

/// The policies that keep roles to the organizations of the users that they act for. The owner of the tables, which is the
/// service as a rule, and all other roles see what they saw before.
struct RowSecurity {
  let shape: TableShape
  private let sql: SchemaExpressions

  init(_ shape: TableShape) {
    self.shape = shape.withTables
    sql = SchemaExpressions(shape)
  }

  /// Who acts for whom, and what that makes visible. The function runs with the rights of the tables' owner, so what it
  /// reads isn't kept from it.
  private var common: [String] {
    [
      """
      -- Note who acts for whom.
      create table if not exists orgman.acting (role name primary key, member text not null);
      """,
      """
      -- Tell whether the role that is logged in sees an organization: one that its user owns.
      create or replace function orgman.sees(organization \(shape.idType)) returns boolean
        language sql stable security definer set search_path = pg_catalog, pg_temp as $orgman$
        select exists (
          select from orgman.acting a join \(sql.members) m on \(sql.user("m")) = a.member
          where a.role = session_user and \(sql.memberOrganization("m")) = $1 and \(sql.role("m")) = 'owner')
      $orgman$;
      """,
    ]
  }

  /// The statements that restrict roles, in order.
  func statements(for roles: [ActingRole]) -> [String] {
    guard !roles.isEmpty, let organizations = shape.organizations, let members = shape.members else {
      return []
    }
    let tables = [(organizations, sql.id()), (members, sql.memberOrganization())]
    var statements = common
    for (table, _) in tables where !table.isRowSecured {
      statements += [
        "-- Nobody else is kept from anything.\nalter table \(table.reference) enable row level security;",
        "create policy orgman_others on \(table.reference) using (true) with check (true);",
      ]
    }
    for acting in roles {
      let role = acting.role.asIdentifier
      statements.append(
        """
        -- Let \(acting.role.asIdentifier.replacing("\n", with: " ")) act for a user.
        insert into orgman.acting (role, member) values (\(acting.role.asLiteral), \(acting.user.asLiteral))
          on conflict (role) do update set member = excluded.member;
        """)
      statements.append("grant usage on schema \(organizations.schema.asIdentifier) to \(role);")
      for (table, id) in tables {
        let policy = "orgman_acting_\(acting.role)".asIdentifier
        statements += [
          "drop policy if exists \(policy) on \(table.reference);",
          """
          create policy \(policy) on \(table.reference) as restrictive to \(role)
            using (orgman.sees(\(id))) with check (orgman.sees(\(id)));
          """,
        ]
      }
      statements += SchemaGrants.editor.statements(to: acting.role, on: shape).filter {
        !$0.contains("orgman.") && !$0.contains("schema")
      }
    }
    return statements
  }

  /// A role that no policy restricts, and why.
  static func bypasses(_ roles: [ActingRole], _ connection: Connection, _ shape: TableShape)
    throws(PostgresError) -> String?
  {
    let sql = SchemaExpressions(shape)
    for acting in roles {
      let rows = try connection.run(
        Statement(
          """
          select r.rolsuper, r.rolbypassrls, coalesce(bool_or(pg_has_role(r.oid, c.relowner, 'usage')), false)
          from pg_catalog.pg_roles r
            left join pg_catalog.pg_class c on c.oid in (to_regclass($2), to_regclass($3))
          where r.rolname = $1 group by r.oid, r.rolsuper, r.rolbypassrls
          """, [acting.role, sql.organizations, sql.members]))
      let name = acting.role.quoted
      guard rows.count > 0 else { return "There is no role \(name) in this database." }
      let reason =
        rows.isTrue(0, 0)
        ? "it is a superuser"
        : rows.isTrue(0, 1) ? "it has BYPASSRLS" : rows.isTrue(0, 2) ? "it owns the tables" : nil
      if let reason {
        return
          "Row-level security doesn't restrict the role \(name), for \(reason): it would see every organization. Name another role."
      }
    }
    return nil
  }
}
