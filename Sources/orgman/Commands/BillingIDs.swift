import OrgCore
import OrgFileStore

/// Billing ids that a command sets.
struct BillingIDs {
  /// The values by their fields; those that aren't set are left out.
  let values: [(field: OrganizationField, value: String)]

  init(lago: String?, stripe: String?) {
    let optional: [(OrganizationField, String?)] = [(.lagoCustomerID, lago), (.stripeCustomerID, stripe)]
    values = optional.compactMap { field, value in value.map { (field, $0) } }
  }

  /// Warns of ids that other organizations have.
  ///
  /// - Parameter found: the organizations that get them.
  /// - Throws: `invalidValue` for what can't be an id of the service.
  func check(for found: [Organization], in reader: any StoreReader) throws(OrgError) {
    let patterns = ConfigurationFile.load().configuration.preferences.idPatterns
    let ids = Set(found.map(\.id))
    for (field, value) in values {
      guard found.contains(where: { $0[field] != value }) else { continue }
      try patterns.check(value, for: field)
      let others = try reader.organizations(withBillingID: value, in: field).filter { !ids.contains($0.id) }
      let names = (found.count > 1 ? found : []).map(\.name) + others.map(\.name)
      guard !names.isEmpty else { continue }
      let shown =
        names.prefix(3).map(\.escapedForDisplay) + (names.count > 3 ? ["\(names.count - 3) more"] : [])
      FileHandle.standardError(
        "orgman: Warning: \(value.escapedForDisplay) is the \(field.title) of \(shown.conjunction)\(found.count > 1 ? " then" : ", too").\n"
      )
    }
  }
}

extension [String] {
  /// `a, b and c`, for a sentence.
  fileprivate var conjunction: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
  }
}
