import BillingTesting
import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Keys to services occur nowhere but where they come from.
  @Suite struct SecretTests {
    /// Where a key comes from.
    enum Source: CaseIterable { case credentials, file, environment }

    private static let keys = ["rk_test_HUSH4711stripe", "HUSH4711lago"]
    private let home: TemporaryDirectory
    private let stubs = StubServices()

    init() throws {
      home = try TemporaryDirectory()
      for name in ["config/orgman", "keys", "state", "cache"] {
        try FileManager.default.createDirectory(
          atPath: "\(home.path)/\(name)", withIntermediateDirectories: true)
      }
    }

    private func write(_ text: String, to name: String) throws {
      let path = "\(home.path)/\(name)"
      try Data(text.utf8).write(to: URL(filePath: path))
      chmod(path, 0o600)
    }

    /// Puts the keys where they come from, and says what the environment has.
    private func environment(_ source: Source) throws -> [String: String] {
      var environment = plainEnvironment.merging([
        "HOME": home.path, "XDG_CONFIG_HOME": home.path + "/config", "XDG_STATE_HOME": home.path + "/state",
        "XDG_CACHE_HOME": home.path + "/cache",
      ]) { $1 }
      switch source {
      case .credentials, .file:
        try write(Self.keys[0] + "\n", to: "keys/stripe-key")
        try write(Self.keys[1] + "\n", to: "keys/lago-key")
        if source == .credentials { environment["CREDENTIALS_DIRECTORY"] = home.path + "/keys" }
      case .environment:
        (environment["ORGMAN_STRIPE_KEY"], environment["ORGMAN_LAGO_KEY"]) = (Self.keys[0], Self.keys[1])
      }
      return environment
    }

    private func configure(_ address: String, _ source: Source) throws {
      var text = "[billing]\nstripe-url = \"\(address)\"\nlago-url = \"\(address)\"\n"
      if source == .file {
        for name in ["stripe", "lago"] {
          text += "\(name)-key-file = \"\(home.path)/keys/\(name)-key\"\n"
        }
      }
      try write(text, to: "config/orgman/config.toml")
    }

    private func expectHushed(_ bytes: some Collection<UInt8>, _ place: String) {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("HUSH4711"), "\(place)")
    }

    /// Looks into every file below a directory.
    private func expectHushed(below directory: String) throws -> Int {
      var count = 0
      for case let name as String in FileManager.default.enumerator(atPath: directory) ?? .init()
      where !name.hasPrefix("keys/") {
        guard let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)") else { continue }
        expectHushed(bytes, name)
        count += 1
      }
      return count
    }

    /// What services do that a message could be made of.
    private static let manners: [(act: String, value: String)] = [
      ("401", #"{"error": {"message": "Invalid API key: \#(keys[0])"}}"#), ("403", keys[1]), ("404", keys[0]),
      ("500", ""), ("429", "999"), ("302", "https://elsewhere.example/\(keys[0])?\(keys[1])"), ("cut", ""),
      ("garbage", #"{"\#(keys[0])": "\#(keys[1])"}"#),
    ]

    @Test(arguments: Source.allCases) func `a key is nowhere but in the place that it came from`(
      source: Source
    )
      throws
    {
      var record = Record("1", "Acme")
      (record.stripe, record.lago) = ("cus_gone", "wrong")
      let data = try DataFiles([record])
      let environment = try environment(source)
      var world = StubService.World()
      world.stripe = [.init("cus_gone", isDeleted: true), .init("cus_2", org: "org_1")]
      world.lago = [.init("org_1")]
      var number = 0
      func run(_ arguments: String...) throws {
        number += 1
        let logging = ["--log-level", "trace", "--log-file", "\(home.path)/log\(number)"]
        let output = try TerminalTesting.run(
          try builtProduct("orgman"), arguments + (arguments[0] == "config" ? [] : logging),
          environment: environment.merging(["ORGMAN_DATA": data.address]) { $1 })
        #expect(output.status != .exited(64), "\(arguments) \(output.stderr)")
        expectHushed(output.stdoutBytes, "\(arguments)")
        expectHushed(output.stderrBytes, "\(arguments)")
      }

      for (act, value) in Self.manners {
        var rude = world
        rude.manners = [.init("/", act, value: value)]
        let stub = try StubService(rude)
        try configure(stub.address, source)
        try run("verify", "--json")
        #expect(try !stub.requests().isEmpty, "\(act)")
      }
      var encrypted = world
      encrypted.isEncrypted = true
      let untrusted = try StubService(encrypted)
      try configure(untrusted.address, source)
      try run("verify")
      #expect(try untrusted.requests() == [])
      try configure("http://127.0.0.1:1", source)
      try run("verify")

      let stub = try StubService(world)
      try configure(stub.address, source)
      let log = home.path + "/screen.log"
      let orgman = try open(data, ["--log-level", "debug", "--log-file", log], environment: environment)
      orgman.send("5r")
      try orgman.waitForText("Billing verified: ")
      let process = "/proc/\(orgman.processID)"
      expectHushed(FileManager.default.contents(atPath: process + "/cmdline") ?? Data(), "cmdline")
      let own = FileManager.default.contents(atPath: process + "/environ") ?? Data()
      #expect(String(decoding: own, as: UTF8.self).contains("HUSH4711") == (source == .environment))
      // A child would inherit the environment.
      for task in try FileManager.default.contentsOfDirectory(atPath: process + "/task") {
        let children = FileManager.default.contents(atPath: "\(process)/task/\(task)/children") ?? Data()
        #expect(String(decoding: children, as: UTF8.self) == "")
      }
      expectHushed(Array(orgman.screen.text.utf8), "the screen")
      orgman.send("?")
      try orgman.waitForText("verify: compare billing")
      expectHushed(Array(orgman.screen.text.utf8), "the help")
      orgman.press(.escape)
      try orgman.quit()
      #expect(
        try Set(stub.requests().map(\.authorization)) == ["Bearer \(Self.keys[0])", "Bearer \(Self.keys[1])"])

      try run("verify", "--csv")
      try run("verify", "--fix", "--yes")
      try run("info")
      try run("info", "--json")
      try run("doctor")
      try run("history", "--json")
      try run("config", "--check")
      try run("config", "--path")
      #expect(try expectHushed(below: home.path) > 15)
      #expect(try expectHushed(below: data.directory) > 3)
    }
  }
}
