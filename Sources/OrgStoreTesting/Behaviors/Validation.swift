import OrgCore

extension StoreBehavior {
  /// What is refused because the data can't hold it.
  static let validation: [StoreBehavior] = [
    StoreBehavior("an empty or blank name is refused") { manager in
      try manager.commit(Sample.adding())
      for name in ["", " ", "\t\n", "\u{3000}", "\u{1F}"] {
        try manager.expectRefusal(.invalidName, of: "creating") { try $0.createOrganization(name: name) }
        try manager.expectRefusal(.invalidName, of: "renaming") { try $0.rename(Sample.acme, to: name) }
      }
    },
    StoreBehavior("a name over 200 scalars is refused, and what is trimmed doesn't count") { manager in
      try manager.commit(Sample.adding())
      let long = String(repeating: "é", count: 201)
      try manager.expectRefusal(.invalidName, of: "creating") { try $0.createOrganization(name: long) }
      try manager.expectRefusal(.invalidName, of: "renaming") { try $0.rename(Sample.acme, to: long) }
      try manager.rename(Sample.acme, to: "  \(long.dropLast())  ")
      try expect("the name", try manager.value(.name), is: String(long.dropLast()))
    },
    StoreBehavior("a name is counted in scalars, not in characters") { manager in
      let family = "👩‍👩‍👧‍👦"
      let name = String(repeating: family, count: 29)
      try manager.expectRefusal(.invalidName, of: "29 characters of 7 scalars") {
        try $0.createOrganization(name: name)
      }
      let id = try manager.createOrganization(name: String(name.dropLast()))
      try expect("the name", try manager.value(.name, of: id), is: String(name.dropLast()))
    },
    StoreBehavior("a taken name is refused, but for case and surrounding white space") { manager in
      try manager.commit(Sample.adding(named: "Éclair Corp"))
      try manager.commit(Sample.adding(Sample.globex, named: "Globex"))
      for name in ["Éclair Corp", "éCLAIR cORP", "  éclair corp\t"] {
        try manager.expectRefusal(.nameTaken, of: "creating") { try $0.createOrganization(name: name) }
        try manager.expectRefusal(.nameTaken, of: "renaming") { try $0.rename(Sample.globex, to: name) }
      }
      try manager.createOrganization(name: "Éclair  Corp")
      try expect("the count", try manager.organizations().count, is: 3)
    },
    StoreBehavior("the name of a deleted organization is taken, too") { manager in
      try manager.commit(Sample.adding())
      try manager.updateStatus(of: Sample.acme, to: .deleted)
      try manager.expectRefusal(.nameTaken, of: "creating") { try $0.createOrganization(name: "acme") }
    },
    StoreBehavior("names, plans and billing ids are trimmed") { manager in
      let id = try manager.createOrganization(name: "\u{1F} Acme\u{A0}\n", planTier: " gold ")
      try manager.updateBillingIDs(of: id, lago: "\tl 1 ", stripe: "  ")
      let organization = try need("the organization", try manager.organization(id: id))
      try expect(
        "the fields",
        [
          organization.name, organization.planTier, organization.lagoCustomerID,
          organization.stripeCustomerID,
        ],
        is: ["Acme", "gold", "l 1", nil])
    },
    StoreBehavior("an organization's id must start with org_ and go on") { manager in
      for id in ["", "acme", "org_", "ORG_1", " org_1"] {
        try manager.expectRefusal(.invalidIdentifier, of: "creating \(id.quoted)") {
          try $0.commit(Sample.adding(id))
        }
      }
    },
    StoreBehavior("an id in use is refused for another organization") { manager in
      try manager.commit(Sample.adding())
      try manager.expectRefusal(.invalidIdentifier, of: "creating it again") {
        try $0.commit(Sample.adding(named: "Other"))
      }
    },
    StoreBehavior("a blank user's id, or one over 200 scalars, is refused") { manager in
      try manager.commit(Sample.adding())
      for user in ["", "  ", String(repeating: "u", count: 201)] {
        try manager.expectRefusal(.invalidIdentifier, of: "adding \(user.quoted)") {
          try $0.addUser(user, to: Sample.acme)
        }
      }
      let longest = String(repeating: "u", count: 200)
      try manager.addUser(longest, to: Sample.acme)
      try expect("the members", try manager.userIDs(), is: [longest])
    },
    StoreBehavior("a blank plan, or one over 200 scalars, is refused") { manager in
      try manager.commit(Sample.adding())
      for plan in ["", " ", String(repeating: "p", count: 201)] {
        try manager.expectRefusal(.invalidValue, of: "a plan") {
          try $0.updatePlan(of: Sample.acme, to: plan)
        }
        try manager.expectRefusal(.invalidValue, of: "creating on a plan") {
          try $0.createOrganization(name: "New", planTier: plan)
        }
      }
    },
    StoreBehavior("an unknown status is refused") { manager in
      try manager.commit(Sample.adding())
      for status in ["", "gone", "Active", nil] as [String?] {
        try manager.expectRefusal(.invalidValue, of: "a status") {
          try $0.commit(
            ChangeSet([.setField(.status, organization: Sample.acme, from: "active", to: status)]))
        }
      }
    },
    StoreBehavior("a billing id over 200 scalars is refused") { manager in
      try manager.commit(Sample.adding())
      let long = String(repeating: "b", count: 201)
      try manager.expectRefusal(.invalidValue, of: "a Lago id") {
        try $0.updateBillingIDs(of: Sample.acme, lago: long)
      }
      try manager.expectRefusal(.invalidValue, of: "a Stripe id beside a good Lago id") {
        try $0.updateBillingIDs(of: Sample.acme, lago: "good", stripe: long)
      }
    },
    StoreBehavior("a change to an unknown organization or member is refused") { manager in
      try manager.commit(Sample.adding())
      try manager.expectRefusal(.organizationNotFound, of: "a plan") {
        try $0.commit(Sample.plan(of: "org_none", to: "gold"))
      }
      try manager.expectRefusal(.organizationNotFound, of: "a member") {
        try $0.commit(ChangeSet([.addMember(Sample.member("ann", of: "org_none"))]))
      }
      try manager.expectRefusal(.memberNotFound, of: "a role") {
        try $0.commit(
          ChangeSet([.setRole(user: "ann", organization: Sample.acme, from: .member, to: .owner)]))
      }
    },
  ]
}
