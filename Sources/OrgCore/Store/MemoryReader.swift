import OrderedCollections
import Synchronization

/// All records at one revision, in memory.
package struct MemoryReader: StoreReader {
  package let summary: DataSummary
  package let access: Access
  let records: OrderedDictionary<String, Record>
  private let members: Members

  /// An organization with its members.
  struct Record: Sendable, Equatable {
    var organization: Organization
    var members: [OrgUser] = []

    var roleCounts: RoleCounts { members.reduce(into: RoleCounts()) { $0.add($1.role) } }
    var row: OrganizationRow { OrganizationRow(organization, memberCount: members.count) }

    func place(of user: String) -> Int? { members.firstIndex { $0.userID == user } }
  }

  init(
    _ records: OrderedDictionary<String, Record>, revision: Revision, rules: Rules = .files,
    problems: [DataProblem] = [], recordProblems: [DataProblem] = [], access: Access = .platformAdmin,
    hiddenBilling: Set<String> = []
  ) {
    self.access = access
    self.records = records
    members = Members(records)
    let counts = records.values.reduce(into: RoleCounts()) { counts, record in
      for member in record.members { counts.add(member.role) }
    }
    summary = DataSummary(
      revision: revision, rules: rules, organizationCount: records.count, memberCount: counts.total,
      otherRoles: Role.allCases.filter { counts[$0] > 0 && !rules.roles.contains($0) }, problems: problems,
      recordProblems: recordProblems, hiddenBilling: hiddenBilling)
  }

  /// Organizations and members at a revision, in their order; members of unknown organizations are left out.
  package init(
    organizations: [Organization], members: [OrgUser] = [], revision: Revision = Revision(0),
    rules: Rules = .files, problems: [DataProblem] = []
  ) {
    var records = OrderedDictionary<String, Record>()
    for organization in organizations { records[organization.id] = Record(organization: organization) }
    for member in members { records[member.organizationID]?.members.append(member) }
    self.init(records, revision: revision, rules: rules, problems: problems)
  }

  /// The same data at another revision.
  package init(
    _ reader: MemoryReader, revision: Revision, problems: [DataProblem] = [],
    recordProblems: [DataProblem] = []
  ) {
    self.init(
      reader.records, revision: revision, rules: reader.rules, problems: problems,
      recordProblems: recordProblems)
  }

  /// Data of which nothing has been read.
  package static let unread = MemoryReader()

  private init() {
    access = .platformAdmin
    records = [:]
    members = Members([:])
    summary = DataSummary(
      revision: Revision(0), extent: .nothing, organizationCount: 0, memberCount: 0)
  }

  // MARK: Records

  package func organization(id: String) -> Organization? { records[id]?.organization }

  package func row(of organization: String) -> OrganizationRow? { records[organization]?.row }

  package func organizations(ids: [String]) -> [Organization] {
    ids.compactMap { records.index(forKey: $0) }.sorted().map { records.values[$0].organization }
  }

  package func member(_ user: String, of organization: String) -> OrgUser? {
    records[organization].flatMap { record in record.place(of: user).map { record.members[$0] } }
  }

  package func roleCounts(of organization: String) -> RoleCounts {
    records[organization]?.roleCounts ?? RoleCounts()
  }

  package func records(for set: ChangeSet) -> any RecordLookup { Lookup(self) }

  /// The records as a preview looks them up; names are put in a table for it.
  private final class Lookup: RecordLookup {
    private let reader: MemoryReader
    private lazy var names = Dictionary(
      reader.records.values.map { ($0.organization.name.nameKey, $0.organization.id) },
      uniquingKeysWith: { first, _ in first })
    /// Members by user, of organizations of which some are looked up.
    private var members: [String: [String: OrgUser]] = [:]

    init(_ reader: MemoryReader) { self.reader = reader }

    var rules: Rules { reader.rules }
    func organization(id: String) -> Organization? { reader.organization(id: id) }
    func organizationID(named name: String) -> String? { names[name.nameKey] }
    func roleCounts(of organization: String) -> RoleCounts { reader.roleCounts(of: organization) }
    func problem(with record: EditedRecord) -> DataProblem? { nil }

    func users(with roles: [Role], in organization: String, limit: Int) -> [String] {
      let members = reader.records[organization]?.members ?? []
      return Array(members.lazy.filter { roles.contains($0.role) }.map(\.userID).prefix(limit))
    }

    func member(_ user: String, of organization: String) -> OrgUser? {
      if let known = members[organization] { return known[user] }
      let known = Dictionary(
        (reader.records[organization]?.members ?? []).map { ($0.userID, $0) },
        uniquingKeysWith: { first, _ in first })
      members[organization] = known
      return known[user]
    }
  }

  // MARK: Page by page

  package func organizations(
    matching query: Query, after organization: String?, limit: Int
  ) -> [OrganizationRow] {
    var rows: [OrganizationRow] = []
    var index = organization.map { records.index(forKey: $0).map { $0 + 1 } ?? records.count } ?? 0
    while index < records.count, rows.count < limit {
      if matches(query, at: index) { rows.append(records.values[index].row) }
      index += 1
    }
    return rows
  }

  func matches(_ query: Query, at index: Int) -> Bool {
    let organization = records.values[index].organization
    // Whether an id that is hidden is there isn't known.
    if query.asksForAbsentBilling, summary.hiddenBilling.contains(organization.id) { return false }
    return query.matches(organization, at: index, in: members)
  }

  private final class Members: QueryMembers, Sendable {
    private let records: OrderedDictionary<String, Record>

    private let duplicates = Mutex<[OrganizationField: Duplicates]>([:])

    init(_ records: OrderedDictionary<String, Record>) { self.records = records }

    func value(of field: OrganizationField, at index: Int) -> String? {
      records.values[index].organization[field]
    }

    func isDuplicate(_ field: OrganizationField, at index: Int) -> Bool { duplicates(field)[index] }

    func duplicates(_ field: OrganizationField) -> Duplicates {
      duplicates.withLock { known in
        if let known = known[field] { return known }
        let found = Duplicates(of: records.count) { records.values[$0].organization.hash(of: field) }
        known[field] = found
        return found
      }
    }

    func memberCount(at index: Int) -> Int { records.values[index].members.count }
    func roleCounts(at index: Int) -> RoleCounts { records.values[index].roleCounts }
    func role(of user: String, at index: Int) -> Role? {
      records.values[index].members.first { $0.userID == user }?.role
    }
  }

  package func members(of organization: String, in places: Range<Int>) -> [MemberRow] {
    let members = records[organization]?.members ?? []
    return members[places.clamped(to: 0..<members.count)].map { MemberRow($0) }
  }

  package func memberships(of user: String) -> [Membership] {
    records.values.compactMap { record in
      record.place(of: user).map { Membership(record.organization, record.members[$0]) }
    }
  }

  // MARK: What screens show

  package func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) -> any OrganizationListing {
    MemoryListing(self, query, order, after: earlier as? MemoryListing)
  }

  package func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) -> any MemberListing {
    let record = records[organization]
    let members = record?.members ?? []
    return ArrangedMembers(of: organization, matching: query, by: order, total: members.count) {
      MemberRow(members[$0])
    } place: {
      record?.place(of: $0)
    }
  }

  package func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) -> any UserListing {
    MemoryUsers(self, matching: query, by: order)
  }

  package func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) -> any MembershipListing {
    MemoryMemberships(self, of: user, matching: query, by: order)
  }

  package func overview() -> Overview {
    var overview = Overview()
    overview.members = Overview.Members()
    for record in records.values {
      overview.add(record.organization, memberCount: record.members.count) { record.roleCounts }
    }
    // Ids that are hidden aren't missing.
    let hiddenCount = summary.hiddenBilling.count
    if hiddenCount > 0 {
      for field in OrganizationField.optional { overview.absences[field, default: 0] -= hiddenCount }
      overview.withoutOptional -= hiddenCount
    }
    overview.sharedBillingIDs = (try? sharedBillingIDs(limit: Overview.topCount)) ?? []
    overview.similarNameCount = members.duplicates(.name).count
    return overview
  }

  package func difference(since earlier: any StoreReader) -> StoreDifference? {
    guard let earlier = earlier as? MemoryReader, earlier.summary.hasOrganizations else { return nil }
    return StoreDifference(
      changed: Set(records.filter { earlier.records[$0.key] != $0.value }.keys),
      removed: Set(earlier.records.keys.filter { records[$0] == nil }))
  }
}

extension Preview {
  /// Plays a change set on records in memory; nothing is changed.
  package init(of set: ChangeSet, on reader: MemoryReader) {
    self.init(of: set, on: reader.records(for: set))
  }
}
