import OrderedCollections
import Synchronization

/// A store that forgets everything with the process: for tests, and for trying the core out.
public final class InMemoryStore: OrgStore {
  private let current: Mutex<State>

  private struct State {
    var snapshot: Snapshot
    var history: [HistoryEntry] = []
  }

  /// Starts with the organizations and members given; members of unknown organizations are left out.
  public init(organizations: [Organization] = [], members: [OrgUser] = []) {
    var records = OrderedDictionary<String, Record>()
    for organization in organizations { records[organization.id] = Record(organization: organization) }
    for member in members { records[member.organizationID]?.members.append(member) }
    current = Mutex(State(snapshot: Snapshot(generation: 0, contents: Contents(records: records))))
  }

  /// The data as they are.
  public func snapshot() -> Snapshot {
    current.withLock { $0.snapshot }
  }

  /// Commits a change set; nobody is ever waited for.
  public func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    let result: Result<Commit, OrgError> = current.withLock { state in
      let preview = Preview(of: set, on: state.snapshot)
      do throws(OrgError) {
        try preview.check()
      } catch {
        return .failure(error)
      }
      if let contents = state.snapshot.contents as? Contents, !preview.edit.isEmpty {
        let generation = state.snapshot.generation + 1
        state.snapshot = Snapshot(generation: generation, contents: contents.applying(preview.edit))
        state.history.append(
          HistoryEntry(
            generation: generation, time: .now(), kind: HistoryEntry.Kind(set.purpose),
            actor: Actor(uid: 0, user: "memory", host: "memory"), changes: preview.recorded))
      }
      return .success(Commit(snapshot: state.snapshot, changes: preview.effective))
    }
    return try result.get()
  }

  /// Every commit since the start, newest first.
  public func history() -> [HistoryEntry] {
    current.withLock { $0.history.reversed() }
  }

  private struct Record: Sendable {
    var organization: Organization
    var members: [OrgUser] = []
  }

  private struct Contents: SnapshotContents {
    var records: OrderedDictionary<String, Record>

    var organizationCount: Int { records.count }
    var memberCount: Int { records.values.reduce(0) { $0 + $1.members.count } }
    func organization(at index: Int) -> Organization { records.values[index].organization }
    func index(ofOrganization id: String) -> Int? { records.index(forKey: id) }
    func memberCount(at index: Int) -> Int { records.values[index].members.count }
    func member(_ member: Int, at index: Int) -> OrgUser { records.values[index].members[member] }

    func memberIndex(ofUser user: String, at index: Int) -> Int? {
      records.values[index].members.firstIndex { $0.userID == user }
    }

    func roleCounts(at index: Int) -> RoleCounts {
      records.values[index].members.reduce(into: RoleCounts()) { $0.add($1.role) }
    }

    func organizations(ofUser user: String) -> [Int] {
      (0..<organizationCount).filter { memberIndex(ofUser: user, at: $0) != nil }
    }

    func applying(_ edit: SnapshotEdit) -> Contents {
      var result = self
      for (id, organization) in edit.created { result.records[id] = Record(organization: organization) }
      for id in edit.removed { result.records[id] = nil }
      for (id, fields) in edit.fields {
        for (field, value) in fields { result.records[id]?.organization[field] = value }
      }
      for (id, list) in edit.members {
        guard var members = result.records[id]?.members else { continue }
        members.removeAll { list.removed.contains($0.userID) }
        for index in members.indices {
          members[index].role = list.roles[members[index].userID] ?? members[index].role
        }
        members += list.added.values
        result.records[id]?.members = members
      }
      return result
    }
  }
}
