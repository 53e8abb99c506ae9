import OrgCore

/// A service that bills.
public enum BillingService: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
  /// Stripe, which takes payments.
  case stripe
  /// Lago, which knows plans and usage.
  case lago

  /// What people call it.
  public var title: String {
    switch self {
    case .stripe: "Stripe"
    case .lago: "Lago"
    }
  }

  /// The field that has its ids.
  public var field: OrganizationField {
    switch self {
    case .stripe: .stripeCustomerID
    case .lago: .lagoCustomerID
    }
  }

  /// Its address on the internet.
  public var standardAddress: String {
    switch self {
    case .stripe: "https://api.stripe.com"
    case .lago: "https://api.getlago.com"
    }
  }
}

/// What is to be compared with what, apart from the data.
public struct BillingRules: Sendable {
  /// The plans at the services that each plan tier may have; a tier that isn't named may have any. The codes are Lago's
  /// plan codes, and Stripe's lookup keys, price ids and product ids. A tier that has some is a paid one.
  public var plans: [String: [String]]
  /// What ids must look like that a repair writes.
  public var idPatterns: IDPatterns

  /// Rules for a comparison.
  public init(plans: [String: [String]] = [:], idPatterns: IDPatterns = .standard) {
    (self.plans, self.idPatterns) = (plans, idPatterns)
  }
}
