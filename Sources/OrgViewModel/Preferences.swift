import OrgCore

/// A query that has a name.
package struct SavedQuery: Sendable, Hashable {
  /// What it is called.
  package let name: String
  /// What is filtered by.
  package let text: String

  /// A query with its name.
  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// What a column of the list shows, beside the name, which comes first.
package enum ListColumn: String, Sendable, Hashable, CaseIterable {
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
  package var order: ListOrder.Column? {
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
package struct Preferences: Sendable, Hashable {
  /// Queries that the palette offers.
  package var savedQueries: [SavedQuery]
  /// The plans that are known, in rising order; any other can be typed.
  package var planTiers: [String]
  /// The columns of the list, behind the name.
  package var columns: [ListColumn] = [.plan, .status, .members]
  /// What the list is sorted by from the start.
  package var order = ListOrder()
  /// What is done about records that another program removes.
  package var externalDeletions = ExternalDeletions.restore
  /// How long the history is kept.
  package var retention = Retention.forever

  /// What is wanted; what isn't said is as it is out of the box.
  package init(savedQueries: [SavedQuery] = [], planTiers: [String] = PlanTier.known) {
    self.savedQueries = savedQueries
    self.planTiers = planTiers
  }

  /// The plan of a new organization.
  var newPlan: String {
    planTiers.contains(PlanTier.default) ? PlanTier.default : planTiers.first ?? PlanTier.default
  }

}
