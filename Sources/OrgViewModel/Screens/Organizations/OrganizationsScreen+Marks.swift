import OrgCore

// Marking organizations in the list, and members in the detail. Marks are on records, wherever these are shown.
extension OrganizationsScreen {
  func isMarked(row: Int) -> Bool { list.marks.contains(Int(data.rows[row])) }

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
      list.toggle(Int(data.rows[list.selection.row]))
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
      list.extendRange(from: data.row(of: range.start)) { [rows = data.rows] in Int(rows[$0]) }
    }
    guard let range = memberRange else { return }
    let contents = data.snapshot.contents
    guard range.organization == list.selection.id,
      let index = contents.index(ofOrganization: range.organization),
      let line = line(of: .member(range.start))
    else { return memberRange = nil }
    let first = max(min(line, detail.row), detailHeadCount) - detailHeadCount
    let last = max(line, detail.row) - detailHeadCount
    memberMarks[range.organization] = range.before.union(
      (first...last).map { contents.member($0, at: index).userID })
  }

  package mutating func markAll(_ workspace: inout Workspace) {
    endRange()
    if pane == .list {
      for index in data.rows { list.marks.add(Int(index)) }
      let hidden = list.marks.count - data.rows.count
      let more =
        hidden > 0
        ? "; \(hidden.grouped) more \(hidden == 1 ? "is" : "are") marked that the filter hides" : ""
      workspace.status.note("Marked \(Words.organizations(data.rows.count))\(more).")
    } else if let id = list.selection.id, let index = data.snapshot.contents.index(ofOrganization: id) {
      let contents = data.snapshot.contents
      memberMarks[id] = Set(
        (0..<contents.memberCount(at: index)).map { contents.member($0, at: index).userID })
      workspace.status.note("Marked \(Words.members(markCount)).")
    }
  }

  package mutating func unmarkAll(_ workspace: inout Workspace) {
    endRange()
    let count = markCount
    if pane == .list {
      list.marks = IndexMarks()
    } else if let id = list.selection.id {
      memberMarks[id] = nil
    }
    workspace.status.note(count == 0 ? "Nothing is marked." : "Unmarked \(count.grouped).")
  }

  // MARK: New data

  /// Keeps the marks on their records, and says how many of those are gone.
  mutating func keepMarks(_ old: OrganizationList, _ workspace: inout Workspace) {
    guard data.snapshot.generation != old.snapshot.generation else { return }
    var gone: [String] = []
    if !list.marks.isEmpty || list.range != nil {
      let place = placing(old, workspace.requests.superseded)
      let before = list.marks.count
      list.marks = list.marks.moved(place)
      if let range = list.range { list.range = (range.start, range.before.moved(place)) }
      if list.marks.count < before { gone.append(Words.organizations(before - list.marks.count)) }
    }
    let members = keepMemberMarks(old)
    if members > 0 { gone.append(Words.members(members)) }
    if !gone.isEmpty {
      workspace.status.add("Of what was marked, \(gone.joined(separator: " and ")) went away.")
    }
  }

  /// Keeps the marks on members.
  ///
  /// - Returns: how many marked members of the selected organization are gone.
  private mutating func keepMemberMarks(_ old: OrganizationList) -> Int {
    let contents = (old: old.snapshot.contents, new: data.snapshot.contents)
    var gone = 0
    for (id, users) in memberMarks {
      guard let index = contents.new.index(ofOrganization: id) else {
        memberMarks[id] = nil
        if memberRange?.organization == id { memberRange = nil }
        continue
      }
      if let place = contents.old.index(ofOrganization: id),
        contents.new.isSame(at: index, as: place, in: contents.old)
      {
        continue
      }
      let present = Set(
        (0..<contents.new.memberCount(at: index)).map { contents.new.member($0, at: index).userID })
      memberMarks[id] = users.intersection(present)
      if memberRange?.organization == id { memberRange?.before.formIntersection(present) }
      if id == list.selection.id { gone = users.subtracting(present).count }
    }
    return gone
  }

  /// Where organizations of an earlier list are now, by their indices in it.
  private func placing(_ old: OrganizationList, _ superseded: [Moves]) -> (Int) -> Int? {
    var steps: [[Int32]] = []
    var generation = old.snapshot.generation
    for moves in superseded + [data.moves] where moves.from == generation {
      if let places = moves.places { steps.append(places) }
      generation = moves.to
    }
    guard generation == data.snapshot.generation else {
      // It isn't known.
      let contents = (old: old.snapshot.contents, new: data.snapshot.contents)
      return { contents.new.index(ofOrganization: contents.old.organization(at: $0).id) }
    }
    return { index in
      var place = index
      for step in steps {
        place = Int(step[place])
        if place < 0 { return nil }
      }
      return place
    }
  }
}
