import OrgCore
import OrgFileStore

/// Takes an organization up the known tiers, and all those of one tier to the next.
func upgradePlans(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  let acme = try manager.createOrganization(name: "Acme Corp")

  for plan in PlanTier.known.dropFirst() {
    try manager.updatePlan(of: acme, to: plan)
    say("Acme Corp is on \(try manager.organization(id: acme)?.planTier ?? "nothing").")
  }

  // A tier is free text: an offer of your own needs no new version of this library.
  try manager.updatePlan(of: acme, to: "enterprise_plus")

  try manager.createOrganization(name: "Globex", planTier: "starter")
  try manager.createOrganization(name: "Initech", planTier: "starter")
  let upgrade = try manager.organizations(onPlan: "starter").map {
    Change.setField(.planTier, organization: $0.id, from: "starter", to: "professional")
  }
  // Look before the leap: a preview plays the changes on what is there and writes nothing.
  let preview = try Preview(of: ChangeSet(upgrade), on: manager.reader())
  for change in preview.recorded { say(change.summary) }
  try manager.commit(ChangeSet(upgrade))

  for plan in ["starter", "professional", "enterprise_plus"] {
    say("\(plan): \(try manager.organizations(onPlan: plan).count)")
  }
}
