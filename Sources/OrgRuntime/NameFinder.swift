import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// How long a directory of users is waited for, and how long its answers hold, in milliseconds.
package struct NameLimits: Sendable {
  /// How long an answer holds.
  var expiry = 300_000
  /// How long a directory isn't asked for names after it failed; twice as long each time, up to the expiry.
  var retry = 5000
  /// After how long a person is told that it doesn't answer.
  var patience = 5000
  /// How long a form waits for it.
  var formPatience = 3000

  package init() {}

  init(expiry: Int = 300_000, retry: Int = 5000, patience: Int = 5000, formPatience: Int = 3000) {
    (self.expiry, self.retry, self.patience, self.formPatience) = (expiry, retry, patience, formPatience)
  }
}

/// Asks a directory of users, on queues of its own: one that takes long, or never answers, is in nobody's way. Never more
/// than one question is under way, and nothing is asked unless the screen needs it.
final class NameFinder: Sendable {
  private let inbox: Inbox
  private let people: OneAtATime
  /// What names beside ids are asked on, what a person waits for, and what looks at all users.
  private let queues = (
    naming: DispatchQueue(label: "orgman.naming"), searching: DispatchQueue(label: "orgman.searching-names"),
    counting: DispatchQueue(label: "orgman.counting-users")
  )
  private let limits: NameLimits
  private let state = Mutex(State())

  private struct State {
    var request: NameRequest?
    var search: NameSearch?
    var completion: UserLookup?
    /// What is known of ids, and until when.
    var known: [String: (user: NamedUser, end: DispatchTime)] = [:]
    /// How often it failed in a row, and when names are asked for again.
    var failures = 0
    var nextTry = DispatchTime(uptimeNanoseconds: 0)
  }

  /// How many ids are asked about at once.
  private static let batch = 100
  /// How many people a text may name.
  private static let matches = 500
  /// How many ids are remembered.
  private static let memory = 50_000
  /// How many users in a state are remembered.
  private static let stateLimit = 100_000

  init(_ people: any PeopleDirectory, inbox: Inbox, limits: NameLimits = NameLimits()) {
    (self.people, self.inbox, self.limits) = (OneAtATime(people), inbox, limits)
  }

  /// Waits until nothing is being asked.
  func waitUntilIdle() {
    queues.naming.sync {}
    queues.searching.sync {}
    queues.counting.sync {}
  }

  // MARK: Names of ids

  /// Finds names, and posts them, some at a time; of requests that wait, the newest counts.
  func find(_ request: NameRequest) {
    state.withLock { $0.request = request }
    queues.naming.async { [self] in
      guard isLatest(request) else { return }
      var missing = request.ids
      if !request.isFresh {
        let known = fresh(request.ids)
        if !known.isEmpty { inbox.post(.named(known)) }
        missing.removeAll { known[$0] != nil }
        guard missing.isEmpty || DispatchTime.now() >= state.withLock({ $0.nextTry }) else {
          return inbox.post(.named(Self.unknown(missing)))
        }
      }
      var failure: OrgError?
      while !missing.isEmpty, isLatest(request) {
        let batch = Array(missing.prefix(Self.batch))
        let answer = watching(nil) { people.answer(about: batch) }
        var answers: [String: NamedUser] = [:]
        for id in batch {
          // A part of the directory that can't be asked may have whom the others don't have.
          let isUnknown = answer.failure != nil && answer.people[id] == nil
          answers[id] = isUnknown ? .unknown : NamedUser(answer.people[id])
        }
        failure = failure ?? answer.failure
        missing.removeFirst(batch.count)
        if answer.failure != nil, answer.people.isEmpty {
          noteFailure()
          answers.merge(Self.unknown(missing)) { $1 }
          missing = []
        } else {
          remember(answers.filter { $0.value != .unknown })
        }
        inbox.post(.named(answers))
      }
      if let failure { inbox.post(.namesFailure("\(failure.message) Ids are shown without names.", nil)) }
    }
  }

  private func isLatest(_ request: NameRequest) -> Bool { state.withLock { $0.request == request } }

  private static func unknown(_ ids: [String]) -> [String: NamedUser] {
    Dictionary(ids.map { ($0, .unknown) }, uniquingKeysWith: { first, _ in first })
  }

  /// What is known of ids and still holds.
  private func fresh(_ ids: [String]) -> [String: NamedUser] {
    let now = DispatchTime.now()
    return state.withLock { state in
      var fresh: [String: NamedUser] = [:]
      for id in ids { if let known = state.known[id], known.end > now { fresh[id] = known.user } }
      return fresh
    }
  }

  private func remember(_ answers: [String: NamedUser]) {
    let end = DispatchTime.now() + .milliseconds(limits.expiry)
    state.withLock { state in
      (state.failures, state.nextTry) = (0, DispatchTime(uptimeNanoseconds: 0))
      if state.known.count + answers.count > Self.memory { state.known = [:] }
      for (id, user) in answers { state.known[id] = (user, end) }
    }
  }

  private func noteFailure() {
    state.withLock { state in
      let pause = min(limits.expiry, limits.retry << min(state.failures, 10))
      state.failures += 1
      state.nextTry = .now() + .milliseconds(pause)
    }
  }

  /// Says that the directory doesn't answer, if it doesn't for a while.
  private func watching<Answer, Failure>(
    _ search: NameSearch?, _ ask: () throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    let alarm = Alarm(after: limits.patience) { [inbox, people] in
      inbox.post(
        .namesFailure("\(people.title.sentence) doesn't answer. Ids are shown without names.", search))
    }
    defer { alarm.cancel() }
    return try ask()
  }

  // MARK: What a person looks for

  /// Finds the people whom texts name, and posts their ids; of searches that wait, the newest counts.
  func search(_ search: NameSearch, in reader: (any StoreReader)?) {
    if !search.states.isEmpty, let reader { count(search, in: reader) }
    let search = NameSearch(texts: search.texts, users: search.users)
    guard !search.isEmpty else { return }
    state.withLock { $0.search = search }
    queues.searching.async { [self] in
      guard state.withLock({ $0.search == search }) else { return }
      do throws(OrgError) {
        let found = try watching(search) { () throws(OrgError) in
          var found: [String: Set<String>] = [:]
          for text in search.texts {
            let people = try people.people(completing: text, limit: Self.matches)
            found[text] = Set(people.flatMap(\.ids))
          }
          let users = search.users.isEmpty ? [:] : try people.people(with: search.users.sorted())
          for user in search.users { found[user] = Set(users[user].map { [$0.id] } ?? []) }
          return found
        }
        inbox.post(.searchedNames(DirectoryTerms(users: found), search))
      } catch {
        inbox.post(.namesFailure("\(error.message) Users are found by their ids alone.", search))
      }
    }
  }

  /// Finds the users of the data whose accounts aren't in use, and posts their ids.
  private func count(_ search: NameSearch, in reader: any StoreReader) {
    let search = NameSearch(states: search.states)
    queues.counting.async { [self] in
      do throws(OrgError) {
        let check = try DirectoryCheck(reader, in: people, limit: Self.stateLimit)
        if let failure = check.failure { throw failure }
        guard check.missing.count < check.userCount || check.userCount < 2 else {
          throw OrgError(.system, check.sentences(about: people).joined(separator: " "))
        }
        inbox.post(
          .searchedNames(
            DirectoryTerms(states: [
              .disabled: Set(check.disabled.users.map(\.id)), .gone: Set(check.missing.users.map(\.id)),
            ]), search))
      } catch {
        inbox.post(.namesFailure("\(error.message) So it isn't known whose accounts are in use.", search))
      }
    }
  }

  /// Finds users who may be the one that is being typed, with their names, and posts them; of those that wait, the newest
  /// counts.
  func complete(_ lookup: UserLookup, in reader: any StoreReader) {
    state.withLock { $0.completion = lookup }
    queues.searching.async { [self] in
      guard state.withLock({ $0.completion == lookup }),
        let candidates = try? lookup.candidates(in: reader, and: people),
        state.withLock({ $0.completion == lookup })
      else { return }
      inbox.post(.completed(candidates, lookup))
    }
  }

  /// Posts what the directory has against users who were typed, and whose e-mail addresses they are. That it can't be told is
  /// posted, too, if it doesn't answer soon.
  func check(_ users: [String], for lookup: IDLookup, in reader: (any StoreReader)?) {
    let isOver = Atomic(false)
    let unclear = "So it can't be told whether the user is right."
    let alarm = Alarm(after: limits.formPatience) { [inbox, people] in
      guard !isOver.exchange(true, ordering: .relaxed) else { return }
      inbox.post(.lookedUp(["\(people.title.sentence) doesn't answer. \(unclear)"], lookup))
    }
    queues.searching.async { [self] in
      var answer: [String]
      var typed: [String: Person] = [:]
      do throws(OrgError) {
        let found = people.answer(about: users)
        if let failure = found.failure, !users.allSatisfy({ found.people[$0] != nil }) { throw failure }
        answer = try Answered(title: people.title, found: found.people).doubts(about: users)
        for user in users where user.contains("@") {
          // An address that is an id in the data is meant as one.
          guard let person = found.people[user], person.id != user, let reader,
            try reader.memberships(of: user).isEmpty
          else { continue }
          typed[user] = person
        }
      } catch {
        answer = ["\(error.message) \(unclear)"]
      }
      alarm.cancel()
      guard !isOver.exchange(true, ordering: .relaxed) else { return }
      if !typed.isEmpty { inbox.post(.typed(typed)) }
      inbox.post(.lookedUp(answer, lookup))
    }
  }
}

/// Something that is done after a while, unless it is cancelled before.
private final class Alarm: @unchecked Sendable {
  private let timer = DispatchSource.makeTimerSource(queue: .global())

  /// - Parameter delay: in milliseconds.
  init(after delay: Int, _ body: @escaping @Sendable () -> Void) {
    timer.schedule(deadline: .now() + .milliseconds(delay))
    timer.setEventHandler(handler: body)
    timer.resume()
  }

  func cancel() { timer.cancel() }
}

/// A directory that gets one question at a time.
private final class OneAtATime: PeopleDirectory {
  private let directory: any PeopleDirectory
  private let turn = Mutex(())

  init(_ directory: any PeopleDirectory) { self.directory = directory }

  var title: String { directory.title }

  func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    try turn.withLock { _ throws(OrgError) in try directory.people(with: ids) }
  }

  func answer(about ids: [String]) -> PeopleAnswer { turn.withLock { _ in directory.answer(about: ids) } }

  func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    try turn.withLock { _ throws(OrgError) in try directory.people(completing: text, limit: limit) }
  }
}

/// What a directory has answered.
private struct Answered: PeopleDirectory {
  let title: String
  let found: [String: Person]

  func people(with ids: [String]) -> [String: Person] { found }
  func people(completing text: String, limit: Int) -> [Person] { [] }
}

extension String {
  /// It at the beginning of a sentence.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() }
}
