import OrgCore

/// What a `BrokenStore` answers at a revision.
struct BrokenReader: StoreReader {
  private let base: MemoryReader
  /// Where the fault is that what was read changes.
  private let newest: (@Sendable () -> MemoryReader)?
  private let revision: Revision
  private let fault: StoreFault?

  init(
    _ base: MemoryReader, newest: (@Sendable () -> MemoryReader)?, revision: Revision, fault: StoreFault?
  ) {
    self.base = Self.altered(base, fault)
    (self.newest, self.revision, self.fault) = (newest, revision, fault)
  }

  private var reader: MemoryReader { newest?() ?? base }

  /// The records with what the fault makes of them.
  private static func altered(_ reader: MemoryReader, _ fault: StoreFault?) -> MemoryReader {
    let faults: [StoreFault] = [
      .forgetsOptional, .forgetsPlans, .lowersNames, .reversesMembers, .reversesOrganizations, .roundsTimes,
    ]
    guard let fault, faults.contains(fault) else { return reader }
    func rounded(_ time: Timestamp) -> Timestamp {
      fault == .roundsTimes ? Timestamp(microseconds: time.microseconds / 1_000_000 * 1_000_000) : time
    }
    var organizations: [Organization] = []
    var members: [OrgUser] = []
    for row in reader.organizations(matching: Query(), after: nil, limit: .max) {
      var organization = row.organization
      organization.createdAt = rounded(organization.createdAt)
      if fault == .forgetsPlans { organization.planTier = PlanTier.default }
      if fault == .forgetsOptional { organization.lagoCustomerID = nil }
      if fault == .lowersNames { organization.name = organization.name.lowercased() }
      organizations.append(organization)
      let own = reader.members(of: organization.id, in: 0..<row.memberCount).map(\.member)
      members += (fault == .reversesMembers ? own.reversed() : own).map {
        var member = $0
        member.joinedAt = rounded(member.joinedAt)
        return member
      }
    }
    if fault == .reversesOrganizations { organizations.reverse() }
    return MemoryReader(organizations: organizations, members: members)
  }

  var summary: DataSummary {
    let data = reader.summary
    return DataSummary(
      revision: revision, rules: fault == .hasOtherRules ? Rules(userIDLength: 1) : data.rules,
      organizationCount: data.organizationCount,
      memberCount: fault == .miscounts ? 0 : data.memberCount)
  }

  // MARK: Records

  /// The id that one is found by.
  private func known(_ id: String) -> String {
    guard fault == .findsAnyCase else { return id }
    return reader.organizations(matching: Query(), after: nil, limit: .max).map(\.organization.id).first {
      $0.lowercased() == id.lowercased()
    } ?? id
  }

  func organization(id: String) -> Organization? { reader.organization(id: known(id)) }
  func row(of organization: String) -> OrganizationRow? { reader.row(of: organization) }
  func organizations(ids: [String]) -> [Organization] {
    fault == .reversesRecords ? reader.organizations(ids: ids).reversed() : reader.organizations(ids: ids)
  }
  func records(for set: ChangeSet) -> any RecordLookup { reader.records(for: set) }
  func roleCounts(of organization: String) -> RoleCounts {
    fault == .miscounts ? RoleCounts() : reader.roleCounts(of: organization)
  }

  func member(_ user: String, of organization: String) -> OrgUser? {
    guard fault == .findsAnyCase else { return reader.member(user, of: organization) }
    return reader.members(of: known(organization), in: 0..<Int.max).map(\.member).first {
      $0.userID.lowercased() == user.lowercased()
    }
  }

  // MARK: Page by page

  func organizations(matching query: Query, after organization: String?, limit: Int) -> [OrganizationRow] {
    reader.organizations(matching: query, after: fault == .repeatsPages ? nil : organization, limit: limit)
  }

  func members(of organization: String, in places: Range<Int>) -> [MemberRow] {
    reader.members(of: organization, in: fault == .repeatsPages ? 0..<places.count : places)
  }

  func memberships(of user: String) -> [Membership] { reader.memberships(of: user) }

  // MARK: What screens show

  func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) -> any OrganizationListing {
    BrokenListing(
      base: reader.listing(
        fault == .ignoresQueries ? Query() : query, fault == .ignoresOrders ? ListOrder() : order, after: nil),
      summary: summary, query: query, order: order, fault: fault)
  }

  func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) -> any MemberListing {
    reader.members(
      of: organization, matching: fault == .ignoresQueries ? MemberQuery() : query,
      by: fault == .ignoresOrders ? MemberOrder() : order, after: nil)
  }

  func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) -> any UserListing {
    reader.users(
      matching: fault == .ignoresQueries ? UserQuery() : query,
      by: fault == .ignoresOrders ? UserOrder() : order, after: nil)
  }

  func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) -> any MembershipListing {
    reader.memberships(
      of: user, matching: fault == .ignoresQueries ? MembershipQuery() : query,
      by: fault == .ignoresOrders ? MembershipOrder() : order)
  }

  func overview() -> Overview {
    var overview = reader.overview()
    if fault == .miscounts { overview.members?.ownerless += 1 }
    return overview
  }

  func difference(since earlier: any StoreReader) -> StoreDifference? {
    guard let earlier = earlier as? BrokenReader,
      let difference = reader.difference(since: earlier.reader)
    else { return nil }
    return StoreDifference(
      changed: fault == .hidesDifferences ? [] : difference.changed,
      removed: fault == .hidesRemovals ? [] : difference.removed)
  }
}

/// A listing of a `BrokenReader`.
private struct BrokenListing: OrganizationListing {
  let base: any OrganizationListing
  let summary: DataSummary
  let query: Query
  let order: ListOrder
  let fault: StoreFault?

  var count: Int { base.count }
  func id(at row: Int) -> String { base.id(at: row) }
  func position(of id: String) -> Int? { fault == .misplacesRows ? 0 : base.position(of: id) }
  func row(at row: Int) -> OrganizationRow? { base.row(at: row) }
  func contains(_ id: String) -> Bool { base.contains(id) }
  func detail(of id: String) -> (any OrganizationDetail)? { base.detail(of: id) }
  func organizationID(named name: String) -> String? { base.organizationID(named: name) }
  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int? {
    try base.row(matching: query, from: row, isForward: fault == .searchesForward || isForward)
  }
}
