import OrgCore

/// How the members of the organization in the detail are filtered and sorted.
struct MemberList: Sendable {
  /// What they are filtered by, or will be in a moment.
  var filter = ""
  /// What they are sorted by, or will be in a moment; it holds for other organizations, too.
  var order = MemberOrder()
  /// What is wrong with the filter; the rows are those of the last good one then.
  var queryError: QueryError?
  /// What `n` looks for.
  var search = MatchSearch.State()
  /// What was selected when a filter began to be typed, or when the rows came to be sorted another way.
  var anchor: DetailItem?
  /// Whether the first member is selected when the rows come, as they are sorted another way.
  var showsTop = false
  /// What was asked for last.
  private(set) var asked: ScreenRequest?
  /// What is shown; `nil` for all members in their usual order.
  private(set) var rows: MemberRows?

  /// Whether all members are wanted in their usual order.
  var isUsual: Bool { filter.isEmpty && order.isUsual }

  /// Whether a filter was accepted whose rows aren't there yet.
  var awaitsRows: Bool {
    search.awaited != nil || queryError == nil && asked != nil && rows?.text ?? "" != filter
  }

  /// What is shown of an organization; `nil` for all members in their usual order.
  func rows(of organization: String?) -> MemberRows? {
    rows?.listing.organization == organization ? rows : nil
  }

  mutating func ask(_ request: ScreenRequest?) {
    asked = request
    if request == nil { rows = nil }
  }

  /// Receives rows.
  ///
  /// - Returns: whether they are those that were asked for.
  mutating func receive(_ new: MemberRows, for request: ScreenRequest) -> Bool {
    guard request == asked else { return false }
    rows = new
    return true
  }

  /// Waits no longer for what was asked for.
  mutating func giveUp() { asked = nil }

  /// Forgets the filter and the rows: another organization is shown.
  mutating func clear() {
    self = MemberList(order: order, search: MatchSearch.State(latest: search.latest))
  }

  private init(order: MemberOrder, search: MatchSearch.State) {
    (self.order, self.search) = (order, search)
  }

  init() {}
}

/// The members of an organization that a query matches, in an order.
package struct MemberRows: ListRows {
  let listing: any MemberListing
  /// What they were filtered by.
  let text: String
  let order: MemberOrder
  /// Users whom a directory knows by what they were filtered by.
  let directory: DirectoryTerms
  let revision: Revision

  package var count: Int { listing.count }
  package var total: Int { listing.total }
  package func id(at row: Int) -> String? { listing.id(at: row) }
  package func row(of id: String) -> Int? { listing.position(of: id) }
  package func missing(_ rows: Range<Int>) -> RowFetch? {
    RowFetch(
      of: listing, ["members", listing.organization, text, order.name, directory.name], revision, rows: rows
    ) {
      listing.member(at: $0) == nil
    }
  }
}

/// The members that the detail shows: all in the order of the data, or those that a query matches, in another order.
enum ShownMembers {
  case all(any OrganizationDetail)
  case some(MemberRows)

  var count: Int {
    switch self {
    case .all(let detail): detail.memberCount
    case .some(let rows): rows.count
    }
  }

  /// The member in a row; `nil` where it isn't there yet.
  func member(at row: Int) -> MemberRow? {
    switch self {
    case .all(let detail): detail.member(at: row)
    case .some(let rows): row < rows.count ? rows.listing.member(at: row) : nil
    }
  }

  /// The row of a user; `nil` where the user isn't shown, or isn't there yet.
  func place(of user: String) -> Int? {
    switch self {
    case .all(let detail): detail.place(of: user)
    case .some(let rows): rows.row(of: user)
    }
  }
}
