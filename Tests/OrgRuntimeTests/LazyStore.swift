import OrgCore
import Synchronization

/// A store with the ids of all rows, and the rows that were fetched.
final class LazyStore: OrgStore {
  private let inner: InMemoryStore
  private let log = Mutex<[Range<Int>]>([])
  var fetched: [Range<Int>] { log.withLock { $0 } }

  /// Organizations with one member each.
  convenience init(count: Int) {
    let time = Timestamp(microseconds: 0)
    let organizations = (0..<count).map {
      Organization(id: "org_\($0)", name: "Name \(1000 + $0)", createdAt: time)
    }
    self.init(
      organizations,
      organizations.map {
        OrgUser(organizationID: $0.id, userID: "ann", role: .owner, joinedAt: time)
      })
  }

  init(_ organizations: [Organization], _ members: [OrgUser]) {
    inner = InMemoryStore(organizations: organizations, members: members)
  }

  func reader() -> any StoreReader {
    LazyReader(inner: inner.memoryReader()) { [self] rows in log.withLock { $0.append(rows) } }
  }
  func history() -> [HistoryEntry] { [] }
  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    Commit(reader: reader(), changes: try inner.commit(set).changes)
  }
}

private struct LazyReader: StoreReader {
  let inner: MemoryReader
  let note: @Sendable (Range<Int>) -> Void

  var summary: DataSummary { inner.summary }
  func organization(id: String) -> Organization? { inner.organization(id: id) }
  func row(of organization: String) -> OrganizationRow? { inner.row(of: organization) }
  func organizations(ids: [String]) -> [Organization] { inner.organizations(ids: ids) }
  func member(_ user: String, of organization: String) -> OrgUser? { inner.member(user, of: organization) }
  func roleCounts(of organization: String) -> RoleCounts { inner.roleCounts(of: organization) }
  func records(for set: ChangeSet) -> any RecordLookup { inner.records(for: set) }
  func organizations(matching query: Query, after organization: String?, limit: Int) -> [OrganizationRow] {
    inner.organizations(matching: query, after: organization, limit: limit)
  }
  func members(of organization: String, in places: Range<Int>) -> [MemberRow] {
    inner.members(of: organization, in: places)
  }
  func memberships(of user: String) -> [Membership] { inner.memberships(of: user) }
  func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) -> any OrganizationListing {
    LazyListing(inner.listing(query, order, after: nil), note)
  }
  func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) -> any MemberListing {
    inner.members(of: organization, matching: query, by: order, after: nil)
  }
  func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) -> any UserListing {
    inner.users(matching: query, by: order, after: nil)
  }
  func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) -> any MembershipListing {
    inner.memberships(of: user, matching: query, by: order)
  }
  func overview() -> Overview { inner.overview() }
  func difference(since earlier: any StoreReader) -> StoreDifference? { nil }
}

private final class LazyListing: OrganizationListing {
  private let inner: any OrganizationListing
  private let note: @Sendable (Range<Int>) -> Void
  private let rows = Mutex<Set<Int>>([])
  private let details = Mutex<Set<String>>([])

  init(_ inner: any OrganizationListing, _ note: @escaping @Sendable (Range<Int>) -> Void) {
    (self.inner, self.note) = (inner, note)
  }

  var isWhole: Bool { false }
  var summary: DataSummary { inner.summary }
  var query: Query { inner.query }
  var order: ListOrder { inner.order }
  var count: Int { inner.count }
  func id(at row: Int) -> String { inner.id(at: row) }
  func position(of id: String) -> Int? { inner.position(of: id) }
  func row(at row: Int) -> OrganizationRow? {
    rows.withLock { $0.contains(row) } ? inner.row(at: row) : nil
  }
  func contains(_ id: String) -> Bool { inner.contains(id) }
  func detail(of id: String) -> (any OrganizationDetail)? {
    details.withLock { $0.contains(id) } ? inner.detail(of: id) : nil
  }
  func organizationID(named name: String) -> String? { inner.organizationID(named: name) }
  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int? {
    try inner.row(matching: query, from: row, isForward: isForward)
  }
  func fetch(_ rows: Range<Int>) {
    note(rows)
    self.rows.withLock { $0.formUnion(rows) }
  }
  func fetch(_ organizations: [String], members places: Range<Int>) {
    details.withLock { $0.formUnion(organizations) }
  }
  func fetch(_ id: String, member user: String) { _ = details.withLock { $0.insert(id) } }
}
