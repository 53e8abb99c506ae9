import Foundation
import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// What can be wrong with a database, each in one sentence that says what and where.
@Suite(.sideBySide) struct RefusalTests {
  private let fixture: StoreFixture

  init() throws { fixture = try StoreFixture("refusals") }

  private func message(_ url: String) throws -> String {
    try refusal { try StoreFixture.store(url) }.message
  }

  @Test func `a server that isn't there is named`() throws {
    let message = try message("postgres:///orgman?host=/nonexistent&user=postgres")
    #expect(message.hasPrefix("The database can't be opened: there is no connection to postgres:///orgman: "))
    #expect(message.contains("/nonexistent/.s.PGSQL.5432"))
    #expect(message.isSentence)
    let port = try self.message("postgres://127.0.0.1:1/orgman?user=postgres")
    #expect(port.contains("postgres://127.0.0.1:1/orgman") && port.isSentence, "\(port)")
    let host = try self.message("postgres://nowhere.invalid/orgman?user=postgres&sslmode=disable")
    #expect(host.contains("nowhere.invalid") && host.isSentence, "\(host)")
  }

  @Test func `a database that isn't there, and a user who isn't, are named`() throws {
    let server = fixture.database.server
    let start = "The database can't be opened: there is no connection to postgres:///nothing: "
    #expect(
      try message("postgres:///nothing?host=\(server.host)&user=postgres")
        == start + #"database "nothing" does not exist."#)
    #expect(try message(fixture.database.url(user: "nobody")).hasSuffix(#": role "nobody" does not exist."#))
  }

  @Test func `a password that is wrong or missing is asked for, and libpq prints nothing`() throws {
    let server = try PostgresServer.start()
    let database = try server.database("passwords")
    try database.run(TestTables.withTextIDs.sql + "create role clerk login password 'secret'")
    let rules = server.dataDirectory + "/pg_hba.conf"
    try "local all postgres trust\nlocal all all scram-sha-256\n".write(
      toFile: rules, atomically: false, encoding: .utf8)
    try server.run("select pg_reload_conf()")
    try waitUntil("the rules are read") { (try? psql("", at: database.url(user: "clerk"))) == nil }
    let url = database.url(user: "clerk")
    #expect(
      try message(url + "&password=wrong").hasSuffix(#": password authentication failed for user "clerk"."#))
    #expect(
      try message(url + "&passfile=/nonexistent").hasSuffix(
        ": a password is needed, and neither PGPASSWORD nor a password file has it."))
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "orgman-\(UUID().uuidString)")
    try "*:*:*:*:secret\n".write(to: directory, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: directory) }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: directory.path)
    #expect(
      try message(url + "&passfile=\(directory.path)").hasSuffix(
        ": a password is needed, and \(directory.path) is ignored because others can read it; use chmod 600.")
    )
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: directory.path)
    #expect(
      try StoreFixture.store(url + "&passfile=\(directory.path)").readOnlyReason
        == "the role clerk may not update the tables")
  }

  @Test func `a right that is missing is named`() throws {
    try fixture.session.query(
      """
      create role viewer_\(fixture.database.name) login; create role clerk_\(fixture.database.name) login;
      grant select on organizations, organization_members, orgman.revision, orgman.history, orgman.change, orgman.role_count,
        orgman.version to viewer_\(fixture.database.name), clerk_\(fixture.database.name);
      grant usage on schema orgman to viewer_\(fixture.database.name), clerk_\(fixture.database.name);
      grant update on organizations to clerk_\(fixture.database.name)
      """)
    let viewer = try fixture.store(fixture.database.url(user: "viewer_\(fixture.database.name)"))
    #expect(viewer.readOnlyReason == "the role viewer_\(fixture.database.name) may not update the tables")
    #expect(try viewer.reader().summary.memberCount == 3)
    let clerk = try fixture.store(fixture.database.url(user: "clerk_\(fixture.database.name)"))
    #expect(clerk.readOnlyReason == nil)
    #expect(try clerk.commit(StoreFixture.plan("gold")).changes.count == 1)
    let role = ChangeSet([
      .setRole(user: "cyd", organization: StoreFixture.acme, from: .member, to: .billingAdmin)
    ])
    let error = try refusal { try clerk.commit(role) }
    #expect(error.code == .readOnly)
    #expect(
      error.message
        == "The change can't be saved: the database refuses it: permission denied for table organization_members; ask its owner for the right."
    )
    #expect(try clerk.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
  }

  @Test func `a server without a connection left says so`() throws {
    let server = try PostgresServer.start(settings: [
      "max_connections": "6", "superuser_reserved_connections": "0", "max_wal_senders": "0",
    ])
    let fixture = try StoreFixture("full", on: server)
    let store = try fixture.store()
    var others: [PostgresTesting.Session] = []
    // The server's process for a connection that was closed may take a while to end, and leaves another one free.
    var refusals = 0
    while refusals < 10 {
      if let session = try? fixture.database.connect() {
        others.append(session)
        refusals = 0
      } else {
        refusals += 1
        usleep(50_000)
      }
    }
    #expect(try message(fixture.database.url).hasSuffix(": sorry, too many clients already."))
    // What is connected goes on; a wait for a lock, too.
    try others[0].query("begin; select from organizations for update")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the holder")
    try others[0].query("commit")
    #expect(try commit.get().changes.count == 1)
  }

  @Test func `tables that aren't there, and a schema of a later version, are named`() throws {
    let empty = try PostgresServer.shared.database("empty")
    defer { try? empty.drop() }
    let error = try refusal { try StoreFixture.store(empty.url) }
    #expect(error.code == .dataNotFound)
    #expect(
      error.message
        == "There are no tables organizations and organization_members in postgres:///\(empty.name); orgman init creates them."
    )
    let store = try fixture.store()
    try fixture.session.query(
      """
      do $$ begin
        execute format('comment on table orgman.version is %L',
          regexp_replace(obj_description('orgman.version'::regclass, 'pg_class'), '[0-9]+', '1000'));
      end $$
      """)
    let later = try refusal { try fixture.store() }
    #expect(later.code == .newerSchema)
    #expect(later.message.hasSuffix("Use a newer one."))
    try fixture.session.query("alter table organizations rename column plan_tier to plan")
    let changed = try refusal { try store.commit(StoreFixture.plan("gold")) }
    #expect(changed.message.hasSuffix("; open the database again."), "\(changed)")
  }

  @Test func `a server that ends while it is used, and one that is starting, are named`() throws {
    let store = try fixture.store()
    let proxy = try FaultProxy(to: fixture.database.server)
    let cut = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(Fault { $0.sender == .client ? .cut : .pass })
    let error = try refusal { try cut.commit(StoreFixture.plan("gold")) }
    #expect(
      error.message.isSentence && error.message.contains("server closed the connection unexpectedly"),
      "\(error)")
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
  }

  @Test(arguments: [
    ("53100", OrgError.Code.system, "has run out of space or memory: refused.", 1),
    ("42501", .readOnly, ": the database refuses it: refused; ask its owner for the right.", 1),
    ("P0001", .system, " refuses it: refused.", 1),
    ("57014", .cancelled, ": the server canceled it: refused.", 1),
    ("25006", .readOnly, " can only be read; connect to the primary server to change it.", 1),
    // Tried again, but not for ever.
    ("40001", .system, " refuses it: refused.", 20), ("40P01", .system, " refuses it: refused.", 20),
  ])
  func `what the server refuses, in a statement or in the commit, changes nothing`(
    state: String, code: OrgError.Code, end: String, tries: Int
  ) throws {
    for timing in ["initially immediate", "initially deferred"] {
      try fixture.session.query(
        """
        create sequence tries;
        create function refuse() returns trigger language plpgsql as $$ begin
          perform nextval('public.tries');
          raise exception using errcode = '\(state)', message = 'refused';
        end $$;
        create constraint trigger refuse after update on organizations deferrable \(timing)
          for each row execute function refuse()
        """)
      let store = try fixture.store()
      let error = try refusal { try store.commit(StoreFixture.plan("gold")) }
      #expect(error.code == code)
      #expect(
        error.message.hasPrefix("The change can't be saved: ") && error.message.hasSuffix(end), "\(error)")
      #expect(try fixture.value("select last_value from tries") == "\(tries)")
      #expect(try fixture.plan == PlanTier.default)
      #expect(try fixture.openTransactions() == 0)
      try fixture.session.query(
        "drop trigger refuse on organizations; drop function refuse; drop sequence tries")
      #expect(try store.commit(StoreFixture.plan("silver")).changes.count == 1)
      try fixture.session.query("update organizations set plan_tier = '\(PlanTier.default)'")
    }
  }

  @Test func `a notification of eight thousand bytes, and a history that was pruned, harm nothing`() throws {
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try fixture.session.query("select pg_notify('orgman', repeat('x', 7999))")
    for number in 1...4 { try fixture.session.query("update organizations set plan_tier = 'plan \(number)'") }
    try fixture.session.query("delete from orgman.change; delete from orgman.history where generation < 4")
    #expect(try store.commit(StoreFixture.plan("gold", from: "plan 4")).changes.count == 1)
    #expect(try store.history().map(\.generation) == [6, 5, 4])
    #expect(try store.newestGeneration() == 6)
    #expect(try store.undoable(by: 1000)?.generation == 6)
    #expect(feed.states == [.live])
  }
}

extension String {
  /// Whether it is one line, ends with a full stop, and has none before.
  fileprivate var isSentence: Bool {
    last == "." && dropLast().last != "." && !contains("\n") && firstRange(of: ". ") == nil
  }
}
