import OrgCore

/// All users, by their ids: the rows of the users.
package struct UserRows: ListRows {
  private let listing: any UserListing
  /// The roles by which their organizations are counted.
  package let roles: [Role]
  /// What they were filtered by.
  private let text: String

  /// The users of a listing, which was filtered by a text.
  package init(_ listing: any UserListing, by roles: [Role], matching text: String) {
    (self.listing, self.roles, self.text) = (listing, roles, text)
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

  package func missing(_ rows: Range<Int>) -> RowFetch? {
    RowFetch(of: listing, ["users", text], listing.revision, rows: rows, isMissing: isAwaited)
  }
}

/// Everybody who is a member of something, with how many organizations and which roles.
package struct UsersScreen: RowsScreen {
  package var list = RowList<UserRows>()

  package static let contexts = [Context.users]

  package static let shortcut: Shortcut? = Shortcut(
    .showUsers, "2", "users: who belongs where"
  ) { UsersScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "the user's organizations", hint: "open",
        unless: { screen, _ in screen.selectedUser == nil ? StatusLine.nothingIsSelected : nil }
      ) { if let user = $0.selectedUser { $1.go(.visit(PersonScreen(user))) } },
      personCommand(in: contexts, refusal: StatusLine.nothingIsSelected), historyCommand(),
    ] + commonCommands(filterHelp: filterHelp)

  package func title(_ workspace: Workspace) -> String { "Users" }
  package var selectedUser: String? { list.selectedID }
  package var historySubject: HistorySubject? { list.selectedID.map { .user($0) } }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    // Until the members have been read there is nothing to show; then it is asked for again.
    guard let reader = source.reader, reader.summary.hasMembers else { return }
    let asked = reader.wanted(while: source.wantedness)
    func post(_ listing: any UserListing) {
      source.post(UserRows(listing, by: reader.summary.countedRoles, matching: request.query))
    }
    let listing = try source.cached("users") { (earlier: (any UserListing)?) throws(OrgError) in
      let first = try asked.firstUsers(matching: request.query, after: earlier)
      if let first { post(first) }
      return try asked.users(matching: request.query, after: first ?? earlier)
    }
    post(listing)
  }

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
