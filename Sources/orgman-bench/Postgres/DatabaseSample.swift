import Glibc

/// The generated data in a database: the same in every run, but for the ids of members' rows.
struct DatabaseSample {
  let scale: Scale
  /// The database's address.
  let address: String
  /// An organization with twelve members, and its name.
  private(set) var organization = ""
  private(set) var name = ""
  /// Its last member, whose role is edited, and the one before, whose role another program changes. Neither is an owner.
  private(set) var user = ""
  private(set) var otherUser = ""
  /// The size of the database in bytes.
  private(set) var bytes = 0

  /// Makes the data, unless they are there already.
  init(_ scale: Scale, at address: String, orgman: String) throws(BenchFailure) {
    (self.scale, self.address) = (scale, address)
    let psql = try Psql(address)
    if try psql.run("select count(*) from pg_class where relname = 'organizations';").first == "0" {
      progress("\(scale.rawValue): making \(scale.members.grouped) members")
      for statement in Self.statements(scale.organizations) { try psql.run(statement) }
      _ = try run([orgman, "init", address])
      try psql.run("vacuum analyze;")
    }
    let values = try psql.run(
      """
      select o.id, o.name, (array_agg(m.user_id order by m.joined_at, m.user_id))[11:12] from organizations o \
      join organization_members m on m.org_id = o.id where o.id = md5('organization 17')::uuid group by 1, 2;
      update organization_members set role = 'owner' where org_id = md5('organization 17')::uuid and role <> 'owner' \
      and id = (select id from organization_members where org_id = md5('organization 17')::uuid order by joined_at limit 1);
      select pg_database_size(current_database());
      """)
    let fields = values.first?.split(separator: "|").map(String.init) ?? []
    guard values.count == 2, fields.count == 3 else { throw BenchFailure("the data aren't the benchmark's") }
    (organization, name, bytes) = (fields[0], fields[1], Int(values[1]) ?? 0)
    let users = fields[2].dropFirst().dropLast().split(separator: ",").map(String.init)
    guard users.count == 2 else { throw BenchFailure("the data aren't the benchmark's") }
    (otherUser, user) = (users[0], users[1])
    try psql.run(
      """
      update organization_members set role = 'member' where org_id = '\(organization)' \
      and user_id in ('\(user)', '\(otherUser)') and role <> 'member';
      """)
  }

  /// What makes the tables of the service: filled first, as constraints and indexes take less time afterwards.
  private static func statements(_ count: Int) -> [String] {
    let time = """
      timestamptz '2023-01-01 00:00:00+00' + make_interval(secs => (hashint8extended(%, 1) & 131071) * 963)
      """
    return [
      "set jit = off; set synchronous_commit = off;",
      """
      create table organizations (
        id uuid not null default gen_random_uuid(), name varchar(200) not null, display_name varchar(255),
        created_at timestamptz default now(), updated_at timestamptz default now(),
        plan_tier varchar(50) default 'founders_friend', max_seats int default 1,
        lago_customer_id varchar(255), stripe_customer_id varchar(255),
        status varchar(50) default 'active' check (status in ('active', 'suspended', 'deleted')));
      create table organization_members (
        id uuid not null default gen_random_uuid(), org_id uuid not null, user_id varchar(255) not null,
        role varchar(50) not null check (role in ('owner', 'admin', 'member', 'billing_admin')),
        joined_at timestamptz default now());
      """,
      """
      insert into organizations (id, name, created_at, plan_tier, lago_customer_id, stripe_customer_id, status)
      select md5('organization ' || n)::uuid,
        (array['Acme', 'Globex', 'Initech', 'Umbrella', 'Stark', 'Wayne', 'Hooli', 'Vandelay', 'Wonka', 'Tyrell',
          'Société Générale', 'Ünïted', 'Кириллица', '中文公司', 'Zoë''s'])[1 + (hashint4(n) & 1023) % 15] || ' ' ||
        (array['Corp', 'Labs', 'Systems', 'Group', 'Energy', 'Health', 'Bakery', 'Marine'])[1 + ((hashint4(n) >> 10) & 7)]
          || ' ' || n,
        \(time.replacing("%", with: "n")),
        (array['founders_friend', 'founders_friend', 'starter', 'professional', 'enterprise'])
          [1 + ((hashint4(n) >> 20) & 255) % 5],
        case when hashint4(n + 1) & 1 = 0 then 'lago_cust_' || (1000 + n) end,
        case when hashint4(n + 1) & 2 = 0 then 'cus_' || left(md5('stripe ' || n), 14) end,
        (array['active', 'active', 'active', 'active', 'active', 'suspended', 'deleted'])
          [1 + (hashint4(n + 2) & 1023) % 7]
      from generate_series(1, \(count)) n;
      """,
      // Each ten organizations have a hundred members, and each user is in 3.3 organizations.
      """
      insert into organization_members (org_id, user_id, role, joined_at)
      select md5('organization ' || n)::uuid, 'user_' || u || '_' || left(md5('user ' || u), 8),
        case when m = 0 then 'owner' else
          (array['member', 'member', 'owner', 'billing_admin'])[1 + (hashint8extended(n * 64::bigint + m, 2) & 3)] end,
        \(time.replacing("%", with: "(n * 64::bigint + m)"))
      from generate_series(1, \(count)) n
        cross join lateral generate_series(0, (array[0, 1, 2, 3, 4, 6, 10, 12, 20, 42])[1 + n % 10] - 1) m
        cross join lateral (
          select 1 + ((hashint4(n) & 1073741823) + m * \(7 * count / 100 + 1)::bigint) % \(3 * count) as u) users;
      """,
      """
      alter table organizations add primary key (id), add unique (name);
      alter table organization_members add primary key (id), add unique (org_id, user_id),
        add foreign key (org_id) references organizations (id) on delete cascade;
      create index on organization_members (org_id);
      create index on organization_members (user_id);
      create index on organization_members (role);
      """,
    ]
  }
}
