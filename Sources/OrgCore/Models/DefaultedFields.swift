/// Fields that a record doesn't have. The service that shares the data gives them a default each time that it loads the
/// record, and so does a store; where the default is the time of loading, the time is `Timestamp.unknown`.
public struct DefaultedFields: OptionSet, Sendable, Hashable {
  /// One bit a field.
  public let rawValue: UInt8

  /// A set of fields by their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// `created_at`, shown as an unknown time.
  public static let createdAt = DefaultedFields(rawValue: 1)
  /// `plan_tier`, shown as `PlanTier.default`.
  public static let planTier = DefaultedFields(rawValue: 2)
  /// `status`, shown as `active`.
  public static let status = DefaultedFields(rawValue: 4)
  /// `role`, shown as `member`.
  public static let role = DefaultedFields(rawValue: 8)
  /// `joined_at`, shown as an unknown time.
  public static let joinedAt = DefaultedFields(rawValue: 16)

  /// How the value of a field is shown to people: in parentheses where it is a default.
  public func shown(_ value: String, _ field: DefaultedFields) -> String {
    contains(field) ? "(\(value))" : value
  }
}
