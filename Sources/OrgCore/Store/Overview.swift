/// What there is, counted.
public struct Overview: Sendable {
  /// How many organizations there are.
  public var organizationCount = 0
  /// How many organizations have each status.
  public var statuses: [Organization.Status: Int] = [:]
  /// How many organizations are on each plan, by the plan in lower case, with the plan as one of them has it.
  public var plans: [String: (name: String, count: Int)] = [:]
  /// How many organizations have no value in each optional field.
  public var absences: [OrganizationField: Int] = [:]
  /// How many have no value in any of them.
  public var withoutOptional = 0
  /// What is known of the members; `nil` until they have been read.
  public var members: Members?
  /// The billing ids that several organizations have, the most common first.
  public var sharedBillingIDs: [SharedBillingID] = []
  /// How many organizations have a name similar to another's, where neither is deleted; `nil` until that has been counted.
  public var similarNameCount: Int?
  /// The newest organizations, the newest first.
  public var newest: [Organization] = []

  /// What is known of the members of all organizations.
  public struct Members: Sendable {
    /// How many organizations have no owner.
    public var ownerless = 0
    /// How many organizations have no members.
    public var memberless = 0
    /// How many suspended organizations have members who see to the billing, and no others.
    public var suspendedForBilling = 0
    /// The organizations with the most members, the largest first.
    public var largest: [(organization: Organization, count: Int)] = []

    /// Nothing counted yet.
    public init() {}
  }

  /// How many organizations are named as the newest or the largest.
  public static let topCount = 5

  /// Nothing counted yet.
  public init() {}

  /// Counts an organization, and its members once these have been read.
  ///
  /// - Parameters:
  ///   - organization: the organization.
  ///   - memberCount: how many members it has; `nil` while they haven't been read.
  ///   - roles: how many members have each role; asked for only where there are members.
  public mutating func add(_ organization: Organization, memberCount: Int?, roles: () -> RoleCounts) {
    organizationCount += 1
    plans[organization.planTier.lowercased(), default: (organization.planTier, 0)].count += 1
    statuses[organization.status, default: 0] += 1
    var hasAny = false
    for field in OrganizationField.optional {
      if organization[field] == nil { absences[field, default: 0] += 1 } else { hasAny = true }
    }
    if !hasAny { withoutOptional += 1 }
    Self.offer(organization, organization.createdAt, to: &newest, value: \.createdAt)
    guard let memberCount else { return }
    var members = self.members ?? Members()
    self.members = nil
    if memberCount == 0 { members.memberless += 1 }
    if memberCount == 0 {
      members.ownerless += 1
    } else {
      let roles = roles()
      if roles.owner == 0 { members.ownerless += 1 }
      if organization.status == .suspended, roles[.billingAdmin] == roles.total {
        members.suspendedForBilling += 1
      }
      Self.offer((organization, memberCount), memberCount, to: &members.largest, value: \.count)
    }
    self.members = members
  }

  /// Keeps the highest, and of equals the earlier.
  private static func offer<Item, Value: Comparable>(
    _ item: Item, _ value: Value, to top: inout [Item], value of: (Item) -> Value
  ) {
    if top.count == topCount, let last = top.last, value <= of(last) { return }
    top.insert(item, at: top.firstIndex { of($0) < value } ?? top.count)
    if top.count > topCount { top.removeLast() }
  }
}
