import DirectoryTesting
import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import OrgIntegrations

/// The users of an LDAP directory, on a real server.
@Suite struct LDAPTests {
  private let kept = KeptStandIns()

  private static let people = [
    """
    uid: jane
    cn: Jane Doe
    sn: Doe
    givenName: Jane
    mail: Jane@example.org
    entryUUID: 0a0b0c0d-0000-4000-8000-000000000001
    """,
    """
    uid: bob
    cn: Bob
    sn: Bob
    employeeType: gone
    entryUUID: 0a0b0c0d-0000-4000-8000-000000000002
    pwdAccountLockedTime: 000001010000Z
    """,
    """
    uid: a*(b)
    cn:: \(Data("\u{1B}[2J\u{202E}ü".utf8).base64EncodedString())
    sn: x
    """,
  ]

  private static let jane = Person(
    id: "0a0b0c0d-0000-4000-8000-000000000001", userName: "jane", email: "Jane@example.org", name: "Jane Doe")
  private static let bob = Person(
    id: "0a0b0c0d-0000-4000-8000-000000000002", userName: "bob", name: "Bob", isEnabled: false)

  private func server(_ people: [String] = people, sizeLimit: Int = 500) throws -> SlapdServer {
    let server = try SlapdServer(people: people, sizeLimit: sizeLimit)
    kept.keep(server)
    return server
  }

  private func settings(
    _ address: String, startsTLS: Bool = false, authorities: String? = nil,
    password: String = SlapdServer.password, limit: Duration = .seconds(10)
  ) throws -> LDAPDirectory.Settings {
    var settings = LDAPDirectory.Settings(
      server: try LDAPServer(address, startsTLS: startsTLS), base: SlapdServer.base)
    settings.account = (SlapdServer.account, try ServiceKey(password: password, from: "A test"))
    (settings.authorities, settings.timeLimit) = (authorities, limit)
    return settings
  }

  private func directory(_ server: SlapdServer) throws -> LDAPDirectory {
    LDAPDirectory("corp", try settings("ldap://127.0.0.1:\(server.port)"))
  }

  @Test func `people are found by entryUUID, uid and mail`() throws {
    let people = try directory(try server())
    let found = try people.people(
      with: [Self.jane.id, "jane", "JANE", "jane@EXAMPLE.org", "bob", "eve", "eve@example.org", ""])
    #expect(
      found
        == ["jane", "JANE", "jane@EXAMPLE.org", Self.jane.id].reduce(into: ["bob": Self.bob]) {
          $0[$1] = Self.jane
        })
  }

  @Test func `connections are made with TLS from the beginning, begun later, and by a socket`() throws {
    let server = try server()
    let socket = server.socket.replacingOccurrences(of: "/", with: "%2F")
    for (address, startsTLS) in [
      ("ldaps://127.0.0.1:\(server.securePort)", false), ("ldap://127.0.0.1:\(server.port)", true),
      ("ldapi://\(socket)", false),
    ] {
      let settings = try settings(address, startsTLS: startsTLS, authorities: server.certificate)
      #expect(try LDAPDirectory("corp", settings).people(with: ["jane"]).count == 1, "\(address)")
    }
  }

  @Test func `a certificate that no authority signed isn't trusted`() throws {
    let server = try server()
    for (address, startsTLS) in [
      ("ldaps://127.0.0.1:\(server.securePort)", false), ("ldap://127.0.0.1:\(server.port)", true),
    ] {
      let answer = LDAPDirectory("corp", try settings(address, startsTLS: startsTLS)).answer(about: ["jane"])
      #expect(
        answer.failure?.message.hasPrefix("The certificate of the directory corp can't be trusted") == true)
    }
    // The certificate is for an address, and not for a name.
    let other = try settings("ldaps://localhost:\(server.securePort)", authorities: server.certificate)
    #expect(LDAPDirectory("corp", other).answer(about: ["jane"]).failure != nil)
  }

  @Test func `what could mean something in a filter is escaped`() throws {
    let people = try directory(try server())
    for id in ["*", "j*", "jane)(uid=*", "(", "\\", "jane\\2a", "x)(|(uid=*))", "a*(b)x", "ü"] {
      #expect(try people.people(with: [id]) == [:], "\(id)")
      #expect(
        try people.people(completing: id, limit: 5).isEmpty == (id != "(" && id != "*" && id != "ü"), "\(id)")
    }
    let hostile = try people.people(with: ["a*(b)"])["a*(b)"]
    #expect(hostile?.name == "\u{1B}[2J\u{202E}ü")
    #expect(hostile?.detail.escapedForDisplay.contains("\u{1B}") == false)
    #expect("a*(b)\\\0ü@x-y.z".escapedForFilter == "a\\2a\\28b\\29\\5c\\00\\c3\\bc@x-y.z")
  }

  @Test func `many ids are asked for in few searches, and many people are found page by page`() throws {
    let uids = (0..<430).map { "user-\($0)" }
    let people = try directory(
      try server(uids.map { "uid: \($0)\ncn: User \($0)\nsn: U" }, sizeLimit: 450))
    let found = try people.people(with: uids + ["eve"])
    #expect(found.count == 430 && found["user-429"]?.userName == "user-429")
    #expect(Set(try people.people(completing: "USER", limit: 425).compactMap(\.userName)).count == 425)
    #expect(try people.people(completing: "ser-42", limit: 100).count == 11)
  }

  @Test func `what the server doesn't give is unknown`() throws {
    let people = try directory(
      try server((0..<20).map { "uid: user-\($0)\ncn: X\nsn: U" }, sizeLimit: 5))
    let answer = people.answer(about: (0..<20).map { "user-\($0)" })
    #expect(answer.people.count < 20)
    #expect(answer.failure?.message == "The directory corp doesn't give all that was asked for.")
    #expect(try people.people(completing: "user", limit: 20).count <= 10)
  }

  @Test func `a wrong password, a missing account and a wrong base say so`() throws {
    let server = try server()
    let address = "ldap://127.0.0.1:\(server.port)"
    func message(_ change: (inout LDAPDirectory.Settings) throws -> Void) throws -> String {
      var settings = try settings(address)
      try change(&settings)
      let answer = LDAPDirectory("corp", settings).answer(about: ["jane"])
      #expect(answer.people.isEmpty)
      return answer.failure?.message ?? ""
    }
    let wrong = try message {
      $0.account = (SlapdServer.account, try ServiceKey(password: "wrongSECRET", from: "A test"))
    }
    #expect(wrong.contains("doesn't accept the account, its password") && !wrong.contains("SECRET"))
    #expect(try message { $0.account = nil }.contains("name one with bind"))
    #expect(try message { $0.base = "ou=nowhere,dc=example,dc=org" }.contains("is base right?"))
    #expect(try message { $0.filter = "(broken" }.contains("Bad search filter"))
  }

  @Test func `attributes, the filter and who is disabled are settings`() throws {
    let server = try server()
    var settings = try settings("ldap://127.0.0.1:\(server.port)")
    (settings.id, settings.userName, settings.key) = ("uid", "cn", .username)
    settings.disabled = [try #require(LDAPCondition("employeeType=GONE"))]
    let found = try LDAPDirectory("corp", settings).people(with: ["jane", "Bob", "jane doe"])
    #expect(found["jane"]?.id == "Jane Doe" && found["jane doe"]?.id == "Jane Doe")
    #expect(found["Bob"]?.isEnabled == false && found["jane"]?.isEnabled == true)
    settings.filter = "(&(objectClass=person)(!(employeeType=gone)))"
    #expect(try LDAPDirectory("corp", settings).people(with: ["bob"]) == [:])
  }

  @Test func `conditions are an attribute, a value, or bits`() {
    #expect(LDAPCondition("nsAccountLock=true")?.isFulfilled(by: "TRUE") == true)
    #expect(LDAPCondition("nsAccountLock=true")?.isFulfilled(by: "false") == false)
    #expect(LDAPCondition("userAccountControl&2")?.isFulfilled(by: "514") == true)
    #expect(LDAPCondition("userAccountControl&2")?.isFulfilled(by: "512") == false)
    #expect(LDAPCondition("userAccountControl&2")?.isFulfilled(by: "x") == false)
    #expect(LDAPCondition("pwdAccountLockedTime")?.isFulfilled(by: "") == true)
    for text in ["", "=x", "a&", "a&x", "a b", "(a", "1a", "a&0"] {
      #expect(LDAPCondition(text) == nil, "\(text)")
    }
  }

  @Test func `ids of Active Directory have their bytes in its order`() {
    let id = "00112233-4455-6677-8899-aabbccddeeff"
    let bytes = LDAPDirectory.objectGUID(id)
    #expect(bytes.prefix(8) == [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66])
    #expect(LDAPDirectory.id(ofObjectGUID: bytes) == id && LDAPDirectory.id(ofObjectGUID: [1]) == nil)
  }

  @Test(arguments: RudeServer.Manner.allCases, ["ldap", "ldaps", "ldap with TLS"])
  func `a server with bad manners is left in time`(manner: RudeServer.Manner, address: String) throws {
    let server = try RudeServer(manner)
    let scheme = address.prefix { $0 != " " }
    let settings = try settings(
      "\(scheme)://127.0.0.1:\(server.port)", startsTLS: address.hasSuffix("TLS"), limit: .seconds(1))
    let start = ContinuousClock.now
    let answer = withExtendedLifetime(server) { LDAPDirectory("corp", settings).answer(about: ["jane"]) }
    #expect(answer.people.isEmpty && answer.failure != nil)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `a server that isn't there can't be reached`() throws {
    let settings = try settings("ldap://127.0.0.1:1", limit: .seconds(2))
    let message = LDAPDirectory("corp", settings).answer(about: ["jane"]).failure?.message
    #expect(message == "The directory corp can't be reached: Connection refused.")
  }

  @Test(arguments: [
    ("ldaps://ldap.example.org", false), ("ldaps://ldap.example.org:1636/", false),
    ("ldap://localhost", false),
    ("ldap://127.0.0.1:3890", false), ("ldap://[::1]:389", false), ("ldap://ldap.example.org", true),
    ("LDAPS://10.0.0.1", false), ("ldapi://", false), ("ldapi://%2Frun%2Fslapd%2Fldapi", false),
  ])
  func `addresses with TLS are taken, and others on the machine itself`(text: String, startsTLS: Bool) throws
  {
    #expect(
      try LDAPServer(text, startsTLS: startsTLS).isEncrypted
        == (startsTLS || text.lowercased().hasPrefix("ldaps")))
  }

  @Test(arguments: [
    ("ldap://ldap.example.org", false), ("ldap://localhost.example.org", false), ("ldaps://", false),
    ("https://ldap.example.org", false), ("ldaps://a/dc=org", false), ("ldaps://u@a", false),
    ("ldaps://a:0", false),
    ("ldaps://a:99999", false), ("ldaps://a b", false), ("ldaps://a,b", false), ("ldaps://a", true),
    ("ldapi://relative", false), ("ldapi://%2Fx%00", false), ("", false),
    ("ldap://127.0.0.1@example.org", false),
  ])
  func `other addresses are refused`(text: String, startsTLS: Bool) {
    #expect(throws: OrgError.self) { try LDAPServer(text, startsTLS: startsTLS) }
  }
}
