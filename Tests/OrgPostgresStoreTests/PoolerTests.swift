import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// Behind PgBouncer in transaction mode, which gives each transaction another session of the server.
@Suite(.sideBySide) struct PoolerTests {
  private let fixture: StoreFixture
  private let pooler: PgBouncer

  init() throws {
    fixture = try StoreFixture("pooler")
    pooler = try PgBouncer(for: fixture.database)
  }

  @Test
  func `behind a pooler that shares sessions everything is read and changed, and nothing is left there`()
    throws
  {
    let store = try fixture.store(pooler.url())
    let manager = OrgManager(store: store)
    let settings = """
      select string_agg(name || '=' || setting, ' ' order by name) from pg_settings \
      where name in ('search_path', 'lock_timeout', 'client_connection_check_interval', 'transaction_isolation')
      """
    let before = try sessions { try $0.query(settings) }
    for number in 1...6 {
      #expect(try manager.updatePlan(of: StoreFixture.acme, to: "plan \(number)"))
      #expect(try manager.organization(id: StoreFixture.acme)?.planTier == "plan \(number)")
      #expect(try manager.users(of: StoreFixture.acme).count == 3)
    }
    #expect(try refusal { try manager.commit(StoreFixture.plan("gold", from: "silver")) }.code == .conflict)
    try manager.commit(try manager.undoing(by: 1000).set)
    try manager.commit(try manager.redoing(by: 1000).set)
    #expect(try fixture.plan == "plan 6")
    let listing = try store.reader().listing(Query(""), ListOrder(.name), after: nil)
    #expect(listing.count == 1)
    let moment = try fixture.store(pooler.url(), readsOneMoment: true)
    #expect(try moment.reader().organization(id: StoreFixture.acme)?.planTier == "plan 6")
    #expect(try sessions { try $0.query(settings) } == before)
    #expect(
      try sessions { try $0.query("select coalesce(current_setting('orgman.entry', true), '')") } == [
        [""], [""],
      ])
    try fixture.checkHistory(store)
  }

  @Test func `a feed behind a pooler that shares sessions asks, and listens nowhere`() throws {
    let store = try fixture.store(pooler.url())
    let feed = FeedRecorder(store)
    try feed.waitFor("polling") { $0 == .polling(seconds: 5) }
    let seen = feed.changes
    try fixture.session.query("update organizations set plan_tier = 'gold'")
    try feed.waitForChange(after: seen)
    #expect(try sessions { try $0.query("select count(*) from pg_listening_channels()") } == [["0"], ["0"]])
    #expect(feed.states == [.polling(seconds: 5)])
  }

  @Test func `a commit behind a pooler survives that the server ends its sessions`() throws {
    let store = try fixture.store(pooler.url())
    var plan = PlanTier.default
    for number in 1...3 {
      try fixture.session.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
      )
      _ = try store.commit(StoreFixture.plan("plan \(number)", from: plan))
      plan = "plan \(number)"
      #expect(try fixture.entries(to: plan) == 1)
    }
  }

  /// Runs something on both sessions of the server, and returns what each answers.
  private func sessions(_ body: (PostgresTesting.Session) throws -> [[String?]]) throws -> [[String?]] {
    let clients = [try pooler.connect(), try pooler.connect()]
    for client in clients { try client.query("begin") }
    defer { for client in clients { _ = try? client.query("commit") } }
    let processes = try clients.map { try $0.query("select pg_backend_pid()") }
    #expect(processes[0] != processes[1])
    return try clients.flatMap(body)
  }
}
