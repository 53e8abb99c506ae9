import OrgCore

/// What a screen shows of a listing and isn't there yet.
package struct RowFetch: Sendable, Hashable {
  private let list: OrganizationList
  private let rows: Range<Int>
  /// An organization, and places of its members.
  private let organization: String?
  private let members: Range<Int>
  /// A member of it, in whatever place.
  private let user: String?

  /// How much is fetched before and after what is shown.
  private static let page = 200

  /// What is missing; `nil` where nothing is.
  ///
  /// - Parameters:
  ///   - rows: the rows on the screen.
  ///   - organization: the organization that is shown with its members.
  ///   - members: their places on the screen.
  ///   - user: a member whose place isn't known.
  init?(
    of list: OrganizationList, rows: Range<Int>, organization: String?, members: Range<Int>,
    user: String? = nil
  ) {
    let listing = list.listing
    guard !listing.isWhole else { return nil }
    let isRowMissing = rows.contains { listing.row(at: $0) == nil }
    var isMemberMissing = false
    if let organization, listing.contains(organization) {
      let detail = listing.detail(of: organization)
      isMemberMissing = detail.map { detail in members.contains { detail.member(at: $0) == nil } } ?? true
    }
    guard isRowMissing || isMemberMissing || user != nil else { return nil }
    self.list = list
    self.rows = isRowMissing ? Self.page(around: rows).clamped(to: 0..<listing.count) : 0..<0
    self.organization = isMemberMissing || user != nil ? organization : nil
    self.members = Self.page(around: members)
    self.user = user
  }

  private static func page(around places: Range<Int>) -> Range<Int> {
    max(0, places.lowerBound - page)..<places.upperBound + page
  }

  /// Fetches it. Takes a while.
  package func run() throws(OrgError) {
    let listing = list.listing
    if !rows.isEmpty { try listing.fetch(rows) }
    if let organization, let user {
      try listing.fetch(organization, member: user)
    } else if let organization {
      try listing.fetch(organization, members: members)
    }
  }

  /// Whether it is to find a member of an organization in a list.
  func looks(for user: String, of organization: String?, in list: OrganizationList) -> Bool {
    self.user == user && self.organization == organization && self.list.identity === list.identity
  }

  /// Whether the same is missing of the same list.
  package static func == (left: Self, right: Self) -> Bool {
    left.list.identity === right.list.identity && left.rows == right.rows
      && left.organization == right.organization && left.members == right.members && left.user == right.user
  }

  /// By the rows.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(rows)
    hasher.combine(organization)
  }
}
