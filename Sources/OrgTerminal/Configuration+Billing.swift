import OrgCore

/// How billing is compared with the services, as `[billing]` says. What an address or a file is worth is up to who uses it.
package struct BillingSettings: Sendable, Hashable {
  /// The addresses of services that are elsewhere than usual, by the names of the services.
  package var addresses: [String: String] = [:]
  /// Files with keys, by the names of the services.
  package var keyFiles: [String: String] = [:]
  /// The plans at the services that each plan tier may have.
  package var plans: [String: [String]] = [:]

  /// The services.
  package static let services = OrganizationField.optional.reversed().map(\.descriptor.word)
  /// The names in [billing] that are texts.
  fileprivate static let names = services.map { $0 + "-url" } + services.map { $0 + "-key-file" }
}

extension ConfigurationReader {
  /// An entry of [billing] or [billing.plans].
  mutating func billing(_ entry: TOMLReader.Entry) {
    let name = entry.path[1]
    if name == "plans" {
      guard entry.path.count == 3 else {
        return note("billing.plans is a table: write [billing.plans].", entry.place)
      }
      if let codes = strings(entry) { configuration.billing.plans[entry.path[2]] = codes.map(\.text) }
      return
    }
    guard entry.path.count == 2, BillingSettings.names.contains(name) else {
      return note(
        "There is no \(TOMLReader.name(Array(entry.path.dropFirst()))) in [billing]; there are \(Self.list(BillingSettings.names + ["plans"])).",
        entry.place)
    }
    guard let text = string(entry), !text.isEmpty else { return }
    for service in BillingSettings.services {
      if name == service + "-url" { configuration.billing.addresses[service] = text }
      guard name == service + "-key-file" else { continue }
      guard text.hasPrefix("/") else {
        return note("\(name) is an absolute path, not \(text.quoted).", entry.value.place)
      }
      configuration.billing.keyFiles[service] = text
    }
  }
}
