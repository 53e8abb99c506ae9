import OrgCore

// Going from screen to screen, and what the screens beside that of the organizations have in common.
extension AppModel {
  // MARK: Places

  /// The screen that is shown.
  public var screen: Location.Screen { sheet?.screen ?? .organizations }

  /// Where somebody is now.
  private var here: Location {
    if let sheet { return sheet.place }
    var place = Location(.organizations)
    place.query = query
    place.selection = list
    place.pane = pane
    place.arrival = arrival
    return place
  }

  /// Goes to a screen; `nil` if the action asks for none.
  mutating func travel(_ action: Action) -> [Effect]? {
    switch action {
    case .showOrganizations:
      return screen == .organizations ? [] : visit(Location(.organizations), isNew: false)
    case .showUsers: return visit(.users)
    case .showHistory: return visit(.history(.all))
    case .showOverview: return visit(.overview)
    case .showPerson:
      guard let user = userOfSelection else { return refuse("Choose a member first.") }
      return visit(.person(user))
    // Who came to see just this goes back to where they came from.
    case .back where isAsArrived, .close where isAsArrived:
      return follow(navigation.goBack(from: here), "There is no screen before this one.")
    case .showItsHistory:
      guard let subject = historySubject else { return refuse(Self.nothingIsSelected) }
      return visit(.history(subject))
    case .goBack: return follow(navigation.goBack(from: here), "There is no screen before this one.")
    case .goForward: return follow(navigation.goForward(from: here), "There is no screen after this one.")
    case .goToLast:
      guard let last = navigation.last else {
        return refuse("This is the first screen; there is no last one.")
      }
      navigation.leave(here)
      return arrive(last)
    default: return nil
    }
  }

  /// Whose history is meant by what is selected.
  private var historySubject: HistorySubject? {
    switch screen {
    case .users: return sheet?.selectedID.map { .user($0) }
    case .person(let user): return .user(user)
    case .history, .overview: return nil
    case .organizations: break
    }
    guard let organization = selectedOrganization else { return nil }
    if pane == .detail, let member = selectedMember {
      return .member(member.userID, organization: organization.id)
    }
    return .organization(organization.id)
  }

  /// The user that is meant by what is selected.
  private var userOfSelection: String? {
    switch screen {
    case .organizations: pane == .detail ? selectedMember?.userID : nil
    case .users: sheet?.selectedID
    case .history: selectedChange?.change.userID
    case .overview, .person: nil
    }
  }

  /// Whether the organizations show just what somebody came for from another screen.
  private var isAsArrived: Bool {
    guard sheet == nil, let arrival else { return false }
    return arrival.query == query && arrival.pane == pane
      && (arrival.organization == nil || arrival.organization == list.id)
  }

  /// Goes to a screen as it was left.
  mutating func visit(_ screen: Location.Screen) -> [Effect] {
    screen == self.screen ? [] : visit(navigation.left[screen] ?? Location(screen))
  }

  /// Goes to a place, and remembers the way back.
  ///
  /// - Parameter isNew: false for the organizations as they were left.
  mutating func visit(_ place: Location, isNew: Bool = true) -> [Effect] {
    navigation.leave(here)
    guard isNew else {
      sheet = nil
      arrival = nil
      return []
    }
    return arrive(place)
  }

  private mutating func follow(_ place: Location?, _ refusal: String) -> [Effect] {
    guard let place else { return refuse(refusal) }
    return arrive(place)
  }

  private mutating func arrive(_ place: Location) -> [Effect] {
    guard place.screen == .organizations else {
      sheet = Sheet(place)
      return [requestSheet()]
    }
    sheet = nil
    arrival = place.arrival
    return showOrganizations(place.query, select: place.selection.id, pane: place.pane)
  }

  /// Shows the organizations, filtered, with one selected.
  ///
  /// - Parameter item: what is selected in the detail.
  mutating func showOrganizations(
    _ query: String, select id: String?, pane: Pane, item: DetailItem? = nil
  ) -> [Effect] {
    destination = id.map { Destination(id: $0, item: item, pane: pane) }
    guard query == self.query, !awaitsRows else {
      self.query = query
      return [requestRows()]
    }
    reachDestination()
    return []
  }

  /// Shows the organizations that a query finds.
  ///
  /// - Parameter isVisit: whether the way back is to lead out again.
  mutating func showOrganizations(matching query: String, isVisit: Bool = false) -> [Effect] {
    if sheet != nil { navigation.leave(here) }
    sheet = nil
    arrival = isVisit ? Location.Arrival(query: query, pane: .list) : nil
    pane = .list
    guard query != self.query else { return [] }
    self.query = query
    return [requestRows()]
  }

  /// Goes to an organization, and to something in it.
  ///
  /// - Parameter name: what it was called, should it be gone.
  mutating func go(to organization: String, named name: String, _ item: DetailItem?) -> [Effect] {
    guard organizationList.snapshot.contents.index(ofOrganization: organization) != nil else {
      return refuse("\(name.escapedForDisplay) is no longer among the organizations.")
    }
    navigation.leave(here)
    sheet = nil
    // A filter that hides it would be in the way.
    let isShown = !awaitsRows && organizationList.row(of: organization) != nil
    let query = isShown ? query : ""
    arrival = Location.Arrival(query: query, pane: .detail, organization: organization)
    return showOrganizations(query, select: organization, pane: .detail, item: item)
  }

  /// Selects what somebody came for, now that its row may be there.
  mutating func reachDestination() {
    guard let destination else { return }
    self.destination = nil
    guard let row = organizationList.row(of: destination.id) else {
      pane = .list
      return
    }
    selectRow(row)
    if let item = destination.item { select(item) }
    pane = destination.pane
  }

  /// What to select among the organizations once the rows are there.
  struct Destination: Sendable {
    var id: String
    var item: DetailItem?
    var pane: Pane
  }

  // MARK: Rows

  /// What the rows on the screen are filtered by.
  public internal(set) var filterText: String {
    get { sheet?.place.query ?? query }
    set {
      if sheet == nil { query = newValue } else { sheet?.place.query = newValue }
    }
  }

  /// How many rows the filter shows.
  public var shownCount: Int { sheet?.rowCount ?? organizationList.rows.count }
  /// How many rows there are without a filter.
  public var totalCount: Int { sheet?.total ?? organizationList.snapshot.contents.organizationCount }

  /// Asks for the rows of the screen that is shown.
  mutating func requestFiltered() -> Effect { sheet == nil ? requestRows() : requestSheet() }

  private static let page = 200

  /// Asks for the rows of a screen beside that of the organizations.
  ///
  /// - Parameter extent: how many rows are enough; as a rule those that are on the screen soon.
  mutating func requestSheet(extent: Int? = nil) -> Effect {
    guard let place = sheet?.place else { return requestRows() }
    lastSerial += 1
    let request = SheetRequest(
      serial: lastSerial, screen: place.screen, query: place.query,
      extent: extent ?? place.selection.row + viewport.listRows + Self.page)
    sheet?.asked = request
    return .runtime(.show(request))
  }

  /// Asks for more rows where a move comes near the end of what has been read of the history.
  private mutating func requestMore(_ action: Action) -> [Effect] {
    guard let sheet, case .history(let history) = sheet.content, sheet.place.pane == .list else { return [] }
    self.sheet?.seeksEnd = action == .moveToLast && !history.isComplete
    guard !history.isComplete, let asked = sheet.asked else { return [] }
    if action == .moveToLast {
      return asked.extent == .max ? [] : [requestSheet(extent: .max)]
    }
    let isNear = sheet.selectedRow + viewport.listRows >= sheet.rowCount
    return isNear && asked.extent < sheet.rowCount + Self.page
      ? [requestSheet(extent: sheet.rowCount + Self.page)] : []
  }

  /// Takes in rows of a screen beside that of the organizations.
  public mutating func receive(_ content: Sheet.Content, for request: SheetRequest) -> [Effect] {
    let rows = viewport.listRows
    let wasGone = sheet?.place.selection.isGone == true
    guard sheet?.receive(content, for: request, rows: rows) == true else { return [] }
    // What lies deep in the history may just not have been read yet.
    let isPart = if case .history(let history) = content { !history.isComplete } else { false }
    if !wasGone, !isPart, sheet?.place.selection.isGone == true, message == nil {
      message = Message(text: "What was selected is no longer in this list.", kind: .note)
    }
    if case .filter = mode {} else { sheet?.anchor = nil }
    keepPersonMarks()
    keepEntryLine()
    if case .history(let history) = content, sheet?.seeksEnd == true {
      sheet?.seeksEnd = !history.isComplete
      _ = moveInSheet(.moveToLast)
    }
    return proposeNow()
  }

  /// Takes in that the rows of such a screen couldn't be made. What was shown before stays.
  public mutating func receive(_ error: OrgError, for request: SheetRequest) -> [Effect] {
    guard sheet?.asked == request else { return [] }
    sheet?.giveUp()
    report(error.message, .refusal)
    return proposeNow()
  }

  /// Puts the focus on the rows, where it should be while they are filtered.
  mutating func focusList() {
    if sheet == nil { pane = .list } else { sheet?.place.pane = .list }
  }

  /// Remembers what is selected, for who takes the filter back.
  private mutating func rememberAnchor() {
    let id = sheet?.selectedID
    sheet?.anchor = id
  }

  /// Forgets what was selected before the filter was typed.
  mutating func forgetAnchor() {
    if sheet == nil { anchor = nil } else { sheet?.anchor = nil }
  }

  /// Moves the selection on a screen beside that of the organizations; false if the action is no move.
  mutating func moveInSheet(_ action: Action) -> Bool {
    if sheet?.place.pane == .detail { return moveInEntry(action) }
    let rows = viewport.listRows
    guard var sheet,
      let target = sheet.place.selection.target(of: action, rows: rows, count: sheet.rowCount)
    else { return false }
    sheet.select(target, downwards: target >= sheet.selectedRow, rows: rows)
    self.sheet = sheet
    return true
  }

  // MARK: Actions

  /// Why an action can't be done on a screen beside that of the organizations; `nil` where it can.
  func sheetObstacle(to action: Action) -> String? {
    switch action {
    case .undo, .redo: return editingObstacle
    case .undoEntry:
      guard case .history = screen else { return Self.wrongScreen }
      return editingObstacle ?? (selectedEntry == nil ? Self.nothingIsSelected : nil)
    case .open: return sheet?.selectedID == nil ? Self.nothingIsSelected : nil
    case .nextPane, .previousPane:
      if case .history = screen { return nil }
      return Self.wrongScreen
    case .mark, .markRange, .markAll, .unmarkAll, .changeRole, .remove, .removeEverywhere:
      return personObstacle(to: action)
    case .copy, .copyRow: return sheet?.selectedID == nil ? Self.nothingIsSelected : nil
    case .showPerson: return userOfSelection == nil ? Self.nothingIsSelected : nil
    case .showItsHistory: return historySubject == nil ? Self.nothingIsSelected : nil
    default: return action.isOfEveryScreen ? nil : Self.wrongScreen
    }
  }

  static let wrongScreen = "That can't be done on this screen."
  static let nothingIsSelected = "Nothing is selected here."

  /// What an action does on a screen beside that of the organizations.
  mutating func browseSheet(_ action: Action) -> [Effect] {
    if let obstacle = obstacle(to: action) { return refuse(obstacle) }
    message = nil
    if action == .back || action == .cancel, dropPersonRange() { return [] }
    if let effects = travel(action) { return effects }
    if moveInSheet(action) {
      extendPersonRange()
      return requestMore(action)
    }
    switch action {
    case .back: return leaveSheet(clearingFilter: true)
    case .cancel, .close: return leaveSheet(clearingFilter: action == .cancel)
    case .filter:
      rememberAnchor()
      mode = .filter(TextField(filterText), before: filterText)
    case .point(let pane, let line):
      point(pane, line)
      extendPersonRange()
      return requestMore(action)
    case .help: mode = .help(top: 0, behind: .browse)
    case .palette: mode = .palette(Palette(preferences.savedQueries))
    case .reload: return reload() + [requestSheet()]
    case .copy: return copyInSheet(row: false)
    case .copyRow: return copyInSheet(row: true)
    case .undo: return step(.undo)
    case .redo: return step(.redo)
    default:
      switch screen {
      case .history: return browseHistory(action)
      case .overview: return browseOverview(action)
      case .users: return browseUsers(action)
      case .person: return browsePerson(action)
      case .organizations: break
      }
    }
    return []
  }

  /// Closes the innermost thing that is open; the way out of the screen is the way back.
  private mutating func leaveSheet(clearingFilter: Bool) -> [Effect] {
    if sheet?.place.pane == .detail {
      sheet?.place.pane = .list
    } else if clearingFilter, !filterText.isEmpty {
      rememberAnchor()
      filterText = ""
      return [requestSheet()]
    } else if let place = navigation.goBack(from: here) {
      return arrive(place)
    } else {
      return visit(Location(.organizations), isNew: false)
    }
    return []
  }
}
