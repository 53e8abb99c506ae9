import OrgCore

/// What the tables of a database look like, as far as orgman cares: several services keep the same facts under different
/// names and types, so nothing is assumed.
package struct TableShape: Sendable, Hashable {
  /// What the server can do.
  package var server: Server
  /// The table of organizations; `nil` where there is none.
  package var organizations: Table?
  /// The table of members; `nil` where there is none.
  package var members: Table?
  /// What is installed of orgman's own schema; `nil` for nothing.
  package var installation: Installation?

  /// What a server can do, and may be asked to.
  package struct Server: Sendable, Hashable {
    /// `150018` for 15.18.
    package var version: Int
    /// The schema in which new tables are created.
    package var schema: String
    /// Who asked: the role that the connection acts as.
    package var user: String
    /// Whether that is a superuser.
    package var isSuperuser: Bool
    /// Whether the database is in UTF-8.
    package var isUnicode: Bool
    /// Whether the collation `und-x-icu` is there: it knows the lower case of all scripts.
    package var hasRootCollation: Bool
    /// `pg_trgm`, for finding text in the middle.
    package var trigrams: Extension
    /// `uuid-ossp`, for the ids of new tables.
    package var uuids: Extension
  }

  /// Whether an extension can be used.
  package enum Extension: Sendable, Hashable {
    /// It is there, in this schema.
    case installed(schema: String)
    /// The role that asked may create it.
    case creatable
    /// It can't be had.
    case unavailable
  }

  /// A table.
  package struct Table: Sendable, Hashable {
    /// Its schema.
    package var schema: String
    /// Its name.
    package var name: String
    /// What it is: `r` for a table, `p` for a partitioned one, `v` for a view, as in `pg_class`.
    package var kind = "r"
    /// Who owns it.
    package var owner = ""
    /// Whether the role that asked owns it, too: indexes and triggers need that.
    package var isOwned = true
    /// Whether policies decide which rows are seen.
    package var isRowSecured = false
    /// Its columns in their order.
    package var columns: [Column]

    /// The column with a name.
    package subscript(name: String) -> Column? { columns.first { $0.name == name } }
    /// Its name for a statement, with the schema.
    package var reference: String { schema.asIdentifier + "." + name.asIdentifier }
  }

  /// A column.
  package struct Column: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// Its type for a statement, with the schema unless it is the system's: `character varying`, `public.role`.
    package var type: String
    /// The type that a domain is made of; the type itself for others.
    package var baseType: String
    /// How many characters it holds at most, if that is limited.
    package var length: Int?
    /// Whether it takes no null.
    package var isRequired = false
    /// Whether the server fills it where a new row doesn't say what it holds.
    package var isFilled = false
    /// The values that an enumeration or a check allows, in their order and as they are written; empty for any.
    package var labels: [String] = []
    /// Whether the values are those of an enumeration.
    package var isEnumeration = false

    /// The name for a statement.
    package var reference: String { name.asIdentifier }
    /// Whether it holds free text.
    package var isText: Bool { ["character varying", "text", "character", "citext"].contains(baseType) }
    /// Whether a value always fits into an index.
    package var isShort: Bool { isText ? length.map { $0 <= 255 } ?? false : !isLong }
    private var isLong: Bool { ["json", "jsonb", "bytea", "xml"].contains(baseType) }

    /// How a value is written in it whatever the case: `OWNER` for `owner`; `nil` where it takes no such value.
    package func label(_ value: String) -> String? {
      labels.isEmpty ? value : labels.first { $0.lowercased() == value }
    }
  }

  /// What is installed of orgman's own schema.
  package struct Installation: Sendable, Hashable {
    /// The version; `nil` where a schema of that name is something else.
    package var version: Int?
    /// The columns that it was installed for: `TableShape.fingerprint` at that time.
    package var fingerprint: String?
    /// Who owns it.
    package var owner: String
    /// Whether the role that asked owns it, too.
    package var isOwned: Bool
    /// Whether the role that asked may look whether data are being moved there.
    package var canReadMigration = false
    /// The names of orgman's indexes that can be used.
    package var indexes: Set<String> = []
  }

  /// The oldest server that has all that the schema needs.
  private static let oldestServer = 140_000

  /// Whether the tables are there.
  package var hasTables: Bool { organizations != nil && members != nil }
}

extension TableShape {
  /// The column with a key of an organization; `nil` where the table has none.
  package func column(_ key: OrganizationKey) -> Column? { organizations?[key.name] }

  /// The column that says whether an organization is active, where none says its status.
  package var activeFlag: Column? {
    column(.field(.status)) == nil
      ? organizations?["is_active"].flatMap { $0.baseType == "boolean" ? $0 : nil } : nil
  }

  /// The column of members with the organization's id.
  package var memberOrganization: Column? { members?["org_id"] ?? members?["organization_id"] }
  /// The column of members with the user's id.
  package var memberUser: Column? { members?["user_id"] }
  /// The column of members with the role.
  package var memberRole: Column? { members?["role"] }
  /// The column of members with the time of joining.
  package var memberJoined: Column? { members?["joined_at"] ?? members?["created_at"] }

  /// The type of organizations' ids for a cast.
  package var idType: String {
    guard let id = column(.id) else { return "uuid" }
    return id.isText ? "text" : id.baseType
  }

  /// The roles that the table takes, in lower case and its order; those of the files where it takes any.
  package var roles: [String] {
    let labels = memberRole?.labels ?? []
    return labels.isEmpty ? ["owner", "member", "billing_admin"] : labels.map { $0.lowercased() }
  }

  /// The statuses that the table takes, in lower case and its order.
  package var statuses: [String] {
    if activeFlag != nil { return ["active", "suspended"] }
    guard let status = column(.field(.status)) else { return ["active"] }
    return status.labels.isEmpty
      ? Organization.Status.allCases.map(\.rawValue) : status.labels.map { $0.lowercased() }
  }

  /// The keys of an organization that the tables don't hold.
  package var missingKeys: [OrganizationKey] {
    OrganizationKey.all.filter { column($0) == nil && !($0 == .field(.status) && activeFlag != nil) }
  }

  /// The columns that a new row has to fill and orgman knows nothing of: with any, rows can't be added to the table.
  package func unknownRequired(_ table: Table) -> [String] {
    let known = Set(knownColumns(of: table).map(\.name))
    return table.columns.filter { $0.isRequired && !$0.isFilled && !known.contains($0.name) }.map(\.name)
  }

  /// The columns that orgman reads and writes; no others are ever selected. A member's own id is among those that a new row
  /// may have to fill, but never read.
  package func knownColumns(of table: Table) -> [Column] {
    let isMembers = table == members
    let columns =
      isMembers
      ? [table["id"], memberOrganization, memberUser, memberRole, memberJoined]
      : OrganizationKey.all.map { column($0) } + [activeFlag]
    return columns.compactMap(\.self)
  }

  /// The columns that triggers read, each with its type: when it is another, they record nothing until orgman is
  /// installed again.
  package func fingerprint(of table: Table) -> String {
    let columns = knownColumns(of: table).filter { $0.name != "id" || table == organizations }
    return columns.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
      .map { "\($0.name) \($0.type)" }.joined(separator: ", ")
  }

  /// The same of both tables.
  package var fingerprint: String {
    [organizations, members].compactMap { table in table.map { "\($0.reference): \(fingerprint(of: $0))" } }
      .joined(separator: "; ")
  }

  /// Why these tables can't be used, in a sentence; `nil` where they can, or aren't there.
  package var obstacle: String? {
    guard server.version >= Self.oldestServer else {
      return "The server is older than PostgreSQL \(Self.oldestServer / 10000)."
    }
    guard let organizations, let members else {
      return (organizations ?? members).map {
        "There is a table \($0.reference), but not the other one of organizations and organization_members."
      }
    }
    for table in [organizations, members] where !["r", "p"].contains(table.kind) {
      return "\(table.reference) isn't a table."
    }
    let required: [(String, Column?, Table)] = [
      ("id", column(.id), organizations), ("name", column(.field(.name)), organizations),
      ("org_id", memberOrganization, members), ("user_id", memberUser, members),
      ("role", memberRole, members),
    ]
    for (name, column, table) in required where column == nil {
      return "The table \(table.reference) has no column \(name)."
    }
    guard let id = column(.id), let reference = memberOrganization,
      id.isText == reference.isText, id.isText || id.baseType == reference.baseType
    else {
      return
        "Ids of organizations have another type in \(organizations.reference) than in \(members.reference)."
    }
    return nil
  }
}

extension TableShape {
  /// The same with the tables that `SchemaScript` creates where there are none.
  var withTables: TableShape {
    guard organizations == nil, members == nil else { return self }
    func text(_ name: String, _ length: Int, isRequired: Bool = false, _ labels: [String] = []) -> Column {
      Column(
        name: name, type: "character varying", baseType: "character varying", length: length,
        isRequired: isRequired,
        labels: labels)
    }
    func other(_ name: String, _ type: String, isRequired: Bool = false, isFilled: Bool = true) -> Column {
      Column(name: name, type: type, baseType: type, isRequired: isRequired, isFilled: isFilled)
    }
    var shape = self
    shape.organizations = Table(
      schema: server.schema, name: "organizations", owner: server.user,
      columns: [
        other("id", "uuid", isRequired: true), text("name", 200, isRequired: true),
        other("created_at", "timestamp with time zone"), text("plan_tier", 50), text("lago_customer_id", 255),
        text("stripe_customer_id", 255), text("status", 50, ["active", "suspended", "deleted"]),
      ])
    shape.members = Table(
      schema: server.schema, name: "organization_members", owner: server.user,
      columns: [
        other("id", "uuid", isRequired: true), other("org_id", "uuid", isRequired: true, isFilled: false),
        text("user_id", 255, isRequired: true),
        text("role", 50, isRequired: true, ["owner", "admin", "member", "billing_admin"]),
        other("joined_at", "timestamp with time zone"),
      ])
    return shape
  }
}
