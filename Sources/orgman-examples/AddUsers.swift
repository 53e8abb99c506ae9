import OrgCore
import OrgFileStore

/// Adds users one by one, and many at once.
func addUsers(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  let acme = try manager.createOrganization(name: "Acme Corp")

  try manager.addUser("ann", to: acme, role: .owner)
  try manager.addUser("bob", to: acme)
  say("ann is \(try manager.role(of: "ann", in: acme)?.rawValue ?? "nobody") of Acme Corp.")

  // An organization that there isn't is no error but an answer.
  let isFound = try manager.addUser("bob", to: "org_none")
  say("The organization org_none was \(isFound ? "" : "not ")found.")

  // A user can be a member once.
  do throws(OrgError) {
    try manager.addUser("bob", to: acme, role: .owner)
  } catch {
    say(error.message)
  }

  // Many users are one change set: all of them or none, and one write to the disk.
  let team = ["carol", "dave", "erin"].map {
    Change.addMember(OrgUser(organizationID: acme, userID: $0, role: .member, joinedAt: .now()))
  }
  let commit = try manager.commit(ChangeSet(team))
  say("\(commit.changes.count) more were added in one commit.")
  for user in try commit.reader.members(of: acme) { say("- \(user.userID): \(user.role.rawValue)") }
}
