import OrgCore

extension StoreBehavior {
  /// Acting with the rights of a user.
  static let rights: [StoreBehavior] = [
    StoreBehavior("a user changes what the role allows, and nothing else") { manager, sample in
      let roles = try manager.addOneOfEachRole(sample)
      for role in roles {
        let acting = manager.acting(as: role.rawValue)
        for change in sample.oneChangeOfEachKind {
          let what = "\(change.summary(organizationName: "Acme")) as \(role)"
          if Access.allows(change.operation, to: role) {
            let commit = try acting.commit(ChangeSet([change]))
            try expect(what, commit.changes.count, is: 1)
            let entry = try need("the history of it", try manager.history().first)
            try expect("who acted", entry.actor.actingAs, is: role.rawValue)
            try manager.commit(entry.inverse)
          } else {
            let code: OrgError.Code
            if case .createOrganization = change {
              code = .notAllowed
            } else {
              code = Access.allows(.look, to: role) ? .notAllowed : .organizationNotFound
            }
            try manager.expectRefusal(code, of: what) { _ in try acting.commit(ChangeSet([change])) }
            try manager.expectRefusal(code, of: "\(what), with others") { _ in
              try acting.commit(ChangeSet([change, change]))
            }
          }
        }
      }
    },
    StoreBehavior("a user sees the organizations that the role lets the user look at, and nothing else") {
      manager, sample in
      let roles = try manager.addOneOfEachRole(sample)
      try manager.updateBillingIDs(of: sample.acme, lago: "lago_1")
      try manager.updateBillingIDs(of: sample.globex, lago: "lago_2")
      for role in roles {
        let acting = manager.acting(as: role.rawValue)
        let reader = try acting.reader()
        let looks = Access.allows(.look, to: role)
        let seesBilling = Access.allows(.billing, to: role)
        try expect(
          "organizations of \(role)", try acting.organizations().map(\.id), is: looks ? [sample.acme] : [])
        try expect("the summary", reader.summary.organizationCount, is: looks ? 1 : 0)
        try expect("another organization", try acting.organization(id: sample.globex), is: nil)
        try expect("its members", try acting.users(of: sample.globex), is: [])
        try expect(
          "the members", try acting.userIDs(of: sample.acme),
          is: looks ? try manager.userIDs(of: sample.acme) : [])
        try expect(
          "the organizations of ann", try acting.organizations(ofUser: "ann").map(\.id),
          is: looks ? [sample.acme] : [])
        try expect(
          "the users", try reader.users(matching: UserQuery(), by: UserOrder(), after: nil).count,
          is: looks ? roles.count + 1 : 0)
        try expect("completions", try reader.users(completing: "hid", limit: 5), is: [])
        try expect(
          "the billing id", try acting.organization(id: sample.acme)?.lagoCustomerID,
          is: seesBilling ? "lago_1" : nil)
        let query = try Query("lago:lago_1", roles: roles)
        try expect(
          "who is found by it", try reader.listing(query, ListOrder(), after: nil).count,
          is: seesBilling ? 1 : 0)
        let absence = try Query("no:stripe", roles: roles)
        try expect(
          "who is found without the other", try reader.listing(absence, ListOrder(), after: nil).count,
          is: seesBilling ? 1 : 0)
        try expect(
          "how many are without it", try reader.overview().absences[.stripeCustomerID] ?? 0,
          is: seesBilling ? 1 : 0)
        let history = try acting.history()
        try expect(
          "the history",
          history.allSatisfy { $0.changes.allSatisfy { $0.change.organizationID == sample.acme } })
        try expect("some history", history.isEmpty != looks)
        let texts = history.flatMap { $0.changes.map(\.summary) }.joined()
        try expect("the id in the history", texts.contains("lago_1") == seesBilling)
      }
      let stranger = manager.acting(as: "nobody")
      try expect("organizations of a stranger", try stranger.organizations(), is: [])
      try expect("the history of a stranger", try stranger.history(), is: [])
    },
    StoreBehavior("rights count as they are when a change is committed") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .owner]))
      let bob = manager.acting(as: "bob")
      try expect("what bob sees", try bob.role(of: "bob", in: sample.acme), is: .owner)
      try manager.updateRole(of: "bob", in: sample.acme, to: .member)
      try manager.expectRefusal(.notAllowed, of: "a rename by bob") { _ in
        try bob.commit(
          ChangeSet([.setField(.name, organization: sample.acme, from: "Acme", to: "Bob's")]))
      }
      try manager.expectRefusal(.notAllowed, of: "a promotion by bob") { _ in
        try bob.commit(
          ChangeSet([
            .setRole(user: "bob", organization: sample.acme, from: .member, to: .owner),
            .setField(.name, organization: sample.acme, from: "Acme", to: "Bob's"),
          ]))
      }
      try manager.updateRole(of: "bob", in: sample.acme, to: .owner)
      try expect("a rename by an owner", try bob.rename(sample.acme, to: "Bob's"))
      try manager.removeUser("bob", from: sample.acme)
      try expect("what bob sees afterwards", try bob.organizations(), is: [])
    },
    StoreBehavior("an owner can't leave an organization without one, and learns nothing of others") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.commit(sample.adding(sample.globex, named: "Globex", at: 1, members: ["eve": .owner]))
      let ann = manager.acting(as: "ann")
      try manager.expectRefusal(.lastOwner, of: "leaving") { _ in
        try ann.removeUser("ann", from: sample.acme, allowingOwnerless: true)
      }
      let error = try manager.expectRefusal(.nameTaken, of: "a name that another has") { _ in
        try ann.commit(ChangeSet([.setField(.name, organization: sample.acme, from: "Acme", to: "globex")]))
      }
      try expect("no id of another organization in the message", !error.message.contains(sample.globex))
      let refusal = try manager.expectRefusal(.notAllowed, of: "a change by a member") { _ in
        try manager.acting(as: "bob").commit(
          ChangeSet([.setField(.planTier, organization: sample.acme, from: PlanTier.default, to: "gold")]))
      }
      try expect("the one who may in the message", refusal.message.contains("ann"))
    },
    StoreBehavior("a user undoes what the user did, and nothing that the user may not see") {
      manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      try manager.commit(sample.adding(sample.globex, named: "Globex", at: 1, members: ["eve": .owner]))
      let ann = manager.acting(as: "ann")
      try expect("nothing to undo", try ann.undoable(by: nil), is: nil)
      try expect("a plan is set", try ann.updatePlan(of: sample.acme, to: "gold"))
      try manager.updatePlan(of: sample.globex, to: "gold")
      let (entry, set) = try ann.undoing(by: nil)
      try expect("what is undone", entry.changes.map(\.change.organizationID), is: [sample.acme])
      try ann.commit(set)
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: PlanTier.default)
      try ann.commit(try ann.redoing(by: nil).set)
      try expect("the plan again", try manager.value(.planTier, of: sample.acme), is: "gold")
      try manager.commit(
        ChangeSet([
          .setField(.planTier, organization: sample.acme, from: "gold", to: "lead"),
          .setField(.planTier, organization: sample.globex, from: "gold", to: "lead"),
        ]))
      let newest = try need("the newest entry", try ann.history().first)
      try expect("its visible changes", newest.changes.count, is: 1)
      try expect("that it can't be undone", newest.obstacle != nil)
    },
  ]
}

extension OrgManager {
  /// The same data with the rights of a user.
  fileprivate func acting(as user: String) -> OrgManager { OrgManager(store: store.acting(as: user)) }

  /// Adds Acme with a member of each role, who is named like it, and Globex with others.
  ///
  /// - Returns: the roles.
  fileprivate func addOneOfEachRole(_ sample: Sample) throws -> [Role] {
    let roles = sample.rules.roles
    try commit(sample.adding(members: ["ann": .owner]))
    try commit(
      ChangeSet(
        roles.enumerated().map { .addMember(sample.member($1.rawValue, $1, at: $0 + 1)) }))
    try commit(
      sample.adding(sample.globex, named: "Globex", at: 1, members: ["ann": .owner, "hidden": .member]))
    return roles
  }
}

extension Sample {
  /// Changes of all kinds that could be made once there is Acme with one of each role.
  fileprivate var oneChangeOfEachKind: [Change] {
    let hooli = organization(id("hooli"), named: "Hooli", at: 3)
    let fields: [(OrganizationField, String?, String)] = [
      (.name, "Acme", "Ajax"), (.planTier, PlanTier.default, "gold"), (.status, "active", "suspended"),
      (.lagoCustomerID, nil, "lago_1"), (.stripeCustomerID, nil, "cus_1"),
    ]
    return fields.map { .setField($0, organization: acme, from: $1, to: $2) } + [
      .createOrganization(hooli), .removeOrganization(organization(acme, named: "Acme")),
      .addMember(member("new", at: 9)), .removeMember(user: "member", organization: acme, role: .member),
      .setRole(user: "member", organization: acme, from: .member, to: .owner),
    ]
  }
}
