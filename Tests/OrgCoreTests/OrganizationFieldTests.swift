import OrgCore
import Testing

/// What is known of the fields of an organization, and of the roles of its members.
@Suite struct OrganizationFieldTests {
  @Test func `fields are told apart by their keys, words, titles and headings`() {
    #expect(
      OrganizationKey.all.map(\.name) == [
        "id", "name", "created_at", "plan_tier", "lago_customer_id", "stripe_customer_id", "status",
      ])
    #expect(OrganizationKey.all.count == PerOrganizationKey<Int>.count)
    let descriptors = OrganizationField.allCases.map(\.descriptor)
    for texts in [descriptors.map(\.word), descriptors.map(\.title), descriptors.map(\.heading)] {
      #expect(Set(texts).count == descriptors.count)
    }
  }

  @Test(arguments: OrganizationField.allCases)
  func `a field is set, read and checked, and no other with it`(field: OrganizationField) throws {
    let before = Organization(id: "org_1", name: "Acme", createdAt: Timestamp(microseconds: 0))
    var organization = before
    let value = field == .status ? "suspended" : "x"
    #expect(try Rules.files.checked(value, for: field) == value)
    organization[field] = value
    #expect(organization[field] == value)
    for other in OrganizationField.allCases where other != field {
      #expect(organization[other] == before[other])
    }
    organization[field] = nil
    #expect(organization[field] == (field.isOptional ? nil : value))
    if field.isOptional {
      #expect(try Rules.files.checked(nil, for: field) == nil)
    } else {
      #expect(throws: OrgError.self) { try Rules.files.checked(nil, for: field) }
    }
  }

  @Test func `members are counted by their roles`() {
    var counts = RoleCounts()
    for (place, role) in Role.allCases.enumerated() {
      for _ in 0...place { counts.add(role) }
    }
    #expect(Role.allCases.map { counts[$0] } == Array(1...Role.allCases.count))
    #expect(counts.total == Role.allCases.count * (Role.allCases.count + 1) / 2)
    #expect([counts.owner, counts.member, counts.billingAdmin] == [1, 2, 3])
  }
}
