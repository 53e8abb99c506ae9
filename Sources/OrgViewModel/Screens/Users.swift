import OrgCore

/// All users, by their ids: the rows of the users.
package struct UserRows: ListRows {
  private let index: UserIndex
  /// The rows of the index that a filter shows; `nil` for all.
  private let shown: [Int32]?

  /// Finds the users whose ids have all words of a query.
  package init(_ index: UserIndex, query: String) {
    self.index = index
    let words = query.split(whereSeparator: \.isWhitespace).map(String.init)
    shown = words.isEmpty ? nil : index.rows(containing: words)
  }

  package var count: Int { shown?.count ?? index.count }
  package var total: Int { index.count }

  /// The user in a row.
  package func user(at row: Int) -> UserSummary { index.user(at: shown.map { Int($0[row]) } ?? row) }

  package func id(at row: Int) -> String? { user(at: row).id }

  package func row(of id: String) -> Int? {
    guard let place = index.row(of: id) else { return nil }
    return shown == nil ? place : shown?.row(of: Int32(place))
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
    guard let snapshot = source.snapshot, snapshot.contents.hasMembers else { return }
    let index = try source.cached("users") { (earlier: UserIndex?) throws(OrgError) in
      if let earlier, earlier.snapshot.generation == snapshot.generation { return earlier }
      return UserIndex(snapshot, after: earlier)
    }
    source.post(UserRows(index, query: request.query))
  }

  package func values(_ row: Int, of rows: UserRows) -> [String?] {
    let user = rows.user(at: row)
    let counts = [user.organizationCount, user.roles.owner, user.roles.billingAdmin, user.roles.member]
    return [user.id] + counts.map(String.init)
  }
}

extension Context {
  package static let users = Context("users", "The list of users", .screen)
}

extension Action {
  package static let showUsers = Action("show-users", "Go to the users")
}
