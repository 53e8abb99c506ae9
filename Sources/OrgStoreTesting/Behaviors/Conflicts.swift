import OrgCore

extension StoreBehavior {
  /// What happens where the value that a change expects to replace is gone.
  static let conflicts: [StoreBehavior] = [
    StoreBehavior("a field that another changed is a conflict, with base, theirs and mine") { manager in
      try manager.commit(Sample.adding(plan: "starter"))
      try manager.commit(Sample.plan(from: "starter", to: "gold"))
      let error = try manager.expectRefusal(.conflict, of: "a stale plan") {
        try $0.commit(Sample.plan(from: "starter", to: "silver"))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect("how many", error.conflicts.count, is: 1)
      try expect("the organization", conflict.organizationID, is: Sample.acme)
      try expect("the user", conflict.userID, is: nil)
      try expect("the field", conflict.field, is: "plan_tier")
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["starter", "gold", "silver"])
    },
    StoreBehavior("every field of an organization can be in conflict") { manager in
      try manager.commit(Sample.adding())
      let values: [(OrganizationField, [String?])] = [
        (.name, ["Old", "Acme", "Mine"]), (.planTier, ["old", PlanTier.default, "mine"]),
        (.lagoCustomerID, ["old", nil, "mine"]), (.stripeCustomerID, ["old", nil, nil]),
        (.status, ["deleted", "active", "suspended"]),
      ]
      for (field, texts) in values where texts[1] != texts[2] {
        let error = try manager.expectRefusal(.conflict, of: "a stale \(field.rawValue)") {
          try $0.commit(
            ChangeSet([.setField(field, organization: Sample.acme, from: texts[0], to: texts[2])]))
        }
        let conflict = try need("the conflict", error.conflicts.first)
        try expect("the field", conflict.field, is: field.rawValue)
        try expect("base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine], is: texts)
      }
    },
    StoreBehavior("a role that another changed is a conflict, with base, theirs and mine") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.updateRole(of: "bob", in: Sample.acme, to: .owner)
      let error = try manager.expectRefusal(.conflict, of: "a stale role") {
        try $0.commit(
          ChangeSet([.setRole(user: "bob", organization: Sample.acme, from: .member, to: .billingAdmin)]))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect("the organization", conflict.organizationID, is: Sample.acme)
      try expect("the user", conflict.userID, is: "bob")
      try expect("the field", conflict.field, is: "role")
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["member", "owner", "billing_admin"])
    },
    StoreBehavior("a member whose role another changed is not removed") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.updateRole(of: "bob", in: Sample.acme, to: .billingAdmin)
      let error = try manager.expectRefusal(.conflict, of: "a stale removal") {
        try $0.commit(ChangeSet([.removeMember(user: "bob", organization: Sample.acme, role: .member)]))
      }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["member", "billing_admin", nil])
    },
    StoreBehavior("changes of different fields from the same old picture both survive") { manager in
      try manager.commit(Sample.adding(plan: "starter"))
      try manager.commit(Sample.plan(from: "starter", to: "gold"))
      try manager.commit(
        ChangeSet([.setField(.name, organization: Sample.acme, from: "Acme", to: "Global")]))
      try manager.commit(
        ChangeSet([.setField(.status, organization: Sample.acme, from: "active", to: "suspended")]))
      try expect("the plan", try manager.value(.planTier), is: "gold")
      try expect("the name", try manager.value(.name), is: "Global")
      try expect("the status", try manager.value(.status), is: "suspended")
    },
    StoreBehavior("changes of different members from the same old picture both survive") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member, "eve": .member]))
      for user in ["bob", "eve"] {
        try manager.commit(
          ChangeSet([.setRole(user: user, organization: Sample.acme, from: .member, to: .billingAdmin)]))
      }
      try expect(
        "the roles", try manager.users(of: Sample.acme).map(\.role),
        is: [.owner, .billingAdmin, .billingAdmin])
    },
    StoreBehavior("a set with one conflict is not committed at all") { manager in
      try manager.commit(Sample.adding(plan: "gold", members: ["ann": .owner]))
      let good = Sample.adding(Sample.globex, named: "Globex", members: ["ann": .owner]).changes
      let stale = Sample.plan(from: "starter", to: "silver").changes
      for changes in [good + stale, stale + good] {
        try manager.expectRefusal(.conflict, of: "the set") { try $0.commit(ChangeSet(changes)) }
      }
    },
    StoreBehavior("each conflict of a set is named") { manager in
      try manager.commit(Sample.adding(plan: "gold"))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", plan: "gold"))
      let stale = [Sample.acme, Sample.globex].flatMap {
        Sample.plan(of: $0, from: "starter", to: "silver").changes
      }
      let error = try manager.expectRefusal(.conflict, of: "two stale plans") {
        try $0.commit(ChangeSet(stale))
      }
      try expect(
        "the organizations", error.conflicts.map(\.organizationID), is: [Sample.acme, Sample.globex])
    },
  ]
}
