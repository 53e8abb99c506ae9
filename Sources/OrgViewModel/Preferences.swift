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

/// What a column of the list shows; the name comes first.
package enum ListColumn: Sendable, Hashable, CaseIterable {
  /// A field.
  case field(OrganizationField)
  /// How many members there are.
  case members
  /// The day on which it was created.
  case created
  /// The id.
  case id

  /// The fields that have values of few words come first.
  package static let allCases: [ListColumn] =
    OrganizationField.allCases.filter { $0 != .name && !$0.isOptional }.map { .field($0) }
    + [.members, .created, .id] + OrganizationField.optional.map { .field($0) }

  /// Its name in the configuration.
  package var name: String {
    switch self {
    case .field(let field): field.descriptor.word
    case .members: "members"
    case .created: "created"
    case .id: "id"
    }
  }

  /// The column of a name.
  package init?(name: String) {
    guard let column = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = column
  }

  /// What is above it.
  package var title: String {
    switch self {
    case .field(let field): field.descriptor.heading
    case .members: "Members"
    case .created: "Created"
    case .id: "Id"
    }
  }

  /// What the list is sorted by for it; `nil` where it can't be.
  package var order: ListOrder.Column? { ListOrder.Column(rawValue: name) }
}

/// What is configured, as far as the model is concerned.
package struct Preferences: Sendable, Hashable {
  /// Queries that the palette offers.
  package var savedQueries: [SavedQuery]
  /// Views that have a name.
  package var views: [SavedView] = []
  /// The plans that are known, in rising order; any other can be typed.
  package var planTiers: [String]
  /// The columns of the list, after the name.
  package var columns: [ListColumn] = [.field(.planTier), .field(.status), .members]
  /// What the list is sorted by from the start.
  package var order = ListOrder()
  /// Whether deleted organizations are in the list from the start.
  package var showsDeleted = false
  /// What is done about records that another program removes.
  package var externalDeletions = ExternalDeletions.restore
  /// The zone in which times are shown.
  package var timeZone = DisplayZone.utc
  /// What ids must look like that are typed.
  package var idPatterns = IDPatterns.standard
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
