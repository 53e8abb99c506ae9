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
  /// How many rows are shown at a time.
  func room(_ viewport: Viewport) -> Int
  /// What the rows are sorted by, in words that tell one order from another.
  var orderName: String { get }
  /// Looks for the next row that a query matches, in the order of the rows; called off the screen's thread.
  func next(
    matching query: String, from row: Int, isForward: Bool, in rows: Rows, of reader: any StoreReader
  ) throws(OrgError) -> Found
  /// What is wrong with a filter; `nil` for one that rows can be found by.
  func error(in filter: String, roles: [Role]) -> QueryError?
  /// Receives the ids of all rows, which were asked for.
  mutating func receive(all ids: [String], _ workspace: inout Workspace)
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
  package var position: Int? { list.selectedID == nil ? nil : list.selectedRow }
  package func room(_ viewport: Viewport) -> Int { viewport.listRows }
  package var orderName: String { "" }
  package var queryError: QueryError? { list.queryError }
  package func error(in filter: String, roles: [Role]) -> QueryError? { nil }
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
      serial: workspace.requests.next(), identity: identity, query: list.state.filter, order: orderName,
      extent: extent ?? max(before, list.selectedRow + room(workspace.viewport) + Self.page),
      directory: workspace.surroundings.names.terms(of: nameSearch(workspace))
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
      list.receive(rows, for: request, room: room(workspace.viewport))
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
    if list.receiveFetched(room: room(workspace.viewport)) { selectionChanged(&workspace) }
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

  package mutating func resize(_ viewport: Viewport) { list.scroll(room: room(viewport)) }

  // MARK: Keys

  package mutating func move(_ motion: Motion, _ workspace: inout Workspace) {
    moveRows(motion, &workspace)
  }

  mutating func moveRows(_ motion: Motion, _ workspace: inout Workspace) {
    list.state.showsTop = false
    if list.move(motion, room: room(workspace.viewport)) { selectionChanged(&workspace) }
    extendRange()
  }

  package mutating func point(_ pane: Pane, line: Int, _ workspace: inout Workspace) {
    let room = self.room(workspace.viewport)
    let row = list.visible(room).lowerBound + line
    guard pane == .list, line >= 0, list.visible(room).contains(row) else { return }
    list.state.showsTop = false
    if list.select(row, downwards: true, room: room) { selectionChanged(&workspace) }
    list.state.chosen = list.selectedID
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
    list.queryError = error(in: text, roles: workspace.roles)
    if !workspace.settings.hasDirectory, !nameSearch(workspace).states.isEmpty {
      workspace.status.refuse("No directory of users is configured, so directory: finds none.")
    }
    // Until it is right, the rows stay.
    if list.queryError == nil { requestRows(&workspace) }
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
      if list.move(motion, room: room(workspace.viewport)) { selectionChanged(&workspace) }
    case .accept:
      if !filter.isEmpty, list.queryError == nil { list.search.latest = filter }
      if !awaitsRows { list.state.anchor = nil }
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

  // MARK: Matches

  package mutating func cancelWait() -> Bool {
    defer { list.search.awaited = nil }
    return list.search.awaited != nil
  }

  /// Goes to the next row of the filter; where the filter was cleared, to the next that it would match.
  mutating func find(isForward: Bool, _ workspace: inout Workspace) {
    let query = filter.isEmpty ? list.search.latest : filter
    guard !query.isEmpty else { return workspace.status.refuse(StatusLine.nothingToFind) }
    guard let rows = list.rows, rows.count > 0 else {
      return workspace.status.refuse("Nothing matches \(query.quoted).")
    }
    let serial = workspace.requests.next()
    list.search.awaited = serial
    let row = list.state.selection.isGone && isForward ? list.selectedRow - 1 : list.selectedRow
    let (screen, reader) = (folded(), workspace.data.reader)
    workspace.ask(
      .find(
        MatchSearch(serial) { () throws(OrgError) in
          try screen.next(matching: query, from: row, isForward: isForward, in: rows, of: reader)
        }))
  }

  package mutating func receive(_ found: Found, _ workspace: inout Workspace) {
    guard found.serial == list.search.awaited else { return }
    list.search.awaited = nil
    if let error = found.error { return workspace.status.report(error.message, .refusal) }
    if let ids = found.ids { return receive(all: ids, &workspace) }
    let query = filter.isEmpty ? list.search.latest : filter
    guard let (place, id) = found.match else {
      return workspace.status.refuse("Nothing matches \(query.quoted).")
    }
    let row = list.rows?.row(of: id) ?? place
    workspace.status.say(found, isSame: id == list.selectedID, isForward: row > list.selectedRow, query)
    if list.select(row, downwards: true, room: room(workspace.viewport)) { selectionChanged(&workspace) }
    list.state.chosen = id
    list.state.showsTop = false
    extendRange()
  }

  /// Marks all rows, which were looked for.
  package mutating func receive(all ids: [String], _ workspace: inout Workspace) {
    list.state.marks.formUnion(ids)
    let words = (Self.self as? any MarkingScreen.Type)?.words(ids.count)
    let hidden = list.state.marks.count - ids.count
    workspace.status.note("Marked \(words ?? ids.count.grouped)\(StatusLine.hiddenMarks(hidden)).")
  }

  package func next(
    matching query: String, from row: Int, isForward: Bool, in rows: Rows, of reader: any StoreReader
  ) throws(OrgError) -> Found {
    Found(from: row, isForward: isForward, in: rows)
  }

  /// What goes to the next row that matches, and to the one before.
  static func findingCommands(in contexts: [Context] = Self.contexts) -> [Command<Self>] {
    [
      Command(
        .nextMatch, "n", in: contexts, .finding, "the next match of the filter, also after it was cleared"
      ) { $0.find(isForward: true, &$1) },
      Command(.previousMatch, "N", in: contexts, .finding, "the previous match") {
        $0.find(isForward: false, &$1)
      },
    ]
  }

  /// Asks for the rows in another order; those that are shown stay until they come.
  mutating func prepareSorting(_ workspace: inout Workspace) {
    list.state.prepareSorting(isMarked: list.selectedID.map(list.state.marks.contains) ?? false)
  }

  /// Marks everything from where a range began to the selection.
  mutating func extendRange() {
    guard let rows = list.rows, let range = list.state.range else { return }
    let hasEnd = list.selectedRow < rows.count
    list.state.extendRange(from: hasEnd ? rows.row(of: range.start) : nil, rows.id(at:))
  }
}

extension ListQuery {
  /// Reads what was typed as a filter, with the roles of the data.
  init(filter: String, _ reader: any StoreReader) throws(OrgError) {
    do throws(QueryError) {
      self = try Self(filter, roles: reader.summary.roles)
    } catch {
      throw OrgError(.invalidValue, error.message)
    }
  }

  /// What is wrong with a filter; `nil` for one that is a query.
  static func error(in filter: String, roles: [Role]) -> QueryError? {
    do throws(QueryError) {
      _ = try Self(filter, roles: roles)
      return nil
    } catch {
      return error
    }
  }
}
