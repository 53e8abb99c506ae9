/// A tenant, as one record of the data.
public struct Organization: Sendable, Hashable, Identifiable {
  /// A text in the form that the store's ``Rules`` name: in the files `org_` and a lower-case UUID of version 4 for those that
  /// orgman creates, and any text that starts with `org_` for those that others do.
  public var id: String
  /// The name that people know it by: 1 to 200 Unicode scalars, no two alike but for case and
  /// surrounding white space.
  public var name: String
  /// When it was created, in UTC.
  public var createdAt: Timestamp
  /// The plan that it is on: free text, `PlanTier` knows the usual ones.
  public var planTier: String
  /// Its customer id at Lago, if it has one.
  public var lagoCustomerID: String?
  /// Its customer id at Stripe, if it has one.
  public var stripeCustomerID: String?
  /// Whether it may use the service.
  public var status: Status

  /// Makes a record of its seven fields; nothing is checked here, `Rules` does that.
  public init(
    id: String, name: String, createdAt: Timestamp, planTier: String = PlanTier.default,
    lagoCustomerID: String? = nil, stripeCustomerID: String? = nil, status: Status = .active
  ) {
    self.id = id
    self.name = name
    self.createdAt = createdAt
    self.planTier = planTier
    self.lagoCustomerID = lagoCustomerID
    self.stripeCustomerID = stripeCustomerID
    self.status = status
  }

  /// Whether an organization may use the service.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// In use.
    case active
    /// Kept from using the service for now.
    case suspended
    /// Deleted softly: the record stays.
    case deleted
  }
}

/// The plan tiers that the service knows. A tier is free text, so others may turn up.
public enum PlanTier {
  /// The tier of a new organization.
  public static let `default` = "founders_friend"
  /// The known tiers in rising order.
  public static let known = ["founders_friend", "starter", "professional", "enterprise"]
}
