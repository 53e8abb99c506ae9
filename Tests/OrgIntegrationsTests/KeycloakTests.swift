import DirectoryTesting
import OrgCore
import Testing

@testable import OrgIntegrations

/// The users of a realm.
@Suite struct KeycloakTests {
  private let kept = KeptStandIns()
  private static let jane = Person(
    id: "0a0b0c0d-0000-4000-8000-000000000001", userName: "jane", email: "Jane@example.org", name: "Jane Doe")
  private static let bob = Person(
    id: "0a0b0c0d-0000-4000-8000-000000000002", userName: "bob", isEnabled: false)
  private static let users = "/auth/admin/realms/main%20realm/users"
  private static let token = "/auth/realms/main%20realm/protocol/openid-connect/token"

  private static var world: StubKeycloak.World {
    var world = StubKeycloak.World()
    world.users = [
      StubKeycloak.User(jane.id, "jane", email: "Jane@example.org", first: "Jane", last: "Doe"),
      StubKeycloak.User(bob.id, "bob", isEnabled: false),
    ]
    return world
  }

  private func stub(_ change: (inout StubKeycloak.World) -> Void = { _ in }) throws -> StubKeycloak {
    var world = Self.world
    change(&world)
    let stub = try StubKeycloak(world)
    kept.keep(stub)
    return stub
  }

  private func directory(
    _ stub: StubKeycloak, secret: String = StubKeycloak.secret, realm: String = "main realm",
    key: Person.Key = .id, limit: Duration = .seconds(10)
  ) throws -> KeycloakDirectory {
    try KeycloakDirectory(
      "corp", at: ServiceAddress(stub.address), realm: realm, clientID: "orgman",
      secret: ServiceKey(secret, from: "A test"), key: key, timeLimit: limit)
  }

  @Test func `people are found by subject, user name and e-mail address`() throws {
    let stub = try stub()
    let people = try directory(stub)
    let found = try people.people(
      with: [Self.jane.id, "jane", "JANE", "jane@EXAMPLE.org", "bob", "eve", "eve@example.org", "..", ""])
    #expect(
      found
        == ["jane", "JANE", "jane@EXAMPLE.org", Self.jane.id].reduce(into: ["bob": Self.bob]) {
          $0[$1] = Self.jane
        })
    let requests = try stub.requests()
    #expect(requests.count { $0.method == "POST" } == 1)
    #expect(requests.allSatisfy { $0.method == "GET" || $0.path == Self.token })
    #expect(requests.allSatisfy { $0.active <= 4 })
    // One token; the subject and each known name or address with one question, each unknown one with two.
    #expect(requests.count == 1 + 5 + 2 + 2 + 1)
    #expect(try people.people(with: [Self.bob.id]) == [Self.bob.id: Self.bob])
    #expect(try stub.requests().count { $0.method == "POST" } == 1)
    #expect(try directory(stub, key: .email).people(with: ["jane"])["jane"]?.id == "Jane@example.org")
  }

  @Test func `ids can't change what is asked`() throws {
    let stub = try stub()
    let ids = ["../count", "jane&enabled=false", "a/b?c#d", "x\r\nHost: y", "50%"]
    #expect(try directory(stub).people(with: ids) == [:])
    let paths = try stub.requests().map(\.path)
    #expect(!paths.contains { $0.hasPrefix(Self.users + "/count") })
    #expect(paths.contains { $0.hasPrefix(Self.users + "?username=jane%26enabled%3Dfalse&exact=true") })
  }

  @Test func `a token that isn't accepted anymore is renewed`() throws {
    let stub = try stub { $0.uses = 3 }
    let people = try directory(stub)
    for _ in 0..<4 {
      #expect(try people.people(with: [Self.jane.id, Self.bob.id]).count == 2)
    }
    let tokens = try stub.requests().count { $0.method == "POST" }
    #expect((3...4).contains(tokens))
  }

  @Test func `a token that is never accepted is asked for once more, and then is a failure`() throws {
    let stub = try stub { $0.uses = 0 }
    let answer = try directory(stub).answer(about: [Self.jane.id])
    #expect(answer.people.isEmpty && answer.failure != nil)
    #expect(try stub.requests().count { $0.method == "POST" } == 2)
  }

  @Test func `a wrong secret says so, and isn't shown`() throws {
    let stub = try stub()
    let answer = try directory(stub, secret: "wrongSECRET").answer(about: ["jane"])
    let message = answer.failure?.message ?? ""
    #expect(message.contains("gives the client \"orgman\" no token (401)") && !message.contains("SECRET"))
  }

  @Test func `a search goes on to the next page, whatever is counted`() throws {
    let stub = try stub { world in
      world.users = (0..<257).map { StubKeycloak.User("id-\($0)", "user-\($0)", last: "Xu") }
    }
    let people = try directory(stub)
    #expect(try people.people(completing: "user", limit: 250).map(\.id) == (0..<250).map { "id-\($0)" })
    let requests = try stub.requests()
    #expect(requests.count == 1 + 3 && !requests.contains { $0.path.contains("/count") })
    #expect(requests.last?.path.hasSuffix("?search=user&first=200&max=100&briefRepresentation=true") == true)
    #expect(
      Set(try people.people(completing: "ser-25", limit: 500).map(\.id))
        == Set(["id-25"] + (250..<257).map { "id-\($0)" }))
  }

  @Test func `a server that gives smaller pages, or the same again, ends a search`() throws {
    let small = try stub { world in
      world.users = (0..<257).map { StubKeycloak.User("id-\($0)", "user-\($0)") }
      world.page = 50
    }
    #expect(try directory(small).people(completing: "user", limit: 200).count == 50)
    let again = try stub { world in
      world.users = (0..<300).map { StubKeycloak.User("id-\($0)", "user-\($0)") }
      world.manners = [StubKeycloak.Manner(Self.users, "repeat")]
    }
    #expect(try directory(again).people(completing: "user", limit: 250).count == 100)
    #expect(try again.requests().count < 8)
  }

  @Test func `those whose names begin with a text come first, then others`() throws {
    let stub = try stub()
    let people = try directory(stub)
    #expect(try people.people(completing: "do", limit: 5) == [Self.jane])
    #expect(try people.people(completing: "example", limit: 5) == [Self.jane])
    #expect(try people.people(completing: Self.bob.id, limit: 5) == [Self.bob])
    #expect(try people.people(completing: "jane doe", limit: 5) == [Self.jane])
    #expect(try people.people(completing: "nobody", limit: 5) == [])
  }

  @Test(arguments: [
    (StubKeycloak.Manner(users, "403"), "view-users"), (StubKeycloak.Manner(users, "500"), "status 500"),
    (StubKeycloak.Manner(users, "404", value: "{\"error\": \"Realm not found.\"}"), "realm right"),
    (StubKeycloak.Manner(users, "404", value: "<html>nothing here</html>"), "realm right"),
    (StubKeycloak.Manner(users, "cut"), "cut short"), (StubKeycloak.Manner(users, "huge"), "larger than"),
    (StubKeycloak.Manner(users, "garbage", value: "{\"error\":"), "something else"),
    (StubKeycloak.Manner(users, "302", value: "https://evil.example.com/x"), "elsewhere"),
    (StubKeycloak.Manner(users, "429", value: "3600"), "busy"),
    (StubKeycloak.Manner(token, "500"), "status 500"),
    (StubKeycloak.Manner(token, "404"), "realm right"),
    (StubKeycloak.Manner(token, "garbage", value: "{}"), "token"),
    (StubKeycloak.Manner(token, "302", value: "https://evil.example.com/x"), "elsewhere"),
    (StubKeycloak.Manner(users, "slow", value: "30"), "in time"),
    (StubKeycloak.Manner(token, "slow", value: "30"), "in time"),
  ])
  func `who can't be looked up is unknown`(manner: StubKeycloak.Manner, words: String) throws {
    let stub = try stub { $0.manners = [manner] }
    let people = try directory(stub, limit: .seconds(1))
    let start = ContinuousClock.now
    let answer = people.answer(about: [Self.jane.id] + (0..<20).map { "user-\($0)" })
    #expect(answer.people.isEmpty)
    #expect(answer.failure?.message.contains(words) == true, "\(answer.failure?.message ?? "")")
    #expect(throws: OrgError.self) { try people.people(with: ["eve"]) }
    // Whatever is asked, one time limit is waited for each time.
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `a service that is busy for a moment is asked again`() throws {
    let stub = try stub { $0.manners = [StubKeycloak.Manner(Self.users, "503", times: 1)] }
    #expect(try directory(stub).people(with: ["jane"]).count == 1)
  }

  @Test func `the secret goes to the address for tokens alone`() throws {
    let stub = try stub()
    _ = try directory(stub).people(with: ["jane", "eve"])
    for request in try stub.requests() {
      #expect(!request.path.contains("SECRET") && !request.authorization.contains("SECRET"))
      #expect(request.form.contains("SECRET") == (request.path == Self.token))
      #expect(request.authorization == (request.path == Self.token ? "" : "Bearer token-1"))
    }
  }

  @Test func `names with control characters come as they are, and endless ones not at all`() throws {
    let stub = try stub { world in
      world.users[0].firstName = "\u{1B}[2J\u{202E}"
      world.users[0].lastName = String(repeating: "x", count: 100_000)
    }
    let jane = try directory(stub).people(with: ["jane"])["jane"]
    #expect(jane?.name == "\u{1B}[2J\u{202E}")
    #expect(jane?.detail.escapedForDisplay.contains("\u{1B}") == false)
  }
}
