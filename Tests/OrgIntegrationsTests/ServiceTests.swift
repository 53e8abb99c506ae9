import BillingTesting
import Foundation
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgIntegrations

/// What tests ask services with.
let secret = "rk_test_SECRETsecret"

/// A client of a stub that doesn't wait; what it would have waited for goes to `pauses`.
func client(
  _ address: String, _ name: String = "Stripe", limits: ServiceClient.Limits = ServiceClient.Limits(),
  isWanted: @escaping @Sendable () -> Bool = { true },
  pause: @escaping @Sendable (Duration) -> Void = { _ in }
) throws -> ServiceClient {
  try ServiceClient(
    name, at: ServiceAddress(address), key: ServiceKey(secret, from: "A test"), limits: limits,
    isWanted: isWanted, pause: pause)
}

@Suite struct ServiceAddressTests {
  @Test(arguments: [
    "https://api.stripe.com", "https://lago.example.com/base/", "http://localhost", "http://127.0.0.1:8080",
    "http://[::1]:80/x", "HTTPS://EXAMPLE.COM", "http://127.1.2.3",
  ])
  func `addresses with https are taken, and http on the machine itself`(text: String) throws {
    #expect(try !ServiceAddress(text).text.hasSuffix("/"))
  }

  @Test(arguments: [
    "", "api.stripe.com", "http://api.stripe.com", "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1@example.com", "https://key@example.com", "https://example.com?x",
    "https://example.com#x",
    "https://", "https:///x", "ftp://localhost", "https://a b", "https://a\nb", "http://127.0.0.1:99999",
    "http://127.1", "file:///etc/passwd", "https://ü.example.com",
  ])
  func `others are refused`(text: String) {
    #expect(throws: OrgError.self) { try ServiceAddress(text) }
  }
}

@Suite struct ServiceKeyTests {
  private let directory: TemporaryDirectory
  private var file: String { directory.path + "/key" }
  private let places: ServiceKey.Places

  init() throws {
    directory = try TemporaryDirectory()
    places = ServiceKey.Places(
      credential: "stripe-key", file: directory.path + "/key", variable: "ORGMAN_STRIPE_KEY")
  }

  private func write(_ text: String, _ mode: Int = 0o600, to name: String = "key") throws {
    let path = "\(directory.path)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func found(_ environment: [String: String]) throws -> String? {
    try ServiceKey.find(in: places) { environment[$0] }?.withAuthorization { String(cString: $0) }
  }

  @Test func `a key is a credential, else in the file, else in the environment`() throws {
    let environment = ["CREDENTIALS_DIRECTORY": directory.path, "ORGMAN_STRIPE_KEY": "rk_environment"]
    try write("rk_file\n")
    #expect(try found(environment) == "Authorization: Bearer rk_file")
    try write(" rk_credential \r\n", 0o440, to: "stripe-key")
    #expect(try found(environment) == "Authorization: Bearer rk_credential")
    #expect(try found(["CREDENTIALS_DIRECTORY": "relative"]) == "Authorization: Bearer rk_file")
    let others = ServiceKey.Places(credential: "lago-key", file: nil, variable: "ORGMAN_LAGO_KEY")
    #expect(try ServiceKey.find(in: others) { environment[$0] } == nil)
    let variable = try ServiceKey.find(in: others) { $0 == "ORGMAN_LAGO_KEY" ? "key" : nil }
    #expect(variable?.withAuthorization { String(cString: $0) } == "Authorization: Bearer key")
  }

  @Test(arguments: [0o644, 0o640, 0o620, 0o601]) func `a file that others may use is refused`(mode: Int)
    throws
  {
    try write(secret, mode)
    let error = #expect(throws: OrgError.self) { try found([:]) }
    #expect(error?.code == .unsafeDirectory)
    #expect(error?.message.contains("chmod 600") == true)
  }

  @Test func `a file that isn't there, is none or has no key is refused, and none of it is said`() throws {
    #expect(throws: OrgError.self) { try found(["ORGMAN_STRIPE_KEY": "rk_environment"]) }
    for text in [
      "", "\n", "SECRET and more", "SECRET\nSECRET", "SECRET\u{1B}", "SÉCRET",
      String(repeating: "S", count: 600),
    ] {
      try write(text)
      let error = #expect(throws: OrgError.self) { try found([:]) }
      #expect(error?.message.contains("CRET") == false)
    }
    try FileManager.default.removeItem(atPath: file)
    #expect(mkfifo(file, 0o600) == 0)
    #expect(throws: OrgError.self) { try found([:]) }
  }

  @Test func `nothing shows a key`() throws {
    let key = try ServiceKey(secret, from: "A test")
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped, "\([key])"] {
      #expect(!text.contains("SECRET"))
    }
    #expect(!key.canWriteAtStripe)
    #expect(try ServiceKey("sk_test_x", from: "A test").canWriteAtStripe)
  }
}

@Suite(.sideBySide) struct ServiceClientTests {
  private let stubs = StubServices()

  private func stub(_ manners: StubService.Manner..., isEncrypted: Bool = false) throws -> StubService {
    var world = StubService.World()
    world.manners = manners
    world.isEncrypted = isEncrypted
    let stub = try StubService(world)
    stubs.keep(stub)
    return stub
  }

  private func failure(_ client: ServiceClient) throws -> ServiceFailure {
    try #require(
      #expect(throws: ServiceFailure.self) {
        let session = try client.session()
        _ = try client.get(["v1", "x"], in: session)
      })
  }

  @Test(arguments: ["429", "503"]) func `a busy service is asked again after the time that it names`(
    status: String
  ) throws {
    let stub = try stub(StubService.Manner("/v1/x", status, times: 2, value: "3"))
    let pauses = Mutex<[Duration]>([])
    let client = try client(stub.address, pause: { pause in pauses.withLock { $0.append(pause) } })
    let session = try client.session()
    #expect(try client.get(["v1", "x"], in: session).status == 404)
    #expect(client.requestCount == 3)
    #expect(try stub.requests().count == 3)
    let waited = pauses.withLock { $0 }
    #expect(waited.count == 2)
    #expect(waited.allSatisfy { (.seconds(3)...(.milliseconds(3750))).contains($0) })
  }

  @Test func `one that stays busy is given up, and one that asks for long at once`() throws {
    let pauses = Mutex<[Duration]>([])
    let always = try client(
      stub(StubService.Manner("/", "429")).address, pause: { pause in pauses.withLock { $0.append(pause) } })
    #expect(try failure(always).kind == .busy)
    #expect(always.requestCount == 6)
    let waited = pauses.withLock { $0 }
    #expect(waited.count == 5)
    #expect(zip(waited, waited.dropFirst()).allSatisfy { $0 < $1 })
    #expect(waited.reduce(.zero, +) < .seconds(20))
    let long = try client(stub(StubService.Manner("/", "429", value: "3600")).address)
    #expect(try failure(long).kind == .busy)
    #expect(long.requestCount == 1)
  }

  @Test func `a redirect isn't followed, and its host is named`() throws {
    let other = try stub()
    for location in ["\(other.address)/v1/x", "https://good.example.com@evil.example.com/\u{1B}[2J"] {
      let client = try client(stub(StubService.Manner("/", "302", value: location)).address)
      let failure = try failure(client)
      #expect(failure.kind == .unusable)
      #expect(failure.message.contains(location.hasPrefix("http:") ? "127.0.0.1" : "\"evil.example.com\""))
      #expect(!failure.message.contains("\u{1B}"))
      #expect(client.requestCount == 1)
    }
    #expect(try other.requests() == [])
  }

  @Test func `answers have limits of size and time, and are whole`() throws {
    var limits = ServiceClient.Limits()
    limits.body = 1 << 20
    limits.answering = .milliseconds(300)
    let kinds: [(String, ServiceFailure.Kind)] = [
      ("huge", .unusable), ("cut", .unusable), ("slow", .unreachable), ("401", .refused), ("500", .unusable),
    ]
    for (act, kind) in kinds {
      let manner = StubService.Manner("/", act, value: act == "slow" ? "2" : "")
      let client = try client(stub(manner).address, limits: act == "slow" ? limits : .init())
      #expect(try failure(client).kind == kind, "\(act)")
      #expect(client.requestCount == 1)
    }
  }

  @Test func `a server that isn't there, or whose certificate nobody made, gets no key`() throws {
    let encrypted = try stub(isEncrypted: true)
    let failed = try failure(client(encrypted.address))
    #expect(failed.kind == .untrusted)
    #expect(!failed.message.contains("SECRET"))
    #expect(try encrypted.requests() == [])
    let plain = try stub()
    #expect(try failure(client(plain.address.replacing("http:", with: "https:"))).kind == .untrusted)
    #expect(try plain.requests() == [])
    #expect(try failure(client("http://127.0.0.1:1")).kind == .unreachable)
  }

  @Test func `what is no longer wanted ends soon, also while it waits`() throws {
    let start = ContinuousClock.now
    let slow = try client(
      stub(StubService.Manner("/", "slow", value: "30")).address,
      isWanted: { ContinuousClock.now < start + .milliseconds(300) })
    #expect(try failure(slow).kind == .cancelled)
    let unwanted = try client("http://127.0.0.1:1", isWanted: { false })
    #expect(try failure(unwanted).kind == .cancelled)
    #expect(unwanted.requestCount == 0)
    #expect(ContinuousClock.now < start + .seconds(20))
  }

  @Test func `ids are a part of the path, whatever is in them`() throws {
    let stub = try stub()
    let client = try client(stub.address)
    let session = try client.session()
    for id in ["jane+x@example.com", "../../v1/charges", "..", "a/b?c=d&e#f", "ü \u{1B}\r\nHost: x", "%2e"] {
      _ = try client.get(["v1", id], [("a b", "c&d")], in: session)
    }
    #expect(
      try stub.requests().map(\.path) == [
        "/v1/jane%2Bx%40example.com?a%20b=c%26d", "/v1/..%2F..%2Fv1%2Fcharges?a%20b=c%26d",
        "/v1/..?a%20b=c%26d",
        "/v1/a%2Fb%3Fc%3Dd%26e%23f?a%20b=c%26d", "/v1/%C3%BC%20%1B%0D%0AHost%3A%20x?a%20b=c%26d",
        "/v1/%252e?a%20b=c%26d",
      ])
    #expect(try Set(stub.requests().map(\.method)) == ["GET"])
    #expect(try Set(stub.requests().map(\.authorization)) == ["Bearer \(secret)"])
  }
}
