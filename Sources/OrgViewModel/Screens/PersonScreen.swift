import OrgCore

/// One user, with all organizations that have this member.
package struct PersonScreen: RowsScreen, MarkingScreen {
  /// The user's id.
  package let user: String
  package var list = RowList<PersonRows>()
  /// What the organizations are sorted by, or will be in a moment.
  package private(set) var order = MembershipOrder()

  init(_ user: String) {
    self.user = user
  }

  package static let contexts = [Context.person]
  package var identity: String { "person \(user)" }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "go to the organization", hint: "go there",
        unless: { screen, _ in screen.selectedRow == nil ? StatusLine.nothingIsSelected : nil }
      ) { screen, workspace in
        guard let row = screen.membership else { return }
        screen.list.state.chosen = row.organization.id
        workspace.go(.organization(row.organization.id, named: row.organization.name, .member(screen.user)))
      },
      historyCommand(),
      roleCommand(in: contexts, hint: "role", unless: { $0.editObstacle($1) }) { $0.changeRole(&$1) },
      Command(
        .remove, "d Del", .changing, "remove the member, or all marked; asks", hint: "remove",
        marked: "remove",
        unless: { $0.editObstacle($1) }
      ) { $0.remove(&$1) },
      offboardCommand { [$0.user] },
      transferCommand { screen in screen.membership.map { ($0.organization, $0.member) } },
    ] + markingCommands() + findingCommands()
    + sortingCommands({ $0.order }) { $0.sort(by: $1, &$2) }
    + commonCommands(
      filterHelp: "filter as you type: words, role:, joined:<2026-01-01, plan:, status:, !not, ~fuzzy")

  package var orderName: String { order.name }

  private mutating func sort(by order: MembershipOrder, _ workspace: inout Workspace) {
    self.order = order
    self.order.planTiers = workspace.settings.preferences.planTiers
    prepareSorting(&workspace)
    requestRows(&workspace)
  }

  package func next(
    matching query: String, from row: Int, isForward: Bool, in rows: PersonRows, of reader: any StoreReader
  ) throws(OrgError) -> Found {
    guard query != filter else { return Found(from: row, isForward: isForward, in: rows) }
    let matches = try reader.memberships(
      of: user, matching: MembershipQuery(filter: query, reader), by: order)
    return try Found(from: row, isForward: isForward, count: matches.count) { match in
      let id = matches.id(at: match)
      return rows.row(of: id).map { ($0, id) }
    }
  }

  static func words(_ count: Int) -> String { Words.organizations(count) }
  package func title(_ workspace: Workspace) -> String {
    let name = workspace.names?[user]?.name ?? ""
    return "User \(user.escapedForDisplay)" + (name.isEmpty || name == "?" ? "" : " (\(name))")
  }
  package var historySubject: HistorySubject? { .user(user) }
  package var namedUser: String? { user }
  package func shownUsers(_ workspace: Workspace) -> [String] { [user] }

  /// The membership that keys are about.
  private var membership: Membership? { selectedRow.flatMap { $0.rows.row(at: $0.row) } }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    guard let reader = source.reader, reader.summary.hasMembers else { return }
    source.keep("users")
    let query = try MembershipQuery(filter: request.query, reader)
    let listing = try reader.wanted(while: source.wantedness).memberships(
      of: user, matching: query, by: order)
    source.post(PersonRows(listing, matching: request.query, order, at: reader.revision))
  }

  package func error(in filter: String, roles: [Role]) -> QueryError? {
    MembershipQuery.error(in: filter, roles: roles)
  }

  package func values(_ row: Int, of rows: PersonRows) -> [String?] {
    guard let row = rows.row(at: row) else { return [] }
    return [
      row.organization.id, row.organization.name, row.member.role.rawValue, row.member.joinedAt.description,
    ]
  }

  /// Drops the marks on organizations that the person is no longer a member of, and says how many there were.
  package mutating func rowsCame(wasGone: Bool, _ workspace: inout Workspace) {
    if !wasGone, list.state.selection.isGone, workspace.status.message == nil {
      workspace.status.note(Self.selectionGone)
    }
    guard let rows = list.rows, !list.state.marks.isEmpty else { return }
    let kept = list.state.marks.filter(rows.contains)
    let gone = list.state.marks.count - kept.count
    guard gone > 0 else { return }
    list.state.marks = kept
    if let range = list.state.range { list.state.range?.before = range.before.filter(rows.contains) }
    if workspace.status.message == nil {
      workspace.status.note("Of the marked organizations, \(gone.grouped) went.")
    }
  }

  // MARK: Editing

  private func editObstacle(_ workspace: Workspace) -> String? {
    if let obstacle = workspace.editingObstacle { return obstacle }
    guard list.state.marks.isEmpty else { return nil }
    guard let member = membership?.member else { return StatusLine.nothingIsSelected }
    return workspace.obstacle(to: member)
  }

  private func changeRole(_ workspace: inout Workspace) {
    if !list.state.marks.isEmpty {
      let place = Words.organizations(list.state.marks.count)
      workspace.open(RoleMenu(.marked("\(user.escapedForDisplay) in \(place)", in: nil)))
    } else if let membership {
      workspace.askForRole(of: membership.member, in: membership.organization.name)
    }
  }

  private mutating func remove(_ workspace: inout Workspace) {
    if !list.state.marks.isEmpty {
      workspace.requestBulkEdit(.marked(.removal, in: nil))
    } else if let membership {
      workspace.askToRemove(membership.member, from: membership.organization)
    }
  }

  package func source(
    of edit: BulkEdit, in organization: String?
  ) -> (BulkEditPlan.Source, title: String)? {
    guard let rows = list.rows else { return nil }
    let marks = list.state.marks
    let name = user.escapedForDisplay
    let place = Words.organizations(marks.count)
    let title =
      if case .role(let role) = edit { "Give \(name) the role \(role.title) in \(place)" } else {
        "Remove \(name) from \(place)"
      }
    return (.person(rows, in: marks, edit), title)
  }
}

extension Context {
  package static let person = Context("person", "One user's organizations", .screen)
}
