/// What a store answers, all of it as it was at one revision: the data may change meanwhile, these answers don't.
///
/// A question may be asked of a file or of a server, so it may take a while, and fail. Ask from a thread that may wait; what
/// a screen shows it takes of an ``OrganizationListing``.
public protocol StoreReader: Sendable {
  /// The revision, how much there is, and what is wrong with it.
  var summary: DataSummary { get }

  /// Whose rights what it shows is limited to.
  var access: Access { get }

  // MARK: Records

  /// The organization with an id, to the letter; `nil` for an unknown one, and for a text that can't be an id.
  func organization(id: String) throws(OrgError) -> Organization?

  /// The organization with an id as lists show it; `nil` for an unknown one.
  func row(of organization: String) throws(OrgError) -> OrganizationRow?

  /// Those of some organizations that there are, in the order of the data.
  func organizations(ids: [String]) throws(OrgError) -> [Organization]

  /// One member of an organization.
  func member(_ user: String, of organization: String) throws(OrgError) -> OrgUser?

  /// How many members of an organization have each role; none for an unknown one.
  func roleCounts(of organization: String) throws(OrgError) -> RoleCounts

  /// The records that a preview of a change set looks up: those that its changes name.
  func records(for set: ChangeSet) throws(OrgError) -> any RecordLookup

  // MARK: Page by page

  /// Organizations that match a query, in the order of the data, deleted ones too.
  ///
  /// - Parameters:
  ///   - query: what they match; `Query()` for all.
  ///   - organization: the last one of the page before; `nil` for the first page.
  ///   - limit: how many there are at most on the page. One that has fewer is the last.
  func organizations(
    matching query: Query, after organization: String?, limit: Int
  ) throws(OrgError) -> [OrganizationRow]

  /// Members of an organization by their places in the order of the data; fewer where it has no more, none for an unknown
  /// organization.
  func members(of organization: String, in places: Range<Int>) throws(OrgError) -> [MemberRow]

  /// All organizations of a user, in the order of the data.
  func memberships(of user: String) throws(OrgError) -> [Membership]

  // MARK: What screens show

  /// The organizations that match a query, in an order.
  ///
  /// - Parameters:
  ///   - query: what they match; `Query()` for all.
  ///   - order: what they are sorted by.
  ///   - earlier: a listing of the same store: what it has worked out is used again as far as it still holds.
  func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) throws(OrgError) -> any OrganizationListing

  /// The same with the first rows at least, where all of them take so long that people notice; `nil` where they don't.
  func firstRows(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) throws(OrgError) -> (any OrganizationListing)?

  /// The members of an organization that match a query, in an order; none for an unknown organization.
  ///
  /// - Parameters:
  ///   - organization: the organization's id.
  ///   - query: what they match.
  ///   - order: what they are sorted by.
  ///   - earlier: as for `listing(_:_:after:)`.
  func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) throws(OrgError) -> any MemberListing

  /// The users that match a query, in an order.
  ///
  /// - Parameters:
  ///   - query: what they match.
  ///   - order: what they are sorted by.
  ///   - earlier: as for `listing(_:_:after:)`.
  func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) throws(OrgError) -> any UserListing

  /// The same with the first users at least, where all of them take so long that people notice; `nil` where they don't.
  func firstUsers(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) throws(OrgError) -> (any UserListing)?

  /// Ids of users that a text may be a part of, for those who type one: those that begin with it come first, then others that
  /// have it in them, whatever the case. Of those that take long to find, some may be missing.
  func users(completing text: String, limit: Int) throws(OrgError) -> [String]

  /// The organizations of a user that match a query, in an order.
  func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) throws(OrgError) -> any MembershipListing

  /// What there is, counted.
  func overview() throws(OrgError) -> Overview

  /// What there is, counted.
  ///
  /// - Parameter counted: is given what has been counted so far, where the rest takes so long that people notice.
  func overview(counted: (Overview) -> Void) throws(OrgError) -> Overview

  /// The billing ids that several organizations have, the most common first.
  func sharedBillingIDs(limit: Int) throws(OrgError) -> [SharedBillingID]

  /// What differs from an earlier state of the same store; `nil` where that can't be told.
  func difference(since earlier: any StoreReader) throws(OrgError) -> StoreDifference?

  /// The same reader for questions whose answers may come to be of no use: it gives them up, where it can, and throws
  /// `cancelled`.
  ///
  /// - Parameter isWanted: says whether the answer is still wanted; called now and then on the thread that waits for it.
  func wanted(while isWanted: @escaping @Sendable () -> Bool) -> any StoreReader
}

extension StoreReader {
  /// Most readers show everything.
  public var access: Access { .platformAdmin }
  /// Most stores have all rows at once.
  public func firstRows(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) throws(OrgError) -> (any OrganizationListing)? { nil }
  /// Most stores have all users at once.
  public func firstUsers(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) throws(OrgError) -> (any UserListing)? { nil }
  /// Most stores look at all users.
  public func users(completing text: String, limit: Int) throws(OrgError) -> [String] {
    let query = UserQuery(terms: [QueryTerm(.text(text))])
    let users = try users(matching: query, by: UserOrder(), after: nil)
    var completion = UserCompletion(text, limit: limit)
    for id in try users.ids(in: 0..<users.count) { completion.add(id) }
    return completion.ids
  }
  /// Most stores count everything at once.
  public func overview(counted: (Overview) -> Void) throws(OrgError) -> Overview { try overview() }
  /// Most stores have all organizations at once.
  public func sharedBillingIDs(limit: Int) throws(OrgError) -> [SharedBillingID] {
    try scannedBillingIDs(limit: limit)
  }
  /// Most stores answer at once.
  public func wanted(while isWanted: @escaping @Sendable () -> Bool) -> any StoreReader { self }
}

extension StoreReader {
  /// The state that all answers are of.
  public var revision: Revision { summary.revision }
  /// What values the data may hold.
  public var rules: Rules { summary.rules }
  /// What keeps the service that shares the data from loading them. While there is anything, what is readable is shown
  /// and nothing is written.
  public var problems: [DataProblem] { summary.problems }

  /// The role of a user in an organization; `nil` where the user isn't a member.
  public func role(of user: String, in organization: String) throws(OrgError) -> Role? {
    try member(user, of: organization)?.role
  }

  /// All members of an organization in the order of the data; none for an unknown one.
  public func members(of organization: String) throws(OrgError) -> [OrgUser] {
    var members: [OrgUser] = []
    try forEachMember(of: organization) { members.append($0.member) }
    return members
  }

  /// Hands all members of an organization over, in the order of the data, a page at a time.
  public func forEachMember(
    of organization: String, _ body: (MemberRow) throws(OrgError) -> Void
  ) throws(OrgError) {
    let size = 1000
    var place = 0
    while true {
      let page = try members(of: organization, in: place..<place + size)
      for row in page { try body(row) }
      guard page.count == size else { return }
      place += size
    }
  }

  /// All organizations in the order of the data, deleted ones too.
  public func organizations() throws(OrgError) -> [Organization] {
    var organizations: [Organization] = []
    try forEachOrganization { organizations.append($0.organization) }
    return organizations
  }

  /// Hands all organizations that match a query over, in the order of the data, a page at a time.
  public func forEachOrganization(
    matching query: Query = Query(), _ body: (OrganizationRow) throws(OrgError) -> Void
  ) throws(OrgError) {
    let size = 1000
    var last: String?
    while true {
      let page = try organizations(matching: query, after: last, limit: size)
      for row in page { try body(row) }
      guard page.count == size, let next = page.last?.organization.id else { return }
      last = next
    }
  }

  /// The organizations that a user is a member of, in the order of the data.
  public func organizations(ofUser user: String) throws(OrgError) -> [Organization] {
    try memberships(of: user).map(\.organization)
  }

  /// The ids of the organizations that are new, or differ from what they were in an earlier state, in their own fields or
  /// in their members; `nil` where that can't be told.
  public func changedOrganizations(since earlier: any StoreReader) throws(OrgError) -> Set<String>? {
    try difference(since: earlier)?.changed
  }
}

extension Preview {
  /// Plays a change set on the data of a reader, with the rights that the reader is limited to; nothing is changed.
  public init(of set: ChangeSet, on reader: any StoreReader) throws(OrgError) {
    var set = set
    set.access = set.access.narrowed(to: reader.access)
    self.init(of: set, on: try reader.records(for: set))
  }
}

/// How much there is at a revision, and what is wrong with it.
public struct DataSummary: Sendable {
  /// The revision.
  public let revision: Revision
  /// What values the data may hold.
  public let rules: Rules
  /// What has been read so far.
  public let extent: Extent
  /// How many organizations there are, deleted ones too.
  public let organizationCount: Int
  /// How many members all organizations have together.
  public let memberCount: Int
  /// Roles that some members have although the rules let nobody be given them.
  public let otherRoles: [Role]
  /// Which of the counts are estimates, as counting would take long.
  public let estimates: Estimates
  /// What keeps the service that shares the data from loading them. While there is anything, what is readable is shown
  /// and nothing is written.
  public let problems: [DataProblem]
  /// What is wrong with single records that the service loads all the same: those can't be edited, all others can. Long
  /// lists are cut off.
  public let recordProblems: [DataProblem]
  /// The ids of the organizations whose billing ids the one who reads may not see, so that they seem to have none.
  public let hiddenBilling: Set<String>

  /// Counts that are estimates.
  public struct Estimates: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8
    /// Counts by their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// How many organizations there are.
    public static let organizations = Estimates(rawValue: 1)
    /// How many members there are.
    public static let members = Estimates(rawValue: 2)
  }

  /// What has been read. What hasn't seems not to be there.
  public enum Extent: Sendable, Hashable, Comparable {
    /// Nothing yet.
    case nothing
    /// The organizations without their members.
    case organizations
    /// All there is.
    case everything
  }

  /// For stores: what there is.
  public init(
    revision: Revision, rules: Rules = .files, extent: Extent = .everything, organizationCount: Int,
    memberCount: Int, otherRoles: [Role] = [], estimates: Estimates = [], problems: [DataProblem] = [],
    recordProblems: [DataProblem] = [], hiddenBilling: Set<String> = []
  ) {
    self.hiddenBilling = hiddenBilling
    (self.revision, self.rules, self.extent) = (revision, rules, extent)
    (self.organizationCount, self.memberCount) = (organizationCount, memberCount)
    self.otherRoles = otherRoles
    self.estimates = estimates
    (self.problems, self.recordProblems) = (problems, recordProblems)
  }

  /// The roles that members have or can be given.
  public var roles: [Role] { rules.roles + otherRoles }
  /// The roles by which users are counted, plain members last.
  package var countedRoles: [Role] { rules.countedRoles(with: otherRoles.contains) }

  /// Whether the organizations have been read.
  public var hasOrganizations: Bool { extent >= .organizations }
  /// Whether the members have been read.
  public var hasMembers: Bool { extent == .everything }
}

/// An organization as lists show it.
public struct OrganizationRow: Sendable, Hashable {
  /// The organization.
  public let organization: Organization
  /// The fields that its record lacks, so that the service's defaults are shown.
  public let defaults: DefaultedFields
  /// How many members it has.
  public let memberCount: Int

  /// For stores: an organization, and what lists show beside it.
  public init(_ organization: Organization, defaults: DefaultedFields = [], memberCount: Int) {
    (self.organization, self.defaults, self.memberCount) = (organization, defaults, memberCount)
  }
}

/// A member as lists show it.
public struct MemberRow: Sendable, Hashable {
  /// The member.
  public let member: OrgUser
  /// The fields that its record lacks, so that the service's defaults are shown.
  public let defaults: DefaultedFields

  /// For stores: a member, and what lists show beside it.
  public init(_ member: OrgUser, defaults: DefaultedFields = []) {
    (self.member, self.defaults) = (member, defaults)
  }
}

/// A user in one organization.
public struct Membership: Sendable, Hashable {
  /// The organization.
  public let organization: Organization
  /// The user in it.
  public let member: OrgUser
  /// The fields that one of the two records lacks, so that the service's defaults are shown.
  public let defaults: DefaultedFields

  /// For stores: both records.
  public init(_ organization: Organization, _ member: OrgUser, defaults: DefaultedFields = []) {
    (self.organization, self.member, self.defaults) = (organization, member, defaults)
  }
}

/// What differs between two states of a store.
public struct StoreDifference: Sendable, Hashable {
  /// The ids of organizations that are new, or differ in their own fields or in their members.
  public let changed: Set<String>
  /// The ids of organizations that are gone.
  public let removed: Set<String>

  /// For stores: what differs; nothing, if nothing is named.
  public init(changed: Set<String> = [], removed: Set<String> = []) {
    (self.changed, self.removed) = (changed, removed)
  }
}
