import OrgCore

extension StoreBehavior {
  /// The operations of `OrgManager` on organizations.
  static let organizations: [StoreBehavior] = [
    StoreBehavior("creating an organization returns a new id, and the rest has defaults") { manager, sample in
      let start = Timestamp.now()
      let id = try manager.createOrganization(name: "Acme")
      let organization = try need("the organization", try manager.organization(id: id))
      let defaults = Organization(id: id, name: "Acme", createdAt: organization.createdAt)
      try expect("the organization", organization, is: defaults)
      try expect(
        "a time of creation that is now", organization.createdAt >= start && organization.createdAt <= .now())
      try expect("its members", try manager.users(of: id), is: [])
      try expect("another id for another", try manager.createOrganization(name: "Globex") != id)
    },
    StoreBehavior("an organization is created on the plan that is asked for") { manager, sample in
      let id = try manager.createOrganization(name: "Acme", planTier: "my own plan")
      try expect("the plan", try manager.value(.planTier, of: id), is: "my own plan")
    },
    StoreBehavior("renaming changes the name and nothing else") { manager, sample in
      try manager.commit(sample.adding(plan: "gold", members: ["ann": .owner]))
      let before = try manager.records()
      try expect("found", try manager.rename(sample.acme, to: "Acme Ltd"))
      try expect("the name", try manager.value(.name, of: sample.acme), is: "Acme Ltd")
      try expect("the members", try manager.records().members, is: before.members)
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
    },
    StoreBehavior("a name that was given up is free for others") { manager, sample in
      try manager.commit(sample.adding())
      try manager.rename(sample.acme, to: "Other")
      try manager.commit(sample.adding(sample.globex, named: "acme"))
      try expect("the names", try manager.organizations().map(\.name), is: ["Other", "acme"])
    },
    StoreBehavior("a name may change its own case") { manager, sample in
      try manager.commit(sample.adding())
      try expect("found", try manager.rename(sample.acme, to: "ACME"))
      try expect("the name", try manager.value(.name, of: sample.acme), is: "ACME")
    },
    StoreBehavior("a plan is free text") { manager, sample in
      try manager.commit(sample.adding())
      for plan in ["enterprise", "Räum & Zeit", "x"] {
        try expect("found", try manager.updatePlan(of: sample.acme, to: plan))
        try expect("the plan", try manager.value(.planTier, of: sample.acme), is: plan)
      }
    },
    StoreBehavior("a status is set, and a deleted organization stays with its members") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      for status in [Organization.Status.suspended, .active, .deleted] {
        try expect("found", try manager.updateStatus(of: sample.acme, to: status))
        try expect("the status", try manager.organization(id: sample.acme)?.status, is: status)
      }
      try expect("in the list", try manager.organizations().map(\.id), is: [sample.acme])
      try expect("the members", try manager.userIDs(of: sample.acme), is: ["ann"])
      try expect("the organizations of ann", try manager.organizations(ofUser: "ann").count, is: 1)
    },
    StoreBehavior("billing ids are set one by one or both at once") { manager, sample in
      try manager.commit(sample.adding())
      try expect("found", try manager.updateBillingIDs(of: sample.acme, lago: "l1", stripe: "s1"))
      try expect("stripe is found", try manager.updateBillingIDs(of: sample.acme, stripe: "s2"))
      try expect("lago stays", try manager.value(.lagoCustomerID, of: sample.acme), is: "l1")
      try expect("stripe", try manager.value(.stripeCustomerID, of: sample.acme), is: "s2")
    },
    StoreBehavior("an empty billing id clears it, and none leaves it as it is") { manager, sample in
      try manager.commit(sample.adding())
      try manager.updateBillingIDs(of: sample.acme, lago: "l1", stripe: "s1")
      try expect("found", try manager.updateBillingIDs(of: sample.acme, lago: ""))
      try expect("lago", try manager.value(.lagoCustomerID, of: sample.acme), is: nil)
      try expect("stripe", try manager.value(.stripeCustomerID, of: sample.acme), is: "s1")
      try expect("found without ids", try manager.updateBillingIDs(of: sample.acme))
      try expect("stripe", try manager.value(.stripeCustomerID, of: sample.acme), is: "s1")
    },
    StoreBehavior("an operation on an unknown organization says that it wasn't found") { manager, sample in
      try manager.commit(sample.adding())
      let before = try manager.records()
      try expect("renaming finds none", try !manager.rename(sample.unknown, to: "X"))
      try expect("a plan finds none", try !manager.updatePlan(of: sample.unknown, to: "x"))
      try expect("a status finds none", try !manager.updateStatus(of: sample.unknown, to: .deleted))
      try expect("billing ids find none", try !manager.updateBillingIDs(of: sample.unknown, lago: "x"))
      try expect("adding a user finds none", try !manager.addUser("ann", to: sample.unknown))
      try expect("removing a user finds none", try !manager.removeUser("ann", from: sample.unknown))
      try expect("a role finds none", try !manager.updateRole(of: "ann", in: sample.unknown, to: .owner))
      try expect("the records", try manager.records(), is: before)
      try expect("the history", try manager.history().count, is: 1)
    },
  ]
}
