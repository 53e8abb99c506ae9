import OrgCore
import OrgFileStore

/// A group buys a company: its organization joins the others, under the same owner and plan, in one commit.
func workOnSeveral(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))

  // The group, with two organizations, is set up as a whole or not at all.
  let rules = try manager.reader().rules
  let group = ["Acme Holding", "Acme Labs"].map {
    Organization(id: rules.newID(), name: $0, createdAt: .now(), planTier: "enterprise")
  }
  var founding: [Change] = []
  for organization in group {
    founding.append(.createOrganization(organization))
    founding.append(
      .addMember(OrgUser(organizationID: organization.id, userID: "ann", role: .owner, joinedAt: .now())))
  }
  try manager.commit(ChangeSet(founding))

  let globex = try manager.createOrganization(name: "Globex", planTier: "starter")
  try manager.addUser("gus", to: globex, role: .owner)
  try manager.addUser("joe", to: globex)

  // Every change says what it expects to find, so nothing that others do meanwhile is overwritten.
  let takeover = ChangeSet([
    .setField(.name, organization: globex, from: "Globex", to: "Acme Globex"),
    .setField(.planTier, organization: globex, from: "starter", to: "enterprise"),
    .addMember(OrgUser(organizationID: globex, userID: "ann", role: .owner, joinedAt: .now())),
    .removeMember(user: "gus", organization: globex, role: .owner),
  ])

  // Meanwhile somebody else upgrades Globex.
  try manager.updatePlan(of: globex, to: "professional")
  do throws(OrgError) {
    try manager.commit(takeover)
  } catch {
    say(error.message)
    say("So gus is \(try manager.role(of: "gus", in: globex)?.rawValue ?? "nobody") still.")
  }

  // Look again, and decide again.
  var decided = takeover
  decided.changes[1] = .setField(.planTier, organization: globex, from: "professional", to: "enterprise")
  let before = try manager.reader()
  let commit = try manager.commit(decided)
  let changed = try commit.reader.changedOrganizations(since: before) ?? []
  say("\(commit.changes.count) changes were made, to \(changed.count) organization.")

  let reader = try manager.reader()
  for organization in try reader.organizations(ofUser: "ann") {
    let users = try reader.members(of: organization.id).map(\.userID)
    say("\(organization.name), on \(organization.planTier): \(users.joined(separator: ", "))")
  }
}
