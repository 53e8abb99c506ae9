extension SchemaScript {
  /// The statements that create the tables for what files say and the service's tables have no room for: the exact text of
  /// records in a form of their own, fields that orgman doesn't know, the order, and ids that are no UUIDs.
  var keptTables: [String] {
    [
      """
      -- Keep how far a migration from files has come: one row for the last one.
      create table orgman.migration (
        single boolean primary key default true check (single),
        id uuid not null default gen_random_uuid(),
        -- Where the files are.
        source text not null,
        started timestamptz not null default now(),
        -- Null until everything is in the tables and has been compared with the files.
        finished timestamptz,
        -- The generation that it made then.
        generation bigint,
        -- Indexes that are to be created at the end.
        indexes text[]
      );
      """,
      """
      -- Keep what is around the entries of a file.
      create table orgman.kept_file (
        name text primary key,
        head bytea not null,
        tail bytea not null,
        entries bigint not null,
        size bigint not null,
        sha256 text not null
      );
      """,
      """
      -- Keep entries of a file that belong to no row, such as the members of an organization that there isn't.
      create table orgman.kept_piece (
        name text not null,
        place bigint not null,
        piece bytea not null,
        primary key (name, place)
      );
      """,
      """
      -- Keep what files call organizations, where the id doesn't say it.
      create table orgman.kept_id (
        organization \(shape.idType) primary key,
        id text not null
      );
      """,
      """
      -- Keep what files say of an organization beyond its rows.
      create table orgman.kept_organization (
        organization \(shape.idType) primary key,
        -- Its place among the entries of organizations.json.
        place bigint not null,
        -- Its entry, where that isn't in the usual form.
        record bytea,
        -- The fields in it that the tables have no columns for.
        fields jsonb,
        -- The place of its list among those of org_users.json; null where it has none.
        list_place bigint,
        list bytea,
        -- The fields of its members that the tables have no columns for, by user.
        member_fields jsonb,
        -- Its members in the order of the list, where that isn't the order of their joining.
        members text[],
        -- The SHA-256 of both entries.
        sha256 text not null
      );
      """,
    ]
  }

  /// Ids may have become another type.
  var matchKeptIDs: [String] {
    ["kept_id", "kept_organization"].map { table in
      """
      -- Give the ids of orgman.\(table) the type that they have in the tables.
      alter table orgman.\(table) alter column organization type \(shape.idType) using organization::text::\(shape.idType);
      """
    }
  }
}
