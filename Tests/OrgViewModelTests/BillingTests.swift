import OrgCore
import Testing

@testable import OrgViewModel

/// Finds what a test says, in the data as they are.
private struct Verifier: BillingVerifier {
  var error: OrgError?
  let find: @Sendable ([Organization]) -> [BillingFinding]

  func verify(_ run: any BillingRun) throws(OrgError) -> BillingReport {
    if let error { throw error }
    run.report("Stripe 1/2")
    let reader = try run.reader()
    var organizations: [Organization] = []
    try reader.forEachOrganization { organizations.append($0.organization) }
    let findings = find(organizations)
    return BillingReport(
      findings: findings, summary: "\(findings.count) findings.", warnings: ["Lago is skipped."])
  }
}

/// A finding about the Stripe id of an organization.
private func finding(
  _ code: String, _ rank: Int, _ organization: Organization?, to id: String? = nil, repairs: Bool = false,
  severity: BillingFinding.Severity = .wrong
) -> BillingFinding {
  BillingFinding(
    code: code, rank: rank, severity: severity, service: "Stripe", organization: organization,
    fields: [.stripeCustomerID], customer: organization?.stripeCustomerID ?? "cus_lost",
    text: "The problem of \(organization?.name ?? "nobody").",
    repair: repairs
      ? organization.map {
        .setField(.stripeCustomerID, organization: $0.id, from: $0.stripeCustomerID, to: id)
      } : nil)
}

@Suite struct BillingTests {
  /// Acme's customer is gone, Bravo and Charlie should have one, Delta isn't known, and one customer is nobody's.
  private static let verifier = Verifier { organizations in
    func named(_ name: String) -> Organization? { organizations.first { $0.name == name } }
    return [
      finding("unknown", 9, named("Delta"), severity: .unknown),
      finding("orphan-customer", 6, named("Charlie"), to: "cus_c", repairs: true),
      finding("orphan-customer", 6, named("Bravo"), to: "cus_b", repairs: true),
      finding("orphan-customer", 6, nil),
      finding("other-mode", 3, named("Echo")),
      finding("stripe-deleted", 1, named("Acme"), repairs: true),
    ]
  }
  private var driver = Driver(rows: 20, billing: verifier)

  private var screen: BillingScreen? { driver.model.screen as? BillingScreen }

  private var found: [String] {
    guard let rows = screen?.list.rows else { return [] }
    return (0..<rows.count).map {
      let row = rows.row(at: $0)
      return "\(row.finding.code) \(row.name ?? "-")\(row.isStale ? " stale" : "")"
    }
  }

  private static let all = [
    "stripe-deleted Acme", "other-mode Echo", "orphan-customer Bravo", "orphan-customer Charlie",
    "orphan-customer -", "unknown Delta",
  ]

  @Test mutating func `nothing is asked before a person wants it, and without a key it says so`() {
    driver.press(.showBilling)
    #expect(found == [])
    #expect(!driver.log.contains(.runtime(.verifyBilling)))
    driver.press(.verifyBilling)
    #expect(found == Self.all)
    #expect(driver.message == "Billing verified: 6 findings. Lago is skipped.")
    var without = Driver()
    without.press(.showBilling, .verifyBilling)
    #expect(without.message == "There is no key.")
    #expect(!without.log.contains(.runtime(.verifyBilling)))
  }

  @Test mutating func `the findings stay while one moves around, and Enter goes to the organization`() {
    driver.press(.showBilling, .verifyBilling, .moveDown, .open)
    #expect(driver.selected == "org_echo")
    #expect(driver.model.detail.id == .field(.stripeCustomerID))
    driver.press(.back)
    #expect(driver.model.screen.identity == "billing")
    #expect(found == Self.all && driver.model.rows?.selectedPlace == 1)
    driver.press(.moveDown, .moveDown, .moveDown, .open)
    #expect(driver.message == "This is about no organization; y copies the customer's id.")
    driver.press(.copy)
    #expect(driver.log.contains(.terminal(.copy("cus_lost"))))
    driver.press(.showUsers, .showBilling)
    #expect(found == Self.all)
    #expect(driver.log.count { $0 == .runtime(.verifyBilling) } == 1)
  }

  @Test mutating func `a repair is asked about, its finding goes, and comes back with an undo`() {
    driver.press(.showBilling, .verifyBilling, .repairBilling)
    #expect(driver.question?.text(driver.model.workspace) == "Stripe id of Acme: cus_9 → none?")
    driver.press(.decline, .repairBilling, .confirm)
    #expect(driver.message == "Stripe id of Acme: cus_9 → none.")
    #expect(found == Array(Self.all.dropFirst()))
    #expect(driver.model.rows?.selectedPlace == 0)
    driver.press(.undo)
    #expect(found == Self.all)
    driver.press(.moveToFirst, .moveDown, .repairBilling)
    #expect(driver.message?.hasPrefix("It isn't certain what would be right") == true)
    driver.press(.moveToLast, .moveUp, .repairBilling)
    #expect(driver.message == "Nothing in our data makes this right; it has to be done at Stripe.")
    #expect(driver.commits.count == 1)
  }

  @Test mutating func `several are repaired at once, in one change set`() {
    driver.press(.showBilling, .verifyBilling, .markAll, .repairBilling)
    #expect(
      driver.question?.text(driver.model.workspace)
        == "Repair 6 findings about billing? 3 will change, for 3 it isn't certain what would be right."
    )
    driver.press(.confirm)
    #expect(driver.commits.map(\.count) == [3])
    #expect(found == ["other-mode Echo", "orphan-customer -", "unknown Delta"])
    #expect(driver.model.markCount == 3)
    driver.press(.repairBilling)
    #expect(driver.message == "Of none of these findings it is certain what would be right.")
    driver.press(.undo)
    #expect(found == Self.all)
  }

  @Test mutating func `what others change makes a finding stale, or takes it away`() {
    driver.press(.showBilling, .verifyBilling)
    driver.others { organizations, _ in
      organizations[0].stripeCustomerID = "cus_other"
      organizations[1].stripeCustomerID = "cus_b"
      organizations[2].name = "Renamed"
      organizations.removeAll { $0.name == "Delta" }
    }
    #expect(
      found == [
        "stripe-deleted Acme stale", "other-mode Echo", "orphan-customer Renamed", "orphan-customer -",
      ])
    driver.press(.moveToFirst, .repairBilling)
    #expect(driver.message == "The organization has changed since; verify again before you repair it.")
    driver.press(.verifyBilling)
    #expect(found.first == "stripe-deleted Acme")
  }

  @Test mutating func `a repair that others were faster with is refused`() {
    driver.press(.showBilling, .verifyBilling, .repairBilling)
    driver.others { organizations, _ in organizations[0].stripeCustomerID = "cus_other" }
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(driver.model.message?.kind == .refusal)
  }

  @Test mutating func `findings are filtered by kind, name and text, and sorted`() {
    driver.press(.showBilling, .verifyBilling, .filter)
    driver.type("orphan !bravo")
    driver.press(.accept)
    #expect(found == ["orphan-customer Charlie", "orphan-customer -"])
    driver.press(.nextMatch)
    #expect(driver.model.rows?.selectedPlace == 1)
    driver.press(.back, .sortBy(BillingColumn.name))
    #expect(found.map { $0.split(separator: " ")[1] } == ["Acme", "Bravo", "Charlie", "Delta", "Echo", "-"])
    driver.press(.invertOrder)
    #expect(found.first == "orphan-customer -")
    driver.press(.moveToFirst, .nextMatch)
    #expect(driver.model.rows?.selectedID?.contains("org_charlie") == true)
  }

  @Test mutating func `the overview has a line once billing was verified, which leads to the findings`() {
    func lines() -> [String] {
      guard let rows = (driver.model.screen as? OverviewScreen)?.list.rows else { return [] }
      return rows.lines.compactMap { if case .billing(let text, _) = $0 { text } else { nil } }
    }
    driver.press(.showOverview)
    #expect(lines() == [])
    driver.press(.showBilling, .verifyBilling, .showOverview)
    #expect(lines() == ["Billing: 5 findings, 1 unknown, verified 2025-10-09 08:53"])
    driver.press(.filter)
    driver.type("billing: ")
    driver.press(.accept, .open)
    #expect(driver.model.screen.identity == "billing")
  }

  @Test mutating func `a run is shown as it goes, and ends with ^C or Esc`() {
    driver.holds = true
    driver.press(.showBilling, .verifyBilling)
    driver.model.receive(verifying: "Stripe 40/101")
    #expect(driver.model.screen.title(driver.model.workspace) == "Billing: Stripe 40/101")
    driver.press(.verifyBilling)
    #expect(driver.message == "Billing is being verified; ^C ends that.")
    driver.press(.back)
    #expect(driver.model.screen.identity == "billing")
    #expect(driver.held.last == .runtime(.endVerification))
    // It is ending already, so that the next one leaves.
    driver.press(.back)
    #expect(driver.model.screen.identity == "organizations")
    driver.release()
    #expect(driver.message == "Billing verified: 6 findings. Lago is skipped.")
    // What was found before is worth more than what was found of it until now.
    driver.holds = true
    driver.press(.showBilling, .verifyBilling, .cancel)
    driver.release()
    #expect(driver.message == "Ended early, so what was found before stays.")
    #expect(driver.model.screen.title(driver.model.workspace) == "Billing")
    #expect(found == Self.all)
  }

  @Test mutating func `a run that fails says why, and keeps what was found before`() {
    var failing = Driver(
      rows: 20, billing: Verifier(error: OrgError(.system, "libcurl isn't installed.")) { _ in [] })
    failing.press(.showBilling, .verifyBilling)
    #expect(failing.message == "libcurl isn't installed.")
    #expect(failing.model.message?.kind == .refusal)
    #expect(failing.model.screen.title(failing.model.workspace) == "Billing")
  }

  @Test mutating func `nothing is repaired where nothing may be changed`() {
    var reading = Driver(rows: 20, readOnly: "it was opened so", billing: Self.verifier)
    reading.press(.showBilling, .verifyBilling, .repairBilling)
    #expect(reading.message == "Nothing can be changed: it was opened so.")
  }
}
