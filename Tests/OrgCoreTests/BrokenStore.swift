import OrgCore
import OrgStoreTesting
import Synchronization

/// A store in memory with one fault, to see that the conformance suite finds it.
final class BrokenStore: OrgStore {
  private struct State {
    var isHeldUp = false
    var previous: MemoryReader?
    /// What the fault adds to the revision.
    var added: UInt64 = 0
    var emptyEntries: [HistoryEntry] = []
    /// For how long the commits would have worked.
    var work = Duration.zero
  }

  let fault: StoreFault?
  private let inner: InMemoryStore
  private let state = Mutex(State())

  init(_ fault: StoreFault?) {
    self.fault = fault
    let organization = Organization(id: "org_first", name: "First", createdAt: .now())
    inner = InMemoryStore(
      organizations: fault == .beginsWithData ? [organization] : [], rules: Self.rules)
  }

  /// Those of the files, but for a text that a database can't hold.
  private static let rules = {
    var rules = Rules.files
    rules.allowsNull = false
    return rules
  }()

  /// The store as the suite sees it.
  static func underTest(_ fault: StoreFault?) -> StoreUnderTest {
    let store = BrokenStore(fault)
    return StoreUnderTest(
      rules: rules,
      holdUp: { body in
        store.state.withLock { $0.isHeldUp = true }
        defer { store.state.withLock { $0.isHeldUp = false } }
        try body()
      },
      measure: { body in
        let before = store.state.withLock { $0.work }
        try body()
        return store.state.withLock { $0.work } - before
      },
      open: { fault == .sharesNothing ? BrokenStore(fault) : store })
  }

  // MARK: Reading

  func reader() throws(OrgError) -> any StoreReader {
    if fault == .stopsReaders, state.withLock({ $0.isHeldUp }) {
      throw OrgError(.locked, "Somebody else is here.")
    }
    let (previous, added) = state.withLock { ($0.previous, $0.added) }
    if fault == .showsOldData, let previous { return wrapped(previous, added) }
    return wrapped(inner.memoryReader(), added)
  }

  private func wrapped(_ reader: MemoryReader, _ added: UInt64) -> BrokenReader {
    let newest: @Sendable () -> MemoryReader = { [inner] in inner.memoryReader() }
    let number = fault == .keepsRevision ? 0 : UInt64(inner.history().count) + added
    return BrokenReader(
      reader, newest: fault == .changesOldData ? newest : nil, revision: Revision(number), fault: fault)
  }

  // MARK: Committing

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    try wait(waiting)
    let before = inner.memoryReader()
    let set = rewritten(set, on: before)
    let commit: Commit
    do throws(OrgError) {
      commit = try made(set, on: before)
    } catch {
      switch fault {
      case .acceptsAll: return Commit(reader: before, changes: [])
      case .hidesConflicts: throw OrgError(error.code, error.message)
      default: throw error
      }
    }
    let added = state.withLock { state in
      if before.revision != inner.memoryReader().revision { state.previous = before }
      if fault == .notesNothing, commit.changes.isEmpty {
        state.added += 1
        state.emptyEntries.append(
          HistoryEntry(
            generation: UInt64(inner.history().count) + state.added, time: .now(), kind: .edit,
            actor: Actor(uid: 0, user: "memory", host: "memory"), changes: []))
      }
      let count = set.changes.count
      state.work += .microseconds(fault == .isSlow ? count * count : count)
      return state.added
    }
    return Commit(
      reader: wrapped(fault == .showsDataBefore ? before : inner.memoryReader(), added),
      changes: fault == .namesAll ? set.changes : commit.changes)
  }

  private func wait(_ waiting: (Contention) -> Bool) throws(OrgError) {
    var waited = 0
    while fault != .neverWaits, state.withLock({ $0.isHeldUp }) {
      let holder = Contention(program: "other", origin: .process(1), user: "root", waitedMilliseconds: waited)
      waited += 1
      guard !waiting(holder) else { continue }
      if fault == .ignoresCancelling { return }
      throw OrgError(.cancelled, "Cancelled.")
    }
  }

  private func made(_ set: ChangeSet, on before: MemoryReader) throws(OrgError) -> Commit {
    switch fault {
    case .forgetsCommits:
      let preview = Preview(of: set, on: before)
      try preview.check()
      return Commit(reader: before, changes: preview.effective)
    case .checksOldData:
      // What was so before the commit before.
      let preview = Preview(of: set, on: state.withLock { $0.previous } ?? before)
      try preview.check()
      return try inner.commit(set)
    case .commitsInParts:
      var done: [Change] = []
      var first: OrgError?
      for change in set.changes {
        do throws(OrgError) {
          let part = ChangeSet([change], allowsOwnerless: set.allowsOwnerless, purpose: set.purpose)
          done += try inner.commit(part).changes
        } catch {
          first = first ?? error
        }
      }
      if let first { throw first }
      return Commit(reader: inner.memoryReader(), changes: done)
    default:
      return try inner.commit(set)
    }
  }

  private func rewritten(_ set: ChangeSet, on reader: MemoryReader) -> ChangeSet {
    var set = set
    switch fault {
    case .ignoresOwners: set.allowsOwnerless = true
    case .forgetsPurpose: set.purpose = .edit
    case .reversesChanges: set.changes.reverse()
    case .overwritesUnseen: set.changes = set.changes.map { $0.expecting(reader) }
    case .losesText: set.changes = set.changes.map(\.inPlainText)
    case .skipsRemovals:
      set.changes.removeAll { if case .removeOrganization = $0 { true } else { false } }
    default: break
    }
    return set
  }

  // MARK: History

  func history() throws(OrgError) -> [HistoryEntry] {
    let all = state.withLock { $0.emptyEntries.reversed() } + inner.history()
    return switch fault {
    case .forgetsHistory: []
    case .forgetsFirst: all.dropLast()
    case .oldestFirst: all.reversed()
    case .forgetsJoining, .forgetsNames: all.map(forgetful)
    default: all
    }
  }

  private func forgetful(_ entry: HistoryEntry) -> HistoryEntry {
    HistoryEntry(
      generation: entry.generation, time: entry.time, kind: entry.kind, actor: entry.actor,
      changes: entry.changes.map {
        RecordedChange(
          $0.change, organizationName: fault == .forgetsNames ? "" : $0.organizationName,
          joinedAt: fault == .forgetsJoining ? nil : $0.joinedAt)
      })
  }

  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    let filter = fault == .ignoresFilter ? HistoryFilter() : filter
    let page = try inner.history(
      matching: filter, from: fault == .ignoresCursor ? nil : position, limit: limit)
    switch fault {
    case .forgetsHistory: return HistoryPage(entries: [], next: nil)
    case .endsPagesEarly: return HistoryPage(entries: page.entries, next: nil)
    case .ignoresCursor:
      return HistoryPage(entries: page.entries, next: HistoryCursor("0"))
    default: return page
    }
  }

  func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try history().first { fault == .findsAnyGeneration || $0.generation == generation }
  }

  func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    if fault == .inventsUndo {
      return HistoryEntry(
        generation: 1, time: .now(), kind: .edit, actor: Actor(uid: 0, user: "memory", host: "memory"),
        changes: [])
    }
    var search = UndoSearch(uid: fault == .ignoresUser ? nil : uid)
    return try history().first { search.isUndoable($0) }
  }

  func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    if fault == .stopsRedo { return nil }
    return try inner.redoable(by: fault == .ignoresUser ? nil : uid)
  }
}

extension Change {
  /// Expects what is there.
  fileprivate func expecting(_ reader: MemoryReader) -> Change {
    switch self {
    case .setField(let field, let id, let from, let to):
      .setField(field, organization: id, from: reader.organization(id: id)?[field] ?? from, to: to)
    case .setRole(let user, let id, let from, let to):
      .setRole(user: user, organization: id, from: reader.member(user, of: id)?.role ?? from, to: to)
    case .removeMember(let user, let id, let role):
      .removeMember(user: user, organization: id, role: reader.member(user, of: id)?.role ?? role)
    case .removeOrganization(let organization):
      .removeOrganization(reader.organization(id: organization.id) ?? organization)
    case .createOrganization, .addMember: self
    }
  }

  /// Texts without what isn't printable ASCII.
  fileprivate var inPlainText: Change {
    func plain(_ text: String) -> String { String(text.filter { $0.isASCII && $0 >= " " }) }
    switch self {
    case .createOrganization(var organization):
      (organization.id, organization.name) = (plain(organization.id), plain(organization.name))
      return .createOrganization(organization)
    case .setField(let field, let id, let from, let to):
      return .setField(field, organization: id, from: from, to: to.map(plain))
    case .addMember(var member):
      member.userID = plain(member.userID)
      return .addMember(member)
    case .removeOrganization, .removeMember, .setRole: return self
    }
  }
}
