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

/// What somebody wants otherwise than it is out of the box, as far as the model is concerned.
public struct Preferences: Sendable, Hashable {
  /// Queries that the palette offers.
  public var savedQueries: [SavedQuery]
  /// The plans that are known, in rising order; any other can be typed.
  public var planTiers: [String]

  /// What is wanted; what isn't said is as it is out of the box.
  public init(savedQueries: [SavedQuery] = [], planTiers: [String] = PlanTier.known) {
    self.savedQueries = savedQueries
    self.planTiers = planTiers
  }
}
