import OrgCore

// What to show, and the selection in it.
extension OrganizationsScreen {
  // MARK: The list

  /// Indices of the rows on the screen.
  package var visibleRows: Range<Int> {
    list.visible(room.rows, of: data.rows.count)
  }

  /// A row of the list.
  package func listRow(_ row: Int, _ flash: Flash) -> ListRow {
    let organization = data.organization(at: row)
    return ListRow(
      organization: organization,
      memberCount: data.snapshot.contents.hasMembers
        ? data.snapshot.contents.memberCount(at: Int(data.rows[row])) : nil,
      isSelected: row == list.selection.row && !list.selection.isGone, isMarked: isMarked(row: row),
      hasChanged: flash.organizations.contains(organization.id),
      defaults: data.snapshot.contents.defaultedFields(at: Int(data.rows[row])))
  }

  /// The row with the selection, gone or not.
  package var selectedRow: Int { list.selection.row }

  /// The organization that keys are about, if there is one.
  package var selectedOrganization: Organization? {
    guard !list.selection.isGone, let id = list.selection.id else { return nil }
    return data.snapshot.organization(id: id)
  }

  private var selectedIndex: Int? {
    guard !list.selection.isGone, let id = list.selection.id else { return nil }
    return data.snapshot.contents.index(ofOrganization: id)
  }

  /// Selects a row, or the nearest that there is.
  mutating func selectRow(_ row: Int) {
    list.selection.row = row
    list.selection.scroll(rows: room.rows, of: data.rows.count)
    let id = data.rows.isEmpty ? nil : data.organization(at: list.selection.row).id
    let wasGone = list.selection.isGone
    list.selection.isGone = false
    guard id != list.selection.id || wasGone else { return }
    list.selection.id = id
    showDetailFromTop()
  }

  // MARK: The detail

  /// Lines before the members, in order.
  private static let head: [DetailItem?] =
    [.field(.name), nil, nil, .field(.planTier), nil] + OrganizationField.optional.map { .field($0) }
    + [nil, nil]

  /// How many lines the detail has.
  package var detailLineCount: Int {
    selectedIndex.map { Self.head.count + data.snapshot.contents.memberCount(at: $0) } ?? 0
  }

  /// Indices of the lines on the screen.
  package var visibleLines: Range<Int> {
    min(detail.top, detailLineCount)..<min(detailLineCount, detail.top + room.lines)
  }

  /// The line with the selection, gone or not.
  package var selectedLine: Int { detail.row }

  /// A line of the detail.
  package func detailLine(_ line: Int, _ flash: Flash) -> DetailLine {
    guard let index = selectedIndex else { return .blank }
    let organization = data.snapshot.contents.organization(at: index)
    let isSelected = line == detail.row && !detail.isGone
    let defaults = data.snapshot.contents.defaultedFields(at: index)
    switch line {
    case 0: return .title(organization, defaults, isSelected: isSelected)
    case 1: return .id(organization.id)
    case 3: return .field("Plan", defaults.shown(organization.planTier, .planTier), isSelected: isSelected)
    case 4:
      let created = organization.createdAt
      return .field(
        "Created", created == .unknown ? "unknown" : created.minuteText + " UTC", isSelected: false)
    case 5..<Self.head.count - 2:
      let field = OrganizationField.optional[line - 5]
      return .field(field.descriptor.heading, organization[field], isSelected: isSelected)
    case Self.head.count - 1:
      let contents = data.snapshot.contents
      return .members(contents.hasMembers ? contents.roleCounts(at: index) : nil)
    case Self.head.count...:
      let place = line - Self.head.count
      let member = data.snapshot.contents.member(place, at: index)
      return .member(
        member, isSelected: isSelected, isMarked: isMarked(member), hasChanged: flash.hasChanged(member),
        data.snapshot.contents.defaultedFields(ofMember: place, at: index))
    default: return .blank
    }
  }

  /// The member that keys are about, if there is one.
  package var selectedMember: OrgUser? {
    guard let index = selectedIndex, !detail.isGone, case .member = detail.id,
      detail.row - Self.head.count < data.snapshot.contents.memberCount(at: index)
    else { return nil }
    return data.snapshot.contents.member(detail.row - Self.head.count, at: index)
  }

  private func item(at line: Int) -> DetailItem? {
    guard line >= Self.head.count else { return Self.head[line] }
    guard let index = selectedIndex else { return nil }
    return .member(data.snapshot.contents.member(line - Self.head.count, at: index).userID)
  }

  /// Selects a line, or the nearest that can be selected.
  mutating func selectLine(_ line: Int, downwards: Bool) {
    var selection = detail
    selection.select(
      line, downwards: downwards, rows: room.lines, of: detailLineCount, id: item(at:))
    detail = selection
    // The lines above the first member are worth seeing with it.
    if detail.row <= Self.head.count, detail.row < room.lines { detail.top = 0 }
  }

  /// Selects something in the detail.
  mutating func select(_ item: DetailItem) {
    if let line = line(of: item) { selectLine(line, downwards: true) }
  }

  /// How many lines there are before the members.
  var detailHeadCount: Int { Self.head.count }

  func line(of item: DetailItem) -> Int? {
    switch item {
    case .field: return Self.head.firstIndex(of: item)
    case .member(let user):
      guard let index = selectedIndex else { return nil }
      let contents = data.snapshot.contents
      // Mostly it is where it was.
      let place = detail.row - Self.head.count
      if place >= 0, place < contents.memberCount(at: index), contents.member(place, at: index).userID == user
      {
        return detail.row
      }
      return contents.memberIndex(ofUser: user, at: index).map { $0 + Self.head.count }
    }
  }

  /// Selects the first member, or the plan where there are none.
  private mutating func showDetailFromTop() {
    detail = Selection()
    guard let index = selectedIndex else { return }
    let hasMembers = data.snapshot.contents.memberCount(at: index) > 0
    selectLine(hasMembers ? Self.head.count : 3, downwards: true)
  }

  // MARK: Moving

  package mutating func move(_ motion: Motion, _ workspace: inout Workspace) {
    if pane == .list {
      selectRow(list.selection.target(of: motion, rows: room.rows, count: data.rows.count))
    } else {
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
      selectRow(list.selection.top + line)
    case .detail:
      guard visibleLines.contains(detail.top + line) else { return }
      self.pane = .detail
      selectLine(detail.top + line, downwards: true)
    }
    extendRange()
  }

  // MARK: New data

  /// Puts selection and scroll on the records where they were, wherever those are now.
  mutating func keepRow(_ old: OrganizationList, isShown: Bool, _ workspace: inout Workspace) {
    let isFiltered = data.request.query != old.request.query
    if isFiltered, let anchor = list.anchor, anchor != list.selection.id, let row = data.row(of: anchor) {
      return selectRow(row)
    }
    guard let id = list.selection.id else { return selectRow(0) }
    if let row = data.row(of: id) {
      let offset = list.selection.row - list.selection.top
      list.selection.row = row
      list.selection.isGone = false
      // The selected row stays where it was on the screen.
      list.selection.top = row - offset
      list.selection.scroll(rows: room.rows, of: data.rows.count)
      keepLine(isShown: isShown, &workspace)
    } else if isFiltered {
      // A filter is being typed: this is the best there is.
      selectRow(0)
    } else {
      lose(id, old.snapshot, isShown: isShown, &workspace)
    }
  }

  private mutating func lose(
    _ id: String, _ old: Snapshot, isShown: Bool, _ workspace: inout Workspace
  ) {
    if !list.selection.isGone, isShown {
      let name = old.organization(id: id)?.name ?? id
      workspace.status.note(
        "\(name.escapedForDisplay) is no longer in this list: it was changed or removed.")
    }
    list.selection.isGone = true
    list.selection.scroll(rows: room.rows, of: data.rows.count)
    if pane == .detail { pane = .list }
  }

  private mutating func keepLine(isShown: Bool, _ workspace: inout Workspace) {
    guard let item = detail.id else { return showDetailFromTop() }
    if let line = line(of: item) {
      let offset = detail.row - detail.top
      detail.row = line
      detail.isGone = false
      detail.top = line - offset
    } else {
      if !detail.isGone, isShown, pane == .detail, case .member(let user) = item {
        workspace.status.note("\(user.escapedForDisplay) is no longer a member here.")
      }
      detail.isGone = true
    }
    detail.scroll(rows: room.lines, of: detailLineCount)
    if detail.row <= Self.head.count, detail.row < room.lines { detail.top = 0 }
  }
}
