import OrgCore

/// The organizations of one user, by name: the rows of a person.
public struct PersonRows: SheetRows {
  /// An organization that has the user as a member.
  struct Membership: Sendable {
    let organization: Int32
    let role: Role
    /// The fields of which the member's record has none.
    let defaults: DefaultedFields
    let joinedAt: Timestamp
  }

  /// A row, ready to be drawn.
  public struct Row: Sendable {
    /// The organization.
    public let organization: Organization
    /// The user in it.
    public let member: OrgUser
    /// The fields of which one of the records has none, so that a default is shown.
    public let defaults: DefaultedFields
  }

  /// The user's id.
  public let user: String
  private let snapshot: Snapshot
  /// All of them, by the organizations' names.
  private let memberships: [Membership]
  /// Places of those that a filter shows, rising; `nil` for all.
  private let shown: [Int]?
  /// Where an organization stands among all, by its index.
  private let places: [Int32: Int]

  /// Finds a user's organizations, of those the ones that have all words of a query: in name, id, plan, status
  /// or role.
  ///
  /// - Parameter organizations: the indices of all organizations that the user is a member of.
  public init(_ user: String, in organizations: [Int], of snapshot: Snapshot, query: String) {
    let contents = snapshot.contents
    let words = query.lowercased().split(whereSeparator: \.isWhitespace)
    var found: [(key: String, membership: Membership, isShown: Bool)] = []
    for index in organizations {
      guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
      let organization = contents.organization(at: index)
      let member = contents.member(place, at: index)
      let name = organization.name.lowercased()
      let text = [
        name, organization.id.lowercased(), organization.planTier.lowercased(), organization.status.rawValue,
        member.role.rawValue,
      ].joined(separator: "\n")
      found.append(
        (
          name,
          Membership(
            organization: Int32(index), role: member.role,
            defaults: contents.defaultedFields(ofMember: place, at: index), joinedAt: member.joinedAt),
          words.allSatisfy(text.contains)
        ))
    }
    found.sort { ($0.key, $0.membership.organization) < ($1.key, $1.membership.organization) }
    self.user = user
    self.snapshot = snapshot
    memberships = found.map(\.membership)
    shown = words.isEmpty ? nil : found.indices.filter { found[$0].isShown }
    places = Dictionary(memberships.enumerated().map { ($0.element.organization, $0.offset) }) { first, _ in
      first
    }
  }

  var count: Int { shown?.count ?? memberships.count }
  var total: Int { memberships.count }

  /// What stands in a row.
  public func row(at row: Int) -> Row {
    let membership = memberships[shown?[row] ?? row]
    let organization = snapshot.contents.organization(at: Int(membership.organization))
    return Row(
      organization: organization,
      member: OrgUser(
        organizationID: organization.id, userID: user, role: membership.role, joinedAt: membership.joinedAt),
      defaults: membership.defaults.union(
        snapshot.contents.defaultedFields(at: Int(membership.organization))))
  }

  func id(at row: Int) -> String? {
    snapshot.contents.organization(at: Int(memberships[shown?[row] ?? row].organization)).id
  }

  private func place(of id: String) -> Int? {
    snapshot.contents.index(ofOrganization: id).flatMap { places[Int32($0)] }
  }

  func row(of id: String) -> Int? {
    guard let place = place(of: id) else { return nil }
    return shown == nil ? place : shown?.row(of: place)
  }

  /// Whether the user is a member of an organization, whatever the filter shows.
  func contains(_ id: String) -> Bool { place(of: id) != nil }

  // MARK: Editing

  /// What an edit comes to in some of the organizations, or in all; costs time that grows with them.
  func changes(_ edit: BulkEdit, in organizations: Set<String>?) -> [Change] {
    memberships.compactMap { membership in
      let id = snapshot.contents.organization(at: Int(membership.organization)).id
      guard organizations?.contains(id) ?? true else { return nil }
      return switch edit {
      case .role(let role): .setRole(user: user, organization: id, from: membership.role, to: role)
      case .removal: .removeMember(user: user, organization: id, role: membership.role)
      case .plan, .status: nil
      }
    }
  }

  /// How many of some organizations the filter hides.
  func hiddenCount(of organizations: Set<String>?) -> Int {
    guard shown != nil else { return 0 }
    return organizations?.count { row(of: $0) == nil } ?? total - count
  }
}

extension AppModel {
  /// The user whose organizations are shown.
  var person: (user: String, rows: PersonRows)? {
    guard let sheet, case .person(let rows) = sheet.content else { return nil }
    return (rows.user, rows)
  }

  /// The membership that keys are about.
  var selectedMembership: PersonRows.Row? {
    guard let sheet, sheet.selectedID != nil else { return nil }
    return person?.rows.row(at: sheet.selectedRow)
  }

  /// The marked organizations of the user, by their ids.
  private var personMarks: Set<String> {
    get { sheet?.place.marks ?? [] }
    set { sheet?.place.marks = newValue }
  }

  /// Why an action can't be done for a person; `nil` where it can.
  func personObstacle(to action: Action) -> String? {
    guard let person else { return Self.wrongScreen }
    switch action {
    case .mark, .markRange: return selectedMembership == nil ? Self.nothingIsSelected : nil
    case .markAll, .unmarkAll: return nil
    case .changeRole, .remove:
      return editingObstacle
        ?? (personMarks.isEmpty && selectedMembership == nil ? Self.nothingIsSelected : nil)
    case .removeEverywhere:
      return editingObstacle
        ?? (person.rows.total == 0
          ? "\(person.user.escapedForDisplay) is a member of no organization." : nil)
    default: return Self.wrongScreen
    }
  }

  mutating func browsePerson(_ action: Action) -> [Effect] {
    guard let person else { return [] }
    switch action {
    case .open:
      guard let row = selectedMembership else { return [] }
      return go(to: row.organization.id, named: row.organization.name, .member(person.user))
    case .mark:
      guard let id = sheet?.selectedID else { return [] }
      sheet?.range = nil
      if personMarks.remove(id) == nil { personMarks.insert(id) }
      _ = moveInSheet(.moveDown)
    case .markRange:
      guard sheet?.range == nil, let id = sheet?.selectedID else {
        sheet?.range = nil
        return []
      }
      let before = personMarks
      sheet?.range = (id, before)
      extendPersonRange()
    case .markAll:
      sheet?.range = nil
      for row in 0..<person.rows.count { person.rows.id(at: row).map { _ = personMarks.insert($0) } }
      message = Message(text: "Marked \(Self.organizations(person.rows.count)).", kind: .note)
    case .unmarkAll:
      let count = personMarks.count
      sheet?.range = nil
      personMarks = []
      message = Message(
        text: count == 0 ? "Nothing is marked." : "Unmarked \(count.grouped).", kind: .note)
    case .changeRole:
      if !personMarks.isEmpty {
        mode = .chooseRoles
      } else if let row = selectedMembership {
        mode = .chooseRole(row.member)
      }
    case .remove:
      guard personMarks.isEmpty else { return editPerson(.removal) }
      guard let row = selectedMembership else { return [] }
      mode = .ask(removal(of: row.member, from: row.organization))
    case .removeEverywhere: return editPerson(.removal, isEverywhere: true)
    default: break
    }
    return []
  }

  /// Asks what an edit would do in all marked organizations of the person, or in all there are.
  mutating func editPerson(_ edit: BulkEdit, isEverywhere: Bool = false) -> [Effect] {
    sheet?.range = nil
    return propose(.person(edit, isEverywhere: isEverywhere))
  }

  /// What to find out about an edit in all marked organizations of the person, or in all there are.
  func bulkEditPlan(of edit: BulkEdit, isEverywhere: Bool) -> (BulkEditPlan.Source, title: String)? {
    guard let person else { return nil }
    let user = person.user.escapedForDisplay
    let count = isEverywhere ? person.rows.total : personMarks.count
    let place = (isEverywhere && count > 1 ? "all " : "") + Self.organizations(count)
    let title =
      switch edit {
      case .role(let role): "Give \(user) the role \(role.rawValue) in \(place)"
      default: "Remove \(user) from \(place)"
      }
    return (.person(person.rows, in: isEverywhere ? nil : personMarks, edit), title)
  }

  /// Marks everything from where a range began to the selection.
  mutating func extendPersonRange() {
    guard let person, let range = sheet?.range else { return }
    guard let start = person.rows.row(of: range.start), let end = sheet?.selectedRow, end < person.rows.count
    else {
      sheet?.range = nil
      return
    }
    personMarks = range.before.union((min(start, end)...max(start, end)).compactMap(person.rows.id(at:)))
  }

  /// Takes back what a range has marked; false if there is none.
  mutating func dropPersonRange() -> Bool {
    guard let range = sheet?.range else { return false }
    personMarks = range.before
    sheet?.range = nil
    return true
  }

  /// Keeps the marks on organizations that the person is still a member of, and says how many are gone.
  mutating func keepPersonMarks() {
    guard let person, !personMarks.isEmpty else { return }
    let kept = personMarks.filter(person.rows.contains)
    let gone = personMarks.count - kept.count
    guard gone > 0 else { return }
    personMarks = kept
    if let range = sheet?.range { sheet?.range?.before = range.before.filter(person.rows.contains) }
    if message == nil {
      message = Message(text: "Of the marked organizations, \(gone.grouped) went.", kind: .note)
    }
  }
}
