// Rows as screens show them. A screen's thread asks for them, so no answer waits for anything, nor costs time that grows with
// the data: a store that hasn't read a row yet says so with `nil`, and reads it when it is told to fetch it.

/// Rows of which a store may have read some only.
public protocol RowSource: Sendable {
  /// Whether all that the rows show is there, so that nothing has to be fetched.
  var isWhole: Bool { get }
  /// Whether the rows are all that there are; otherwise they are the first of them, and the store has yet to find the
  /// others.
  var isComplete: Bool { get }
  /// How many rows there are.
  var count: Int { get }
  /// How many there will be once they are complete: an estimate until then.
  var expectedCount: Int { get }
  /// Reads what rows show, if it isn't there yet. May take a while, so it isn't asked on a screen's thread.
  func fetch(_ rows: Range<Int>) throws(OrgError)
}

extension RowSource {
  /// Most stores have all rows at once.
  public var isWhole: Bool { true }
  /// Most stores have all rows at once.
  public var isComplete: Bool { true }
  /// Most stores have all rows at once.
  public var expectedCount: Int { count }
  /// Most stores have all rows at once.
  public func fetch(_ rows: Range<Int>) throws(OrgError) {}
}

/// The organizations that match a query, in an order, at one revision.
public protocol OrganizationListing: RowSource {
  /// The revision, how much there is, and what is wrong with it.
  var summary: DataSummary { get }
  /// What the rows match.
  var query: Query { get }
  /// What they are sorted by.
  var order: ListOrder { get }
  /// The id of the organization in a row.
  func id(at row: Int) -> String
  /// The row of an organization; `nil` if the query hides it or it doesn't exist.
  func position(of id: String) -> Int?
  /// What a row shows; `nil` where that isn't there yet.
  func row(at row: Int) -> OrganizationRow?
  /// Whether there is an organization, whether the query hides it or not.
  func contains(_ id: String) -> Bool
  /// An organization with its members, even if the query hides it; `nil` if it doesn't exist or hasn't been read yet.
  func detail(of id: String) -> (any OrganizationDetail)?
  /// The id of the organization that has a name, whatever its case; `nil` where none has it, as far as is known here.
  func organizationID(named name: String) -> String?

  /// The first row that another query matches, from the one after a row on, or before it, and around the end. May take a
  /// while, so it isn't asked on a screen's thread.
  func row(matching query: Query, from row: Int, isForward: Bool) throws(OrgError) -> Int?
  /// Reads organizations and their members in some places, if they aren't there yet. May take a while, so it isn't asked on
  /// a screen's thread.
  func fetch(_ organizations: [String], members places: Range<Int>) throws(OrgError)
  /// Reads an organization and one of its members, with those around, if they aren't there yet. May take a while, so it isn't
  /// asked on a screen's thread.
  func fetch(_ id: String, member user: String) throws(OrgError)
}

extension OrganizationListing {
  /// Most stores have all members at once.
  public func fetch(_ organizations: [String], members places: Range<Int>) throws(OrgError) {}
  /// Most stores have all members at once.
  public func fetch(_ id: String, member user: String) throws(OrgError) {}

  /// The organization with an id; `nil` if it doesn't exist or hasn't been read yet.
  public func organization(id: String) -> Organization? {
    detail(of: id)?.organization ?? position(of: id).flatMap(row(at:))?.organization
  }
}

/// One organization and its members, at one revision. Members have a place from zero in the order of the data.
public protocol OrganizationDetail: Sendable {
  /// The organization.
  var organization: Organization { get }
  /// The fields that its record lacks, so that the service's defaults are shown.
  var defaults: DefaultedFields { get }
  /// How many members it has.
  var memberCount: Int { get }
  /// How many members have each role.
  var roleCounts: RoleCounts { get }
  /// The member in a place; `nil` where it isn't there yet.
  func member(at place: Int) -> MemberRow?
  /// The place of a user; `nil` where the user isn't a member, or isn't there yet.
  func place(of user: String) -> Int?
}

/// The members of one organization that match a query, in an order, at one revision.
public protocol MemberListing: RowSource {
  /// The organization's id.
  var organization: String { get }
  /// How many members the organization has whatever the query.
  var total: Int { get }
  /// The id of the user in a row.
  func id(at row: Int) -> String
  /// The row of a user; `nil` where the query hides the user, or the user isn't a member.
  func position(of user: String) -> Int?
  /// The member in a row; `nil` where it isn't there yet.
  func member(at row: Int) -> MemberRow?
}

/// The users that match a query, in an order, at one revision.
public protocol UserListing: RowSource {
  /// The revision.
  var revision: Revision { get }
  /// How many users there are whatever the query; an estimate as long as the rows aren't complete.
  var total: Int { get }
  /// The user in a row; `nil` where it isn't there yet.
  func user(at row: Int) -> UserSummary?
  /// The row of a user; `nil` if the query hides the user or the user doesn't exist, or isn't there yet.
  func position(of user: String) -> Int?
}

extension UserListing {
  /// The ids of the users in some rows. May take a while, so it isn't asked on a screen's thread.
  public func ids(in rows: Range<Int>) throws(OrgError) -> [String] {
    var ids: [String] = []
    var start = rows.lowerBound
    while start < rows.upperBound {
      let page = start..<min(rows.upperBound, start + 1000)
      if !isWhole { try fetch(page) }
      ids += page.compactMap { user(at: $0)?.id }
      start = page.upperBound
    }
    return ids
  }
}

/// The organizations of one user that match a query, in an order, at one revision.
public protocol MembershipListing: RowSource {
  /// The user's id.
  var user: String { get }
  /// How many organizations the user is in whatever the query.
  var total: Int { get }
  /// The id of the organization in a row.
  func id(at row: Int) -> String
  /// The row of an organization; `nil` where the query hides it, or the user isn't in it.
  func position(of organization: String) -> Int?
  /// Whether the user is in an organization, whether the query hides it or not.
  func contains(_ organization: String) -> Bool
  /// What a row shows; `nil` where that isn't there yet.
  func row(at row: Int) -> Membership?
  /// The user in all organizations, by their names. May take a while, so it isn't asked on a screen's thread.
  func members() throws(OrgError) -> [OrgUser]
}

/// A user, with how many organizations have them in which role.
public struct UserSummary: Sendable, Hashable {
  /// The user's id.
  public let id: String
  /// How many organizations have the user in each role.
  public let roles: RoleCounts

  /// For stores: a user and the counts.
  public init(id: String, roles: RoleCounts) { (self.id, self.roles) = (id, roles) }

  /// How many organizations the user is in.
  public var organizationCount: Int { roles.total }
}
