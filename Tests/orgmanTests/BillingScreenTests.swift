import BillingTesting
import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What doesn't fit the services that bill, on the screen.
  @Suite struct BillingScreenTests {
    private let home: TemporaryDirectory
    private let stubs = StubServices()

    init() throws {
      home = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
    }

    private func environment(_ stub: StubService? = nil, key: String? = "rk_test_SECRET1") throws -> [String:
      String]
    {
      if let stub {
        stubs.keep(stub)
        try Data("[billing]\nstripe-url = \"\(stub.address)\"\n".utf8).write(
          to: URL(filePath: home.path + "/orgman/config.toml"))
      }
      let key = key.map { ["ORGMAN_STRIPE_KEY": $0] } ?? [:]
      return plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }.merging(key) { $1 }
    }

    /// Acme's customer was deleted, Globex has none and should, and Initech is in the other mode.
    private func data(_ store: TestStore) throws -> any TestData {
      var records = [
        Record("1", "Acme", members: [("ann", "owner")]), Record("2", "Globex"), Record("3", "Initech"),
      ]
      (records[0].stripe, records[2].stripe) = ("cus_gone", "cus_live")
      return try store.data(records)
    }

    private func world(_ data: any TestData) -> StubService.World {
      var world = StubService.World()
      world.stripe = [
        .init("cus_gone", isDeleted: true), .init("cus_new", org: data.id("org_2")),
        .init("cus_\u{1B}[31m\u{202E}"),
      ]
      world.otherMode = ["cus_live"]
      return world
    }

    @Test(arguments: TestStore.allCases)
    func `billing is verified, an organization opened, what is wrong repaired, and that undone`(
      store: TestStore
    )
      throws
    {
      let data = try data(store)
      let before = try data.contents()
      let stub = try StubService(world(data))
      let orgman = try open(data, environment: environment(stub))
      orgman.send("5")
      try orgman.waitForText("r compares billing with the services; nothing is changed there.")
      #expect(try stub.requests() == [])
      orgman.send("r")
      try orgman.waitForText("Billing verified: 4 findings in 3 organizations; 2 can be repaired.")
      #expect(orgman.screen.text.contains("! stripe-deleted"))
      #expect(orgman.screen.lines[2].hasPrefix("▸!"))
      #expect(orgman.screen.text.contains("The customer cus_gone was deleted at Stripe. Repair:"))
      #expect(try Set(stub.requests().map(\.method)) == ["GET"])
      let count = try stub.requests().count
      orgman.press(.enter)
      try orgman.waitFor("the Stripe id") { $0.selectedDetail?.hasPrefix("Stripe") == true }
      orgman.press(.escape)
      try orgman.waitForText("! stripe-deleted")
      orgman.send("f")
      try orgman.waitForText("Stripe id of Acme: cus_gone → none?")
      orgman.send("y")
      try orgman.waitFor("the finding to go") {
        !$0.text.contains("stripe-deleted") && $0.text.contains("Stripe id of Acme: cus_gone → none.")
      }
      orgman.send("*f")
      try orgman.waitForText("1 will change, for 2 it isn't certain what would be right.")
      orgman.send("y")
      try orgman.waitForText("done, 1 changed")
      #expect(try data.organization(named: "Globex")["stripe_customer_id"] as? String == "cus_new")
      orgman.send("4")
      try orgman.waitForText("! Billing: 2 findings, verified ")
      orgman.send("uu")
      try orgman.waitForText("! Billing: 4 findings, verified ")
      #expect(try data.contents() == before)
      orgman.send("-/deleted\r")
      try orgman.waitForText("1/1 of 4")
      #expect(try stub.requests().count == count)
      #expect(!orgman.screen.text.contains("SECRET"))
      try orgman.quit()
    }

    @Test func `without a key the screen says how to configure one`() throws {
      let orgman = try open(
        try data(.files), environment: environment(key: nil), columns: 80, rows: 24)
      orgman.send("5")
      try orgman.waitForText("There is no key for Stripe or Lago: name a file with it under [billing]")
      #expect(orgman.screen.text.contains("set ORGMAN_STRIPE_KEY or ORGMAN_LAGO_KEY."))
      orgman.send("r")
      try orgman.waitFor("the same below") { $0.status.contains("There is no key") }
      try orgman.quit()
    }

    @Test func `who acts as a user asks no service, which has the customers of all`() throws {
      let data = try data(.files)
      let stub = try StubService(world(data))
      let orgman = try open(data, ["--as", "ann"], environment: environment(stub))
      orgman.send("5")
      try orgman.waitForText("Verifying billing takes a platform admin; you act as ann.")
      orgman.send("r")
      try orgman.waitFor("the same below") { $0.status.contains("takes a platform admin") }
      #expect(try stub.requests() == [])
      try orgman.quit()
    }

    @Test func `a slow service holds up neither keys nor the end, and ^C keeps what is known`() throws {
      let data = try data(.files)
      var world = world(data)
      world.manners = [.init("/v1/customers/", "slow", value: "20")]
      let orgman = try open(data, environment: environment(StubService(world)), columns: 80, rows: 24)
      orgman.send("5r")
      try orgman.waitForText("Billing: Stripe ")
      orgman.send("1")
      try orgman.waitForText("Globex")
      orgman.send("5")
      try orgman.waitForText("^C ends it with what is known.")
      orgman.press(.control("c"))
      try orgman.waitForText("orphan-customer")
      #expect(orgman.screen.text.contains("? unknown"))
      orgman.send("r")
      try orgman.waitForText("Billing: ")
      try orgman.quit()
    }
  }
}
