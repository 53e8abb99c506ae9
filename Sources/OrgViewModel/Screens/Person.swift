import OrgCore

/// The organizations of one user, by name: the rows of a person.
public struct PersonRows: SheetRows {
  /// An organization that has the user as a member.
  struct Membership: Sendable {
    let organization: Int32
    let role: Role
    let joinedAt: Timestamp
  }

  /// A row, ready to be drawn.
  public struct Row: Sendable {
    /// The organization.
    public let organization: Organization
    /// The user in it.
    public let member: OrgUser
  }

  /// The user's id.
  public let user: String
  private let snapshot: Snapshot
  private let memberships: [Membership]
  private let places: [Int32: Int]
  let total: Int

  /// Finds a user's organizations, of those the ones that have all words of a query: in name, id, plan, status
  /// or role.
  ///
  /// - Parameter organizations: the indices of all organizations that the user is a member of.
  public init(_ user: String, in organizations: [Int], of snapshot: Snapshot, query: String) {
    let contents = snapshot.contents
    let words = query.lowercased().split(whereSeparator: \.isWhitespace)
    var found: [(key: String, membership: Membership)] = []
    var total = 0
    for index in organizations {
      guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
      total += 1
      let organization = contents.organization(at: index)
      let member = contents.member(place, at: index)
      let name = organization.name.lowercased()
      if !words.isEmpty {
        let text = [
          name, organization.id.lowercased(), organization.planTier.lowercased(),
          organization.status.rawValue, member.role.rawValue,
        ].joined(separator: "\n")
        guard words.allSatisfy(text.contains) else { continue }
      }
      found.append(
        (name, Membership(organization: Int32(index), role: member.role, joinedAt: member.joinedAt)))
    }
    found.sort { ($0.key, $0.membership.organization) < ($1.key, $1.membership.organization) }
    self.user = user
    self.snapshot = snapshot
    self.total = total
    memberships = found.map(\.membership)
    places = Dictionary(
      memberships.enumerated().map { ($0.element.organization, $0.offset) }
    ) { first, _ in first }
  }

  var count: Int { memberships.count }

  /// What stands in a row.
  public func row(at row: Int) -> Row {
    let membership = memberships[row]
    let organization = snapshot.contents.organization(at: Int(membership.organization))
    return Row(
      organization: organization,
      member: OrgUser(
        organizationID: organization.id, userID: user, role: membership.role, joinedAt: membership.joinedAt))
  }

  func id(at row: Int) -> String? {
    snapshot.contents.organization(at: Int(memberships[row].organization)).id
  }

  func row(of id: String) -> Int? {
    snapshot.contents.index(ofOrganization: id).flatMap { places[Int32($0)] }
  }
}

extension AppModel {
  /// The user whose organizations are shown.
  var person: (user: String, rows: PersonRows)? {
    guard let sheet, case .person(let rows) = sheet.content else { return nil }
    return (rows.user, rows)
  }

  /// The membership that keys are about.
  var selectedMembership: PersonRows.Row? {
    guard let sheet, sheet.selectedID != nil else { return nil }
    return person?.rows.row(at: sheet.selectedRow)
  }

  mutating func browsePerson(_ action: Action) -> [Effect] {
    guard let row = selectedMembership else { return [] }
    switch action {
    case .open: return go(to: row.organization.id, named: row.organization.name, .member(row.member.userID))
    default: return []
    }
  }
}
