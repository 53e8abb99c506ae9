import OrgCore

extension StoreBehavior {
  /// What is refused because the data can't hold it.
  static let validation: [StoreBehavior] = [
    StoreBehavior("an empty or blank name is refused") { manager, sample in
      try manager.commit(sample.adding())
      for name in ["", " ", "\t\n", "\u{3000}", "\u{1F}"] {
        try manager.expectRefusal(.invalidName, of: "creating") { try $0.createOrganization(name: name) }
        try manager.expectRefusal(.invalidName, of: "renaming") { try $0.rename(sample.acme, to: name) }
      }
    },
    StoreBehavior("a name that is too long is refused, and what is trimmed doesn't count") {
      manager, sample in
      try manager.commit(sample.adding())
      let long = String(repeating: "é", count: sample.rules.nameLength + 1)
      try manager.expectRefusal(.invalidName, of: "creating") { try $0.createOrganization(name: long) }
      try manager.expectRefusal(.invalidName, of: "renaming") { try $0.rename(sample.acme, to: long) }
      try manager.rename(sample.acme, to: "  \(long.dropLast())  ")
      try expect("the name", try manager.value(.name, of: sample.acme), is: String(long.dropLast()))
    },
    StoreBehavior("a name is counted in scalars, not in characters") { manager, sample in
      let family = "👩‍👩‍👧‍👦"
      let name = String(repeating: family, count: sample.rules.nameLength / 7 + 1)
      try manager.expectRefusal(.invalidName, of: "\(name.count) characters of 7 scalars") {
        try $0.createOrganization(name: name)
      }
      let id = try manager.createOrganization(name: String(name.dropLast()))
      try expect("the name", try manager.value(.name, of: id), is: String(name.dropLast()))
    },
    StoreBehavior("a taken name is refused, but for case and surrounding white space") { manager, sample in
      try manager.commit(sample.adding(named: "Éclair Corp"))
      try manager.commit(sample.adding(sample.globex, named: "Globex"))
      for name in ["Éclair Corp", "éCLAIR cORP", "  éclair corp\t"] {
        try manager.expectRefusal(.nameTaken, of: "creating") { try $0.createOrganization(name: name) }
        try manager.expectRefusal(.nameTaken, of: "renaming") { try $0.rename(sample.globex, to: name) }
      }
      try manager.createOrganization(name: "Éclair  Corp")
      try expect("the count", try manager.organizations().count, is: 3)
    },
    StoreBehavior("the name of a deleted organization is taken, too") { manager, sample in
      try manager.commit(sample.adding())
      try manager.updateStatus(of: sample.acme, to: .deleted)
      try manager.expectRefusal(.nameTaken, of: "creating") { try $0.createOrganization(name: "acme") }
    },
    StoreBehavior("names, plans and billing ids are trimmed") { manager, sample in
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
    StoreBehavior("an organization's id must have the form that the rules name") { manager, sample in
      for id in sample.malformedIDs {
        try manager.expectRefusal(.invalidIdentifier, of: "creating \(id.quoted)") {
          try $0.commit(sample.adding(id))
        }
      }
    },
    StoreBehavior("an id in use is refused for another organization") { manager, sample in
      try manager.commit(sample.adding())
      try manager.expectRefusal(.invalidIdentifier, of: "creating it again") {
        try $0.commit(sample.adding(named: "Other"))
      }
    },
    StoreBehavior("a blank user's id, or one that is too long, is refused") { manager, sample in
      try manager.commit(sample.adding())
      for user in ["", "  ", String(repeating: "u", count: sample.rules.userIDLength + 1)] {
        try manager.expectRefusal(.invalidIdentifier, of: "adding \(user.quoted)") {
          try $0.addUser(user, to: sample.acme)
        }
      }
      let longest = String(repeating: "u", count: sample.rules.userIDLength)
      try manager.addUser(longest, to: sample.acme)
      try expect("the members", try manager.userIDs(of: sample.acme), is: [longest])
    },
    StoreBehavior("a blank plan, or one that is too long, is refused") { manager, sample in
      try manager.commit(sample.adding())
      for plan in ["", " ", String(repeating: "p", count: sample.rules.planLength + 1)] {
        try manager.expectRefusal(.invalidValue, of: "a plan") {
          try $0.updatePlan(of: sample.acme, to: plan)
        }
        try manager.expectRefusal(.invalidValue, of: "creating on a plan") {
          try $0.createOrganization(name: "New", planTier: plan)
        }
      }
    },
    StoreBehavior("a text with U+0000 is refused where the rules don't allow it") { manager, sample in
      guard !sample.rules.allowsNull else { return }
      try manager.commit(sample.adding())
      try manager.expectRefusal(.invalidName, of: "a name") { try $0.rename(sample.acme, to: "a\0b") }
      try manager.expectRefusal(.invalidValue, of: "a plan") {
        try $0.updatePlan(of: sample.acme, to: "a\0b")
      }
      try manager.expectRefusal(.invalidIdentifier, of: "a user's id") {
        try $0.addUser("a\0b", to: sample.acme)
      }
    },
    StoreBehavior("a role that the rules don't name can't be given") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      for role in Role.allCases where !sample.rules.roles.contains(role) {
        try manager.expectRefusal(.invalidValue, of: "adding as \(role.rawValue)") {
          try $0.addUser("eve", to: sample.acme, role: role)
        }
        try manager.expectRefusal(.invalidValue, of: "changing to \(role.rawValue)") {
          try $0.updateRole(of: "bob", in: sample.acme, to: role)
        }
      }
    },
    StoreBehavior("an unknown status is refused") { manager, sample in
      try manager.commit(sample.adding())
      for status in ["", "gone", "Active", nil] as [String?] {
        try manager.expectRefusal(.invalidValue, of: "a status") {
          try $0.commit(
            ChangeSet([.setField(.status, organization: sample.acme, from: "active", to: status)]))
        }
      }
    },
    StoreBehavior("a billing id that is too long is refused") { manager, sample in
      try manager.commit(sample.adding())
      let long = String(repeating: "b", count: sample.rules.billingIDLength + 1)
      try manager.expectRefusal(.invalidValue, of: "a Lago id") {
        try $0.updateBillingIDs(of: sample.acme, lago: long)
      }
      try manager.expectRefusal(.invalidValue, of: "a Stripe id beside a good Lago id") {
        try $0.updateBillingIDs(of: sample.acme, lago: "good", stripe: long)
      }
    },
    StoreBehavior("a change to an unknown organization or member is refused") { manager, sample in
      try manager.commit(sample.adding())
      try manager.expectRefusal(.organizationNotFound, of: "a plan") {
        try $0.commit(sample.plan(of: sample.unknown, to: "gold"))
      }
      try manager.expectRefusal(.organizationNotFound, of: "a member") {
        try $0.commit(ChangeSet([.addMember(sample.member("ann", of: sample.unknown))]))
      }
      try manager.expectRefusal(.memberNotFound, of: "a role") {
        try $0.commit(
          ChangeSet([.setRole(user: "ann", organization: sample.acme, from: .member, to: .owner)]))
      }
    },
  ]
}
