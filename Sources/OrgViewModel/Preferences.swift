import OrgCore

/// A query that has a name.
public struct SavedQuery: Sendable, Hashable {
  /// What it is called.
  public let name: String
  /// What is filtered by.
  public let text: String

  /// A query with its name.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// What a column of the list shows, beside the name, which comes first.
public enum ListColumn: String, Sendable, Hashable, CaseIterable {
  /// The plan.
  case plan
  /// The status.
  case status
  /// How many members there are.
  case members
  /// The day on which it was created.
  case created
  /// The id.
  case id
  /// The id at Lago.
  case lago
  /// The id at Stripe.
  case stripe

  /// What the list is sorted by for it; `nil` where it can't be.
  public var order: ListOrder.Column? {
    switch self {
    case .plan: .plan
    case .status: .status
    case .members: .members
    case .created: .created
    case .id, .lago, .stripe: nil
    }
  }
}

/// What somebody wants otherwise than it is out of the box, as far as the model is concerned.
public struct Preferences: Sendable, Hashable {
  /// Queries that the palette offers.
  public var savedQueries: [SavedQuery]
  /// The plans that are known, in rising order; any other can be typed.
  public var planTiers: [String]
  /// The columns of the list, behind the name.
  public var columns: [ListColumn] = [.plan, .status, .members]
  /// What the list is sorted by from the start.
  public var order = ListOrder()
  /// What is done about records that another program removes.
  public var externalDeletions = ExternalDeletions.restore
  /// How long the history is kept.
  public var retention = Retention.forever

  /// What is wanted; what isn't said is as it is out of the box.
  public init(savedQueries: [SavedQuery] = [], planTiers: [String] = PlanTier.known) {
    self.savedQueries = savedQueries
    self.planTiers = planTiers
  }

  /// The plan of a new organization.
  var newPlan: String {
    planTiers.contains(PlanTier.default) ? PlanTier.default : planTiers.first ?? PlanTier.default
  }

}
