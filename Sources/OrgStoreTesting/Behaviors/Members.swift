import OrgCore

extension StoreBehavior {
  /// The operations of `OrgManager` on members.
  static let members: [StoreBehavior] = [
    StoreBehavior("a user is added as a plain member, as of now") { manager, sample in
      try manager.commit(sample.adding())
      let start = Timestamp.now()
      try expect("found", try manager.addUser("ann", to: sample.acme))
      let member = try need("ann", try manager.users(of: sample.acme).first)
      try expect("the role", member.role, is: .member)
      try expect("a time of joining that is now", member.joinedAt >= start && member.joinedAt <= .now())
    },
    StoreBehavior("a user is added in the role that is asked for") { manager, sample in
      try manager.commit(sample.adding())
      for role in sample.rules.roles { try manager.addUser(role.rawValue, to: sample.acme, role: role) }
      try expect("the roles", try manager.users(of: sample.acme).map(\.role), is: sample.rules.roles)
    },
    StoreBehavior("adding a user who is a member already is refused, in whatever role") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .member]))
      for role in sample.rules.roles {
        try manager.expectRefusal(.alreadyMember, of: "adding ann as \(role.rawValue)") {
          try $0.addUser("ann", to: sample.acme, role: role)
        }
      }
    },
    StoreBehavior("a user may be a member of several organizations, in a role of each") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try manager.commit(sample.adding(sample.globex, named: "Globex", members: ["ann": .member]))
      try manager.updateRole(of: "ann", in: sample.globex, to: sample.thirdRole)
      try expect("in Acme", try manager.role(of: "ann", in: sample.acme), is: .owner)
      try expect("in Globex", try manager.role(of: "ann", in: sample.globex), is: sample.thirdRole)
    },
    StoreBehavior("a role is changed where the member is, and the rest of the record stays") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      try expect("found", try manager.updateRole(of: "bob", in: sample.acme, to: sample.thirdRole))
      try expect(
        "the members", try manager.users(of: sample.acme),
        is: [
          sample.member("ann", .owner), sample.member("bob", sample.thirdRole, at: 1),
          sample.member("eve", at: 2),
        ])
    },
    StoreBehavior("a member is removed from one organization alone") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      try manager.commit(sample.adding(sample.globex, named: "Globex", members: ["bob": .member]))
      try expect("found", try manager.removeUser("bob", from: sample.acme))
      try expect("the members of Acme", try manager.userIDs(of: sample.acme), is: ["ann", "eve"])
      try expect("the members of Globex", try manager.userIDs(of: sample.globex), is: ["bob"])
      try expect(
        "the organizations of bob", try manager.organizations(ofUser: "bob").map(\.id), is: [sample.globex])
    },
    StoreBehavior("removing a user or changing a role where the user isn't a member finds none") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try expect("removing finds none", try !manager.removeUser("bob", from: sample.acme))
      try expect("a role finds none", try !manager.updateRole(of: "bob", in: sample.acme, to: .member))
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("a user who was removed can join again, and is the last in order") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": sample.thirdRole, "eve": .member]))
      try manager.removeUser("bob", from: sample.acme)
      try expect("found", try manager.addUser("bob", to: sample.acme))
      try expect("the members", try manager.userIDs(of: sample.acme), is: ["ann", "eve", "bob"])
      try expect("the role", try manager.role(of: "bob", in: sample.acme), is: .member)
    },
  ]
}
