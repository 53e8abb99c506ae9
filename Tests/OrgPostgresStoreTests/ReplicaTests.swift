import Foundation
import OrgCore
import OrgStoreTesting
import PostgresTesting
import Synchronization
import Testing

@testable import OrgPostgresStore

/// Reading from a server that follows the one that changes are made on.
@Suite(.sideBySide) struct ReplicaTests {
  private let primary: PostgresServer
  private let fixture: StoreFixture
  private let standby: Standby

  init() throws {
    primary = try PostgresServer.start()
    fixture = try StoreFixture("replica", on: primary)
    standby = try Standby(of: primary)
  }

  private func store(
    _ url: String? = nil, replica: String? = nil, readsOneMoment: Bool = false, patience: Int? = nil
  ) throws -> PostgresStore {
    var settings = try ConnectionSettings(replica ?? standby.database(fixture.database).url)
    if let patience { settings.patience = patience }
    return try PostgresStore(
      try ConnectionSettings(url ?? fixture.database.url),
      PostgresStore.Options(
        actor: Actor(uid: 1000, user: "user1000", host: "test"), readsOneMoment: readsOneMoment,
        replica: settings))
  }

  private func plan(_ store: PostgresStore) throws -> String? {
    try store.reader().organization(id: StoreFixture.acme)?.planTier
  }

  private func waitUntilUsed(_ store: PostgresStore) throws {
    try waitUntil("the replica is read from") { store.usesReplica }
  }

  /// As another program would, which nobody tells of.
  private func change(_ plan: String) throws {
    try fixture.session.query("update organizations set plan_tier = '\(plan)'")
  }

  private func pauseReplay() throws {
    try standby.catchUp()
    try standby.server.run("select pg_wal_replay_pause()")
    try waitUntil("replay is paused") {
      try standby.server.run("select pg_get_wal_replay_pause_state()") == "paused"
    }
  }

  private func resumeReplay() throws { try standby.server.run("select pg_wal_replay_resume()") }

  @Test func `what is looked at is read from the replica, and what was changed here is read back`() throws {
    // Standbys have no such transactions.
    try fixture.session.query(
      "alter database \(fixture.database.name) set default_transaction_isolation = serializable")
    try standby.catchUp()
    let store = try store()
    try waitUntilUsed(store)
    let words = Words(store)
    try pauseReplay()
    try change("foreign")
    // Nobody knows of it here.
    #expect(try plan(store) == PlanTier.default)
    let listing = try store.reader().listing(Query("acme"), ListOrder(.name), after: nil)
    #expect(listing.row(at: 0)?.organization.planTier == PlanTier.default)
    #expect(try store.reader().users(matching: UserQuery(), by: UserOrder(), after: nil).count == 3)
    #expect(try store.history().count == 1)
    // One who comes now has never seen anything older.
    #expect(try plan(self.store()) == "foreign")
    #expect(try plan(self.store(readsOneMoment: true)) == "foreign")

    // Changes are checked where they are made.
    #expect(try refusal { try store.commit(StoreFixture.plan("gold")) }.code == .conflict)
    let commit = try store.commit(StoreFixture.plan("gold", from: "foreign"))
    #expect(try commit.reader.organization(id: StoreFixture.acme)?.planTier == "gold")
    #expect(try plan(store) == "gold")
    #expect(try store.history().first?.generation == store.newestGeneration())
    #expect(try store.undoable(by: 1000)?.generation == store.newestGeneration())
    try words.wait(for: "replica behind")
    let report = try #require(store.facts.first { $0.name == "reads" }?.value)
    #expect(report.hasPrefix("from the primary server instead of the replica postgres:///"))
    #expect(report.contains(" bytes behind"))

    try resumeReplay()
    try words.wait(for: nil)
    try waitUntilUsed(store)
    try pauseReplay()
    try change("silver")
    #expect(try plan(store) == "gold")
    try resumeReplay()
  }

  @Test func `what was read once is there from then on, whichever server it was read from`() throws {
    let store = try store()
    try waitUntilUsed(store)
    func position() throws -> LogPosition {
      let row = try fixture.session.query(LogPosition.question.statement.sql)[0]
      return LogPosition(timeline: row[0] ?? "", offset: row[1].flatMap { Int($0) } ?? .max)
    }
    func needs(_ position: LogPosition) -> Bool {
      store.database.servers.replica?.needed.position?.includes(position) == true
    }
    try change("gold")
    let first = try position()
    #expect(!needs(first))
    try standby.catchUp()
    #expect(try plan(store) == "gold")
    #expect(needs(first) && store.usesReplica)
    try pauseReplay()
    _ = try store.commit(StoreFixture.plan("silver", from: "gold"))
    #expect(try plan(store) == "silver")
    try change("platinum")
    let second = try position()
    #expect(!needs(second))
    #expect(try plan(store) == "platinum")
    #expect(needs(second) && !store.usesReplica)
    try resumeReplay()
  }

  @Test func `what the feed hears of is read, however far the replica is behind`() throws {
    let store = try store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    try waitUntilUsed(store)
    try pauseReplay()
    for plan in ["gold", "silver"] {
      let seen = feed.changes
      try change(plan)
      try feed.waitForChange(after: seen)
      #expect(try self.plan(store) == plan)
    }
    try resumeReplay()
    #expect(feed.states == [.live])
  }

  @Test func `a server that has replayed everything is up to date at the end of a page and of a file`() throws
  {
    for _ in 1...2 {
      try fixture.session.query("select pg_switch_wal()")
      let store = try store()
      try waitUntilUsed(store)
      #expect(store.facts.last?.value.hasSuffix("which has replayed everything") == true)
    }
  }

  @Test
  func `while the replica is away everything is read from the primary server, and then from the replica`()
    throws
  {
    let store = try store("\(fixture.database.url)&connect_timeout=2", patience: 5000)
    try waitUntilUsed(store)
    let words = Words(store)
    try standby.server.stop(.fast)
    #expect(try plan(store) == PlanTier.default)
    try words.wait(for: "replica away")
    #expect(try plan(store) == PlanTier.default)
    let report = try #require(store.facts.first { $0.name == "reads" }?.value)
    #expect(report.contains("which is away: "))
    // Whoever comes now waits no longer than a moment.
    let another = try self.store()
    #expect(try plan(another) == PlanTier.default)
    #expect(try another.commit(StoreFixture.plan("gold")).changes.count == 1)
    try standby.server.restart()
    try standby.catchUp()
    try words.wait(for: nil)
    try waitUntilUsed(store)

    // One that hangs is given up once, and not waited for again.
    #expect(try plan(store) == "gold")
    try standby.server.suspend()
    #expect(try plan(store) == "gold")
    try words.wait(for: "replica away")
    let start = ContinuousClock.now
    for _ in 1...20 { #expect(try plan(store) == "gold") }
    #expect(ContinuousClock.now - start < .seconds(2))
    standby.server.resume()
    try words.wait(for: nil)
  }

  @Test func `whoever changes something reads it back, whatever replay does, also through poolers`() throws {
    let poolers = [
      try PgBouncer(for: fixture.database), try PgBouncer(for: standby.database(fixture.database)),
    ]
    let stores = [
      try store(), try store(readsOneMoment: true), try store(poolers[0].url(), replica: poolers[1].url()),
    ]
    let isOver = Flag()
    let (standby, replay) = (standby, DispatchGroup())
    DispatchQueue(label: "replay").async(group: replay) {
      var random = SystemRandomNumberGenerator()
      while !isOver.isSet {
        _ = try? standby.server.run("select pg_wal_replay_pause()")
        usleep(.random(in: 0...150_000, using: &random))
        _ = try? standby.server.run("select pg_wal_replay_resume()")
        usleep(.random(in: 0...150_000, using: &random))
      }
    }
    defer {
      isOver.set()
      replay.wait()
    }
    var last = PlanTier.default
    for number in 1...20 * StoreFixture.scale {
      for (place, store) in stores.enumerated() {
        let plan = "plan \(number) of \(place)"
        let commit = try store.commit(StoreFixture.plan(plan, from: last))
        #expect(try commit.reader.organization(id: StoreFixture.acme)?.planTier == plan)
        #expect(try self.plan(store) == plan)
        #expect(try store.history(from: nil, limit: 1).entries.first?.generation == store.newestGeneration())
        last = plan
      }
    }
  }

  @Test func `a host of the replica that hangs is passed over for the next`() throws {
    let second = try Standby(of: primary)
    let hosts = [second.server, standby.server].map(\.host).joined(separator: ",")
    let url = "postgres:///\(fixture.database.name)?user=postgres&host=\(hosts)&connect_timeout=2"
    try second.server.suspend()
    defer { second.server.resume() }
    // Nobody waits for it.
    let start = ContinuousClock.now
    let store = try store(replica: url)
    #expect(try plan(store) == PlanTier.default)
    #expect(ContinuousClock.now - start < .seconds(2))
    try waitUntilUsed(store)
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
    #expect(try plan(store) == "gold")
  }

  @Test func `a server of other data is refused, and one that refuses to be read is no harm`() throws {
    let other = try primary.database("other")
    let somewhere = try StoreFixture("somewhere")
    for url in [other.url, somewhere.database.url] {
      let error = try refusal { try self.store(replica: url) }
      #expect(error.code == .invalidValue)
      #expect(error.message.contains(" is no replica of postgres:///"))
      #expect(error.message.hasSuffix(": it is a server of other data."))
    }
    // What it refuses, the primary server may not.
    try primary.run("create role stranger login")
    try standby.catchUp()
    let stranger = try self.store(
      replica: standby.database(fixture.database).url(user: "stranger"))
    #expect(try plan(stranger) == PlanTier.default)
    try Words(stranger).wait(for: "replica refuses")
    #expect(stranger.facts.last?.value.contains("which refuses: permission denied") == true)
    // The server itself is as good as a replica of it.
    let store = try store(replica: fixture.database.url)
    try waitUntilUsed(store)
    #expect(try store.commit(StoreFixture.plan("gold")).changes.count == 1)
    #expect(try plan(store) == "gold")
    #expect(store.usesReplica)
  }

  @Test func `a transaction that replay ends is begun again on the primary server`() throws {
    try standby.server.run("alter system set max_standby_streaming_delay = 0")
    try standby.server.run("select pg_reload_conf()")
    let store = try store()
    try waitUntilUsed(store)
    func end() throws(OrgError) {
      do {
        try fixture.session.query("begin; lock organizations in access exclusive mode; commit")
        try standby.catchUp()
      } catch {
        throw OrgError(.system, "\(error)")
      }
    }
    let reader = try #require(try store.reader() as? PostgresReader)
    var tries = 0
    let plan = try reader.inOneMoment { (moment) throws(OrgError) in
      tries += 1
      _ = try moment.organization(id: StoreFixture.acme)
      if tries == 1 { try end() }
      return try moment.organization(id: StoreFixture.acme)?.planTier
    }
    #expect(plan == PlanTier.default && tries == 2)
    try waitUntilUsed(store)
    let moment = try self.store(readsOneMoment: true).reader()
    #expect(try moment.organization(id: StoreFixture.acme) != nil)
    try end()
    let error = try refusal { try moment.organization(id: StoreFixture.acme) }
    #expect(error.message.contains("ended the transaction: "), "\(error.message)")
    #expect(error.message.hasSuffix("; try again."))
  }

  @Test func `while the primary server is away the replica is read, and nothing is changed`() throws {
    let store = try store()
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    _ = try store.commit(StoreFixture.plan("gold"))
    try standby.catchUp()
    try waitUntilUsed(store)
    try primary.stop(.fast)
    try feed.waitUntilStale()
    #expect(try plan(store) == "gold")
    #expect(try store.history().first?.changes.isEmpty == false)
    let error = try refusal { try store.commit(StoreFixture.plan("silver", from: "gold")) }
    #expect(error.message.hasPrefix("The change can't be saved: there is no connection to "))
    try primary.restart()
    try feed.waitUntilLive()
    #expect(try store.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
    #expect(try plan(store) == "silver")
  }

  @Test func `a replica that is promoted is read from once changes are made on it, and never before`() throws
  {
    let url =
      "postgres:///\(fixture.database.name)?user=postgres&host=\(primary.host),\(standby.server.host)&target_session_attrs=read-write&connect_timeout=2"
    let store = try store(url)
    let feed = FeedRecorder(store)
    try feed.waitUntilLive()
    _ = try store.commit(StoreFixture.plan("gold"))
    try standby.catchUp()
    try waitUntilUsed(store)
    try standby.server.promote()
    try standby.database(fixture.database).run("update organizations set plan_tier = 'elsewhere'")
    #expect(try plan(store) == "gold")
    try Words(store).wait(for: "replica behind")
    #expect(store.facts.last?.value.hasSuffix("which follows no other server") == true)
    #expect(try store.commit(StoreFixture.plan("silver", from: "gold")).changes.count == 1)
    #expect(try plan(store) == "silver")
    try primary.stop(.fast)
    try waitUntil("changes are made on the other server") {
      (try? store.commit(StoreFixture.plan("platinum", from: "elsewhere")))?.changes.count == 1
    }
    try feed.waitUntilLive()
    #expect(try plan(store) == "platinum")
    try waitUntilUsed(store)
  }

  @Test(
    // What another manager commits comes to a replica later, so behaviors of two managers hold only at times.
    arguments: StoreBehavior.all(for: [.canBeReopened]).filter { !$0.name.contains("manager") }.enumerated()
      .filter { $0.offset % 12 == 0 }.map(\.element))
  func `a store with a replica does what every store does`(behavior: StoreBehavior) throws {
    let pair = try Pair.shared.get()
    let database = try pair.primary.database("conformance", template: pair.template)
    defer { try? database.drop() }
    try pair.standby.catchUp()
    let (settings, replica) = (
      try ConnectionSettings(database.url), try ConnectionSettings(pair.standby.database(database).url)
    )
    @Sendable func open() throws -> PostgresStore {
      try PostgresStore(
        settings,
        PostgresStore.Options(
          actor: Actor(uid: 1000, user: "tester", host: "test"), readsOneMoment: true, replica: replica))
    }
    try behavior.check(
      StoreUnderTest(rules: open().reader().rules, holdUp: { try $0() }, open: { try open() }))
  }
}

/// A server and its standby, for tests that stop neither.
private struct Pair {
  let primary: PostgresServer
  let standby: Standby
  let template: PostgresTesting.Database

  static let shared = Result {
    let primary = try PostgresServer.start()
    let template = try primary.database("template")
    try template.run(TestTables.withTextIDs.sql)
    try SchemaInstaller(try ConnectionSettings(template.url)).install()
    return Pair(primary: primary, standby: try Standby(of: primary), template: template)
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

/// What a store says of its replica.
private final class Words: Sendable {
  private let last = Mutex<String?>(nil)

  init(_ store: PostgresStore) {
    store.observeReplica { [weak self] words in self?.last.withLock { $0 = words } }
  }

  func wait(for words: String?) throws {
    try waitUntil("\(words ?? "nothing") is said of the replica") { last.withLock { $0 } == words }
  }
}

extension PostgresStore {
  /// Whether it reads from its replica.
  fileprivate var usesReplica: Bool {
    guard let replica = database.servers.replica else { return false }
    return replica.obstacle == nil
  }
}
