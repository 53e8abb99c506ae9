import OrgCore
import OrgFileStore

/// Finds organizations by name, by plan, and by what only a service would ask.
func searchAndFilter(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  let plans = [
    "Acme Corp": "enterprise", "Acme Labs": "starter", "Société Acmé": "starter", "Globex": "enterprise",
  ]
  for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
    try manager.createOrganization(name: name, planTier: plan)
  }

  func list(_ what: String, _ organizations: some Sequence<Organization>) {
    say("\(what): \(organizations.map(\.name).sorted().joined(separator: ", "))")
  }

  // A part of the name, whatever the case; accents count.
  list("acme", try manager.organizations(matching: "acme"))
  list("ACMÉ", try manager.organizations(matching: "ACMÉ"))
  list("enterprise", try manager.organizations(onPlan: "enterprise"))

  // Anything else is a query, which the store answers, or a filter over all that there is.
  if let labs = try manager.organizations(matching: "labs").first {
    try manager.addUser("ann", to: labs.id, role: .owner)
  }
  let reader = try manager.reader()
  if let query = try? Query("owners:0") {
    list(
      "without an owner",
      try reader.organizations(matching: query, after: nil, limit: 100).map(\.organization))
  }
  list(
    "not yet billed",
    try reader.organizations().filter { $0.stripeCustomerID == nil && $0.planTier == "enterprise" })
}
