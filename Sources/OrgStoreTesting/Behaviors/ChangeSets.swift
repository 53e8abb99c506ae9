import OrgCore

extension StoreBehavior {
  /// Change sets as a whole.
  static let changeSets: [StoreBehavior] = [
    StoreBehavior("later changes of a set build on earlier ones") { manager in
      try manager.commit(
        ChangeSet(
          Sample.adding(members: ["ann": .member]).changes + [
            .setField(.name, organization: Sample.acme, from: "Acme", to: "Acme Ltd"),
            .setField(.planTier, organization: Sample.acme, from: PlanTier.default, to: "gold"),
            .setRole(user: "ann", organization: Sample.acme, from: .member, to: .owner),
            .addMember(Sample.member("bob")),
          ]))
      try expect("the name", try manager.value(.name), is: "Acme Ltd")
      try expect("the plan", try manager.value(.planTier), is: "gold")
      try expect(
        "the members", try manager.users(of: Sample.acme),
        is: [Sample.member("ann", .owner), Sample.member("bob")])
    },
    StoreBehavior("a field that is set twice in a set has the last value, and each step is told") { manager in
      try manager.commit(Sample.adding())
      let commit = try manager.commit(
        ChangeSet(
          Sample.plan(to: "silver").changes + Sample.plan(from: "silver", to: "gold").changes))
      try expect("the plan", try manager.value(.planTier), is: "gold")
      try expect("what was done", commit.changes.count, is: 2)
      try expect(
        "the history", try manager.summaries().first,
        is: ["Plan of Acme: founders_friend → silver", "Plan of Acme: silver → gold"])
    },
    StoreBehavior("a member that a set removes can join again in it") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .billingAdmin, "eve": .member]))
      try manager.commit(
        ChangeSet([
          .removeMember(user: "bob", organization: Sample.acme, role: .billingAdmin),
          .addMember(
            OrgUser(organizationID: Sample.acme, userID: "bob", role: .owner, joinedAt: Moment.first)),
        ]))
      try expect("the members", try manager.userIDs(), is: ["ann", "eve", "bob"])
      let bob = try need("bob", try manager.users(of: Sample.acme).last)
      try expect("the role", bob.role, is: .owner)
      try expect("since when", bob.joinedAt, is: Moment.first)
    },
    StoreBehavior("a name passes from one organization to another in one set") { manager in
      try manager.commit(Sample.adding())
      try manager.commit(Sample.adding(Sample.globex, named: "Globex"))
      try manager.commit(
        ChangeSet([
          .setField(.name, organization: Sample.acme, from: "Acme", to: "Other"),
          .setField(.name, organization: Sample.globex, from: "Globex", to: "Acme"),
        ]))
      try expect("the names", try manager.organizations().map(\.name), is: ["Other", "Acme"])
    },
    StoreBehavior("two new organizations of a set can't share a name") { manager in
      try manager.expectRefusal(.nameTaken, of: "the set") {
        try $0.commit(
          ChangeSet(Sample.adding().changes + Sample.adding(Sample.globex, named: " ACME ").changes))
      }
    },
    StoreBehavior("an invalid change refuses the valid ones beside it") { manager in
      try manager.commit(Sample.adding())
      try manager.expectRefusal(.invalidIdentifier, of: "the set") {
        try $0.commit(
          ChangeSet(Sample.plan(to: "gold").changes + [.addMember(Sample.member(" "))]))
      }
    },
    StoreBehavior("what is so already changes nothing and is no generation") { manager in
      try manager.commit(Sample.adding(plan: "gold", members: ["ann": .owner]))
      let generation = try manager.reader().revision
      let same: [Change] = [
        .createOrganization(Sample.organization(Sample.acme, named: "Acme", plan: "gold")),
        .setField(.planTier, organization: Sample.acme, from: "starter", to: "gold"),
        .setField(.lagoCustomerID, organization: Sample.acme, from: nil, to: " "),
        .addMember(Sample.member("ann", .owner)),
        .setRole(user: "ann", organization: Sample.acme, from: .member, to: .owner),
        .removeMember(user: "bob", organization: Sample.acme, role: .member),
        .removeOrganization(Sample.organization("org_none", named: "None")),
      ]
      for set in same.map({ ChangeSet([$0]) }) + [ChangeSet(same), ChangeSet([])] {
        try expect("what was done", try manager.commit(set).changes, is: [])
      }
      try expect("the revision", try manager.reader().revision, is: generation)
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("an edit to the value that is there is found, and changes nothing") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try expect("the name is found", try manager.rename(Sample.acme, to: "Acme"))
      try expect("the plan is found", try manager.updatePlan(of: Sample.acme, to: PlanTier.default))
      try expect("the status is found", try manager.updateStatus(of: Sample.acme, to: .active))
      try expect("ann is found", try manager.updateRole(of: "ann", in: Sample.acme, to: .owner))
      try expect("the history", try manager.history().count, is: 1)
    },
  ]

  /// Organizations that are taken out of the data altogether.
  static let removals: [StoreBehavior] = [
    StoreBehavior("an organization without members is removed, and its name and id are free") { manager in
      try manager.commit(Sample.adding())
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", members: ["ann": .owner]))
      try manager.commit(
        ChangeSet([.removeOrganization(Sample.organization(Sample.acme, named: "Acme"))]))
      try expect("the organization", try manager.organization(id: Sample.acme), is: nil)
      try expect("the others", try manager.organizations().map(\.id), is: [Sample.globex])
      try expect("their members", try manager.userIDs(of: Sample.globex), is: ["ann"])
      try manager.commit(Sample.adding())
      try expect(
        "the order after it came back", try manager.organizations().map(\.id),
        is: [Sample.globex, Sample.acme])
    },
    StoreBehavior("an organization with members is not removed") { manager in
      try manager.commit(Sample.adding(members: ["ann": .member]))
      try manager.expectRefusal(.conflict, of: "removing it") {
        try $0.commit(
          ChangeSet([.removeOrganization(Sample.organization(Sample.acme, named: "Acme"))]))
      }
    },
    StoreBehavior("an organization is removed together with its members, the last owner too") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try manager.commit(
        ChangeSet([
          .removeMember(user: "ann", organization: Sample.acme, role: .owner),
          .removeOrganization(Sample.organization(Sample.acme, named: "Acme")),
        ]))
      try expect("the organizations", try manager.organizations(), is: [])
      try expect("the organizations of ann", try manager.organizations(ofUser: "ann"), is: [])
      try expect("the count of members", try manager.reader().summary.memberCount, is: 0)
    },
    StoreBehavior("an organization that another changed is not removed") { manager in
      try manager.commit(Sample.adding(plan: "gold"))
      let error = try manager.expectRefusal(.conflict, of: "removing an older picture of it") {
        try $0.commit(
          ChangeSet([.removeOrganization(Sample.organization(Sample.acme, named: "Acme"))]))
      }
      try expect("the fields in conflict", error.conflicts.map(\.field), is: ["plan_tier"])
    },
  ]
}
