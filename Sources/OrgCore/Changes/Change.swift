/// One intended edit, with the value that it expects to replace: nothing is ever overwritten unseen.
public enum Change: Sendable, Hashable {
  /// Adds an organization without members; expects that its id and its name are free.
  case createOrganization(Organization)
  /// Takes an organization out of the data altogether: what undoes its creation. Expects the record as it is
  /// given, and no members.
  case removeOrganization(Organization)
  /// Sets one field of an organization; expects `from`. `nil` is an absent billing id.
  case setField(OrganizationField, organization: String, from: String?, to: String?)
  /// Adds a member; expects that the user isn't one yet.
  case addMember(OrgUser)
  /// Removes a member; expects the role.
  case removeMember(user: String, organization: String, role: Role)
  /// Gives a member another role; expects `from`.
  case setRole(user: String, organization: String, from: Role, to: Role)

  /// The organization that it is about.
  public var organizationID: String {
    switch self {
    case .createOrganization(let organization), .removeOrganization(let organization): organization.id
    case .setField(_, let organization, _, _): organization
    case .addMember(let member): member.organizationID
    case .removeMember(_, let organization, _): organization
    case .setRole(_, let organization, _, _): organization
    }
  }

  /// The user that it is about, if it is about a member.
  public var userID: String? {
    switch self {
    case .createOrganization, .removeOrganization, .setField: nil
    case .addMember(let member): member.userID
    case .removeMember(let user, _, _), .setRole(let user, _, _, _): user
    }
  }

  /// What it does in a few words: `Role of bob in Acme Corp: member → owner`. Text of the data is
  /// escaped.
  ///
  /// - Parameter name: the organization's name.
  public func summary(organizationName name: String) -> String {
    let name = name.escapedForDisplay
    switch self {
    case .createOrganization(let organization):
      return "Created \(organization.name.escapedForDisplay) on \(organization.planTier.escapedForDisplay)"
    case .removeOrganization(let organization):
      return "Removed \(organization.name.escapedForDisplay) altogether"
    case .setField(.name, _, let from, let to):
      return "Renamed \(from?.escapedForDisplay ?? name) → \(to?.escapedForDisplay ?? "none")"
    case .setField(let field, _, let from, let to):
      return
        "\(field.title) of \(name): \(from?.escapedForDisplay ?? "none") → \(to?.escapedForDisplay ?? "none")"
    case .addMember(let member):
      return "Added \(member.userID.escapedForDisplay) to \(name) as \(member.role.title)"
    case .removeMember(let user, _, let role):
      return "Removed \(user.escapedForDisplay) (\(role.title)) from \(name)"
    case .setRole(let user, _, let from, let to):
      return "Role of \(user.escapedForDisplay) in \(name): \(from.title) → \(to.title)"
    }
  }
}

/// Changes that are committed together or not at all.
public struct ChangeSet: Sendable, Hashable {
  /// The changes in order; a later one sees what the earlier ones did.
  public var changes: [Change]
  /// Whether an organization may lose its last owner.
  public var allowsOwnerless: Bool
  /// What it is for.
  public var purpose: Purpose
  /// Whose rights it takes.
  public var access = Access.platformAdmin

  /// Whether no organization may lose its last owner. Only a platform admin can allow that.
  package var guardsOwners: Bool { !allowsOwnerless || access != .platformAdmin }

  /// What a change set is for.
  public enum Purpose: Sendable, Hashable {
    /// To change something.
    case edit
    /// To take a generation back.
    case undo(of: UInt64)
    /// To do a generation again that was taken back.
    case redo(of: UInt64)
  }

  /// Makes a set of changes in order.
  public init(_ changes: [Change], allowsOwnerless: Bool = false, purpose: Purpose = .edit) {
    self.changes = changes
    self.allowsOwnerless = allowsOwnerless
    self.purpose = purpose
  }
}
