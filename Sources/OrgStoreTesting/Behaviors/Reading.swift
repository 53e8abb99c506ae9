import OrgCore

extension StoreBehavior {
  /// What is found in the data.
  static let reading: [StoreBehavior] = [
    StoreBehavior("an empty store has no organizations, no members and no history") { manager in
      let data = try manager.reader().summary
      try expect("the organizations", try manager.organizations(), is: [])
      try expect("the count of organizations", data.organizationCount, is: 0)
      try expect("the count of members", data.memberCount, is: 0)
      try expect("the history", try manager.history(), is: [])
      try expect("the newest generation", try manager.newestGeneration(), is: nil)
      try expect("no problem", data.problems.isEmpty && data.recordProblems.isEmpty)
    },
    StoreBehavior("an organization is found by its id, with every field") { manager in
      let acme = Organization(
        id: Sample.acme, name: "Acme", createdAt: Moment.second, planTier: "gold", lagoCustomerID: "lago",
        stripeCustomerID: "stripe", status: .suspended)
      try manager.commit(ChangeSet([.createOrganization(acme)]))
      try expect("the organization", try manager.organization(id: Sample.acme), is: acme)
    },
    StoreBehavior("an unknown id finds nothing") { manager in
      try manager.commit(Sample.adding())
      try expect("another id", try manager.organization(id: "org_acm"), is: nil)
      try expect("an id in capitals", try manager.organization(id: "ORG_ACME"), is: nil)
      try expect("no id", try manager.organization(id: ""), is: nil)
      try expect("its members", try manager.users(of: "org_none"), is: [])
      try expect("a role in it", try manager.role(of: "ann", in: "org_none"), is: nil)
    },
    StoreBehavior("organizations are found by a part of the name, whatever the case") { manager in
      try manager.commit(Sample.adding(named: "Acme Corp"))
      try manager.commit(Sample.adding(Sample.globex, named: "École Globex"))
      try expect("a part", try manager.organizations(matching: "me c").map(\.id), is: [Sample.acme])
      try expect("in capitals", try manager.organizations(matching: "ÉCO").map(\.id), is: [Sample.globex])
      try expect("nothing", try manager.organizations(matching: "").count, is: 2)
      try expect("what no name has", try manager.organizations(matching: "zzz"), is: [])
    },
    StoreBehavior("organizations are found by their plan, to the letter") { manager in
      try manager.commit(Sample.adding(plan: "gold"))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", plan: "golden"))
      try expect("on gold", try manager.organizations(onPlan: "gold").map(\.id), is: [Sample.acme])
      try expect("on Gold", try manager.organizations(onPlan: "Gold"), is: [])
    },
    StoreBehavior("organizations come in the order in which they were created") { manager in
      for id in ["org_c", "org_a", "org_b"] { try manager.commit(Sample.adding(id, named: id)) }
      try expect("their order", try manager.organizations().map(\.id), is: ["org_c", "org_a", "org_b"])
    },
    StoreBehavior("members come in the order in which they were added, with every field") { manager in
      try manager.commit(Sample.adding(members: ["zoe": .member, "ann": .owner, "mia": .billingAdmin]))
      try expect(
        "the members", try manager.users(of: Sample.acme),
        is: [Sample.member("zoe"), Sample.member("ann", .owner), Sample.member("mia", .billingAdmin)])
    },
    StoreBehavior("a member is found by the user's id, to the letter") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner, "bob": .member]))
      let reader = try manager.reader()
      try expect("bob", try reader.member("bob", of: Sample.acme), is: Sample.member("bob"))
      try expect("Bob", try reader.member("Bob", of: Sample.acme), is: nil)
      try expect("the role of ann", try manager.role(of: "ann", in: Sample.acme), is: .owner)
      try expect("the role of a stranger", try manager.role(of: "eve", in: Sample.acme), is: nil)
    },
    StoreBehavior("a user's organizations come in the order of the data, not of joining") { manager in
      for id in ["org_c", "org_a", "org_b"] { try manager.commit(Sample.adding(id, named: id)) }
      for id in ["org_b", "org_c"] { try manager.addUser("ann", to: id) }
      try expect(
        "the organizations of ann", try manager.organizations(ofUser: "ann").map(\.id),
        is: ["org_c", "org_b"])
      try expect("the organizations of a stranger", try manager.organizations(ofUser: "eve"), is: [])
    },
    StoreBehavior("members are counted by their roles, in each organization and together") { manager in
      try manager.commit(
        Sample.adding(members: ["a": .owner, "b": .member, "c": .member, "d": .billingAdmin]))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex", members: ["a": .billingAdmin]))
      let reader = try manager.reader()
      let counts = try reader.roleCounts(of: Sample.acme)
      try expect(
        "the counts of Acme", [counts.owner, counts.member, counts.billingAdmin, counts.total],
        is: [1, 2, 1, 4])
      try expect("the count of Globex", try reader.roleCounts(of: Sample.globex).total, is: 1)
      try expect("the count of an unknown one", try reader.roleCounts(of: "org_none").total, is: 0)
      try expect("the count of all", reader.summary.memberCount, is: 5)
    },
    StoreBehavior("what was read stays as it is while the data change") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      let earlier = try manager.reader()
      let records = try Records(earlier)
      try manager.updatePlan(of: Sample.acme, to: "gold")
      try manager.addUser("bob", to: Sample.acme)
      try manager.commit(Sample.adding(Sample.globex, named: "Globex"))
      try expect("the earlier state", try Records(earlier), is: records)
    },
    StoreBehavior("organizations that differ from an earlier state are named") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex"))
      let earlier = try manager.reader()
      try expect("nothing new", try earlier.changedOrganizations(since: earlier), is: [])
      try manager.updateRole(of: "ann", in: Sample.acme, to: .member, allowingOwnerless: true)
      try expect(
        "after a role", try manager.reader().changedOrganizations(since: earlier), is: [Sample.acme])
      try manager.commit(Sample.adding("org_z", named: "Z"))
      try expect(
        "after a creation", try manager.reader().changedOrganizations(since: earlier),
        is: [Sample.acme, "org_z"])
    },
  ]
}
