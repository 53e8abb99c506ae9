import OrgCore

// The members of the organization in the detail, filtered and sorted.
extension OrganizationsScreen {
  /// The members that the detail shows; `nil` while the organization is being read.
  var shownMembers: ShownMembers? {
    if let rows = members.rows(of: list.selected) { return .some(rows) }
    return list.selected.flatMap(data.listing.detail(of:)).map { .all($0) }
  }

  /// What members are sorted by, or will be in a moment.
  package var memberOrder: MemberOrder { members.order }
  /// What they are filtered by, or will be in a moment.
  package var memberFilter: String { members.filter }
  /// How many of them are shown.
  package var shownMemberCount: Int { shownMembers?.count ?? 0 }

  /// Asks for the members as they are to be filtered and sorted.
  mutating func requestMembers(_ workspace: inout Workspace) {
    guard !members.isUsual, let id = list.selected else {
      let hadRows = members.rows != nil
      members.ask(nil)
      if hadRows { keepMember(isFiltered: true) }
      return
    }
    let (filter, order, directory) = (members.filter, members.order, memberDirectory(workspace))
    let request = ScreenRequest(
      serial: workspace.requests.next(), identity: "members \(id)", query: filter, order: order.name,
      extent: 0, directory: directory
    ) { source, request throws(OrgError) in
      guard let reader = source.reader, reader.summary.hasMembers else { return }
      let listing = try reader.wanted(while: source.wantedness).members(
        of: id, matching: MemberQuery(filter: filter, reader).knowing(directory), by: order, after: nil)
      source.post(
        MemberRows(
          listing: listing, text: filter, order: order, directory: directory, revision: reader.revision))
    }
    members.ask(request)
    workspace.ask(.show(request))
  }

  package mutating func receive(
    _ rows: any ListRows, for request: ScreenRequest, _ workspace: inout Workspace
  ) {
    guard let rows = rows as? MemberRows else { return }
    let isFiltered = members.rows?.text ?? "" != rows.text
    guard members.receive(rows, for: request), rows.listing.organization == list.selected else { return }
    keepMember(isFiltered: isFiltered)
    if !(workspace.overlay is FilterPrompt) { members.anchor = nil }
  }

  package mutating func receive(
    _ error: OrgError, for request: ScreenRequest, _ workspace: inout Workspace
  ) {
    guard members.asked == request else { return }
    members.giveUp()
    workspace.status.report(error.message, .refusal)
  }

  /// Keeps the selection on its member, or moves it to the first.
  private mutating func keepMember(isFiltered: Bool) {
    awaited = nil
    let wanted = isFiltered ? members.anchor ?? detail.id : detail.id
    let showsTop = members.showsTop
    members.showsTop = false
    if !showsTop, let wanted, let line = line(of: wanted) {
      guard case .field = wanted, pane == .detail, isFiltered, !members.filter.isEmpty else {
        detail.isGone = false
        return selectLine(line, downwards: true)
      }
    }
    detail = Selection()
    selectLine(detailHeadCount, downwards: true)
  }

  // MARK: Filtering

  mutating func setMemberFilter(_ text: String, _ workspace: inout Workspace) {
    guard text != members.filter else { return }
    members.filter = text
    members.queryError = MemberQuery.error(in: text, roles: workspace.roles)
    // Until it is right, the rows stay.
    if members.queryError == nil { requestMembers(&workspace) }
  }

  mutating func takeMembers(_ step: FilterStep, _ workspace: inout Workspace) {
    switch step {
    case .type(let text), .restore(let text): setMemberFilter(text, &workspace)
    case .move(let motion):
      members.anchor = nil
      move(motion, &workspace)
    case .accept:
      if !members.filter.isEmpty, members.queryError == nil { members.search.latest = members.filter }
      if !members.awaitsRows { members.anchor = nil }
    }
  }

  // MARK: Sorting

  mutating func sortMembers(by order: MemberOrder, _ workspace: inout Workspace) {
    members.order = order
    members.showsTop = selectedMember.map { !isMarked($0) && members.anchor != .member($0.userID) } ?? true
    requestMembers(&workspace)
  }

  // MARK: Matches

  mutating func findMember(isForward: Bool, _ workspace: inout Workspace) {
    let query = members.filter.isEmpty ? members.search.latest : members.filter
    guard !query.isEmpty else { return workspace.status.refuse(StatusLine.nothingToFind) }
    guard let id = list.selected, let shown = shownMembers, shown.count > 0 else {
      return workspace.status.refuse("Nothing matches \(query.quoted).")
    }
    let serial = workspace.requests.next()
    members.search.awaited = serial
    let row = detail.row - detailHeadCount - (detail.isGone && isForward ? 1 : 0)
    let (reader, filter, order, directory) = (
      data.reader, members.filter, members.order, memberDirectory(workspace)
    )
    workspace.ask(
      .find(
        MatchSearch(serial) { () throws(OrgError) in
          let all = try reader.members(
            of: id, matching: MemberQuery(filter: filter, reader).knowing(directory), by: order, after: nil)
          let matches = try reader.members(
            of: id, matching: MemberQuery(filter: query, reader).knowing(directory), by: order, after: nil)
          return try Found(from: row, isForward: isForward, count: matches.count) { match in
            let user = matches.id(at: match)
            return all.position(of: user).map { ($0, user) }
          }
        }))
  }

  /// Goes to the member who was found, or marks those who were.
  mutating func receiveMember(_ found: Found, _ workspace: inout Workspace) {
    members.search.awaited = nil
    if let error = found.error { return workspace.status.report(error.message, .refusal) }
    if let ids = found.ids {
      guard let id = list.selected else { return }
      memberMarks[id, default: []].formUnion(ids)
      let hidden = markCount - ids.count
      return workspace.status.note("Marked \(Words.members(ids.count))\(StatusLine.hiddenMarks(hidden)).")
    }
    let query = members.filter.isEmpty ? members.search.latest : members.filter
    guard let (row, user) = found.match else {
      return workspace.status.refuse("Nothing matches \(query.quoted).")
    }
    let line = detailHeadCount + row
    workspace.status.say(
      found, isSame: selectedMember?.userID == user, isForward: line > detail.row, query)
    selectLine(line, downwards: true)
    members.anchor = .member(user)
    extendRange()
  }

  /// Asks for the ids of all members that are shown, to mark them.
  mutating func markAllMembers(_ workspace: inout Workspace) {
    guard let id = list.selected, let shown = shownMembers else { return }
    guard shown.count <= Self.markLimit else {
      return workspace.status.refuse(
        "\(Words.members(shown.count)) are more than the \(Self.markLimit.grouped) that can be marked: filter first."
      )
    }
    let serial = workspace.requests.next()
    members.search.awaited = serial
    let (reader, filter, order, directory) = (
      data.reader, members.filter, members.order, memberDirectory(workspace)
    )
    workspace.ask(
      .find(
        MatchSearch(serial) { () throws(OrgError) in
          let listing = try reader.members(
            of: id, matching: MemberQuery(filter: filter, reader).knowing(directory), by: order, after: nil)
          return Found(ids: (0..<listing.count).map(listing.id(at:)))
        }))
  }

  // MARK: Names

  /// What a directory is asked because members are filtered by it.
  private func memberSearch(_ roles: [Role]) -> NameSearch {
    let filters = [members.filter, members.search.latest].unique.filter { !$0.isEmpty }
    return NameSearch(texts: filters.flatMap { (try? MemberQuery($0, roles: roles))?.names ?? [] })
  }

  /// What a directory has answered to that.
  private func memberDirectory(_ workspace: Workspace) -> DirectoryTerms {
    workspace.surroundings.names.terms(of: memberSearch(workspace.roles))
  }

  /// What a directory is asked because organizations are filtered by it: for the id of a user.
  static func nameSearch(_ query: String, roles: [Role]) -> NameSearch {
    guard query.contains("user:"), let query = try? Query(query, roles: roles) else { return NameSearch() }
    return NameSearch(users: Set(query.users))
  }

  package func nameSearch(_ workspace: Workspace) -> NameSearch {
    var search = memberSearch(workspace.roles)
    search.formUnion(Self.nameSearch(listFilter, roles: workspace.roles))
    return search
  }

  package mutating func namesCame(_ workspace: inout Workspace) {
    if !members.isUsual { requestMembers(&workspace) }
    let found = workspace.surroundings.names.terms(of: Self.nameSearch(listFilter, roles: workspace.roles))
    if found != workspace.requests.arranged.directory { workspace.arrangeAgain() }
  }

  package func shownUsers(_ workspace: Workspace) -> [String] { users(workspace) }
  package func usersAround(_ workspace: Workspace) -> [String] { users(workspace, pages: 1) }

  /// The members on the screen, and those of some pages before and after.
  private func users(_ workspace: Workspace, pages: Int = 0) -> [String] {
    guard workspace.viewport.isWide || pane == .detail, let shown = shownMembers else { return [] }
    let (lines, more) = (visibleLines, pages * room.lines)
    let first = max(0, lines.lowerBound - detailHeadCount - more)
    let end = min(shown.count, lines.upperBound - detailHeadCount + more)
    return first < end ? (first..<end).compactMap { shown.member(at: $0)?.member.userID } : []
  }
}
