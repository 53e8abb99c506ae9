import OrgCore

/// The users that a query matches, in an order: the rows of the users.
package struct UserRows: ListRows {
  private let listing: any UserListing
  /// The roles by which their organizations are counted.
  package let roles: [Role]
  /// What they are sorted by.
  package let order: UserOrder
  /// What they were filtered by.
  private let text: String
  /// Users whom a directory knows by that.
  let directory: DirectoryTerms

  /// The users of a listing, which was filtered by a text.
  package init(
    _ listing: any UserListing, by roles: [Role], matching text: String, order: UserOrder = UserOrder(),
    directory: DirectoryTerms = DirectoryTerms()
  ) {
    (self.listing, self.roles, self.text, self.order) = (listing, roles, text, order)
    self.directory = directory
  }

  package var count: Int { listing.count }
  package var total: Int { listing.total }
  package var isEstimated: Bool { !listing.isComplete }

  /// The user in a row; `nil` while it is being read.
  package func user(at row: Int) -> UserSummary? { listing.user(at: row) }

  package func id(at row: Int) -> String? { user(at: row)?.id }
  package func row(of id: String) -> Int? { listing.position(of: id) }
  package func isAwaited(_ row: Int) -> Bool {
    !listing.isWhole && row < count && listing.user(at: row) == nil
  }

  /// How many there are, or will be.
  var expectedCount: Int { listing.expectedCount }

  package func allIDs() throws(OrgError) -> [String] { try listing.ids(in: 0..<count) }

  /// All rows, where these are the first of them. May take a while.
  func completed(in reader: any StoreReader) throws(OrgError) -> UserRows {
    let query = try UserQuery(filter: text, reader).knowing(directory)
    return UserRows(
      try reader.users(matching: query, by: order, after: listing), by: roles, matching: text, order: order,
      directory: directory)
  }

  /// The user in a row, read if it isn't there yet.
  fileprivate func readUser(at row: Int) throws(OrgError) -> UserSummary? {
    guard (0..<count).contains(row) else { return nil }
    if listing.user(at: row) == nil { try listing.fetch(row..<row + 1) }
    return listing.user(at: row)
  }

  /// The row of a user who is among them.
  fileprivate func place(of user: UserSummary) throws(OrgError) -> Int? {
    if let place = listing.position(of: user.id) { return place }
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      guard let other = try readUser(at: middle) else { return nil }
      if other.id == user.id { return middle }
      range =
        order.areInOrder(other, user) ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  package func missing(_ rows: Range<Int>) -> RowFetch? {
    RowFetch(
      of: listing, ["users", text, order.name, directory.name], listing.revision, rows: rows,
      isMissing: isAwaited)
  }
}

/// Everybody who is a member of something, with how many organizations and which roles.
package struct UsersScreen: RowsScreen, MarkingScreen {
  package var list = RowList<UserRows>()
  /// What they are sorted by, or will be in a moment.
  package private(set) var order = UserOrder()

  package static let contexts = [Context.users]
  package static let viewList: SavedView.List? = .users
  package func view(_ workspace: Workspace) -> SavedView? {
    SavedView(
      name: "", list: .users, filter: filter, sort: order == UserOrder() ? nil : order.setting)
  }
  package mutating func sort(as view: SavedView, _ workspace: inout Workspace) {
    let new = view.sort.flatMap { UserOrder().named($0) } ?? UserOrder()
    if new != order { sort(by: new, &workspace) }
  }

  package static let shortcut: Shortcut? = Shortcut(
    .showUsers, "2", "users: who belongs where"
  ) { UsersScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "the user's organizations", hint: "open",
        unless: { screen, _ in screen.selectedUser == nil ? StatusLine.nothingIsSelected : nil }
      ) {
        $0.list.state.chosen = $0.list.selectedID
        if let user = $0.selectedUser { $1.go(.visit(PersonScreen(user))) }
      },
      personCommand(in: contexts, refusal: StatusLine.nothingIsSelected), historyCommand(),
      offboardCommand {
        $0.list.state.marks.isEmpty ? $0.selectedUser.map { [$0] } ?? [] : $0.list.state.marks.sorted()
      },
    ] + markingCommands() + findingCommands()
    + sortingCommands({ $0.order }) { $0.sort(by: $1, &$2) }
    + commonCommands(
      filterHelp: "filter as you type: words, role:, owners:>3, organizations:>2, in:deleted, !not, ~fuzzy")

  static func words(_ count: Int) -> String { Words.users(count) }

  package var orderName: String { order.name }

  private mutating func sort(by order: UserOrder, _ workspace: inout Workspace) {
    if let role = order.column.role, !workspace.roles.contains(role) {
      return workspace.status.refuse("No user here has the role \(role.rawValue).")
    }
    self.order = order
    prepareSorting(&workspace)
    requestRows(&workspace)
  }

  package func next(
    matching query: String, from row: Int, isForward: Bool, in rows: UserRows, of reader: any StoreReader
  ) throws(OrgError) -> Found {
    guard query != filter else { return Found(from: row, isForward: isForward, in: rows) }
    let matches = UserRows(
      try reader.users(
        matching: UserQuery(filter: query, reader).knowing(rows.directory), by: rows.order, after: nil),
      by: rows.roles, matching: query, order: rows.order)
    guard let selected = try rows.readUser(at: max(0, row)) else { return Found() }
    return try Found(from: row, isForward: isForward, count: matches.count) { (match) throws(OrgError) in
      guard let user = try matches.readUser(at: match) else { return false }
      return rows.order.areInOrder(selected, user) || (!isForward || row < 0) && user.id == selected.id
    } match: { (match) throws(OrgError) in
      guard let user = try matches.readUser(at: match), let place = try rows.place(of: user) else {
        return nil
      }
      return (place, user.id)
    }
  }

  package func title(_ workspace: Workspace) -> String { "Users" }
  package var selectedUser: String? { list.selectedID }
  package var historySubject: HistorySubject? { list.selectedID.map { .user($0) } }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    // Until the members have been read there is nothing to show; then it is asked for again.
    guard let reader = source.reader, reader.summary.hasMembers else { return }
    let asked = reader.wanted(while: source.wantedness)
    let order = order
    func post(_ listing: any UserListing) {
      source.post(
        UserRows(
          listing, by: reader.summary.countedRoles, matching: request.query, order: order,
          directory: request.directory))
    }
    let query = try UserQuery(filter: request.query, reader).knowing(request.directory)
    let listing = try source.cached("users") { (earlier: (any UserListing)?) throws(OrgError) in
      let first = try asked.firstUsers(matching: query, by: order, after: earlier)
      if let first { post(first) }
      return try asked.users(matching: query, by: order, after: first ?? earlier)
    }
    post(listing)
  }

  package func error(in filter: String, roles: [Role]) -> QueryError? {
    UserQuery.error(in: filter, roles: roles)
  }

  package func shownUsers(_ workspace: Workspace) -> [String] { ids(workspace) }
  package func usersAround(_ workspace: Workspace) -> [String] { ids(workspace, pages: 1) }

  package func nameSearch(_ workspace: Workspace) -> NameSearch {
    let queries = [filter, list.search.latest].unique.filter { !$0.isEmpty }.compactMap {
      try? UserQuery($0, roles: workspace.roles)
    }
    return NameSearch(
      texts: queries.flatMap(\.names), states: queries.flatMap(\.directoryStates))
  }

  /// Whether it isn't known who is shown, as a directory was asked for that and hasn't answered.
  package func awaitsDirectory(_ workspace: Workspace) -> Bool {
    let search = nameSearch(workspace)
    return !search.states.isSubset(of: workspace.surroundings.names.terms(of: search).states.keys)
  }

  package mutating func namesCame(_ workspace: inout Workspace) { requestRows(&workspace) }

  package var shownCount: Int { list.rows?.expectedCount ?? 0 }
  package var isTotalEstimated: Bool { isEstimated }

  package func values(_ row: Int, of rows: UserRows) -> [String?] {
    guard let user = rows.user(at: row) else { return [] }
    return [user.id, String(user.organizationCount)] + rows.roles.map { String(user.roles[$0]) }
  }
}

extension Context {
  package static let users = Context("users", "The list of users", .screen)
}

extension Action {
  package static let showUsers = Action(
    "show-users", "Go to the users",
    synonyms: "people members accounts")
}
