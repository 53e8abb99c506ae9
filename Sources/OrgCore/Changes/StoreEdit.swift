import OrderedCollections

/// What a whole change set comes to, record by record: each value that differs at the end, once. This is
/// what a store writes.
public struct StoreEdit: Sendable, Equatable {
  /// New organizations by id, in the order of creation; their member lists are in `members`.
  public package(set) var created: OrderedDictionary<String, Organization> = [:]
  /// Organizations that go, with their member lists.
  public package(set) var removed: OrderedSet<String> = []
  /// New values of fields of existing organizations, by id.
  public package(set) var fields: OrderedDictionary<String, OrderedDictionary<OrganizationField, String?>> =
    [:]
  /// What becomes of member lists, by the organization's id.
  public package(set) var members: OrderedDictionary<String, MemberListEdit> = [:]

  /// Starts with nothing, for stores that take in what other programs did.
  package init() {}

  /// Whether nothing differs.
  public var isEmpty: Bool {
    created.isEmpty && removed.isEmpty && fields.isEmpty && members.values.allSatisfy(\.isEmpty)
  }
}

/// What becomes of one organization's member list.
public struct MemberListEdit: Sendable, Equatable {
  /// New roles of users that stay.
  public package(set) var roles: OrderedDictionary<String, Role> = [:]
  /// Users whose present record goes.
  public package(set) var removed: OrderedSet<String> = []
  /// New records, behind the present ones, in order.
  public package(set) var added: OrderedDictionary<String, OrgUser> = [:]

  package init() {}

  /// Whether the list stays as it is.
  public var isEmpty: Bool { roles.isEmpty && removed.isEmpty && added.isEmpty }
}
