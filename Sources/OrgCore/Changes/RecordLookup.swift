/// The records that a preview looks up, one by one: all that it needs to know of a store. What it asks for belongs to the
/// records that its changes name, so a store may fetch these beforehand.
public protocol RecordLookup {
  /// The organization with an id.
  func organization(id: String) -> Organization?

  /// The id of the organization that has a name, whatever its case and the white space around it.
  func organizationID(named name: String) -> String?

  /// One member of an organization.
  func member(_ user: String, of organization: String) -> OrgUser?

  /// How many members of an organization have each role; none for an unknown one.
  func roleCounts(of organization: String) -> RoleCounts

  /// How many members an organization has besides some who are among them.
  func memberCount(of organization: String, without users: Set<String>) -> Int

  /// What keeps a record from being edited, although others can be; `nil` where nothing does.
  func problem(with record: EditedRecord) -> DataProblem?
}

extension RecordLookup {
  /// For stores in which a user is in a list once.
  public func memberCount(of organization: String, without users: Set<String>) -> Int {
    roleCounts(of: organization).total - users.count
  }
}

/// A record that an edit is about.
public enum EditedRecord: Sendable, Hashable {
  /// An organization's own fields, by its id.
  case organization(String)
  /// The list of an organization's members.
  case members(of: String)
  /// One member of an organization.
  case member(String, organization: String)
}

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

  /// A file may have a user twice.
  func memberCount(of id: String, without users: Set<String>) -> Int {
    snapshot.members(of: id).count { !users.contains($0.userID) }
  }

  func problem(with record: EditedRecord) -> DataProblem? {
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
