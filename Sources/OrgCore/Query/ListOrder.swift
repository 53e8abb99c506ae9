/// What a list of organizations is sorted by.
public struct ListOrder: Sendable, Hashable {
  /// What can be compared.
  public enum Column: String, Sendable, Hashable, CaseIterable {
    /// The name, whatever the case.
    case name
    /// The plan: the known tiers as they rise, then the others by name.
    case plan
    /// The status: active, suspended, deleted.
    case status
    /// How many members there are.
    case members
    /// When it was created.
    case created

    /// Whether one looks for the last of it first: the largest, the newest.
    public var isDescendingAtFirst: Bool { self == .members || self == .created }
  }

  /// What is compared.
  public var column: Column
  /// Whether the last comes first.
  public var isDescending: Bool
  /// The known plans, as they rise.
  public var planTiers: [String]

  /// An order; by name if nobody says otherwise. Organizations that are alike in the column are in the order of
  /// their names.
  public init(
    _ column: Column = .name, isDescending: Bool = false, planTiers: [String] = PlanTier.known
  ) {
    self.column = column
    self.isDescending = isDescending
    self.planTiers = planTiers
  }

  /// The order after somebody asked for a column: of the one that it is by already, the inverse.
  public func asked(for column: Column) -> ListOrder {
    let isDescending = column == self.column ? !isDescending : column.isDescendingAtFirst
    return ListOrder(column, isDescending: isDescending, planTiers: planTiers)
  }
}
