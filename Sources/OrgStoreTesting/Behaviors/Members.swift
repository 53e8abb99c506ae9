import OrgCore

extension StoreBehavior {
  /// The operations of `OrgManager` on members.
  static let members: [StoreBehavior] = [
    StoreBehavior("a user is added as a plain member, as of now") { manager in
      try manager.commit(Sample.adding())
      let start = Timestamp.now()
      try expect("found", try manager.addUser("ann", to: Sample.acme))
      let member = try need("ann", try manager.users(of: Sample.acme).first)
      try expect("the role", member.role, is: .member)
      try expect("a time of joining that is now", member.joinedAt >= start && member.joinedAt <= .now())
    },
    StoreBehavior("a user is added in the role that is asked for") { manager in
      try manager.commit(Sample.adding())
      for role in Role.allCases { try manager.addUser(role.rawValue, to: Sample.acme, role: role) }
      try expect("the roles", try manager.users(of: Sample.acme).map(\.role), is: Role.allCases)
    },
    StoreBehavior("adding a user who is a member already is refused, in whatever role") { manager in
      try manager.commit(Sample.adding(members: ["ann": .member]))
      for role in Role.allCases {
        try manager.expectRefusal(.alreadyMember, of: "adding ann as \(role.rawValue)") {
          try $0.addUser("ann", to: Sample.acme, role: role)
        }
      }
    },
    StoreBehavior("a user may be a member of several organizations, in a role of each") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", members: ["ann": .member]))
      try manager.updateRole(of: "ann", in: Sample.globex, to: .billingAdmin)
      try expect("in Acme", try manager.role(of: "ann", in: Sample.acme), is: .owner)
      try expect("in Globex", try manager.role(of: "ann", in: Sample.globex), is: .billingAdmin)
    },
    StoreBehavior("a role is changed where the member is, and the rest of the record stays") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      try expect("found", try manager.updateRole(of: "bob", in: Sample.acme, to: .billingAdmin))
      try expect(
        "the members", try manager.users(of: Sample.acme),
        is: [Sample.member("ann", .owner), Sample.member("bob", .billingAdmin), Sample.member("eve")])
    },
    StoreBehavior("a member is removed from one organization alone") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", members: ["bob": .member]))
      try expect("found", try manager.removeUser("bob", from: Sample.acme))
      try expect("the members of Acme", try manager.userIDs(), is: ["ann", "eve"])
      try expect("the members of Globex", try manager.userIDs(of: Sample.globex), is: ["bob"])
      try expect(
        "the organizations of bob", try manager.organizations(ofUser: "bob").map(\.id), is: [Sample.globex])
    },
    StoreBehavior("removing a user or changing a role where the user isn't a member finds none") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try expect("removing finds none", try !manager.removeUser("bob", from: Sample.acme))
      try expect("a role finds none", try !manager.updateRole(of: "bob", in: Sample.acme, to: .member))
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("a user who was removed can join again, and is the last in order") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .billingAdmin, "eve": .member]))
      try manager.removeUser("bob", from: Sample.acme)
      try expect("found", try manager.addUser("bob", to: Sample.acme))
      try expect("the members", try manager.userIDs(), is: ["ann", "eve", "bob"])
      try expect("the role", try manager.role(of: "bob", in: Sample.acme), is: .member)
    },
  ]
}
