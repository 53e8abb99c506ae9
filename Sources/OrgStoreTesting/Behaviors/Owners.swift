import OrgCore

extension StoreBehavior {
  /// The guard of the last owner.
  static let owners: [StoreBehavior] = [
    StoreBehavior("the last owner is neither removed nor demoted") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.expectRefusal(.lastOwner, of: "removing ann") {
        try $0.removeUser("ann", from: sample.acme)
      }
      try manager.expectRefusal(.lastOwner, of: "demoting ann") {
        try $0.updateRole(of: "ann", in: sample.acme, to: sample.thirdRole)
      }
    },
    StoreBehavior("the last owner goes where the caller says so explicitly") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try expect(
        "demoted",
        try manager.updateRole(of: "ann", in: sample.acme, to: .member, allowingOwnerless: true))
      try manager.updateRole(of: "ann", in: sample.acme, to: .owner)
      try expect("removed", try manager.removeUser("ann", from: sample.acme, allowingOwnerless: true))
      try expect("the members", try manager.userIDs(of: sample.acme), is: ["bob"])
    },
    StoreBehavior("one of two owners may go") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .owner]))
      try expect("demoted", try manager.updateRole(of: "ann", in: sample.acme, to: .member))
      try manager.expectRefusal(.lastOwner, of: "removing bob") {
        try $0.removeUser("bob", from: sample.acme)
      }
      try manager.updateRole(of: "ann", in: sample.acme, to: .owner)
      try expect("removed", try manager.removeUser("bob", from: sample.acme))
    },
    StoreBehavior("a set that takes all owners away is refused, and one that makes another is not") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .owner, "eve": .member]))
      let leaving: [Change] = [
        .removeMember(user: "ann", organization: sample.acme, role: .owner),
        .setRole(user: "bob", organization: sample.acme, from: .owner, to: .member),
      ]
      try manager.expectRefusal(.lastOwner, of: "the set") { try $0.commit(ChangeSet(leaving)) }
      let handing = Change.setRole(user: "eve", organization: sample.acme, from: .member, to: .owner)
      try manager.commit(ChangeSet(leaving + [handing]))
      try expect("the roles", try manager.users(of: sample.acme).map(\.role), is: [.member, .owner])
    },
    StoreBehavior("the guard of one organization doesn't keep another from changing alone") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try manager.commit(
        sample.adding(sample.globex, named: "Globex", members: ["ann": .owner, "bob": .owner]))
      try manager.removeUser("ann", from: sample.globex)
      try expect("the members of Globex", try manager.userIDs(of: sample.globex), is: ["bob"])
      try manager.expectRefusal(.lastOwner, of: "removing ann from Acme") {
        try $0.removeUser("ann", from: sample.acme)
      }
    },
    StoreBehavior("an organization without an owner stays editable") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .member, "bob": sample.thirdRole]))
      try expect("a plan is set", try manager.updatePlan(of: sample.acme, to: "gold"))
      try expect("a role is set", try manager.updateRole(of: "ann", in: sample.acme, to: sample.thirdRole))
      try expect("a member is removed", try manager.removeUser("bob", from: sample.acme))
      try expect("a member is added", try manager.addUser("eve", to: sample.acme))
      try expect("the members", try manager.userIDs(of: sample.acme), is: ["ann", "eve"])
    },
    StoreBehavior("who is the only owner somewhere is removed everywhere once someone takes over") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.commit(
        sample.adding(sample.globex, named: "Globex", at: 1, members: ["ann": .owner, "eve": .owner]))
      let hooli = sample.id("hooli")
      try manager.commit(sample.adding(hooli, named: "Hooli", at: 2, members: ["ann": .owner]))
      let offboarding = try Offboarding(of: ["ann", "ann"], in: try manager.reader())
      try expect("organizations", offboarding.organizationCount, is: 3)
      try expect("without another owner", offboarding.ownerless.map(\.id), is: [sample.acme, hooli])
      func make(_ handover: Offboarding.Handover) throws -> ChangeSet {
        try offboarding.changes(handover, at: .now(), in: try manager.reader())
      }
      try manager.expectRefusal(.invalidValue, of: "a successor who goes, too") { _ in
        _ = try make(.successor("ann"))
      }
      try manager.commit(try make(.ownersStay))
      try expect(
        "ann's organizations", try manager.organizations(ofUser: "ann").map(\.id), is: [sample.acme, hooli])
      try manager.commit(
        try Offboarding(of: ["ann"], in: try manager.reader()).changes(
          .successor("bob"), at: .now(), in: try manager.reader()))
      try expect("ann is gone", try manager.organizations(ofUser: "ann").isEmpty)
      try expect("bob's role in Acme", try manager.role(of: "bob", in: sample.acme), is: .owner)
      try expect("bob's role in Hooli", try manager.role(of: "bob", in: hooli), is: .owner)
      try expect("the members of Globex", try manager.userIDs(of: sample.globex), is: ["eve"])
      try manager.expectRefusal(.memberNotFound, of: "a user of no organization") {
        _ = try Offboarding(of: ["ann"], in: try $0.reader())
      }
    },
    StoreBehavior("an owner hands over in one step, and what the history says of the roles is right") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      func transfer(
        _ owner: String, _ successor: String, _ afterwards: OwnershipTransfer.Afterwards,
        as user: String? = nil
      ) throws -> Commit {
        let manager = user.map { OrgManager(store: manager.store.acting(as: $0)) } ?? manager
        let transfer = OwnershipTransfer(of: sample.acme, from: owner, to: successor, afterwards)
        return try manager.commit(try transfer.changes(at: .now(), in: try manager.reader()))
      }
      try manager.expectRefusal(.invalidValue, of: "handing over by a member") { _ in
        try transfer("bob", "eve", .role(.member))
      }
      try manager.expectRefusal(.invalidValue, of: "handing over to oneself") { _ in
        try transfer("ann", "ann", .role(.member))
      }
      try manager.expectRefusal(.invalidValue, of: "staying an owner") { _ in
        try transfer("ann", "bob", .role(.owner))
      }
      try manager.expectRefusal(.memberNotFound, of: "handing over by a stranger") { _ in
        try transfer("eve", "ann", .role(.member))
      }
      try manager.expectRefusal(.notAllowed, of: "handing over as a member") { _ in
        try transfer("ann", "bob", .leaves, as: "bob")
      }
      try expect("changes", try transfer("ann", "bob", .role(.member), as: "ann").changes.count, is: 2)
      func roles() throws -> [String: Role] {
        Dictionary(uniqueKeysWithValues: try manager.users(of: sample.acme).map { ($0.userID, $0.role) })
      }
      try expect("the roles", try roles(), is: ["ann": .member, "bob": .owner])
      try expect("once more", try transfer("ann", "bob", .role(.member)).changes, is: [])
      let entry = try need("the history of it", try manager.history().first)
      let grants = try RoleGrants(in: manager.store)
      for member in try manager.users(of: sample.acme) {
        let grant = try need("the grant of \(member.userID)", grants.grant(of: member))
        try expect("its generation", grant.generation, is: entry.generation)
        try expect("who gave it", grant.actor?.actingAs, is: "ann")
      }
      let former = OrgUser(
        organizationID: sample.acme, userID: "ann", role: .owner, joinedAt: Timestamp(microseconds: 0))
      try expect("a role that the history doesn't end with", grants.grant(of: former), is: nil)
      try manager.commit(entry.inverse)
      try expect("the roles before", try roles(), is: ["ann": .owner, "bob": .member])
      try expect("a new owner", try transfer("ann", "eve", .leaves).changes.count, is: 2)
      try expect("the roles", try roles(), is: ["bob": .member, "eve": .owner])
    },
  ]
}
