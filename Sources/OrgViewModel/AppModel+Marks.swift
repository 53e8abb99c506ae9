import OrgCore

/// A range of rows that is being marked: everything from where it began to where the selection is.
enum MarkedRange: Sendable {
  /// Organizations, from one with an id on; before, these were marked.
  case organizations(from: String, before: Marks)
  /// Members of an organization, from a user on; before, these were marked.
  case members(of: String, from: String, before: Set<String>)
}

// Marking organizations in the list, and members in the detail. Marks are on records, wherever these stand.
extension AppModel {
  /// How many are marked of what the pane with the focus shows: organizations, or members of this one.
  public var markCount: Int {
    if let sheet { return sheet.place.marks.count }
    return pane == .list ? marks.count : list.id.flatMap { memberMarks[$0]?.count } ?? 0
  }

  /// Whether moving marks what is moved over.
  public var isMarkingRange: Bool { sheet == nil ? range != nil : sheet?.range != nil }

  func isMarked(row: Int) -> Bool { marks.contains(Int(organizationList.rows[row])) }

  func isMarked(_ member: OrgUser) -> Bool {
    memberMarks[member.organizationID]?.contains(member.userID) ?? false
  }

  // MARK: What keys ask for

  /// Marks what is selected, or unmarks it, and goes on to the next.
  mutating func mark() {
    range = nil
    if pane == .list {
      guard selectedOrganization != nil else { return say(nothingSelected) }
      let index = Int(organizationList.rows[list.row])
      if marks.contains(index) { marks.remove(index) } else { marks.insert(index) }
    } else {
      guard let member = selectedMember else { return say(noMember) }
      if isMarked(member) {
        memberMarks[member.organizationID]?.remove(member.userID)
      } else {
        memberMarks[member.organizationID, default: []].insert(member.userID)
      }
    }
    _ = move(.moveDown)
  }

  /// Begins a range, or ends it.
  mutating func markRange() {
    guard range == nil else { return range = nil }
    if pane == .list {
      guard let id = selectedOrganization?.id else { return say(nothingSelected) }
      range = .organizations(from: id, before: marks)
    } else {
      guard let member = selectedMember else { return say(noMember) }
      range = .members(
        of: member.organizationID, from: member.userID, before: memberMarks[member.organizationID] ?? [])
    }
    extendRange()
  }

  /// Takes back what a range has marked; false if there is none.
  mutating func dropRange() -> Bool {
    switch range {
    case .organizations(_, let before): marks = before
    case .members(let id, _, let before): memberMarks[id] = before
    case nil: return false
    }
    range = nil
    return true
  }

  /// Marks everything from where the range began to the selection.
  mutating func extendRange() {
    switch range {
    case .organizations(let start, let before):
      guard let row = organizationList.row(of: start), !list.isGone else { return range = nil }
      marks = before
      for row in min(row, list.row)...max(row, list.row) { marks.insert(Int(organizationList.rows[row])) }
    case .members(let id, let start, let before):
      guard id == list.id, let index = organizationList.snapshot.contents.index(ofOrganization: id),
        let line = line(of: .member(start))
      else { return range = nil }
      let first = max(min(line, detail.row), detailHeadCount) - detailHeadCount
      let last = max(line, detail.row) - detailHeadCount
      memberMarks[id] = before.union(
        (first...last).map { organizationList.snapshot.contents.member($0, at: index).userID })
    case nil: break
    }
  }

  /// Marks all that the filter shows, or all members.
  mutating func markAll() {
    range = nil
    if pane == .list {
      for index in organizationList.rows { marks.insert(Int(index)) }
      let hidden = marks.count - organizationList.rows.count
      let more =
        hidden > 0
        ? "; \(hidden.grouped) more \(hidden == 1 ? "is" : "are") marked that the filter hides" : ""
      say("Marked \(Self.organizations(organizationList.rows.count))\(more).")
    } else if let id = list.id, let index = organizationList.snapshot.contents.index(ofOrganization: id) {
      let contents = organizationList.snapshot.contents
      memberMarks[id] = Set(
        (0..<contents.memberCount(at: index)).map { contents.member($0, at: index).userID })
      say("Marked \(Self.members(markCount)).")
    }
  }

  /// Takes all marks away: those of the organizations, or those of the members of this one.
  mutating func unmarkAll() {
    range = nil
    let count = markCount
    if pane == .list { marks = Marks() } else if let id = list.id { memberMarks[id] = nil }
    say(count == 0 ? "Nothing is marked." : "Unmarked \(count.grouped).")
  }

  static func organizations(_ count: Int) -> String {
    "\(count.grouped) organization\(count == 1 ? "" : "s")"
  }

  static func members(_ count: Int) -> String { "\(count.grouped) member\(count == 1 ? "" : "s")" }

  private mutating func say(_ text: String) { message = Message(text: text, kind: .note) }

  // MARK: New data

  /// Keeps the marks on their records, and says how many of those have gone.
  mutating func keepMarks(_ old: OrganizationList) {
    defer { unfollowed = [] }
    let contents = (old: old.snapshot.contents, new: organizationList.snapshot.contents)
    guard organizationList.snapshot.generation != old.snapshot.generation else { return }
    var gone: [String] = []
    if !marks.isEmpty {
      let place = placing(old)
      let before = marks.count
      marks = marks.moved(place)
      if case .organizations(let start, let base) = range {
        range = .organizations(from: start, before: base.moved(place))
      }
      if marks.count < before { gone.append(Self.organizations(before - marks.count)) }
    }
    for (id, users) in memberMarks {
      guard let index = contents.new.index(ofOrganization: id) else {
        memberMarks[id] = nil
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
      if case .members(id, let start, let base) = range {
        range = .members(of: id, from: start, before: base.intersection(present))
      }
      let count = users.subtracting(present).count
      if count > 0, id == list.id { gone.append(Self.members(count)) }
    }
    guard !gone.isEmpty else { return }
    let text = "Of what was marked, \(gone.joined(separator: " and ")) went away."
    message = Message(text: message.map { "\($0.text) \(text)" } ?? text, kind: message?.kind ?? .note)
  }

  /// Where organizations of an earlier list are now, by their indices in it.
  private func placing(_ old: OrganizationList) -> (Int) -> Int? {
    var steps: [[Int32]] = []
    var generation = old.snapshot.generation
    for moves in unfollowed + [organizationList.moves] where moves.from == generation {
      if let places = moves.places { steps.append(places) }
      generation = moves.to
    }
    guard generation == organizationList.snapshot.generation else {
      // Nobody has worked it out.
      let contents = (old: old.snapshot.contents, new: organizationList.snapshot.contents)
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
