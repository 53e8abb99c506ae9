/// A member: one user of one organization.
public struct OrgUser: Sendable, Hashable {
  /// The organization's id.
  public var organizationID: String
  /// The user's id, unique within the organization.
  public var userID: String
  /// What the user may do in it.
  public var role: Role
  /// When the user joined, in UTC.
  public var joinedAt: Timestamp

  /// Makes a record of its four fields; nothing is checked here, `Rules` does that.
  public init(organizationID: String, userID: String, role: Role, joinedAt: Timestamp) {
    self.organizationID = organizationID
    self.userID = userID
    self.role = role
    self.joinedAt = joinedAt
  }
}

/// What a member may do in an organization.
public enum Role: String, Sendable, Hashable, CaseIterable {
  /// Runs the organization; the last one is guarded.
  case owner
  /// Uses it.
  case member
  /// Pays for it.
  case billingAdmin = "billing_admin"
}
