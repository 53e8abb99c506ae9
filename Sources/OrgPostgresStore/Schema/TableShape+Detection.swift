extension TableShape {
  /// The query that looks at the catalog of a database: `init(rows:)` reads its rows. It takes no parameters, reads no row of
  /// a table, and needs no rights but to connect.
  package static let detectionQuery = start + extensions + rest

  /// The same without what can be installed, which takes the server as long as all the rest: for who only uses what there is.
  package static let openingQuery = start + rest

  /// The statements that run one of them: the names of types are compared with names without quotes.
  static func looking(by query: String) -> [Statement] {
    [Statement("select set_config('quote_all_identifiers', 'off', true)"), Statement(query)]
  }

  private static let start = """
    with tables as (
      select found.role, c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relrowsecurity
      from (values
        ('organizations', to_regclass('organizations')),
        ('members', coalesce(to_regclass('organization_members'), to_regclass('organization_users')))) found (role, oid)
      join pg_catalog.pg_class c on c.oid = found.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace),
    columns as (
      select t.role, t.oid, a.attnum, a.attname, y.typtype, y.oid as type, a.atttypmod, a.attnotnull,
        a.atthasdef or a.attidentity <> '' as filled,
        case when s.nspname = 'pg_catalog' then format_type(y.oid, null)
          else quote_ident(s.nspname) || '.' || quote_ident(y.typname) end as name,
        case when y.typtype = 'd' then format_type(y.typbasetype, null)
          when y.typname = 'citext' then 'citext'
          else format_type(y.oid, null) end as base
      from tables t
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type y on y.oid = a.atttypid
      join pg_catalog.pg_namespace s on s.oid = y.typnamespace)
    select kind, a, b, c, d, e, f, g from (
      select 1 as part, 0 as place, 'server' as kind, current_setting('server_version_num') as a,
        current_setting('server_encoding') as b, coalesce(current_schema(), 'public')::text as c,
        (select rolsuper from pg_catalog.pg_roles where rolname = current_user)::text as d,
        current_user::text as e, null::text as f, null::text as g
      union all
      select 2, 0, 'collation', collname, null, null, null, null, null, null
      from pg_catalog.pg_collation
      where collname = 'und-x-icu' and (collencoding = -1 or pg_encoding_to_char(collencoding) = current_setting('server_encoding'))
      union all

    """

  private static let extensions = """
      select 3, 0, 'extension', v.name, n.nspname,
        bool_or(v.superuser is false or v.trusted and has_database_privilege(current_database(), 'create') or u.rolsuper)::text,
        null, null, null, null
      from pg_catalog.pg_available_extension_versions v
        join pg_catalog.pg_roles u on u.rolname = current_user
        left join pg_catalog.pg_extension e on e.extname = v.name
        left join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where v.name in ('pg_trgm', 'uuid-ossp')
      group by v.name, n.nspname
      union all

    """

  private static let rest = """
      select 4, 0, 'table', role, nspname, relname, relkind::text, pg_has_role(relowner, 'usage')::text, relrowsecurity::text,
        pg_get_userbyid(relowner)
      from tables
      union all
      select 5, attnum, 'column', role, attname, name, base,
        case when base in ('character varying', 'character') and atttypmod > 4 then (atttypmod - 4)::text end,
        attnotnull::text, filled::text
      from columns
      union all
      select 6, row_number() over (order by l.enumsortorder), 'label', c.role, c.attname, l.enumlabel, null, null, null, null
      from columns c join pg_catalog.pg_enum l on l.enumtypid = c.type
      union all
      select 7, 0, 'check', c.role, c.attname, pg_get_constraintdef(k.oid), null, null, null, null
      from columns c
        join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[c.attnum]
      union all
      select 8, 0, 'orgman', pg_get_userbyid(n.nspowner), pg_has_role(n.nspowner, 'usage')::text,
        (
          select obj_description(c.oid, 'pg_class') from pg_catalog.pg_class c
          where c.relnamespace = n.oid and c.relname = 'version'),
        null, null, null, null
      from pg_catalog.pg_namespace n where n.nspname = 'orgman'
      union all
      select 9, 0, 'index', c.relname, null, null, null, null, null, null
      from tables t
        join pg_catalog.pg_index i on i.indrelid = t.oid and i.indisvalid
        join pg_catalog.pg_class c on c.oid = i.indexrelid
      where c.relname like 'orgman\\_%') found
    order by part, place
    """

  /// Reads the rows of `detectionQuery`; what they don't say is taken for absent.
  package init(rows: [[String?]]) {
    self.init(
      server: Server(
        version: 0, schema: "public", user: "", isSuperuser: false, isUnicode: false, hasRootCollation: false,
        trigrams: .unavailable,
        uuids: .unavailable))
    for row in rows {
      let row = Row(values: row)
      switch row[0] {
      case "server":
        server.version = row[1].flatMap { Int($0) } ?? 0
        server.isUnicode = row[2] == "UTF8"
        server.schema = row[3] ?? "public"
        server.isSuperuser = row.flag(4)
        server.user = row[5] ?? ""
      case "collation": server.hasRootCollation = true
      case "extension":
        let state: Extension =
          row[2].map { .installed(schema: $0) } ?? (row.flag(3) ? .creatable : .unavailable)
        if row[1] == "pg_trgm" { server.trigrams = state } else { server.uuids = state }
      case "table":
        let table = Table(
          schema: row[2] ?? "", name: row[3] ?? "", kind: row[4] ?? "", owner: row[7] ?? "",
          isOwned: row.flag(5),
          isRowSecured: row.flag(6), columns: [])
        if row[1] == "members" { members = table } else { organizations = table }
      case "column": add(Column(row), to: row[1])
      case "label":
        change(row) {
          $0.labels.append(row[3] ?? "")
          $0.isEnumeration = true
        }
      case "check":
        let labels = Self.labels(in: row[3] ?? "")
        change(row) { if !$0.isEnumeration, !labels.isEmpty { $0.labels = labels } }
      case "orgman":
        let installed = row[3].flatMap { SchemaScript.installed($0) }
        installation = Installation(
          version: installed?.version, fingerprint: installed?.fingerprint, owner: row[1] ?? "",
          isOwned: row.flag(2))
      case "index": installation?.indexes.insert(row[1] ?? "")
      default: break
      }
    }
  }

  private mutating func add(_ column: Column, to role: String?) {
    if role == "members" { members?.columns.append(column) } else { organizations?.columns.append(column) }
  }

  private mutating func change(_ row: Row, _ body: (inout Column) -> Void) {
    func change(_ table: inout Table?) {
      guard let place = table?.columns.firstIndex(where: { $0.name == row[2] }),
        var column = table?.columns[place]
      else { return }
      body(&column)
      table?.columns[place] = column
    }
    if row[1] == "members" { change(&members) } else { change(&organizations) }
  }

  /// The values that a check allows: those of `= any (array['owner', 'member'])` or of one `=`; none for any other check.
  static func labels(in check: String) -> [String] {
    let lowered = check.lowercased()
    guard lowered.contains("= any") || lowered.contains("= '"),
      !["<>", "!=", "~", " and ", "not "].contains(where: lowered.contains)
    else { return [] }
    var labels: [String] = []
    var rest = check[...]
    while let start = rest.firstIndex(of: "'") {
      var label = ""
      var place = rest.index(after: start)
      while place < rest.endIndex {
        let next = rest.index(after: place)
        if rest[place] == "'" {
          guard next < rest.endIndex, rest[next] == "'" else { break }
          place = next
        }
        label.append(rest[place])
        place = rest.index(after: place)
      }
      labels.append(label)
      rest = rest[(place < rest.endIndex ? rest.index(after: place) : place)...]
    }
    return labels
  }

  /// A row of texts that may be shorter than one thinks.
  fileprivate struct Row {
    let values: [String?]

    subscript(place: Int) -> String? { place < values.count ? values[place] : nil }

    func flag(_ place: Int) -> Bool { ["t", "true"].contains(self[place]) }
  }
}

extension TableShape.Column {
  fileprivate init(_ row: TableShape.Row) {
    self.init(
      name: row[2] ?? "", type: row[3] ?? "", baseType: row[4] ?? "", length: row[5].flatMap { Int($0) },
      isRequired: row.flag(6), isFilled: row.flag(7))
  }
}
