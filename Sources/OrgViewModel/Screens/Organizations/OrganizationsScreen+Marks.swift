import OrgCore

// Marking organizations in the list, and members in the detail. Marks are on records, wherever these are shown.
extension OrganizationsScreen {
  func isMarked(row: Int) -> Bool { !list.marks.isEmpty && list.marks.contains(data.listing.id(at: row)) }

  func isMarked(_ member: OrgUser) -> Bool {
    memberMarks[member.organizationID]?.contains(member.userID) ?? false
  }

  // MARK: What keys ask for

  package func markObstacle() -> String? {
    pane == .list
      ? selectedOrganization == nil ? nothingSelected : nil : selectedMember == nil ? noMember : nil
  }

  package mutating func mark(_ workspace: inout Workspace) {
    endRange()
    if pane == .list {
      list.toggle(data.listing.id(at: list.selection.row))
    } else if let member = selectedMember {
      if isMarked(member) {
        memberMarks[member.organizationID]?.remove(member.userID)
      } else {
        memberMarks[member.organizationID, default: []].insert(member.userID)
      }
    }
    move(.down, &workspace)
  }

  package mutating func markRange() {
    guard !isMarkingRange else { return endRange() }
    if pane == .list {
      if let id = list.selected { list.beginRange(at: id) }
    } else if let member = selectedMember {
      memberRange = MemberRange(
        organization: member.organizationID, start: member.userID,
        before: memberMarks[member.organizationID] ?? [])
    }
    extendRange()
  }

  /// Ends the range; what it has marked stays.
  package mutating func endRange() { (list.range, memberRange) = (nil, nil) }

  /// Reverts what a range has marked; false if there is none.
  mutating func dropRange() -> Bool {
    if let range = memberRange { memberMarks[range.organization] = range.before }
    defer { memberRange = nil }
    return list.dropRange() || memberRange != nil
  }

  /// Marks everything from where the range began to the selection.
  mutating func extendRange() {
    if let range = list.range {
      if let start = data.row(of: range.start), !list.selection.isGone {
        list.marks = range.before
        let row = list.selection.row
        list.marks.add(min(start, row)..<max(start, row) + 1, of: data.listing)
      } else {
        list.range = nil
      }
    }
    guard let range = memberRange else { return }
    guard range.organization == list.selection.id, let selected = shownMembers,
      let line = line(of: .member(range.start))
    else { return memberRange = nil }
    let first = max(min(line, detail.row), detailHeadCount) - detailHeadCount
    let last = max(line, detail.row) - detailHeadCount
    memberMarks[range.organization] = range.before.union(
      (first...last).compactMap { selected.member(at: $0)?.member.userID })
  }

  package mutating func markAll(_ workspace: inout Workspace) {
    endRange()
    if pane == .list {
      guard data.listing.isComplete else {
        return workspace.status.refuse("The organizations are still being read.")
      }
      list.marks.add(0..<data.count, of: data.listing)
      let hidden = list.marks.count - data.count
      workspace.status.note(
        "Marked \(Words.organizations(data.count))\(StatusLine.hiddenMarks(hidden)).")
    } else {
      markAllMembers(&workspace)
    }
  }

  package mutating func unmarkAll(_ workspace: inout Workspace) {
    endRange()
    let count = markCount
    if pane == .list {
      list.marks = OrganizationMarks()
    } else if let id = list.selection.id {
      memberMarks[id] = nil
    }
    workspace.status.note(count == 0 ? "Nothing is marked." : "Unmarked \(count.grouped).")
  }

  // MARK: New data

  /// Keeps the marks on their records, and says how many of those are gone.
  mutating func keepMarks(_ old: OrganizationList, _ workspace: inout Workspace) {
    guard data.revision != old.revision else { return }
    let difference = data.difference(since: old, through: workspace.requests.superseded)
    var gone: [String] = []
    let before = list.marks.count
    list.marks.follow(difference, to: data.listing)
    if var range = list.range {
      range.before.follow(difference, to: data.listing)
      list.range = range
    }
    if list.marks.count < before { gone.append(Words.organizations(before - list.marks.count)) }
    let members = keepMemberMarks(difference)
    if members > 0 { gone.append(Words.members(members)) }
    if !gone.isEmpty {
      workspace.status.add("Of what was marked, \(gone.joined(separator: " and ")) went away.")
    }
  }

  /// Keeps the marks on members.
  ///
  /// - Returns: how many marked members of the selected organization are gone.
  private mutating func keepMemberMarks(_ difference: StoreDifference?) -> Int {
    var gone = 0
    for (id, users) in memberMarks {
      guard data.listing.contains(id) else {
        memberMarks[id] = nil
        if memberRange?.organization == id { memberRange = nil }
        continue
      }
      guard difference?.changed.contains(id) ?? true, let now = data.listing.detail(of: id) else { continue }
      let (present, isWhole) = now.users
      // While some aren't there yet, it isn't known who is gone.
      guard isWhole else { continue }
      memberMarks[id] = users.intersection(present)
      if memberRange?.organization == id { memberRange?.before.formIntersection(present) }
      if id == list.selection.id { gone = users.subtracting(present).count }
    }
    return gone
  }
}

extension OrganizationDetail {
  /// The users who are members, as far as they are there, and whether all are.
  fileprivate var users: (known: Set<String>, isWhole: Bool) {
    let users = (0..<memberCount).compactMap { member(at: $0)?.member.userID }
    return (Set(users), users.count == memberCount)
  }
}
