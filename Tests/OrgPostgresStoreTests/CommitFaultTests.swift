import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// What is acknowledged is there, once; what is refused isn't; and it is always known which.
@Suite(.sideBySide) struct CommitFaultTests {
  /// Commits once for each message, with what goes wrong at that one; until there is no such message any more.
  private func commits(
    _ hint: String, from sender: Sender, _ makeFault: (Int) -> [Fault],
    isComplete: (Int, [WireMessage]) -> Bool
  ) throws {
    let fixture = try StoreFixture(hint)
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    var (plan, role, place) = (PlanTier.default, Role.member, 0)
    while true {
      place += 1
      let wanted: (plan: String, role: Role) = ("plan \(place)", role == .member ? .billingAdmin : .member)
      let set = StoreFixture.edit(wanted.plan, from: plan, role: (role, wanted.role))
      let seen = proxy.messages.count
      for fault in makeFault(place) { proxy.inject(fault) }
      let result: Result<Commit, OrgError> = Result { () throws(OrgError) in try store.commit(set) }
      proxy.heal()
      switch result {
      case .success(let commit):
        #expect(commit.changes == set.changes)
        #expect(try fixture.plan == wanted.plan, "Acknowledged, and not there: \(sender) \(place)")
        #expect(try fixture.role(of: "cyd") == wanted.role.rawValue)
        #expect(try fixture.entries(to: wanted.plan) == 1, "\(sender) \(place)")
        (plan, role) = wanted
      case .failure(let error):
        // One cut is survived.
        Issue.record("\(sender) \(place): \(error)")
        #expect(try fixture.plan == plan, "Refused, and there: \(sender) \(place)")
        #expect(try fixture.entries(to: wanted.plan) == 0, "\(sender) \(place)")
      }
      if isComplete(place, Array(proxy.messages[seen...])) { break }
    }
    #expect(place > 12)
    #expect(try fixture.openTransactions() == 0)
    try fixture.checkHistory(store)
  }

  @Test(arguments: [Sender.client, .server])
  func `a commit survives a cut after any message`(sender: Sender) throws {
    try commits("cut", from: sender, { [.cut(after: $0, from: sender)] }) { place, messages in
      messages.count { $0.sender == sender } < place
    }
  }

  @Test func `a commit survives a second cut after any message while the server is asked what became of it`()
    throws
  {
    try commits(
      "cut_twice", from: .server,
      { place in
        let swallowed = Tally()
        let seen = Tally()
        return [
          Fault { message in
            let isAnswer = message.sender == .server && message.name == "CommandComplete"
            if isAnswer, message.tag == "COMMIT", swallowed.next() == 1 { return .cut }
            guard swallowed.count > 0, message.sender == .server else { return .pass }
            return seen.next() == place ? .passAndCut : .pass
          }
        ]
      }
    ) { place, messages in
      let answer = messages.firstIndex { $0.tag == "COMMIT" && $0.sender == .server } ?? 0
      return messages[answer...].dropFirst().count { $0.sender == .server } < place
    }
  }

  @Test func `a commit survives that each message comes when it likes`() throws {
    let fixture = try StoreFixture("delays")
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(
      Fault { message in
        .delay(
          .milliseconds(
            (message.number * 7 + message.connection * 3 + (message.sender == .client ? 1 : 0)) % 5))
      })
    var plan = PlanTier.default
    for number in 1...5 {
      _ = try store.commit(StoreFixture.plan("plan \(number)", from: plan))
      plan = "plan \(number)"
      #expect(try fixture.plan == plan)
      #expect(try fixture.entries(to: plan) == 1)
    }
  }

  @Test(arguments: ["done", "not done"])
  func `while the server is out of reach a commit is neither done nor refused`(outcome: String) throws {
    let fixture = try StoreFixture("unreachable")
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(outcome == "done" ? .swallowAnswer(to: "commit") : .cut(before: "commit"))
    let isLost = Tally()
    proxy.inject(
      Fault {
        // The first message after the cut is that of another connection.
        if $0.isAbout("commit") || isLost.count > 0 { _ = isLost.next() }
        return isLost.count > 0 && $0.name == "StartupMessage" ? .cut : .pass
      })
    if outcome == "not done" {
      // The first fault decides alone about the message that it cuts.
      proxy.inject(Fault { $0.name == "StartupMessage" ? .cut : .pass })
    }
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    let holder = try commit.wait(for: "the server") { $0.outcomeSource != nil }
    #expect(holder.description.hasPrefix("held by a server that doesn't answer, "))
    #expect(!commit.isOver)
    #expect(try fixture.plan == (outcome == "done" ? "gold" : PlanTier.default))
    proxy.heal()
    #expect(try commit.get().changes.count == 1)
    #expect(try fixture.plan == "gold")
    #expect(try fixture.entries(to: "gold") == 1)
  }

  @Test func `whoever doesn't want to wait learns all the same what became of a commit`() throws {
    let fixture = try StoreFixture("impatient")
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(.swallowAnswer(to: "commit"))
    #expect(try store.commit(StoreFixture.plan("gold")) { _ in false }.changes.count == 1)
    proxy.inject(.cut(before: "commit"))
    #expect(try store.commit(StoreFixture.plan("silver", from: "gold")) { _ in false }.changes.count == 1)
    #expect(try fixture.entries(to: "silver") == 1)
  }

  @Test(arguments: [true, false])
  func `whoever gives up while the server is out of reach is told how to learn it`(
    hasHistory: Bool
  ) throws {
    let fixture = try StoreFixture("given_up", installed: hasHistory)
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(.swallowAnswer(to: "commit"))
    proxy.inject(Fault { $0.name == "StartupMessage" ? .cut : .pass })
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    let holder = try commit.wait(for: "the server") { $0.outcomeSource != nil }
    commit.cancel()
    let error = try commit.refusal()
    #expect(error.code == .unknownOutcome)
    let source = try #require(holder.outcomeSource)
    #expect(
      error.message.hasSuffix("can't be asked yet whether it was. Once it can be reached, \(source)."))
    if hasHistory {
      #expect(source == "orgman history shows the change if it was saved")
      #expect(try fixture.entries(to: "gold") == 1)
    } else {
      let question = try #require(source.firstRange(of: " says"))
      #expect(try fixture.value(String(source[..<question.lowerBound])) == "committed")
    }
  }

  @Test func `a commit that was made and can't be seen is acknowledged`() throws {
    let fixture = try StoreFixture("unseen")
    let proxy = try FaultProxy(to: fixture.database.server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    let before = try store.reader().summary
    let isMade = Tally()
    proxy.inject(
      Fault { message in
        if isMade.count > 0, message.sender == .client { return .cut }
        if message.sender == .server, message.tag == "COMMIT" { isMade.next() }
        return .pass
      })
    let commit = try store.commit(StoreFixture.plan("gold"))
    #expect(commit.changes.count == 1)
    #expect(commit.reader.summary.revision == before.revision)
    proxy.heal()
    #expect(try commit.reader.organization(id: StoreFixture.acme)?.planTier == "gold")
    #expect(try fixture.entries(to: "gold") == 1)
  }

  @Test func `a number that the server gave to somebody else after a crash acknowledges nothing`() throws {
    // What isn't committed isn't written either, so that the crash forgets the number.
    let server = try PostgresServer.start(settings: ["wal_writer_delay": "10s", "autovacuum": "off"])
    let fixture = try StoreFixture("numbers", on: server)
    let proxy = try FaultProxy(to: server)
    let store = try fixture.store(proxy.url(of: fixture.database))
    proxy.inject(Fault { $0.sender == .client && $0.isAbout("commit") ? .cut : .pass })
    proxy.inject(Fault { $0.name == "StartupMessage" ? .cut : .pass })
    try fixture.session.query("checkpoint; select pg_current_xact_id()")
    let used = try fixture.value("select pg_snapshot_xmax(pg_current_snapshot())")
    let commit = Outcome(of: StoreFixture.plan("gold"), on: store)
    try commit.wait(for: "the server")
    try server.kill()
    try server.restart()
    let another = try fixture.database.connect()
    while try another.query(
      "insert into organizations (id, name) select 'org_' || n, n from (select count(*) n from organizations) o returning pg_current_xact_id() <= '\(used)'::xid8"
    ) == [["t"]] {}
    #expect(try another.query("select pg_xact_status('\(used)')") == [["committed"]])
    proxy.heal()
    #expect(try commit.get().changes.count == 1)
    #expect(try another.query("select plan_tier from organizations where name = 'Acme'") == [["gold"]])
    #expect(try another.query("select count(*) from orgman.change where record ->> 'to' = 'gold'") == [["1"]])
  }
}
