import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct SortTests {
  private static func organization(
    _ name: String, plan: String, _ status: Organization.Status, created: Int64
  ) -> Organization {
    Organization(
      id: "org_\(name)", name: name, createdAt: Timestamp(microseconds: created), planTier: plan,
      status: status)
  }

  /// Two of each are alike in something.
  private static let organizations = [
    organization("Delta", plan: "zeta", .active, created: 5),
    organization("alpha", plan: "enterprise", .deleted, created: 86_400_000_000),
    organization("Charlie", plan: "starter", .suspended, created: 7),
    organization("Bravo", plan: "Starter", .active, created: 5),
    organization("echo", plan: "another", .active, created: -1),
  ]
  private static let members = [
    Sample.member("a", .owner, "org_Charlie"), Sample.member("b", .owner, "org_Charlie"),
    Sample.member("a", .owner, "org_Delta"), Sample.member("a", .owner, "org_alpha"),
  ]

  private func sorted(_ actions: Action...) -> [String] {
    var driver = Driver(Self.organizations, Self.members, rows: 10)
    for action in actions { driver.press(action) }
    return driver.names
  }

  @Test func `each column sorts, and what is alike in it stays in the order of names`() {
    #expect(sorted() == ["alpha", "Bravo", "Charlie", "Delta", "echo"])
    #expect(sorted(.sort, .sortBy(.plan)) == ["Bravo", "Charlie", "alpha", "echo", "Delta"])
    #expect(sorted(.sort, .sortBy(.status)) == ["Bravo", "Delta", "echo", "Charlie", "alpha"])
    #expect(sorted(.sort, .sortBy(.members)) == ["Charlie", "alpha", "Delta", "Bravo", "echo"])
    #expect(sorted(.sort, .sortBy(.created)) == ["alpha", "Charlie", "Bravo", "Delta", "echo"])
    #expect(
      sorted(.sort, .sortBy(.plan), .sort, .sortBy(.name)) == ["alpha", "Bravo", "Charlie", "Delta", "echo"])
  }

  @Test func `the same letter again inverts, and so does I, in the menu and without`() {
    #expect(sorted(.sort, .sortBy(.name)) == ["echo", "Delta", "Charlie", "Bravo", "alpha"])
    #expect(sorted(.invertOrder) == ["echo", "Delta", "Charlie", "Bravo", "alpha"])
    #expect(sorted(.sort, .invertOrder, .invertOrder) == ["alpha", "Bravo", "Charlie", "Delta", "echo"])
    let inverse = ["alpha", "Charlie", "Bravo", "Delta", "echo"]
    #expect(sorted(.sort, .sortBy(.status), .sort, .sortBy(.status)) == inverse)
    #expect(sorted(.sort, .sortBy(.status), .sort, .invertOrder) == inverse)
  }

  @Test func `Esc and keys that mean nothing there leave the order as it is`() {
    var driver = Driver(Self.organizations, Self.members)
    driver.press(.sort)
    #expect(driver.model.context == .sortChoice)
    driver.press(.moveDown, .paste("s"), .back)
    #expect(driver.model.context == .list)
    #expect(driver.log.isEmpty)
    #expect(driver.selected == "org_alpha")
  }

  @Test func `selection and its place on the screen stay on the record, and the filter holds`() {
    var driver = Driver(rows: 3)
    // Who was opened was chosen on purpose.
    driver.press(.moveToLast, .moveUp, .open, .back)
    #expect(driver.selected == "org_india")
    let offset = driver.model.selectedRow - driver.model.visibleRows.lowerBound
    driver.press(.invertOrder)
    #expect(driver.selected == "org_india")
    #expect(driver.model.selectedRow == 1)
    #expect(driver.model.selectedRow - driver.model.visibleRows.lowerBound == offset)
    driver.press(.filter, .insert("o"), .accept)
    #expect(driver.names == driver.names.sorted().reversed())
    driver.others { organizations, _ in organizations.append(Sample.organization("org_zoo", "Zoo")) }
    #expect(driver.names.first == "Zoo")
  }

  @Test func `keys go on while the new order is on its way`() {
    var driver = Driver(rows: 5)
    driver.holds = true
    driver.press(.invertOrder)
    #expect(!driver.model.awaitsRows)
    driver.press(.moveDown, .moveDown)
    #expect(driver.selected == "org_charlie")
    #expect(driver.names.first == "Acme")
    driver.release()
    #expect(driver.selected == "org_charlie")
    #expect(driver.names.first == "Juliett")
  }

  @Test func `a hundred thousand organizations are sorted in a moment`() {
    let organizations = (0..<100_000).map {
      Organization(
        id: "org_\($0)", name: "Name \($0 * 7919 % 100_000)",
        createdAt: Timestamp(microseconds: Int64($0 % 977)),
        planTier: PlanTier.known[$0 % 4])
    }
    let data = MemoryReader(organizations: organizations, revision: Revision(1))
    let first = OrganizationList(data, for: ListRequest())
    let clock = ContinuousClock()
    for column in ListOrder.Column.allCases {
      var sorted = first
      let time = clock.measure {
        sorted = OrganizationList(
          data, for: ListRequest(serial: 1, order: ListOrder(column, isDescending: true)),
          after: first)
      }
      #expect(sorted.count == 100_000)
      #expect(time < .seconds(2), "\(column): \(time)")
    }
  }
}
