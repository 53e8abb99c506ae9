import OrgCore

/// The organizations of one user, by name: the rows of a person.
package struct PersonRows: ListRows {
  /// An organization that has the user as a member.
  struct Membership: Sendable {
    let organization: Int32
    let role: Role
    /// The fields of which the member's record has none.
    let defaults: DefaultedFields
    let joinedAt: Timestamp
  }

  /// A row, ready to be drawn.
  package struct Row: Sendable {
    /// The organization.
    package let organization: Organization
    /// The user in it.
    package let member: OrgUser
    /// The fields of which one of the records has none, so that a default is shown.
    package let defaults: DefaultedFields
  }

  /// The user's id.
  package let user: String
  private let snapshot: Snapshot
  /// All of them, by the organizations' names.
  private let memberships: [Membership]
  /// Places of those that a filter shows, rising; `nil` for all.
  private let shown: [Int]?
  /// The place of an organization among all, by its index.
  private let places: [Int32: Int]

  /// Finds a user's organizations, of those the ones that have all words of a query: in name, id, plan, status
  /// or role.
  ///
  /// - Parameter organizations: the indices of all organizations that the user is a member of.
  package init(_ user: String, in organizations: [Int], of snapshot: Snapshot, query: String) {
    let contents = snapshot.contents
    let words = query.lowercased().split(whereSeparator: \.isWhitespace)
    var found: [(key: String, membership: Membership, isShown: Bool)] = []
    for index in organizations {
      guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
      let organization = contents.organization(at: index)
      let member = contents.member(place, at: index)
      let name = organization.name.lowercased()
      let text = [
        name, organization.id.lowercased(), organization.planTier.lowercased(), organization.status.rawValue,
        member.role.rawValue,
      ].joined(separator: "\n")
      found.append(
        (
          name,
          Membership(
            organization: Int32(index), role: member.role,
            defaults: contents.defaultedFields(ofMember: place, at: index), joinedAt: member.joinedAt),
          words.allSatisfy(text.contains)
        ))
    }
    found.sort { ($0.key, $0.membership.organization) < ($1.key, $1.membership.organization) }
    self.user = user
    self.snapshot = snapshot
    memberships = found.map(\.membership)
    shown = words.isEmpty ? nil : found.indices.filter { found[$0].isShown }
    places = Dictionary(memberships.enumerated().map { ($0.element.organization, $0.offset) }) { first, _ in
      first
    }
  }

  package var count: Int { shown?.count ?? memberships.count }
  package var total: Int { memberships.count }

  /// What a row shows.
  package func row(at row: Int) -> Row {
    let membership = memberships[shown?[row] ?? row]
    let organization = snapshot.contents.organization(at: Int(membership.organization))
    return Row(
      organization: organization,
      member: OrgUser(
        organizationID: organization.id, userID: user, role: membership.role, joinedAt: membership.joinedAt),
      defaults: membership.defaults.union(
        snapshot.contents.defaultedFields(at: Int(membership.organization))))
  }

  package func id(at row: Int) -> String? {
    snapshot.contents.organization(at: Int(memberships[shown?[row] ?? row].organization)).id
  }

  private func place(of id: String) -> Int? {
    snapshot.contents.index(ofOrganization: id).flatMap { places[Int32($0)] }
  }

  package func row(of id: String) -> Int? {
    guard let place = place(of: id) else { return nil }
    return shown == nil ? place : shown?.row(of: place)
  }

  /// Whether the user is a member of an organization, whatever the filter shows.
  func contains(_ id: String) -> Bool { place(of: id) != nil }

  // MARK: Editing

  /// What an edit comes to in some of the organizations, or in all; costs time that grows with them.
  func changes(_ edit: BulkEdit, in organizations: Set<String>?) -> [Change] {
    memberships.compactMap { membership in
      let id = snapshot.contents.organization(at: Int(membership.organization)).id
      guard organizations?.contains(id) ?? true else { return nil }
      return switch edit {
      case .role(let role): .setRole(user: user, organization: id, from: membership.role, to: role)
      case .removal: .removeMember(user: user, organization: id, role: membership.role)
      case .plan, .status: nil
      }
    }
  }

  /// How many of some organizations the filter hides.
  func hiddenCount(of organizations: Set<String>?) -> Int {
    guard shown != nil else { return 0 }
    return organizations?.count { row(of: $0) == nil } ?? total - count
  }
}
