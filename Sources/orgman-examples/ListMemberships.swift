import OrgCore
import OrgFileStore

/// What a service asks when somebody logs in: which organizations, in which role, and which of them in use.
func listMemberships(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  for (name, role) in [("Acme Corp", Role.owner), ("Globex", .member), ("Initech", .billingAdmin)] {
    try manager.addUser("ann", to: try manager.createOrganization(name: name), role: role)
  }
  let hooli = try manager.createOrganization(name: "Hooli")
  try manager.addUser("bob", to: hooli, role: .owner)

  // One reader answers all questions about one moment; several calls of the manager may see several.
  let reader = try manager.reader()
  for membership in try reader.memberships(of: "ann") {
    say("ann: \(membership.member.role.rawValue) of \(membership.organization.name)")
  }

  for organization in try reader.organizations(ofUser: "ann") where organization.name == "Globex" {
    try manager.updateStatus(of: organization.id, to: .suspended)
  }
  // What a reader answers never changes; the manager makes a new one.
  let usable = try manager.organizations(ofUser: "ann").filter { $0.status == .active }
  say("ann may use \(usable.map(\.name).joined(separator: " and ")).")
  say("ann in Hooli: \(try manager.role(of: "ann", in: hooli)?.rawValue ?? "no member").")
  say("A user whom nobody knows has \(try manager.organizations(ofUser: "zoe").count) organizations.")
}
