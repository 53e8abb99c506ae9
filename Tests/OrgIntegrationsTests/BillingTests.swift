import BillingTesting
import Foundation
import OrgCore
import Synchronization
import Testing

@testable import OrgIntegrations

typealias Code = BillingFinding.Code

/// An organization whose id and name are made of a few characters.
func organization(
  _ id: String, stripe: String? = nil, lago: String? = nil, plan: String = PlanTier.default,
  _ status: Organization.Status = .active
) -> Organization {
  Organization(
    id: "org_" + id, name: id, createdAt: .unknown, planTier: plan, lagoCustomerID: lago,
    stripeCustomerID: stripe,
    status: status)
}

/// Whether a run is ended, as by ^C.
private final class Ending: Sendable {
  private let flag = Atomic<Bool>(false)
  var value: Bool { flag.load(ordering: .relaxed) }
  func end() { flag.store(true, ordering: .relaxed) }
}

/// A comparison of organizations with a stub, and what came of it.
struct Comparison {
  let report: BillingReport
  let requests: [StubService.Request]

  init(
    _ organizations: [Organization], _ world: StubService.World,
    services: [BillingService] = [.stripe, .lago],
    plans: [String: [String]] = [:], endingAfter limit: Int = .max,
    from state: BillingState? = nil, on stub: StubService? = nil
  ) throws {
    let stub = try stub ?? StubService(world)
    let isEnded = Ending()
    func client(_ service: BillingService) throws -> ServiceClient? {
      guard services.contains(service) else { return nil }
      return try OrgIntegrationsTests.client(stub.address, service.title, isWanted: { !isEnded.value })
    }
    let store = InMemoryStore(organizations: organizations)
    report = try BillingVerification(
      stripe: client(.stripe), lago: client(.lago), rules: BillingRules(plans: plans),
      progress: { if case .customers(_, let count) = $0, count >= limit { isEnded.end() } }
    ).run(from: state) { store.reader() }
    requests = try stub.requests()
    #expect(Set(requests.map(\.method)).isSubset(of: ["GET"]))
    #expect(report.requests.values.reduce(0, +) == requests.count || state != nil)
    let shown = report.findings.map(\.text).joined()
    #expect(!shown.contains("SECRET"))
    #expect(shown == shown.escapedForDisplay)
  }

  /// What was found, as `code organization customer`.
  var found: [String] {
    report.findings.map { finding in
      [finding.code.rawValue, finding.organization?.name ?? "-", finding.customer ?? "-"].joined(
        separator: " ")
    }
  }

  /// What would be repaired, as `organization: from → to`.
  var repairs: [String] {
    report.findings.compactMap { finding in
      guard case .setField(let field, let id, let from, let to)? = finding.repair else { return nil }
      return "\(id) \(field.descriptor.word): \(from ?? "none") → \(to ?? "none")"
    }
  }

  /// How many requests there were to a path.
  func count(_ path: String) -> Int { requests.count { $0.path.hasPrefix(path) } }
}

/// Each kind of finding, and how many requests it takes.
@Suite(.sideBySide) struct BillingTests {
  private func stripe(_ customers: StubService.StripeCustomer...) -> StubService.World {
    var world = StubService.World()
    world.stripe = customers
    return world
  }

  private func lago(_ customers: StubService.LagoCustomer...) -> StubService.World {
    var world = StubService.World()
    world.lago = customers
    return world
  }

  @Test func `nothing is found where everything is right, by the lists alone`() throws {
    var world = stripe(.init("cus_1", org: "a"), .init("cus_2", org: "org_b"), .init("cus_3"))
    world.lago = [.init("org_a", stripe: "cus_1"), .init("b", plan: "pro_monthly"), .init("old-c")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1", lago: "org_a"),
        organization("b", stripe: "cus_2", lago: "b", plan: "pro"),
        organization("c", stripe: "cus_3", lago: "old-c"), organization("d"), organization("e", .deleted),
      ], world, plans: ["pro": ["pro_monthly", "pro_yearly"]])
    #expect(comparison.found == [])
    #expect(comparison.report.requests == [.stripe: 1, .lago: 2])
    #expect(comparison.report.organizationCount == 5)
  }

  @Test func `ids that Stripe doesn't have, has deleted or has in the other mode`() throws {
    var world = stripe(
      .init("cus_ok"), .init("cus_gone", isDeleted: true), .init("cus_moved", isDeleted: true),
      .init("cus_new", org: "org_c"))
    world.otherMode = ["cus_live"]
    let comparison = try Comparison(
      [
        organization("ok", stripe: "cus_ok"), organization("a", stripe: "cus_none"),
        organization("b", stripe: "cus_gone"), organization("c", stripe: "cus_moved"),
        organization("d", stripe: "cus_live"),
      ], world, services: [.stripe])
    #expect(
      comparison.found == [
        "stripe-missing a cus_none", "stripe-deleted b cus_gone", "stripe-deleted c cus_moved",
        "other-mode d cus_live",
      ])
    #expect(comparison.repairs == ["org_b stripe: cus_gone → none", "org_c stripe: cus_moved → cus_new"])
    #expect(comparison.report.requests == [.stripe: 5])
    #expect(comparison.count("/v1/customers/") == 4)
  }

  @Test func `a key of another account, by four questions, whatever there is`() throws {
    let organizations = (0..<40).map { organization("\($0)", stripe: "cus_\($0)") }
    let other = try Comparison(organizations, stripe(.init("cus_theirs")), services: [.stripe])
    #expect(other.report.findings.count { $0.code == .otherAccount } == 40)
    #expect(other.found.last == "orphan-customer - cus_theirs")
    #expect(other.report.requests == [.stripe: 5])
    var world = StubService.World()
    world.otherMode = (0..<40).map { "cus_\($0)" }
    let mode = try Comparison(organizations, world, services: [.stripe])
    #expect(mode.report.findings.allSatisfy { $0.code == .otherMode } && mode.report.findings.count == 40)
    #expect(mode.report.requests == [.stripe: 5])
  }

  @Test func `one customer of another account, as Lago charges it or Stripe says so`() throws {
    var world = lago(.init("org_a", stripe: "cus_a"))
    world.stripe = [.init("cus_b")]
    world.manners = [.init("/v1/customers/cus_c", "403", value: #"{"error": {"code": "account_invalid"}}"#)]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_a", lago: "org_a"), organization("b", stripe: "cus_b"),
        organization("c", stripe: "cus_c"),
      ], world)
    #expect(comparison.found == ["other-account a cus_a", "other-account c cus_c"])
    #expect(comparison.report.requests == [.stripe: 3, .lago: 2])
  }

  @Test func `two organizations on one customer, also on one that isn't there`() throws {
    var world = stripe(.init("cus_1"))
    world.lago = [.init("x")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1", lago: "x"), organization("b", stripe: "cus_1", lago: "x"),
        organization("c", stripe: "cus_2"), organization("d", stripe: "cus_2"),
      ], world)
    #expect(
      comparison.found == [
        "shared-customer b x", "shared-customer b cus_1", "stripe-missing c cus_2", "shared-customer d cus_2",
        "stripe-missing d cus_2",
      ])
    #expect(comparison.count("/v1/customers/cus_2") == 1)
  }

  @Test func `several customers for one organization, and customers that none has`() throws {
    var world = stripe(
      .init("cus_1"), .init("cus_2", org: "a"), .init("cus_3", org: "org_b"), .init("cus_4", org: "B"),
      .init("cus_5", org: "org_c"), .init("cus_6"), .init("cus_7", org: "gone\u{1B}[2J"))
    world.lago = [.init("d"), .init("org_d"), .init("stray")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1"), organization("b"), organization("c"),
        organization("d", lago: "org_d"),
      ], world)
    #expect(
      comparison.found == [
        "several-customers a cus_1", "several-customers b cus_3", "orphan-customer c cus_5",
        "several-customers d org_d",
        "orphan-customer - cus_6", "orphan-customer - cus_7", "orphan-customer - stray",
      ])
    #expect(comparison.repairs == ["org_c stripe: none → cus_5"])
    #expect(comparison.report.requests == [.stripe: 1, .lago: 2])
  }

  @Test func `metadata that name another organization, with and without org_`() throws {
    var world = stripe(.init("cus_1", org: "b"), .init("cus_2", org: "org_a"), .init("cus_3", org: "org_c"))
    world.lago = [.init("org_a", org: "zz")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1", lago: "org_a"), organization("b", stripe: "cus_2"),
        organization("c", stripe: "cus_3"),
      ], world)
    #expect(
      comparison.found == [
        "metadata-names-other a org_a", "metadata-names-other a cus_1", "metadata-names-other b cus_2",
      ])
    #expect(comparison.repairs == [])
  }

  @Test func `a customer at Lago that is charged as another one at Stripe`() throws {
    var world = stripe(.init("cus_1"), .init("cus_2"), .init("cus_3"), .init("cus_5"))
    world.lago = [
      .init("org_a", stripe: "cus_1"), .init("org_b", stripe: "cus_3"), .init("org_c", stripe: "cus_4"),
      .init("org_d", stripe: "cus_5"),
    ]
    let comparison = try Comparison(
      [
        organization("a", lago: "org_a"), organization("b", stripe: "cus_2", lago: "org_b"),
        organization("c", lago: "org_c"), organization("d", stripe: "cus_gone", lago: "org_d"),
      ], world)
    #expect(
      comparison.found == [
        "lago-stripe-differs a cus_1", "lago-stripe-differs b cus_3", "lago-stripe-differs c cus_4",
        "stripe-missing d cus_gone", "lago-stripe-differs d cus_5",
      ])
    #expect(comparison.repairs == ["org_a stripe: none → cus_1", "org_d stripe: cus_gone → cus_5"])
    let alone = try Comparison([organization("c", lago: "org_c")], world, services: [.lago])
    #expect(alone.repairs == ["org_c stripe: none → cus_4"])
  }

  @Test func `Lago ids that are a subscription's, an e-mail address or Lago's own`() throws {
    let own = "1a901a90-1a90-1a90-1a90-1a901a901a90"
    let (subscription, ended) = ("2b" + own.dropFirst(2), "3c" + own.dropFirst(2))
    let comparison = try Comparison(
      [
        organization("a", lago: own), organization("b", lago: subscription), organization("c", lago: ended),
        organization("d", lago: "jane@example.com"), organization("e", lago: "jo+n@example.com"),
        organization("f", lago: "nothing"),
      ],
      lago(
        .init("org_a", own: own), .init("org_b", plan: "pro", subscription: subscription),
        .init("org_c", ended: ended), .init("jane@example.com"), .init("org_e")), services: [.lago])
    #expect(
      comparison.found == [
        "lago-id-is-lago-id a \(own)", "lago-id-is-subscription b \(subscription)",
        "lago-id-is-subscription c \(ended)", "lago-id-is-email d jane@example.com",
        "lago-id-is-email e jo+n@example.com", "lago-missing f nothing",
      ])
    #expect(
      comparison.repairs == [
        "org_a lago: \(own) → org_a", "org_b lago: \(subscription) → org_b", "org_c lago: \(ended) → org_c",
        "org_e lago: jo+n@example.com → org_e",
      ])
    #expect(comparison.report.findings.filter(\.isNote).map(\.customer) == ["jane@example.com"])
    // Both lists, three ids singly, and the subscriptions that have ended.
    #expect(comparison.report.requests == [.lago: 6])
    #expect(comparison.count("/api/v1/customers/jo%2Bn%40example.com") == 1)
  }

  @Test func `plans that differ, by the mapping`() throws {
    var world = stripe(
      .init("cus_1", plan: "starter_m"), .init("cus_2", plan: "pro_m"), .init("cus_3", plan: "else"),
      .init("cus_4", plan: "else"), .init("cus_5", plan: "x\u{202E}y"))
    world.lago = [.init("org_f", plan: "starter_m")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1", plan: "pro"), organization("b", stripe: "cus_2", plan: "pro"),
        organization("c", stripe: "cus_3", plan: "pro"), organization("d", stripe: "cus_4"),
        organization("e", stripe: "cus_5", plan: "starter"), organization("f", lago: "org_f", plan: "free"),
      ], world, plans: ["pro": ["pro_m", "pro_y"], "starter": ["starter_m"]])
    #expect(
      comparison.found == [
        "plan-differs a cus_1", "plan-differs c cus_3", "plan-differs e cus_5", "plan-differs f org_f",
      ])
    #expect(
      comparison.report.findings.first?.text
        == "Stripe bills starter_m, which is starter; the organization is on pro.")
  }

  @Test func `inactive organizations with a live subscription, and paid plans without one`() throws {
    var world = stripe(
      .init("cus_1", plan: "pro_m"), .init("cus_2", plan: "pro_m", status: "canceled"),
      .init("cus_3", plan: "pro_m", status: "past_due"), .init("cus_4"))
    world.lago = [.init("org_e", plan: "pro_m")]
    let comparison = try Comparison(
      [
        organization("a", stripe: "cus_1", plan: "pro", .suspended),
        organization("b", stripe: "cus_2", plan: "pro", .deleted),
        organization("c", stripe: "cus_3", plan: "pro"),
        organization("d", stripe: "cus_4", plan: "pro"),
        organization("e", lago: "org_e", plan: "pro", .deleted),
        organization("f", plan: "pro"), organization("g", plan: "free"),
      ], world, plans: ["pro": ["pro_m"], "free": []])
    #expect(
      comparison.found == [
        "live-subscription-of-inactive a cus_1", "paid-without-subscription d -",
        "live-subscription-of-inactive e org_e",
        "paid-without-subscription f -",
      ])
  }

  @Test func `a paid plan isn't without a subscription that the right customer has`() throws {
    var world = stripe(.init("cus_1", org: "a", plan: "pro_m"), .init("cus_2", org: "b", plan: "pro_m"))
    world.stripe += [.init("cus_3", org: "c", plan: "pro_m"), .init("cus_4", org: "c")]
    let comparison = try Comparison(
      [
        organization("a", plan: "pro"), organization("b", stripe: "cus_gone", plan: "pro"),
        organization("c", plan: "pro"),
      ], world, services: [.stripe], plans: ["pro": ["pro_m"]])
    #expect(
      comparison.found == [
        "orphan-customer a cus_1", "stripe-missing b cus_gone", "several-customers c cus_3",
      ])
  }

  @Test func `repairs give each customer once, and only ids that can be stored`() throws {
    var world = stripe(
      .init("bad id", org: "a"), .init("cus_\u{1B}", org: "b"),
      .init("cus_" + String(repeating: "x", count: 300), org: "c"))
    world.stripe.append(.init("cus_held", org: "d"))
    let comparison = try Comparison(
      [
        organization("a"), organization("b"), organization("c"), organization("d"),
        organization("e", stripe: "cus_held"),
      ], world, services: [.stripe])
    #expect(comparison.repairs == [])
    #expect(comparison.report.findings.count { $0.code == .orphanCustomer } == 3)
    #expect(comparison.found.last == "metadata-names-other e cus_held")
  }
}

/// Services that behave badly: what isn't known isn't missing.
@Suite(.sideBySide) struct BillingMannersTests {
  private func world(_ manners: StubService.Manner..., page: Int = 2) -> StubService.World {
    var world = StubService.World()
    world.stripe = (0..<5).map { .init("cus_\($0)") }
    world.lago = (0..<5).map { .init("org_\($0)", plan: "p\($0)") }
    (world.manners, world.page) = (manners, page)
    return world
  }

  private let organizations = (0..<5).map { organization("\($0)", stripe: "cus_\($0)", lago: "org_\($0)") }

  @Test func `lists are read page by page`() throws {
    let comparison = try Comparison(organizations, world())
    #expect(comparison.found == [])
    #expect(comparison.report.requests == [.stripe: 3, .lago: 6])
    #expect(
      comparison.count("/v1/customers?limit=100&expand%5B%5D=data.subscriptions&starting_after=cus_3") == 1)
    #expect(
      comparison.count("/api/v1/subscriptions?page=3&per_page=100&status%5B%5D=active&status%5B%5D=pending")
        == 1)
  }

  @Test(arguments: ["401", "403", "500", "cut", "huge", "garbage", "302"])
  func `a list that isn't to be had makes ids unknown, and asks for none`(act: String) throws {
    let comparison = try Comparison(
      organizations + [organization("x", stripe: "cus_missing")],
      world(.init("/v1/customers?", act, value: act == "302" ? "https://example.com/" : "{}")),
      plans: ["founders_friend": ["p"]])
    let findings = comparison.report.findings.filter { $0.service == .stripe }
    #expect(findings.map(\.code) == [.unknown])
    #expect(findings.first?.text.hasSuffix(" 6 organizations couldn't be compared with it.") == true)
    #expect(comparison.report.requests[.stripe] == 1)
    #expect(comparison.report.isPartial)
  }

  @Test func `a list that fails on its second page says what the first one has`() throws {
    let comparison = try Comparison(
      organizations + [organization("x", stripe: "cus_4", lago: "org_0")],
      world(.init("/v1/customers?limit=100&expand%5B%5D=data.subscriptions&starting_after=cus_1", "500")))
    #expect(
      comparison.found == ["shared-customer x org_0", "shared-customer x cus_4", "unknown - -"])
    #expect(comparison.report.findings.last?.text.contains("4 organizations") == true)
  }

  @Test func `a page that repeats ends with an error`() throws {
    let stripe = try Comparison(organizations, world(.init("/v1/customers?", "repeat")), services: [.stripe])
    #expect(stripe.found == ["unknown - -"])
    #expect(stripe.report.requests == [.stripe: 2])
    let lago = try Comparison(organizations, world(.init("/api/v1/customers?", "repeat")), services: [.lago])
    #expect(lago.found == ["unknown - -"])
    #expect(lago.report.requests == [.lago: 2])
    let subscriptions = try Comparison(
      organizations, world(.init("/api/v1/subscriptions?", "repeat")), services: [.lago])
    #expect(subscriptions.report.requests == [.lago: 5])
    let same = try Comparison(
      organizations,
      world(
        .init("/api/v1/customers?page=2", "garbage", value: #"{"customers": [], "meta": {"next_page": 2}}"#)),
      services: [.lago])
    #expect(same.found == ["unknown - -"])
    #expect(same.report.requests == [.lago: 2])
  }

  @Test func `busy services are asked again, and single failures are unknown`() throws {
    let more = ["a", "b", "c"].map { organization($0, stripe: "cus_\($0)") }
    let comparison = try Comparison(
      organizations + more,
      world(
        .init("/v1/customers?", "429", times: 2, value: "1"), .init("/v1/customers/cus_a", "500"),
        .init("/v1/customers/cus_b", "404", value: "<html>proxy</html>"),
        .init("/v1/customers/cus_c", "503", times: 1)),
      services: [.stripe])
    #expect(comparison.found == ["unknown a cus_a", "unknown b cus_b", "stripe-missing c cus_c"])
    #expect(comparison.report.requests == [.stripe: 9])
  }

  @Test func `after a refusal, or five questions without an answer, no more are asked`() throws {
    let more = (0..<30).map { organization("x\($0)", stripe: "cus_x\($0)") }
    let refused = try Comparison(
      organizations + more, world(.init("/v1/customers/", "403")), services: [.stripe])
    #expect(refused.found == ["unknown - -"])
    #expect(try #require(refused.report.requests[.stripe]) <= 3 + 4)
    let broken = try Comparison(
      organizations + more, world(.init("/v1/customers/", "500")), services: [.stripe])
    #expect(broken.report.findings.allSatisfy { $0.code == .unknown })
    #expect(try #require(broken.report.requests[.stripe]) <= 3 + 8)
  }

  @Test func `an ended run goes on where it was`() throws {
    let stub = try StubService(world())
    let first = try Comparison(
      organizations, world(), services: [.stripe], endingAfter: 4,
      on: stub)
    #expect(first.report.isPartial)
    #expect(first.found == ["unknown - -"])
    let state = try JSONDecoder().decode(BillingState.self, from: JSONEncoder().encode(first.report.state))
    let second = try Comparison(organizations, world(), services: [.stripe], from: state, on: stub)
    #expect(second.found == [])
    #expect(second.report.requests == [.stripe: 1])
    #expect(!String(decoding: try JSONEncoder().encode(first.report.state), as: UTF8.self).contains("SECRET"))
    // Another server has other customers, and another key sees others.
    let elsewhere = #expect(throws: OrgError.self) {
      try Comparison(organizations, world(), services: [.stripe], from: state)
    }
    #expect(
      elsewhere?.message
        == "The run that ended early asked Stripe at another address or with another key, so it can't be gone on with; leave --resume out."
    )
    let more = #expect(throws: OrgError.self) {
      try Comparison(organizations, world(), from: state, on: stub)
    }
    #expect(more?.message.contains("asked Stripe, and this one would ask Lago and Stripe, so") == true)
    let key = try ServiceClient(
      "Stripe", at: ServiceAddress(stub.address), key: ServiceKey("rk_test_OTHER", from: "The test"))
    #expect(throws: OrgError.self) {
      try BillingVerification(stripe: key, lago: nil).run(from: state) { InMemoryStore().reader() }
    }
    #expect(key.requestCount == 0)
  }

  @Test func `accounts with an old version of the API have plans instead of prices`() throws {
    let list = """
      {"has_more": false, "data": [{"id": "cus_1", "metadata": {}, "subscriptions": {"data": [{"status": "active", \
      "items": {"data": [{"plan": {"id": "pro_monthly", "product": "prod_1"}}]}}]}}]}
      """
    let comparison = try Comparison(
      [organization("a", stripe: "cus_1", plan: "pro"), organization("b", stripe: "cus_1", plan: "free")],
      world(.init("/v1/customers?", "garbage", value: list)), services: [.stripe],
      plans: ["pro": ["pro_monthly"], "free": ["none"]])
    #expect(comparison.found == ["shared-customer b cus_1", "plan-differs b cus_1"])
  }

  @Test func `a 404 without a code is a missing customer only in Stripe's own words`() throws {
    let error = #"{"error": {"type": "invalid_request_error", "message": "Not Found"}}"#
    let address =
      #"{"error": {"type": "invalid_request_error", "message": "Unrecognized request URL (GET)"}}"#
    let ids = ["a", "b", "c", "d"].map { organization($0, stripe: "cus_\($0)") }
    let comparison = try Comparison(
      organizations + ids,
      world(
        .init("/v1/customers/cus_a", "404", value: error),
        .init("/v1/customers/cus_b", "404", value: address),
        .init("/v1/customers/cus_c", "404", value: #"{"error": "not found"}"#),
        .init("/v1/customers/cus_d", "404", value: "<html>invalid_request_error</html>")),
      services: [.stripe])
    #expect(
      comparison.found == ["stripe-missing a cus_a", "unknown b cus_b", "unknown c cus_c", "unknown d cus_d"])
  }

  @Test func `single customers are asked for four at a time`() throws {
    var world = world(page: 100)
    world.delay = 0.03
    let more = (0..<24).map { organization("x\($0)", stripe: "cus_x\($0)") }
    let comparison = try Comparison(organizations + more, world, services: [.stripe])
    #expect(comparison.report.findings.count { $0.code == .stripeMissing } == 24)
    #expect(comparison.requests.map(\.active).max() == 4)
  }

  @Test func `ids that no service would make end a list, and long names are cut`() throws {
    let long = String(repeating: "x", count: 10_000)
    var huge = world()
    huge.stripe.append(.init("cus_" + long))
    let ids = try Comparison(organizations, huge, services: [.stripe])
    #expect(ids.found == ["unknown - -"])
    var named = world()
    named.stripe.append(.init("cus_5", org: long))
    let names = try Comparison(organizations, named, services: [.stripe])
    #expect(names.found == ["orphan-customer - cus_5"])
    #expect(names.report.findings.allSatisfy { $0.text.count < 300 })
  }

  @Test func `a thousand organizations cost ten requests for each list`() throws {
    var world = StubService.World()
    world.stripe = (0..<1000).map { .init("cus_\($0)", org: "\($0)") }
    world.lago = (0..<1000).map { .init("org_\($0)", stripe: "cus_\($0)", plan: "p") }
    let all = (0..<1000).map { organization("\($0)", stripe: "cus_\($0)", lago: "org_\($0)") }
    let comparison = try Comparison(all, world)
    #expect(comparison.found == [])
    #expect(comparison.report.requests == [.stripe: 10, .lago: 20])
  }
}
