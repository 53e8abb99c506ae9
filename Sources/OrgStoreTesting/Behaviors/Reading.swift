import OrgCore

extension StoreBehavior {
  /// What is found in the data.
  static let reading: [StoreBehavior] = [
    StoreBehavior("an empty store has no organizations, no members and no history") { manager, sample in
      let data = try manager.reader().summary
      try expect("the organizations", try manager.organizations(), is: [])
      try expect("the count of organizations", data.organizationCount, is: 0)
      try expect("the count of members", data.memberCount, is: 0)
      try expect("the history", try manager.history(), is: [])
      try expect("the newest generation", try manager.newestGeneration(), is: nil)
      try expect("no problem", data.problems.isEmpty && data.recordProblems.isEmpty)
    },
    StoreBehavior("the data say what values they may hold") { manager, sample in
      let reader = try manager.reader()
      try expect("the rules", reader.rules, is: sample.rules)
      try expect("the rules of a preview", try reader.records(for: sample.adding()).rules, is: sample.rules)
    },
    StoreBehavior("an organization is found by its id, with every field") { manager, sample in
      let acme = Organization(
        id: sample.acme, name: "Acme", createdAt: Moment.second, planTier: "gold", lagoCustomerID: "lago",
        stripeCustomerID: "stripe", status: .suspended)
      try manager.commit(ChangeSet([.createOrganization(acme)]))
      try expect("the organization", try manager.organization(id: sample.acme), is: acme)
    },
    StoreBehavior("an unknown id finds nothing") { manager, sample in
      try manager.commit(sample.adding())
      try expect("another id", try manager.organization(id: sample.id("acm")), is: nil)
      try expect("an id in capitals", try manager.organization(id: sample.acme.uppercased()), is: nil)
      try expect("an id of another form", try manager.organization(id: "acme"), is: nil)
      try expect("no id", try manager.organization(id: ""), is: nil)
      try expect("its members", try manager.users(of: sample.unknown), is: [])
      try expect("a role in it", try manager.role(of: "ann", in: sample.unknown), is: nil)
    },
    StoreBehavior("organizations are found by a part of the name, whatever the case") { manager, sample in
      try manager.commit(sample.adding(named: "Acme Corp"))
      try manager.commit(sample.adding(sample.globex, named: "École Globex"))
      try expect("a part", try manager.organizations(matching: "me c").map(\.id), is: [sample.acme])
      try expect("in capitals", try manager.organizations(matching: "ÉCO").map(\.id), is: [sample.globex])
      try expect("nothing", try manager.organizations(matching: "").count, is: 2)
      try expect("what no name has", try manager.organizations(matching: "zzz"), is: [])
    },
    StoreBehavior("organizations are found by their plan, to the letter") { manager, sample in
      try manager.commit(sample.adding(plan: "gold"))
      try manager.commit(sample.adding(sample.globex, named: "Globex", plan: "golden"))
      try expect("on gold", try manager.organizations(onPlan: "gold").map(\.id), is: [sample.acme])
      try expect("on Gold", try manager.organizations(onPlan: "Gold"), is: [])
    },
    StoreBehavior("organizations come in the order in which they were created") { manager, sample in
      for set in sample.adding(each: ["c", "a", "b"]) { try manager.commit(set) }
      try expect("their order", try manager.organizations().map(\.id), is: ["c", "a", "b"].map(sample.id))
    },
    StoreBehavior("members come in the order in which they were added, with every field") { manager, sample in
      try manager.commit(sample.adding(members: ["zoe": .member, "ann": .owner, "mia": sample.thirdRole]))
      try expect(
        "the members", try manager.users(of: sample.acme),
        is: [
          sample.member("zoe"), sample.member("ann", .owner, at: 1),
          sample.member("mia", sample.thirdRole, at: 2),
        ])
    },
    StoreBehavior("a member is found by the user's id, to the letter") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      let reader = try manager.reader()
      try expect("bob", try reader.member("bob", of: sample.acme), is: sample.member("bob", at: 1))
      try expect("Bob", try reader.member("Bob", of: sample.acme), is: nil)
      try expect("the role of ann", try manager.role(of: "ann", in: sample.acme), is: .owner)
      try expect("the role of a stranger", try manager.role(of: "eve", in: sample.acme), is: nil)
    },
    StoreBehavior("a user's organizations come in the order of the data, not of joining") { manager, sample in
      for set in sample.adding(each: ["c", "a", "b"]) { try manager.commit(set) }
      for name in ["b", "c"] { try manager.addUser("ann", to: sample.id(name)) }
      try expect(
        "the organizations of ann", try manager.organizations(ofUser: "ann").map(\.id),
        is: ["c", "b"].map(sample.id))
      try expect("the organizations of a stranger", try manager.organizations(ofUser: "eve"), is: [])
    },
    StoreBehavior("members are counted by their roles, in each organization and together") {
      manager, sample in
      try manager.commit(
        sample.adding(members: ["a": .owner, "b": .member, "c": .member, "d": sample.thirdRole]))
      try manager.commit(sample.adding(sample.globex, named: "Globex", members: ["a": sample.thirdRole]))
      let reader = try manager.reader()
      let counts = try reader.roleCounts(of: sample.acme)
      try expect(
        "the counts of Acme", [counts.owner, counts.member, counts[sample.thirdRole], counts.total],
        is: [1, 2, 1, 4])
      try expect("the count of Globex", try reader.roleCounts(of: sample.globex).total, is: 1)
      try expect("the count of an unknown one", try reader.roleCounts(of: sample.unknown).total, is: 0)
      try expect("the count of all", reader.summary.memberCount, is: 5)
    },
    StoreBehavior("what was read stays as it is while the data change") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      let earlier = try manager.reader()
      let records = try Records(earlier)
      try manager.updatePlan(of: sample.acme, to: "gold")
      try manager.addUser("bob", to: sample.acme)
      try manager.commit(sample.adding(sample.globex, named: "Globex"))
      try expect("the earlier state", try Records(earlier), is: records)
    },
    StoreBehavior("organizations that differ from an earlier state are named") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try manager.commit(sample.adding(sample.globex, named: "Globex"))
      let earlier = try manager.reader()
      try expect("nothing new", try earlier.changedOrganizations(since: earlier), is: [])
      try manager.updateRole(of: "ann", in: sample.acme, to: .member, allowingOwnerless: true)
      try expect(
        "after a role", try manager.reader().changedOrganizations(since: earlier), is: [sample.acme])
      try manager.commit(sample.adding(sample.id("z"), named: "Z"))
      try expect(
        "after a creation", try manager.reader().changedOrganizations(since: earlier),
        is: [sample.acme, sample.id("z")])
    },
  ]
}
