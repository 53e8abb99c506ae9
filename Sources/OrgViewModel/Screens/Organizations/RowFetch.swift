import OrgCore

/// What a screen shows of a listing and isn't there yet.
package struct RowFetch: Sendable, Hashable {
  private let listing: any OrganizationListing
  private let rows: Range<Int>
  /// An organization, and places of its members.
  private let organization: String?
  private let members: Range<Int>

  /// How much is fetched before and after what is shown.
  private static let page = 200

  /// What is missing; `nil` where nothing is.
  ///
  /// - Parameters:
  ///   - rows: the rows on the screen.
  ///   - organization: the organization that is shown with its members.
  ///   - members: their places on the screen.
  init?(of listing: any OrganizationListing, rows: Range<Int>, organization: String?, members: Range<Int>) {
    guard !listing.isWhole else { return nil }
    let isRowMissing = rows.contains { listing.row(at: $0) == nil }
    var isMemberMissing = false
    if let organization, listing.contains(organization) {
      let detail = listing.detail(of: organization)
      isMemberMissing = detail.map { detail in members.contains { detail.member(at: $0) == nil } } ?? true
    }
    guard isRowMissing || isMemberMissing else { return nil }
    self.listing = listing
    self.rows = isRowMissing ? Self.page(around: rows).clamped(to: 0..<listing.count) : 0..<0
    self.organization = isMemberMissing ? organization : nil
    self.members = Self.page(around: members)
  }

  private static func page(around places: Range<Int>) -> Range<Int> {
    max(0, places.lowerBound - page)..<places.upperBound + page
  }

  /// Fetches it. Takes a while.
  package func run() throws(OrgError) {
    if !rows.isEmpty { try listing.fetch(rows) }
    if let organization { try listing.fetch(organization, members: members) }
  }

  /// Whether the same is missing.
  package static func == (left: Self, right: Self) -> Bool {
    left.rows == right.rows && left.organization == right.organization && left.members == right.members
      && left.listing.summary.revision == right.listing.summary.revision
      && left.listing.query == right.listing.query && left.listing.order == right.listing.order
  }

  /// By the rows.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(rows)
    hasher.combine(organization)
  }
}
