import OrgCore
import OrgFileStore

/// Follows an organization from its creation to its deletion, and reads its story from the history.
func liveAndDie(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))

  let acme = try manager.createOrganization(name: "Acme")
  try manager.addUser("ann", to: acme, role: .owner)
  try manager.rename(acme, to: "Acme Corp")
  try manager.updatePlan(of: acme, to: "starter")
  // Somebody doesn't pay, and pays after all.
  try manager.updateStatus(of: acme, to: .suspended)
  try manager.updateStatus(of: acme, to: .active)
  // A deletion is a status: the record stays, with its members and its name.
  try manager.updateStatus(of: acme, to: .deleted)

  if let organization = try manager.organization(id: acme) {
    say(
      "\(organization.name) is \(organization.status.rawValue), and still has "
        + "\(try manager.users(of: acme).count) user.")
  }
  for entry in try manager.history().reversed() {
    for change in entry.changes { say("\(entry.generation). \(change.summary)") }
  }

  // What was done last can be taken back, unless somebody changed it since.
  if let last = try manager.undoable(by: nil) {
    try manager.commit(last.inverse)
    say("After an undo it is \(try manager.organization(id: acme)?.status.rawValue ?? "gone").")
  }
}
