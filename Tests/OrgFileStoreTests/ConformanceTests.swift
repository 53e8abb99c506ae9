import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// What every store must do, run on each.
@Suite struct ConformanceTests {
  enum Kind: CaseIterable {
    case memory, files
  }

  /// A manager on the reference data, and how to open them again where they outlive the process.
  struct Place {
    let scratch: Scratch
    let manager: OrgManager
    let kind: Kind

    init(_ kind: Kind) throws {
      self.kind = kind
      scratch = try Scratch.reference()
      let store = try FileStore(path: scratch.path)
      switch kind {
      case .files: manager = OrgManager(store: store)
      case .memory:
        let snapshot = try store.snapshot()
        manager = OrgManager(
          store: InMemoryStore(
            organizations: Array(snapshot.organizations),
            members: snapshot.organizations.flatMap { snapshot.members(of: $0.id) }))
      }
    }

    func reopened() throws -> OrgManager { kind == .files ? try scratch.manager() : manager }
  }

  let globex = Sample.globex

  @Test(arguments: Kind.allCases)
  func `operations do what they say, and say what they did`(kind: Kind) throws {
    let place = try Place(kind)
    let manager = place.manager
    let id = try manager.createOrganization(name: "  New  ", planTier: "starter")
    #expect(try manager.organization(id: id)?.name == "New")
    #expect(code { try manager.createOrganization(name: "new") } == .nameTaken)
    #expect(code { try manager.createOrganization(name: " ") } == .invalidName)
    #expect(try manager.addUser("ann", to: id, role: .owner))
    #expect(code { try manager.addUser("ann", to: id) } == .alreadyMember)
    #expect(try manager.addUser("bob", to: id))
    #expect(code { try manager.updateRole(of: "ann", in: id, to: .member) } == .lastOwner)
    #expect(code { try manager.removeUser("ann", from: id) } == .lastOwner)
    #expect(try manager.updateRole(of: "bob", in: id, to: .owner))
    #expect(try manager.removeUser("ann", from: id))
    #expect(try !manager.removeUser("ann", from: id))
    #expect(try manager.users(of: id).map(\.userID) == ["bob"])
    #expect(try manager.organizations(ofUser: "bob").map(\.id) == [id])
    #expect(try manager.updatePlan(of: id, to: "gold") && manager.updateStatus(of: id, to: .deleted))
    #expect(try manager.updateBillingIDs(of: id, lago: "l", stripe: "s"))
    #expect(try manager.updateBillingIDs(of: id, lago: ""))
    let organization = try #require(try manager.organization(id: id))
    #expect(organization.lagoCustomerID == nil && organization.stripeCustomerID == "s")
    #expect(organization.planTier == "gold" && organization.status == .deleted)
    #expect(try !manager.rename("org_none", to: "x") && !manager.addUser("x", to: "org_none"))
    #expect(try manager.organizations(matching: "NEW").map(\.id) == [id])
    #expect(try manager.organizations(onPlan: "gold").map(\.id) == [id])
  }

  @Test(arguments: Kind.allCases)
  func `the same field is a conflict, other fields merge, the same outcome is none`(kind: Kind) throws {
    let place = try Place(kind)
    let manager = place.manager
    func plan(_ from: String, _ to: String) -> ChangeSet {
      ChangeSet([.setField(.planTier, organization: globex, from: from, to: to)])
    }
    try place.reopened().commit(plan("enterprise", "gold"))
    do {
      try manager.commit(plan("enterprise", "silver"))
      Issue.record("it was overwritten")
    } catch {
      #expect(error.code == .conflict)
      let conflict = try #require(error.conflicts.first)
      #expect(conflict.organizationID == globex && conflict.field == "plan_tier")
      #expect(conflict.base == "enterprise" && conflict.theirs == "gold" && conflict.mine == "silver")
    }
    #expect(try manager.commit(plan("enterprise", "gold")).changes.isEmpty)
    // Another field of the same record, from the same old picture.
    try manager.commit(ChangeSet([.setField(.name, organization: globex, from: "Globex", to: "Global")]))
    #expect(try manager.organization(id: globex)?.planTier == "gold")
    try place.reopened().commit(Sample.role)
    let role = ChangeSet(
      [.setRole(user: "user_007", organization: globex, from: .owner, to: .billingAdmin)],
      allowsOwnerless: true)
    do {
      try manager.commit(role)
      Issue.record("it was overwritten")
    } catch {
      let conflict = try #require(error.conflicts.first)
      #expect(conflict.userID == "user_007" && conflict.field == "role")
      #expect(conflict.base == "owner" && conflict.theirs == "member" && conflict.mine == "billing_admin")
    }
    // All or nothing.
    let before = try manager.snapshot().generation
    #expect(
      code { try manager.commit(ChangeSet(Sample.create("z").changes + role.changes, allowsOwnerless: true)) }
        == .conflict)
    #expect(try manager.organization(id: "org_z") == nil && manager.snapshot().generation == before)
  }

  @Test(arguments: Kind.allCases)
  func `history is newest first and says what was before`(kind: Kind) throws {
    let place = try Place(kind)
    try place.manager.commit(Sample.create("z"))
    try place.manager.commit(Sample.plan)
    #expect(try place.manager.commit(Sample.plan).changes.isEmpty)
    let history = try place.reopened().history()
    #expect(history.map { $0.changes.map(\.change) } == [Sample.plan.changes, Sample.create("z").changes])
    #expect(history.map(\.kind) == [.edit, .edit])
    #expect(history.first?.changes.first?.summary == "Plan of Globex: enterprise → gold")
    #expect(history.map(\.generation) == history.map(\.generation).sorted(by: >))
    let manager = try place.reopened()
    let page = try manager.history(from: nil, limit: 1)
    let rest = try manager.history(from: page.next, limit: 10)
    #expect(page.entries + rest.entries == history && rest.next == nil)
  }

  @Test(arguments: Kind.allCases)
  func `undo takes back step by step, redo does it again, to the byte, over restarts`(kind: Kind) throws {
    let place = try Place(kind)
    func everything() throws -> [String] {
      if kind == .files { return try place.scratch.files() }
      let snapshot = try place.manager.snapshot()
      return snapshot.organizations.map { "\($0) \(snapshot.members(of: $0.id))" }
    }
    let remove = ChangeSet(
      [.removeMember(user: "owner", organization: "org_z", role: .owner)], allowsOwnerless: true)
    var states = [try everything()]
    for set in [Sample.create("z"), Sample.plan, Sample.role, remove] {
      try place.manager.commit(set)
      states.append(try everything())
    }
    var undone = 0
    while let entry = try place.reopened().undoable(by: nil) {
      var set = entry.inverse
      set.allowsOwnerless = true
      try place.reopened().commit(set)
      undone += 1
      #expect(try everything() == states[states.count - 1 - undone], "undo \(undone)")
    }
    #expect(undone == 4)
    while let entry = try place.reopened().redoable(by: nil) {
      var set = entry.inverse
      set.allowsOwnerless = true
      try place.reopened().commit(set)
      undone -= 1
      #expect(try everything() == states[states.count - 1 - undone], "redo \(undone)")
    }
    #expect(undone == 0)
    #expect(try place.reopened().undoable(by: 4_000_000_000) == nil)
  }

  @Test(arguments: Kind.allCases)
  func `what somebody changed since is not undone but a conflict`(kind: Kind) throws {
    let place = try Place(kind)
    try place.manager.commit(Sample.plan)
    let entry = try #require(try place.manager.undoable(by: nil))
    try place.reopened().updatePlan(of: globex, to: "silver")
    #expect(code { try place.manager.commit(entry.inverse) } == .conflict)
    #expect(try place.manager.organization(id: globex)?.planTier == "silver")
    // A created organization that got members stays.
    try place.manager.commit(Sample.create("z"))
    let creation = try #require(try place.manager.history().first)
    try place.reopened().addUser("bob", to: "org_z")
    var inverse = creation.inverse
    inverse.allowsOwnerless = true
    #expect(code { try place.manager.commit(inverse) } == .conflict)
    #expect(try place.manager.users(of: "org_z").count == 2)
    // Gone altogether, an organization needs no owner.
    try place.manager.removeUser("bob", from: "org_z")
    try place.manager.commit(creation.inverse)
    #expect(try place.manager.organization(id: "org_z") == nil)
  }
}
