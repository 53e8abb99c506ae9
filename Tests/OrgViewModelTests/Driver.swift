import OrgCore
import OrgRuntime
import Synchronization

@testable import OrgViewModel

/// A store in memory that others can change at will, and that fails when told to.
final class TestStore: OrgStore {
  private struct State {
    let rules: Rules
    var inner: InMemoryStore
    var revision: UInt64 = 1
    var failures: [OrgError] = []
    var problems: [DataProblem] = []
    var recordProblems: [DataProblem] = []
    /// Newest first; what others do isn't in it.
    var history: [HistoryEntry] = []
  }

  private let state: Mutex<State>

  init(_ organizations: [Organization], _ members: [OrgUser], rules: Rules = .files) {
    state = Mutex(
      State(
        rules: rules, inner: InMemoryStore(organizations: organizations, members: members, rules: rules)))
  }

  /// The data as they are.
  var data: MemoryReader { state.withLock { Self.data($0) } }

  func reader() -> any StoreReader { data }

  private static func data(_ state: State) -> MemoryReader {
    MemoryReader(
      state.inner.memoryReader(), revision: Revision(state.revision), problems: state.problems,
      recordProblems: state.recordProblems)
  }

  func history() -> [HistoryEntry] { state.withLock { $0.history } }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    let result: Result<Commit, OrgError> = state.withLock { state in
      if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
      do throws(OrgError) {
        let commit = try state.inner.commit(set)
        if !commit.changes.isEmpty, let entry = state.inner.history().first {
          state.revision += 1
          state.history.insert(
            HistoryEntry(
              generation: UInt64(state.history.count + 1), time: entry.time, kind: entry.kind,
              actor: entry.actor, changes: entry.changes), at: 0)
        }
        return .success(Commit(reader: Self.data(state), changes: commit.changes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Fills the history with as many changes of Acme's plan: the generation with a number to `plan` with that number.
  func fillHistory(_ count: Int, undoing generation: UInt64? = nil) {
    let actor = Actor(uid: 1, user: "ops", host: "here")
    func entry(_ number: Int, _ kind: HistoryEntry.Kind) -> HistoryEntry {
      let change = Change.setField(
        .planTier, organization: "org_acme", from: "plan\(number - 1)", to: "plan\(number)")
      return HistoryEntry(
        generation: UInt64(number), time: Sample.time, kind: kind, actor: actor,
        changes: [RecordedChange(change, organizationName: "Acme")])
    }
    var entries = (1...count).reversed().map { entry($0, .edit) }
    if let generation { entries.insert(entry(count + 1, .undo(of: generation)), at: 0) }
    state.withLock { $0.history = entries }
  }

  /// Lets the next commit fail.
  func fail(_ error: OrgError) { state.withLock { $0.failures.append(error) } }

  /// Says that the data are damaged, or no longer.
  func damage(_ problems: DataProblem...) {
    state.withLock {
      $0.problems = problems
      $0.revision += 1
    }
  }

  /// Says that single records can't be edited.
  func damageRecords(_ problems: DataProblem...) {
    state.withLock {
      $0.recordProblems = problems
      $0.revision += 1
    }
  }

  /// What another program does, without asking anybody.
  func change(_ edit: (inout [Organization], inout [OrgUser]) -> Void) {
    state.withLock { state in
      var (organizations, members) = state.inner.memoryReader().records
      edit(&organizations, &members)
      state.inner = InMemoryStore(organizations: organizations, members: members, rules: state.rules)
      state.revision += 1
    }
  }
}

/// A model on a store, with everything carried out by the real runtime at once, or when the test says so.
struct Driver {
  let store: TestStore
  var model: AppModel
  /// Whether effects wait for `release`.
  var holds = false
  /// What waits.
  var held: [Effect] = []
  /// Everything that was ever asked for.
  var log: [Effect] = []
  private let runtime: Runtime

  init(
    _ organizations: [Organization] = Sample.organizations, _ members: [OrgUser] = Sample.members,
    rules: Rules = .files, rows: Int = 5, isWide: Bool = true, readOnly: String? = nil,
    preferences: Preferences = Preferences(), showsDeleted: Bool = true,
    billing: (any BillingVerifier)? = nil, people: (any PeopleDirectory)? = nil
  ) {
    store = TestStore(organizations, members, rules: rules)
    runtime = Runtime(
      store: store, inbox: Inbox {}, uid: nil, showsDeleted: showsDeleted, people: people, billing: billing)
    // A store in memory doesn't fail.
    let first = (try? runtime.start(patience: 60_000)) ?? .unread
    model = AppModel(
      first, viewport: Self.viewport(rows: rows, isWide: isWide),
      settings: Settings(
        preferences: preferences, readOnlyReason: readOnly, hasDirectory: people != nil,
        billingObstacle: billing == nil ? "There is no key." : nil, environment: Sample.environment))
    runtime.waitUntilIdle()
  }

  static func viewport(rows: Int, isWide: Bool = true) -> Viewport {
    Viewport(isWide: isWide, listRows: rows, detailRows: rows, helpRows: rows)
  }

  mutating func press(_ actions: Action...) {
    for action in actions { carryOut(model.update(action)) }
  }

  mutating func type(_ text: String) {
    for character in text { press(.insert(String(character))) }
  }

  mutating func carryOut(_ effects: [Effect]) {
    log += effects
    if holds {
      held += effects
    } else {
      for effect in effects { perform(effect) }
    }
  }

  /// Carries out what waits, in order, with what follows from it.
  mutating func release() {
    holds = false
    while !held.isEmpty { perform(held.removeFirst()) }
  }

  /// Carries out the first that waits, and lets what follows from it wait.
  mutating func releaseOne() {
    if !held.isEmpty { perform(held.removeFirst()) }
  }

  mutating func perform(_ effect: Effect) {
    switch effect {
    case .terminal(.copy(let text)): model.receive(copied: text, problem: nil)
    case .terminal: break
    // What is typed at random writes no files.
    case .runtime(.export(let request)) where request.path?.hasPrefix("/") == false:
      carryOut(model.receive(request, .success(.exists)))
    case .runtime(let effect):
      runtime.perform(effect)
      runtime.waitUntilIdle()
      for result in runtime.takeResults() { carryOut(result(&model)) }
    }
  }

  /// What another program does, and that it is noticed.
  mutating func others(_ edit: (inout [Organization], inout [OrgUser]) -> Void) {
    store.change(edit)
    carryOut(model.refresh())
  }

  mutating func othersSetRole(_ user: String, _ role: Role) {
    others { _, members in
      for index in members.indices where members[index].userID == user { members[index].role = role }
    }
  }

  mutating func othersRemove(_ id: String) {
    others { organizations, _ in organizations.removeAll { $0.id == id } }
  }

  var selected: String? { model.selectedOrganization?.id }
  var message: String? { model.message?.text }
  var question: Question? { model.workspace.overlay as? Question }

  var names: [String] {
    (0..<model.organizationList.count).map { model.organizationList.organization(at: $0).name }
  }

  var form: Form? { model.workspace.form }

  /// Commits that were asked for.
  var commits: [[Change]] {
    log.compactMap { if case .runtime(.commit(let set)) = $0 { set.changes } else { nil } }
  }

  func role(_ user: String) -> Role? { store.data.member(user, of: "org_acme")?.role }
}

enum Sample {
  static let time = Timestamp(microseconds: 1_760_000_000_000_000)
  static let environment = Environment(newID: { _ in "org_new" }, now: { time })

  static func organization(_ id: String, _ name: String) -> Organization {
    Organization(id: id, name: name, createdAt: time)
  }

  static func member(_ user: String, _ role: Role, _ organization: String = "org_acme") -> OrgUser {
    OrgUser(organizationID: organization, userID: user, role: role, joinedAt: time)
  }

  /// Acme has three members and comes first; Bravo to Juliett follow, without members.
  static let organizations =
    [
      Organization(
        id: "org_acme", name: "Acme", createdAt: time, lagoCustomerID: "lago_1", stripeCustomerID: "cus_9")
    ]
    + ["Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett"].map {
      organization("org_\($0.lowercased())", $0)
    }

  static let members = [member("alice", .owner), member("bob", .member), member("carol", .billingAdmin)]
}

/// What tests look at most.
extension AppModel {
  var organizations: OrganizationsScreen {
    get {
      (screen as? OrganizationsScreen) ?? residents.lazy.compactMap { $0 as? OrganizationsScreen }.first
        ?? OrganizationsScreen(.unread, workspace.viewport)
    }
    set { screen = newValue }
  }
  var organizationList: OrganizationList { workspace.data }
  var message: StatusLine.Message? { workspace.status.message }
  var selectedRow: Int { organizations.selectedRow }
  var selectedLine: Int { organizations.selectedLine }
  var visibleRows: Range<Int> { organizations.visibleRows }
  var visibleLines: Range<Int> { organizations.visibleLines }
  var detailLineCount: Int { organizations.detailLineCount }
  var selectedOrganization: Organization? { organizations.selectedOrganization }
  var selectedMember: OrgUser? { organizations.selectedMember }
  var detail: Selection<DetailItem> { organizations.detail }
  var list: Selection<String> { organizations.list.selection }
  var pane: Pane { screen.pane }
  var query: String { organizations.filter }
  var filterText: String { screen.filter }
  var markCount: Int { screen.markCount }
  var isMarkingRange: Bool { screen.isMarkingRange }
  var shownCount: Int { screen.shownCount }
  var totalCount: Int { screen.totalCount }
  var viewport: Viewport { workspace.viewport }
  var isReading: Bool { workspace.isReading }
  var editingObstacle: String? { workspace.editingObstacle }
  var flashing: Set<String> { workspace.flash.organizations }
  var history: HistoryScreen? { screen as? HistoryScreen }
  var rows: (any RowsScreen)? { screen as? any RowsScreen }
  var leaving: (text: String, isYes: Bool)? {
    (workspace.overlay as? LeaveQuestion).map { ($0.text(workspace), $0.isYes) }
  }
  var person: PersonScreen? { screen as? PersonScreen }

  func listRow(_ row: Int) -> ListRow { organizations.listRow(row, workspace.flash) }
  func detailLine(_ line: Int) -> DetailLine {
    organizations.detailLines(line..<line + 1, workspace.flash)[0]
  }
}

extension RowsScreen {
  var selectedID: String? { list.selectedID }
  var selectedPlace: Int { list.selectedRow }
  func visible(_ room: Int) -> Range<Int> { list.visible(room) }
}

extension MemoryReader {
  /// All organizations, and all members.
  var records: (organizations: [Organization], members: [OrgUser]) {
    let rows = organizations(matching: Query(), after: nil, limit: .max)
    let all = rows.flatMap { members(of: $0.organization.id, in: 0..<$0.memberCount).map(\.member) }
    return (rows.map(\.organization), all)
  }
}

extension OrganizationList {
  /// Arranges data in memory, which can always be read.
  init(_ data: MemoryReader, for request: ListRequest, after previous: OrganizationList? = nil) {
    let reader: any StoreReader = data
    guard let list = try? OrganizationList(reader, for: request, after: previous) else {
      preconditionFailure("data in memory can't be arranged")
    }
    self = list
  }

  /// The organization in a row, which is always there.
  func organization(at row: Int) -> Organization {
    guard let row = listing.row(at: row) else { preconditionFailure("data in memory are there") }
    return row.organization
  }
}
