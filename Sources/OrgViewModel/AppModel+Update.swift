import OrgCore

extension AppModel {
  /// Where keys go.
  public var context: Context {
    if leaving != nil { return .question }
    return switch mode {
    case .browse: screenContext
    case .filter: .filter
    case .chooseRole, .chooseRoles: .roleChoice
    case .choosePlan: .planChoice
    case .chooseStatus: .statusChoice
    case .chooseOrder: .sortChoice
    case .ask: .question
    case .form(let form):
      form.asksToDiscard
        ? .question
        : form.fields[form.focus].conflict != nil
          ? .conflict : form.fields[form.focus].choices.isEmpty ? .form : .choice
    case .help: .help
    case .palette: .palette
    }
  }

  /// Where keys go when nothing is typed, asked or covered.
  public var screenContext: Context { sheet?.context ?? (pane == .list ? .list : .detail) }

  /// Changes the state as an action asks, and says what the world has to do.
  public mutating func update(_ action: Action) -> [Effect] {
    let effects = act(action)
    return keepingDraft(effects)
  }

  private mutating func act(_ action: Action) -> [Effect] {
    let hadSheet = sheet != nil
    let effects = carryOut(action)
    return hadSheet && sheet == nil ? effects + [.runtime(.forgetSheets)] : effects
  }

  private mutating func carryOut(_ action: Action) -> [Effect] {
    if departure.stage != nil, let effects = answerLeaving(action) { return effects }
    switch action {
    case .quit: return leave()
    case .redraw: return [.terminal(.redraw)]
    case .suspend: return [.terminal(.suspend)]
    case .toggleMouse: return toggleMouse()
    default: break
    }
    if isWaiting, action == .cancel || action == .back, case .browse = mode {
      return [.runtime(.cancelCommit)]
    }
    if bulkEditRequest != nil || awaited != nil, action == .cancel {
      (bulkEditRequest, bulkEditPlan, awaited) = (nil, nil, nil)
      message = Message(text: "Cancelled.", kind: .note)
      return []
    }
    switch mode {
    case .browse:
      return sheet == nil ? browse(action) : browseSheet(action)
    case .filter(let field, let before): return filter(action, field, before)
    case .chooseRole(let member): return chooseRole(action, of: member)
    case .chooseRoles: return chooseRoles(action)
    case .choosePlan(let organization): return choosePlan(action, of: organization)
    case .chooseStatus(let organization): return chooseStatus(action, of: organization)
    case .chooseOrder: return chooseOrder(action)
    case .ask(let question): return answer(action, question)
    case .form(let form): return fill(form, action)
    case .help(let top, let behind): return help(action, top, behind)
    case .palette(let palette): return choose(action, in: palette)
    }
  }

  /// Why an action can't be done now; `nil` where it can.
  public func obstacle(to action: Action) -> String? {
    if action == .toggleMouse { return mouse == .absent ? "This terminal has no mouse." : nil }
    if sheet != nil { return sheetObstacle(to: action) }
    switch action {
    case .add where pane == .list: return editingObstacle
    case .add, .edit: return editingObstacle ?? (selectedOrganization == nil ? nothingSelected : nil)
    case .changePlan, .changeStatus:
      return editingObstacle
        ?? (selectedOrganization == nil && !editsMarkedOrganizations ? nothingSelected : nil)
    case .remove where pane == .list:
      return editingObstacle
        ?? (selectedOrganization == nil && !editsMarkedOrganizations ? nothingSelected : nil)
    case .remove, .changeRole:
      return editingObstacle
        ?? (pane == .detail && selectedMember != nil || editsMarkedMembers ? nil : noMember)
    case .undo, .redo: return editingObstacle
    case .undoEntry: return "Choose an entry of the history first."
    case .removeEverywhere: return Self.wrongScreen
    default: return nil
    }
  }

  var nothingSelected: String {
    list.isGone ? "That organization is gone; move to choose another." : "There is no organization to choose."
  }

  var noMember: String {
    detail.isGone
      ? "That member is gone; move to choose another."
      : "Choose a member first: Enter opens the organization."
  }

  mutating func refuse(_ reason: String) -> [Effect] {
    message = Message(text: reason, kind: .refusal)
    return []
  }

  // MARK: Browsing

  private mutating func browse(_ action: Action) -> [Effect] {
    if let obstacle = obstacle(to: action) { return refuse(obstacle) }
    message = nil
    if action == .back || action == .cancel, dropRange() { return [] }
    if let effects = travel(action) {
      range = nil
      return effects
    }
    if move(action) {
      extendRange()
      return []
    }
    switch action {
    case .point(let pane, let line):
      point(pane, line)
      extendRange()
    case .mark: mark()
    case .markRange: markRange()
    case .markAll: markAll()
    case .unmarkAll: unmarkAll()
    case .copy: return copy(row: false)
    case .copyRow: return copy(row: true)
    case .open: return open()
    case .back: return back()
    case .cancel:
      if pane == .list, query.isEmpty {
        message = Message(text: "Nothing is going on; q quits.", kind: .note)
      }
      return back()
    case .close:
      if pane == .list { return leave() }
      pane = .list
    case .nextPane, .previousPane:
      range = nil
      pane = pane == .list && selectedOrganization != nil ? .detail : .list
    case .filter:
      anchor = list.isGone ? nil : list.id
      mode = .filter(TextField(query), before: query)
    case .help: mode = .help(top: 0, behind: .browse)
    case .palette: mode = .palette(Palette(preferences.savedQueries))
    case .reload: return reload()
    case .sort: mode = .chooseOrder
    case .sortBy(let column): return sort(by: order.asked(for: column))
    case .invertOrder: return sort(by: order.asked(for: order.column))
    case .add:
      if pane == .list {
        mode = .form(.create(preferences))
      } else if let organization = selectedOrganization {
        mode = .form(.addMember(to: organization))
      }
    case .edit: return edit()
    case .changeRole:
      if editsMarkedMembers {
        mode = .chooseRoles
      } else if let member = selectedMember {
        mode = .chooseRole(member)
      }
    case .changePlan: mode = .choosePlan(editsMarkedOrganizations ? nil : selectedOrganization)
    case .changeStatus: mode = .chooseStatus(editsMarkedOrganizations ? nil : selectedOrganization)
    case .remove:
      if pane == .detail {
        return editsMarkedMembers ? preview(.removal) : removeMember()
      }
      return editsMarkedOrganizations ? preview(.status(.deleted)) : remove(selectedOrganization)
    case .nextMatch: return find(isForward: true)
    case .previousMatch: return find(isForward: false)
    case .undo: return step(.undo)
    case .redo: return step(.redo)
    default: break
    }
    return []
  }

  /// Moves the selection of the pane with the focus; false if the action is no move.
  mutating func move(_ action: Action) -> Bool {
    let rows = pane == .list ? viewport.listRows : viewport.detailRows
    let count = pane == .list ? organizationList.rows.count : detailLineCount
    let row = pane == .list ? list.row : detail.row
    guard
      let target = pane == .list
        ? list.target(of: action, rows: rows, count: count)
        : detail.target(of: action, rows: rows, count: count)
    else { return false }
    if pane == .list {
      selectRow(target)
    } else {
      selectLine(target, downwards: target >= row)
    }
    return true
  }

  private mutating func open() -> [Effect] {
    guard let organization = selectedOrganization else { return refuse(nothingSelected) }
    if pane == .list {
      pane = .detail
      return []
    }
    if let obstacle = editingObstacle { return refuse(obstacle) }
    switch detail.isGone ? nil : detail.id {
    case .field(let field): mode = .form(.edit(organization, focus: field, preferences))
    case .member:
      if let member = selectedMember { mode = .chooseRole(member) }
    case nil: return refuse(noMember)
    }
    return []
  }

  private mutating func back() -> [Effect] {
    if pane == .detail {
      pane = .list
    } else if !query.isEmpty {
      query = ""
      return [requestRows()]
    }
    return []
  }

  private mutating func edit() -> [Effect] {
    guard let organization = selectedOrganization else { return refuse(nothingSelected) }
    if pane == .detail, case .field(let field) = detail.id {
      mode = .form(.edit(organization, focus: field, preferences))
    } else {
      mode = .form(.edit(organization, focus: .name, preferences))
    }
    return []
  }

  private mutating func removeMember() -> [Effect] {
    guard let organization = selectedOrganization, let member = selectedMember else {
      return refuse(noMember)
    }
    mode = .ask(removal(of: member, from: organization))
    return []
  }

  /// The question whether a member shall be removed.
  func removal(of member: OrgUser, from organization: Organization) -> Question {
    let (user, name) = (member.userID.escapedForDisplay, organization.name.escapedForDisplay)
    return Question(
      text: "Remove \(user) (\(member.role.rawValue)) from \(name)?",
      changes: [.removeMember(user: member.userID, organization: organization.id, role: member.role)])
  }

  /// Asks whether an organization shall be deleted softly.
  mutating func remove(_ organization: Organization?) -> [Effect] {
    guard let organization else { return refuse(nothingSelected) }
    let name = organization.name.escapedForDisplay
    guard organization.status != .deleted else { return refuse("\(name) is deleted already.") }
    let change = Change.setField(
      .status, organization: organization.id, from: organization.status.rawValue,
      to: Organization.Status.deleted.rawValue)
    mode = .ask(Question(text: "Set \(name) to deleted? Its record and members stay.", changes: [change]))
    return []
  }

  // MARK: The filter

  private mutating func filter(_ action: Action, _ field: TextField, _ before: String) -> [Effect] {
    var field = field
    switch action {
    case .accept, .back, .cancel:
      mode = .browse
      if action == .accept, sheet == nil, !query.isEmpty { lastQuery = query }
      let isChanged = action != .accept && filterText != before
      if isChanged { filterText = before }
      if !awaitsRows { forgetAnchor() }
      return isChanged ? [requestFiltered()] : []
    case .moveDown, .moveUp, .pageDown, .pageUp:
      focusList()
      forgetAnchor()
      if sheet == nil { _ = move(action) } else { _ = moveInSheet(action) }
      return []
    default:
      guard field.apply(action) else { return [] }
      focusList()
      mode = .filter(field, before: before)
      guard field.text != filterText else { return [] }
      filterText = field.text
      return [requestFiltered()]
    }
  }

  // MARK: Choosing a role, and questions

  /// The role that an answer stands for. Closes the menu at any answer.
  private mutating func role(_ action: Action) -> Role? {
    let role: Role?
    switch action {
    case .chooseOwner: role = .owner
    case .chooseMember: role = .member
    case .chooseBillingAdmin: role = .billingAdmin
    case .back, .cancel, .decline, .close: role = nil
    default: return nil
    }
    mode = .browse
    return role
  }

  private mutating func chooseRoles(_ action: Action) -> [Effect] {
    role(action).map { preview(.role($0)) } ?? []
  }

  private mutating func chooseRole(_ action: Action, of member: OrgUser) -> [Effect] {
    guard let role = role(action) else { return [] }
    let user = member.userID.escapedForDisplay
    if !isCommitting,
      let present = organizationList.snapshot.role(of: member.userID, in: member.organizationID)
    {
      guard present != role else {
        message = Message(text: "\(user) is \(role.rawValue) already.", kind: .note)
        return []
      }
      guard present == member.role else {
        return refuse(
          "\(user) is \(present.rawValue) now, no longer \(member.role.rawValue), so the role was not changed."
        )
      }
    }
    return commit([
      .setRole(user: member.userID, organization: member.organizationID, from: member.role, to: role)
    ])
  }

  private mutating func answer(_ action: Action, _ question: Question) -> [Effect] {
    var question = question
    switch action {
    case .confirm: question.isYes = true
    case .accept: break
    case .decline, .back, .cancel, .close: question.isYes = false
    case .moveLeft, .moveRight, .nextField, .previousField, .moveUp, .moveDown:
      question.isYes.toggle()
      mode = .ask(question)
      return []
    default: return []
    }
    if let draft = question.draft { return answer(action, draft, isYes: question.isYes) }
    mode = .browse
    guard question.isYes else { return [] }
    return commit(
      question.changes, purpose: question.purpose, allowsOwnerless: question.allowsOwnerless,
      conclusion: question.conclusion)
  }

  // MARK: Help

  /// The line from which on the page with the keys shows its end.
  var lastHelpTop: Int { max(0, viewport.helpLines - viewport.helpRows) }

  private mutating func help(_ action: Action, _ top: Int, _ behind: Mode) -> [Effect] {
    let target: Int
    switch action {
    case .moveDown: target = top + 1
    case .moveUp: target = top - 1
    case .pageDown: target = top + viewport.helpRows
    case .pageUp: target = top - viewport.helpRows
    case .moveToFirst: target = 0
    case .moveToLast: target = lastHelpTop
    case .back, .cancel, .close, .help:
      mode = behind
      return []
    default: return []
    }
    mode = .help(top: min(max(0, target), lastHelpTop), behind: behind)
    return []
  }
}
