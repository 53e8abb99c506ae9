/// The records that a preview looks up, one by one: all that it needs to know of a store. What it asks for belongs to the
/// records that its changes name, so a store may fetch these beforehand.
public protocol RecordLookup {
  /// What values the store may hold.
  var rules: Rules { get }

  /// The organization with an id.
  func organization(id: String) -> Organization?

  /// The id of the organization that has a name, whatever its case and the white space around it.
  func organizationID(named name: String) -> String?

  /// One member of an organization.
  func member(_ user: String, of organization: String) -> OrgUser?

  /// How many members of an organization have each role; none for an unknown one.
  func roleCounts(of organization: String) -> RoleCounts

  /// Some members of an organization who have one of some roles. Asked for only where the change set has the rights of a user.
  func users(with roles: [Role], in organization: String, limit: Int) -> [String]

  /// How many members an organization has besides some who are among them.
  func memberCount(of organization: String, without users: Set<String>) -> Int

  /// What keeps a record from being edited, although others can be; `nil` where nothing does.
  func problem(with record: EditedRecord) -> DataProblem?
}

extension RecordLookup {
  /// Those of the files.
  public var rules: Rules { .files }

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
