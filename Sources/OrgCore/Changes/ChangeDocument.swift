/// A change set as a document: made of a preview, kept, reviewed, and applied later.
///
/// Each change carries the value that it expects, so what somebody changed since is a conflict and never overwritten.
/// The entries have the keys that changes have in the journal's lines, so that who reads one can read the other;
/// `summary` is for people and isn't read.
public struct ChangeDocument: Sendable, Codable {
  /// What `format` says.
  public static let formatName = "orgman changes"
  /// The version of this format.
  public static let currentVersion = 1

  /// What kind of document this is: `formatName`.
  public var format = formatName
  /// Of this format; a later one isn't read.
  public var version = currentVersion
  /// The generation of the history that the preview was made on, where there is a history.
  public var generation: UInt64?
  /// When the preview was made, in UTC.
  public var time: String
  /// Whether an organization may lose its last owner by it.
  public var allowsOwnerless: Bool
  /// The generation that it takes back.
  public var undoes: UInt64?
  /// The generation that it does again.
  public var redoes: UInt64?
  /// The changes in order.
  public var changes: [Entry]

  /// One change.
  public struct Entry: Sendable, Codable {
    /// What is done: `create` or `delete` an organization, `set` a field, `add` or `remove` a member, or `role`.
    public var op: String
    /// The organization's id.
    public var org: String
    /// The organization's name when the preview was made.
    public var name: String?
    /// The member's user id.
    public var user: String?
    /// The field, by its name in the file.
    public var field: String?
    /// The value that is expected to be there; absent for none.
    public var from: String?
    /// The value that shall be there; absent for none.
    public var to: String?
    /// Since when a member that is added has been one.
    public var joinedAt: String?
    /// The fields of an organization that is created or deleted; absent ones are null in the file.
    public var organization: [String: String]?
    /// What it does, for people.
    public var summary: String?
  }

  /// Writes down what a change set would do.
  ///
  /// - Parameters:
  ///   - set: the changes.
  ///   - preview: the set, played on the data; what is so already is left out.
  ///   - generation: the newest generation of the history.
  ///   - time: when the preview was made.
  public init(_ set: ChangeSet, previewed preview: Preview, generation: UInt64?, time: Timestamp = .now()) {
    self.init(set, recorded: preview.recorded, generation: generation, time: time)
  }

  /// Writes down changes with what is around them.
  public init(_ set: ChangeSet, recorded: [RecordedChange], generation: UInt64?, time: Timestamp = .now()) {
    self.generation = generation
    self.time = time.description
    allowsOwnerless = set.allowsOwnerless
    switch set.purpose {
    case .edit: break
    case .undo(let generation): undoes = generation
    case .redo(let generation): redoes = generation
    }
    changes = recorded.map(Entry.init)
  }

  /// The change set to commit.
  ///
  /// - Throws: `invalidValue` for a document of another kind or a later version, or an entry that is no change.
  public func changeSet() throws(OrgError) -> ChangeSet {
    guard format == Self.formatName else {
      throw OrgError(
        .invalidValue, "It is a document of another kind: \(format.prefix(80).description.quoted).")
    }
    guard version == Self.currentVersion else {
      throw OrgError(
        .invalidValue,
        "It has version \(version) of the format, and this orgman knows \(Self.currentVersion).")
    }
    var set = ChangeSet([], allowsOwnerless: allowsOwnerless)
    if let undoes { set.purpose = .undo(of: undoes) } else if let redoes { set.purpose = .redo(of: redoes) }
    for (index, entry) in changes.enumerated() {
      do throws(OrgError) {
        set.changes.append(try entry.change())
      } catch {
        throw OrgError(error.code, "Change \(index + 1): \(error.message)")
      }
    }
    return set
  }
}

extension ChangeDocument.Entry {
  init(_ recorded: RecordedChange) {
    org = recorded.change.organizationID
    name = recorded.organizationName
    user = recorded.change.userID
    summary = recorded.summary
    switch recorded.change {
    case .createOrganization(let organization):
      op = "create"
      self.organization = Self.fields(organization)
    case .removeOrganization(let organization):
      op = "delete"
      self.organization = Self.fields(organization)
    case .setField(let field, _, let from, let to):
      op = "set"
      self.field = field.rawValue
      self.from = from
      self.to = to
    case .addMember(let member):
      op = "add"
      to = member.role.rawValue
      joinedAt = member.joinedAt.description
    case .removeMember(_, _, let role):
      op = "remove"
      from = role.rawValue
    case .setRole(_, _, let from, let to):
      op = "role"
      self.from = from.rawValue
      self.to = to.rawValue
    }
  }

  private static func fields(_ organization: Organization) -> [String: String] {
    var fields = ["created_at": organization.createdAt.description]
    for field in OrganizationField.allCases { fields[field.rawValue] = organization[field] }
    return fields
  }

  func change() throws(OrgError) -> Change {
    switch op {
    case "create": return .createOrganization(try record())
    case "delete": return .removeOrganization(try record())
    case "set":
      let name = try needed(field, "field")
      guard let field = OrganizationField(rawValue: name) else {
        throw OrgError(.invalidValue, "there is no field \(name.quoted).")
      }
      return .setField(field, organization: org, from: from, to: to)
    case "add":
      return .addMember(
        OrgUser(
          organizationID: org, userID: try needed(user, "user"), role: try role(to, "to"),
          joinedAt: try time(joinedAt, "joinedAt")))
    case "remove":
      return .removeMember(user: try needed(user, "user"), organization: org, role: try role(from, "from"))
    case "role":
      return .setRole(
        user: try needed(user, "user"), organization: org, from: try role(from, "from"),
        to: try role(to, "to"))
    default: throw OrgError(.invalidValue, "there is no operation \(op.quoted).")
    }
  }

  private func needed(_ value: String?, _ key: String) throws(OrgError) -> String {
    guard let value else { throw OrgError(.invalidValue, "\(key) is missing.") }
    return value
  }

  private func role(_ value: String?, _ key: String) throws(OrgError) -> Role {
    try Rules.role(try needed(value, key))
  }

  private func time(_ value: String?, _ key: String) throws(OrgError) -> Timestamp {
    let text = try needed(value, key)
    guard let time = Timestamp(recorded: text) else {
      throw OrgError(.invalidValue, "\(key) \(text.quoted) is no time.")
    }
    return time
  }

  private func record() throws(OrgError) -> Organization {
    guard let organization else { throw OrgError(.invalidValue, "organization is missing.") }
    var record = Organization(
      id: org, name: "", createdAt: try time(organization["created_at"], "created_at"))
    // Setting an unknown status would leave the default.
    _ = try Rules.checked(organization["status"], for: .status)
    for field in OrganizationField.allCases { record[field] = organization[field.rawValue] }
    return record
  }
}
