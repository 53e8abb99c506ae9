import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// A server whose disk is full.
@Suite(.sideBySide) struct FullDiskTests {
  @Test func `without room for a table nothing is changed, and with room all goes on`() throws {
    let server = try PostgresServer.start(
      settings: ["autovacuum": "off"], megabytes: 16, holdsWAL: false)
    let disk = try #require(server.disk)
    let fixture = try StoreFixture("full_table", on: server)
    try fixture.session.query("create tablespace small location '\(disk.path)'")
    for table in ["organizations", "orgman.change", "orgman.history"] {
      try fixture.session.query("alter table \(table) set tablespace small")
    }
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try disk.fill()
    var (plan, number) = (PlanTier.default, 0)
    var refused: OrgError?
    while refused == nil, number < 2000 {
      number += 1
      do throws(OrgError) {
        _ = try store.commit(StoreFixture.plan("plan \(number)", from: plan))
        plan = "plan \(number)"
      } catch {
        refused = error
      }
    }
    let error = try #require(refused)
    #expect(error.code == .system)
    #expect(
      error.message.hasPrefix(
        "The change can't be saved: the server of postgres:///\(fixture.database.name) has run out of space or memory: could not extend file "
      ))
    #expect(error.message.hasSuffix(": No space left on device."))
    #expect(try fixture.plan == plan)
    #expect(try fixture.entries(to: "plan \(number)") == 0)
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == plan)
    #expect(try fixture.openTransactions() == 0)
    disk.makeRoom()
    #expect(try store.commit(StoreFixture.plan("gold", from: plan)).changes.count == 1)
    #expect(feed.states == [.live])
    try fixture.checkHistory(store)
  }

  @Test func `a server that ends for want of room has saved a change once, or refused it`() throws {
    let server = try PostgresServer.start(
      settings: ["autovacuum": "off"], megabytes: 64, holdsWAL: true)
    let disk = try #require(server.disk)
    let fixture = try StoreFixture("full_log", on: server)
    let store = try fixture.store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try disk.fill()
    // The file that is there is used up.
    try fixture.session.query("select pg_switch_wal()")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try feed.waitUntilStale()
    disk.makeRoom()
    try server.restart(.immediate)
    let checked = try StoreFixture(filled: fixture.database)
    switch Result(catching: { try commit.get() }) {
    case .success(let commit):
      #expect(commit.changes.count == 1)
      #expect(try checked.entries(to: "gold") == 1)
    case .failure(let error):
      #expect("\(error)".hasPrefix("The change can't be saved: "), "\(error)")
      #expect(try checked.entries(to: "gold") == 0)
    }
    try feed.waitUntilLive()
    let plan = try checked.plan
    #expect(try store.commit(StoreFixture.plan("silver", from: plan)).changes.count == 1)
    try checked.checkHistory(store)
  }
}
