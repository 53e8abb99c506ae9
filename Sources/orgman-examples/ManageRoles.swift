import OrgCore
import OrgFileStore

/// Hands an organization over, with the guard of the last owner in the way until somebody else owns it.
func manageRoles(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  let acme = try manager.createOrganization(name: "Acme Corp")
  try manager.addUser("ann", to: acme, role: .owner)
  try manager.addUser("bob", to: acme)
  try manager.addUser("carol", to: acme)

  try manager.updateRole(of: "carol", in: acme, to: .billingAdmin)
  say("carol is \(try manager.role(of: "carol", in: acme)?.rawValue ?? "nobody") now.")

  do throws(OrgError) {
    try manager.updateRole(of: "ann", in: acme, to: .member)
  } catch {
    say(error.message)
  }

  // Two changes in one set: what counts is what comes out of both.
  try manager.commit(
    ChangeSet([
      .setRole(user: "ann", organization: acme, from: .owner, to: .member),
      .setRole(user: "bob", organization: acme, from: .member, to: .owner),
    ]))
  let counts = try manager.reader().roleCounts(of: acme)
  say(
    "bob took over. Owners: \(counts.owner), billing admins: \(counts.billingAdmin), members: \(counts.member)."
  )

  // Who means it says so.
  try manager.removeUser("bob", from: acme, allowingOwnerless: true)
  say("Without an owner, Acme Corp has \(try manager.users(of: acme).count) users.")
}
