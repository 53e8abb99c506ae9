import Foundation
import OrgCore
import OrgPostgresStore
import PostgresTesting
import Testing

/// What is removed for good from a database.
@Suite(.sideBySide) struct HistoryRemovalTests {
  private static let acme = StoreFixture.acme

  /// All text that orgman and the service keep, to look for a name in.
  private func everything(_ fixture: StoreFixture) throws -> String {
    let tables = [
      "organizations", "organization_members", "orgman.history", "orgman.change", "orgman.role_count",
      "orgman.kept_organization", "orgman.kept_piece", "orgman.kept_id",
    ]
    return try tables.map { table in
      try fixture.value("select coalesce(string_agg(t::text, E'\\n'), '') from \(table) t")
    }.joined(separator: "\n")
  }

  /// As the text of a `bytea`.
  private func hex(_ text: String) -> String {
    text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func `a user is erased from the rows, the history, and the text of files, and screens notice`() throws
  {
    let fixture = try StoreFixture("erase_user")
    defer { try? fixture.database.drop() }
    let store = try fixture.store()
    let manager = OrgManager(store: store)
    _ = try manager.addUser("mallory x", to: Self.acme, role: .member)
    _ = try manager.updateRole(of: "mallory x", in: Self.acme, to: .billingAdmin)
    _ = try store.commit(StoreFixture.plan("gold"))
    let list = #"[{"user_id": "mallory x", "role": "member"}, {"user_id": "cyd"}]"#
    try fixture.session.query(
      """
      insert into orgman.kept_organization (organization, place, list, member_fields, members, sha256) values
        ('\(Self.acme)', 1, '\\x\(hex(list))', '{"mallory x": {"team": 1}, "cyd": {"team": 2}}', array['mallory x', 'cyd'], 'a');
      insert into orgman.kept_piece values ('org_users.json', 3, '\\x\(hex(#""gone": ["mallory x"]"#))'),
        ('org_users.json', 4, '\\x\(hex(#""gone": ["mallory xy"]"#))');
      update orgman.history set note = 'about mallory x' where generation = 2;
      update orgman.history set details = '{"refused": [{"op": "remove", "org": "o", "user": "mallory x", "from": "member"},
        {"op": "remove", "org": "o", "user": "cyd", "from": "member"}]}' where generation = 1;
      """)
    let before = try store.reader()
    let plan = try store.erase(.user("mallory x"), allowingOwnerless: false, isTrial: true)
    #expect(plan.changes.map(\.summary).count == 1)
    #expect(plan.historyCount == 3 && plan.others.count == 1, "\(plan)")
    #expect(try everything(fixture).contains("mallory x"))

    let done = try store.erase(.user("mallory x"))
    #expect(done.changes == plan.changes)
    let rest = try everything(fixture)
    #expect(!rest.contains("mallory x") && !rest.contains(hex(#""mallory x""#)), "\(rest)")
    #expect(rest.contains(hex("mallory xy")) && rest.contains("cyd"))
    let entry = try #require(try store.history().first)
    #expect(entry.kind == .erase && entry.note == "a user was erased" && entry.changes == [])
    #expect(entry.actor.user == "user1000" && entry.erasedCount == 0)
    #expect(try fixture.value("select orgman.recount()") == "0")
    let older = try store.history().filter { $0.generation < entry.generation }
    #expect(older.map(\.erasedCount).reduce(0, +) == 2)
    #expect(older.first { !$0.refused.isEmpty }?.refused.map(\.change.userID) == ["cyd"])
    // What changed can't be said, so everything is read again.
    let after = try store.reader()
    #expect(try after.difference(since: before) == nil)
    #expect(try store.undoable(by: 1000)?.changes.first?.change == StoreFixture.plan("gold").changes.first)
    #expect(try store.erase(.user("mallory x"), allowingOwnerless: false, isTrial: true).isEmpty)
  }

  @Test func `an organization is erased with its members and the notes that have its name`() throws {
    let fixture = try StoreFixture("erase_organization")
    defer { try? fixture.database.drop() }
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    _ = try store.commit(StoreFixture.edit("gold", from: PlanTier.default, role: (.member, .owner)))
    let other = try OrgManager(store: store).createOrganization(name: "Globex")
    try fixture.session.query(
      "update orgman.history set note = 'Acme was here' where generation = (select max(generation) from orgman.history)"
    )
    try store.erase(.organization(Self.acme))
    let rest = try everything(fixture)
    #expect(!rest.contains(Self.acme) && !rest.contains("Acme"), "\(rest)")
    #expect(try store.reader().organizations().map(\.id) == [other])
    #expect(try store.history().first?.note == "an organization was erased")
    #expect(try fixture.value("select organizations || ' ' || members from orgman.revision") == "1 0")
    // Gone from the data, but not from a history that was carried along.
    try fixture.session.query(
      "update orgman.change set organization = 'old', record = record || '{\"org\": \"old\"}'")
    #expect(try store.erase(.organization("old"), allowingOwnerless: false, isTrial: true).historyCount > 0)
    try store.erase(.organization("old"))
    #expect(try fixture.value("select count(*) from orgman.change") == "0")
    #expect(try store.history().first?.kind == .erase)
  }

  @Test
  func `the last owner isn't erased unless that is allowed, nor by a role without the right to the history`()
    throws
  {
    let fixture = try StoreFixture("erase_refused")
    defer { try? fixture.database.drop() }
    let store = try fixture.store()
    try store.erase(.user("bob"))
    #expect(try refusal { try store.erase(.user("ann")) }.code == .lastOwner)
    #expect(try fixture.role(of: "ann") == "owner")
    // Roles belong to the server, which other tests use, too.
    let role = "\(fixture.database.name)_role"
    try fixture.session.query("create role \(role) login")
    try SchemaInstaller(try ConnectionSettings(fixture.database.url), editors: [role]).install()
    let editor = try StoreFixture.store(fixture.database.url(user: role))
    for refused in [
      try refusal { try editor.erase(.user("ann"), allowingOwnerless: true) },
      try refusal { try editor.prune(before: .now()) },
    ] {
      #expect(refused.code == .readOnly && refused.message.contains("owns the schema orgman"), "\(refused)")
    }
    #expect(try fixture.role(of: "ann") == "owner")
    try store.erase(.user("ann"), allowingOwnerless: true)
    #expect(try fixture.role(of: "ann") == "")
  }

  @Test func `the oldest part of the history is removed, and a screen that was away reads everything again`()
    throws
  {
    let fixture = try StoreFixture("prune")
    defer { try? fixture.database.drop() }
    let store = try fixture.store()
    let first = try store.reader()
    for (from, to) in [(PlanTier.default, "a"), ("a", "b"), ("b", "c")] {
      _ = try store.commit(StoreFixture.plan(to, from: from))
    }
    let all = try store.history()
    let newest = try #require(all.first)
    #expect(try store.prune(before: all.last!.time, isTrial: false).isEmpty)
    let plan = try store.prune(before: newest.time, isTrial: true)
    #expect(plan.generations == all.last!.generation...newest.generation - 1)
    #expect(
      plan.beginning == newest.time && plan.changes == all.dropFirst().map(\.changes.count).reduce(0, +))
    #expect(try store.history().count == all.count)
    #expect(try store.prune(before: newest.time) == plan)
    #expect(try store.history() == [newest])
    #expect(try store.reader().difference(since: first) == nil)
    #expect(try store.undoable(by: 1000) == newest)
    _ = try store.commit(StoreFixture.plan("d", from: "c"))
    #expect(try store.newestGeneration() == newest.generation + 1)
    #expect(try fixture.value("select orgman.recount()") == "0")
    let rest = try store.prune(before: Timestamp(microseconds: Timestamp.now().microseconds + 60_000_000))
    #expect(rest.generations == newest.generation...newest.generation + 1 && rest.beginning == nil)
    #expect(try store.history() == [])
  }

  @Test func `the history is pruned by the server's own functions, whatever the search path has`() throws {
    let fixture = try StoreFixture("prune_path")
    defer { try? fixture.database.drop() }
    try fixture.session.query("create schema evil")
    try fixture.session.query(
      "create function evil.top(bigint, bigint) returns bigint language sql as 'select 999999::bigint'")
    try fixture.session.query(
      "create aggregate evil.max(bigint) (sfunc = evil.top, stype = bigint, initcond = '0')")
    try fixture.session.query(
      "alter database \(fixture.database.name) set search_path = evil, pg_catalog, public")
    let store = try fixture.store()
    for (from, to) in [(PlanTier.default, "a"), ("a", "b")] {
      _ = try store.commit(StoreFixture.plan(to, from: from))
    }
    let newest = try #require(try store.history().first)
    #expect(try store.prune(before: newest.time).generations?.upperBound == newest.generation - 1)
    #expect(try store.history() == [newest])
  }
}
