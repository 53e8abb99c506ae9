import OrderedCollections

/// What a whole change set comes to, record by record: each value that differs at the end, once. This is
/// what a store writes.
public struct SnapshotEdit: Sendable, Equatable {
  /// New organizations by id, in the order of creation; their member lists are in `members`.
  public internal(set) var created: OrderedDictionary<String, Organization> = [:]
  /// Organizations that go, with their member lists.
  public internal(set) var removed: OrderedSet<String> = []
  /// New values of fields of existing organizations, by id.
  public internal(set) var fields: OrderedDictionary<String, OrderedDictionary<OrganizationField, String?>> =
    [:]
  /// What becomes of member lists, by the organization's id.
  public internal(set) var members: OrderedDictionary<String, MemberListEdit> = [:]

  /// Whether nothing differs.
  public var isEmpty: Bool {
    created.isEmpty && removed.isEmpty && fields.isEmpty && members.values.allSatisfy(\.isEmpty)
  }
}

/// What becomes of one organization's member list.
public struct MemberListEdit: Sendable, Equatable {
  /// New roles of users that stay.
  public internal(set) var roles: OrderedDictionary<String, Role> = [:]
  /// Users whose present record goes.
  public internal(set) var removed: OrderedSet<String> = []
  /// New records, behind the present ones, in order.
  public internal(set) var added: OrderedDictionary<String, OrgUser> = [:]

  /// Whether the list stays as it is.
  public var isEmpty: Bool { roles.isEmpty && removed.isEmpty && added.isEmpty }
}
