/// What a list can be sorted by.
public protocol SortColumn: RawRepresentable<String>, Sendable, Hashable, CaseIterable {
  /// What a list is sorted by unless something else is asked for.
  static var usual: Self { get }
  /// Whether one looks for the last of it first: the largest, the newest.
  var isDescendingAtFirst: Bool { get }
}

/// What a list is sorted by.
public struct SortOrder<Key: SortColumn>: Sendable, Hashable {
  /// What can be compared.
  public typealias Column = Key

  /// What is compared.
  public var column: Column
  /// Whether the last comes first.
  public var isDescending: Bool
  /// The known plans, as they rise.
  public var planTiers: [String]

  /// An order. Rows that are alike in the column are in the usual order.
  public init(
    _ column: Column = .usual, isDescending: Bool = false, planTiers: [String] = PlanTier.known
  ) {
    self.column = column
    self.isDescending = isDescending
    self.planTiers = planTiers
  }

  /// The order after a column was asked for: of the one that it is by already, the inverse.
  public func asked(for column: Column) -> Self {
    let isDescending = column == self.column ? !isDescending : column.isDescendingAtFirst
    return Self(column, isDescending: isDescending, planTiers: planTiers)
  }

  /// Whether rows come as they do where nothing else is asked for.
  public var isUsual: Bool { column == .usual && !isDescending }
}

/// What a list of organizations is sorted by: by name unless something else is asked for.
public typealias ListOrder = SortOrder<OrganizationColumn>
/// What the members of an organization are sorted by: as they joined unless something else is asked for.
public typealias MemberOrder = SortOrder<MemberColumn>
/// What a list of users is sorted by: by id unless something else is asked for.
public typealias UserOrder = SortOrder<UserColumn>
/// What the organizations of a user are sorted by: by name unless something else is asked for.
public typealias MembershipOrder = SortOrder<MembershipColumn>

/// What organizations can be sorted by.
public enum OrganizationColumn: String, SortColumn {
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

  /// By name.
  public static let usual = OrganizationColumn.name
  /// The largest and the newest are looked for first.
  public var isDescendingAtFirst: Bool { self == .members || self == .created }
}

/// What the members of an organization can be sorted by.
public enum MemberColumn: String, SortColumn {
  /// When they joined: the order of the data.
  case joined
  /// The user's id, byte by byte.
  case user
  /// The role: owners, billing admins, then the others.
  case role

  /// As they joined.
  public static let usual = MemberColumn.joined
  /// The first to join come first.
  public var isDescendingAtFirst: Bool { false }
}

/// What users can be sorted by.
public enum UserColumn: String, SortColumn {
  /// The id, byte by byte.
  case user
  /// In how many organizations they are.
  case organizations
  /// In how many organizations they are owners.
  case owner
  /// In how many organizations they are billing admins.
  case billing
  /// In how many organizations they are admins.
  case admin
  /// In how many organizations they are plain members.
  case member
  /// In how many organizations they are viewers.
  case viewer

  /// By id.
  public static let usual = UserColumn.user
  /// Those with the most are looked for first.
  public var isDescendingAtFirst: Bool { self != .user }

  /// The role that is counted; `nil` where all are, or the id is compared.
  public var role: Role? {
    switch self {
    case .user, .organizations: nil
    case .owner: .owner
    case .billing: .billingAdmin
    case .admin: .admin
    case .member: .member
    case .viewer: .viewer
    }
  }

  /// What is compared of a user; `nil` for the id.
  package func count(_ counts: RoleCounts) -> Int? {
    self == .user ? nil : role.map { counts[$0] } ?? counts.total
  }
}

/// What the organizations of a user can be sorted by.
public enum MembershipColumn: String, SortColumn {
  /// The organization's name, whatever the case.
  case name
  /// The user's role: owner, billing admin, then the others.
  case role
  /// The organization's plan: the known tiers as they rise, then the others by name.
  case plan
  /// The organization's status.
  case status
  /// When the user joined.
  case joined
  /// When the organization was created.
  case created

  /// By name.
  public static let usual = MembershipColumn.name
  /// The newest is looked for first.
  public var isDescendingAtFirst: Bool { self == .joined || self == .created }
}

extension Role {
  /// Where it comes when lists are sorted by role: those with the most rights first.
  package var rank: Int {
    switch self {
    case .owner: 0
    case .admin: 1
    case .billingAdmin: 2
    case .member: 3
    case .viewer: 4
    }
  }
}
