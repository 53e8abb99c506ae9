/// A field of an organization that can be edited, in the order of the file.
///
/// What is known of a field is in its descriptor, and everything that goes through fields reads it there: reading and
/// writing the file, rules, differences, the wire format of a change, search, import, export and lists. Another field is a
/// property of `Organization`, a case, its descriptor, and one more key in `PerOrganizationKey`; its key is the case's raw value.
public enum OrganizationField: String, Sendable, Hashable, CaseIterable {
  /// `Organization.name`
  case name
  /// `Organization.planTier`
  case planTier = "plan_tier"
  /// `Organization.lagoCustomerID`
  case lagoCustomerID = "lago_customer_id"
  /// `Organization.stripeCustomerID`
  case stripeCustomerID = "stripe_customer_id"
  /// `Organization.status`
  case status

  private var made: Descriptor {
    switch self {
    case .name:
      Descriptor(
        title: "Name", heading: "Name", word: "name", presence: .required, isListed: true, isSearchable: true,
        get: { $0.name }, set: { $0.name = $1 ?? $0.name },
        check: { (value, rules) throws(OrgError) in try rules.checkedName(value ?? "") })
    case .planTier:
      Descriptor(
        title: "Plan", heading: "Plan", word: "plan", presence: .defaulted(PlanTier.default, .planTier),
        isListed: true, isSearchable: false, get: { $0.planTier }, set: { $0.planTier = $1 ?? $0.planTier },
        check: { (value, rules) throws(OrgError) in try rules.checkedPlan(value) })
    case .lagoCustomerID:
      .optional("Lago id", heading: "Lago", word: "lago", \.lagoCustomerID)
    case .stripeCustomerID:
      .optional("Stripe id", heading: "Stripe", word: "stripe", \.stripeCustomerID)
    case .status:
      Descriptor(
        title: "Status", heading: "Status", word: "status",
        presence: .defaulted(Organization.Status.active.rawValue, .status), isListed: true,
        isSearchable: false, get: { $0.status.rawValue },
        set: { $0.status = $1.flatMap(Organization.Status.init(rawValue:)) ?? $0.status },
        check: { (value, rules) throws(OrgError) in try rules.checkedStatus(value) })
    }
  }

  /// All fields in their order.
  package static let all = allCases
  /// The fields that an organization may be without.
  package static let optional = all.filter(\.isOptional)
  private static let descriptors = all.map(\.made)

  /// Its place among all fields.
  var place: Int { Self.all.firstIndex(of: self) ?? 0 }

  /// What is known of it.
  public var descriptor: Descriptor { Self.descriptors[place] }

  /// What people call it: `Name`, `Plan`, `Lago id`, `Stripe id`, `Status`.
  public var title: String { descriptor.title }

  /// Whether an organization may be without it.
  public var isOptional: Bool { if case .optional = descriptor.presence { true } else { false } }

  /// What is known of a field.
  public struct Descriptor: Sendable {
    /// What people call it in a sentence: `Lago id`.
    public let title: String
    /// The heading above its values: `Lago`.
    public let heading: String
    /// What it is called in queries and on the command line: `lago`.
    public let word: String
    /// Whether a record may be without it.
    public let presence: Presence
    /// Whether tables have a column for it.
    public let isListed: Bool
    /// Whether a word without a field is looked for in it.
    public let isSearchable: Bool
    let get: @Sendable (Organization) -> String?
    let set: @Sendable (inout Organization, String?) -> Void
    /// The rule for its values: what `Rules.checked(_:for:)` does.
    let check: @Sendable (String?, Rules) throws(OrgError) -> String?

    /// Free text of at most 200 characters, or nothing.
    static func optional(
      _ title: String, heading: String, word: String,
      _ path: WritableKeyPath<Organization, String?> & Sendable
    ) -> Descriptor {
      Descriptor(
        title: title, heading: heading, word: word, presence: .optional, isListed: false, isSearchable: true,
        get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 },
        check: { (value, rules) throws(OrgError) in try rules.checkedText(value, title) })
    }
  }

  /// Whether a record may be without a field.
  public enum Presence: Sendable {
    /// The service can't load a record without it.
    case required
    /// The service gives a record without it this value; so it is shown, and named in `DefaultedFields`.
    case defaulted(String, DefaultedFields)
    /// A record may omit the key or set it to null. Both mean that the field has no value.
    case optional
  }
}

/// A key of an organization's record.
public enum OrganizationKey: Sendable, Hashable {
  /// The id, which is also the key of the record.
  case id
  /// When it was created.
  case createdAt
  /// A field that can be edited.
  case field(OrganizationField)

  /// All keys in the order of the file.
  public static let all: [OrganizationKey] =
    [.id, .field(.name), .createdAt] + OrganizationField.all.filter { $0 != .name }.map { .field($0) }

  /// What the file calls it.
  public var name: String {
    switch self {
    case .id: "id"
    case .createdAt: "created_at"
    case .field(let field): field.rawValue
    }
  }

  /// The heading above its values in tables; `nil` for a key without a column.
  public var heading: String? {
    switch self {
    case .id: "Id"
    case .createdAt: nil
    case .field(let field): field.descriptor.isListed ? field.descriptor.heading : nil
    }
  }

  /// What says of a record that it lacks the key, where the service has a default for it.
  package var defaulted: DefaultedFields? {
    switch self {
    case .id: nil
    case .createdAt: .createdAt
    case .field(let field): if case .defaulted(_, let bit) = field.descriptor.presence { bit } else { nil }
    }
  }

  /// Its place in a record.
  package var place: Int { Self.all.firstIndex(of: self) ?? 0 }
}

/// One value for each key of an organization's record, in the order of `OrganizationKey.all`. The compiler can't count them,
/// so another field counts here, too.
package typealias PerOrganizationKey<Value> = InlineArray<7, Value>

extension Organization {
  /// A field as the text that the file holds; `nil` for an absent billing id. Setting an unknown
  /// status, or `nil` where a value is needed, changes nothing: `Rules` refuses those before.
  public subscript(field: OrganizationField) -> String? {
    get { field.descriptor.get(self) }
    set { field.descriptor.set(&self, newValue) }
  }

  /// The value of a key as the text that the file holds; `nil` for an unknown time and an absent billing id.
  package func text(_ key: OrganizationKey) -> String? {
    switch key {
    case .id: id
    case .createdAt: createdAt == .unknown ? nil : createdAt.description
    case .field(let field): self[field]
    }
  }
}
