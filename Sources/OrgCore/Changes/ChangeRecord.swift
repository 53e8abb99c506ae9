/// A change as it is written down: the one form that the lines of a journal and the documents for `orgman apply` have.
///
/// Keys that don't apply are absent.
public struct ChangeRecord: Sendable, Codable {
  /// What is done: `create` or `delete` an organization, `set` a field, `add` or `remove` a member, or `role`.
  public var op: String
  /// The organization's id.
  public var org: String
  /// The organization's name at that time. A document may leave it out.
  public var name: String?
  /// The member's user id.
  public var user: String?
  /// The field, by its name in the file.
  public var field: String?
  /// The value before; absent for none.
  public var from: String?
  /// The value after; absent for none.
  public var to: String?
  /// Since when a member that is added or removed has been one.
  public var joinedAt: String?
  /// The fields of an organization that is created or deleted; absent ones are null in the file.
  public var organization: [String: String]?
  /// What it does, for people. It isn't read.
  public var summary: String?

  /// What `op` can say.
  enum Operation: String {
    case create, delete, set, add, remove, role
  }

  /// Writes down a change with what is around it.
  public init(_ recorded: RecordedChange) {
    let operation: Operation
    org = recorded.change.organizationID
    name = recorded.organizationName
    user = recorded.change.userID
    switch recorded.change {
    case .createOrganization(let organization):
      operation = .create
      self.organization = Self.fields(organization)
    case .removeOrganization(let organization):
      operation = .delete
      self.organization = Self.fields(organization)
    case .setField(let field, _, let from, let to):
      operation = .set
      self.field = field.rawValue
      (self.from, self.to) = (from, to)
    case .addMember(let member):
      operation = .add
      to = member.role.rawValue
      joinedAt = member.joinedAt.description
    case .removeMember(_, _, let role):
      operation = .remove
      from = role.rawValue
      joinedAt = recorded.joinedAt?.description
    case .setRole(_, _, let from, let to):
      operation = .role
      (self.from, self.to) = (from.rawValue, to.rawValue)
    }
    op = operation.rawValue
  }

  private static func fields(_ organization: Organization) -> [String: String] {
    var fields = ["created_at": organization.createdAt.description]
    for field in OrganizationField.allCases { fields[field.rawValue] = organization[field] }
    return fields
  }

  /// Whether there is such an operation.
  package var isKnown: Bool { Operation(rawValue: op) != nil }

  /// The change with what is around it; `nil` for what a later version may have written.
  ///
  /// - Parameter rules: those of the store whose change it is.
  public func recorded(by rules: Rules = .files) -> RecordedChange? {
    (try? change(by: rules)).map {
      RecordedChange(
        $0, organizationName: name ?? "", joinedAt: joinedAt.flatMap { Timestamp(recorded: $0) })
    }
  }

  /// The change alone.
  ///
  /// - Parameter rules: those of the store whose change it is.
  /// - Throws: `invalidValue` with what is wrong, to follow a colon.
  public func change(by rules: Rules = .files) throws(OrgError) -> Change {
    switch Operation(rawValue: op) {
    case .create: return .createOrganization(try record(rules))
    case .delete: return .removeOrganization(try record(rules))
    case .set:
      let name = try needed(field, "field")
      guard let field = OrganizationField(rawValue: name) else {
        throw OrgError(.invalidValue, "there is no field \(name.quoted).")
      }
      return .setField(field, organization: org, from: from, to: to)
    case .add:
      return .addMember(
        OrgUser(
          organizationID: org, userID: try needed(user, "user"), role: try rules.role(try needed(to, "to")),
          joinedAt: try time(joinedAt, "joinedAt")))
    case .remove:
      return .removeMember(
        user: try needed(user, "user"), organization: org, role: try expectedRole(rules))
    case .role:
      return .setRole(
        user: try needed(user, "user"), organization: org, from: try expectedRole(rules),
        to: try rules.role(try needed(to, "to")))
    case nil: throw OrgError(.invalidValue, "there is no operation \(op.quoted).")
    }
  }

  private func needed(_ value: String?, _ key: String) throws(OrgError) -> String {
    guard let value else { throw OrgError(.invalidValue, "\(key) is missing.") }
    return value
  }

  /// The role before, which may be one that nobody is given any more.
  private func expectedRole(_ rules: Rules) throws(OrgError) -> Role {
    let name = try needed(from, "from")
    if let role = Role(rawValue: name) { return role }
    return try rules.role(name)
  }

  private func time(_ value: String?, _ key: String) throws(OrgError) -> Timestamp {
    let text = try needed(value, key)
    guard let time = Timestamp(recorded: text) else {
      throw OrgError(.invalidValue, "\(key) \(text.quoted) isn't a time.")
    }
    return time
  }

  private func record(_ rules: Rules) throws(OrgError) -> Organization {
    guard let organization else { throw OrgError(.invalidValue, "organization is missing.") }
    var record = Organization(
      id: org, name: "", createdAt: try time(organization["created_at"], "created_at"))
    // Setting an unknown status would leave the default.
    _ = try rules.checked(organization["status"], for: .status)
    for field in OrganizationField.allCases { record[field] = organization[field.rawValue] }
    return record
  }
}
