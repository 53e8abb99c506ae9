import OrgCore
import Testing

@Suite struct PreviewTests {
  let acme = Organization(id: "org_a", name: "Acme", createdAt: Timestamp(microseconds: 0))
  let globex = Organization(id: "org_g", name: "Globex", createdAt: Timestamp(microseconds: 0))

  func data() -> MemoryReader {
    let member = { (user: String, role: Role) in
      OrgUser(organizationID: "org_a", userID: user, role: role, joinedAt: Timestamp(microseconds: 0))
    }
    return InMemoryStore(
      organizations: [acme, globex], members: [member("alice", .owner), member("bob", .member)]
    ).memoryReader()
  }

  func outcomes(_ changes: [Change], ownerless: Bool = false) -> [Preview.Outcome] {
    Preview(of: ChangeSet(changes, allowsOwnerless: ownerless), on: data()).outcomes.map(\.outcome)
  }

  func code(_ outcome: Preview.Outcome?) -> OrgError.Code? {
    if case .blocked(let error) = outcome { error.code } else { nil }
  }

  @Test func `a change that expects what is there happens, one that is so already doesn't need to`() {
    #expect(
      outcomes([
        .setField(.planTier, organization: "org_a", from: "founders_friend", to: "starter"),
        .setField(.planTier, organization: "org_g", from: "x", to: "founders_friend"),
        .setRole(user: "bob", organization: "org_a", from: .owner, to: .member),
      ]) == [.happens, .alreadySo, .alreadySo])
  }

  @Test func `a change that expects something else is a conflict with base, theirs and mine`() throws {
    let outcome = outcomes([.setField(.planTier, organization: "org_a", from: "starter", to: "enterprise")])[
      0]
    guard case .blocked(let error) = outcome else { throw OrgError(.system, "not blocked") }
    #expect(error.code == .conflict)
    let conflict = try #require(error.conflicts.first)
    #expect(conflict.field == "plan_tier" && conflict.organizationID == "org_a" && conflict.userID == nil)
    #expect([conflict.base, conflict.theirs, conflict.mine] == ["starter", "founders_friend", "enterprise"])
    #expect(
      code(outcomes([.setRole(user: "bob", organization: "org_a", from: .billingAdmin, to: .owner)])[0])
        == .conflict)
    #expect(code(outcomes([.removeMember(user: "bob", organization: "org_a", role: .owner)])[0]) == .conflict)
  }

  @Test func `a later change sees what an earlier one did`() {
    let bob = { (from: Role, to: Role) in
      Change.setRole(user: "bob", organization: "org_a", from: from, to: to)
    }
    let preview = Preview(of: ChangeSet([bob(.member, .owner), bob(.owner, .billingAdmin)]), on: data())
    #expect(preview.blocked.isEmpty)
    #expect(preview.edit.members["org_a"]?.roles == ["bob": .billingAdmin])
    let back = Preview(of: ChangeSet([bob(.member, .owner), bob(.owner, .member)]), on: data())
    #expect(back.edit.isEmpty)
  }

  @Test func `fields that go there and back come to nothing`() {
    let plan = { (from: String, to: String) in
      Change.setField(.planTier, organization: "org_a", from: from, to: to)
    }
    let preview = Preview(
      of: ChangeSet([plan("founders_friend", "starter"), plan("starter", "founders_friend")]), on: data())
    #expect(preview.blocked.isEmpty && preview.edit.isEmpty)
  }

  @Test func `a member can be removed and added again in one set`() throws {
    let new = OrgUser(
      organizationID: "org_a", userID: "bob", role: .owner, joinedAt: Timestamp(microseconds: 5))
    let preview = Preview(
      of: ChangeSet([.removeMember(user: "bob", organization: "org_a", role: .member), .addMember(new)]),
      on: data())
    let list = try #require(preview.edit.members["org_a"])
    #expect(list.removed == ["bob"] && list.added.values.elements == [new])
    #expect(
      outcomes([
        .addMember(new), .removeMember(user: "bob", organization: "org_a", role: .member), .addMember(new),
      ])
      .map(code) == [.alreadyMember, nil, nil])
  }

  @Test func `an organization can be created, named and filled in one set`() {
    let new = Organization(id: "org_n", name: "New", createdAt: Timestamp(microseconds: 1))
    let preview = Preview(
      of: ChangeSet([
        .createOrganization(new), .setField(.name, organization: "org_n", from: "New", to: "Newer"),
        .addMember(OrgUser(organizationID: "org_n", userID: "u", role: .owner, joinedAt: .now())),
      ]), on: data())
    #expect(preview.blocked.isEmpty)
    #expect(preview.edit.created["org_n"]?.name == "Newer" && preview.edit.fields.isEmpty)
    #expect(preview.edit.members["org_n"]?.added.count == 1)
  }

  @Test func `names are unique within a set, and a name given up is free`() {
    #expect(
      outcomes([.setField(.name, organization: "org_a", from: "Acme", to: "globex")]).map(code) == [
        .nameTaken
      ])
    #expect(
      outcomes([
        .setField(.name, organization: "org_a", from: "Acme", to: "Initech"),
        .setField(.name, organization: "org_g", from: "Globex", to: "ACME"),
        .setField(.name, organization: "org_g", from: "ACME", to: "initech"),
      ]).map(code) == [nil, nil, .nameTaken])
  }

  @Test func `owners can be exchanged in one set, in any order`() {
    let demote = Change.setRole(user: "alice", organization: "org_a", from: .owner, to: .member)
    let promote = Change.setRole(user: "bob", organization: "org_a", from: .member, to: .owner)
    #expect(outcomes([demote, promote]) == [.happens, .happens])
    #expect(outcomes([demote]).map(code) == [.lastOwner])
    #expect(outcomes([demote], ownerless: true) == [.happens])
    #expect(
      outcomes([.removeMember(user: "alice", organization: "org_a", role: .owner)]).map(code) == [.lastOwner])
  }

  @Test func `owners who would go together are told so together, and none is called the last one`() throws {
    let users = ["ann", "bob", "cid", "dan\u{1B}", "eve"]
    func blocked(_ owners: Int, _ changes: [Change]) throws -> [String] {
      let members = users.prefix(owners).map {
        OrgUser(organizationID: "org_a", userID: $0, role: .owner, joinedAt: Timestamp(microseconds: 0))
      }
      let guest = OrgUser(
        organizationID: "org_a", userID: "guest", role: .member, joinedAt: Timestamp(microseconds: 0))
      let store = InMemoryStore(organizations: [acme, globex], members: members + [guest])
      let preview = Preview(of: ChangeSet(changes), on: store.memoryReader())
      // What is blocked doesn't happen.
      #expect(preview.recorded.map(\.change) == preview.effective)
      #expect(preview.effective.count + preview.blocked.count == changes.count)
      for item in preview.blocked { #expect(item.error.code == .lastOwner) }
      return preview.blocked.map(\.error.message)
    }
    func remove(_ user: String) -> Change { .removeMember(user: user, organization: "org_a", role: .owner) }
    func demote(_ user: String) -> Change {
      .setRole(user: user, organization: "org_a", from: .owner, to: .member)
    }
    let three =
      "ann, bob and cid are the only owners of Acme; one of them must stay."
    #expect(try blocked(3, users.prefix(3).map(remove)) == [three, three, three])
    #expect(
      try blocked(2, users.prefix(2).map(demote)).first
        == "ann and bob are the only owners of Acme; one of them must stay an owner.")
    #expect(
      try blocked(2, [remove("ann"), demote("bob")]).first?.hasSuffix("; one of them must stay an owner.")
        == true)
    #expect(
      try blocked(5, users.map(remove)).first?.contains("ann, bob, cid and 2 more are the only owners")
        == true)
    #expect(try blocked(4, users.prefix(4).map(remove)).first?.contains(#"cid and dan\u{1B} are"#) == true)
    #expect(try blocked(3, users.prefix(2).map(remove)) == [])
    let single = "ann is the last owner of Acme; make someone else an owner first."
    #expect(try blocked(1, [remove("ann")]) == [single])
    // The same one twice is one.
    let back = Change.setRole(user: "ann", organization: "org_a", from: .member, to: .owner)
    #expect(try blocked(1, [demote("ann"), back, demote("ann")]) == [single, single])

    // A set is refused with what all of it comes to, once.
    func refusal(_ changes: [Change]) -> String? {
      let members = users.prefix(3).map {
        OrgUser(organizationID: "org_a", userID: $0, role: .owner, joinedAt: Timestamp(microseconds: 0))
      }
      let store = InMemoryStore(organizations: [acme, globex], members: members)
      do throws(OrgError) {
        try Preview(of: ChangeSet(changes), on: store.memoryReader()).check()
        return nil
      } catch {
        return error.message
      }
    }
    #expect(refusal(users.prefix(3).map(remove)) == three)
    let plan = Change.setField(.planTier, organization: "org_a", from: "founders_friend", to: "x")
    #expect(
      refusal(users.prefix(3).map(remove) + [plan]) == "3 of 4 changes can't be made, so none was. " + three)
  }

  @Test func `unknown organizations, members and ids in use are blocked`() {
    #expect(
      outcomes([
        .setField(.name, organization: "org_x", from: "a", to: "b"),
        .setRole(user: "carol", organization: "org_a", from: .member, to: .owner),
        .createOrganization(Organization(id: "org_a", name: "Else", createdAt: Timestamp(microseconds: 0))),
        .createOrganization(acme),
        .removeMember(user: "carol", organization: "org_a", role: .member),
      ]).map(code) == [.organizationNotFound, .memberNotFound, .invalidIdentifier, nil, nil])
  }

  @Test func `a set with anything blocked is refused as a whole, and the sentence counts`() {
    let preview = Preview(
      of: ChangeSet([
        .setField(.planTier, organization: "org_a", from: "founders_friend", to: "starter"),
        .setField(.planTier, organization: "org_a", from: "x", to: "y"),
        .setField(.status, organization: "org_g", from: "suspended", to: "deleted"),
      ]), on: data())
    do throws(OrgError) {
      try preview.check()
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.code == .conflict && error.conflicts.count == 2)
      #expect(error.message.hasPrefix("2 of 3 changes can't be made, so none was."))
    }
  }

  @Test func `many lookups in one organization give what single ones give`() {
    let many = (0..<50).map {
      OrgUser(organizationID: "org_a", userID: "u\($0)", role: .member, joinedAt: Timestamp(microseconds: 0))
    }
    let store = InMemoryStore(organizations: [acme], members: many)
    let set = ChangeSet(
      many.map { .setRole(user: $0.userID, organization: "org_a", from: .member, to: .billingAdmin) }
        + [.setRole(user: "u7", organization: "org_a", from: .member, to: .owner)])
    let outcomes = Preview(of: set, on: store.memoryReader()).outcomes.map(\.outcome)
    #expect(outcomes.prefix(50).allSatisfy { $0 == .happens })
    #expect(code(outcomes.last) == .conflict)
  }

  @Test func `summaries say what changed, with hostile text escaped`() {
    #expect(
      Change.setRole(user: "bob", organization: "org_a", from: .member, to: .owner).summary(
        organizationName: "Acme")
        == "Role of bob in Acme: member → owner")
    #expect(
      Change.setField(.stripeCustomerID, organization: "org_a", from: nil, to: "\u{1B}c").summary(
        organizationName: "A\u{202E}") == "Stripe id of A\\u{202E}: none → \\u{1B}c")
  }

  @Test func `what differs from an earlier state is known`() throws {
    let store = InMemoryStore(organizations: [acme, globex])
    let manager = OrgManager(store: store)
    let before = store.memoryReader()
    try manager.addUser("u", to: "org_g")
    let id = try manager.createOrganization(name: "New")
    #expect(try store.memoryReader().changedOrganizations(since: before) == ["org_g", id])
    #expect(try store.memoryReader().changedOrganizations(since: store.memoryReader()) == [])
  }
}

/// Records that were fetched beforehand, as a database does it.
private struct FetchedRecords: RecordLookup {
  var organizations: [Organization]
  var members: [OrgUser]

  func organization(id: String) -> Organization? { organizations.first { $0.id == id } }
  func organizationID(named name: String) -> String? {
    organizations.first { $0.name.nameKey == name.nameKey }?.id
  }
  func member(_ user: String, of id: String) -> OrgUser? {
    members.first { $0.userID == user && $0.organizationID == id }
  }
  func roleCounts(of id: String) -> RoleCounts {
    members.reduce(into: RoleCounts()) { if $1.organizationID == id { $0.add($1.role) } }
  }
  func problem(with record: EditedRecord) -> DataProblem? { nil }
  func users(with roles: [Role], in id: String, limit: Int) -> [String] {
    members.filter { $0.organizationID == id && roles.contains($0.role) }.prefix(limit).map(\.userID)
  }
}

@Suite struct RecordLookupTests {
  private static let time = Timestamp(microseconds: 1_760_000_000_000_000)
  private let acme = Organization(id: "org_acme", name: "Acme", createdAt: time)
  private let bravo = Organization(id: "org_bravo", name: "Bravo", createdAt: time)
  private let owner = OrgUser(organizationID: "org_acme", userID: "alice", role: .owner, joinedAt: time)

  private func outcomes(_ changes: Change...) -> [Preview.Outcome] {
    Preview(
      of: ChangeSet(changes), on: FetchedRecords(organizations: [acme, bravo], members: [owner])
    ).outcomes.map(\.outcome)
  }

  private func rename(_ id: String, _ from: String, _ to: String) -> Change {
    .setField(.name, organization: id, from: from, to: to)
  }

  private func code(_ outcome: Preview.Outcome) -> OrgError.Code? {
    if case .blocked(let error) = outcome { error.code } else { nil }
  }

  @Test func `a preview needs nothing but the records that its changes name`() {
    let mixed = outcomes(
      .setRole(user: "alice", organization: "org_acme", from: .owner, to: .member),
      .setField(.planTier, organization: "org_bravo", from: PlanTier.default, to: "gold"))
    #expect(mixed.map(code) == [.lastOwner, nil])
    #expect(
      outcomes(
        .removeMember(user: "alice", organization: "org_acme", role: .owner), .removeOrganization(acme))
        == [.happens, .happens])
  }

  @Test func `a name can be taken once it was given up, by a rename or a removal, and not before`() {
    #expect(
      outcomes(rename("org_acme", "Acme", "New"), rename("org_bravo", "Bravo", " acme "))
        == [.happens, .happens])
    #expect(
      outcomes(.removeOrganization(bravo), rename("org_acme", "Acme", "bravo")) == [.happens, .happens])
    let tooEarly = outcomes(rename("org_bravo", "Bravo", "ACME"), rename("org_acme", "Acme", "New"))
    #expect(tooEarly.map(code) == [.nameTaken, nil])
    // What was set and given up again is free, too.
    #expect(
      outcomes(
        rename("org_acme", "Acme", "One"), rename("org_acme", "One", "Two"),
        rename("org_bravo", "Bravo", "One"))
        == [.happens, .happens, .happens])
  }
}
