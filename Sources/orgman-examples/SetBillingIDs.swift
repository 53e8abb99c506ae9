import OrgCore
import OrgFileStore

/// Links an organization to its customer records at Lago and Stripe, and unlinks it.
func setBillingIDs(in directory: String, say: (String) -> Void) throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: directory))
  let acme = try manager.createOrganization(name: "Acme Corp")

  func show() throws(OrgError) {
    guard let organization = try manager.organization(id: acme) else { return }
    let ids = [organization.lagoCustomerID, organization.stripeCustomerID].map { $0 ?? "none" }
    say("Lago: \(ids[0]), Stripe: \(ids[1])")
  }

  try show()
  try manager.updateBillingIDs(of: acme, lago: "lago_cust_1001", stripe: "cus_5f3a")
  try show()

  // What isn't named stays as it is; an empty text clears.
  try manager.updateBillingIDs(of: acme, stripe: "cus_77b0")
  try show()
  try manager.updateBillingIDs(of: acme, lago: "")
  try show()
}
