import DirectoryTesting
import Foundation
import OrgCore
import PostgresTesting
import TerminalTesting
import Testing

@testable import orgman

/// A file with people, in each of the formats.
@Suite struct PeopleFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func file(_ name: String, _ text: String, id: String = "id") throws -> PeopleFile {
    let path = "\(directory.path)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return PeopleFile(path, key: try #require(.init(rawValue: id)))
  }

  /// Jane with all that is known of her, and bob, who is disabled and has no name.
  private static let texts = [
    (
      "realm.json",
      """
      {"realm": "demo", "users": [
        {"id": "u-1", "username": "jane", "email": "Jane@example.org", "firstName": "Jane", "lastName": "Doe",
         "enabled": true, "attributes": {"x": ["y"]}, "createdTimestamp": 1700000000000},
        {"id": "u-2", "username": "bob", "enabled": false}]}
      """
    ),
    (
      "people.json",
      """
      [{"sub": "u-1", "preferred_username": "jane", "mail": "Jane@example.org", "name": "Jane Doe"},
       {"user_id": "u-2", "login": "bob", "disabled": "true"}, {"name": "without an id"}]
      """
    ),
    (
      "people.csv",
      "\u{FEFF}ID,Username,E-Mail,Display Name,Enabled\r\nu-1,jane,Jane@example.org,\"Jane Doe\",yes\r\nu-2,bob,,,no\r\n"
    ),
    (
      "people.ldif",
      """
      version: 1

      # A comment
      dn: uid=jane,ou=people
      entryUUID: u-1
      uid: jane
      mail: Jane@exam
       ple.org
      cn:: SmFuZSBEb2U=

      dn: uid=bob,ou=people
      entryUUID: u-2
      uid: bob
      enabled: FALSE
      """
    ),
  ]

  @Test(arguments: texts)
  func `people are found by id, name to sign in with and e-mail address`(name: String, text: String) throws {
    let people = try file(name, text)
    let jane = Person(id: "u-1", userName: "jane", email: "Jane@example.org", name: "Jane Doe")
    let bob = Person(id: "u-2", userName: "bob", isEnabled: false)
    let found = try people.people(with: ["u-1", "jane", "jane@EXAMPLE.org", "bob", "JANE", "eve"])
    #expect(found["u-1"] == jane && found["jane"] == jane && found["jane@EXAMPLE.org"] == jane)
    #expect(found["bob"] == bob && found.count == 4)
    #expect(try people.people(completing: "DOE", limit: 5) == [jane])
    #expect(try people.people(completing: "example", limit: 5) == [jane])
    #expect(try people.people(completing: "u-", limit: 1) == [jane])
    #expect(
      try people.doubts(about: ["jane", "bob", "eve", "fay"]) == [
        "eve and fay aren't in the directory \(name).", "bob is disabled in the directory \(name).",
      ])
    #expect(try people.doubts(about: ["jane"]) == [])
  }

  @Test func `the data can have names or addresses as ids, and a changed file is read again`() throws {
    let people = try file("a.csv", "id,email\n1,a@x.org\n2,\n", id: "email")
    #expect(try people.people(completing: "x", limit: 5).map(\.id) == ["a@x.org"])
    #expect(try people.people(with: ["2"]).isEmpty)
    #expect(try people.people(with: ["1"])["1"]?.id == "a@x.org")
    _ = try file("a.csv", "id,email\n1,b@longer.org\n")
    #expect(try people.people(completing: "longer", limit: 5).map(\.id) == ["b@longer.org"])
  }

  @Test func `a file that isn't what it should be is said to be that, and finds no one missing`() throws {
    for (name, text) in [("a.json", "{\"people\": []}"), ("b.json", "[1, 2"), ("c.csv", "id\n\"open")] {
      let people = try file(name, text)
      #expect(throws: OrgError.self, "\(name)") { try people.doubts(about: ["eve"]) }
    }
    let missing = PeopleFile("\(directory.path)/none.json", key: .id)
    #expect(throws: OrgError.self) { try missing.people(with: ["eve"]) }
  }
}

extension EndToEnd {
  /// A directory of users beside the data.
  @Suite struct People {
    private let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    private func environment() throws -> [String: String] {
      let folder = "\(home.path)/orgman"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let people = "id,email,name,enabled\nu-jane,jane@example.org,Jane Doe,true\nu-bob,,Bob,false\n"
      let hostile = "u-hostile,,\"\u{1B}[2J\u{202E}\(String(repeating: "社", count: 200))\",true\n"
      try Data((people + hostile).utf8)
        .write(to: URL(filePath: "\(home.path)/people.csv"))
      try Data("[directory]\nfile = \"\(home.path)/people.csv\"\n".utf8)
        .write(to: URL(filePath: "\(folder)/config.toml"))
      return plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }
    }

    @Test(arguments: TestStore.allCases)
    func `a new member is found by name, and one whom the directory doesn't have is asked about`(
      store: TestStore
    ) throws {
      let data = try store.data([Record("1", "Acme", members: [("ann", "owner")])])
      let orgman = try open(data, environment: try environment(), columns: 80, rows: 24)
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("u-ho")
      let offered = try orgman.waitFor("the id, whatever the name is") { $0.text.contains("  u-hostile  ") }
      #expect(offered.text.contains("\\u{1B}[2J\\u{202E}社"))
      orgman.press(.control("u"))
      orgman.send("doe")
      try orgman.waitForText("Jane Doe, jane@example.org")
      orgman.press(.tab)
      try orgman.waitForText("u-jane")
      orgman.press(.control("s"))
      try orgman.waitForText("Added u-jane to Acme as member.")
      orgman.send("acarol")
      orgman.press(.control("s"))
      try orgman.waitFor("the question") {
        $0.joined.contains("carol isn't in the directory people.csv. Use carol anyway?")
      }
      orgman.send("n")
      try orgman.waitForText("Add a member to Acme")
      orgman.press(.control("u"))
      orgman.send("carol, u-bob, dave")
      orgman.press(.control("s"))
      try orgman.waitFor("the preview") {
        $0.joined.contains(
          "carol and dave aren't in the directory people.csv. u-bob is disabled in the directory")
      }
      orgman.send("y")
      try orgman.waitFor("what was done") { $0.joined.contains("Added 3 users to Acme as member") }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `doctor names users who are disabled or gone, and says when they can't be looked up`(
      store: TestStore
    ) throws {
      let data = try store.data([
        Record("1", "Acme", members: [("u-jane", "owner"), ("u-bob", "member")]),
        Record("2", "Globex", members: [("carol", "owner"), ("u-bob", "owner")]),
      ])
      let environment = try environment()
      func doctor(_ environment: [String: String]) throws -> Output {
        try run(try builtProduct("orgman"), ["doctor", "--data", data.address], environment: environment)
      }
      let status = try doctor(plainEnvironment).status
      let found = try doctor(environment)
      #expect(found.status == status)
      for note in [
        "note: 1 user is disabled in the directory people.csv: u-bob (2 organizations). orgman offboard USER",
        "note: 1 user isn't in the directory people.csv: carol (1 organization). orgman offboard USER",
      ] {
        #expect(found.stdout.contains(note), "\(found.stdout)")
      }
      try FileManager.default.removeItem(atPath: "\(home.path)/people.csv")
      let unknown = try doctor(environment)
      #expect(
        unknown.status == status
          && unknown.stdout.contains("note: Whether 3 of 3 users still may sign in isn't known"))
      #expect(!unknown.stdout.contains("isn't in the directory"))
    }

    @Test func `commands refuse users whom the directory doesn't have, unless that is meant`() throws {
      let data = try TestStore.files.data([Record("1", "Acme", members: [("ann", "owner")])])
      let environment = try environment()
      func orgman(_ arguments: String...) throws -> Output {
        try run(
          try builtProduct("orgman"), arguments + ["--data", data.address], environment: environment)
      }
      for refused in [
        try orgman("add", "Acme", "carol", "u-jane"), try orgman("create", "New", "--owner", "carol"),
      ] {
        #expect(refused.status == .exited(1))
        #expect(
          refused.stderr
            == "orgman: carol isn't in the directory people.csv. To use such an id anyway, say --new-user.\n"
        )
      }
      #expect(try orgman("add", "Acme", "u-jane").status == .exited(0))
      #expect(try orgman("add", "Acme", "carol", "--new-user").status == .exited(0))
      #expect(
        try orgman("offboard", "ann", "--successor", "u-bob", "--yes").stderr.contains(
          "u-bob is disabled in the directory people.csv."))
      try FileManager.default.removeItem(atPath: "\(home.path)/people.csv")
      let unknown = try orgman("add", "Acme", "eve")
      #expect(unknown.status == .exited(2) && unknown.stderr.contains("say --new-user"), "\(unknown.stderr)")
    }
  }
}

extension EndToEnd {
  /// Several directories of users, each of another kind.
  @Suite struct Directories {
    private let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    private func environment(_ configuration: String) throws -> [String: String] {
      let folder = "\(home.path)/orgman"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(configuration.utf8).write(to: URL(filePath: "\(folder)/config.toml"))
      return plainEnvironment.merging(["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.path]) { $1 }
    }

    private func write(_ name: String, _ text: String) throws -> String {
      let path = "\(home.path)/\(name)"
      try Data(text.utf8).write(to: URL(filePath: path))
      chmod(path, 0o600)
      return path
    }

    @Test func `users are looked up in LDAP, in Keycloak and in files, one after another`() throws {
      let jane = "0a0b0c0d-0000-4000-8000-000000000001"
      let slapd = try SlapdServer(people: [
        "uid: jane\ncn: Jane Doe\nsn: Doe\nmail: jane@example.org\nentryUUID: \(jane)"
      ])
      var world = StubKeycloak.World()
      world.users = [StubKeycloak.User("kc-bob", "bob", first: "Bob", isEnabled: false)]
      let keycloak = try StubKeycloak(world)
      var environment = try environment(
        """
        [directory.file]
        file = "\(try write("people.csv", "id,name\nu-ann,Ann\n"))"
        [directory.corp]
        ldap = "ldaps://127.0.0.1:\(slapd.securePort)"
        base = "\(SlapdServer.base)"
        bind = "\(SlapdServer.account)"
        ca-file = "\(slapd.certificate)"
        password-file = "\(try write("password", SlapdServer.password + "\n"))"
        [directory.sso]
        keycloak = "\(keycloak.address)"
        realm = "main realm"
        client = "orgman"
        """)
      environment["ORGMAN_SSO_SECRET"] = StubKeycloak.secret
      let data = try TestStore.files.data([
        Record(
          "1", "Acme", members: [("u-ann", "owner"), (jane, "member"), ("bob", "member"), ("eve", "member")])
      ])
      func orgman(_ arguments: String...) throws -> Output {
        try run(
          try builtProduct("orgman"), arguments + ["--data", data.address], environment: environment)
      }
      let check = try run(
        try builtProduct("orgman"), ["config", "--check"], environment: environment)
      #expect(check.status == .exited(0), "\(check.stderr)")
      let notes = try orgman("doctor").stdout
      let title = "the directories people.csv, corp and sso"
      #expect(notes.contains("note: 1 user is disabled in \(title): bob (1 organization)."), "\(notes)")
      #expect(notes.contains("note: 1 user isn't in \(title): eve (1 organization)."))
      #expect(try orgman("add", "Acme", "carl").stderr.contains("carl isn't in \(title)."))
      let listed = try orgman("info", "--json")
      let shown = [notes, listed.stdout, listed.stderr].joined()
      #expect(!shown.contains("SECRET"))
      // Without a secret, who isn't anywhere else is unknown.
      environment["ORGMAN_SSO_SECRET"] = nil
      let unknown = try orgman("doctor").stdout
      #expect(unknown.contains("note: Whether 2 of 4 users still may sign in isn't known"), "\(unknown)")
      #expect(
        unknown.contains("There is no secret for the directory sso") && !unknown.contains("isn't in the"))
      withExtendedLifetime((slapd, keycloak)) {}
    }

    @Test func `a program that hangs holds up neither keys nor the end, and ends with orgman`() throws {
      let (script, file) = ("\(home.path)/slow", "\(home.path)/id")
      // A process of its own writes it, so that it isn't open for writing when it is run.
      let made = try run(
        "/bin/sh",
        [
          "-c",
          "printf '#!/bin/sh\\necho $$ >%s.new\\nmv %s.new %s\\nsleep 600\\n' \"$1\" \"$1\" \"$1\" >\"$0\" && chmod 700 \"$0\"",
          script, file,
        ])
      try #require(made.status == .exited(0))
      let data = try TestStore.files.data([Record("1", "Acme", members: [("ann", "owner")])])
      let orgman = try open(
        data, environment: try environment("[directory.slow]\ncommand = [\"\(script)\"]\ntime-limit = 300\n"),
        columns: 80, rows: 24)
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("carol")
      try orgman.waitForText("carol")
      try waitUntil("the program runs") { FileManager.default.fileExists(atPath: file) }
      orgman.send("ine")
      try orgman.waitForText("caroline")
      orgman.press(.control("u"))
      orgman.press(.escape)
      try orgman.quit()
      let id = try #require(Int32(try String(contentsOfFile: file, encoding: .utf8).dropLast()))
      try waitUntil("the program is gone") {
        let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        return status == nil || status?.contains(") Z ") == true
      }
    }

    @Test func `what can't be a directory is a mistake in the configuration`() throws {
      for (text, message) in [
        (
          "[directory.ldap]\nldap = \"ldap://ldap.example.org\"\nbase = \"x\"",
          ":1:1: \"ldap://ldap.example.org\" can't be"
        ),
        ("[directory.ldap]\nldap = \"ldaps://a\"\nbase = \"x\"\nfilter = \"x\"", "filter is an LDAP filter"),
        (
          "[directory.ldap]\nldap = \"ldaps://a\"\nbase = \"x\"\ndisabled = \"a=b\\nc d\"\nid-attribute = \"a b\"",
          "id-attribute is"
        ),
        ("[directory.k]\nkeycloak = \"http://a.example.org\"\nrealm = \"x\"\nclient = \"y\"", "unencrypted"),
      ] {
        let environment = try environment(text)
        let check = try run(
          try builtProduct("orgman"), ["config", "--check"], environment: environment)
        #expect(check.status != .exited(0))
        #expect((check.stdout + check.stderr).contains(message), "\(check.stdout) \(check.stderr)")
      }
    }
  }
}
