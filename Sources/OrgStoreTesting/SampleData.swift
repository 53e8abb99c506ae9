import OrgCore

/// Moments to give to records, in order.
enum Moment {
  static let first = Timestamp(microseconds: 1_790_000_000_000_000)
  static let second = Timestamp(microseconds: 1_790_000_001_234_567)
}

/// The ids and the names of organizations that most behaviors are about.
enum Sample {
  static let acme = "org_acme"
  static let globex = "org_globex"

  static func organization(
    _ id: String, named name: String, plan: String = PlanTier.default
  ) -> Organization {
    Organization(id: id, name: name, createdAt: Moment.first, planTier: plan)
  }

  /// A member of Acme, if no other organization is named.
  static func member(_ user: String, _ role: Role = .member, of id: String = acme) -> OrgUser {
    OrgUser(organizationID: id, userID: user, role: role, joinedAt: Moment.second)
  }

  /// Adds an organization with members, in one set.
  static func adding(
    _ id: String = acme, named name: String = "Acme", plan: String = PlanTier.default,
    members: KeyValuePairs<String, Role> = [:]
  ) -> ChangeSet {
    ChangeSet(
      [.createOrganization(organization(id, named: name, plan: plan))]
        + members.map { .addMember(member($0.key, $0.value, of: id)) })
  }

  static func plan(
    of id: String = acme, from: String = PlanTier.default, to: String
  ) -> ChangeSet {
    ChangeSet([.setField(.planTier, organization: id, from: from, to: to)])
  }
}

/// All that a store holds at a revision, to be compared.
struct Records: Equatable {
  let organizations: [Organization]
  let members: [[OrgUser]]

  init(_ reader: any StoreReader) throws {
    organizations = try reader.organizations()
    members = try organizations.map { try reader.members(of: $0.id) }
  }
}

extension OrgManager {
  /// All that the store holds.
  func records() throws -> Records { try Records(reader()) }

  /// A field of an organization that must be there.
  func value(_ field: OrganizationField, of id: String = Sample.acme) throws -> String? {
    try need("organization \(id)", try organization(id: id))[field]
  }

  /// The users of an organization, in order.
  func userIDs(of id: String = Sample.acme) throws -> [String] { try users(of: id).map(\.userID) }

  /// What happened, in words, newest first.
  func summaries() throws -> [[String]] { try history().map { $0.changes.map(\.summary) } }

  /// Does something that must fail, and looks whether anything has changed.
  @discardableResult
  func expectRefusal<Value>(
    _ code: OrgError.Code, of what: String, _ body: (OrgManager) throws -> Value
  ) throws -> OrgError {
    let (before, generation) = (try records(), try reader().revision)
    let history = try history()
    let error = try expectError(code, what) { try body(self) }
    try expect("the records after \(what) was refused", try records(), is: before)
    try expect("the revision after \(what) was refused", try reader().revision, is: generation)
    try expect("the history after \(what) was refused", try self.history(), is: history)
    return error
  }
}
