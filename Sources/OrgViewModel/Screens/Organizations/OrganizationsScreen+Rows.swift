import OrgCore

// What to show, and the selection in it.
extension OrganizationsScreen {
  // MARK: The list

  /// Indices of the rows on the screen.
  package var visibleRows: Range<Int> {
    list.visible(room.rows, of: data.count)
  }

  /// A row of the list.
  package func listRow(_ row: Int, _ flash: Flash) -> ListRow {
    let content = data.listing.row(at: row)
    let id = content?.organization.id ?? data.listing.id(at: row)
    return ListRow(
      content: content, memberCount: data.listing.summary.hasMembers ? content?.memberCount : nil,
      isSelected: row == list.selection.row && !list.selection.isGone,
      isMarked: !list.marks.isEmpty && list.marks.contains(id),
      hasChanged: flash.organizations.contains(id))
  }

  /// The row with the selection, gone or not.
  package var selectedRow: Int { list.selection.row }

  /// The organization that keys are about, if there is one.
  package var selectedOrganization: Organization? {
    list.selected.flatMap(data.listing.organization(id:))
  }

  /// The same with its members. It is looked up, so who asks several questions does it once.
  private var selectedDetail: (any OrganizationDetail)? { list.selected.flatMap(data.listing.detail(of:)) }

  /// Selects a row, or the nearest that there is.
  mutating func selectRow(_ row: Int, _ workspace: inout Workspace) {
    let before = list.selection.id
    selectRow(row)
    // Another organization is sorted as the one before.
    if list.selection.id != before, !members.isUsual { requestMembers(&workspace) }
  }

  /// The same where nothing has to be asked for.
  mutating func selectRow(_ row: Int) {
    list.selection.row = row
    list.selection.scroll(rows: room.rows, of: data.count)
    let id = data.count == 0 ? nil : data.listing.id(at: list.selection.row)
    let wasGone = list.selection.isGone
    list.selection.isGone = false
    guard id != list.selection.id || wasGone else { return }
    list.selection.id = id
    members.clear()
    showDetailFromTop()
  }

  // MARK: The detail

  /// Lines before the members, in order.
  private static let head: [DetailItem?] =
    [.field(.name), nil, nil, .field(.planTier), nil] + OrganizationField.optional.map { .field($0) }
    + [nil, nil]

  /// How many lines the detail has.
  package var detailLineCount: Int {
    selectedDetail == nil ? 0 : Self.head.count + shownMemberCount
  }

  /// Indices of the lines on the screen.
  package var visibleLines: Range<Int> {
    let count = detailLineCount
    return min(detail.top, count)..<min(count, detail.top + room.lines)
  }

  /// The line with the selection, gone or not.
  package var selectedLine: Int { detail.row }

  /// Lines of the detail.
  package func detailLines(
    _ lines: Range<Int>, _ flash: Flash, in zone: DisplayZone = .utc
  ) -> [DetailLine] {
    guard let selected = selectedDetail, let shown = shownMembers else { return lines.map { _ in .blank } }
    let organization = selected.organization
    let defaults = selected.defaults
    let before = flash.before(organization.id)
    return lines.map { line in
      let isSelected = line == detail.row && !detail.isGone
      switch line {
      case 0: return .title(organization, defaults, isSelected: isSelected)
      case 1: return .id(organization.id)
      case 3: return .field("Plan", defaults.shown(organization.planTier, .planTier), isSelected: isSelected)
      case 4:
        let created = organization.createdAt
        return .field(
          "Created", zone.shortText(created), isSelected: false)
      case 5..<Self.head.count - 2:
        let field = OrganizationField.optional[line - 5]
        let isHidden = data.listing.summary.hiddenBilling.contains(organization.id)
        return .field(
          field.descriptor.heading, isHidden ? "hidden" : organization[field], isSelected: isSelected)
      case Self.head.count - 1:
        let summary = data.listing.summary
        let counts = selected.roleCounts
        return .members(
          summary.hasMembers ? counts : nil,
          // There is no room for roles that hardly anybody has.
          by: summary.rules.countedRoles { counts[$0] > 0 }.filter {
            Rules.files.roles.contains($0) || counts[$0] > 0
          })
      case Self.head.count...:
        guard let row = shown.member(at: line - Self.head.count) else {
          return .unread(isSelected: isSelected)
        }
        return .member(
          row.member, isSelected: isSelected, isMarked: isMarked(row.member),
          hasChanged: before.map { $0.member(row.member.userID) != row.member } ?? false, row.defaults)
      default: return .blank
      }
    }
  }

  /// The member that keys are about, if there is one.
  package var selectedMember: OrgUser? {
    guard !detail.isGone, case .member(let user) = detail.id, let shown = shownMembers,
      detail.row - Self.head.count < shown.count,
      let member = shown.member(at: detail.row - Self.head.count)?.member, member.userID == user
    else { return nil }
    return member
  }

  /// Selects a line, or the nearest that can be selected.
  mutating func selectLine(_ line: Int, downwards: Bool) {
    awaited = nil
    guard selectedDetail != nil, let shown = shownMembers else { return }
    let count = Self.head.count + shown.count
    let target = min(max(0, line), count - 1)
    if !data.listing.isWhole, target >= Self.head.count, shown.member(at: target - Self.head.count) == nil {
      awaited = .line(target, downwards: downwards)
      (detail.id, detail.row, detail.isGone) = (nil, target, false)
      return detail.scroll(rows: room.lines, of: count)
    }
    detail.select(line, downwards: downwards, rows: room.lines, of: count) { line in
      guard line >= Self.head.count else { return Self.head[line] }
      return (shown.member(at: line - Self.head.count)?.member.userID).map { .member($0) }
    }
    // The lines above the first member are worth seeing with it.
    if detail.row <= Self.head.count, detail.row < room.lines { detail.top = 0 }
  }

  /// Selects something in the detail, or as soon as it is there.
  mutating func select(_ item: DetailItem) {
    if selectedDetail != nil, let line = line(of: item) {
      selectLine(line, downwards: true)
    } else if !data.listing.isWhole {
      awaited = .item(item, wasSelected: false)
    }
  }

  /// How many lines there are before the members.
  var detailHeadCount: Int { Self.head.count }

  func line(of item: DetailItem) -> Int? {
    switch item {
    case .field: return Self.head.firstIndex(of: item)
    case .member(let user):
      guard let shown = shownMembers else { return nil }
      // Mostly it is where it was.
      let place = detail.row - Self.head.count
      if place >= 0, place < shown.count, shown.member(at: place)?.member.userID == user {
        return detail.row
      }
      return shown.place(of: user).map { $0 + Self.head.count }
    }
  }

  /// Selects the first member, or the plan where there are none.
  private mutating func showDetailFromTop() {
    awaited = nil
    detail = Selection()
    guard selectedDetail != nil else { return }
    selectLine(shownMemberCount > 0 ? Self.head.count : 3, downwards: true)
  }

  // MARK: Moving

  package mutating func move(_ motion: Motion, _ workspace: inout Workspace) {
    if !(workspace.overlay is FilterPrompt) { list.anchor = nil }
    if pane == .list {
      (list.showsTop, list.seeksEnd) = (false, motion == .last && !data.listing.isComplete)
      selectRow(list.selection.target(of: motion, rows: room.rows, count: data.count), &workspace)
    } else {
      members.showsTop = false
      let target = detail.target(of: motion, rows: room.lines, count: detailLineCount)
      selectLine(target, downwards: target >= detail.row)
    }
    extendRange()
  }

  package mutating func point(_ pane: Pane, line: Int, _ workspace: inout Workspace) {
    guard line >= 0 else { return }
    switch pane {
    case .list:
      guard visibleRows.contains(list.selection.top + line) else { return }
      self.pane = .list
      (list.showsTop, list.seeksEnd) = (false, false)
      selectRow(list.selection.top + line, &workspace)
      list.chosen = list.selected
    case .detail:
      guard visibleLines.contains(detail.top + line) else { return }
      self.pane = .detail
      selectLine(detail.top + line, downwards: true)
    }
    extendRange()
  }

  // MARK: Rows that aren't there yet

  /// What is shown and isn't there yet; `nil` where everything is.
  package var missingRows: RowFetch? {
    let lines = visibleLines
    let first = max(0, lines.lowerBound - Self.head.count)
    let places = first..<max(first, lines.upperBound - Self.head.count)
    let rows = members.rows(of: list.selected)
    let missing = RowFetch(
      of: data, rows: visibleRows, selected: list.selection.isGone ? nil : list.selection.row,
      members: rows == nil ? places : 0..<0, lines: room.lines, user: rows == nil ? awaitedUser : nil)
    return missing ?? rows?.missing(places)
  }

  /// The user whose place isn't known.
  private var awaitedUser: String? {
    guard case .item(.member(let user), _) = awaited, line(of: .member(user)) == nil else { return nil }
    return user
  }

  /// Learns that rows were fetched.
  package mutating func receive(_ fetch: RowFetch, _ workspace: inout Workspace) {
    guard selectedDetail != nil else { return }
    switch awaited {
    case nil: if detail.id == nil { showDetailFromTop() }
    case .line(let line, let downwards): selectLine(line, downwards: downwards)
    case .item(let item, let wasSelected):
      if line(of: item) == nil,
        awaitedUser.map({ fetch.looks(for: $0, of: list.selected, in: data) }) == false
      {
        return
      }
      awaited = nil
      if wasSelected {
        detail.id = item
        keepLine(isShown: true, isCertain: true, &workspace)
      } else if let line = line(of: item) {
        selectLine(line, downwards: true)
      } else if detail.id == nil {
        showDetailFromTop()
      }
    }
  }

  // MARK: New data

  /// Puts selection and scroll on the records where they were, wherever those are now.
  mutating func keepRow(_ old: OrganizationList, isShown: Bool, _ workspace: inout Workspace) {
    let isFiltered =
      data.request.query != old.request.query || data.request.showsDeleted != old.request.showsDeleted
    if data.request.order != old.request.order, list.showsTop {
      (list.showsTop, list.anchor) = (false, nil)
      return selectRow(0, &workspace)
    }
    if list.seeksEnd {
      list.seeksEnd = !isFiltered && !data.listing.isComplete
      if !isFiltered { return selectRow(data.count - 1, &workspace) }
    }
    // The rows after the first have come.
    let isRest = !isFiltered && !old.listing.isComplete
    if isFiltered || isRest, let anchor = list.anchor, anchor != list.selection.id,
      let row = data.row(of: anchor)
    {
      return selectRow(row, &workspace)
    }
    guard let id = list.selection.id else { return selectRow(0, &workspace) }
    if let row = data.row(of: id) {
      let offset = list.selection.row - list.selection.top
      list.selection.row = row
      list.selection.isGone = false
      // The selected row stays where it was on the screen.
      list.selection.top = row - offset
      list.selection.scroll(rows: room.rows, of: data.count)
      keepLine(isShown: isShown, &workspace)
    } else if isFiltered {
      // A filter is being typed: this is the best there is.
      selectRow(0, &workspace)
    } else if !data.listing.isComplete {
      // It may be among those that are still being read.
      list.anchor = id
      selectRow(0, &workspace)
    } else {
      lose(id, old.listing, isShown: isShown, &workspace)
    }
  }

  private mutating func lose(
    _ id: String, _ old: any OrganizationListing, isShown: Bool, _ workspace: inout Workspace
  ) {
    if !list.selection.isGone, isShown {
      let name = (old.organization(id: id)?.name ?? id).escapedForDisplay
      if workspace.status.message?.canBeUndone == true {
        // The rows follow what became of an edit, which may be the reason.
        workspace.status.add("\(name) is no longer in this list.")
      } else {
        workspace.status.report("\(name) is no longer in this list: it was changed or removed.", .note)
      }
    }
    list.selection.isGone = true
    list.selection.scroll(rows: room.rows, of: data.count)
    if pane == .detail { pane = .list }
  }

  /// - Parameter isCertain: whether what isn't there isn't a member, rather than a member who hasn't been read.
  private mutating func keepLine(isShown: Bool, isCertain: Bool = false, _ workspace: inout Workspace) {
    guard let item = detail.id else {
      if case .line(let line, let downwards) = awaited, selectedDetail != nil {
        selectLine(line, downwards: downwards)
      } else if awaited == nil {
        showDetailFromTop()
      }
      return
    }
    if selectedDetail != nil, let line = line(of: item) {
      let offset = detail.row - detail.top
      detail.row = line
      detail.isGone = false
      detail.top = line - offset
      if case .item(item, wasSelected: true) = awaited { awaited = nil }
    } else if !isCertain, !data.listing.isWhole {
      if awaited == nil { awaited = .item(item, wasSelected: true) }
      return
    } else {
      if !detail.isGone, isShown, pane == .detail, case .member(let user) = item {
        workspace.status.report("\(user.escapedForDisplay) is no longer a member here.", .note)
      }
      detail.isGone = true
    }
    detail.scroll(rows: room.lines, of: detailLineCount)
    if detail.row <= Self.head.count, detail.row < room.lines { detail.top = 0 }
  }
}
