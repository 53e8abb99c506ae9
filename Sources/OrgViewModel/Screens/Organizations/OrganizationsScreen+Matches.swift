import OrgCore

// The next organization that the filter matches.
extension OrganizationsScreen {
  /// Goes to the next row of the filter; where the filter was cleared, to the next that it would match.
  mutating func find(isForward: Bool, _ workspace: inout Workspace) {
    guard pane == .list else { return findMember(isForward: isForward, &workspace) }
    let query = list.filter.isEmpty ? search.latest : list.filter
    guard !query.isEmpty else { return workspace.status.refuse(StatusLine.nothingToFind) }
    guard data.count > 0 else { return workspace.status.refuse("Nothing matches \(query.quoted).") }
    let serial = workspace.requests.next()
    search.awaited = serial
    let row = list.selection.isGone && isForward ? list.selection.row - 1 : list.selection.row
    let listing = data.listing
    workspace.ask(
      .find(
        MatchSearch(serial) { () throws(OrgError) in
          guard let query = try? Query(query, roles: listing.summary.roles) else { return Found() }
          let found = try listing.row(matching: query, from: row, isForward: isForward)
          return Found(found, of: listing, from: row, isForward: isForward)
        }))
  }

  /// Goes to what was found.
  package mutating func receive(_ found: Found, _ workspace: inout Workspace) {
    if found.serial == members.search.awaited { return receiveMember(found, &workspace) }
    guard found.serial == search.awaited else { return }
    search.awaited = nil
    if let error = found.error { return workspace.status.report(error.message, .refusal) }
    let query = list.filter.isEmpty ? search.latest : list.filter
    guard let id = found.match?.id, let row = data.row(of: id) else {
      return workspace.status.refuse("Nothing matches \(query.quoted).")
    }
    workspace.status.say(
      found, isSame: id == list.selected, isForward: row > list.selection.row, query)
    selectRow(row, &workspace)
    list.chosen = id
    extendRange()
  }
}
