/// What it takes to hand an organization over from one owner to another user, in one change set.
public struct OwnershipTransfer: Sendable, Hashable {
  /// What becomes of the owner who hands it over.
  public enum Afterwards: Sendable, Hashable {
    /// The user gets this role.
    case role(Role)
    /// The user leaves the organization.
    case leaves
  }

  /// The organization's id.
  public let organization: String
  /// The owner who hands it over.
  public let owner: String
  /// The user who becomes an owner of it.
  public let successor: String
  /// What becomes of the owner who hands it over.
  public let afterwards: Afterwards

  /// Hands an organization over, by the ids of the organization and of both users.
  public init(of organization: String, from owner: String, to successor: String, _ afterwards: Afterwards) {
    (self.organization, self.owner, self.successor) = (organization, owner, successor)
    self.afterwards = afterwards
  }

  /// The changes, all of them to be made together or not at all: the new owner comes first, so that the organization has one
  /// at every step. There are none if nothing has to change.
  ///
  /// - Parameters:
  ///   - time: when a successor who isn't a member joins.
  ///   - reader: the data.
  /// - Throws: `organizationNotFound`; `invalidIdentifier` and `invalidValue` for a successor and a role that can't be;
  ///   `memberNotFound` and `invalidValue` for a user who isn't an owner there; what the reader throws.
  public func changes(at time: Timestamp, in reader: any StoreReader) throws(OrgError) -> ChangeSet {
    try reader.rules.checkUserID(successor)
    if case .role(let role) = afterwards { try reader.rules.check(role) }
    guard owner != successor else {
      throw OrgError(
        .invalidValue, "\(owner.quoted) can't take over from the same user; name another one.")
    }
    guard afterwards != .role(.owner) else {
      throw OrgError(
        .invalidValue,
        "\(owner.quoted) can't stay an owner by handing over; to make another user an owner, too, give that one the role."
      )
    }
    guard let record = try reader.organization(id: organization) else { throw .noOrganization(organization) }
    let present = try reader.role(of: successor, in: organization)
    let role = try reader.role(of: owner, in: organization)
    // Only an owner has something to hand over, unless that has happened already.
    if role != .owner {
      let wanted: Role? = if case .role(let role) = afterwards { role } else { nil }
      guard present == .owner, role == wanted else { throw refusal(role, record) }
      return ChangeSet([])
    }
    var changes: [Change] = []
    switch present {
    case .owner?: break
    case let present?:
      changes.append(.setRole(user: successor, organization: organization, from: present, to: .owner))
    case nil:
      changes.append(
        .addMember(
          OrgUser(organizationID: organization, userID: successor, role: .owner, joinedAt: time)))
    }
    switch afterwards {
    case .role(let role):
      changes.append(.setRole(user: owner, organization: organization, from: .owner, to: role))
    case .leaves:
      changes.append(.removeMember(user: owner, organization: organization, role: .owner))
    }
    return ChangeSet(changes)
  }

  private func refusal(_ role: Role?, _ record: Organization) -> OrgError {
    let (user, name) = (owner.quoted, record.name.escapedForDisplay)
    guard let role else { return OrgError(.memberNotFound, "\(user) is not a member of \(name).") }
    return OrgError(
      .invalidValue,
      "\(user) is not an owner of \(name) but \(role.title) there; only an owner can hand it over.")
  }
}
