import OrgCore

/// A screen with one list of rows, which are made when it asks for them. It needs little more than its rows, its commands
/// and its title.
package protocol RowsScreen: Screen {
  /// The rows.
  associatedtype Rows: ListRows
  /// The rows, and what is selected there.
  var list: RowList<Rows> { get set }
  /// Makes the rows; called off the screen's thread.
  func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError)
  /// The values of the selected row, the one that is copied alone first; empty if there are none.
  func values(_ row: Int, of rows: Rows) -> [String?]
  /// Learns that the selection or the rows are others.
  mutating func selectionChanged(_ workspace: inout Workspace)
  /// Puts the focus on the rows, where it should be while they are filtered.
  mutating func focusList()
  /// Learns that rows came.
  mutating func rowsCame(wasGone: Bool, _ workspace: inout Workspace)
}

extension RowsScreen {
  package var identity: String { Self.contexts[0].name }
  package var context: Context { Self.contexts[0] }
  package var pane: Pane { .list }
  package var filter: String { list.state.filter }
  package var shownCount: Int { list.count }
  package var totalCount: Int { list.total }
  package var isEstimated: Bool { list.rows?.isEstimated ?? false }
  package var markCount: Int { list.state.marks.count }
  package var isMarkingRange: Bool { list.state.range != nil }
  package var awaitsRows: Bool { list.awaitsRows }
  package var isCurrent: Bool { list.isCurrent }

  /// The row that keys are about, with all rows; `nil` if there is none.
  var selectedRow: (row: Int, rows: Rows)? {
    guard list.selectedID != nil, let rows = list.rows else { return nil }
    return (list.selectedRow, rows)
  }

  /// What can be typed as a filter.
  static var filterHelp: String {
    "filter as you type: words that a row has in it, whatever their case"
  }
  static var selectionGone: String { "What was selected is no longer in this list." }

  // MARK: Rows

  /// Rows that are asked for beyond those on the screen.
  static var page: Int { 200 }

  /// Asks for the rows.
  ///
  /// - Parameter extent: how many are enough; as a rule those that are on the screen soon.
  mutating func requestRows(_ workspace: inout Workspace, extent: Int? = nil) {
    let loader = folded()
    // What was asked for of the same rows is still wanted.
    let before = list.asked?.query == filter ? list.asked?.extent ?? 0 : 0
    let request = ScreenRequest(
      serial: workspace.requests.next(), identity: identity, query: list.state.filter,
      extent: extent ?? max(before, list.selectedRow + workspace.viewport.listRows + Self.page)
    ) { source, request throws(OrgError) in try loader.load(source, request) }
    list.ask(request)
    workspace.ask(.show(request))
  }

  package mutating func resume(_ workspace: inout Workspace) { requestRows(&workspace) }

  package func folded() -> Self {
    var folded = self
    folded.list = list.folded()
    return folded
  }

  package mutating func reload(_ workspace: inout Workspace) {
    workspace.reload()
    requestRows(&workspace)
  }

  package mutating func follow(_ old: OrganizationList, isShown: Bool, _ workspace: inout Workspace) {
    if isShown, workspace.data.revision != old.revision { requestRows(&workspace) }
  }

  package mutating func receive(
    _ rows: any ListRows, for request: ScreenRequest, _ workspace: inout Workspace
  ) {
    let wasGone = list.state.selection.isGone
    guard let rows = rows as? Rows,
      list.receive(rows, for: request, room: workspace.viewport.listRows)
    else { return }
    if !(workspace.overlay is FilterPrompt) { list.state.anchor = nil }
    rowsCame(wasGone: wasGone, &workspace)
    selectionChanged(&workspace)
  }

  package mutating func rowsCame(wasGone: Bool, _ workspace: inout Workspace) {
    if !wasGone, list.state.selection.isGone, workspace.status.message == nil {
      workspace.status.note(Self.selectionGone)
    }
  }

  package var missingRows: RowFetch? { list.missing }

  package mutating func receive(_ fetch: RowFetch, _ workspace: inout Workspace) {
    if list.receiveFetched(room: workspace.viewport.listRows) { selectionChanged(&workspace) }
  }

  package mutating func selectionChanged(_ workspace: inout Workspace) {}

  package mutating func focusList() {}

  package mutating func endRange() { list.state.range = nil }

  package mutating func receive(
    _ error: OrgError, for request: ScreenRequest, _ workspace: inout Workspace
  ) {
    guard list.asked == request else { return }
    list.giveUp()
    workspace.status.report(error.message, .refusal)
  }

  package mutating func resize(_ viewport: Viewport) { list.scroll(room: viewport.listRows) }

  // MARK: Keys

  package mutating func move(_ motion: Motion, _ workspace: inout Workspace) {
    moveRows(motion, &workspace)
  }

  mutating func moveRows(_ motion: Motion, _ workspace: inout Workspace) {
    if list.move(motion, room: workspace.viewport.listRows) { selectionChanged(&workspace) }
    extendRange()
  }

  package mutating func point(_ pane: Pane, line: Int, _ workspace: inout Workspace) {
    let room = workspace.viewport.listRows
    let row = list.visible(room).lowerBound + line
    guard pane == .list, line >= 0, list.visible(room).contains(row) else { return }
    if list.select(row, downwards: true, room: room) { selectionChanged(&workspace) }
    extendRange()
  }

  package mutating func close(_ way: WayBack, _ workspace: inout Workspace) {
    closeList(way, &workspace)
  }

  mutating func closeList(_ way: WayBack, _ workspace: inout Workspace) {
    if way != .close {
      if list.state.dropRange() { return }
      if !filter.isEmpty {
        list.state.rememberAnchor()
        return setFilter("", &workspace)
      }
    }
    workspace.go(.leaveScreen)
  }

  private mutating func setFilter(_ text: String, _ workspace: inout Workspace) {
    list.state.filter = text
    requestRows(&workspace)
  }

  package mutating func beginFilter(_ workspace: inout Workspace) { list.state.anchor = list.selectedID }

  package mutating func take(_ step: FilterStep, _ workspace: inout Workspace) {
    switch step {
    case .type(let text):
      focusList()
      if text != filter { setFilter(text, &workspace) }
    case .move(let motion):
      focusList()
      list.state.anchor = nil
      if list.move(motion, room: workspace.viewport.listRows) { selectionChanged(&workspace) }
    case .accept: if !awaitsRows { list.state.anchor = nil }
    case .restore(let text):
      if text != filter { setFilter(text, &workspace) }
      if !awaitsRows { list.state.anchor = nil }
    }
  }

  package func copied(isRow: Bool, _ workspace: Workspace) -> Result<[String?], CopyRefusal> {
    guard let (row, rows) = selectedRow else {
      return .failure(CopyRefusal(reason: StatusLine.nothingIsSelected))
    }
    let values = values(row, of: rows)
    return .success(isRow ? values : Array(values.prefix(1)))
  }

  /// Marks everything from where a range began to the selection.
  mutating func extendRange() {
    guard let rows = list.rows, let range = list.state.range else { return }
    let hasEnd = list.selectedRow < rows.count
    list.state.extendRange(from: hasEnd ? rows.row(of: range.start) : nil, rows.id(at:))
  }
}
