/// What it takes to remove users from all their organizations, some of which may have no other owner.
public struct Offboarding: Sendable {
  /// What becomes of organizations that would be left without an owner.
  public enum Handover: Sendable, Hashable {
    /// This user becomes an owner of them, and a member where the user isn't one.
    case successor(String)
    /// Their owners stay in them.
    case ownersStay
  }

  /// The users, each once.
  public let users: [String]
  /// Their removal from each of their organizations, in the order of the data, user by user.
  public let removals: [Change]
  /// The organizations that these would leave without an owner, in the order of the removals.
  public let ownerless: [Organization]

  /// Finds out where users are members, and where nobody else is an owner.
  ///
  /// - Throws: `memberNotFound` for users who are in no organization; what the reader throws.
  public init(of users: [String], in reader: any StoreReader) throws(OrgError) {
    var (seen, absent): (Set<String>, [String]) = ([], [])
    var removals: [Change] = []
    var organizations: [String: Organization] = [:]
    self.users = users.filter { seen.insert($0).inserted }
    for user in self.users {
      let memberships = try reader.memberships(of: user)
      if memberships.isEmpty { absent.append(user) }
      for membership in memberships {
        let organization = membership.organization
        organizations[organization.id] = organization
        removals.append(
          .removeMember(user: user, organization: organization.id, role: membership.member.role))
      }
    }
    guard absent.isEmpty else {
      let names = absent.prefix(3).map(\.quoted).joined(separator: ", ")
      let more = absent.count > 3 ? " and \(absent.count - 3) more" : ""
      throw OrgError(
        .memberNotFound,
        absent.count == 1 ? "\(names) is in no organization." : "\(names)\(more) are in no organization.")
    }
    self.removals = removals
    var ids: Set<String> = []
    let preview = try Preview(of: ChangeSet(removals), on: reader)
    ownerless = preview.blocked.filter { $0.error.code == .lastOwner }.compactMap {
      ids.insert($0.change.organizationID).inserted ? organizations[$0.change.organizationID] : nil
    }
  }

  /// The organizations that the users are members of.
  public var organizationCount: Int { Set(removals.map(\.organizationID)).count }

  /// The changes, all of them to be made together or not at all.
  ///
  /// - Parameters:
  ///   - handover: what becomes of the organizations without another owner.
  ///   - time: when a successor joins an organization.
  ///   - reader: the data that the users were looked up in.
  /// - Throws: `invalidValue` for a successor who is removed, too; what the reader throws.
  public func changes(
    _ handover: Handover, at time: Timestamp, in reader: any StoreReader
  ) throws(OrgError) -> ChangeSet {
    let ownerless = Set(self.ownerless.map(\.id))
    guard !ownerless.isEmpty else { return ChangeSet(removals) }
    guard case .successor(let successor) = handover else {
      return ChangeSet(removals.filter { !($0.removesOwner && ownerless.contains($0.organizationID)) })
    }
    guard !users.contains(successor) else {
      throw OrgError(
        .invalidValue, "\(successor.quoted) is to be removed and can't take over; name another user.")
    }
    var roles: [String: Role] = [:]
    for membership in try reader.memberships(of: successor) {
      roles[membership.organization.id] = membership.member.role
    }
    return ChangeSet(
      self.ownerless.map { organization in
        roles[organization.id].map {
          .setRole(user: successor, organization: organization.id, from: $0, to: .owner)
        }
          ?? .addMember(
            OrgUser(organizationID: organization.id, userID: successor, role: .owner, joinedAt: time))
      } + removals)
  }

  /// Who is the only owner of what, as a sentence begins: `ann is the only owner of Acme and Globex`. Text of the data is
  /// escaped.
  public var obstacle: String {
    let names = ownerless.map(\.name.escapedForDisplay)
    let shown = names.count > 4 ? names.prefix(3) + ["\(names.count - 3) more"] : names[...]
    let last = shown.last ?? ""
    let list = shown.count < 2 ? last : shown.dropLast().joined(separator: ", ") + " and " + last
    return users.count == 1
      ? "\(users[0].escapedForDisplay) is the only owner of \(list)"
      : "These \(users.count) users are the only owners of \(list)"
  }
}

extension Change {
  /// Whether it removes an owner.
  fileprivate var removesOwner: Bool {
    if case .removeMember(_, _, .owner) = self { true } else { false }
  }
}
