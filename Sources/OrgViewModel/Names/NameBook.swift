import OrgCore

/// What a directory of users has said of ids and of texts: for the screen alone, and forgotten at the end.
package struct NameBook: Sendable {
  /// What is known of ids.
  private var users: [String: NamedUser] = [:]
  /// The ids that were asked for last.
  private var asked: Set<String> = []
  /// When those on the screen are asked for again, in microseconds.
  private var nextLook: Int64 = 0
  /// What is known of texts and states.
  private var terms = DirectoryTerms()
  /// What was asked about them so far, answered or not.
  private var sought = NameSearch()
  /// The people whom e-mail addresses that were typed belong to, by the address.
  private var typed: [String: Person] = [:]
  /// Whether the directory is to be asked even for what it has answered already.
  private var isStale = false
  /// Whether a person was told that the directory can't be asked.
  var isFailureTold = false

  /// How many ids are remembered; more than fit are no longer on any screen.
  private static let limit = 20_000
  /// How many texts are remembered.
  private static let textLimit = 100
  /// How long an answer holds, and how long a failure, in microseconds.
  private static let (expiry, retry): (Int64, Int64) = (300_000_000, 10_000_000)

  /// What is known of an id; `nil` as long as nothing is.
  package subscript(id: String) -> NamedUser? { users[id] }

  /// The person whom an e-mail address that was typed belongs to, by another id.
  func person(typed text: String) -> Person? { typed[text] }

  /// What is known of a query.
  func terms(of search: NameSearch) -> DirectoryTerms {
    guard !search.isEmpty, !terms.isEmpty else { return DirectoryTerms() }
    let texts = search.texts.union(search.users)
    return DirectoryTerms(
      users: terms.users.filter { texts.contains($0.key) },
      states: terms.states.filter { search.states.contains($0.key) })
  }

  /// What is to be asked about ids; `nil` where everything is known.
  ///
  /// - Parameters:
  ///   - shown: those on the screen.
  ///   - around: those that are there soon.
  mutating func request(
    _ shown: [String], at time: Timestamp, around: () -> [String]
  ) -> NameRequest? {
    guard !shown.isEmpty else { return nil }
    let now = time.microseconds
    // A clock that was put back makes nothing last longer.
    let isDue = isStale || now >= nextLook || nextLook - now > Self.expiry
    guard isDue || shown.contains(where: { users[$0] == nil && !asked.contains($0) }) else { return nil }
    let ids = (shown + around()).unique
    asked = Set(ids)
    nextLook = now + Self.expiry
    defer { isStale = false }
    return NameRequest(ids, isFresh: isStale)
  }

  /// What is to be asked about a query; `nil` where nothing is.
  mutating func search(_ search: NameSearch) -> NameSearch? {
    let new = search.subtracting(sought)
    guard !new.isEmpty else { return nil }
    if sought.texts.count + sought.users.count > Self.textLimit {
      (sought, terms.users) = (NameSearch(), [:])
    }
    sought.formUnion(search)
    return search
  }

  mutating func receive(_ answers: [String: NamedUser], at time: Timestamp) {
    if users.count + answers.count > Self.limit { users = users.filter { asked.contains($0.key) } }
    users.merge(answers) { old, new in
      // An answer of before says more than that there is none now.
      if case .unknown = new { old } else { new }
    }
    if answers.values.contains(.unknown) {
      nextLook = min(nextLook, time.microseconds + Self.retry)
    } else if !answers.isEmpty {
      isFailureTold = false
    }
  }

  mutating func receive(_ found: DirectoryTerms) {
    terms.users.merge(found.users) { $1 }
    terms.states.merge(found.states) { $1 }
  }

  /// Lets what wasn't answered be asked again.
  mutating func giveUp(_ search: NameSearch) { sought = sought.subtracting(search) }

  mutating func receive(typed people: [String: Person]) { typed.merge(people) { $1 } }

  /// Asks the directory again from now on.
  mutating func expire() {
    (isStale, sought, terms, typed) = (true, NameSearch(), DirectoryTerms(), [:])
  }

  /// Whom users are, in sentences; empty where there are many, or none is known.
  func sentences(about ids: [String]) -> String {
    guard ids.count <= 3 else { return "" }
    return ids.map { id in
      guard case .person = users[id], let detail = users[id]?.detail(of: id) else { return "" }
      return "\(id.escapedForDisplay): \(detail). "
    }.joined()
  }
}
