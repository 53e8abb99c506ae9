/// Whose rights count: those of a platform admin, who may do everything, or those that a user has by the roles in
/// organizations.
public struct Access: Sendable, Hashable {
  /// The user whose rights count; `nil` for a platform admin.
  public let user: String?

  private init(_ user: String?) { self.user = user }

  /// The rights of a platform admin: all of them.
  public static let platformAdmin = Access(nil)

  /// The rights of a user, by the roles that the user has.
  public static func user(_ id: String) -> Access { Access(id) }

  /// Both at once: a platform admin's rights add nothing to those of a user. The user who is named first counts.
  func narrowed(to other: Access) -> Access { user == nil ? other : self }

  // MARK: The rule table

  /// What it takes rights to do, in one organization.
  public enum Operation: String, Sendable, Hashable, CaseIterable {
    /// See the organization and its members, and what happened to them.
    case look
    /// See its billing ids, and set them.
    case billing
    /// Set its name, plan and status.
    case settings
    /// Add members, remove them, and change roles.
    case members
    /// Create it, or remove it altogether.
    case existence
  }

  /// Whether a role in an organization allows an operation there. The rules are those of the service: an owner manages
  /// everything about the organization, a billing admin its billing, and a member looks. `admin` ranks below a member
  /// there, and has no rights. Only a platform admin creates organizations and removes them.
  public static func allows(_ operation: Operation, to role: Role) -> Bool {
    switch (operation, role) {
    case (.look, .owner), (.look, .billingAdmin), (.look, .member), (.look, .viewer): true
    case (.billing, .owner), (.billing, .billingAdmin): true
    case (.settings, .owner), (.members, .owner): true
    case (.look, .admin), (.billing, _), (.settings, _), (.members, _), (.existence, _): false
    }
  }

  /// The roles that allow an operation, in their order.
  public static func roles(allowing operation: Operation) -> [Role] {
    Role.allCases.filter { allows(operation, to: $0) }
  }
}

extension OrgError.Code {
  /// The user whose rights count may not do that; the message says which role it takes, and who has it.
  public static let notAllowed = Self(rawValue: "notAllowed")
}

extension Change {
  /// What it takes rights to do.
  public var operation: Access.Operation {
    switch self {
    case .createOrganization, .removeOrganization: .existence
    case .setField(let field, _, _, _): field.operation
    case .addMember, .removeMember, .setRole: .members
    }
  }
}

extension OrganizationField {
  /// What it takes rights to do to set it.
  var operation: Access.Operation {
    switch self {
    case .lagoCustomerID, .stripeCustomerID: .billing
    case .name, .planTier, .status: .settings
    }
  }
}

extension Organization {
  /// The same as it is shown to a role that may not look at billing.
  var withoutBilling: Organization {
    var organization = self
    for field in OrganizationField.all where field.operation == .billing { organization[field] = nil }
    return organization
  }
}

extension Query {
  /// Whether it asks for organizations without a billing id, or for those with one.
  var asksForAbsentBilling: Bool {
    terms.contains { if case .none(let field) = $0.condition { field.operation == .billing } else { false } }
  }
}
