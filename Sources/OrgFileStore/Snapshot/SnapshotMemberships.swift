import OrgCore

/// The organizations of one user in a snapshot that match a query, in an order.
struct SnapshotMemberships: MembershipListing {
  let user: String
  private let snapshot: Snapshot
  /// All of them, by the organizations' names.
  private let memberships: [Entry]
  /// The place among all of each row; `nil` for all by name.
  private let shown: [Int32]?
  /// The place of an organization among all, by its index.
  private let places: [Int32: Int32]
  /// For each place, the row that shows it, or -1; empty for all by name.
  private let rows: [Int32]

  private struct Entry: Sendable {
    let organization: Int32
    let role: Role
    /// The fields of which the member's record has none.
    let defaults: DefaultedFields
    let joinedAt: Timestamp
  }

  init(
    of user: String, in snapshot: Snapshot, matching query: MembershipQuery, by order: MembershipOrder
  ) {
    let contents = snapshot.contents
    var found: [(key: String, entry: Entry, facts: MembershipFacts, isShown: Bool)] = []
    for index in contents.organizations(ofUser: user) {
      guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
      let organization = contents.organization(at: index)
      let row = contents.row(ofMember: place, at: index)
      let entry = Entry(
        organization: Int32(index), role: row.member.role, defaults: row.defaults,
        joinedAt: row.member.joinedAt)
      let facts = MembershipFacts(
        plan: organization.planTier, status: organization.status, role: row.member.role,
        joinedAt: row.member.joinedAt, createdAt: organization.createdAt)
      let isShown =
        query.members.matches(row.member)
        && query.organizations.matches(organization, at: index, in: snapshot)
      found.append((organization.name.lowercased(), entry, facts, isShown))
    }
    found.sort { ($0.key, $0.entry.organization) < ($1.key, $1.entry.organization) }
    self.user = user
    self.snapshot = snapshot
    memberships = found.map(\.entry)
    places = Dictionary(
      memberships.enumerated().map { ($0.element.organization, Int32($0.offset)) },
      uniquingKeysWith: { first, _ in first })
    guard !query.isEmpty || !order.isUsual else {
      (shown, rows) = (nil, [])
      return
    }
    let byName = found.indices.filter { found[$0].isShown }
    let shown = order.places(of: byName.map { found[$0].facts }).map { Int32(byName[$0]) }
    var rows = [Int32](repeating: -1, count: found.count)
    for (row, place) in shown.enumerated() { rows[Int(place)] = Int32(row) }
    (self.shown, self.rows) = (shown, rows)
  }

  var count: Int { shown?.count ?? memberships.count }
  var total: Int { memberships.count }

  private func entry(at row: Int) -> Entry { memberships[shown.map { Int($0[row]) } ?? row] }

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
    snapshot.contents.index(ofOrganization: id).flatMap { places[Int32($0)].map(Int.init) }
  }

  func position(of organization: String) -> Int? {
    guard let place = place(of: organization) else { return nil }
    guard shown != nil else { return place }
    return rows[place] < 0 ? nil : Int(rows[place])
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
