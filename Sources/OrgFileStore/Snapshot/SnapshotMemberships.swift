import OrgCore

/// The organizations of one user in a snapshot that have all words of a text, by their names.
struct SnapshotMemberships: MembershipListing {
  let user: String
  private let snapshot: Snapshot
  /// All of them, by the organizations' names.
  private let memberships: [Entry]
  /// Places of those that the text shows, rising; `nil` for all.
  private let shown: [Int]?
  /// The place of an organization among all, by its index.
  private let places: [Int32: Int]

  private struct Entry: Sendable {
    let organization: Int32
    let role: Role
    /// The fields of which the member's record has none.
    let defaults: DefaultedFields
    let joinedAt: Timestamp
  }

  init(of user: String, in snapshot: Snapshot, matching text: String) {
    let contents = snapshot.contents
    let words = text.lowercased().split(whereSeparator: \.isWhitespace)
    var found: [(key: String, entry: Entry, isShown: Bool)] = []
    for index in contents.organizations(ofUser: user) {
      guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
      let organization = contents.organization(at: index)
      let row = contents.row(ofMember: place, at: index)
      let name = organization.name.lowercased()
      let text = [
        name, organization.id.lowercased(), organization.planTier.lowercased(), organization.status.rawValue,
        row.member.role.rawValue,
      ].joined(separator: "\n")
      let entry = Entry(
        organization: Int32(index), role: row.member.role, defaults: row.defaults,
        joinedAt: row.member.joinedAt)
      found.append((name, entry, words.allSatisfy(text.contains)))
    }
    found.sort { ($0.key, $0.entry.organization) < ($1.key, $1.entry.organization) }
    self.user = user
    self.snapshot = snapshot
    memberships = found.map(\.entry)
    shown = words.isEmpty ? nil : found.indices.filter { found[$0].isShown }
    places = Dictionary(memberships.enumerated().map { ($0.element.organization, $0.offset) }) { first, _ in
      first
    }
  }

  var count: Int { shown?.count ?? memberships.count }
  var total: Int { memberships.count }

  private func entry(at row: Int) -> Entry { memberships[shown?[row] ?? row] }

  func row(at row: Int) -> Membership? {
    let entry = entry(at: row)
    let organization = snapshot.contents.organization(at: Int(entry.organization))
    return Membership(
      organization, member(entry, organization.id),
      defaults: entry.defaults.union(snapshot.contents.defaultedFields(at: Int(entry.organization))))
  }

  private func member(_ entry: Entry, _ id: String) -> OrgUser {
    OrgUser(organizationID: id, userID: user, role: entry.role, joinedAt: entry.joinedAt)
  }

  func id(at row: Int) -> String { snapshot.contents.id(at: Int(entry(at: row).organization)) }

  private func place(of id: String) -> Int? {
    snapshot.contents.index(ofOrganization: id).flatMap { places[Int32($0)] }
  }

  func position(of organization: String) -> Int? {
    guard let place = place(of: organization) else { return nil }
    return shown == nil ? place : shown?.position(of: place)
  }

  func contains(_ organization: String) -> Bool { place(of: organization) != nil }

  func members() -> [OrgUser] {
    memberships.map { member($0, snapshot.contents.id(at: Int($0.organization))) }
  }
}

extension Array where Element: Comparable {
  /// The place of an element in an array that rises.
  func position(of element: Element) -> Int? {
    var range = 0..<count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if self[middle] == element { return middle }
      range = self[middle] < element ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}
