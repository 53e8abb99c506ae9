/// The service's tables as admins find them: made by hand, with columns that orgman knows nothing of, one of them secret.
public enum HandMadeTables: CaseIterable, Sendable {
  /// Ids are UUIDs, and roles and statuses are checked texts.
  case uuids
  /// Ids are texts, roles are of an enumeration in capitals, and there is a flag instead of a status.
  case enumeration
  /// As `uuids`, but nothing is checked or required that a service can do without.
  case unchecked

  /// A database with them.
  public func database() throws -> Database {
    let database = try PostgresServer.shared.database("made_\(self)")
    try database.run(sql)
    return database
  }

  /// What creates them.
  public var sql: String {
    switch self {
    case .uuids:
      organizations(name: "varchar(200) unique not null", status: Self.statuses) + members(Self.roles)
    case .unchecked: organizations(name: "text", status: "") + members("")
    case .enumeration: Self.enumerated
    }
  }

  /// The column of members that has their organization's id.
  public var organizationColumn: String { self == .enumeration ? "organization_id" : "org_id" }
  /// A role as it is written.
  public func role(_ name: String) -> String { self == .enumeration ? name.uppercased() : name }

  private static let statuses = "check (status in ('active', 'suspended', 'deleted'))"
  private static let roles = "not null check (role in ('owner', 'admin', 'member', 'billing_admin'))"

  private func organizations(name: String, status: String) -> String {
    """
    create extension if not exists "uuid-ossp";
    create table organizations (
      id uuid primary key default uuid_generate_v4(), name \(name), display_name varchar(255), logo_url text,
      created_at timestamptz default now(), updated_at timestamptz default now(),
      plan_tier varchar(50) default 'founders_friend', max_seats int default 1, lago_customer_id varchar(255),
      stripe_customer_id varchar(255), status varchar(50) default 'active' \(status),
      is_service_account boolean default false, is_default boolean default false,
      subscription_tier varchar(64), tier_id int, slug varchar(255), litellm_gateway_key_id varchar(255),
      litellm_gateway_key_encrypted text default 'the secret');
    create function touch() returns trigger language plpgsql as $$
      begin new.updated_at = now(); return new; end $$;
    create trigger touch before update on organizations for each row execute function touch();
    create table organization_settings (
      org_id uuid unique not null references organizations on delete cascade, settings jsonb);
    create table organization_audit_log (
      org_id uuid not null references organizations on delete cascade, action varchar(100));
    create table subscription_tiers (tier_code varchar(50) unique, team_seats int, lago_plan_code varchar(100));

    """
  }

  private func members(_ role: String) -> String {
    """
    create table organization_members (
      id uuid primary key default uuid_generate_v4(), org_id uuid not null references organizations on delete cascade,
      user_id varchar(255) not null, role varchar(50) \(role), joined_at timestamptz default now(),
      is_default boolean default false, unique (org_id, user_id));
    create index on organization_members (org_id);
    create index on organization_members (user_id);
    create index on organization_members (role);
    """
  }

  private static let enumerated = """
    create type organizationrole as enum ('OWNER', 'ADMIN', 'MEMBER', 'VIEWER');
    create table organizations (
      id varchar(36) primary key, name varchar(255) not null, slug varchar(100), plan_tier varchar(50),
      lago_customer_id varchar(255), stripe_customer_id varchar(255), is_active boolean not null default true,
      created_at timestamp default now(), updated_at timestamp default now(),
      litellm_gateway_key_encrypted text default 'the secret');
    create table organization_members (
      id varchar(36) primary key, organization_id varchar(36) not null references organizations (id) on delete cascade,
      user_id varchar(255) not null, role organizationrole not null default 'MEMBER', invited_by varchar(36),
      joined_at timestamp default now(), unique (organization_id, user_id));
    """
}
