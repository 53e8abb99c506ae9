import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// Standbys, which can only be read, and failovers.
@Suite(.sideBySide) struct FailoverTests {
  @Test func `a standby is read until it is promoted`() throws {
    let primary = try PostgresServer.start()
    let fixture = try StoreFixture("standby", on: primary)
    let standby = try Standby(of: primary)
    let url = standby.database(fixture.database).url
    let store = try StoreFixture.store(url)
    #expect(try #require(store.readOnlyReason).contains("standby"))
    #expect(try refusal { try store.commit(StoreFixture.plan("gold")) }.code == .readOnly)
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == PlanTier.default)
    #expect(try StoreFixture.store(url, readsOneMoment: true).reader().summary.memberCount == 3)
    #expect(try store.history().count == 1)

    let feed = FeedRecorder(store)
    try feed.waitFor("polling") { $0 == .polling(seconds: 5) }
    let seen = feed.changes
    _ = try fixture.store().commit(StoreFixture.plan("gold"))
    try feed.waitForChange(after: seen)
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == "gold")

    try standby.catchUp()
    try primary.stop(.fast)
    try standby.server.promote()
    let opened = try StoreFixture.store(url)
    #expect(opened.readOnlyReason == nil)
    #expect(try opened.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
    try feed.waitFor("live") { $0 == .live }
    #expect(feed.states == [.polling(seconds: 5), .live])
  }

  @Test func `of several hosts the one that is wanted and answers is used`() throws {
    let primary = try PostgresServer.start()
    let fixture = try StoreFixture("hosts", on: primary)
    let standby = try Standby(of: primary)
    try standby.catchUp()
    let name = fixture.database.name
    func url(_ hosts: [PostgresServer], _ rest: String = "") -> String {
      "postgres:///\(name)?user=postgres&host=\(hosts.map(\.host).joined(separator: ","))\(rest)"
    }
    let writable = "&target_session_attrs=read-write&connect_timeout=2"
    #expect(try StoreFixture.store(url([standby.server, primary], writable)).readOnlyReason == nil)
    #expect(try StoreFixture.store(url([standby.server, primary])).readOnlyReason != nil)
    #expect(
      try StoreFixture.store(url([primary, standby.server], "&target_session_attrs=prefer-standby"))
        .readOnlyReason
        != nil)
    // One that neither answers nor refuses isn't waited for for ever.
    try standby.server.suspend()
    #expect(try StoreFixture.store(url([standby.server, primary], writable)).readOnlyReason == nil)
    standby.server.resume()

    // The primary is gone, and a store that edits finds a standby in its place.
    let store = try StoreFixture.store(url([primary, standby.server]))
    _ = try store.commit(StoreFixture.plan("gold"))
    try standby.catchUp()
    try primary.stop(.fast)
    let error = try refusal { try store.commit(StoreFixture.plan("silver", from: "gold")) }
    #expect(error.code == .readOnly)
    #expect(error.message.contains("can only be read; connect to the primary server to change it"))
    try standby.server.promote()
    #expect(try store.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
  }

  @Test func `a standby that hasn't heard of a transaction isn't asked what became of it`() throws {
    let primary = try PostgresServer.start()
    let fixture = try StoreFixture("lagging", on: primary)
    let standby = try Standby(of: primary)
    try standby.catchUp()
    _ = try standby.server.run("select pg_wal_replay_pause()")
    let proxy = try FaultProxy(to: primary)
    let store = try StoreFixture.store(
      "postgres:///\(fixture.database.name)?user=postgres&host=\(proxy.host),\(standby.server.host)")
    proxy.inject(.swallowAnswer(to: "commit"))
    proxy.inject(Fault { $0.name == "StartupMessage" ? .cut : .pass })
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the primary")
    #expect(!commit.isOver)
    proxy.heal()
    // It finds the standby in the place of the primary from time to time.
    _ = try standby.server.run("select pg_wal_replay_resume()")
    #expect(try commit.get().changes.count == 1)
    #expect(try fixture.entries(to: "gold") == 1)
  }
}
