import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct OverviewTests {
  private var driver = Driver()

  private var lines: [OverviewRows.Line] {
    guard let overview = (driver.model.screen as? OverviewScreen)?.list.rows else { return [] }
    return overview.lines
  }

  /// What a line says of organizations: its count by its query.
  private var counts: [String: Int] {
    lines.reduce(into: [:]) { counts, line in
      if case .count(_, let count, _, let query, _) = line { counts[query] = count }
    }
  }

  @Test mutating func `every count is what its filter shows`() {
    driver.others { organizations, members in
      organizations[1].planTier = "big \"plan\" \\ one"
      organizations[2].planTier = "STARTER"
      organizations[3].planTier = "starter"
      organizations[4].status = .suspended
      organizations[5].stripeCustomerID = "cus_1"
      organizations[6].stripeCustomerID = "cus_1"
      organizations[7].stripeCustomerID = "cus_10"
      organizations[8].name = organizations[9].name.uppercased() + ", Inc."
      members.append(Sample.member("eve", .billingAdmin, organizations[4].id))
      members.append(Sample.member("dan", .member, "org_golf"))
    }
    driver.press(.showOverview)
    #expect(counts["status:active"] == 9)
    #expect(counts["status:deleted"] == 0)
    #expect(counts["plan:STARTER"] == 2)
    #expect(counts["no:stripe"] == 6)
    #expect(counts["stripe:cus_1"] == 2)
    #expect(counts["duplicate:name"] == 2)
    #expect(counts["status:suspended role:billing !role:owner !role:member"] == 1)
    #expect(counts["owners:0"] == 9)
    #expect(counts["members:0"] == 7)
    for (query, count) in counts {
      let shown = OrganizationList(driver.store.data, for: ListRequest(query: query))
      #expect(shown.queryError == nil && shown.count == count, "\(query)")
    }
  }

  @Test mutating func `Enter shows the organizations of a line, and Esc leads back`() {
    driver.press(.filter)
    driver.type("bravo")
    driver.press(.accept, .showOverview, .moveToFirst, .open)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.query == "status:active")
    #expect(driver.names.count == 10)
    driver.press(.back)
    #expect(driver.model.screen.identity == "overview")
    #expect(driver.model.rows?.selectedID == "?status:active")
    driver.press(.back)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.query == "bravo")
    #expect(driver.names == ["Bravo"])
  }

  @Test mutating func `who goes on to filter has come to stay`() {
    driver.press(.showOverview, .open, .filter)
    driver.type(" a")
    driver.press(.accept, .back)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.query == "")
    driver.press(.close)
    #expect(driver.log.last == .terminal(.quit))
  }

  @Test mutating func `Enter on the largest goes to it, and q leads back`() {
    driver.press(.showOverview, .filter)
    driver.type("acme")
    driver.press(.accept, .open)
    #expect(driver.selected == "org_acme")
    #expect(driver.model.context == .detail)
    driver.press(.close)
    #expect(driver.model.screen.identity == "overview")
    #expect(driver.model.filterText == "acme")
  }

  @Test mutating func `headings and gaps are never selected`() {
    driver.press(.showOverview)
    for action in [Action.moveDown, .moveUp, .pageDown, .moveToLast, .pageUp, .halfPageUp, .moveToFirst] {
      for _ in 0..<30 {
        driver.press(action)
        #expect(driver.model.rows?.selectedID != nil)
      }
    }
    #expect(driver.model.rows?.selectedPlace == 1)
    #expect(driver.model.rows?.visible(5).lowerBound == 0)
  }

  @Test mutating func `it follows what others do, and stays on its line`() {
    driver.press(.showOverview, .moveDown)
    #expect(driver.model.rows?.selectedID == "?status:suspended")
    driver.others { organizations, _ in organizations[0].status = .suspended }
    #expect(counts["status:suspended"] == 1)
    #expect(driver.model.rows?.selectedID == "?status:suspended")
  }

  @Test mutating func `nothing is worked out while it isn't shown`() {
    driver.press(.showOverview, .showOrganizations)
    let count = driver.log.count
    driver.othersSetRole("bob", .owner)
    #expect(!driver.log[count...].contains { if case .runtime(.show) = $0 { true } else { false } })
  }

  @Test func `many plans have one line for the rest`() {
    let organizations = (0..<20).map {
      Organization(id: "org_\($0)", name: "\($0)", createdAt: Sample.time, planTier: "plan\($0)")
    }
    let overview = MemoryReader(organizations: organizations).overview()
    let plans = OverviewRows(overview, query: "").lines.compactMap { line in
      if case .count(_, _, _, let query, _) = line, query.hasPrefix("plan:") { query } else { nil }
    }
    #expect(plans.count == 12)
    #expect(
      OverviewRows(overview, query: "").lines.contains {
        if case .more("and 8 other plans") = $0 { true } else { false }
      })
  }
}
