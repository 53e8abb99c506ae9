import OrgCore

/// Something in the detail that can be selected.
package enum DetailItem: Sendable, Hashable {
  /// A field of the organization.
  case field(OrganizationField)
  /// A member, by the user's id.
  case member(String)
}

/// All organizations, and the selected one with its members.
package struct OrganizationsScreen: MarkingScreen {
  /// The data with the rows, as they are shown.
  package private(set) var data: OrganizationList
  /// The rows that are selected and marked, and what they are filtered by.
  var list = ListState<String, OrganizationMarks>()
  /// How the rows are arranged, or will be in a moment.
  private var arrangement: Arrangement
  /// Which pane has the focus.
  package var pane = Pane.list
  /// The selection in the detail.
  var detail = Selection<DetailItem>()
  /// What is to be selected in the detail once it has been read.
  var awaited: AwaitedLine?
  /// Members that are marked, by the organization's id.
  var memberMarks: [String: Set<String>] = [:]
  /// Members that are being marked by moving.
  var memberRange: MemberRange?
  /// What the screen was visited for.
  private var visit = Visit()
  /// What `n` looks for.
  var search = MatchSearch.State()
  /// How the members in the detail are filtered and sorted.
  var members = MemberList()
  /// How many rows and lines fit.
  var room: (rows: Int, lines: Int)

  /// What is selected in the detail once it has been read.
  enum AwaitedLine: Sendable {
    /// Whatever is in a line, or near it in the direction of the move.
    case line(Int, downwards: Bool)
    /// Something in particular; if it was selected before, a person is told when it is gone.
    case item(DetailItem, wasSelected: Bool)
  }

  /// Members of an organization, from a user on; before, these were marked.
  struct MemberRange: Sendable {
    let organization: String
    let start: String
    var before: Set<String>
  }

  /// How rows are arranged.
  private struct Arrangement: Sendable {
    var order: ListOrder
    /// Whether deleted organizations are there, too, where the filter doesn't name a status.
    var showsDeleted: Bool
  }

  /// What the rows are sorted by, or will be in a moment.
  package var order: ListOrder { arrangement.order }

  /// What a person came for, from another screen.
  private struct Visit: Sendable {
    /// What was shown on arrival: who sees just this goes back to where they came from.
    var arrival: Arrival?
    /// What to select once the rows are there.
    var destination: Destination?
  }

  private struct Arrival: Sendable {
    var query: String
    var pane: Pane
    var organization: String?
    /// Whether deleted organizations were hidden before, and will be afterwards.
    var hidesDeleted = false
  }

  private struct Destination: Sendable {
    var id: String
    var item: DetailItem?
    var pane: Pane
  }

  init(_ data: OrganizationList, _ viewport: Viewport) {
    self.data = data
    arrangement = Arrangement(order: data.request.order, showsDeleted: data.request.showsDeleted)
    list.filter = data.request.query
    room = (viewport.listRows, viewport.detailRows)
    selectRow(0)
  }

  package static let contexts = [Context.list, .detail]
  package static let viewList: SavedView.List? = .organizations
  package func view(_ workspace: Workspace) -> SavedView? {
    SavedView(
      name: "", filter: list.filter,
      sort: order == workspace.settings.preferences.order ? nil : order.setting,
      columns: workspace.columns == workspace.settings.preferences.columns ? nil : workspace.columns)
  }
  package var context: Context { pane == .list ? .list : .detail }
  package var identity: String { "organizations" }
  package static let isResident = true
  package func title(_ workspace: Workspace) -> String { "Organizations" }

  package static let shortcut: Shortcut? = Shortcut(
    .showOrganizations, "1", "organizations"
  ) {
    OrganizationsScreen(
      .unread, Viewport(isWide: false, listRows: 1, detailRows: 1, helpRows: 1))
  }

  package var filter: String { pane == .list ? list.filter : members.filter }
  /// What the organizations are filtered by, or will be in a moment.
  package var listFilter: String { list.filter }
  package var queryError: QueryError? { pane == .list ? data.queryError : members.queryError }
  package var shownCount: Int { pane == .list ? data.listing.expectedCount : shownMemberCount }
  package var isEstimated: Bool { pane == .list && !data.listing.isComplete }
  package var isTotalEstimated: Bool {
    pane == .list && data.listing.summary.estimates.contains(.organizations)
  }
  package var totalCount: Int {
    pane == .list
      ? data.listing.summary.organizationCount - (data.hiddenCount ?? 0)
      : list.selected.flatMap(data.listing.detail(of:))?.memberCount ?? 0
  }
  package var position: Int? {
    guard pane == .detail else { return list.selected == nil ? nil : list.selection.row }
    return selectedMember == nil ? nil : detail.row - detailHeadCount
  }
  package var markCount: Int {
    pane == .list ? list.marks.count : list.selection.id.flatMap { memberMarks[$0]?.count } ?? 0
  }
  package var isMarkingRange: Bool { list.range != nil || memberRange != nil }
  package var selectedUser: String? { pane == .detail ? selectedMember?.userID : nil }

  package var historySubject: HistorySubject? {
    guard let organization = selectedOrganization else { return nil }
    if pane == .detail, let member = selectedMember {
      return .member(member.userID, organization: organization.id)
    }
    return .organization(organization.id)
  }

  // MARK: Rows

  /// Whether a filter was accepted whose rows aren't there yet.
  private var awaitsFilter: Bool {
    data.request.query != list.filter || data.request.showsDeleted != arrangement.showsDeleted
  }
  package var awaitsRows: Bool {
    awaitsFilter || search.awaited != nil || pane == .detail && members.awaitsRows
  }
  package var isCurrent: Bool { true }

  package mutating func cancelWait() -> Bool {
    defer { (search.awaited, members.search.awaited) = (nil, nil) }
    return search.awaited != nil || members.search.awaited != nil
  }

  /// Leaving and moving on need nothing of what is selected.
  package func awaitsFetch(_ action: Action?) -> Bool {
    if let action, Self.anytime.contains(action) { return false }
    guard let id = list.selected else { return false }
    if pane == .detail { return awaited != nil || data.listing.detail(of: id) == nil }
    return selectedOrganization == nil && !Motion.allCases.contains { $0.action == action }
  }

  private static let anytime: Set<Action> = [.cancel, .close, .back, .quit, .redraw, .suspend, .help]

  private mutating func requestRows(_ workspace: inout Workspace) {
    workspace.arrange(list.filter, order, showsDeleted: arrangement.showsDeleted)
  }

  package mutating func resume(_ workspace: inout Workspace) { visit.arrival = nil }

  package func folded() -> Self {
    var folded = self
    folded.data = .unread
    (folded.list.marks, folded.list.range, folded.memberMarks) = (OrganizationMarks(), nil, [:])
    folded.members.clear()
    return folded
  }

  package mutating func unfold(_ folded: Self, _ workspace: inout Workspace) {
    visit.arrival = folded.visit.arrival
    show(folded.list.filter, select: folded.list.selection.id, pane: folded.pane, &workspace)
  }

  package mutating func reload(_ workspace: inout Workspace) { workspace.reload() }

  package mutating func follow(_ old: OrganizationList, isShown: Bool, _ workspace: inout Workspace) {
    data = workspace.data
    keepMarks(old, &workspace)
    keepRow(old, isShown: isShown, &workspace)
    if visit.destination != nil, !awaitsFilter { reachDestination(&workspace) }
    if data.revision != old.revision, !members.isUsual { requestMembers(&workspace) }
    if !(workspace.overlay is FilterPrompt), !awaitsFilter, data.listing.isComplete { list.anchor = nil }
  }

  /// Goes to what was added just now, where it is shown.
  ///
  /// - Parameter asked: the changes that were asked for, also those that somebody else had made before.
  mutating func receive(_ commit: Commit, of asked: [Change], _ workspace: inout Workspace) {
    switch commit.changes.first {
    case .createOrganization(let organization):
      if let row = data.row(of: organization.id) { selectRow(row, &workspace) }
    case .addMember(let member) where member.organizationID == list.selection.id:
      select(.member(member.userID))
    default: break
    }
    forgetMember(removedBy: asked + commit.changes)
  }

  /// Stops looking for the selected member if one of these changes removes it: what becomes of the removal is said already.
  mutating func forgetMember(removedBy changes: [Change]) {
    forgetMember { user, organization in changes.contains { $0.removes(user, from: organization) } }
  }

  /// The same, for a member that is told by its user and organization.
  mutating func forgetMember(where isRemoved: (_ user: String, _ organization: String?) -> Bool) {
    guard case .item(.member(let user), wasSelected: true) = awaited, isRemoved(user, list.selection.id)
    else { return }
    awaited = nil
    detail.isGone = true
  }

  package mutating func resize(_ viewport: Viewport) {
    room = (viewport.listRows, viewport.detailRows)
    list.selection.scroll(rows: room.rows, of: data.count)
    detail.scroll(rows: room.lines, of: detailLineCount)
  }

  // MARK: Going about

  /// Shows the organizations that a query finds, with one selected.
  ///
  /// - Parameter item: what is selected in the detail.
  private mutating func show(
    _ query: String, select id: String?, pane: Pane, item: DetailItem? = nil, _ workspace: inout Workspace
  ) {
    visit.destination = id.map { Destination(id: $0, item: item, pane: pane) }
    if query != list.filter || awaitsFilter {
      list.filter = query
      requestRows(&workspace)
    } else {
      reachDestination(&workspace)
    }
  }

  /// Shows the organizations that a query finds.
  ///
  /// - Parameter isVisit: whether the way back leads out again.
  mutating func show(matching query: String, isVisit: Bool, _ workspace: inout Workspace) {
    visit.arrival = isVisit ? Arrival(query: query, pane: .list) : nil
    pane = .list
    // What other screens count has deleted organizations, too.
    if isVisit, !arrangement.showsDeleted {
      visit.arrival?.hidesDeleted = true
      arrangement.showsDeleted = true
    }
    list.filter = query
    if awaitsFilter { requestRows(&workspace) }
  }

  /// Shows the organizations as a view has them.
  mutating func show(_ view: SavedView, _ workspace: inout Workspace) {
    arrangement.order = view.order(workspace.settings.preferences.order)
    pane = .list
    list.filter = view.filter
    visit.arrival = nil
    requestRows(&workspace)
  }

  /// Shows an organization, and something in it. A filter that hides it is cleared.
  mutating func show(organization: String, _ item: DetailItem?, _ workspace: inout Workspace) {
    let isShown = !awaitsFilter && data.row(of: organization) != nil
    let query = isShown ? list.filter : ""
    visit.arrival = Arrival(query: query, pane: .detail, organization: organization)
    show(query, select: organization, pane: .detail, item: item, &workspace)
  }

  /// Selects what a person came for, now that its row may be there.
  private mutating func reachDestination(_ workspace: inout Workspace) {
    guard let destination = visit.destination else { return }
    guard let row = data.row(of: destination.id) else {
      // It may be hidden as it is deleted.
      if !arrangement.showsDeleted {
        arrangement.showsDeleted = true
        visit.arrival?.hidesDeleted = true
        return requestRows(&workspace)
      }
      visit.destination = nil
      return pane = .list
    }
    visit.destination = nil
    selectRow(row, &workspace)
    list.chosen = list.selected
    if destination.item != nil { clearMemberFilter(&workspace) }
    if let item = destination.item { select(item) }
    pane = destination.pane
  }

  /// Whether just what a person came for from another screen is shown.
  private var isAsOnArrival: Bool {
    guard let arrival = visit.arrival else { return false }
    return arrival.query == list.filter && arrival.pane == pane && members.filter.isEmpty
      && (arrival.organization == nil || arrival.organization == list.selection.id)
  }

  package mutating func close(_ way: WayBack, _ workspace: inout Workspace) {
    if way != .close, dropRange() { return }
    endRange()
    if way != .cancel, isAsOnArrival {
      if visit.arrival?.hidesDeleted == true {
        arrangement.showsDeleted = false
        requestRows(&workspace)
      }
      return workspace.go(.back)
    }
    if pane == .detail {
      if way != .close, !members.filter.isEmpty {
        members.anchor = detail.isGone ? nil : detail.id
        return clearMemberFilter(&workspace)
      }
      return pane = .list
    }
    if way == .close { return workspace.go(.quit) }
    if way == .cancel, list.filter.isEmpty { workspace.status.note("Nothing is going on; q quits.") }
    setFilter("", &workspace)
  }

  /// Shows all members again.
  private mutating func clearMemberFilter(_ workspace: inout Workspace) {
    setMemberFilter("", &workspace)
  }

  private mutating func setFilter(_ text: String, _ workspace: inout Workspace) {
    guard text != list.filter else { return }
    list.filter = text
    requestRows(&workspace)
  }

  package mutating func beginFilter(_ workspace: inout Workspace) {
    if pane == .list { list.rememberAnchor() } else { members.anchor = detail.isGone ? nil : detail.id }
  }

  package mutating func take(_ step: FilterStep, _ workspace: inout Workspace) {
    guard pane == .list else { return takeMembers(step, &workspace) }
    switch step {
    case .type(let text): setFilter(text, &workspace)
    case .move(let motion):
      list.anchor = nil
      selectRow(list.selection.target(of: motion, rows: room.rows, count: data.count), &workspace)
    case .accept:
      if !list.filter.isEmpty { search.latest = list.filter }
      if !awaitsFilter { list.anchor = nil }
    case .restore(let text):
      setFilter(text, &workspace)
      if !awaitsFilter { list.anchor = nil }
    }
  }

  /// Asks for the rows in another order; those that are shown stay until they come.
  mutating func sort(by order: ListOrder, _ workspace: inout Workspace) {
    arrangement.order = order
    list.prepareSorting(isMarked: list.selected.map(list.marks.contains) ?? false)
    requestRows(&workspace)
  }

  /// Shows deleted organizations, or hides them.
  mutating func toggleDeleted(_ workspace: inout Workspace) {
    arrangement.showsDeleted.toggle()
    list.rememberAnchor()
    visit.arrival?.hidesDeleted = false
    requestRows(&workspace)
    let filtered = list.filter.isEmpty ? "" : ", unless the filter asks for them"
    workspace.status.note(
      arrangement.showsDeleted
        ? "Deleted organizations are shown." : "Deleted organizations are hidden\(filtered).")
  }
}

extension Change {
  /// Whether it removes a user from an organization.
  fileprivate func removes(_ user: String, from id: String?) -> Bool {
    if case .removeMember(user, id, _) = self { true } else { false }
  }
}

extension Context {
  package static let list = Context("list", "The list of organizations", .screen)
  package static let detail = Context("detail", "One organization and its members", .screen)
}

extension Action {
  package static let showOrganizations = Action(
    "show-organizations", "Go to the organizations",
    synonyms: "tenants customers companies list")
}
