import BillingTesting
import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman verify`, from the keys to the exit status.
  @Suite struct VerifyTests {
    private let home: TemporaryDirectory
    private let environment: [String: String]
    private let stubs = StubServices()

    init() throws {
      home = try TemporaryDirectory()
      environment = plainEnvironment.merging([
        "XDG_CONFIG_HOME": home.path, "XDG_CACHE_HOME": home.path + "/cache",
        "ORGMAN_STRIPE_KEY": "rk_test_SECRET1", "ORGMAN_LAGO_KEY": "SECRET2",
      ]) { $1 }
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
    }

    private func configure(_ stub: StubService, _ more: String = "") throws {
      stubs.keep(stub)
      let text = """
        [billing]
        stripe-url = "\(stub.address)"
        lago-url = "\(stub.address)/"
        \(more)
        """
      try Data(text.utf8).write(to: URL(filePath: home.path + "/orgman/config.toml"))
    }

    private func verify(
      _ data: any TestData, _ arguments: String..., without hidden: [String] = [],
      with more: [String: String] = [:]
    ) throws -> Output {
      let environment = environment.filter { !hidden.contains($0.key) }.merging(more) { $1 }
      let output = try run(
        try builtProduct("orgman"), ["verify", "--data", data.address] + arguments, environment: environment)
      #expect(!output.stdout.contains("SECRET") && !output.stderr.contains("SECRET"))
      return output
    }

    /// Organizations, most of which aren't as the services have them.
    private func records() -> [Record] {
      var records = hostileRecords()
      records[0].stripe = "cus_gone"
      records[1].stripe = "cus_\u{1B}[2J,\"x\""
      records[2].stripe = "cus_1"
      records[4].lago = "wrong"
      return records
    }

    private func world(_ data: any TestData) -> StubService.World {
      var world = StubService.World()
      world.stripe = [
        .init("cus_1"), .init("cus_gone", isDeleted: true), .init("cus_\u{9B}31m", org: "\u{202E}x"),
      ]
      world.lago = [.init(data.id("org_5"), org: data.id("org_5")), .init("=1+1")]
      return world
    }

    @Test(arguments: TestStore.allCases)
    func `findings are printed in every format, harmlessly, and asked for with GET alone`(store: TestStore)
      throws
    {
      let data = try store.data(records())
      let before = try data.contents()
      let stub = try StubService(world(data))
      try configure(stub)
      let log = home.path + "/log"
      let text = try verify(data, "--log-level", "trace", "--log-file", log)
      #expect(text.status == .exited(1))
      #expect(text.isHarmless)
      let lines = text.stdout.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)
      }
      #expect(lines.allSatisfy { $0.count == 7 })
      #expect(
        Set(lines.map { "\($0[0]) \($0[1])" }) == [
          "stripe-deleted stripe", "stripe-missing stripe", "lago-missing lago", "orphan-customer stripe",
          "orphan-customer lago",
        ])
      #expect(
        text.stderr.contains(
          "6 findings in 5 organizations; --fix can repair 2. 3 requests to Stripe, 4 requests to Lago.\n"))
      let json: [[String: Any]] = try verify(data, "--json").json()
      #expect(json.count == 6)
      #expect(
        Set(try #require(json.first).keys) == [
          "code", "service", "org_id", "name", "customer_id", "problem", "repair",
        ])
      #expect(json.contains { $0["customer_id"] as? String == "cus_\u{1B}[2J,\"x\"" })
      let csv = try verify(data, "--csv", "--spreadsheet").stdout
      #expect(csv.hasPrefix("code,service,org_id,name,customer_id,problem,repair\r\n"))
      #expect(csv.contains(",'=1+1,") && !csv.contains(",=1+1,"))
      #expect(try data.contents() == before)
      let requests = try stub.requests()
      #expect(Set(requests.map(\.method)) == ["GET"])
      #expect(Set(requests.map(\.authorization)) == ["Bearer rk_test_SECRET1", "Bearer SECRET2"])
      #expect(try !String(contentsOf: URL(filePath: log), encoding: .utf8).contains("SECRET"))
      #expect(try data.contents().allSatisfy { !$0.contains("SECRET") })
    }

    @Test(arguments: TestStore.allCases) func `repairs are shown, asked about and committed`(store: TestStore)
      throws
    {
      let data = try store.data(records())
      let before = try data.contents()
      try configure(StubService(world(data)))
      let trial = try verify(data, "--fix", "--dry-run")
      #expect(trial.stdout.split(separator: "\n").count == 2)
      #expect(trial.stdout.contains("Lago id of plain: wrong → \(data.id("org_5"))\n"))
      #expect(trial.status == .exited(1))
      let refused = try verify(data, "--fix")
      #expect(refused.status == .exited(1))
      #expect(
        refused.stderr.contains("Change these 2 values in 2 organizations? There is no terminal to ask on"))
      #expect(try data.contents() == before)
      let fixed = try verify(data, "--fix", "--yes")
      #expect(fixed.stdout == trial.stdout)
      #expect(fixed.stderr.contains("4 findings that can't be repaired here in 5 organizations"))
      #expect(try data.organization(named: "plain")["lago_customer_id"] as? String == data.id("org_5"))
      #expect(try Script(data: data)("undo", "--dry-run").stdout.contains("Lago id of plain"))
      let again = try verify(data, "--fix", "--yes")
      #expect(again.stdout == "No changes needed.\n")
      #expect(try verify(data).stdout.split(separator: "\n").count == 4)
      try data.check()
    }

    @Test func `the exit status tells nothing, findings and what isn't known apart`() throws {
      var record = Record("1", "One")
      record.stripe = "cus_1"
      let data = try DataFiles([record])
      var world = StubService.World()
      world.stripe = [.init("cus_1", org: "1")]
      try configure(StubService(world))
      let right = try verify(data)
      #expect(right.status == .exited(0))
      #expect(right.stdout == "")
      #expect(
        right.stderr == "orgman: 0 findings in 1 organization. 1 request to Stripe, 2 requests to Lago.\n")
      #expect(try verify(data, "--json").stdout == "[]\n")
      world.manners = [.init("/v1/", "401")]
      try configure(StubService(world))
      let unknown = try verify(data)
      #expect(unknown.status == .exited(2))
      #expect(unknown.stdout.hasPrefix("unknown\tstripe\t"))
      #expect(unknown.stderr.contains("0 findings in 1 organization; 1 more that couldn't be found out."))
      #expect(try verify(data, "--only", "lago").status == .exited(0))
      #expect(try verify(data, "--yes").status == .exited(64))
      #expect(try verify(data, "--fix", "--csv").status == .exited(64))
      #expect(try verify(data, "--only", "paypal").status == .exited(64))
    }

    @Test func `keys come from where they are safe, and are sent nowhere by mistake`() throws {
      let data = try DataFiles()
      let stub = try StubService(StubService.World())
      let keys = ["ORGMAN_STRIPE_KEY", "ORGMAN_LAGO_KEY"]
      try configure(stub)
      let none = try verify(data, without: keys)
      #expect(none.status == .exited(1))
      #expect(none.stderr.hasPrefix("orgman: There is no key for Stripe or Lago: name a file"))
      let file = home.path + "/key"
      try Data("sk_test_SECRET3\n".utf8).write(to: URL(filePath: file))
      try configure(stub, "stripe-key-file = \"\(file)\"")
      chmod(file, 0o644)
      let open = try verify(data, without: keys)
      #expect(open.stderr.contains("chmod 600"))
      #expect(open.status == .exited(1))
      #expect(try stub.requests() == [])
      chmod(file, 0o600)
      let closed = try verify(data, without: keys)
      #expect(closed.status == .exited(0))
      #expect(closed.stderr.contains("The Stripe key can change things there (sk_)"))
      #expect(closed.stderr.contains("Lago is skipped: no key is configured for it."))
      #expect(try stub.requests().map(\.authorization) == ["Bearer sk_test_SECRET3"])
      try Data("rk_test_SECRET4".utf8).write(to: URL(filePath: home.path + "/stripe-key"))
      #expect(
        try !verify(data, without: keys, with: ["CREDENTIALS_DIRECTORY": home.path]).stderr.contains("(sk_)"))
      #expect(try stub.requests().last?.authorization == "Bearer rk_test_SECRET4")
      // What the configuration would have said isn't known.
      try configure(stub, "mouse = 7")
      #expect(
        try verify(data).stderr.contains("No key is sent anywhere while the configuration has a mistake"))
      #expect(try stub.requests().count == 2)
      try configure(stub, "[billing.plans]\npro = 3")
      #expect(try verify(data).status == .exited(1))
      try Data("[billing]\nlago-url = \"http://lago.example.com\"\n".utf8).write(
        to: URL(filePath: home.path + "/orgman/config.toml"))
      #expect(try verify(data, "--only", "lago").stderr.contains("the key would be sent unencrypted"))
    }

    @Test func `a terminal has the whole of each problem, in as many lines as that takes`() throws {
      var record = Record("1", "One")
      record.stripe = "cus_1"
      let data = try DataFiles([record])
      var world = StubService.World()
      world.otherMode = ["cus_1"]
      try configure(StubService(world))
      let orgman = try start(
        ["verify", "--only", "stripe", "--data", data.address], environment: environment, columns: 60)
      #expect(try orgman.waitForExit() == .exited(1))
      let lines = orgman.screen.lines.map(\.trimmed)
      let first = try #require(lines.firstIndex { $0.hasPrefix("other-mode  One") })
      #expect(lines.prefix(first + 4).allSatisfy { !$0.contains("…") })
      #expect(
        lines[first...].prefix(3).joined(separator: " ").contains(
          "The customer cus_1 is in the other mode of Stripe than the key: one is for tests."))
    }

    @Test func `^C keeps what is known, and --resume goes on with it`() throws {
      let data = try DataFiles((0..<30).map { Record("\($0)", "Organization \($0)") })
      var world = StubService.World()
      world.stripe = (0..<30).map { .init("cus_\($0)", org: "\($0)") }
      (world.page, world.delay) = (1, 0.1)
      let stub = try StubService(world)
      try configure(stub)
      #expect(try verify(data, "--resume").status == .exited(2))
      let orgman = try start(
        ["verify", "--only", "stripe", "--data", data.address], environment: environment)
      try orgman.waitForText("Reading the customers of Stripe: ")
      orgman.press(.control("c"))
      #expect(try orgman.waitForExit() == .exited(1))
      let first = try stub.requests().count
      #expect(first < 31)
      let cache = home.path + "/cache/orgman"
      let kept = try String(contentsOf: URL(filePath: cache + "/verify.json"), encoding: .utf8)
      #expect(!kept.contains("SECRET"))
      let mode = try FileManager.default.attributesOfItem(atPath: cache + "/verify.json")[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let other = try verify(
        data, "--resume", "--only", "stripe", with: ["ORGMAN_STRIPE_KEY": "rk_test_SECRET5"])
      #expect(other.status == .exited(1))
      #expect(other.stdout == "")
      #expect(
        other.stderr.contains(
          "The run that ended early asked Stripe at another address or with another key, so it can't be gone on with"
        ))
      #expect(try verify(data, "--resume").stderr.contains("and this one would ask Lago and Stripe"))
      #expect(try stub.requests().count == first)
      let rest = try verify(data, "--resume", "--only", "stripe")
      #expect(rest.stdout.split(separator: "\n").count == 30)
      #expect(rest.stdout.split(separator: "\n").allSatisfy { $0.hasPrefix("orphan-customer\t") })
      // The page that was asked for last may have to be asked for again.
      #expect(try (30...31).contains(stub.requests().count))
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [])
    }
  }
}
