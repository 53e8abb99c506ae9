import OrgCore
import OrgRuntime
import OrgViewModel
import Synchronization
import Testing

/// Rows of which a store has the first much sooner than all.
@Suite struct PartialRowsTests {
  private let inbox = Inbox {}
  private let runtime: Runtime

  init() { runtime = Runtime(store: PartialStore(count: 1000), inbox: inbox, uid: nil) }

  private func model() throws -> AppModel {
    AppModel(
      try runtime.start(patience: 60_000),
      viewport: Viewport(isWide: true, listRows: 10, detailRows: 20, helpRows: 20))
  }

  /// Carries everything out that follows from something.
  private func carryOut(_ effects: [Effect], _ model: inout AppModel) {
    for case .runtime(let effect) in effects { runtime.perform(effect) }
    runtime.waitUntilIdle()
    for event in inbox.take() { carryOut(model.receive(event), &model) }
  }

  @Test func `the first rows are shown, and all of them when they are there`() throws {
    var model = try model()
    #expect(model.workspace.data.count == 20)
    #expect(model.screen.shownCount == 1000 && model.screen.isEstimated)
    // What would be marked isn't known yet.
    _ = model.update(.markAll)
    #expect(model.screen.markCount == 0 && model.status?.kind == .refusal)
    _ = model.update(.moveToLast)
    // It is the last of all that was asked for.
    carryOut([], &model)
    #expect(model.workspace.data.count == 1000 && !model.screen.isEstimated)
    let screen = try #require(model.screen as? OrganizationsScreen)
    #expect(screen.selectedOrganization?.name == "Name 1999")
    _ = model.update(.markAll)
    #expect(model.screen.markCount == 1000)
  }

  @Test func `a row of users that isn't there is selected as soon as it is`() throws {
    var model = try model()
    carryOut([], &model)
    carryOut(model.update(.showUsers), &model)
    #expect(model.screen.selectedUser == "user1000" && model.screen.shownCount == 1000)
    var effects = model.update(.moveToLast)
    #expect(model.screen.selectedUser == nil)
    carryOut(effects, &model)
    #expect(model.screen.selectedUser == "user1999")
    effects = model.update(.pageUp)
    #expect(model.screen.selectedUser == "user1990")
  }
}

private final class PartialStore: OrgStore {
  private let inner: MemoryReader

  init(count: Int) {
    let time = Timestamp(microseconds: 0)
    let organizations = (0..<count).map {
      Organization(id: "org_\($0)", name: "Name \(1000 + $0)", createdAt: time)
    }
    inner = MemoryReader(
      organizations: organizations,
      members: organizations.enumerated().map {
        OrgUser(organizationID: $1.id, userID: "user\(1000 + $0)", role: .owner, joinedAt: time)
      })
  }

  func reader() -> any StoreReader { PartialReader(inner: inner) }
  func history() -> [HistoryEntry] { [] }
  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    throw OrgError(.readOnly, "Nothing can be changed here.")
  }
}

private struct PartialReader: StoreReader {
  let inner: MemoryReader

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
  ) -> any OrganizationListing { inner.listing(query, order, after: nil) }
  func firstRows(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) -> (any OrganizationListing)? {
    earlier?.count == 1000 ? nil : FirstRows(inner: inner.listing(query, order, after: nil))
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
    LazyUsers(inner: inner.users(matching: query, by: order, after: nil))
  }
  func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) -> any MembershipListing {
    inner.memberships(of: user, matching: query, by: order)
  }
  func overview() -> Overview { inner.overview() }
  func difference(since earlier: any StoreReader) -> StoreDifference? { nil }
}

/// The first twenty rows of a listing.
private struct FirstRows: OrganizationListing {
  let inner: any OrganizationListing

  var isComplete: Bool { false }
  var expectedCount: Int { inner.count }
  var count: Int { 20 }
  var summary: DataSummary { inner.summary }
  var query: Query { inner.query }
  var order: ListOrder { inner.order }
  func id(at row: Int) -> String { inner.id(at: row) }
  func position(of id: String) -> Int? { inner.position(of: id).flatMap { $0 < count ? $0 : nil } }
  func row(at row: Int) -> OrganizationRow? { inner.row(at: row) }
  func contains(_ id: String) -> Bool { inner.contains(id) }
  func detail(of id: String) -> (any OrganizationDetail)? { inner.detail(of: id) }
  func organizationID(named name: String) -> String? { inner.organizationID(named: name) }
  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int? {
    try inner.row(matching: query, from: row, isForward: isForward)
  }
}

/// Users of whom the first ten are there from the beginning.
private final class LazyUsers: UserListing {
  private let inner: any UserListing
  private let known = Mutex<Set<Int>>(Set(0..<10))

  init(inner: any UserListing) { self.inner = inner }

  let isWhole = false
  var revision: Revision { inner.revision }
  var total: Int { inner.total }
  var count: Int { inner.count }
  func user(at row: Int) -> UserSummary? { known.withLock { $0.contains(row) } ? inner.user(at: row) : nil }
  func position(of user: String) -> Int? {
    inner.position(of: user).flatMap { row in known.withLock { $0.contains(row) } ? row : nil }
  }
  func fetch(_ rows: Range<Int>) { known.withLock { $0.formUnion(rows) } }
}
