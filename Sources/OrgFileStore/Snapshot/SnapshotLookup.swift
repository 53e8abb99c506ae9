import OrgCore

/// The records of a snapshot. Where many are asked for, tables of them are made.
final class SnapshotLookup: RecordLookup {
  private let snapshot: Snapshot
  /// Which organization has a name, by the name's key; made when the first name is asked for.
  private lazy var names = Dictionary(
    snapshot.organizations.map { ($0.name.nameKey, $0.id) }, uniquingKeysWith: { first, _ in first })
  /// Members by user, for organizations of which many are looked up.
  private var tables: [String: (lookups: Int, byUser: [String: OrgUser]?)] = [:]

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
  }

  func organization(id: String) -> Organization? { snapshot.organization(id: id) }

  func organizationID(named name: String) -> String? { names[name.nameKey] }

  func member(_ user: String, of id: String) -> OrgUser? {
    tables[id, default: (0, nil)].lookups += 1
    if let table = tables[id]?.byUser { return table[user] }
    guard let lookups = tables[id]?.lookups, lookups > 8 else { return snapshot.member(user, of: id) }
    let table = Dictionary(
      snapshot.members(of: id).map { ($0.userID, $0) }, uniquingKeysWith: { first, _ in first })
    tables[id]?.byUser = table
    return table[user]
  }

  func roleCounts(of id: String) -> RoleCounts { snapshot.roleCounts(of: id) }

  func users(with roles: [Role], in id: String, limit: Int) -> [String] {
    Array(snapshot.members(of: id).lazy.filter { roles.contains($0.role) }.map(\.userID).prefix(limit))
  }

  /// A file may have a user twice.
  func memberCount(of id: String, without users: Set<String>) -> Int {
    snapshot.members(of: id).count { !users.contains($0.userID) }
  }

  func problem(with record: EditedRecord) -> DataProblem? { fileProblem(with: record)?.problem }

  private func fileProblem(with record: EditedRecord) -> FileProblem? {
    let contents = snapshot.contents
    guard contents.hasRecordProblems else { return nil }
    switch record {
    case .organization(let id): return contents.index(ofOrganization: id).flatMap(contents.problem(at:))
    case .members(let id): return contents.index(ofOrganization: id).flatMap(contents.listProblem(at:))
    case .member(let user, let id):
      guard let index = contents.index(ofOrganization: id) else { return nil }
      return contents.memberIndex(ofUser: user, at: index).flatMap {
        contents.problem(ofMember: $0, at: index)
      }
    }
  }
}

extension Preview {
  /// Plays a change set on a snapshot; neither is changed.
  init(of set: ChangeSet, on snapshot: Snapshot) {
    self.init(of: set, on: SnapshotLookup(snapshot))
  }
}
