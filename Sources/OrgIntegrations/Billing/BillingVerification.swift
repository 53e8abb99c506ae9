import OrgCore
import Synchronization

/// Compares the billing ids, plans and statuses of all organizations with what Stripe and Lago have. Nothing is changed.
///
/// Each service is asked for the list of its customers once, and then for single ones that are stored and weren't in it, at
/// most four at a time. What a service doesn't answer is unknown, and not missing.
public struct BillingVerification: Sendable {
  private let sources: [any CustomerSource]
  private let rules: BillingRules
  private let progress: @Sendable (Progress) -> Void

  /// How far it is.
  public enum Progress: Sendable, Hashable {
    /// So many customers of a service are known.
    case customers(BillingService, Int)
    /// So many of a service's customers that are asked for one by one.
    case singles(BillingService, Int, of: Int)
    /// So many organizations were compared.
    case organizations(Int)
  }

  /// Chooses what is compared.
  ///
  /// - Parameters:
  ///   - stripe: asks Stripe; `nil` leaves it out.
  ///   - lago: asks Lago; `nil` leaves it out.
  ///   - rules: what is to be compared with what, apart from the data.
  ///   - progress: is told how far it is, from several threads.
  public init(
    stripe: ServiceClient?, lago: ServiceClient?, rules: BillingRules = BillingRules(),
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    var sources: [any CustomerSource] = []
    if let stripe { sources.append(StripeCustomers(client: stripe)) }
    if let lago { sources.append(LagoCustomers(client: lago)) }
    self.sources = sources
    (self.rules, self.progress) = (rules, progress)
  }

  /// Compares everything.
  ///
  /// - Parameters:
  ///   - state: what an earlier run learned that was ended.
  ///   - reader: the data; made when the lists have been read.
  /// - Throws: what the reader throws, and `invalidValue` for a state of other services, addresses, modes or keys. A service
  ///   that doesn't answer is a finding.
  public func run(
    from state: BillingState? = nil, reading reader: () throws(OrgError) -> any StoreReader
  ) throws(OrgError) -> BillingReport {
    if let state { try check(state) }
    var known = readLists(from: state)
    let reader = try reader()
    var count = 0
    // Not the keys of the dictionary: while they are held, each change would copy what is known.
    let services = sources.map(\.service)
    try reader.forEachOrganization { row throws(OrgError) in
      count += 1
      for service in services { known[service]?.note(row.organization) }
    }
    for service in services { known[service]?.findAliases() }
    askSingly(&known)
    findEndedSubscriptions(&known)
    var examination = BillingExamination(known, rules, reader.rules)
    var done = 0
    try reader.forEachOrganization { row throws(OrgError) in
      examination.examine(row.organization)
      done += 1
      if done % 1000 == 0 { progress(.organizations(done)) }
    }
    examination.finish()
    let requests = Dictionary(uniqueKeysWithValues: sources.map { ($0.service, $0.client.requestCount) })
    let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    return BillingReport(
      findings: examination.findings, organizationCount: count, requests: requests,
      isPartial: known.values.contains { $0.failure != nil },
      state: BillingState(origins(salt), salt: salt, known))
  }

  // MARK: Going on

  private func origins(_ salt: [UInt8]) -> [BillingService: BillingState.Origin] {
    Dictionary(
      uniqueKeysWithValues: sources.map {
        ($0.service, BillingState.Origin(address: $0.client.address.text, key: $0.client.keyPrint(salt)))
      })
  }

  /// What was learned with another key, or elsewhere, says nothing here.
  private func check(_ state: BillingState) throws(OrgError) {
    let (now, then) = (origins(state.salt), state.origins)
    guard now != then else { return }
    func list(_ services: some Sequence<BillingService>) -> String {
      services.map(\.title).sorted().joined(separator: " and ")
    }
    let why =
      now.keys != then.keys
      ? "asked \(list(then.keys)), and this one would ask \(list(now.keys))"
      : "asked \(list(now.keys.filter { now[$0] != then[$0] })) at another address or with another key"
    throw OrgError(
      .invalidValue, "The run that ended early \(why), so it can't be gone on with; leave --resume out.")
  }

  // MARK: Asking

  private func readLists(from state: BillingState?) -> [BillingService: ServiceKnowledge] {
    let progress = progress
    let tasks = sources.map { source in
      let begun = state?.lists[source.service] ?? CustomerList()
      let answers = state?.answers[source.service] ?? [:]
      return BackgroundTask {
        var list = begun
        let failure = source.complete(&list) { progress(.customers(source.service, $0)) }
        var known = ServiceKnowledge(source.service, list, failure)
        known.answers = answers
        return known
      }
    }
    return Dictionary(uniqueKeysWithValues: tasks.map { ($0.value.service, $0.value) })
  }

  /// The most questions at a time.
  private static let width = 4

  private func askSingly(_ known: inout [BillingService: ServiceKnowledge]) {
    for source in sources {
      guard var knowledge = known[source.service] else { continue }
      var open = knowledge.open
      if knowledge.looksLikeAnotherAccount, open.count > Self.width {
        // A few tell whether all of them are elsewhere, as thousands would.
        let first = open.prefix(Self.width)
        ask(Array(first), of: source, &knowledge)
        let answers = Set(first.map { knowledge.answers[$0] })
        if answers == [.missing] || answers == [.otherMode] || answers == [.otherAccount] {
          let all = answers == [.otherMode] ? SingleAnswer.otherMode : .otherAccount
          for id in open { knowledge.answers[id] = all }
        }
        open = knowledge.open
      }
      if knowledge.failure == nil { ask(open, of: source, &knowledge) }
      known[source.service] = knowledge
    }
  }

  private struct Questions: Sendable {
    var left: ArraySlice<String>
    var answers: [String: SingleAnswer] = [:]
    var failure: ServiceFailure?
    var failures = 0
  }

  private func ask(_ ids: [String], of source: any CustomerSource, _ knowledge: inout ServiceKnowledge) {
    guard !ids.isEmpty else { return }
    let progress = progress
    let shared = SharedQuestions(Questions(left: ids[...]))
    let tasks = (0..<min(Self.width, ids.count)).map { _ in
      BackgroundTask {
        do throws(ServiceFailure) {
          let session = try source.client.session()
          while let id = shared.next() {
            do throws(ServiceFailure) {
              shared.add(id, try source.customer(id, session))
            } catch {
              shared.add(id, error)
            }
            progress(.singles(source.service, shared.done, of: ids.count))
          }
        } catch {
          shared.stop(error)
        }
      }
    }
    for task in tasks { task.value }
    shared.finish(&knowledge)
  }

  /// Questions that several threads ask.
  private final class SharedQuestions: Sendable {
    private let questions: Mutex<Questions>
    /// After so many that weren't answered, no more are asked.
    private static let patience = 5

    init(_ questions: Questions) { self.questions = Mutex(questions) }

    var done: Int { questions.withLock { $0.answers.count } }

    func next() -> String? { questions.withLock { $0.failure == nil ? $0.left.popFirst() : nil } }

    func add(_ id: String, _ answer: SingleAnswer) { questions.withLock { $0.answers[id] = answer } }

    func add(_ id: String, _ failure: ServiceFailure) {
      questions.withLock {
        $0.failures += 1
        switch failure.kind {
        case .unusable, .unreachable:
          $0.answers[id] = .unknown(failure.message)
          if $0.failures >= Self.patience { $0.failure = failure }
        default: $0.failure = failure
        }
      }
    }

    func stop(_ failure: ServiceFailure) { questions.withLock { $0.failure = failure } }

    func finish(_ knowledge: inout ServiceKnowledge) {
      let questions = questions.withLock { $0 }
      knowledge.answers.merge(questions.answers) { $1 }
      if let failure = questions.failure { knowledge.failure = failure }
    }
  }

  /// Looks whether stored ids that Lago doesn't know are those of subscriptions that have ended.
  private func findEndedSubscriptions(_ known: inout [BillingService: ServiceKnowledge]) {
    guard let source = sources.first(where: { $0.service == .lago }), var knowledge = known[.lago],
      knowledge.failure == nil
    else { return }
    let missing = Set(knowledge.answers.filter { $0.value == .missing && Self.isUUID($0.key) }.keys)
    guard !missing.isEmpty else { return }
    do throws(ServiceFailure) {
      for (id, customer) in try source.endedSubscriptions(among: missing) {
        knowledge.aliases[id] = ServiceKnowledge.Alias(kind: .subscription, customer: customer)
      }
    } catch {
      knowledge.failure = error
    }
    known[.lago] = knowledge
  }

  /// Whether a text can be an id that Lago makes.
  private static func isUUID(_ text: String) -> Bool {
    text.utf8.count == 36
      && text.utf8.enumerated().allSatisfy { place, byte in
        [8, 13, 18, 23].contains(place)
          ? byte == UInt8(ascii: "-")
          : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
      }
  }
}

/// What a comparison found.
public struct BillingReport: Sendable {
  /// What was found, by organization in the order of the data, then what concerns none.
  public let findings: [BillingFinding]
  /// How many organizations were compared.
  public let organizationCount: Int
  /// How many requests were sent to each service that was asked.
  public let requests: [BillingService: Int]
  /// Whether a service wasn't asked to the end, so that a later run can go on.
  public let isPartial: Bool
  /// What a later run needn't ask again.
  public let state: BillingState
}

/// What a run learned, for one that goes on where it was ended. It has ids of customers and of organizations, and no key.
public struct BillingState: Sendable, Codable {
  let origins: [BillingService: Origin]
  /// Random, so that what is kept of a key can't be looked up.
  let salt: [UInt8]
  let lists: [BillingService: CustomerList]
  let answers: [BillingService: [String: SingleAnswer]]

  /// What a service was asked with.
  struct Origin: Sendable, Codable, Hashable {
    let address: String
    /// A few bits of a hash of the key: enough to notice another one, and too few to find it.
    let key: UInt32
  }

  init(
    _ origins: [BillingService: Origin], salt: [UInt8], _ known: [BillingService: ServiceKnowledge]
  ) {
    (self.origins, self.salt) = (origins, salt)
    lists = known.mapValues(\.list)
    answers = known.mapValues { known in
      known.answers.filter { if case .unknown = $0.value { false } else { true } }
    }
  }
}
