import OrgCore
import OrgFileStore

/// Creates organizations on the usual plan and on another, and finds that a name is taken only once.
func createOrganizations(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))

  // The result is the new id, to be kept by whoever refers to the organization.
  let acme = try manager.createOrganization(name: "Acme Corp")
  let globex = try manager.createOrganization(name: "  Globex  ", planTier: "enterprise")
  say("Both ids begin with org_: \(acme.hasPrefix("org_") && globex.hasPrefix("org_")).")

  for organization in try manager.organizations() {
    say("\(organization.name) is \(organization.status.rawValue), on \(organization.planTier).")
  }

  // Case and surrounding white space don't make another name.
  do throws(OrgError) {
    try manager.createOrganization(name: " ACME corp ")
  } catch {
    say("A second ACME corp is refused: \(error.code.rawValue).")
  }
  say("There are \(try manager.organizations().count) organizations.")
}
