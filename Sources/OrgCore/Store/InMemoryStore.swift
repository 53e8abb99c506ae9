import OrderedCollections
import Synchronization

/// A store that forgets everything with the process: for tests, and for trying the core out.
public final class InMemoryStore: OrgStore {
  private let current: Mutex<State>
  private let rules: Rules

  fileprivate struct State {
    var records: OrderedDictionary<String, MemoryReader.Record>
    var revision: UInt64 = 0
    var history: [HistoryEntry] = []

    func reader(_ rules: Rules) -> MemoryReader {
      MemoryReader(records, revision: Revision(revision), rules: rules)
    }
  }

  /// Starts with organizations and members.
  ///
  /// - Parameters:
  ///   - organizations: the organizations, in their order.
  ///   - members: their members; those of unknown organizations are left out.
  ///   - rules: what values the data may hold from then on.
  public init(organizations: [Organization] = [], members: [OrgUser] = [], rules: Rules = .files) {
    self.rules = rules
    current = Mutex(State(records: MemoryReader(organizations: organizations, members: members).records))
  }

  /// The data as they are.
  public func reader() -> any StoreReader { memoryReader() }

  /// The data as they are, for tests that change them.
  package func memoryReader() -> MemoryReader { current.withLock { $0.reader(rules) } }

  /// Commits a change set; nobody is ever waited for.
  public func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    try current.withLock { state throws(OrgError) in
      let preview = Preview(of: set, on: state.reader(rules))
      try preview.check()
      if !preview.edit.isEmpty {
        state.revision += 1
        state.apply(preview.edit)
        state.history.append(
          HistoryEntry(
            generation: state.revision, time: .now(), kind: HistoryEntry.Kind(set.purpose),
            actor: Actor(uid: 0, user: "memory", host: "memory").acting(with: set.access),
            changes: preview.recorded))
      }
      return Commit(reader: state.reader(rules), changes: preview.effective)
    }
  }

  /// Every commit since the start, newest first.
  public func history() -> [HistoryEntry] {
    current.withLock { $0.history.reversed() }
  }
}

extension InMemoryStore.State {
  fileprivate mutating func apply(_ edit: StoreEdit) {
    for (id, organization) in edit.created { records[id] = MemoryReader.Record(organization: organization) }
    for id in edit.removed { records[id] = nil }
    for (id, fields) in edit.fields {
      for (field, value) in fields { records[id]?.organization[field] = value }
    }
    for (id, list) in edit.members {
      guard var members = records[id]?.members else { continue }
      members.removeAll { list.removed.contains($0.userID) }
      for index in members.indices {
        members[index].role = list.roles[members[index].userID] ?? members[index].role
      }
      members += list.added.values
      records[id]?.members = members
    }
  }
}
