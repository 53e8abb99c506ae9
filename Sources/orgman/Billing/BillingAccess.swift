import OrgCore
import OrgFileStore
import OrgIntegrations
import OrgTerminal

/// What services are asked with: keys, addresses and rules, as they are configured.
struct BillingAccess: Sendable {
  private var services: [(service: BillingService, address: ServiceAddress, key: ServiceKey)] = []
  /// What is to be compared with what.
  let rules: BillingRules
  /// What is better known before.
  private(set) var warnings: [String] = []

  /// Finds addresses and keys.
  ///
  /// - Parameter only: the one service that is asked; `nil` for all.
  /// - Throws: `invalidValue` where there is no key at all, or the configuration has mistakes: it might name another address,
  ///   to which no key may go.
  init(only: BillingService? = nil) throws(OrgError) {
    let (configuration, problems) = ConfigurationFile.load()
    if let problem = problems.first {
      throw OrgError(
        .invalidValue,
        "No key is sent anywhere while the configuration has a mistake: \(ConfigurationFile.sentence(problem))"
      )
    }
    let settings = configuration.billing
    rules = BillingRules(plans: settings.plans, idPatterns: configuration.preferences.idPatterns)
    let wanted = only.map { [$0] } ?? BillingService.allCases
    for service in wanted {
      let word = service.rawValue
      let places = ServiceKey.Places(
        credential: word + "-key", file: settings.keyFiles[word],
        variable: "ORGMAN_\(word.uppercased())_KEY")
      guard let key = try ServiceKey.find(in: places, environment: UserDirectory.variable) else { continue }
      if service == .stripe, key.canWriteAtStripe {
        warnings.append(
          "The Stripe key can change things there (sk_); make a restricted one (rk_) that only reads customers and subscriptions."
        )
      }
      let address = try ServiceAddress(settings.addresses[word] ?? service.standardAddress)
      services.append((service, address, key))
    }
    guard !services.isEmpty else {
      throw OrgError(
        .invalidValue,
        "There is no key for \(wanted.map(\.title).alternatives): name a file with it under [billing] in the configuration, or set \(wanted.map { "ORGMAN_\($0.rawValue.uppercased())_KEY" }.alternatives)."
      )
    }
    for service in wanted where !services.contains(where: { $0.service == service }) {
      warnings.append("\(service.title) is skipped: no key is configured for it.")
    }
  }

  /// Why nothing can be compared with the rights that count; `nil` where it can.
  static func obstacle(as access: Access) -> String? {
    // Services have the customers of all organizations.
    if let user = access.user {
      return "Verifying billing takes a platform admin; you act as \(user.escapedForDisplay)."
    }
    do throws(OrgError) {
      _ = try BillingAccess()
      return nil
    } catch {
      return error.message
    }
  }

  /// Clients for the services. Loads libcurl.
  ///
  /// - Parameter isWanted: whether answers are still wanted.
  func clients(
    isWanted: @escaping @Sendable () -> Bool
  ) throws(OrgError) -> [BillingService: ServiceClient] {
    var clients: [BillingService: ServiceClient] = [:]
    for (service, address, key) in services {
      clients[service] = try ServiceClient(service.title, at: address, key: key, isWanted: isWanted)
    }
    return clients
  }
}
