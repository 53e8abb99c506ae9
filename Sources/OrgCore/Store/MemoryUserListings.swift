/// Some of the members of an organization, in an order: places among all of them.
package final class ArrangedMembers: MemberListing {
  package let organization: String
  package let total: Int
  /// The place of the member in each row; `nil` where each member is in the row of its place.
  private let places: [Int32]?
  /// The row of the member in each place, -1 for none.
  private let rows: [Int32]
  private let memberAt: @Sendable (Int) -> MemberRow
  private let placeOf: @Sendable (String) -> Int?

  /// Looks at every member, unless all are wanted in the order of the data.
  ///
  /// - Parameters:
  ///   - total: how many there are.
  ///   - member: the one in a place in the order of the data.
  ///   - place: the place of a user; `nil` for one who isn't a member.
  package init(
    of organization: String, matching query: MemberQuery, by order: MemberOrder, total: Int,
    member: @escaping @Sendable (Int) -> MemberRow, place: @escaping @Sendable (String) -> Int?
  ) {
    (self.organization, self.total, memberAt, placeOf) = (organization, total, member, place)
    guard !query.isEmpty || !order.isUsual else {
      (places, rows) = (nil, [])
      return
    }
    var found: [(place: Int32, key: Int64, user: String)] = []
    for place in 0..<total {
      let member = member(place).member
      guard query.matches(member) else { continue }
      let key: Int64 =
        switch order.column {
        case .joined: 0
        case .role: Int64(member.role.rank)
        case .user: 0
        }
      found.append((Int32(place), key, order.column == .user ? member.userID : ""))
    }
    switch order.column {
    case .joined: if order.isDescending { found.reverse() }
    case .role:
      found.sort {
        $0.key != $1.key ? ($0.key < $1.key) != order.isDescending : $0.place < $1.place
      }
    case .user:
      found.sort { $0.user.utf8.lexicographicallyPrecedes($1.user.utf8) != order.isDescending }
    }
    places = found.map(\.place)
    var rows = [Int32](repeating: -1, count: total)
    for (row, entry) in found.enumerated() { rows[Int(entry.place)] = Int32(row) }
    self.rows = rows
  }

  package var count: Int { places?.count ?? total }
  private func place(_ row: Int) -> Int { places.map { Int($0[row]) } ?? row }
  package func id(at row: Int) -> String { memberAt(place(row)).member.userID }
  package func member(at row: Int) -> MemberRow? { memberAt(place(row)) }

  package func position(of user: String) -> Int? {
    guard let place = placeOf(user) else { return nil }
    guard places != nil else { return place }
    return rows[place] < 0 ? nil : Int(rows[place])
  }
}

/// The users in memory that match a query.
struct MemoryUsers: UserListing {
  let revision: Revision
  let total: Int
  private let users: [UserSummary]
  private let positions: [String: Int]

  init(_ reader: MemoryReader, matching query: UserQuery, by order: UserOrder) {
    revision = reader.revision
    var roles: [String: RoleCounts] = [:]
    var memberships: [String: [(Role, Organization.Status)]] = [:]
    for record in reader.records.values {
      for member in record.members {
        roles[member.userID, default: RoleCounts()].add(member.role)
        if query.memberships.isAboutOrganizations {
          memberships[member.userID, default: []].append((member.role, record.organization.status))
        }
      }
    }
    total = roles.count
    let found = roles.filter { user in
      query.words.match(user.key)
        && query.matches(user.value) { body in
          for (role, status) in memberships[user.key] ?? [] { body(role, status) }
        }
    }
    users = found.map { UserSummary(id: $0, roles: $1) }.sorted(by: order.areInOrder)
    positions = Dictionary(
      users.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  var count: Int { users.count }
  func user(at row: Int) -> UserSummary? { users[row] }
  func position(of user: String) -> Int? { positions[user] }
}

extension UserOrder {
  /// Whether a user comes before another: by the column, then by id.
  package func areInOrder(_ left: UserSummary, _ right: UserSummary) -> Bool {
    if let first = column.count(left.roles), let second = column.count(right.roles), first != second {
      return (first < second) != isDescending
    }
    let isBefore = left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
    return column == .user && isDescending ? !isBefore && left.id != right.id : isBefore
  }
}

/// The organizations of one user in memory that match a query.
struct MemoryMemberships: MembershipListing {
  let user: String
  /// All of them by name.
  private let all: [Membership]
  private let shown: [Membership]

  init(
    _ reader: MemoryReader, of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) {
    self.user = user
    var all: [Membership] = []
    var matching: Set<String> = []
    for (index, record) in reader.records.values.enumerated() {
      guard let place = record.place(of: user) else { continue }
      let membership = Membership(record.organization, record.members[place])
      all.append(membership)
      if query.members.matches(membership.member), reader.matches(query.organizations, at: index) {
        matching.insert(record.organization.id)
      }
    }
    self.all = all.enumerated().sorted {
      ($0.element.organization.name.lowercased(), $0.offset)
        < ($1.element.organization.name.lowercased(), $1.offset)
    }.map(\.element)
    let byName = query.isEmpty ? self.all : self.all.filter { matching.contains($0.organization.id) }
    shown = order.places(
      of: byName.map {
        MembershipFacts(
          plan: $0.organization.planTier, status: $0.organization.status, role: $0.member.role,
          joinedAt: $0.member.joinedAt, createdAt: $0.organization.createdAt)
      }
    ).map { byName[$0] }
  }

  var total: Int { all.count }
  var count: Int { shown.count }
  func id(at row: Int) -> String { shown[row].organization.id }
  func position(of organization: String) -> Int? {
    shown.firstIndex { $0.organization.id == organization }
  }
  func contains(_ organization: String) -> Bool { all.contains { $0.organization.id == organization } }
  func row(at row: Int) -> Membership? { shown[row] }
  func members() -> [OrgUser] { all.map(\.member) }
}

/// What the organizations of a user are sorted by, besides their names.
package struct MembershipFacts {
  let plan: String
  let status: Organization.Status
  let role: Role
  let joinedAt: Timestamp
  let createdAt: Timestamp

  package init(
    plan: String, status: Organization.Status, role: Role, joinedAt: Timestamp, createdAt: Timestamp
  ) {
    (self.plan, self.status, self.role) = (plan, status, role)
    (self.joinedAt, self.createdAt) = (joinedAt, createdAt)
  }
}

extension MembershipOrder {
  /// Sorts what is sorted by name.
  ///
  /// - Returns: the places of the organizations in the order.
  package func places(of facts: [MembershipFacts]) -> [Int] {
    guard column != .name else { return isDescending ? facts.indices.reversed() : Array(facts.indices) }
    var plans: [String: Int] = [:]
    if column == .plan {
      let others = Set(facts.map { $0.plan.lowercased() }).subtracting(planTiers)
      for (place, plan) in (planTiers + others.sorted()).enumerated() where plans[plan] == nil {
        plans[plan] = place
      }
    }
    let keys = facts.map { facts -> Int64 in
      switch column {
      case .name: 0
      case .role: Int64(facts.role.rank)
      case .plan: Int64(plans[facts.plan.lowercased()] ?? 0)
      case .status: Organization.Status.allCases.firstIndex(of: facts.status).map(Int64.init) ?? 0
      case .joined: facts.joinedAt.microseconds
      case .created: facts.createdAt.microseconds
      }
    }
    return facts.indices.sorted {
      keys[$0] != keys[$1] ? (keys[$0] < keys[$1]) != isDescending : $0 < $1
    }
  }
}
