import OrgCore

extension SchemaScript {
  /// The statements that create the triggers and their functions: each writes a record of every change that a statement made.
  var triggers: [String] {
    [former] + organizationTriggers + memberTriggers
  }

  /// What statements do to a table, and what a trigger sees of it.
  private enum Event: String {
    case insert, update, delete, truncate

    var name: String { "\(rawValue)\(rawValue.hasSuffix("e") ? "d" : "ed")" }
    var transitions: String {
      switch self {
      case .insert: "referencing new table as new_rows "
      case .update: "referencing old table as old_rows new table as new_rows "
      case .delete: "referencing old table as old_rows "
      case .truncate: ""
      }
    }
  }

  private func trigger(_ kind: String, on table: String, _ event: Event, declare: String = "", _ body: String)
    -> [String]
  {
    // Tables of changed rows have no statistics, and a plan is kept: one that was made for a row must do for a million.
    let settings = " set enable_nestloop = off set jit = off"
    return [
      """
      -- Record what was \(event.name) in \(table).
      \(Self.header("\(kind)_\(event.name)()", returns: "trigger", settings: settings))
      \(declare)begin
        if not orgman.is_recording() then
          return null;
        end if;
      \(body.indented(2))
        return null;
      end $orgman$;
      """,
      """
      -- Call it after each statement.
      create or replace trigger orgman_\(event) \(event == .truncate ? "before" : "after") \(event) on \(table)
        \(event.transitions)for each statement execute function orgman.\(kind)_\(event.name)();
      """,
    ]
  }

  private var former: String {
    """
    -- Give a transaction of another server a number that none here will have.
    \(Self.header("former(transaction xid8)", returns: "xid8"))
    begin
      return (
        select (9223372036854775808 + coalesce(h.generation, 4611686018427387904 + h.transaction::text::numeric))::text::xid8
        from orgman.history h where h.transaction = former.transaction);
    end $orgman$;
    """
  }

  // MARK: Organizations

  private var organizationTriggers: [String] {
    let table = sql.organizations
    func record(_ operation: String, from source: String) -> String {
      """
      insert into orgman.change (transaction, organization, record)
      select pg_current_xact_id(), \(sql.recordedKey("r.id")), jsonb_strip_nulls(\(whole(operation, "r")))
      from (
        \(organizationRows(source))) r
      order by r.number;
      if found then
        perform orgman.note();
      end if;
      """
    }
    return trigger("organizations", on: table, .insert, record("create", from: "new_rows"))
      + trigger("organizations", on: table, .update, organizationUpdate)
      + trigger("organizations", on: table, .delete, record("delete", from: "old_rows"))
      + trigger("organizations", on: table, .truncate, record("delete", from: table))
  }

  /// The rows of a table as records have them.
  private func organizationRows(_ source: String) -> String {
    let fields = OrganizationField.allCases.map { "\(sql.text($0, "t")) collate \"C\" as \($0.rawValue)" }
    return """
      select row_number() over () as number, \(sql.id("t"))::text collate "C" as id, \(sql.createdText("t")) as created_at,
          \(fields.joined(separator: ",\n    "))
        from \(source) t
      """
  }

  /// The record of an organization that is created or deleted.
  private func whole(_ operation: String, _ row: String) -> String {
    let keys = ["created_at"] + OrganizationField.allCases.map(\.rawValue)
    return """
      jsonb_build_object(
          'op', '\(operation)', 'org', \(row).id, 'name', \(row).name, 'organization', jsonb_build_object(
            \(keys.map { "'\($0)', \(row).\($0)" }.joined(separator: ", "))))
      """
  }

  private var organizationUpdate: String {
    let values = OrganizationField.allCases.enumerated().map { place, field in
      "(\(place), '\(field.rawValue)', o.\(field.rawValue), n.\(field.rawValue))"
    }
    return """
      insert into orgman.change (transaction, organization, record)
      select pg_current_xact_id(), \(sql.recordedKey("c.record ->> 'org'")), jsonb_strip_nulls(c.record)
      from (
        \(organizationRows("old_rows"))) o
        join (
        \(organizationRows("new_rows"))) n using (number)
        cross join lateral (
          select f.place, jsonb_build_object(
            'op', 'set', 'org', n.id, 'name', case when f.place = 0 then o.name else n.name end,
            'field', f.field, 'from', f.was, 'to', f.becomes) as record
          from (values
            \(values.joined(separator: ",\n      "))) f (place, field, was, becomes)
          where o.id = n.id and o.created_at = n.created_at and f.was is distinct from f.becomes
          union all
          select 100, \(whole("delete", "o"))
          where o.id <> n.id or o.created_at <> n.created_at
          union all
          select 101, \(whole("create", "n"))
          where o.id <> n.id or o.created_at <> n.created_at) c
      order by number, c.place;
      if found then
        perform orgman.note();
      end if;
      """
  }

  // MARK: Members

  private var memberTriggers: [String] {
    let table = sql.members
    func record(_ operation: String, from source: String) -> String {
      """
      insert into orgman.change (transaction, organization, member, record)
      with \(names(of: source))
      select pg_current_xact_id(), \(sql.recordedKey("r.org")), \(sql.recordedKey("r.member")),
        jsonb_strip_nulls(\(membership(operation, "r", name: "k.name")))
      from (
        \(memberRows(source))) r
        join names k on k.key = r.key
      order by r.number;
      """
    }
    func noted(_ event: String = "") -> String {
      """
      if found then\(event.isEmpty ? "" : "\n" + event.indented(2))
        perform orgman.note();
      end if;
      """
    }
    func removal(_ source: String) -> String {
      "\(gone(source))\n\(record("remove", from: source))\n\(noted(moveDeletions))"
    }
    let declare = "declare\n  gone text[];\n  last bigint;\n"
    return trigger("members", on: table, .insert, record("add", from: "new_rows") + "\n" + noted())
      + trigger(
        "members", on: table, .update, declare: declare,
        "\(gone("old_rows"))\n\(memberUpdate)\n\(noted(moveDeletions))")
      + trigger("members", on: table, .delete, declare: declare, removal("old_rows"))
      + trigger("members", on: table, .truncate, declare: declare, removal(table))
  }

  /// The names of the organizations in a table of members. Where the organization is gone in this transaction, the record of
  /// that has it.
  private func names(of source: String) -> String {
    """
    names as materialized (
        select k.key, coalesce(
          (select \(sql.text(.name, "o")) from \(sql.organizations) o where \(sql.id("o")) = k.key),
          (
            select c.record ->> 'name' from orgman.change c
            where c.organization = \(sql.recordedKey("k.key::text")) and c.transaction = pg_current_xact_id()
              and c.member is null and c.record ->> 'op' = 'delete'
            order by c.place desc limit 1)) as name
        from (select distinct \(sql.memberOrganization("t")) as key from \(source) t) k)
    """
  }

  /// The rows of a table as records have them.
  private func memberRows(_ source: String, all: Bool = false) -> String {
    let organization = sql.memberOrganization("t")
    let filter = all ? "" : "\n  where \(organization) is not null and \(sql.userOrder("t")) is not null"
    return """
      select row_number() over () as number, \(organization) as key, \(organization)::text collate "C" as org,
          \(sql.user("t")) collate "C" as member, \(sql.role("t")) as role, \(sql.joinedText("t")) as joined_at
        from \(source) t\(filter)
      """
  }

  /// The record of a member who is added or removed.
  private func membership(_ operation: String, _ row: String, name: String) -> String {
    """
    jsonb_build_object(
        'op', '\(operation)', 'org', \(row).org, 'name', \(name), 'user', \(row).member,
        '\(operation == "add" ? "to" : "from")', \(row).role, 'joinedAt', \(row).joined_at)
    """
  }

  private var memberUpdate: String {
    let same = "o.org = n.org and o.member = n.member and o.joined_at = n.joined_at"
    return """
      insert into orgman.change (transaction, organization, member, record)
      with \(names(of: "(select \(sql.memberOrganization()) from old_rows union all select \(sql.memberOrganization()) from new_rows)"))
      select pg_current_xact_id(), \(sql.recordedKey("c.record ->> 'org'")), \(sql.recordedKey("c.record ->> 'user'")),
        jsonb_strip_nulls(c.record)
      from (
        \(memberRows("old_rows", all: true))) o
        join (
        \(memberRows("new_rows", all: true))) n using (number)
        left join names a on a.key = o.key
        left join names b on b.key = n.key
        cross join lateral (
          select 0 as place, jsonb_build_object(
            'op', 'role', 'org', n.org, 'name', b.name, 'user', n.member, 'from', o.role, 'to', n.role) as record
          where \(same) and o.role <> n.role
          union all
          select 1, \(membership("remove", "o", name: "a.name"))
          where (\(same)) is not true and o.org is not null and o.member is not null
          union all
          select 2, \(membership("add", "n", name: "b.name"))
          where (\(same)) is not true and n.org is not null and n.member is not null) c
      order by number, c.place;
      """
  }

  /// Notes the organizations of members that are gone: of all while a table is emptied.
  private func gone(_ source: String) -> String {
    let condition =
      source == sql.members
      ? ""
      : " where (select true from \(sql.organizations) o where \(sql.id("o")) = k.key) is null"
    return """
      gone := array(
        select \(sql.recordedKey("k.key::text"))
        from (select distinct \(sql.memberOrganization("t")) as key from \(source) t) k\(condition));
      """
  }

  /// Members are gone before their organization: what takes it back in reverse order adds them to one that is there. The
  /// server calls the triggers the other way around, so the record of the organization moves to the end.
  private var moveDeletions: String {
    """
    if gone <> '{}' then
      select coalesce(max(counted), 0) into last from orgman.history where transaction = pg_current_xact_id();
      update orgman.change c set place = default,
        -- It isn't counted twice.
        record = case when c.place > last then c.record else c.record || '{"counted": true}' end
      where c.transaction = pg_current_xact_id() and c.member is null and c.record ->> 'op' = 'delete'
        and c.organization = any (gone)
        and not exists (
          select from orgman.change l
          where l.transaction = c.transaction and l.organization = c.organization and l.place > c.place
            and l.member is null and l.record ->> 'op' in ('create', 'delete'));
    end if;
    """
  }
}
