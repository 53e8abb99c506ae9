import OrgCore

extension StoreBehavior {
  /// What happens where the value that a change expects to replace is gone.
  static let conflicts: [StoreBehavior] = [
    StoreBehavior("a field that another changed is a conflict, with base, theirs and mine") {
      manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      try manager.commit(sample.plan(from: "starter", to: "gold"))
      let error = try manager.expectRefusal(.conflict, of: "a stale plan") {
        try $0.commit(sample.plan(from: "starter", to: "silver"))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect("how many", error.conflicts.count, is: 1)
      try expect("the organization", conflict.organizationID, is: sample.acme)
      try expect("the user", conflict.userID, is: nil)
      try expect("the field", conflict.field, is: "plan_tier")
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["starter", "gold", "silver"])
    },
    StoreBehavior("every field of an organization can be in conflict") { manager, sample in
      try manager.commit(sample.adding())
      let values: [(OrganizationField, [String?])] = [
        (.name, ["Old", "Acme", "Mine"]), (.planTier, ["old", PlanTier.default, "mine"]),
        (.lagoCustomerID, ["old", nil, "mine"]), (.stripeCustomerID, ["old", nil, nil]),
        (.status, ["deleted", "active", "suspended"]),
      ]
      for (field, texts) in values where texts[1] != texts[2] {
        let error = try manager.expectRefusal(.conflict, of: "a stale \(field.rawValue)") {
          try $0.commit(
            ChangeSet([.setField(field, organization: sample.acme, from: texts[0], to: texts[2])]))
        }
        let conflict = try need("the conflict", error.conflicts.first)
        try expect("the field", conflict.field, is: field.rawValue)
        try expect("base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine], is: texts)
      }
    },
    StoreBehavior("a role that another changed is a conflict, with base, theirs and mine") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.updateRole(of: "bob", in: sample.acme, to: .owner)
      let error = try manager.expectRefusal(.conflict, of: "a stale role") {
        try $0.commit(
          ChangeSet([.setRole(user: "bob", organization: sample.acme, from: .member, to: sample.thirdRole)]))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect("the organization", conflict.organizationID, is: sample.acme)
      try expect("the user", conflict.userID, is: "bob")
      try expect("the field", conflict.field, is: "role")
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["member", "owner", sample.thirdRole.rawValue])
    },
    StoreBehavior("a member whose role another changed is not removed") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.updateRole(of: "bob", in: sample.acme, to: sample.thirdRole)
      let error = try manager.expectRefusal(.conflict, of: "a stale removal") {
        try $0.commit(ChangeSet([.removeMember(user: "bob", organization: sample.acme, role: .member)]))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["member", sample.thirdRole.rawValue, nil])
    },
    StoreBehavior("changes of different fields from the same old picture both survive") { manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      try manager.commit(sample.plan(from: "starter", to: "gold"))
      try manager.commit(
        ChangeSet([.setField(.name, organization: sample.acme, from: "Acme", to: "Global")]))
      try manager.commit(
        ChangeSet([.setField(.status, organization: sample.acme, from: "active", to: "suspended")]))
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
      try expect("the name", try manager.value(.name, of: sample.acme), is: "Global")
      try expect("the status", try manager.value(.status, of: sample.acme), is: "suspended")
    },
    StoreBehavior("changes of different members from the same old picture both survive") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      for user in ["bob", "eve"] {
        try manager.commit(
          ChangeSet([.setRole(user: user, organization: sample.acme, from: .member, to: sample.thirdRole)]))
      }
      try expect(
        "the roles", try manager.users(of: sample.acme).map(\.role),
        is: [.owner, sample.thirdRole, sample.thirdRole])
    },
    StoreBehavior("a set with one conflict is not committed at all") { manager, sample in
      try manager.commit(sample.adding(plan: "gold", members: ["ann": .owner]))
      let good = sample.adding(sample.globex, named: "Globex", members: ["ann": .owner]).changes
      let stale = sample.plan(from: "starter", to: "silver").changes
      for changes in [good + stale, stale + good] {
        try manager.expectRefusal(.conflict, of: "the set") { try $0.commit(ChangeSet(changes)) }
      }
    },
    StoreBehavior("each conflict of a set is named") { manager, sample in
      try manager.commit(sample.adding(plan: "gold"))
      try manager.commit(sample.adding(sample.globex, named: "Globex", plan: "gold"))
      let stale = [sample.acme, sample.globex].flatMap {
        sample.plan(of: $0, from: "starter", to: "silver").changes
      }
      let error = try manager.expectRefusal(.conflict, of: "two stale plans") {
        try $0.commit(ChangeSet(stale))
      }
      try expect(
        "the organizations", error.conflicts.map(\.organizationID), is: [sample.acme, sample.globex])
    },
  ]
}
