import OrgCore

/// Something in the detail that can be selected.
public enum DetailItem: Sendable, Hashable {
  /// A field of the organization.
  case field(OrganizationField)
  /// A member, by the user's id.
  case member(String)
}

/// A row of the list, ready to be drawn.
public struct ListRow: Sendable {
  /// The organization.
  public let organization: Organization
  /// How many members it has; `nil` while they are being read.
  public let memberCount: Int?
  /// Whether it is the one that keys are about.
  public let isSelected: Bool
  /// Whether it is marked.
  public let isMarked: Bool
  /// Whether somebody else changed it a moment ago.
  public let hasChanged: Bool
  /// The fields of which the record has none, so that a default is shown.
  public let defaults: DefaultedFields
}

/// A line of the detail, ready to be drawn.
public enum DetailLine: Sendable {
  /// The organization's name and status.
  case title(Organization, DefaultedFields, isSelected: Bool)
  /// The organization's id.
  case id(String)
  /// Nothing.
  case blank
  /// A label and a value; `nil` for an absent one.
  case field(String, String?, isSelected: Bool)
  /// How many members there are; `nil` while they are being read.
  case members(RoleCounts?)
  /// A member.
  case member(OrgUser, isSelected: Bool, isMarked: Bool, hasChanged: Bool, DefaultedFields)
}

// What to show, and where the selection stands in it.
extension AppModel {
  // MARK: The list

  /// Indices of the rows on the screen.
  public var visibleRows: Range<Int> {
    list.top..<min(organizationList.rows.count, list.top + viewport.listRows)
  }

  /// A row of the list.
  public func listRow(_ row: Int) -> ListRow {
    let organization = organizationList.organization(at: row)
    return ListRow(
      organization: organization,
      memberCount: organizationList.snapshot.contents.hasMembers
        ? organizationList.snapshot.contents.memberCount(at: Int(organizationList.rows[row])) : nil,
      isSelected: row == list.row && !list.isGone, isMarked: isMarked(row: row),
      hasChanged: flashing.contains(organization.id),
      defaults: organizationList.snapshot.contents.defaultedFields(at: Int(organizationList.rows[row])))
  }

  /// The row with the selection, gone or not.
  public var selectedRow: Int { list.row }

  /// The organization that keys are about, if there is one.
  public var selectedOrganization: Organization? {
    guard !list.isGone, let id = list.id else { return nil }
    return organizationList.snapshot.organization(id: id)
  }

  private var selectedIndex: Int? {
    guard !list.isGone, let id = list.id else { return nil }
    return organizationList.snapshot.contents.index(ofOrganization: id)
  }

  /// Selects a row, or the nearest that there is.
  mutating func selectRow(_ row: Int) {
    list.row = row
    list.scroll(rows: viewport.listRows, of: organizationList.rows.count)
    let id = organizationList.rows.isEmpty ? nil : organizationList.organization(at: list.row).id
    let wasGone = list.isGone
    list.isGone = false
    guard id != list.id || wasGone else { return }
    list.id = id
    showDetailFromTop()
  }

  // MARK: The detail

  /// Lines before the members, in order.
  private static let head: [DetailItem?] = [
    .field(.name), nil, nil, .field(.planTier), nil, .field(.lagoCustomerID), .field(.stripeCustomerID), nil,
    nil,
  ]

  /// How many lines the detail has.
  public var detailLineCount: Int {
    selectedIndex.map { Self.head.count + organizationList.snapshot.contents.memberCount(at: $0) } ?? 0
  }

  /// Indices of the lines on the screen.
  public var visibleLines: Range<Int> {
    min(detail.top, detailLineCount)..<min(detailLineCount, detail.top + viewport.detailRows)
  }

  /// The line with the selection, gone or not.
  public var selectedLine: Int { detail.row }

  /// A line of the detail.
  public func detailLine(_ line: Int) -> DetailLine {
    guard let index = selectedIndex else { return .blank }
    let organization = organizationList.snapshot.contents.organization(at: index)
    let isSelected = line == detail.row && !detail.isGone
    let defaults = organizationList.snapshot.contents.defaultedFields(at: index)
    switch line {
    case 0: return .title(organization, defaults, isSelected: isSelected)
    case 1: return .id(organization.id)
    case 3: return .field("Plan", defaults.shown(organization.planTier, .planTier), isSelected: isSelected)
    case 4:
      let created = organization.createdAt
      return .field(
        "Created", created == .unknown ? "unknown" : created.minuteText + " UTC", isSelected: false)
    case 5: return .field("Lago", organization.lagoCustomerID, isSelected: isSelected)
    case 6: return .field("Stripe", organization.stripeCustomerID, isSelected: isSelected)
    case 8:
      let contents = organizationList.snapshot.contents
      return .members(contents.hasMembers ? contents.roleCounts(at: index) : nil)
    case Self.head.count...:
      let place = line - Self.head.count
      let member = organizationList.snapshot.contents.member(place, at: index)
      return .member(
        member, isSelected: isSelected, isMarked: isMarked(member), hasChanged: hasChanged(member),
        organizationList.snapshot.contents.defaultedFields(ofMember: place, at: index))
    default: return .blank
    }
  }

  /// The member that keys are about, if there is one.
  public var selectedMember: OrgUser? {
    guard let index = selectedIndex, !detail.isGone, case .member = detail.id,
      detail.row - Self.head.count < organizationList.snapshot.contents.memberCount(at: index)
    else { return nil }
    return organizationList.snapshot.contents.member(detail.row - Self.head.count, at: index)
  }

  private func hasChanged(_ member: OrgUser) -> Bool {
    guard let beforeFlash, flashing.contains(member.organizationID) else { return false }
    return beforeFlash.member(member.userID, of: member.organizationID) != member
  }

  private func item(at line: Int) -> DetailItem? {
    guard line >= Self.head.count else { return Self.head[line] }
    guard let index = selectedIndex else { return nil }
    return .member(organizationList.snapshot.contents.member(line - Self.head.count, at: index).userID)
  }

  /// Selects a line, or the nearest that can be selected.
  mutating func selectLine(_ line: Int, downwards: Bool) {
    var selection = detail
    selection.select(
      line, downwards: downwards, rows: viewport.detailRows, of: detailLineCount, id: item(at:))
    detail = selection
    // The lines above the first member are worth seeing with it.
    if detail.row <= Self.head.count, detail.row < viewport.detailRows { detail.top = 0 }
  }

  /// Selects what a line is about.
  mutating func select(_ item: DetailItem) {
    if let line = line(of: item) { selectLine(line, downwards: true) }
  }

  /// How many lines stand before the members.
  var detailHeadCount: Int { Self.head.count }

  func line(of item: DetailItem) -> Int? {
    switch item {
    case .field: return Self.head.firstIndex(of: item)
    case .member(let user):
      guard let index = selectedIndex else { return nil }
      let contents = organizationList.snapshot.contents
      // Mostly it stands where it stood.
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
    let hasMembers = organizationList.snapshot.contents.memberCount(at: index) > 0
    selectLine(hasMembers ? Self.head.count : 3, downwards: true)
  }

  // MARK: New data

  /// Puts selection and scroll on the records where they were, wherever those stand now; or on what somebody came for.
  mutating func keepSelection(_ old: OrganizationList) {
    keepRow(old)
    if destination != nil, organizationList.request.query == query { reachDestination() }
  }

  private mutating func keepRow(_ old: OrganizationList) {
    let isFiltered = organizationList.request.query != old.request.query
    defer { if case .filter = mode {} else if !awaitsRows { anchor = nil } }
    if isFiltered, let anchor, anchor != list.id, let row = organizationList.row(of: anchor) {
      return selectRow(row)
    }
    guard let id = list.id else { return selectRow(0) }
    if let row = organizationList.row(of: id) {
      let offset = list.row - list.top
      list.row = row
      list.isGone = false
      // The selected row stays where it was on the screen.
      list.top = row - offset
      list.scroll(rows: viewport.listRows, of: organizationList.rows.count)
      keepLine()
    } else if isFiltered {
      // Somebody is typing a filter: the best there is.
      selectRow(0)
    } else {
      lose(id, old.snapshot)
    }
  }

  private mutating func lose(_ id: String, _ old: Snapshot) {
    if !list.isGone, sheet == nil {
      let name = old.organization(id: id)?.name ?? id
      message = Message(
        text: "\(name.escapedForDisplay) is no longer in this list: it was changed or removed.",
        kind: .note)
    }
    list.isGone = true
    list.scroll(rows: viewport.listRows, of: organizationList.rows.count)
    if pane == .detail { pane = .list }
  }

  private mutating func keepLine() {
    guard let item = detail.id else { return showDetailFromTop() }
    if let line = line(of: item) {
      let offset = detail.row - detail.top
      detail.row = line
      detail.isGone = false
      detail.top = line - offset
    } else {
      if !detail.isGone, pane == .detail, case .member(let user) = item {
        message = Message(
          text: "\(user.escapedForDisplay) is no longer a member here.", kind: .note)
      }
      detail.isGone = true
    }
    detail.scroll(rows: viewport.detailRows, of: detailLineCount)
    if detail.row <= Self.head.count, detail.row < viewport.detailRows { detail.top = 0 }
  }
}
