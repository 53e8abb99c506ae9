import DirectoryTesting
import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Passwords and secrets of directories of users occur nowhere but where they come from.
  @Suite struct DirectorySecretTests {
    /// Where they come from.
    enum Source: CaseIterable { case credentials, file, environment }

    private let home: TemporaryDirectory

    init() throws {
      home = try TemporaryDirectory()
      for name in ["config/orgman", "keys", "state"] {
        try FileManager.default.createDirectory(
          atPath: "\(home.path)/\(name)", withIntermediateDirectories: true)
      }
    }

    private func write(_ text: String, to name: String) throws {
      let path = "\(home.path)/\(name)"
      try Data(text.utf8).write(to: URL(filePath: path))
      chmod(path, 0o600)
    }

    private func environment(_ source: Source) throws -> [String: String] {
      var environment = plainEnvironment.merging([
        "HOME": home.path, "XDG_CONFIG_HOME": home.path + "/config", "XDG_STATE_HOME": home.path + "/state",
      ]) { $1 }
      if source == .environment {
        environment["ORGMAN_CORP_PASSWORD"] = SlapdServer.password
        environment["ORGMAN_SSO_SECRET"] = StubKeycloak.secret
      } else {
        try write(SlapdServer.password + "\n", to: "keys/corp-password")
        try write(StubKeycloak.secret + "\n", to: "keys/sso-secret")
        if source == .credentials { environment["CREDENTIALS_DIRECTORY"] = home.path + "/keys" }
      }
      return environment
    }

    /// A program that writes down all that it is given, LDAP, and Keycloak.
    private func configure(_ source: Source, _ slapd: SlapdServer, _ keycloak: StubKeycloak, base: String)
      throws
    {
      let isFile = source == .file
      try write(
        """
        [directory.all]
        command = ["/bin/sh", "-c", "(env; cat) >>\(home.path)/given"]
        [directory.corp]
        ldap = "ldap://127.0.0.1:\(slapd.port)"
        base = "\(base)"
        bind = "\(SlapdServer.account)"
        \(isFile ? "password-file = \"\(home.path)/keys/corp-password\"" : "")
        [directory.sso]
        keycloak = "\(keycloak.address)"
        realm = "main realm"
        client = "orgman"
        \(isFile ? "secret-file = \"\(home.path)/keys/sso-secret\"" : "")
        """, to: "config/orgman/config.toml")
    }

    private func expectHushed(_ bytes: some Collection<UInt8>, _ place: String) {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(SlapdServer.password) && !text.contains("SECRET"), "\(place)")
    }

    @Test(arguments: Source.allCases) func `a secret is nowhere but in the place that it came from`(
      source: Source
    ) throws {
      let environment = try environment(source)
      let slapd = try SlapdServer(people: ["uid: jane\ncn: Jane Doe\nsn: Doe\nmail: jane@example.org"])
      let data = try TestStore.files.data([
        Record("1", "Acme", members: [("ann", "owner"), ("jane", "member"), ("bob", "member")])
      ])
      var number = 0
      func run(_ arguments: String...) throws {
        number += 1
        let logging = ["--log-level", "trace", "--log-file", "\(home.path)/log\(number)"]
        let output = try TerminalTesting.run(
          try builtProduct("orgman"), arguments + (arguments[0] == "config" ? [] : logging),
          environment: environment.merging(["ORGMAN_DATA": data.address]) { $1 })
        #expect(output.status != .exited(64), "\(arguments) \(output.stderr)")
        expectHushed(output.stdoutBytes + output.stderrBytes, "\(arguments)")
      }
      for (act, value) in [
        ("none", ""), ("401", StubKeycloak.secret), ("403", StubKeycloak.secret),
        ("404", StubKeycloak.secret),
        ("302", "https://elsewhere.example/\(StubKeycloak.secret)"), ("cut", ""),
        ("garbage", "{\"error\": \"\(StubKeycloak.secret)\"}"),
      ] {
        var world = StubKeycloak.World()
        world.users = [StubKeycloak.User("kc-bob", "bob", first: "Bob")]
        if act != "none" { world.manners = [StubKeycloak.Manner("/", act, value: value)] }
        let keycloak = try StubKeycloak(world)
        try configure(
          source, slapd, keycloak, base: act == "cut" ? "dc=elsewhere,dc=org" : SlapdServer.base)
        try run("doctor")
        try run("add", "Acme", "eve")
        #expect(try keycloak.requests().contains { $0.form.contains("SECRET") })
        guard act == "none" else { continue }
        try run("info", "--json")
        try run("history", "--json")
        try run("config", "--check")
        let log = home.path + "/screen.log"
        let orgman = try open(data, ["--log-level", "debug", "--log-file", log], environment: environment)
        orgman.press(.enter)
        orgman.send("ado")
        try orgman.waitForText("Jane Doe")
        let process = "/proc/\(orgman.processID)"
        expectHushed(FileManager.default.contents(atPath: process + "/cmdline") ?? Data(), "cmdline")
        expectHushed(Array(orgman.screen.text.utf8), "the screen")
        orgman.press(.control("u"))
        orgman.press(.escape)
        try orgman.quit()
      }
      var names: Set<String> = []
      for case let name as String in FileManager.default.enumerator(atPath: home.path) ?? .init()
      where !name.hasPrefix("keys/") {
        guard let bytes = FileManager.default.contents(atPath: "\(home.path)/\(name)") else { continue }
        expectHushed(bytes, name)
        names.insert(name)
      }
      #expect(names.isSuperset(of: ["given", "log1", "screen.log", "config/orgman/config.toml"]), "\(names)")
      for name in ["organizations.json", "org_users.json"] {
        expectHushed(FileManager.default.contents(atPath: "\(data.address)/\(name)") ?? Data(), name)
      }
      withExtendedLifetime(slapd) {}
    }
  }
}
