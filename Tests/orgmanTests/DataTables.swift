import Foundation
import PostgresTesting
import TerminalTesting
import Testing

/// A database of a test's own with the tables of the service, prepared by `orgman init` and dropped with it.
final class DataTables: TestData {
  let database: Database
  private let scratch: TemporaryDirectory
  private let session: Session

  /// A copy of a database.
  private init(_ template: Database) throws {
    scratch = try TemporaryDirectory()
    database = try template.server.database("data", template: template)
    session = try database.connect()
  }

  convenience init(_ records: [Record]) throws {
    try self.init(try Self.empty.get())
    if !records.isEmpty {
      // Times that are alike would leave the order to the ids.
      try Self.fill(session, Record.files(records), between: "1 microsecond")
      try Self.forget(session)
    }
  }

  deinit { try? database.drop() }

  static func reference() throws -> DataTables { try DataTables(try filled.get()) }

  // MARK: Templates

  private static let empty = Result {
    let database = try PostgresServer.shared.database("empty")
    let output = try run(try builtProduct("orgman"), ["init", database.url])
    try #require(output.status == .exited(0), "\(output.stderr)")
    return database
  }

  private static let filled = Result {
    let database = try PostgresServer.shared.database("filled", template: try empty.get())
    let files = try DataFiles.reference()
    let session = try database.connect()
    let texts = (try files.text(DataFiles.organizations), try files.text(DataFiles.users))
    try fill(session, texts, between: "0")
    try forget(session)
    return database
  }

  /// Adds what two files hold, with more time between one record and the next.
  private static func fill(
    _ session: Session, _ files: (organizations: String, users: String), between: String
  ) throws {
    try session.query(
      """
      begin;
      \(uuids)
      insert into organizations (id, name, created_at, plan_tier, lago_customer_id, stripe_customer_id, status)
      select pg_temp.uuid(key), value ->> 'name',
        (value ->> 'created_at')::timestamp at time zone 'UTC' + place * interval \(between.literal),
        value ->> 'plan_tier', value ->> 'lago_customer_id', value ->> 'stripe_customer_id', value ->> 'status'
      from json_each(\(files.organizations.literal)) with ordinality file (key, value, place);
      insert into organization_members (org_id, user_id, role, joined_at)
      select pg_temp.uuid(key), member ->> 'user_id', member ->> 'role',
        (member ->> 'joined_at')::timestamp at time zone 'UTC' + place * interval \(between.literal)
      from json_each(\(files.users.literal)) file (key, value),
        json_array_elements(value) with ordinality list (member, place);
      commit
      """)
  }

  /// As `id(_:)` does it.
  private static let uuids = """
    create or replace function pg_temp.uuid(id text) returns uuid language sql as $$
      select case when length(id) = 40 then substr(id, 5)
        else rpad(encode(convert_to(substr(id, 5), 'UTF8'), 'hex'), 32, '0') end::uuid $$;
    """

  /// Begins the history anew.
  private static func forget(_ session: Session) throws {
    try session.query("truncate orgman.history, orgman.change; update orgman.revision set generation = 0")
  }

  // MARK: What is there

  var address: String { database.url }
  var directory: String { scratch.path }

  /// The UUID in an id, or one that sorts as the id does.
  func id(_ id: String) -> String {
    guard id.hasPrefix("org_"), id.utf8.count < 40 else {
      return id.hasPrefix("org_") ? String(id.dropFirst(4)) : id
    }
    let digits = id.dropFirst(4).utf8.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    var text = digits + String(repeating: "0", count: max(0, 32 - digits.count))
    for place in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
    return text
  }

  private func key(_ id: String) -> String { self.id(id).literal + "::uuid" }

  func contents() throws -> [String] {
    try [
      "select to_jsonb(o) - 'updated_at' from organizations o order by created_at, id",
      "select to_jsonb(m) - 'id' from organization_members m order by org_id, joined_at, user_id",
    ].map { try session.query($0).map { $0[0] ?? "" }.joined(separator: "\n") }
  }

  func contain(_ earlier: [String]) throws -> Bool {
    try zip(contents(), earlier).allSatisfy {
      Set($0.components(separatedBy: "\n")).isSuperset(of: $1.components(separatedBy: "\n"))
    }
  }

  func organizations() throws -> [[String: Any]] {
    let rows = try session.query(
      """
      select json_build_object('id', id, 'name', name, 'created_at', \(Self.text("created_at")), 'plan_tier', plan_tier,
        'lago_customer_id', lago_customer_id, 'stripe_customer_id', stripe_customer_id, 'status', status)
      from organizations order by created_at, id
      """)
    return try rows.map { row in
      try #require(JSONSerialization.jsonObject(with: Data((row[0] ?? "").utf8)) as? [String: Any])
    }
  }

  /// A time as the files have it.
  private static func text(_ time: String) -> String {
    "replace(to_char(\(time) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
  }

  func memberRecords(of id: String) throws -> [[String: String]] {
    try session.query(
      """
      select org_id::text, user_id, role, \(Self.text("joined_at")) from organization_members
      where org_id = \(key(id)) order by joined_at, user_id
      """
    ).map {
      Dictionary(uniqueKeysWithValues: zip(["org_id", "user_id", "role", "joined_at"], $0.map { $0 ?? "" }))
    }
  }

  func hold(_ records: [Record]) throws -> Bool {
    let rows = try session.query(
      """
      select o.id || coalesce(' ' || lago_customer_id, '') || format(' %s %s %s: ', name, plan_tier, status) || coalesce(
        (select string_agg(user_id || ' ' || role, ', ' order by user_id collate "C") from organization_members m
        where m.org_id = o.id), '')
      from organizations o order by o.id
      """)
    let expected = records.map { record in
      "\(id(record.id))\(record.lago.map { " " + $0 } ?? "") \(record.name) \(record.plan) \(record.status): "
        + record.members.sorted { $0.0 < $1.0 }.map { "\($0) \($1)" }.joined(separator: ", ")
    }
    return rows.map { $0[0] ?? "" } == expected.sorted()
  }

  func check() throws {
    #expect(try session.query("select orgman.recount()") == [["0"]])
    #expect(try session.query("select count(*) from orgman.history where generation is null") == [["0"]])
  }

  func historySize() throws -> Int {
    Int(try session.query("select generation from orgman.revision")[0][0] ?? "") ?? 0
  }

  // MARK: What others do

  func set(_ field: String, of id: String, to value: String?) throws {
    let value = value?.literal ?? "null"
    try expectOne("update organizations set \(field) = \(value) where id = \(key(id)) returning 1")
  }

  func add(_ records: [Record]) throws { try Self.fill(session, Record.files(records), between: "1 second") }

  func add(_ user: String, to id: String, _ role: String) throws {
    try expectOne(
      """
      insert into organization_members (org_id, user_id, role)
      values (\(key(id)), \(user.literal), \(role.literal)) returning 1
      """)
  }

  func remove(_ user: String, from id: String) throws {
    try expectOne(
      "delete from organization_members where org_id = \(key(id)) and user_id = \(user.literal) returning 1")
  }

  func setRole(of user: String, in id: String, to role: String) throws {
    try expectOne(
      """
      update organization_members set role = \(role.literal)
      where org_id = \(key(id)) and user_id = \(user.literal) returning 1
      """)
  }

  private func expectOne(_ sql: String) throws {
    let rows = try session.query(sql)
    try #require(rows.count == 1, "\(sql)")
  }

  func write(_ records: [Record]) throws {
    let (organizations, users) = Record.files(records)
    try session.query(
      """
      begin;
      \(Self.uuids)
      create temporary table wanted on commit drop as
        select pg_temp.uuid(key) as org, value from json_each(\(organizations.literal)) file (key, value);
      create temporary table wanted_members on commit drop as
        select pg_temp.uuid(key) as org, member ->> 'user_id' as user_id, member ->> 'role' as role
        from json_each(\(users.literal)) file (key, value), json_array_elements(value) list (member);
      delete from organizations o where not exists (select from wanted where org = o.id);
      update organizations o set name = value ->> 'name', plan_tier = value ->> 'plan_tier',
        lago_customer_id = value ->> 'lago_customer_id', status = value ->> 'status'
        from wanted where org = o.id;
      insert into organizations (id, name, plan_tier, lago_customer_id, status)
        select org, value ->> 'name', value ->> 'plan_tier', value ->> 'lago_customer_id', value ->> 'status'
        from wanted on conflict do nothing;
      delete from organization_members m
        where not exists (select from wanted_members w where w.org = m.org_id and w.user_id = m.user_id);
      insert into organization_members (org_id, user_id, role) select org, user_id, role from wanted_members
        on conflict (org_id, user_id) do update set role = excluded.role;
      commit
      """)
  }

  func holdUp() throws -> Holder {
    let session = try database.connect()
    try session.query("begin; select from organizations for update")
    return Holder { _ = try? session.query("rollback") }
  }
}

extension String {
  /// The text in quotes, as SQL has it.
  fileprivate var literal: String { "'\(replacing("'", with: "''"))'" }
}
