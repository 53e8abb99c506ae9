import OrgCore
import Synchronization
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

  // MARK: Edits made of the data

  private func setting(_ id: String, to plan: String) -> (any StoreReader) throws(OrgError) -> ChangeSet {
    { reader throws(OrgError) in
      ChangeSet([
        .setField(
          .planTier, organization: id, from: try reader.organization(id: id)?.planTier ?? "", to: plan)
      ])
    }
  }

  @Test func `an edit that races is made again of what is there`() throws {
    let id = try manager.createOrganization(name: "Acme")
    let racing = OrgManager(store: RacingStore(base: manager.store, organization: id))
    var seen: [String?] = []
    let edit = try racing.edit { reader throws(OrgError) in
      seen.append(try reader.organization(id: id)?.planTier)
      return try setting(id, to: "enterprise")(reader)
    }
    #expect(seen == ["", "x", "xx", "xxx"].map { PlanTier.default + $0 })
    #expect(edit.commit?.changes == edit.preview.effective)
    #expect(try manager.organization(id: id)?.planTier == "enterprise")
  }

  @Test func `an edit that nobody agreed to, or a trial, is only previewed`() throws {
    let id = try manager.createOrganization(name: "Acme")
    let store = CountingStore(base: manager.store)
    let counted = OrgManager(store: store)
    let asked = try counted.edit(committingIf: { $0.recorded.isEmpty }, setting(id, to: "starter"))
    let trial = try counted.edit(isTrial: true, setting(id, to: "starter"))
    for edit in [asked, trial] {
      #expect(edit.commit == nil)
      #expect(edit.preview.recorded.map(\.summary) == ["Plan of Acme: founders_friend → starter"])
    }
    #expect(
      code { try counted.edit(isTrial: true) { _ throws(OrgError) in throw Self.unknown } }
        == .organizationNotFound)
    #expect(store.commits.withLock { $0 } == 0)
    try counted.commit(asked.set)
    #expect(try manager.organization(id: id)?.planTier == "starter")
  }

  @Test func `what an edit doesn't find is looked for once more after a commit of nothing`() throws {
    let store = CountingStore(base: manager.store)
    var looks = 0
    #expect(
      code {
        try OrgManager(store: store).edit { _ throws(OrgError) in
          looks += 1
          throw Self.unknown
        }
      } == .organizationNotFound)
    #expect(looks == 2)
    #expect(store.commits.withLock { $0 } == 1)
  }

  @Test func `a conflict that the preview finds isn't tried again`() throws {
    let id = try manager.createOrganization(name: "Acme")
    var looks = 0
    let stale = ChangeSet([.setField(.planTier, organization: id, from: "starter", to: "enterprise")])
    #expect(
      code {
        try manager.edit { _ throws(OrgError) in
          looks += 1
          return stale
        }
      } == .conflict)
    #expect(looks == 1)
  }

  @Test func `an edit is made in a turn where the store has turns`() throws {
    let id = try manager.createOrganization(name: "Acme")
    let store = CountingStore(base: manager.store)
    try OrgManager(store: store).edit(setting(id, to: "starter"))
    #expect(store.turns.withLock { $0 } == ["turn", "reader", "commit", "end"])
  }

  @Test func `what is undone and redone is the user's own`() throws {
    #expect(code { try manager.undoing(by: nil) } == .dataNotFound)
    #expect(code { try manager.redoing(by: nil) } == .dataNotFound)
    let id = try manager.createOrganization(name: "Acme")
    try manager.updatePlan(of: id, to: "starter")
    let (entry, set) = try manager.undoing(by: nil)
    #expect(try manager.preview(set, of: entry).map(\.summary) == ["Plan of Acme: starter → founders_friend"])
    try manager.commit(set)
    try manager.commit(try manager.redoing(by: nil).set)
    #expect(try manager.organization(id: id)?.planTier == "starter")
  }

  private static let unknown = OrgError(.organizationNotFound, "There is no such organization.")
}

/// Counts commits, and notes what happens in a turn.
private final class CountingStore: TurnTakingStore {
  let base: any OrgStore
  let commits = Mutex(0)
  let turns = Mutex<[String]>([])

  init(base: any OrgStore) {
    self.base = base
  }

  func reader() throws(OrgError) -> any StoreReader {
    turns.withLock { $0.append("reader") }
    return try base.reader()
  }

  func history() throws(OrgError) -> [HistoryEntry] { try base.history() }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    commits.withLock { $0 += 1 }
    turns.withLock { $0.append("commit") }
    return try base.commit(set, waiting: waiting)
  }

  func takingTurns<Value>(
    waiting: (Contention) -> Bool, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    turns.withLock { $0.append("turn") }
    defer { turns.withLock { $0.append("end") } }
    return try body()
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

  func reader() throws(OrgError) -> any StoreReader { try base.reader() }
  func history() throws(OrgError) -> [HistoryEntry] { try base.history() }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    let plan = try base.reader().organization(id: organization)?.planTier ?? ""
    if plan.count < PlanTier.default.count + 3 {
      let race = Change.setField(.planTier, organization: organization, from: plan, to: plan + "x")
      _ = try base.commit(ChangeSet([race]))
    }
    return try base.commit(set, waiting: waiting)
  }
}
