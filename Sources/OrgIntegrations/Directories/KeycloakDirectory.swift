import FoundationEssentials
import OrgCore
import Synchronization

/// The users of a realm of Keycloak, by its Admin REST API. The client needs a service account with the roles view-users and
/// query-users. Beside the request for a token, nothing but GET is sent.
public final class KeycloakDirectory: PeopleDirectory {
  /// What messages call it.
  public let title: String
  private let realm: String
  private let address: ServiceAddress
  private let key: Person.Key
  private let credentials: ClientCredentials
  private let limits: ServiceClient.Limits
  /// Asks with the newest token.
  private let client = Mutex<ServiceClient?>(nil)
  /// The most questions at a time.
  private static let width = 4
  /// The users of one page; without it Keycloak gives 100.
  private static let page = 100
  /// The most pages of one search.
  private static let pageLimit = 50

  /// - Parameters:
  ///   - name: the directory's name.
  ///   - address: where Keycloak is, with the path if it isn't at the root.
  ///   - realm: the name of the realm.
  ///   - clientID: the id of the client.
  ///   - secret: its secret.
  ///   - key: what of a person the data have as the user's id.
  ///   - timeLimit: the longest time for one answer.
  public init(
    _ name: String, at address: ServiceAddress, realm: String, clientID: String, secret: ServiceKey,
    key: Person.Key, timeLimit: Duration
  ) throws(OrgError) {
    title = "the directory \(name.escapedForDisplay)"
    (self.address, self.realm, self.key) = (address, realm, key)
    var limits = ServiceClient.Limits()
    (limits.connecting, limits.answering) = (timeLimit, timeLimit)
    (limits.attempts, limits.pause, limits.body) = (3, min(timeLimit, .seconds(10)), 4 << 20)
    self.limits = limits
    credentials = ClientCredentials(
      name: "The directory \(name.escapedForDisplay)",
      address: try ServiceAddress(
        "\(address.text)/realms/\(realm.percentEncoded)/protocol/openid-connect/token"),
      client: clientID, secret: secret, limits: limits)
  }

  /// A user as Keycloak has them.
  private struct User: Decodable {
    let id: String
    let username: String?
    let email: String?
    let firstName: String?
    let lastName: String?
    let enabled: Bool?
  }

  private struct Refusal: Decodable {
    let error: String?
  }

  // MARK: Ids

  /// The people whom ids belong to.
  public func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let answer = answer(about: ids)
    if let failure = answer.failure { throw failure }
    return answer.people
  }

  /// What can be said about ids.
  public func answer(about ids: [String]) -> PeopleAnswer {
    let asked = Array(Set(ids.filter(\.canBeAsked)))
    guard !asked.isEmpty else { return PeopleAnswer([:]) }
    let shared = Questions(asked)
    do throws(ServiceFailure) {
      // One token for all.
      _ = try current(try session())
    } catch {
      return PeopleAnswer([:], failure: OrgError(.system, error.message))
    }
    let tasks = (0..<min(Self.width, asked.count)).map { _ in
      BackgroundTask { [self] in
        do throws(ServiceFailure) {
          let session = try session()
          while let id = shared.next() { shared.add(id, try person(id, session)) }
        } catch {
          // Each other question would be waited for as long.
          shared.stop(error)
        }
      }
    }
    for task in tasks { task.value }
    return shared.answer
  }

  /// Questions that several threads ask.
  private final class Questions: Sendable {
    private let state: Mutex<(left: [String], found: [String: Person], failure: ServiceFailure?)>

    init(_ ids: [String]) { state = Mutex((ids, [:], nil)) }

    func next() -> String? { state.withLock { $0.failure == nil ? $0.left.popLast() : nil } }

    func add(_ id: String, _ person: Person?) { state.withLock { $0.found[id] = person } }

    func stop(_ failure: ServiceFailure) { state.withLock { $0.failure = $0.failure ?? failure } }

    var answer: PeopleAnswer {
      state.withLock { state in
        PeopleAnswer(state.found, failure: state.failure.map { OrgError(.system, $0.message) })
      }
    }
  }

  /// Whom an id belongs to; what it looks like is tried first.
  private func person(
    _ id: String, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Person? {
    let shape = IDShape(id)
    if shape == .uuid, let person = try user(withID: id, session) { return person }
    if shape == .email, let person = try user("email", id, session) { return person }
    if let person = try user("username", id, session) { return person }
    return shape == .name ? try user(withID: id, session) : nil
  }

  private func user(
    withID id: String, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Person? {
    // Dots would lead elsewhere.
    guard id != ".", id != ".." else { return nil }
    let answer = try get([id], [], session)
    if answer.status == 200 {
      let user: User = try decode(answer)
      guard user.id == id.lowercased() || user.id == id else { throw unusable }
      return person(user)
    }
    // A 404 that isn't Keycloak's may be of a wrong address, and one of another kind of a wrong realm.
    let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.body))
    guard let words = refusal?.error?.lowercased(), words.contains("user not found") else { throw unusable }
    return nil
  }

  private func user(
    _ field: String, _ id: String, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Person? {
    let users = try users([(field, id), ("exact", "true"), ("first", "0"), ("max", "20")], session)
    // Old versions don't know exact.
    let text = id.lowercased()
    let user = users.first { (field == "email" ? $0.email : $0.username)?.lowercased() == text }
    return user.flatMap(person)
  }

  // MARK: Search

  /// People whose id, name or e-mail address has a text.
  public func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    guard text.canBeAsked, limit > 0 else { return [] }
    do throws(ServiceFailure) {
      let session = try session()
      var people = try search(IDShape(text) == .uuid ? "id:" + text : text, limit, session)
      // New versions look for the beginning alone.
      if people.count < limit, !text.contains("*"), IDShape(text) != .uuid {
        var known = Set(people.map(\.id))
        people += try search("*\(text)*", limit, session).filter { known.insert($0.id).inserted }
      }
      return Array(people.prefix(limit))
    } catch {
      throw OrgError(.system, error.message)
    }
  }

  /// Users by a search, page by page. How many Keycloak counts is of no use: that and the pages have disagreed.
  private func search(
    _ text: String, _ limit: Int, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> [Person] {
    var people: [Person] = []
    var (known, place): (Set<String>, Int) = ([], 0)
    for _ in 0..<Self.pageLimit where people.count < limit {
      let size = min(Self.page, limit)
      let page = try users(
        [("search", text), ("first", String(place)), ("max", String(size))], session)
      let new = page.filter { known.insert($0.id).inserted }
      people += new.compactMap(person)
      place += page.count
      // A page that has nothing new is the last one, or one that is sent again and again.
      if page.count < size || new.isEmpty { break }
    }
    return people
  }

  private func person(_ user: User) -> Person? {
    var record = PersonRecord()
    for (name, text) in [
      ("id", user.id), ("username", user.username), ("email", user.email), ("firstname", user.firstName),
      ("lastname", user.lastName),
    ] {
      record.set(name, text ?? "")
    }
    record.set("enabled", user.enabled == false ? "false" : "true")
    return record.person(key)
  }

  // MARK: Asking

  private func session() throws(ServiceFailure) -> ServiceClient.Session {
    do throws(OrgError) {
      try ServiceClient.load(for: title)
    } catch {
      throw ServiceFailure(.unusable, error.message)
    }
    guard let session = ServiceClient.Session() else {
      throw ServiceFailure(.unreachable, "Out of memory while connecting to \(title).")
    }
    return session
  }

  private func users(
    _ query: [(String, String)], _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> [User] {
    let answer = try get([], query + [("briefRepresentation", "true")], session)
    guard answer.status == 200 else { throw unusable }
    return try decode(answer)
  }

  /// Asks for users. A token that isn't accepted anymore is renewed once.
  private func get(
    _ path: [String], _ query: [(String, String)], _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> ServiceClient.Answer {
    let path = ["admin", "realms", realm, "users"] + path
    var client = try current(session)
    var answer: ServiceClient.Answer
    do throws(ServiceFailure) {
      answer = try client.get(path, query, in: session)
    } catch {
      guard error.kind == .refused else { throw error }
      client = try current(session, insteadOf: client)
      answer = try client.get(path, query, in: session)
    }
    guard answer.status != 403 else {
      throw ServiceFailure(
        .refused,
        "\(credentials.name) doesn't let the client \(credentials.client.quoted) look up users (403); its service account needs the roles view-users and query-users."
      )
    }
    return answer
  }

  /// What asks with a token; with a new one instead of one that isn't accepted.
  private func current(
    _ session: borrowing ServiceClient.Session, insteadOf old: ServiceClient? = nil
  ) throws(ServiceFailure) -> ServiceClient {
    do {
      return try client.withLock { client in
        if let client, client !== old { return client }
        let token = try credentials.token(in: session)
        let new = try ServiceClient(credentials.name, at: address, key: token, limits: limits)
        client = new
        return new
      }
    } catch let error as ServiceFailure {
      throw error
    } catch {
      throw ServiceFailure(.unusable, "\(error)")
    }
  }

  private func decode<Value: Decodable>(_ answer: ServiceClient.Answer) throws(ServiceFailure) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(answer.body))
    } catch {
      throw unusable
    }
  }

  private var unusable: ServiceFailure {
    ServiceFailure(
      .unusable,
      "\(credentials.name) answered something else than Keycloak documents; are the address and the realm right?"
    )
  }
}
