extension SchemaScript {
  /// The statements that create what the triggers share, and what can be called.
  ///
  /// All of it runs with the rights of who installs, so those who write to the service's tables need none; and with a search
  /// path that nobody else can put anything into. A transaction of others never fails for what a row holds.
  var functions: [String] {
    [isRecording, note, settle, advance, constraint, countAll, recountFunction]
  }

  /// What each function begins with.
  ///
  /// - Parameter settings: further settings for as long as it runs.
  static func header(_ name: String, returns: String, settings: String = "") -> String {
    """
    create or replace function orgman.\(name) returns \(returns) language plpgsql security definer
      set search_path = pg_catalog, pg_temp\(settings) as $orgman$
    """
  }

  /// Whether triggers are to record anything. A service may change its tables at any time: a trigger that looked for a column
  /// that is gone would fail, and so would each of the service's writes.
  private var isRecording: String {
    func columns(_ table: TableShape.Table?) -> String {
      guard let table else { return "null" }
      let names = shape.knownColumns(of: table).map(\.name).filter {
        $0 != "id" || table == shape.organizations
      }
      return """
        (
          select string_agg(attname || ' ' || format_type(atttypid, null), ', ' order by attname)
          from pg_attribute
          where attrelid = to_regclass(\(table.reference.asLiteral)) and attnum > 0 and not attisdropped
            and attname = any ('{\(names.map { "\"\($0)\"" }.joined(separator: ","))}'::name[]))
        """
    }
    func expected(_ table: TableShape.Table?) -> String {
      (table.map(shape.fingerprint(of:)) ?? "").asLiteral
    }
    return """
      -- Tell whether changes are recorded: not while the owner loads data, and not where columns have changed.
      \(Self.header("is_recording()", returns: "boolean", settings: "\n  set quote_all_identifiers = off"))
      declare
        present xid8 := pg_current_xact_id();
      begin
        if coalesce(current_setting('orgman.loading', true), '') = 'on' and pg_has_role(
          session_user, (select nspowner from pg_namespace where nspname = 'orgman'), 'member') then
          return false;
        end if;
        if \(columns(shape.organizations).indented(2).trimmedStart)
          is distinct from \(expected(shape.organizations))
          or \(columns(shape.members).indented(2).trimmedStart)
          is distinct from \(expected(shape.members)) then
          perform orgman.note('Changes weren''t recorded: the columns have changed. Run orgman init again.');
          return false;
        end if;
        -- In a copy of the data, transactions have the numbers of others again.
        if exists (select from orgman.history where transaction = present and started <> now()) then
          update orgman.change set transaction = orgman.former(present) where transaction = present;
          update orgman.history set transaction = orgman.former(present) where transaction = present;
        end if;
        return true;
      end $orgman$;
      """
  }

  private var note: String {
    """
    -- Make an entry in the history for this transaction, unless it has one: what orgman says of it, or who is logged in.
    \(Self.header("note(remark text default null)", returns: "void"))
    declare
      present xid8 := pg_current_xact_id();
      said text := current_setting('orgman.entry', true);
      entry jsonb;
      entry_kind text;
      entry_subject bigint;
      entry_actor jsonb;
      entry_note text;
    begin
      if exists (select from orgman.history where transaction = present) then
        update orgman.history set settled = false where transaction = present and settled;
        return;
      end if;
      if said <> '' then
        begin
          entry := said::jsonb;
          entry_kind := entry ->> 'kind';
          entry_subject := (entry ->> 'subject')::bigint;
          entry_actor := nullif(entry -> 'actor', 'null');
          entry_note := entry ->> 'note';
        exception when others then
          entry_kind := null;
          entry_actor := null;
          entry_note := null;
        end;
      end if;
      insert into orgman.history (transaction, kind, subject, actor, note) values (
        present, coalesce(entry_kind, 'foreign'), entry_subject,
        coalesce(entry_actor, jsonb_strip_nulls(jsonb_build_object(
          'uid', 0, 'user', session_user, 'login', nullif(current_setting('application_name', true), ''),
          'host', coalesce(host(inet_client_addr()), 'local')))),
        nullif(concat_ws(' ', entry_note, remark), ''));
    end $orgman$;
    """
  }

  private var settle: String {
    """
    -- Number the entries that have no number yet, and count what they changed. Others wait until this transaction ends.
    \(Self.header("settle()", returns: "bigint"))
    declare
      present bigint;
      entry record;
      change record;
      organization_change bigint := 0;
      member_change bigint := 0;
      is_any boolean := false;
      empty jsonb;
    begin
      select generation into present from orgman.revision for update;
      for entry in
        select h.transaction, h.generation, h.counted from orgman.history h where not h.settled
        order by h.transaction = pg_current_xact_id_if_assigned() nulls first, h.transaction
      loop
        select coalesce(max(place), entry.counted) as last,
          count(*) filter (where member is null and record ->> 'op' = 'create')
            - count(*) filter (where member is null and record ->> 'op' = 'delete' and not record ? 'counted')
            as organizations,
          count(*) filter (where record ->> 'op' = 'add') - count(*) filter (where record ->> 'op' = 'remove') as members,
          count(member) > 0 as has_members
        into change
        from orgman.change where transaction = entry.transaction and place > entry.counted;
        organization_change := organization_change + change.organizations;
        member_change := member_change + change.members;
        if change.has_members then
          with counted as (
            insert into orgman.role_count as c (organization, role, members)
            select (record ->> 'org')::\(shape.idType), \(sql.countedRole("r.role")), sum(r.change)
            from orgman.change
              cross join lateral (values (record ->> 'from', -1), (record ->> 'to', 1)) r (role, change)
            where transaction = entry.transaction and place > entry.counted
              and member is not null and r.role is not null
            group by 1, 2 having sum(r.change) <> 0
            on conflict (organization, role) do update set members = c.members + excluded.members
            returning c.organization, c.role, c.members)
          select jsonb_agg(jsonb_build_array(organization, role)) into empty from counted where members = 0;
          if empty is not null then
            delete from orgman.role_count c using jsonb_array_elements(empty) e
            where c.organization = (e ->> 0)::\(shape.idType) and c.role = e ->> 1;
          end if;
        end if;
        if entry.generation is null then
          present := present + 1;
        end if;
        update orgman.history set settled = true, counted = change.last,
          generation = coalesce(generation, present), at = clock_timestamp()
        where transaction = entry.transaction;
        is_any := true;
      end loop;
      if is_any then
        update orgman.revision set generation = present, organizations = organizations + organization_change,
          members = members + member_change;
        perform pg_notify('orgman', present::text);
      end if;
      return present;
    end $orgman$;
    """
  }

  private var advance: String {
    """
    -- Settle this transaction when it commits. One that can't see what others committed meanwhile leaves it to the next.
    \(Self.header("advance()", returns: "trigger"))
    begin
      if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
        begin
          perform orgman.settle();
        exception when serialization_failure then
          perform pg_notify('orgman', 'unsettled');
        end;
      else
        perform orgman.settle();
      end if;
      return null;
    end $orgman$;
    """
  }

  private var constraint: String {
    """
    -- Call it once in a transaction, at its end.
    do $orgman$ begin
      if not exists (select from pg_catalog.pg_trigger where tgrelid = 'orgman.history'::regclass and tgname = 'advance') then
        create constraint trigger advance after insert or update of settled on orgman.history
          deferrable initially deferred for each row when (not new.settled) execute function orgman.advance();
      end if;
    end $orgman$;
    """
  }

  private var countAll: String {
    """
    -- Count everything, and correct what differs; the answer is how many counts did. The tables must be locked.
    \(Self.header("count_all()", returns: "bigint"))
    declare
      wrong bigint;
      organization_count bigint;
      member_count bigint;
    begin
      with present as materialized (
        select \(sql.memberOrganization()) as organization, \(sql.countedRole(sql.role())) as role, count(*) as members
        from \(sql.members) where \(sql.memberOrganization()) is not null and \(sql.userOrder()) is not null
        group by 1, 2),
      gone as (
        delete from orgman.role_count c
        where not exists (
          select from present p where p.organization = c.organization and p.role = c.role)
        returning 1),
      changed as (
        insert into orgman.role_count as c (organization, role, members)
        select p.organization, p.role, p.members from present p
          left join orgman.role_count k on k.organization = p.organization and k.role = p.role
        where k.members is distinct from p.members
        on conflict (organization, role) do update set members = excluded.members
        returning 1)
      select (select count(*) from gone) + (select count(*) from changed), (select sum(members) from present)
      into wrong, member_count;
      select count(*) into organization_count from \(sql.organizations);
      update orgman.revision set organizations = organization_count, members = coalesce(member_count, 0)
      where organizations <> organization_count or members <> coalesce(member_count, 0);
      return case when found then wrong + 1 else wrong end;
    end $orgman$;
    """
  }

  private var recountFunction: String {
    """
    -- Count everything anew, as after loading data; the answer is how many counts were wrong.
    \(Self.header("recount()", returns: "bigint"))
    declare
      wrong bigint;
    begin
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'orgman.recount() needs the isolation level READ COMMITTED';
      end if;
      lock table \(sql.organizations), \(sql.members) in share row exclusive mode;
      perform orgman.settle();
      wrong := orgman.count_all();
      if wrong > 0 or current_setting('orgman.loading', true) = 'on' then
        perform orgman.note(
          case when current_setting('orgman.loading', true) is distinct from 'on' then
            format('Counted anew: %s count(s) differed.', wrong) end);
        perform orgman.settle();
      end if;
      return wrong;
    end $orgman$;
    """
  }
}

extension String {
  /// Without the spaces that the first line begins with.
  fileprivate var trimmedStart: String { String(drop { $0 == " " }) }
}
