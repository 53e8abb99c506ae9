import OrgCore
import OrgStoreTesting
import Testing

@Suite struct ConformanceTests {
  /// Those of the files, and of tables that a database may have.
  static let rules = [
    Rules.files,
    Rules(
      idForm: .uuid, roles: [.owner, .admin, .member, .billingAdmin], userIDLength: 255, planLength: 50),
    Rules(
      idForm: .text(length: 36), roles: [.owner, .admin, .member, .viewer], userIDLength: 255,
      allowsNull: false),
  ]

  @Test(arguments: StoreBehavior.all(), rules)
  func `the store in memory does what every store does`(behavior: StoreBehavior, rules: Rules) throws {
    let store = InMemoryStore(rules: rules)
    try behavior.check(StoreUnderTest(rules: rules) { store })
  }

  @Test(arguments: StoreBehavior.all())
  func `a store may order records by their times and ids`(behavior: StoreBehavior) throws {
    let store = SortedStore()
    try behavior.check(StoreUnderTest(rules: store.rules) { store })
  }
}

/// A store in memory whose records are in the order of their times, and where these are the same, of their ids.
private struct SortedStore: OrgStore {
  let rules = Rules(idForm: .uuid)
  private let inner: InMemoryStore

  init() { inner = InMemoryStore(rules: rules) }

  private var sorted: MemoryReader {
    let reader = inner.memoryReader()
    let rows = reader.organizations(matching: Query(), after: nil, limit: .max)
    let members = rows.flatMap { reader.members(of: $0.organization.id, in: 0..<$0.memberCount) }.map(
      \.member)
    return MemoryReader(
      organizations: rows.map(\.organization).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) },
      members: members.sorted { ($0.joinedAt, $0.userID) < ($1.joinedAt, $1.userID) },
      revision: reader.revision, rules: rules)
  }

  func reader() -> any StoreReader { sorted }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    let changes = try inner.commit(set, waiting: waiting).changes
    return Commit(reader: sorted, changes: changes)
  }

  func history() -> [HistoryEntry] { inner.history() }
}
