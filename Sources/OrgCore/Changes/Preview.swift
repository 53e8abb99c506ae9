import OrderedCollections

/// What a change set would do to the data, change by change, and what it comes to.
public struct Preview: Sendable {
  /// What would become of one change.
  public enum Outcome: Sendable, Equatable {
    /// It will happen.
    case happens
    /// What it wants is so already.
    case alreadySo
    /// It can't happen, for the reason given.
    case blocked(OrgError)
  }

  /// The changes and what becomes of each, in the set's order.
  public let outcomes: [(change: Change, outcome: Outcome)]
  /// The changes that will happen, with what the history needs to know of each.
  public let recorded: [RecordedChange]
  /// What a store has to write. Only to be used where nothing is blocked.
  public let edit: StoreEdit

  /// Plays a change set on records that are looked up; nothing is changed. What the rights that count don't allow is blocked.
  public init(of set: ChangeSet, on records: any RecordLookup) {
    let rights = RightsCheck(set.access, records)
    var trial = Trial(records: records, access: set.access)
    var records: [RecordedChange] = []
    var outcomes: [(change: Change, outcome: Outcome)] = []
    for change in set.changes {
      records.append(trial.record(of: change))
      outcomes.append((change, rights.refusal(of: change).map { .blocked($0) } ?? trial.play(change)))
    }
    if set.guardsOwners { trial.guardOwners(&outcomes) }
    self.outcomes = outcomes
    recorded = zip(records, outcomes).filter { $1.outcome == .happens }.map { $0.0 }
    self.edit = trial.edit
  }

  /// The changes that will happen, with their text as it is stored.
  public var effective: [Change] { recorded.map(\.change) }

  /// The changes that can't, and why.
  public var blocked: [(change: Change, error: OrgError)] {
    outcomes.compactMap { item in
      if case .blocked(let error) = item.outcome { (item.change, error) } else { nil }
    }
  }

  /// Throws if anything is blocked, for a set is committed as a whole or not at all.
  ///
  /// - Throws: the error of the one blocked change, or the one that all of them share; else `conflict` if all of them
  ///   are conflicts, or the first one's code, with a sentence that counts them.
  public func check() throws(OrgError) {
    let blocked = self.blocked
    guard let first = blocked.first?.error else { return }
    let isShared = blocked.allSatisfy { $0.error == first }
    guard !isShared || (blocked.count > 1 && blocked.count < outcomes.count) else { throw first }
    throw OrgError(
      blocked.allSatisfy { $0.error.code == .conflict } ? .conflict : first.code,
      "\(blocked.count) of \(outcomes.count) changes can't be made, so none was. "
        + (isShared ? first.message : "The first: \(first.message)"),
      conflicts: blocked.flatMap(\.error.conflicts), reasons: Array(OrderedSet(blocked.map(\.error.message))))
  }
}

extension Change {
  /// Whether somebody stops being an owner by it.
  fileprivate var takesAnOwner: Bool {
    switch self {
    case .removeMember(_, _, let role): role == .owner
    case .setRole(_, _, let from, let to): from == .owner && to != .owner
    case .createOrganization, .removeOrganization, .setField, .addMember: false
    }
  }
}

/// Records with the changes played so far on top.
private struct Trial {
  let records: any RecordLookup
  let access: Access
  var edit = StoreEdit()
  /// Owners of each organization whose members changed, before and now.
  private var owners: [String: (before: Int, now: Int)] = [:]
  /// Which organization has a name now, by the name's key, for names that were set or given up; `nil` for none.
  private var names: [String: String?] = [:]

  init(records: any RecordLookup, access: Access) { (self.records, self.access) = (records, access) }

  mutating func play(_ change: Change) -> Preview.Outcome {
    do {
      switch change {
      case .createOrganization(let organization):
        return try create(organization)
      case .removeOrganization(let organization):
        return try remove(organization)
      case .setField(let field, let organization, let from, let to):
        return try set(field, of: organization, from: from, to: to)
      case .addMember(let member):
        return try add(member)
      case .removeMember(let user, let organization, let role):
        return try remove(user, from: organization, expecting: role)
      case .setRole(let user, let organization, let from, let to):
        return try setRole(of: user, in: organization, from: from, to: to)
      }
    } catch {
      return .blocked(error)
    }
  }

  /// A change with what is around it at this moment, and with its text as it is stored: what takes it back expects that.
  mutating func record(of change: Change) -> RecordedChange {
    var change = change
    var name = (try? organization(change.organizationID))?.name ?? ""
    switch change {
    case .createOrganization(let organization):
      let stored = (try? records.rules.checked(organization)) ?? organization
      (change, name) = (.createOrganization(stored), stored.name)
    case .setField(let field, let id, let from, let to):
      change = .setField(
        field, organization: id, from: from, to: try? records.rules.checked(to, for: field))
    case .removeOrganization, .addMember, .removeMember, .setRole: break
    }
    var joinedAt: Timestamp?
    if case .removeMember(let user, let id, _) = change {
      joinedAt = (edit.members[id]?.added[user] ?? records.member(user, of: id))?.joinedAt
    }
    return RecordedChange(change, organizationName: name, joinedAt: joinedAt)
  }

  // MARK: Organizations

  private func organization(_ id: String) throws(OrgError) -> Organization {
    guard !edit.removed.contains(id), var organization = edit.created[id] ?? records.organization(id: id)
    else { throw .noOrganization(id) }
    for (field, value) in edit.fields[id] ?? [:] { organization[field] = value }
    return organization
  }

  private mutating func create(_ organization: Organization) throws(OrgError) -> Preview.Outcome {
    let organization = try records.rules.checked(organization)
    if let present = try? self.organization(organization.id) {
      guard present != organization else { return .alreadySo }
      throw OrgError(.invalidIdentifier, "The id \(organization.id.quoted) is in use.")
    }
    guard !edit.removed.contains(organization.id) else {
      throw OrgError(
        .invalidIdentifier, "The id \(organization.id.quoted) was in use a moment ago; choose another.")
    }
    try take(organization.name, for: organization.id)
    edit.created[organization.id] = organization
    edit.members[organization.id] = MemberListEdit()
    return .happens
  }

  private mutating func remove(_ organization: Organization) throws(OrgError) -> Preview.Outcome {
    guard let present = try? self.organization(organization.id) else { return .alreadySo }
    try checkIsEditable(present.id)
    try checkListIsEditable(present.id)
    let name = present.name.escapedForDisplay
    guard present == organization else {
      throw OrgError(
        .conflict, "\(name) has changed since, so it was not removed.",
        conflicts: OrganizationField.allCases.filter { present[$0] != organization[$0] }.map {
          Conflict(present.id, field: $0.rawValue, base: organization[$0], theirs: present[$0], mine: nil)
        })
    }
    let id = present.id
    let list = edit.members[id]
    let removed = list.map { Set($0.removed) } ?? []
    let count = edit.created[id] == nil ? records.memberCount(of: id, without: removed) : 0
    guard count + (list?.added.count ?? 0) == 0 else {
      throw OrgError(.conflict, "\(name) has members, so it was not removed; remove them first.")
    }
    giveUp(present.name, of: id)
    edit.members[id] = nil
    edit.fields[id] = nil
    if edit.created.removeValue(forKey: id) == nil { edit.removed.append(id) }
    return .happens
  }

  private mutating func set(
    _ field: OrganizationField, of id: String, from: String?, to: String?
  ) throws(OrgError) -> Preview.Outcome {
    let organization = try organization(id)
    try checkIsEditable(id)
    let value = try records.rules.checked(to, for: field)
    let present = organization[field]
    guard present != value else { return .alreadySo }
    guard present == from else {
      throw OrgError(
        .conflict,
        "\(field.title) of \(organization.name.escapedForDisplay) is \(described(present)) now, no longer "
          + "\(described(from)), so it was not set to \(described(value)).",
        conflicts: [Conflict(id, field: field.rawValue, base: from, theirs: present, mine: value)])
    }
    if field == .name, let value {
      try take(value, for: id)
      if value.nameKey != organization.name.nameKey { giveUp(organization.name, of: id) }
    }
    if edit.created[id] != nil {
      edit.created[id]?[field] = value
    } else if records.organization(id: id)?[field] == value {
      edit.fields[id]?[field] = nil
      if edit.fields[id]?.isEmpty == true { edit.fields[id] = nil }
    } else {
      edit.fields[id, default: [:]].updateValue(value, forKey: field)
    }
    return .happens
  }

  private mutating func take(_ name: String, for id: String) throws(OrgError) {
    if let other = holder(of: name), other != id {
      // A user may not see whose it is.
      let holder = access == .platformAdmin ? " by \(other.escapedForDisplay)" : ""
      throw OrgError(.nameTaken, "The name \(name.quoted) is taken\(holder); choose another.")
    }
    names[name.nameKey] = .some(id)
  }

  /// Which organization has a name now.
  private func holder(of name: String) -> String? {
    let key = name.nameKey
    if let set = names[key] { return set }
    guard let id = records.organizationID(named: name), !edit.removed.contains(id) else { return nil }
    if case .some(.some(let new)) = edit.fields[id]?[.name], new.nameKey != key { return nil }
    return id
  }

  private mutating func giveUp(_ name: String, of id: String) {
    if names[name.nameKey] == .some(id) { names[name.nameKey] = .some(nil) }
  }

  private func described(_ value: String?) -> String { value?.escapedForDisplay ?? "none" }

  // MARK: Members

  private func role(of user: String, in id: String) -> Role? {
    let list = edit.members[id]
    if let role = list?.added[user]?.role ?? list?.roles[user] { return role }
    if list?.removed.contains(user) == true { return nil }
    return records.member(user, of: id)?.role
  }

  private mutating func count(_ role: Role?, replacedBy other: Role?, in id: String) {
    var count =
      owners[id]
      ?? {
        let before = edit.created[id] == nil ? records.roleCounts(of: id).owner : 0
        return (before, before)
      }()
    count.now += (other == .owner ? 1 : 0) - (role == .owner ? 1 : 0)
    owners[id] = count
  }

  private mutating func add(_ member: OrgUser) throws(OrgError) -> Preview.Outcome {
    try records.rules.checkUserID(member.userID)
    try records.rules.check(member.role)
    let organization = try organization(member.organizationID)
    if let present = role(of: member.userID, in: organization.id) {
      guard present != member.role else { return .alreadySo }
      throw OrgError(
        .alreadyMember,
        "\(member.userID.escapedForDisplay) is in \(organization.name.escapedForDisplay) already, as \(present.title)."
      )
    }
    try checkListIsEditable(organization.id)
    count(nil, replacedBy: member.role, in: organization.id)
    edit.members[organization.id, default: MemberListEdit()].added[member.userID] = member
    return .happens
  }

  private mutating func remove(
    _ user: String, from id: String, expecting expected: Role
  ) throws(OrgError) -> Preview.Outcome {
    let organization = try organization(id)
    guard let present = role(of: user, in: id) else { return .alreadySo }
    try checkIsEditable(user, of: id)
    guard present == expected else {
      throw roleConflict(user, organization, base: expected, theirs: present, mine: nil)
    }
    count(present, replacedBy: nil, in: id)
    // In place, for a list may be long.
    edit.members[id, default: MemberListEdit()].roles[user] = nil
    if edit.members[id]?.added.removeValue(forKey: user) == nil { edit.members[id]?.removed.append(user) }
    return .happens
  }

  private mutating func setRole(
    of user: String, in id: String, from: Role, to: Role
  ) throws(OrgError) -> Preview.Outcome {
    let organization = try organization(id)
    guard let present = role(of: user, in: id) else {
      throw OrgError(
        .memberNotFound,
        "\(user.escapedForDisplay) is not a member of \(organization.name.escapedForDisplay).")
    }
    guard present != to else { return .alreadySo }
    try records.rules.check(to)
    try checkIsEditable(user, of: id)
    guard present == from else {
      throw roleConflict(user, organization, base: from, theirs: present, mine: to)
    }
    count(from, replacedBy: to, in: id)
    // In place, for a list may be long.
    if edit.members[id]?.added[user] != nil {
      edit.members[id]?.added[user]?.role = to
    } else {
      let isAsBefore = records.member(user, of: id)?.role == to
      edit.members[id, default: MemberListEdit()].roles[user] = isAsBefore ? nil : to
    }
    return .happens
  }

  private func roleConflict(
    _ user: String, _ organization: Organization, base: Role, theirs: Role, mine: Role?
  ) -> OrgError {
    OrgError(
      .conflict,
      "\(user.escapedForDisplay) is \(theirs.title) in \(organization.name.escapedForDisplay) now, no longer "
        + "\(base.title), so the \(mine == nil ? "member was not removed" : "role was not changed").",
      conflicts: [
        Conflict(
          organization.id, user: user, field: "role", base: base.rawValue, theirs: theirs.rawValue,
          mine: mine?.rawValue)
      ])
  }

  // MARK: Records that can't be edited

  private func checkIsEditable(_ id: String) throws(OrgError) {
    if let problem = records.problem(with: .organization(id)) { throw problem.refusal }
  }

  private func checkListIsEditable(_ id: String) throws(OrgError) {
    if let problem = records.problem(with: .members(of: id)) { throw problem.refusal }
  }

  private func checkIsEditable(_ user: String, of id: String) throws(OrgError) {
    try checkListIsEditable(id)
    if let problem = records.problem(with: .member(user, organization: id)) { throw problem.refusal }
  }

  // MARK: The guard of the last owner

  private var organizationsThatLostTheirLastOwner: Set<String> {
    Set(owners.filter { $0.value.before > 0 && $0.value.now == 0 }.keys).subtracting(edit.removed)
  }

  /// Blocks every change that takes an owner from an organization that would have none left. All of them together are
  /// the reason, so each gets the same sentence.
  func guardOwners(_ outcomes: inout [(change: Change, outcome: Preview.Outcome)]) {
    let ownerless = organizationsThatLostTheirLastOwner
    guard !ownerless.isEmpty else { return }
    let taking = outcomes.indices.filter {
      let (change, outcome) = outcomes[$0]
      return outcome == .happens && change.takesAnOwner && ownerless.contains(change.organizationID)
    }
    let byOrganization = Dictionary(grouping: taking) { outcomes[$0].change.organizationID }
    var counts: [String: Int] = [:]
    for (change, outcome) in outcomes where outcome == .happens && change.endsARole {
      counts[change.organizationID, default: 0] += 1
    }
    for (id, indices) in byOrganization {
      let error = ownerlessError(id, indices.map { outcomes[$0].change }, of: counts[id] ?? 0)
      for index in indices { outcomes[index].outcome = .blocked(error) }
    }
  }

  /// - Parameter count: how many members of the organization lose their roles by the change set, owners or not.
  private func ownerlessError(_ id: String, _ changes: [Change], of count: Int) -> OrgError {
    let name = ((try? organization(id))?.name ?? id).escapedForDisplay
    let users = Array(OrderedSet(changes.compactMap(\.userID)).map(\.escapedForDisplay))
    guard users.count > 1 else {
      return OrgError(
        .lastOwner, "\(users.first ?? "") is the last owner of \(name); make someone else an owner first.")
    }
    let shown = users.count > 4 ? users.prefix(3) + ["\(users.count - 3) more"] : users[...]
    let list = shown.dropLast().joined(separator: ", ") + " and " + (shown.last ?? "")
    let who =
      count > users.count
      ? "\(users.count) of these \(count) are the only owners of \(name) (\(list))"
      : "\(list) are the only owners of \(name)"
    let isRemoval = changes.allSatisfy { if case .removeMember = $0 { true } else { false } }
    return OrgError(.lastOwner, "\(who); one of them must stay\(isRemoval ? "" : " an owner").")
  }
}

extension Change {
  /// Whether it takes the role that a member has.
  fileprivate var endsARole: Bool {
    switch self {
    case .removeMember, .setRole: true
    default: false
    }
  }
}
