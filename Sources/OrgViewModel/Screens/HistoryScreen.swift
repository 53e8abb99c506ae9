import OrgCore

/// Whose history is shown.
package enum HistorySubject: Sendable, Hashable {
  /// Everybody's.
  case all
  /// That of an organization, by its id, with its members.
  case organization(String)
  /// That of a member of an organization.
  case member(String, organization: String)
  /// That of a user in all organizations.
  case user(String)
}

/// What happened, and one generation of it in detail.
package struct HistoryScreen: RowsScreen, MarkingScreen {
  /// Whose history it is.
  package let subject: HistorySubject
  package var list = RowList<HistoryRows>()
  package private(set) var pane = Pane.list
  /// The selected change of the generation.
  private var detail = Selection<Int>()
  /// The generation that the detail is about.
  private var detailed: String?
  /// Whether the last row is to be selected when it has been read.
  private var seeksEnd = false
  /// Lines of the detail on the screen.
  private var room = 1
  /// The zone in which times are shown.
  private(set) var zone = DisplayZone.utc
  /// The clock that `yesterday` is about.
  private(set) var now: @Sendable () -> Timestamp = Timestamp.now
  /// What comes first, or will in a moment.
  package private(set) var order = HistoryFilter.Order.newestFirst

  init(_ subject: HistorySubject = .all) {
    self.subject = subject
  }

  package static let contexts = [Context.history, .entry]
  package static let viewList: SavedView.List? = .history
  package func view(_ workspace: Workspace) -> SavedView? {
    guard subject == .all else { return nil }
    return SavedView(
      name: "", list: .history, filter: filter, sort: order == .newestFirst ? nil : order.rawValue)
  }
  package mutating func sort(as view: SavedView, _ workspace: inout Workspace) {
    sort(by: view.sort.flatMap(HistoryFilter.Order.init) ?? .newestFirst, &workspace)
  }
  package var context: Context { pane == .list ? .history : .entry }
  package var identity: String { subject == .all ? "history" : "history \(subject)" }

  package static let shortcut: Shortcut? = Shortcut(
    .showHistory, "3", "history: who changed what when"
  ) { HistoryScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", in: [.history], .goingAbout, "every change of the entry", hint: "open",
        unless: needsSelection
      ) { $0.openEntry($1.viewport) },
      Command(
        .open, "Enter l Right", in: [.entry], .goingAbout, "go to the organization", hint: "go there",
        unless: needsSelection
      ) { $0.openChange(&$1) },
      personCommand(in: [.entry], refusal: StatusLine.nothingIsSelected),
      Command(.nextPane, "Tab", .goingAbout, "the next pane") { $0.switchPane($1.viewport) },
      Command(.previousPane, "Shift-Tab", .goingAbout, "the previous pane") { $0.switchPane($1.viewport) },
      Command(
        .undoEntry, "u", .changing,
        "undo this very entry; asks", hint: "undo", unless: { $1.editingObstacle ?? needsSelection($0, $1) }
      ) { $0.undoEntry(&$1) },
    ] + markingCommands() + findingCommands(in: [.history]) + orderCommands
    + commonCommands(
      filterHelp:
        "filter as you type: words, since:yesterday, until:, on:monday, by:, org:, user:, kind:undo, !not, ~fuzzy",
      undoIn: [])

  static func words(_ count: Int) -> String { "\(count.grouped) entr\(count == 1 ? "y" : "ies")" }

  private static let needsSelection: @Sendable (Self, Workspace) -> String? = { screen, _ in
    screen.list.selectedID == nil ? StatusLine.nothingIsSelected : nil
  }

  package func title(_ workspace: Workspace) -> String {
    func name(_ id: String) -> String {
      (workspace.data.listing.organization(id: id)?.name ?? id).escapedForDisplay
    }
    return switch subject {
    case .all: "History"
    case .organization(let id): "History of \(name(id))"
    case .member(let user, let id): "History of \(user.escapedForDisplay) in \(name(id))"
    case .user(let user): "History of \(user.escapedForDisplay)"
    }
  }

  package var selectedUser: String? { selectedChange?.change.userID }

  /// The generation that keys are about, if there is one.
  package var selectedEntry: HistoryRows.Row? { selectedRow.map { $0.rows.rows[$0.row] } }

  /// The change of it that is selected in the detail.
  private var selectedChange: RecordedChange? {
    guard let entry = selectedEntry?.entry, let index = detail.id, index < entry.changes.count else {
      return nil
    }
    return entry.changes[index]
  }

  /// The lines of the generation that fit on the screen.
  package var visibleEntryLines: [EntryLine] {
    guard let row = selectedEntry else { return [] }
    let selected = pane == .detail ? detail.row : nil
    let top = min(detail.top, row.lineCount)
    return (top..<min(row.lineCount, top + room)).map { row.line($0, isSelected: $0 == selected) }
  }

  package func shownUsers(_ workspace: Workspace) -> [String] {
    (selectedEntry?.entry.changes.prefix(100) ?? []).compactMap(\.change.userID).unique
  }

  package func values(_ row: Int, of rows: HistoryRows) -> [String?] {
    if let change = selectedChange, pane == .detail {
      return [change.change.organizationID, change.organizationName, change.summary]
    }
    return Self.values(rows.rows[row])
  }

  // MARK: Rows

  package func next(
    matching query: String, from row: Int, isForward: Bool, in rows: HistoryRows, of reader: any StoreReader
  ) throws(OrgError) -> Found {
    guard query != filter else { return Found(from: row, isForward: isForward, in: rows) }
    let matches = HistoryRows(
      rows.rows.map(\.entry), isComplete: rows.isComplete, subject: subject, query: query, order: rows.order)
    return try Found(from: row, isForward: isForward, count: matches.count) { match in
      guard let id = matches.id(at: match), let row = rows.row(of: id) else { return nil }
      return (row, id)
    }
  }

  package var goesOn: Bool { list.rows.map { !$0.isComplete } ?? false }
  package var totalGoesOn: Bool { list.rows?.totalGoesOn ?? false }

  /// What is wrong with a filter; `nil` for one that is a query.
  package func error(in filter: String, roles: [Role]) -> QueryError? {
    do throws(QueryError) {
      _ = try HistoryQuery(filter)
      return nil
    } catch {
      return error
    }
  }

  /// Asks for more rows where a move comes near the end of what has been read.
  private mutating func requestMore(_ motion: Motion?, _ workspace: inout Workspace) {
    guard let rows = list.rows, pane == .list else { return }
    seeksEnd = motion == .last && !rows.isComplete
    guard !rows.isComplete, let asked = list.asked else { return }
    if motion == .last {
      if asked.extent != .max { requestRows(&workspace, extent: .max) }
      return
    }
    let isNear = list.selectedRow + workspace.viewport.listRows >= list.count
    if isNear, asked.extent < list.count + Self.page {
      requestRows(&workspace, extent: list.count + Self.page)
    }
  }

  package mutating func rowsCame(wasGone: Bool, _ workspace: inout Workspace) {
    guard let rows = list.rows else { return }
    // What is deep in the history may just not have been read yet.
    if !wasGone, rows.isComplete, list.state.selection.isGone, workspace.status.message == nil {
      workspace.status.note(Self.selectionGone)
    }
    if seeksEnd {
      seeksEnd = !rows.isComplete
      moveRows(.last, &workspace)
    }
  }

  package mutating func resume(_ workspace: inout Workspace) {
    seeksEnd = false
    zone = workspace.settings.preferences.timeZone
    now = workspace.settings.environment.now
    requestRows(&workspace)
  }

  package var orderName: String { order.rawValue }

  /// Asks for the rows in another order.
  mutating func sort(by order: HistoryFilter.Order, _ workspace: inout Workspace) {
    guard order != self.order else { return }
    self.order = order
    seeksEnd = false
    prepareSorting(&workspace)
    // What was read in one order says nothing of how much is needed in the other.
    requestRows(&workspace, extent: workspace.viewport.listRows + Self.page)
  }

  package mutating func historyChanged(_ workspace: inout Workspace) { requestRows(&workspace) }

  // MARK: Keys

  package mutating func move(_ motion: Motion, _ workspace: inout Workspace) {
    guard pane == .detail else {
      moveRows(motion, &workspace)
      return requestMore(motion, &workspace)
    }
    guard let row = selectedEntry else { return }
    let target = detail.target(of: motion, rows: room, count: row.lineCount)
    select(target, downwards: target >= detail.row, in: row)
  }

  package mutating func point(_ pane: Pane, line: Int, _ workspace: inout Workspace) {
    let rows = workspace.viewport.listRows
    let row = list.visible(rows).lowerBound + line
    guard pane == .list, line >= 0, list.visible(rows).contains(row) else { return }
    self.pane = .list
    if list.select(row, downwards: true, room: rows) { selectionChanged(&workspace) }
    requestMore(nil, &workspace)
  }

  package mutating func close(_ way: WayBack, _ workspace: inout Workspace) {
    if pane == .detail {
      pane = .list
    } else {
      closeList(way, &workspace)
    }
  }

  package mutating func focusList() { pane = .list }

  package mutating func resize(_ viewport: Viewport) {
    list.scroll(room: viewport.listRows)
    room = viewport.detailRows
    keepLine()
  }

  /// Begins the detail anew where another generation is selected, and keeps its selection on the change where not.
  package mutating func selectionChanged(_ workspace: inout Workspace) {
    room = workspace.viewport.detailRows
    if detailed != list.state.selection.id {
      (detailed, detail) = (list.state.selection.id, Selection())
    } else {
      keepLine()
    }
  }

  private mutating func keepLine() {
    guard let row = selectedEntry, let change = detail.id else { return }
    select(row.line(of: change), downwards: true, in: row)
  }

  private mutating func switchPane(_ viewport: Viewport) {
    if pane == .detail { pane = .list } else { openEntry(viewport) }
  }

  private mutating func openEntry(_ viewport: Viewport) {
    guard let row = selectedEntry else { return }
    room = viewport.detailRows
    pane = .detail
    if detail.id == nil { select(row.line(of: row.headline), downwards: true, in: row) }
  }

  private mutating func select(_ line: Int, downwards: Bool, in row: HistoryRows.Row) {
    detail.select(line, downwards: downwards, rows: room, of: row.lineCount, id: row.change(at:))
    // A change is worth seeing with what was before and after.
    detail.top = min(detail.row, max(detail.top, row.lineCount(through: detail.row) - room))
  }

  private func undoEntry(_ workspace: inout Workspace) {
    guard let entry = selectedEntry?.entry else { return }
    if let obstacle = entry.obstacle { return workspace.status.refuse(obstacle) }
    let inverse = entry.inverse
    guard !inverse.changes.isEmpty else {
      return workspace.status.refuse(
        "Generation \(entry.generation) changed no record that could be put back.")
    }
    let what = entry.changes.count <= 2 ? " (\(Words.done(entry.changes.map(\.summary))))" : ""
    workspace.requestBulkEdit(
      .set(
        inverse, title: "Undo generation \(entry.generation) by \(entry.origin(zone))\(what)",
        isCounted: false)
    )
  }

  /// Goes to the organization of the selected change.
  private func openChange(_ workspace: inout Workspace) {
    guard let recorded = selectedChange else {
      return workspace.status.refuse("This generation changed no record.")
    }
    let item: DetailItem =
      switch recorded.change {
      case .createOrganization, .removeOrganization: .field(.name)
      case .setField(let field, _, _, _): .field(field)
      case .setRole(let user, _, _, _), .removeMember(let user, _, _): .member(user)
      case .addMember(let member): .member(member.userID)
      }
    workspace.go(.organization(recorded.change.organizationID, named: recorded.organizationName, item))
  }
}

extension Context {
  package static let history = Context("history", "The history", .screen)
  package static let entry = Context("entry", "One entry of the history", .screen)
}

extension Action {
  package static let showHistory = Action(
    "show-history", "Go to the history: who changed what when",
    synonyms: "audit log journal changes yesterday who")
  package static let undoEntry = Action(
    "undo-entry", "Undo the selected entry of the history",
    synonyms: "revert take back rollback")
}
