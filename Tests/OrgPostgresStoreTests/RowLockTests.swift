import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// Rows that somebody else holds.
@Suite(.sideBySide) struct RowLockTests {
  private let fixture: StoreFixture
  private let store: PostgresStore

  init() throws {
    fixture = try StoreFixture("locks")
    store = try fixture.store()
    try fixture.session.query("set application_name = 'billingd'")
  }

  /// What somebody holds, and a change that needs it.
  private static let held: [(statement: String, set: ChangeSet)] = [
    ("select from organizations for update", StoreFixture.plan("gold")),
    (
      "update organization_members set role = 'billing_admin' where user_id = 'cyd'",
      StoreFixture.edit("gold", from: PlanTier.default, role: (.member, .owner))
    ),
    (
      "insert into organization_members (org_id, user_id, role) values ('\(StoreFixture.acme)', 'dan', 'owner')",
      ChangeSet([
        .addMember(
          OrgUser(organizationID: StoreFixture.acme, userID: "dan", role: .member, joinedAt: .now()))
      ])
    ),
    (
      "delete from organization_members where user_id = 'bob'",
      ChangeSet([.setRole(user: "ann", organization: StoreFixture.acme, from: .owner, to: .member)])
    ),
    (
      "insert into organizations (id, name) values ('org_2', 'Zebra')",
      ChangeSet([.setField(.name, organization: StoreFixture.acme, from: "Acme", to: "Zebra")])
    ),
    // All that is left to do is to take a number.
    (
      "insert into organizations (id, name) values ('org_3', 'Yak'); set constraints all immediate",
      StoreFixture.plan("gold")
    ),
  ]

  @Test(arguments: held.indices)
  func `whoever holds a row is named, and giving up leaves nothing open`(place: Int) throws {
    let (statement, set) = Self.held[place]
    let process = fixture.session.backendID
    try fixture.session.query("begin; \(statement)")
    let commit = Outcome(of: set, on: store)
    let holder = try commit.wait(for: "the holder") { $0.program == "billingd" }
    #expect(holder.origin == .process(process))
    #expect(holder.user == "postgres")
    #expect(holder.state == .stopped)
    let since = try #require(holder.since)
    #expect(since <= .now() && since > Timestamp(microseconds: Timestamp.now().microseconds - 600_000_000))
    #expect(holder.description.hasPrefix("held by billingd, pid \(process) (postgres), stopped, since "))
    let start = ContinuousClock.now
    commit.cancel()
    #expect(try commit.refusal().code == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(5))
    try waitUntil("no transaction but the holder's is open") { try fixture.openTransactions() == 0 }
    try fixture.session.query("rollback")
    #expect(try fixture.plan == PlanTier.default)

    // The connection that was canceled can be used.
    let again = set
    #expect(try store.commit(again).changes.count == again.changes.count)
    try fixture.checkHistory(store)
  }

  @Test func `once it is free the change is made, or refused for what is there now`() throws {
    try fixture.session.query("begin; update organizations set plan_tier = 'silver'")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the holder") { $0.program == "billingd" }
    try fixture.session.query("commit")
    #expect(try commit.refusal().code == .conflict)
    try fixture.session.query("begin; select from organizations for update")
    let next = Outcome(of: StoreFixture.plan("gold", from: "silver"), on: store)
    try next.wait(for: "the holder") { $0.program == "billingd" }
    try fixture.session.query("commit")
    #expect(try next.get().changes.count == 1)
  }

  @Test func `the last owner stays, whoever takes the other one at the same time`() throws {
    try fixture.session.query("begin; update organization_members set role = 'member' where user_id = 'bob'")
    let commit = Outcome(
      of: ChangeSet([.setRole(user: "ann", organization: StoreFixture.acme, from: .owner, to: .member)]),
      on: store)
    try commit.wait(for: "the holder") { $0.program == "billingd" }
    try fixture.session.query("commit")
    #expect(try commit.refusal().code == .lastOwner)
    #expect(try fixture.role(of: "ann") == "owner")
  }

  @Test(arguments: [("lock_timeout", "20ms"), ("lock_timeout", "1500ms"), ("statement_timeout", "700ms")])
  func `a limit of the server's names who held the row`(name: String, limit: String) throws {
    try fixture.session.query("alter database \(fixture.database.name) set \(name) = '\(limit)'")
    try fixture.session.query("begin; select from organizations for update")
    let store = try fixture.store()
    let error = try refusal { try store.commit(StoreFixture.plan("gold")) }
    #expect(error.code == .locked)
    let start =
      "The change can't be saved: held by billingd, pid \(fixture.session.backendID) (postgres), stopped, since "
    #expect(error.message.hasPrefix(start))
    #expect(error.message.hasSuffix("; the server's \(name) ended the wait."))
    try fixture.session.query("rollback")
    #expect(try fixture.openTransactions() == 0)
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
  }

  @Test func `limits for idle sessions and transactions end nothing that is needed`() throws {
    try fixture.session.query(
      """
      alter database \(fixture.database.name) set idle_session_timeout = '300ms';
      alter database \(fixture.database.name) set idle_in_transaction_session_timeout = '300ms'
      """)
    let store = try fixture.store()
    var plan = PlanTier.default
    for number in 1...3 {
      try waitUntil("the server has ended the store's sessions") {
        try fixture.value(
          "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'orgman' and state_change > now() - interval '1 hour'"
        )
          // The other store's, which is older than the limits.
          == "1"
      }
      _ = try store.commit(StoreFixture.plan("plan \(number)", from: plan))
      plan = "plan \(number)"
    }
    #expect(try fixture.entries(to: plan) == 1)
  }

  @Test func `a deadlock is tried again`() throws {
    // The session has the member's row and waits for the organization's, which the store has; the store is the one to find out.
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    try fixture.session.query(
      "set deadlock_timeout = '1min'; begin; update organization_members set role = 'billing_admin' where user_id = 'cyd'"
    )
    proxy.inject(Fault { $0.sender == .client && $0.isAbout("update") ? .hold : .pass })
    let commit = Outcome(
      of: StoreFixture.edit("gold", from: PlanTier.default, role: (.member, .billingAdmin)), on: store)
    try proxy.waitFor("the changes") { $0.contains { $0.isAbout("update") } }
    let another = try fixture.database.connect()
    // The lock may be in the same round trip as the changes.
    try waitUntil("the store has the organization") {
      try another.query("select from organizations for update skip locked").isEmpty
    }
    try fixture.session.send("update organizations set status = 'suspended'; rollback")
    try waitUntil("the session waits") {
      try another.query(
        "select wait_event_type from pg_stat_activity where pid = \(fixture.session.backendID)") == [["Lock"]]
    }
    proxy.heal()
    _ = try fixture.session.receive()
    #expect(try commit.get().changes.count == 2)
    #expect(try fixture.plan == "gold")
    #expect(fixture.database.server.log.contains("deadlock detected"))
  }

  @Test func `a transaction whose connection is lost while it waits is ended by the server`() throws {
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    try fixture.session.query("begin; select from organizations for update")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the holder") { $0.program == "billingd" }
    proxy.inject(Fault { $0.name == "StartupMessage" ? .cut : .pass })
    proxy.cut()
    #expect(try commit.refusal().code == .system)
    try waitUntil("the server has noticed") { try fixture.openTransactions() == 0 }
    try fixture.session.query("rollback")
    #expect(try fixture.plan == PlanTier.default)
  }

  @Test func `a request to cancel that comes too late cancels nothing else`() throws {
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    try fixture.session.query("begin; select from organizations for update")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the holder") { $0.program == "billingd" }
    proxy.inject(Fault { $0.name == "CancelRequest" ? .hold : .pass })
    commit.cancel()
    try proxy.waitFor("the request") { $0.contains { $0.name == "CancelRequest" } }
    try fixture.session.query("rollback")
    #expect(try commit.refusal().code == .cancelled)
    #expect(try fixture.plan == PlanTier.default)
    // It arrives while something else waits, which isn't what was canceled.
    try fixture.session.query("begin; select from organizations for update")
    let next = Outcome(of: StoreFixture.plan("silver"), on: store)
    try next.wait(for: "the holder") { $0.program == "billingd" }
    proxy.heal()
    let waits = next.waits.count
    try waitUntil("it waits on") { next.waits.count > waits + 3 || next.isOver }
    try fixture.session.query("rollback")
    #expect(try next.get().changes.count == 1)
  }
}
