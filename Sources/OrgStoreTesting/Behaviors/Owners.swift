import OrgCore

extension StoreBehavior {
  /// The guard of the last owner.
  static let owners: [StoreBehavior] = [
    StoreBehavior("the last owner is neither removed nor demoted") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.expectRefusal(.lastOwner, of: "removing ann") {
        try $0.removeUser("ann", from: Sample.acme)
      }
      try manager.expectRefusal(.lastOwner, of: "demoting ann") {
        try $0.updateRole(of: "ann", in: Sample.acme, to: .billingAdmin)
      }
    },
    StoreBehavior("the last owner goes where the caller says so explicitly") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member]))
      try expect(
        "demoted",
        try manager.updateRole(of: "ann", in: Sample.acme, to: .member, allowingOwnerless: true))
      try manager.updateRole(of: "ann", in: Sample.acme, to: .owner)
      try expect("removed", try manager.removeUser("ann", from: Sample.acme, allowingOwnerless: true))
      try expect("the members", try manager.userIDs(), is: ["bob"])
    },
    StoreBehavior("one of two owners may go") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .owner]))
      try expect("demoted", try manager.updateRole(of: "ann", in: Sample.acme, to: .member))
      try manager.expectRefusal(.lastOwner, of: "removing bob") {
        try $0.removeUser("bob", from: Sample.acme)
      }
      try manager.updateRole(of: "ann", in: Sample.acme, to: .owner)
      try expect("removed", try manager.removeUser("bob", from: Sample.acme))
    },
    StoreBehavior("a set that takes all owners away is refused, and one that makes another is not") {
      manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .owner, "eve": .member]))
      let leaving: [Change] = [
        .removeMember(user: "ann", organization: Sample.acme, role: .owner),
        .setRole(user: "bob", organization: Sample.acme, from: .owner, to: .member),
      ]
      try manager.expectRefusal(.lastOwner, of: "the set") { try $0.commit(ChangeSet(leaving)) }
      let handing = Change.setRole(user: "eve", organization: Sample.acme, from: .member, to: .owner)
      try manager.commit(ChangeSet(leaving + [handing]))
      try expect("the roles", try manager.users(of: Sample.acme).map(\.role), is: [.member, .owner])
    },
    StoreBehavior("the guard of one organization doesn't keep another from changing alone") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try manager.commit(
        Sample.adding(Sample.globex, named: "Globex", members: ["ann": .owner, "bob": .owner]))
      try manager.removeUser("ann", from: Sample.globex)
      try expect("the members of Globex", try manager.userIDs(of: Sample.globex), is: ["bob"])
      try manager.expectRefusal(.lastOwner, of: "removing ann from Acme") {
        try $0.removeUser("ann", from: Sample.acme)
      }
    },
    StoreBehavior("an organization without an owner stays editable") { manager in
      try manager.commit(Sample.adding(members: ["ann": .member, "bob": .billingAdmin]))
      try expect("a plan is set", try manager.updatePlan(of: Sample.acme, to: "gold"))
      try expect("a role is set", try manager.updateRole(of: "ann", in: Sample.acme, to: .billingAdmin))
      try expect("a member is removed", try manager.removeUser("bob", from: Sample.acme))
      try expect("a member is added", try manager.addUser("eve", to: Sample.acme))
      try expect("the members", try manager.userIDs(), is: ["ann", "eve"])
    },
  ]
}
