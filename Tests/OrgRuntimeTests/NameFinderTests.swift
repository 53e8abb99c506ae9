import Dispatch
import OrgCore
import Synchronization
import Testing

@testable import OrgRuntime
@testable import OrgViewModel

/// A directory of users that hangs, fails or answers late when the test says so.
final class PeopleDouble: PeopleDirectory {
  private let state = Mutex<(log: [[String]], failure: OrgError?, under: Int, most: Int)>(([], nil, 0, 0))
  private let partly = Mutex<OrgError?>(nil)
  /// Closed, it holds whoever asks.
  let gate = Gate()

  let title = "the directory people.csv"
  var log: [[String]] { state.withLock { $0.log } }
  /// How many asked at a time, at most.
  var mostAtOnce: Int { state.withLock { $0.most } }

  func fail(_ message: String?) {
    state.withLock { $0.failure = message.map { OrgError(.system, $0) } }
  }

  private func ask(_ question: [String]) throws(OrgError) {
    state.withLock { state in
      state.log.append(question)
      state.under += 1
      state.most = max(state.most, state.under)
    }
    gate.pass()
    let failure = state.withLock { state in
      state.under -= 1
      return state.failure
    }
    if let failure { throw failure }
  }

  func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    try ask(ids)
    var found: [String: Person] = [:]
    for id in ids where id != "nobody" { found[id] = Person(id: id, name: "Name of \(id)") }
    return found
  }

  /// Lets a part of it fail.
  func failPartly(_ message: String?) {
    partly.withLock { $0 = message.map { OrgError(.system, $0) } }
  }

  func answer(about ids: [String]) -> PeopleAnswer {
    do throws(OrgError) {
      return PeopleAnswer(try people(with: ids), failure: partly.withLock { $0 })
    } catch {
      return PeopleAnswer([:], failure: error)
    }
  }

  func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    try ask(["?\(text)"])
    return [Person(id: "u-\(text)", email: "\(text)@example.org", name: text)]
  }
}

@Suite struct NameFinderTests {
  private let people = PeopleDouble()
  private let store = StoreDouble()
  private let inbox: Inbox
  private let posted = DispatchSemaphore(value: 0)

  init() { inbox = Inbox { [posted] in posted.signal() } }

  private func finder(_ limits: NameLimits = NameLimits()) -> NameFinder {
    NameFinder(people, inbox: inbox, limits: limits)
  }

  private var names: [[String: NamedUser]] {
    inbox.take().compactMap { if case .named(let names) = $0 { names } else { nil } }
  }

  @Test func `ids are asked for a hundred at a time, the first ones first, and remembered`() {
    let finder = finder()
    let ids = (0..<250).map { "u\($0)" }
    finder.find(NameRequest(ids + ["nobody"]))
    finder.waitUntilIdle()
    #expect(people.log.map(\.count) == [100, 100, 51])
    #expect(people.log.first?.first == "u0")
    let answers = names
    #expect(answers.count == 3)
    #expect(answers.first?["u0"] == .person(Person(id: "u0", name: "Name of u0")))
    #expect(answers.last?["nobody"] == .notFound)
    finder.find(NameRequest(["u7", "nobody", "new"]))
    finder.waitUntilIdle()
    #expect(people.log.last == ["new"] && people.log.count == 4)
    #expect(names.reduce(0) { $0 + $1.count } == 3)
    finder.find(NameRequest(["u7"], isFresh: true))
    finder.waitUntilIdle()
    #expect(people.log.last == ["u7"])
  }

  @Test func `what was known expires`() {
    let finder = finder(.init(expiry: 0))
    for _ in 0..<2 {
      finder.find(NameRequest(["ann"]))
      finder.waitUntilIdle()
    }
    #expect(people.log == [["ann"], ["ann"]])
  }

  @Test func `of requests that wait, the newest counts, and one question is under way at a time`() {
    let finder = finder()
    people.gate.close()
    finder.find(NameRequest((0..<300).map { "old\($0)" }))
    people.gate.waitForArrival()
    for number in 0..<20 { finder.find(NameRequest(["new\(number)"])) }
    finder.search(NameSearch(texts: ["jane"]), in: store.inner.reader())
    people.gate.open()
    finder.waitUntilIdle()
    #expect(people.log.count == 3)
    #expect(people.log.contains(["new19"]) && people.log.contains(["?jane"]))
    #expect(people.mostAtOnce == 1)
  }

  @Test func `a directory that fails is said to, and isn't asked again for a while`() throws {
    let finder = finder()
    people.fail("The directory is gone.")
    finder.find(NameRequest(["ann", "bob"]))
    finder.waitUntilIdle()
    let events = inbox.take()
    #expect(events.count == 2)
    guard case .named(let names)? = events.first, case .namesFailure(let message, nil)? = events.last else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(names == ["ann": .unknown, "bob": .unknown])
    #expect(message == "The directory is gone. Ids are shown without names.")
    finder.find(NameRequest(["carl"]))
    finder.waitUntilIdle()
    #expect(people.log.count == 1)
    guard case .named(["carl": .unknown])? = inbox.take().first else { return #expect(Bool(false)) }
    people.fail(nil)
    finder.find(NameRequest(["carl"], isFresh: true))
    finder.waitUntilIdle()
    #expect(people.log.count == 2)
    finder.find(NameRequest(["dora"]))
    finder.waitUntilIdle()
    #expect(people.log.last == ["dora"] && people.log.count == 3)
  }

  @Test func `whom a part of a directory doesn't have is unknown while another can't be asked`() throws {
    let finder = finder()
    people.failPartly("The other one is gone.")
    finder.find(NameRequest(["ann", "nobody"]))
    finder.waitUntilIdle()
    let events = inbox.take()
    guard case .named(let names)? = events.first, case .namesFailure(let message, nil)? = events.last else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(names["ann"] == .person(Person(id: "ann", name: "Name of ann")))
    #expect(names["nobody"] == .unknown)
    #expect(message == "The other one is gone. Ids are shown without names.")
    people.failPartly(nil)
    finder.find(NameRequest(["ann", "nobody"]))
    finder.waitUntilIdle()
    #expect(people.log.last == ["nobody"])
    #expect(self.names.last?["nobody"] == .notFound)
  }

  @Test func `a directory that hangs is said to, and holds up neither ids nor forms nor the end`() throws {
    people.gate.close()
    let runtime = Runtime(
      store: store, inbox: inbox, uid: nil, people: people,
      nameLimits: .init(patience: 10, formPatience: 10))
    _ = try runtime.start(patience: 60_000)
    runtime.perform(.name(NameRequest(["bob"])))
    people.gate.waitForArrival()
    func wait(_ what: (Event) -> Bool) {
      while !inbox.take().contains(where: what) { posted.wait() }
    }
    wait {
      if case .namesFailure("The directory people.csv doesn't answer. Ids are shown without names.", _) = $0 {
        true
      } else {
        false
      }
    }
    runtime.perform(.lookUp(.directory(["carl"])))
    wait {
      if case .lookedUp(let doubts, .directory(["carl"])) = $0 {
        doubts == [
          "The directory people.csv doesn't answer. So it can't be told whether the user is right."
        ]
      } else {
        false
      }
    }
    let lookup = UserLookup(text: "b", organization: nil)
    runtime.perform(.complete(lookup))
    wait {
      if case .completed(let users, lookup) = $0 { users == [UserCandidate("bob")] } else { false }
    }
    runtime.perform(
      .commit(
        ChangeSet([
          .addMember(
            OrgUser(
              organizationID: "org_acme", userID: "carl", role: .owner, joinedAt: Timestamp(microseconds: 0)))
        ])))
    wait { if case .outcome(.done) = $0 { true } else { false } }
    runtime.finish()
    people.gate.open()
    runtime.waitUntilIdle()
    wait { if case .completed(let users, lookup) = $0 { users.count == 2 } else { false } }
  }

  @Test func `accounts that aren't in use are found among the users of the data`() throws {
    let finder = finder()
    finder.search(NameSearch(states: [.gone]), in: store.inner.reader())
    finder.waitUntilIdle()
    guard case .searchedNames(let found, let search)? = inbox.take().last else { return #expect(Bool(false)) }
    #expect(search == NameSearch(states: [.gone]))
    #expect(found.states == [.disabled: [], .gone: []])
    #expect(people.log == [["bob"]])
    people.fail("The directory is gone.")
    finder.search(NameSearch(states: [.gone]), in: store.inner.reader())
    finder.waitUntilIdle()
    guard
      case .namesFailure("The directory is gone. So it isn't known whose accounts are in use.", search)? =
        inbox.take().last
    else {
      return #expect(Bool(false))
    }
  }
}
