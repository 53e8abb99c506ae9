import Foundation
import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

@Suite(.sideBySide) struct FeedTests {
  @Test func `a change of anybody is noticed at once, and many are noticed together`() throws {
    let fixture = try StoreFixture("feed")
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    #expect(feed.changes == 1)
    let start = ContinuousClock.now
    try fixture.session.query("update organizations set plan_tier = 'gold'")
    try feed.waitForChange(after: 1)
    // On an idle machine it takes a few milliseconds.
    #expect(ContinuousClock.now - start < .seconds(5))
    for number in 1...500 {
      try fixture.session.query("update organizations set plan_tier = 'plan \(number)'")
    }
    // Whatever the last look saw, one after the last change follows.
    let generation = try fixture.value("select generation from orgman.revision")
    let last = FeedRecorder(store)
    try last.waitUntilLive()
    #expect(try store.newestGeneration().map(String.init) == generation)
    #expect(feed.changes < 300)
    try waitUntil("the feed is idle") { try fixture.isIdle(listening: 2) }
    let seen = feed.changes
    try fixture.session.query("update organizations set plan_tier = 'silver'")
    try feed.waitForChange(after: seen)
    #expect(feed.states == [.live])
  }

  @Test func `while nothing happens the server is asked nothing`() throws {
    let fixture = try StoreFixture("idle")
    let feed = FeedRecorder(try fixture.store())
    try feed.waitUntilLive()
    try waitUntil("the feed is idle") { try fixture.isIdle(listening: 1) }
    let question =
      "select pid, query_start, state_change from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by 1"
    let before = try fixture.session.query(question)
    Thread.sleep(forTimeInterval: StoreFixture.scale > 1 ? 10 : 2)
    #expect(try fixture.session.query(question) == before)
  }

  @Test func `a change between the first look and the first wait is noticed`() throws {
    let fixture = try StoreFixture("gap")
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(
      Fault { $0.sender == .server && $0.isAbout("select generation") ? .hold : .pass })
    let feed = FeedRecorder(store)
    try proxy.waitFor("the answer to the first look") { messages in
      messages.contains { $0.isAbout("select generation") && $0.name == "CommandComplete" }
    }
    // The notification comes with the answer.
    try fixture.session.query("update organizations set plan_tier = 'gold'")
    try proxy.waitFor("the notification") { messages in
      messages.contains {
        $0.name == "NotificationResponse" && $0.connection > 1 && $0.statement?.contains("pg_notify") != true
      }
    }
    proxy.heal()
    try feed.waitForChange(after: 1)
    #expect(feed.states == [.live])
  }

  @Test func `a change that its transaction couldn't number is numbered by whoever hears of it`() throws {
    let fixture = try StoreFixture("unsettled")
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    // It sees nothing of what others commit from now on.
    try fixture.session.query("begin isolation level repeatable read; select 1 from organizations")
    let another = try fixture.database.connect()
    try another.query("update organization_members set role = 'member' where user_id = 'bob'")
    try fixture.session.query("update organizations set plan_tier = 'gold'; commit")
    try waitUntil("both are numbered") { try store.newestGeneration() == 3 }
    #expect(try fixture.entries(to: "gold") == 1)
    try feed.waitForChange(after: 1)
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == "gold")
  }

  @Test func `when the server comes back the feed is live again and has the data read`() throws {
    let server = try PostgresServer.start()
    let fixture = try StoreFixture("restart", on: server)
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try server.stop(.fast)
    try feed.waitUntilStale()
    let error = try refusal { try store.commit(StoreFixture.plan("gold")) }
    #expect(error.message.hasPrefix("The change can't be saved: there is no connection to postgres://"))
    #expect(throws: OrgError.self) { try store.reader() }
    try server.restart()
    let seen = feed.changes
    // Whether before or after the feed is back.
    try fixture.database.run("update organizations set plan_tier = 'gold'")
    try feed.waitUntilLive()
    try feed.waitForChange(after: seen)
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == "gold")
    #expect(try store.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
    // Why it is stale may change meanwhile, since when it is doesn't.
    let stale = feed.states.dropFirst().dropLast()
    #expect(feed.states.first == .live && !stale.isEmpty)
    #expect(
      Set(stale.map { if case .stale(let since, _) = $0 { since } else { Timestamp.unknown } }).count == 1)

    try server.kill()
    try feed.waitUntilStale()
    try server.restart()
    try feed.waitUntilLive()
  }

  @Test func `a connection that is ended for being idle is replaced, and nothing is stale`() throws {
    let fixture = try StoreFixture("ended")
    let feed = FeedRecorder(try fixture.store())
    try feed.waitUntilLive()
    try waitUntil("the feed is idle") { try fixture.isIdle(listening: 1) }
    // It was good for a while.
    Thread.sleep(forTimeInterval: 1.1)
    try fixture.session.query("begin; update organizations set plan_tier = 'gold'")
    try fixture.session.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    try fixture.session.query("commit")
    try feed.waitForChange(after: 1)
    #expect(feed.states == [.live])
  }

  @Test func `a server that doesn't answer is noticed by a read, and once it answers all is well`() throws {
    let server = try PostgresServer.start()
    let fixture = try StoreFixture("hanging", on: server)
    let store = try fixture.store("\(fixture.database.url)&connect_timeout=2", patience: 1000)
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try server.suspend()
    let error = try refusal { try store.reader() }
    #expect(error.message.hasSuffix("doesn't answer."))
    try feed.waitUntilStale()
    let refused = try refusal { try store.commit(StoreFixture.plan("gold")) }
    #expect(refused.message.hasPrefix("The change can't be saved: the server of "))
    server.resume()
    try feed.waitUntilLive()
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
    #expect(try fixture.entries(to: "gold") == 1)
  }

  @Test func `a feed ends with whoever keeps it, also while the server is out of reach`() throws {
    let fixture = try StoreFixture("end")
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    let sessions =
      "select count(*) from pg_stat_activity where datname = current_database() and query like '%orgman%' and pid <> pg_backend_pid()"
    feed.end()
    try waitUntil("no session is left but the idle one") { Int(try fixture.value(sessions)) ?? 9 <= 1 }
  }
}

extension StoreFixture {
  /// Whether all other sessions are idle, and as many listen as there are feeds.
  func isIdle(listening count: Int) throws -> Bool {
    try value(
      """
      select count(*) filter (where state <> 'idle') = 0 and count(*) >= \(count) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state_change < clock_timestamp() - interval '0.2 s'
      """) == "t"
  }
}
