import Foundation
import OrgCore
import Testing

@Suite struct ChangeDocumentTests {
  private let organization = Organization(
    id: "org_1", name: "Acme", createdAt: Timestamp(microseconds: 1_000_001), planTier: "p",
    lagoCustomerID: "l",
    status: .suspended)

  @Test func `every change comes back as it was written down`() throws {
    let member = OrgUser(
      organizationID: "org_1", userID: "b\u{1B}", role: .billingAdmin, joinedAt: Timestamp(microseconds: 7))
    let changes: [Change] = [
      .createOrganization(organization), .removeOrganization(organization),
      .setField(.lagoCustomerID, organization: "org_1", from: nil, to: "x"),
      .setField(.stripeCustomerID, organization: "org_1", from: "x", to: nil), .addMember(member),
      .removeMember(user: "b", organization: "org_1", role: .owner),
      .setRole(user: "b", organization: "org_1", from: .member, to: .billingAdmin),
    ]
    for purpose in [ChangeSet.Purpose.edit, .undo(of: 3), .redo(of: 4)] {
      let set = ChangeSet(changes, allowsOwnerless: purpose != .edit, purpose: purpose)
      let document = ChangeDocument(
        set, recorded: changes.map { RecordedChange($0, organizationName: "Acme") }, generation: 9)
      let read = try JSONDecoder().decode(ChangeDocument.self, from: JSONEncoder().encode(document))
      #expect(try read.changeSet() == set)
      #expect(read.generation == 9)
    }
  }

  @Test func `a preview's document leaves out what is so already`() throws {
    let store = InMemoryStore(organizations: [organization])
    let set = ChangeSet([
      .setField(.planTier, organization: "org_1", from: "p", to: "q"),
      .setField(.status, organization: "org_1", from: "active", to: "suspended"),
    ])
    let document = ChangeDocument(set, previewed: Preview(of: set, on: store.memoryReader()), generation: nil)
    #expect(try document.changeSet().changes == [set.changes[0]])
  }

  @Test func `a status that there isn't is no change`() {
    var document = ChangeDocument(
      ChangeSet([]),
      recorded: [
        RecordedChange(.createOrganization(organization), organizationName: "Acme")
      ], generation: nil)
    document.changes[0].organization?["status"] = "gone"
    #expect(throws: OrgError.self) { try document.changeSet() }
  }
}
