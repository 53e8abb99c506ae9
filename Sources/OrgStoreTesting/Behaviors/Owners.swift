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
  ]
}
