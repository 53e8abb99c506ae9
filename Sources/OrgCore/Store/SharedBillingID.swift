/// A billing id that several organizations have.
public struct SharedBillingID: Sendable, Hashable {
  /// Whose id it is.
  public let field: OrganizationField
  /// The id.
  public let value: String
  /// How many organizations have it.
  public let count: Int
  /// The names of the first of them.
  public let names: [String]

  /// How many names are given.
  public static let nameLimit = 3

  /// For stores: an id, and who has it.
  public init(_ field: OrganizationField, _ value: String, count: Int, names: [String]) {
    (self.field, self.value, self.count, self.names) = (field, value, count, names)
  }

  /// `2 organizations have the Stripe id cus_1: Acme and Globex.`
  public var sentence: String {
    let shown = names.map(\.escapedForDisplay) + (count > names.count ? ["\(count - names.count) more"] : [])
    let list =
      shown.count < 2
      ? shown.joined() : shown.dropLast().joined(separator: ", ") + " and " + shown[shown.count - 1]
    return "\(count) organizations have the \(field.title) \(value.escapedForDisplay): \(list)."
  }
}

extension StoreReader {
  /// The organizations that have a billing id, in the order of the data.
  public func organizations(
    withBillingID value: String, in field: OrganizationField
  ) throws(OrgError) -> [Organization] {
    var found: [Organization] = []
    try forEachOrganization(matching: Query(terms: [QueryTerm(.value(field, value))])) {
      row throws(OrgError) in
      found.append(row.organization)
    }
    return found
  }

  /// The billing ids that several organizations have, by two passes over all of them: most ids are rare.
  package func scannedBillingIDs(limit: Int) throws(OrgError) -> [SharedBillingID] {
    var (seen, repeated): (Set<Int>, Set<Int>) = ([], [])
    let fields = OrganizationField.optional
    try forEachOrganization { row throws(OrgError) in
      for field in fields {
        guard let value = row.organization[field] else { continue }
        let hash = BillingKey(field: field, value: value).hashValue
        if !seen.insert(hash).inserted { repeated.insert(hash) }
      }
    }
    guard !repeated.isEmpty else { return [] }
    var found: [BillingKey: (count: Int, names: [String])] = [:]
    try forEachOrganization { row throws(OrgError) in
      for field in fields {
        guard let value = row.organization[field] else { continue }
        let key = BillingKey(field: field, value: value)
        guard repeated.contains(key.hashValue) else { continue }
        found[key, default: (0, [])].count += 1
        if (found[key]?.names.count ?? 0) < SharedBillingID.nameLimit {
          found[key]?.names.append(row.organization.name)
        }
      }
    }
    return found.filter { $1.count > 1 }
      .map { SharedBillingID($0.field, $0.value, count: $1.count, names: $1.names) }
      .sorted { ($1.count, $0.field.place, $0.value) < ($0.count, $1.field.place, $1.value) }
      .prefix(limit).map { $0 }
  }
}

private struct BillingKey: Hashable {
  let field: OrganizationField
  let value: String
}
