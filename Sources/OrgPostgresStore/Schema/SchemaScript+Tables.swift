extension SchemaScript {
  /// The statements that create the service's own tables, as the service does.
  var serviceTables: [String] {
    let schema = shape.server.schema.asIdentifier
    let id: String
    var extensions: [String] = []
    switch shape.server.uuids {
    case .installed(let schema): id = "\(schema.asIdentifier).uuid_generate_v4()"
    case .creatable:
      id = "\(schema).uuid_generate_v4()"
      extensions = [
        "-- Let ids be made.\ncreate extension if not exists \"uuid-ossp\" with schema \(schema);"
      ]
    case .unavailable: id = "gen_random_uuid()"
    }
    return extensions + tables(schema, id: id) + serviceIndexes(schema) + updateTrigger(schema)
  }

  private func tables(_ schema: String, id: String) -> [String] {
    let organization = "org_id uuid not null references \(schema).organizations (id) on delete cascade"
    return [
      """
      -- Create the table of organizations.
      create table \(schema).organizations (
        id uuid primary key default \(id),
        name varchar(200) not null unique,
        display_name varchar(255),
        logo_url text,
        created_at timestamptz default now(),
        updated_at timestamptz default now(),
        plan_tier varchar(50) default 'founders_friend',
        max_seats integer default 1,
        lago_customer_id varchar(255),
        stripe_customer_id varchar(255),
        status varchar(50) default 'active' check (status in ('active', 'suspended', 'deleted'))
      );
      """,
      """
      -- Create the table of members.
      create table \(schema).organization_members (
        id uuid primary key default \(id),
        \(organization),
        user_id varchar(255) not null,
        role varchar(50) not null check (role in ('owner', 'admin', 'member', 'billing_admin')),
        joined_at timestamptz default now(),
        unique (org_id, user_id)
      );
      """,
      """
      -- Create the table of quotas.
      create table \(schema).organization_quotas (
        id uuid primary key default \(id),
        \(organization),
        resource_type varchar(50) not null
          check (resource_type in ('llm_calls', 'storage_gb', 'agents', 'seats')),
        limit_value bigint not null,
        used_value bigint default 0,
        reset_period varchar(20) default 'monthly' check (reset_period in ('daily', 'monthly', 'never')),
        last_reset timestamptz default now(),
        unique (org_id, resource_type)
      );
      """,
      """
      -- Create the table of invitations.
      create table \(schema).organization_invitations (
        id uuid primary key default \(id),
        \(organization),
        email varchar(255) not null,
        role varchar(50) not null default 'member',
        invited_by varchar(255),
        created_at timestamptz default now(),
        expires_at timestamptz default now() + interval '7 days',
        accepted boolean default false,
        accepted_at timestamptz
      );
      """,
      """
      -- Create the table of settings.
      create table \(schema).organization_settings (
        id uuid primary key default \(id),
        \(organization) unique,
        settings jsonb default '{}'
      );
      """,
      """
      -- Create the service's audit log.
      create table \(schema).organization_audit_log (
        id uuid primary key default \(id),
        \(organization),
        user_id varchar(255),
        action varchar(100) not null,
        resource_type varchar(100),
        resource_id varchar(255),
        details jsonb,
        ip_address inet,
        user_agent text,
        created_at timestamptz default now()
      );
      """,
    ]
  }

  private func serviceIndexes(_ schema: String) -> [String] {
    ["org_id", "user_id", "role"].map { column in
      """
      -- Index the members by \(column).
      create index idx_organization_members_\(column) on \(schema).organization_members (\(column));
      """
    }
  }

  private func updateTrigger(_ schema: String) -> [String] {
    [
      """
      -- Keep the time of the last change of an organization.
      create function \(schema).update_updated_at_column() returns trigger language plpgsql as $$
      begin
        new.updated_at = now();
        return new;
      end $$;
      """,
      """
      -- Have it called.
      create trigger update_organizations_updated_at before update on \(schema).organizations
        for each row execute function \(schema).update_updated_at_column();
      """,
    ]
  }

  /// The statements that create orgman's own tables.
  var ownTables: [String] {
    [
      "-- Make room for what orgman keeps.\ncreate schema orgman;",
      """
      -- Keep the version of this schema.
      create table orgman.version (number integer not null);
      """,
      "-- It is filled in at the end.\ninsert into orgman.version values (0);",
      """
      -- Keep the number of the last generation, and how much there is: one row.
      create table orgman.revision (
        single boolean primary key default true check (single),
        generation bigint not null default 0,
        organizations bigint not null default 0,
        members bigint not null default 0
      ) with (fillfactor = 10);
      """,
      "-- It begins with nothing.\ninsert into orgman.revision default values;",
      """
      -- Keep who changed something and when: one row for each transaction.
      create table orgman.history (
        transaction xid8 primary key,
        -- Tells a transaction from one of the same number on the server that this was restored from.
        started timestamptz not null default now(),
        -- In the order of the commits. Null until then; it stays null where a transaction of the isolation level
        -- REPEATABLE READ met with another, until orgman.settle().
        generation bigint unique,
        at timestamptz not null default now(),
        kind text not null,
        subject bigint,
        actor jsonb not null,
        note text,
        -- What files say of a generation beyond that: generations that it reverted, and changes that were refused.
        details jsonb,
        -- Who was logged in to the server, whatever actor says.
        login name not null default session_user,
        -- How many of its changes were erased since.
        erased integer not null default 0,
        -- Whether its changes are counted, and up to which.
        settled boolean not null default false,
        counted bigint not null default 0
      );
      """,
      "-- Find the history of a time.\ncreate index history_at on orgman.history (at);",
      """
      -- Find what isn't settled yet.
      create index history_unsettled on orgman.history (transaction) where not settled;
      """,
      """
      -- Keep each change: orgman's record of it, and what it is looked up by.
      create table orgman.change (
        transaction xid8 not null,
        place bigint generated always as identity,
        organization text not null,
        member text,
        record jsonb not null,
        primary key (transaction, place)
      );
      """,
      """
      -- Find the changes of an organization.
      create index change_organization on orgman.change (organization, transaction);
      """,
      """
      -- Find the changes of a user.
      create index change_member on orgman.change (member, transaction) where member is not null;
      """,
      """
      -- Keep how many members of an organization have each role.
      create table orgman.role_count (
        organization \(shape.idType) not null,
        role text not null,
        members bigint not null,
        primary key (organization, role)
      );
      """,
      Self.rareRoles,
    ] + keptTables
  }
}
