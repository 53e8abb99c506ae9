import Foundation
import Dispatch
import OrgCore
import Testing

@testable import OrgRuntime
@testable import OrgViewModel

@Suite struct RuntimeTests {
  let store = StoreDouble()
  let witness = Witness()
  let inbox: Inbox
  /// Signalled once for each event.
  private let posted = DispatchSemaphore(value: 0)
  let runtime: Runtime

  init() {
    inbox = Inbox { [posted] in posted.signal() }
    runtime = Runtime(store: store, inbox: inbox, uid: nil, observer: witness)
  }

  /// The data as they are shown from the start.
  private func started() throws -> OrganizationList {
    let first = try runtime.start(patience: 60_000)
    runtime.waitUntilIdle()
    _ = inbox.take()
    return first
  }

  private func change(_ plan: String, from old: String = "founders_friend") -> Change {
    .setField(.planTier, organization: "org_acme", from: old, to: plan)
  }

  private func request(_ serial: Int, _ screen: some RowsScreen) -> ScreenRequest {
    ScreenRequest(serial: serial, identity: screen.identity, query: "", order: "", extent: 10) {
      source, request throws(OrgError) in try screen.load(source, request)
    }
  }

  private var outcomes: [CommitOutcome] {
    inbox.take().compactMap { if case .outcome(let outcome) = $0 { outcome } else { nil } }
  }

  @Test func `a commit is reported before the data after it are read, and with them`() throws {
    _ = try started()
    store.readingCommitted.close()
    runtime.perform(.commit(ChangeSet([change("starter")])))
    store.readingCommitted.waitForArrival()
    guard case .committed(let changes)? = inbox.take().first else { return #expect(Bool(false)) }
    #expect(changes == [change("starter")])
    store.readingCommitted.open()
    runtime.waitUntilIdle()
    guard case .done(let commit, let list)? = outcomes.first else { return #expect(Bool(false)) }
    #expect(commit.changes == changes)
    #expect(list.listing.organization(id: "org_acme")?.planTier == "starter")
  }

  // MARK: Reading

  @Test func `the first data are returned where they are there in time`() throws {
    #expect(try started().count == 3)
    #expect(witness.log.first == "read 3")
  }

  @Test func `a store that takes long is shown unread, with its progress, and its data come later`() throws {
    store.reading.close()
    let first = try runtime.start(patience: 1)
    #expect(!first.listing.summary.hasOrganizations)
    posted.wait()
    guard case .reading(let progress?)? = inbox.take().first else { return #expect(Bool(false)) }
    #expect(progress.percent == 25)
    store.reading.open()
    runtime.waitUntilIdle()
    let events = inbox.take()
    let lists = events.compactMap { if case .organizationList(let list) = $0 { list } else { nil } }
    #expect(lists.last?.count == 3)
    guard case .reading(nil)? = events.last else { return #expect(Bool(false), "\(events)") }
  }

  @Test func `a store that fails at the start throws, and one that fails later says so`() throws {
    store.failReading(OrgError(.dataNotFound, "There is nothing."))
    #expect(throws: OrgError.self) { try runtime.start(patience: 60_000) }
    runtime.waitUntilIdle()
    #expect(inbox.take().isEmpty)
    store.failReading(OrgError(.system, "The disk is gone."))
    runtime.perform(.reload(ListRequest(serial: 1)))
    runtime.waitUntilIdle()
    guard case .failure(let error)? = inbox.take().first else { return #expect(Bool(false)) }
    #expect(error.message == "The disk is gone.")
    #expect(witness.log == ["failed: dataNotFound", "failed: system"])
  }

  @Test func `of several queries the last one counts`() throws {
    _ = try started()
    store.reading.close()
    // Reading holds nothing else up.
    runtime.perform(.reload(ListRequest(serial: 1, query: "a")))
    store.reading.waitForArrival()
    runtime.perform(.arrange(ListRequest(serial: 2, query: "ac")))
    runtime.perform(.arrange(ListRequest(serial: 3, query: "bravo")))
    store.reading.open()
    runtime.waitUntilIdle()
    let lists = inbox.take().compactMap { if case .organizationList(let list) = $0 { list } else { nil } }
    #expect(lists.last?.request.serial == 3)
    #expect(lists.allSatisfy { $0.request.serial != 1 })
    #expect(lists.last?.listing.row(at: 0)?.organization.name == "Bravo")
  }

  @Test func `users are offered while the data are read again, and the last text counts`() throws {
    _ = try started()
    store.reading.close()
    runtime.perform(.reload(ListRequest(serial: 1)))
    store.reading.waitForArrival()
    for text in ["x", "B"] {
      runtime.perform(.complete(UserLookup(text: text, organization: "org_acme")))
    }
    posted.wait()
    while true {
      let found = inbox.take().compactMap { event -> ([UserCandidate], UserLookup)? in
        if case .completed(let users, let lookup) = event { (users, lookup) } else { nil }
      }
      if let last = found.last, last.1.text == "B" {
        #expect(last.0 == [UserCandidate("bob", detail: "already owner")])
        break
      }
      posted.wait()
    }
    store.reading.open()
    runtime.waitUntilIdle()
  }

  @Test func `rows of a screen that was left meanwhile are dropped`() throws {
    _ = try started()
    store.readingHistory.close()
    runtime.perform(.show(request(1, HistoryScreen(.all))))
    store.readingHistory.waitForArrival()
    runtime.perform(.show(request(2, OverviewScreen())))
    store.readingHistory.open()
    runtime.waitUntilIdle()
    let shown = inbox.take().compactMap {
      if case .rows(_, let request) = $0 { request.serial } else { nil }
    }
    #expect(shown == [2])
  }

  @Test func `a screen that was left has nothing kept for it`() throws {
    _ = try started()
    store.readingHistory.close()
    runtime.perform(.show(request(1, HistoryScreen(.all))))
    store.readingHistory.waitForArrival()
    runtime.perform(.forgetRows)
    store.readingHistory.open()
    runtime.waitUntilIdle()
    #expect(inbox.take().isEmpty)
  }

  // MARK: Committing

  @Test func `a commit is done, and its outcome has the data after it`() throws {
    _ = try started()
    runtime.perform(.commit(ChangeSet([change("starter")])))
    runtime.waitUntilIdle()
    guard case .done(let commit, let list)? = outcomes.first else { return #expect(Bool(false)) }
    #expect(commit.changes == [change("starter")])
    #expect(list.listing.row(at: 0)?.organization.planTier == "starter")
  }

  @Test func `a commit that fails says why, and the next one is tried all the same`() throws {
    _ = try started()
    store.failCommit(OrgError(.system, "The disk is full."))
    runtime.perform(.commit(ChangeSet([change("starter")])))
    runtime.perform(.commit(ChangeSet([change("professional")])))
    runtime.waitUntilIdle()
    let outcomes = outcomes
    guard outcomes.count == 2, case .failed(let error) = outcomes[0], case .done = outcomes[1] else {
      return #expect(Bool(false), "\(outcomes)")
    }
    #expect(error.message == "The disk is full.")
    #expect(witness.log.contains("failed: system"))
  }

  @Test func `it is said who holds a commit up, and cancelling gives it up`() throws {
    _ = try started()
    let holder = Contention(program: "billingd", origin: .process(7), user: "root", waitedMilliseconds: 100)
    store.hold(holder)
    runtime.perform(.commit(ChangeSet([change("starter")])))
    runtime.waitUntilIdle()
    guard case .waiting(holder)? = inbox.take().first else { return #expect(Bool(false)) }
    #expect(witness.log.contains("waits for billingd"))

    store.committing.close()
    store.hold(holder)
    runtime.perform(.commit(ChangeSet([change("professional", from: "starter")])))
    store.committing.waitForArrival()
    runtime.perform(.cancelCommit)
    store.committing.open()
    runtime.waitUntilIdle()
    guard case .failed(let error)? = outcomes.first else { return #expect(Bool(false)) }
    #expect(error.code == .cancelled)
    #expect(store.inner.memoryReader().organization(id: "org_acme")?.planTier == "starter")
  }

  @Test func `saving that takes long is noticed`() throws {
    _ = try started()
    store.committing.close()
    runtime.perform(.commit(ChangeSet([change("starter")])))
    while true {
      posted.wait()
      if inbox.take().contains(where: { if case .saving = $0 { true } else { false } }) { break }
    }
    store.committing.open()
    runtime.waitUntilIdle()
    guard case .done? = outcomes.first else { return #expect(Bool(false)) }
  }

  @Test func `the end waits for the change that is being saved and gives up those that wait for their turn`()
    throws
  {
    let drafts = DraftDouble()
    let runtime = Runtime(store: store, inbox: inbox, uid: nil, drafts: drafts)
    _ = try runtime.start(patience: 60_000)
    store.committing.close()
    runtime.perform(.commit(ChangeSet([change("starter")])))
    store.committing.waitForArrival()
    runtime.perform(.commit(ChangeSet([change("professional", from: "starter")])))
    let finished = DispatchSemaphore(value: 0)
    Thread {
      runtime.finish()
      finished.signal()
    }.start()
    drafts.finished.wait()
    #expect(finished.wait(timeout: .now()) == .timedOut)
    store.committing.open()
    finished.wait()
    #expect(store.inner.memoryReader().organization(id: "org_acme")?.planTier == "starter")
    #expect(runtime.takeLastOutcomes().count == 2)
  }

  // MARK: Undo

  @Test func `undo and redo find what they are about in the history`() throws {
    _ = try started()
    runtime.perform(.undo)
    runtime.waitUntilIdle()
    guard case .failed(let error)? = outcomes.first else { return #expect(Bool(false)) }
    #expect(error.message == "There is nothing of yours to undo.")
    runtime.perform(.commit(ChangeSet([change("starter")])))
    runtime.perform(.undo)
    runtime.perform(.redo)
    runtime.waitUntilIdle()
    #expect(outcomes.count == 3)
    #expect(store.inner.history().map(\.kind) == [.redo(of: 1), .undo(of: 1), .edit])
  }

  @Test func `an undo that is possible in part shows what is in its way first`() throws {
    _ = try started()
    let name = Change.setField(.name, organization: "org_bravo", from: "Bravo", to: "Beta")
    runtime.perform(.commit(ChangeSet([change("starter"), name])))
    runtime.waitUntilIdle()
    _ = inbox.take()
    _ = try store.inner.commit(ChangeSet([change("enterprise", from: "starter")]))
    let undo = try #require(store.inner.history().last?.inverse)
    runtime.perform(.commit(undo))
    runtime.waitUntilIdle()
    let events = inbox.take()
    guard case .organizationList(let list)? = events.first, case .outcome(.partial(let set, _))? = events.last
    else { return #expect(Bool(false), "\(events)") }
    #expect(list.listing.row(at: 0)?.organization.planTier == "enterprise")
    #expect(set == undo)
  }

  // MARK: Following other programs

  @Test func `what other programs did is told, and that they can no longer be held back`() throws {
    _ = try started()
    let entry = HistoryEntry(
      generation: 1, time: .now(), kind: .foreign, actor: Actor(uid: 0, user: "root", host: "here"),
      changes: [])
    store.others([entry], leaseObstacle: "the files belong to billingd")
    runtime.perform(.reload(ListRequest(serial: 1)))
    runtime.waitUntilIdle()
    let events = inbox.take()
    #expect(events.contains { if case .ingested([entry]) = $0 { true } else { false } })
    #expect(witness.log.contains("found 1"))
    #expect(events.contains { if case .leases(false) = $0 { true } else { false } })
    #expect(witness.log.contains("maintained"))
  }

  @Test func `a store that may not be written isn't maintained`() throws {
    let runtime = Runtime(store: store, isReadOnly: true, inbox: inbox, uid: nil, observer: witness)
    _ = try runtime.start(patience: 60_000)
    runtime.waitUntilIdle()
    #expect(!witness.log.contains("maintained"))
  }
}
