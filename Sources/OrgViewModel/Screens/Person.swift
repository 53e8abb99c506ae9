import OrgCore

/// The organizations of one user: the rows of a person.
package struct PersonRows: ListRows {
  private let listing: any MembershipListing
  /// What they are sorted by.
  package let order: MembershipOrder
  /// What they were filtered by, of which data.
  private let source: (text: String, revision: Revision)

  /// The organizations of a listing, which was filtered by a text.
  package init(
    _ listing: any MembershipListing, matching text: String, _ order: MembershipOrder, at revision: Revision
  ) {
    (self.listing, self.order) = (listing, order)
    source = (text, revision)
  }

  /// The user's id.
  package var user: String { listing.user }
  package var count: Int { listing.count }
  package var total: Int { listing.total }

  /// What a row shows; `nil` while it is being read.
  package func row(at row: Int) -> Membership? { listing.row(at: row) }

  package func id(at row: Int) -> String? { listing.id(at: row) }
  package func row(of id: String) -> Int? { listing.position(of: id) }

  package func missing(_ rows: Range<Int>) -> RowFetch? {
    RowFetch(of: listing, [user, source.text, order.name], source.revision, rows: rows) { row(at: $0) == nil }
  }

  /// Whether the user is a member of an organization, whatever the filter shows.
  func contains(_ id: String) -> Bool { listing.contains(id) }

  // MARK: Editing

  /// What an edit comes to in some of the organizations, or in all; costs time that grows with them.
  func changes(_ edit: BulkEdit, in organizations: Set<String>) throws(OrgError) -> [Change] {
    try listing.members().compactMap { member in
      let id = member.organizationID
      guard organizations.contains(id) else { return nil }
      return switch edit {
      case .role(let role): .setRole(user: user, organization: id, from: member.role, to: role)
      case .removal: .removeMember(user: user, organization: id, role: member.role)
      case .plan, .status, .repair: nil
      }
    }
  }

  /// How many of some organizations the filter hides.
  func hiddenCount(of organizations: Set<String>) -> Int {
    guard count < total else { return 0 }
    return organizations.count { row(of: $0) == nil }
  }
}
