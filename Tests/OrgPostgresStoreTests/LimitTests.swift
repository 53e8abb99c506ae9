import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// What a server allows for a time only, and what others do to the tables while a store is open.
@Suite(.sideBySide) struct LimitTests {
  private let fixture: StoreFixture

  init() throws { fixture = try StoreFixture("limits") }

  private func isSentence(_ error: OrgError) -> Bool {
    error.message.hasSuffix(".") && !error.message.contains("\n") && !error.message.dropLast().hasSuffix(".")
  }

  /// A minute: `ORGMAN_TEST_SCALE=20`.
  @Test func `a lock that is held for longer than a server may be silent is waited for`() throws {
    let milliseconds = 3000 * StoreFixture.scale
    let store = try fixture.store(patience: 1000)
    try fixture.session.query("begin; select from organizations for update")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    let holder = try commit.wait(for: "a long time") { $0.waitedMilliseconds >= milliseconds }
    #expect(holder.origin == .process(fixture.session.backendID))
    #expect(!commit.isOver)
    try fixture.session.query("rollback")
    #expect(try commit.get().changes.count == 1)
    #expect(try fixture.entries(to: "gold") == 1)
  }

  @Test
  func `a command that pauses for longer than a transaction may be idle says so, and the next one works`()
    throws
  {
    try fixture.session.query(
      "alter database \(fixture.database.name) set idle_in_transaction_session_timeout = '200ms'")
    let store = try fixture.store(readsOneMoment: true)
    let reader = try store.reader()
    try waitUntil("the server has ended it") { try fixture.openTransactions() == 0 }
    let error = try refusal { try reader.organizations() }
    #expect(isSentence(error) && error.message.hasPrefix("The data can't be read: "), "\(error)")
    #expect(error.message.contains("terminating connection due to idle-in-transaction timeout"))
    #expect(try store.reader().organizations().count == 1)
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
  }

  @Test(arguments: [
    ("statement_timeout", "the server canceled it: canceling statement due to statement timeout."),
    ("lock_timeout", "another session holds it: canceling statement due to lock timeout."),
  ])
  func `a limit that a role has ends a reading with a sentence`(name: String, end: String) throws {
    let role = "\(fixture.database.name)_role"
    try fixture.session.query(
      "create role \(role) superuser login; alter role \(role) set \(name) = '300ms'")
    let store = try fixture.store(fixture.database.url(user: role))
    #expect(try store.reader().organizations().count == 1)
    try fixture.session.query("begin; lock table organizations in access exclusive mode")
    let error = try refusal { try store.reader().organizations() }
    #expect(error.message == "The data can't be read: \(end)")
    try fixture.session.query("rollback")
    #expect(try store.reader().organizations().count == 1)
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
  }

  @Test(arguments: [
    ("alter table organizations alter plan_tier drop default, alter plan_tier type integer using 7", true),
    ("alter table organizations drop column plan_tier", false),
    ("alter table organizations rename to companies", false),
    ("drop table organization_members, organizations cascade", false),
    ("alter table organizations add check (plan_tier <> 'gold')", true),
    ("alter table organizations alter plan_tier type varchar(20), add extra jsonb default '{}'", true),
  ])
  func `tables that others change while they are open refuse what they can't hold, in a sentence`(
    change: String, isReadable: Bool
  ) throws {
    let store = try fixture.store()
    try fixture.session.query(change)
    if isReadable {
      #expect(try store.reader().organizations().count == 1)
    } else {
      let error = try refusal { try store.reader().organizations() }
      #expect(isSentence(error), "\(error)")
    }
    let isExtra = change.contains("extra")
    let set = StoreFixture.plan("gold", from: change.contains("integer") ? "7" : PlanTier.default)
    if isExtra {
      #expect(try store.commit(set).changes.count == 1)
    } else {
      let error = try refusal { try store.commit(set) }
      #expect(isSentence(error) && error.message.hasPrefix("The change can't be saved: "), "\(error)")
      #expect(try fixture.entries(to: "gold") == 0)
    }
    #expect(try fixture.openTransactions() == 0)
  }

  @Test
  func `a column that has to be filled, and isn't known, keeps nothing from being changed but new records`()
    throws
  {
    let store = try fixture.store()
    try fixture.session.query(
      """
      alter table organizations add region text not null default 'eu';
      alter table organizations alter region drop default
      """)
    for store in [store, try fixture.store()] {
      let new = Organization(id: "org_new", name: "New", createdAt: .now())
      let error = try refusal { try store.commit(ChangeSet([.createOrganization(new)])) }
      #expect(isSentence(error) && error.message.contains(#""region""#), "\(error)")
    }
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
    #expect(try fixture.value("select count(*) from organizations") == "1")
  }

  @Test func `a user's id that the column has no room for is refused, and the rest of the set with it`()
    throws
  {
    let store = try fixture.store()
    func set(_ length: Int) -> ChangeSet {
      let user = OrgUser(
        organizationID: StoreFixture.acme, userID: String(repeating: "x", count: length), role: .member,
        joinedAt: .now())
      return ChangeSet([.addMember(user)] + StoreFixture.plan("gold").changes)
    }
    let error = try refusal { try store.commit(set(256)) }
    #expect(isSentence(error), "\(error)")
    #expect(try fixture.value("select count(*) from organization_members") == "3")
    #expect(try fixture.plan == PlanTier.default)
    #expect(try store.commit(set(255)).changes.count == 2)
  }

  @Test func `a history from which anything was deleted by hand goes on, and undoes what is left`() throws {
    let store = try fixture.store()
    let manager = OrgManager(store: store)
    var plan = PlanTier.default
    for number in 1...3 {
      _ = try store.commit(StoreFixture.plan("plan \(number)", from: plan))
      plan = "plan \(number)"
    }
    let newest = try #require(try store.newestGeneration())
    // The changes of the newest, and all of the one before.
    try fixture.session.query(
      """
      delete from orgman.change using orgman.history h where change.transaction = h.transaction and generation = \(newest);
      delete from orgman.change using orgman.history h where change.transaction = h.transaction and generation = \(newest - 1);
      delete from orgman.history where generation = \(newest - 1)
      """)
    #expect(try store.history().map(\.generation).prefix(2) == [newest, newest - 2])
    // The one before those would be next, and isn't undone over what came after it.
    let conflict = try refusal { try manager.commit(try manager.undoing(by: 1000).set) }
    #expect(conflict.code == .conflict && isSentence(conflict), "\(conflict)")
    #expect(try fixture.plan == plan)
    #expect(try store.commit(StoreFixture.plan("gold", from: plan)).changes.count == 1)
    #expect(try store.newestGeneration() == newest + 1)
    try manager.commit(try manager.undoing(by: 1000).set)
    #expect(try fixture.plan == plan)
    // All of it.
    try fixture.session.query("delete from orgman.change; delete from orgman.history")
    #expect(try store.history().isEmpty)
    let nothing = try refusal { try manager.undoing(by: 1000) }
    #expect(isSentence(nothing), "\(nothing)")
    #expect(try store.commit(StoreFixture.plan("silver", from: plan)).changes.count == 1)
    #expect(try store.newestGeneration() == newest + 3)
    #expect(try fixture.value("select orgman.recount()") == "0")
  }
}
