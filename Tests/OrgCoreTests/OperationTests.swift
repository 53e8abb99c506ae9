import OrgCore
import Testing

/// The operations, against any store: each behaves as its documentation says.
@Suite struct OperationTests {
  let manager = OrgManager(store: InMemoryStore())

  @Test func `creating returns a new id, and the defaults are those of the service`() throws {
    let id = try manager.createOrganization(name: "  Acme Corp ")
    #expect(
      id.wholeMatch(of: /org_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    let organization = try #require(try manager.organization(id: id))
    #expect(organization.name == "Acme Corp")
    #expect(organization.planTier == "founders_friend")
    #expect(organization.status == .active)
    #expect(organization.lagoCustomerID == nil && organization.stripeCustomerID == nil)
    #expect(try manager.users(of: id).isEmpty)
    #expect(try manager.createOrganization(name: "Other") != id)
  }

  @Test func `an empty, a too long and a taken name are refused`() throws {
    try manager.createOrganization(name: "Acme")
    #expect(code { try manager.createOrganization(name: " ") } == .invalidName)
    #expect(code { try manager.createOrganization(name: String(repeating: "x", count: 201)) } == .invalidName)
    #expect(code { try manager.createOrganization(name: " aCME\t") } == .nameTaken)
    #expect(try manager.organizations().count == 1)
  }

  @Test func `renaming keeps to the same rules`() throws {
    let acme = try manager.createOrganization(name: "Acme")
    try manager.createOrganization(name: "Globex")
    #expect(code { try manager.rename(acme, to: "globex ") } == .nameTaken)
    #expect(try manager.rename(acme, to: "ACME"))
    #expect(try manager.organization(id: acme)?.name == "ACME")
    #expect(try manager.rename("org_none", to: "X") == false)
  }

  @Test func `plan, status and billing ids are set, and found says whether`() throws {
    let id = try manager.createOrganization(name: "Acme", planTier: "starter")
    #expect(try manager.updatePlan(of: id, to: "enterprise"))
    #expect(try manager.updateStatus(of: id, to: .suspended))
    #expect(try manager.updateBillingIDs(of: id, lago: "lago_1", stripe: "cus_1"))
    #expect(try manager.updateBillingIDs(of: id, stripe: "cus_2"))
    var organization = try #require(try manager.organization(id: id))
    #expect(organization.planTier == "enterprise" && organization.status == .suspended)
    #expect(organization.lagoCustomerID == "lago_1" && organization.stripeCustomerID == "cus_2")
    #expect(try manager.updateBillingIDs(of: id, lago: ""))
    organization = try #require(try manager.organization(id: id))
    #expect(organization.lagoCustomerID == nil && organization.stripeCustomerID == "cus_2")
    #expect(try manager.updatePlan(of: "org_none", to: "x") == false)
    #expect(try manager.updateStatus(of: "org_none", to: .active) == false)
    #expect(try manager.updateBillingIDs(of: "org_none", lago: "x") == false)
    #expect(code { try manager.updatePlan(of: id, to: "") } == .invalidValue)
  }

  @Test func `listing has deleted ones, searching ignores case, plans match exactly`() throws {
    let acme = try manager.createOrganization(name: "Acme Corp")
    try manager.createOrganization(name: "École", planTier: "starter")
    try manager.updateStatus(of: acme, to: .deleted)
    #expect(try manager.organizations().map(\.name) == ["Acme Corp", "École"])
    #expect(try manager.organizations(matching: "ÉCO").map(\.name) == ["École"])
    #expect(try manager.organizations(matching: "").count == 2)
    #expect(try manager.organizations(matching: "zzz").isEmpty)
    #expect(try manager.organizations(onPlan: "starter").map(\.name) == ["École"])
    #expect(try manager.organizations(onPlan: "Starter").isEmpty)
  }

  @Test func `members are added, changed and removed`() throws {
    let id = try manager.createOrganization(name: "Acme")
    #expect(try manager.addUser("alice", to: id, role: .owner))
    #expect(try manager.addUser("bob", to: id))
    #expect(try manager.users(of: id).map(\.userID) == ["alice", "bob"])
    #expect(try manager.role(of: "bob", in: id) == .member)
    #expect(code { try manager.addUser("bob", to: id) } == .alreadyMember)
    #expect(code { try manager.addUser("bob", to: id, role: .owner) } == .alreadyMember)
    #expect(code { try manager.addUser("", to: id) } == .invalidIdentifier)
    #expect(try manager.addUser("bob", to: "org_none") == false)
    #expect(try manager.updateRole(of: "bob", in: id, to: .billingAdmin))
    #expect(try manager.role(of: "bob", in: id) == .billingAdmin)
    #expect(try manager.updateRole(of: "carol", in: id, to: .owner) == false)
    #expect(try manager.removeUser("bob", from: id))
    #expect(try manager.removeUser("bob", from: id) == false)
    #expect(try manager.role(of: "bob", in: id) == nil)
    #expect(try manager.users(of: "org_none").isEmpty)
  }

  @Test func `a user's organizations are found`() throws {
    let ids = try ["A", "B", "C"].map { try manager.createOrganization(name: $0) }
    try manager.addUser("alice", to: ids[2])
    try manager.addUser("alice", to: ids[0])
    #expect(try manager.organizations(ofUser: "alice").map(\.name) == ["A", "C"])
    #expect(try manager.organizations(ofUser: "bob").isEmpty)
  }

  @Test func `the last owner stays, unless the caller says so`() throws {
    let id = try manager.createOrganization(name: "Acme")
    try manager.addUser("alice", to: id, role: .owner)
    #expect(code { try manager.removeUser("alice", from: id) } == .lastOwner)
    #expect(code { try manager.updateRole(of: "alice", in: id, to: .member) } == .lastOwner)
    try manager.addUser("bob", to: id, role: .owner)
    #expect(try manager.updateRole(of: "alice", in: id, to: .member))
    #expect(try manager.removeUser("bob", from: id, allowingOwnerless: true))
    // Without an owner it stays editable.
    #expect(try manager.removeUser("alice", from: id))
  }

  @Test func `operations that race retry on what they find`() throws {
    let id = try manager.createOrganization(name: "Acme")
    let racing = OrgManager(store: RacingStore(base: manager.store, organization: id))
    #expect(try racing.updatePlan(of: id, to: "enterprise"))
    #expect(try manager.organization(id: id)?.planTier == "enterprise")
  }
}

/// Somebody else changes the plan right before the first three commits.
private final class RacingStore: OrgStore {
  let base: any OrgStore
  let organization: String

  init(base: any OrgStore, organization: String) {
    self.base = base
    self.organization = organization
  }

  func snapshot() throws(OrgError) -> Snapshot { try base.snapshot() }
  func history() throws(OrgError) -> [HistoryEntry] { try base.history() }

  func commit(_ set: ChangeSet, waiting: (LockHolder) -> Bool) throws(OrgError) -> Commit {
    let plan = try base.snapshot().organization(id: organization)?.planTier ?? ""
    if plan.count < PlanTier.default.count + 3 {
      let race = Change.setField(.planTier, organization: organization, from: plan, to: plan + "x")
      _ = try base.commit(ChangeSet([race]))
    }
    return try base.commit(set, waiting: waiting)
  }
}
