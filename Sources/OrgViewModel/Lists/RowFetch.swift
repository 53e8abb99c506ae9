import OrgCore

/// What a screen shows of its rows and isn't there yet, or may be shown soon.
package struct RowFetch: Sendable, Hashable {
  private let what: What
  private let body: @Sendable () throws(OrgError) -> Void

  /// What is missing, and of what.
  private struct What: Hashable {
    let list: List
    let rows: Range<Int>
    var organizations: [String] = []
    var members = 0..<0
    /// A member of the first organization, in whatever place.
    var user: String?
  }

  /// What tells rows from others: what is fetched of one list is there in no other.
  private enum List: Hashable {
    case organizations(OrganizationList)
    case others([String], Revision, isComplete: Bool)

    static func == (left: Self, right: Self) -> Bool {
      switch (left, right) {
      case (.organizations(let left), .organizations(let right)): left.identity === right.identity
      case (
        .others(let left, let leftRevision, let isLeft), .others(let right, let rightRevision, let isRight)
      ):
        left == right && leftRevision == rightRevision && isLeft == isRight
      default: false
      }
    }

    func hash(into hasher: inout Hasher) { if case .others(let name, _, _) = self { hasher.combine(name) } }
  }

  /// How much is fetched before and after what is shown.
  private static let page = 200
  /// How many organizations before and after the selected one are fetched with it.
  private static let neighbors = (before: 4, after: 12)

  /// What is missing of organizations; `nil` where nothing is.
  ///
  /// - Parameters:
  ///   - rows: the rows on the screen.
  ///   - selected: the row of the organization that is shown with its members.
  ///   - members: their places on the screen.
  ///   - lines: how many lines it is shown in.
  ///   - user: a member of it whose place isn't known.
  init?(
    of list: OrganizationList, rows: Range<Int>, selected: Int?, members: Range<Int>, lines: Int,
    user: String? = nil
  ) {
    let listing = list.listing
    guard !listing.isWhole else { return nil }
    let missing = Self.missing(rows, of: listing.count) { listing.row(at: $0) == nil }
    var organizations: [String] = []
    if let selected, (0..<listing.count).contains(selected) {
      let id = listing.id(at: selected)
      let detail = listing.detail(of: id)
      let isMissing = detail.map { detail in members.contains { detail.member(at: $0) == nil } } ?? true
      if isMissing || user != nil { organizations = [id] }
      // Others are looked at from the top, and maybe in a moment.
      let near = max(0, selected - 1)..<min(listing.count, selected + 3)
      if user == nil, members.lowerBound == 0,
        near.contains(where: { listing.detail(of: listing.id(at: $0)) == nil })
      {
        let all =
          max(0, selected - Self.neighbors.before)..<min(listing.count, selected + Self.neighbors.after)
        organizations = ([selected] + all.filter { $0 != selected }).map(listing.id(at:))
      }
    }
    guard !missing.isEmpty || !organizations.isEmpty else { return nil }
    what = What(
      list: .organizations(list), rows: missing, organizations: organizations, members: members,
      user: organizations.isEmpty ? nil : user)
    let (wanted, places) = (
      organizations, organizations.count > 1 ? 0..<max(members.upperBound, lines) : Self.page(around: members)
    )
    body = { () throws(OrgError) in
      if let user, let id = wanted.first {
        try listing.fetch(id, member: user)
      } else if !wanted.isEmpty {
        try listing.fetch(wanted, members: places)
      }
      if !missing.isEmpty { try listing.fetch(missing) }
    }
  }

  /// What is missing of other rows; `nil` where nothing is.
  ///
  /// - Parameters:
  ///   - name: what tells the rows from others of the same revision.
  ///   - rows: the rows on the screen.
  ///   - isMissing: whether a row isn't there.
  init?(
    of source: any RowSource, _ name: [String], _ revision: Revision, rows: Range<Int>,
    isMissing: (Int) -> Bool
  ) {
    guard !source.isWhole else { return nil }
    let missing = Self.missing(rows, of: source.count, isMissing)
    guard !missing.isEmpty else { return nil }
    what = What(list: .others(name, revision, isComplete: source.isComplete), rows: missing)
    body = { () throws(OrgError) in try source.fetch(missing) }
  }

  /// The rows to fetch: none if those on the screen are there, and those that moving leads to soon.
  private static func missing(_ rows: Range<Int>, of count: Int, _ isMissing: (Int) -> Bool) -> Range<Int> {
    let margin = rows.count * 2
    let ends = [rows.lowerBound - margin, rows.upperBound - 1 + margin].filter { (0..<count).contains($0) }
    guard rows.contains(where: isMissing) || ends.contains(where: isMissing) else { return 0..<0 }
    return page(around: rows).clamped(to: 0..<count)
  }

  private static func page(around places: Range<Int>) -> Range<Int> {
    max(0, places.lowerBound - page)..<places.upperBound + page
  }

  /// Fetches it. Takes a while.
  package func run() throws(OrgError) { try body() }

  /// Whether it is to find a member of an organization in a list.
  func looks(for user: String, of organization: String?, in list: OrganizationList) -> Bool {
    what.user == user && what.organizations.first == organization && what.list == .organizations(list)
  }

  /// Whether the same is missing of the same list.
  package static func == (left: Self, right: Self) -> Bool { left.what == right.what }

  /// By what is missing.
  package func hash(into hasher: inout Hasher) { hasher.combine(what) }
}
