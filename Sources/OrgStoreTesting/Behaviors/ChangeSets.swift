import OrgCore

extension StoreBehavior {
  /// Change sets as a whole.
  static let changeSets: [StoreBehavior] = [
    StoreBehavior("later changes of a set build on earlier ones") { manager, sample in
      try manager.commit(
        ChangeSet(
          sample.adding(members: ["ann": .member]).changes + [
            .setField(.name, organization: sample.acme, from: "Acme", to: "Acme Ltd"),
            .setField(.planTier, organization: sample.acme, from: PlanTier.default, to: "gold"),
            .setRole(user: "ann", organization: sample.acme, from: .member, to: .owner),
            .addMember(sample.member("bob", at: 1)),
          ]))
      try expect("the name", try manager.value(.name, of: sample.acme), is: "Acme Ltd")
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
      try expect(
        "the members", try manager.users(of: sample.acme),
        is: [sample.member("ann", .owner), sample.member("bob", at: 1)])
    },
    StoreBehavior("a field that is set twice in a set has the last value, and each step is told") {
      manager, sample in
      try manager.commit(sample.adding())
      let commit = try manager.commit(
        ChangeSet(
          sample.plan(to: "silver").changes + sample.plan(from: "silver", to: "gold").changes))
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
      try expect("what was done", commit.changes.count, is: 2)
      try expect(
        "the history", try manager.summaries().first,
        is: ["Plan of Acme: founders_friend → silver", "Plan of Acme: silver → gold"])
    },
    StoreBehavior("a member that a set removes can join again in it") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": sample.thirdRole, "eve": .member]))
      try manager.commit(
        ChangeSet([
          .removeMember(user: "bob", organization: sample.acme, role: sample.thirdRole),
          .addMember(sample.member("bob", .owner, at: 9)),
        ]))
      try expect("the members", try manager.userIDs(of: sample.acme), is: ["ann", "eve", "bob"])
      try expect(
        "bob", try manager.users(of: sample.acme).last, is: sample.member("bob", .owner, at: 9))
    },
    StoreBehavior("a name passes from one organization to another in one set") { manager, sample in
      try manager.commit(sample.adding())
      try manager.commit(sample.adding(sample.globex, named: "Globex"))
      try manager.commit(
        ChangeSet([
          .setField(.name, organization: sample.acme, from: "Acme", to: "Other"),
          .setField(.name, organization: sample.globex, from: "Globex", to: "Acme"),
        ]))
      try expect("the names", try manager.organizations().map(\.name), is: ["Other", "Acme"])
    },
    StoreBehavior("two new organizations of a set can't share a name") { manager, sample in
      try manager.expectRefusal(.nameTaken, of: "the set") {
        try $0.commit(
          ChangeSet(sample.adding().changes + sample.adding(sample.globex, named: " ACME ").changes))
      }
    },
    StoreBehavior("an invalid change refuses the valid ones beside it") { manager, sample in
      try manager.commit(sample.adding())
      try manager.expectRefusal(.invalidIdentifier, of: "the set") {
        try $0.commit(
          ChangeSet(sample.plan(to: "gold").changes + [.addMember(sample.member(" "))]))
      }
    },
    StoreBehavior("what is so already changes nothing and is no generation") { manager, sample in
      try manager.commit(sample.adding(plan: "gold", members: ["ann": .owner]))
      let generation = try manager.reader().revision
      let same: [Change] = [
        .createOrganization(sample.organization(sample.acme, named: "Acme", plan: "gold")),
        .setField(.planTier, organization: sample.acme, from: "starter", to: "gold"),
        .setField(.lagoCustomerID, organization: sample.acme, from: nil, to: " "),
        .addMember(sample.member("ann", .owner)),
        .setRole(user: "ann", organization: sample.acme, from: .member, to: .owner),
        .removeMember(user: "bob", organization: sample.acme, role: .member),
        .removeOrganization(sample.organization(sample.unknown, named: "None")),
      ]
      for set in same.map({ ChangeSet([$0]) }) + [ChangeSet(same), ChangeSet([])] {
        try expect("what was done", try manager.commit(set).changes, is: [])
      }
      try expect("the revision", try manager.reader().revision, is: generation)
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("an edit to the value that is there is found, and changes nothing") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try expect("the name is found", try manager.rename(sample.acme, to: "Acme"))
      try expect("the plan is found", try manager.updatePlan(of: sample.acme, to: PlanTier.default))
      try expect("the status is found", try manager.updateStatus(of: sample.acme, to: .active))
      try expect("ann is found", try manager.updateRole(of: "ann", in: sample.acme, to: .owner))
      try expect("the history", try manager.history().count, is: 1)
    },
  ]

  /// Organizations that are taken out of the data altogether.
  static let removals: [StoreBehavior] = [
    StoreBehavior("an organization without members is removed, and its name and id are free") {
      manager, sample in
      try manager.commit(sample.adding())
      try manager.commit(sample.adding(sample.globex, named: "Globex", members: ["ann": .owner]))
      try manager.commit(
        ChangeSet([.removeOrganization(sample.organization(sample.acme, named: "Acme"))]))
      try expect("the organization", try manager.organization(id: sample.acme), is: nil)
      try expect("the others", try manager.organizations().map(\.id), is: [sample.globex])
      try expect("their members", try manager.userIDs(of: sample.globex), is: ["ann"])
      try manager.commit(sample.adding())
      try expect(
        "the organizations after it came back", Set(try manager.organizations().map(\.id)),
        is: [sample.globex, sample.acme])
    },
    StoreBehavior("an organization with members is not removed") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .member]))
      try manager.expectRefusal(.conflict, of: "removing it") {
        try $0.commit(
          ChangeSet([.removeOrganization(sample.organization(sample.acme, named: "Acme"))]))
      }
    },
    StoreBehavior("an organization is removed together with its members, the last owner too") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try manager.commit(
        ChangeSet([
          .removeMember(user: "ann", organization: sample.acme, role: .owner),
          .removeOrganization(sample.organization(sample.acme, named: "Acme")),
        ]))
      try expect("the organizations", try manager.organizations(), is: [])
      try expect("the organizations of ann", try manager.organizations(ofUser: "ann"), is: [])
      try expect("the count of members", try manager.reader().summary.memberCount, is: 0)
    },
    StoreBehavior("an organization that another changed is not removed") { manager, sample in
      try manager.commit(sample.adding(plan: "gold"))
      let error = try manager.expectRefusal(.conflict, of: "removing an older picture of it") {
        try $0.commit(
          ChangeSet([.removeOrganization(sample.organization(sample.acme, named: "Acme"))]))
      }
      try expect("the fields in conflict", error.conflicts.map(\.field), is: ["plan_tier"])
    },
  ]
}
