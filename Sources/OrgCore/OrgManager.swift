/// The operations on organizations and members: what services link, and what every screen and command
/// goes through. Each edit is a change set through the same `commit`.
///
/// Safe to use from several threads. Every call may block on the store; see `OrgStore`.
public struct OrgManager: Sendable {
  /// Where the data are.
  public let store: any OrgStore

  /// Works on a store.
  public init(store: any OrgStore) {
    self.store = store
  }

  // MARK: Reading

  /// The newest picture of the data.
  public func snapshot() throws(OrgError) -> Snapshot { try store.snapshot() }

  /// All organizations in the order of the data, deleted ones too.
  public func organizations() throws(OrgError) -> [Organization] {
    Array(try snapshot().organizations)
  }

  /// The organization with an id, `nil` if there is none.
  public func organization(id: String) throws(OrgError) -> Organization? {
    try snapshot().organization(id: id)
  }

  /// The organizations whose name contains the text, whatever the case.
  public func organizations(matching text: String) throws(OrgError) -> [Organization] {
    let needle = text.lowercased()
    return try snapshot().organizations.filter { needle.isEmpty || $0.name.lowercased().contains(needle) }
  }

  /// The organizations on a plan.
  public func organizations(onPlan plan: String) throws(OrgError) -> [Organization] {
    try snapshot().organizations.filter { $0.planTier == plan }
  }

  /// The organizations that a user is a member of.
  public func organizations(ofUser user: String) throws(OrgError) -> [Organization] {
    try snapshot().organizations(ofUser: user)
  }

  /// The members of an organization; none for an unknown one.
  public func users(of organization: String) throws(OrgError) -> [OrgUser] {
    try snapshot().members(of: organization)
  }

  /// The role of a user in an organization, `nil` where the user isn't a member.
  public func role(of user: String, in organization: String) throws(OrgError) -> Role? {
    try snapshot().role(of: user, in: organization)
  }

  // MARK: Organizations

  /// Creates an active organization without members.
  ///
  /// - Returns: its new id, `org_` and a random UUID.
  /// - Throws: `invalidName` for an empty or too long name, `nameTaken` if another has it but for case
  ///   and surrounding white space; what `commit(_:)` throws.
  @discardableResult
  public func createOrganization(
    name: String, planTier: String = PlanTier.default
  ) throws(OrgError) -> String {
    let organization = Organization(
      id: Organization.newID(), name: name, createdAt: .now(), planTier: planTier)
    try commit(ChangeSet([.createOrganization(organization)]))
    return organization.id
  }

  /// Gives an organization another name.
  ///
  /// - Returns: whether the organization was found.
  /// - Throws: `invalidName` or `nameTaken`; what `commit(_:)` throws.
  @discardableResult
  public func rename(_ organization: String, to name: String) throws(OrgError) -> Bool {
    try update([(.name, name)], of: organization)
  }

  /// Puts an organization on a plan.
  ///
  /// - Returns: whether the organization was found.
  @discardableResult
  public func updatePlan(of organization: String, to plan: String) throws(OrgError) -> Bool {
    try update([(.planTier, plan)], of: organization)
  }

  /// Sets an organization's status; `.deleted` keeps the record.
  ///
  /// - Returns: whether the organization was found.
  @discardableResult
  public func updateStatus(
    of organization: String, to status: Organization.Status
  ) throws(OrgError) -> Bool {
    try update([(.status, status.rawValue)], of: organization)
  }

  /// Sets billing ids. `nil` leaves an id as it is; an empty text clears it.
  ///
  /// - Returns: whether the organization was found.
  @discardableResult
  public func updateBillingIDs(
    of organization: String, lago: String? = nil, stripe: String? = nil
  ) throws(OrgError) -> Bool {
    var values: [(OrganizationField, String?)] = []
    if let lago { values.append((.lagoCustomerID, lago)) }
    if let stripe { values.append((.stripeCustomerID, stripe)) }
    return try update(values, of: organization)
  }

  // MARK: Members

  /// Makes a user a member of an organization, as of now.
  ///
  /// - Returns: whether the organization was found.
  /// - Throws: `alreadyMember` if the user is one already, in whatever role.
  @discardableResult
  public func addUser(
    _ user: String, to organization: String, role: Role = .member
  ) throws(OrgError) -> Bool {
    try retryingConflicts { () throws(OrgError) in
      guard let found = try find({ $0.organization(id: organization) }) else { return false }
      let member = OrgUser(organizationID: organization, userID: user, role: role, joinedAt: .now())
      let commit = try commit(ChangeSet([.addMember(member)]))
      guard !commit.changes.isEmpty else {
        throw OrgError(
          .alreadyMember,
          "\(user.escapedForDisplay) is in \(found.name.escapedForDisplay) already, as \(role.rawValue).")
      }
      return true
    }
  }

  /// Removes a user from an organization.
  ///
  /// - Returns: whether the user was a member of it.
  /// - Throws: `lastOwner` if nobody else owns the organization, unless `allowingOwnerless`.
  @discardableResult
  public func removeUser(
    _ user: String, from organization: String, allowingOwnerless: Bool = false
  ) throws(OrgError) -> Bool {
    try retryingConflicts { () throws(OrgError) in
      guard let role = try find({ $0.role(of: user, in: organization) }) else { return false }
      let change = Change.removeMember(user: user, organization: organization, role: role)
      try commit(ChangeSet([change], allowsOwnerless: allowingOwnerless))
      return true
    }
  }

  /// Gives a member another role.
  ///
  /// - Returns: whether the user is a member of the organization.
  /// - Throws: `lastOwner` if nobody else owns the organization, unless `allowingOwnerless`.
  @discardableResult
  public func updateRole(
    of user: String, in organization: String, to role: Role, allowingOwnerless: Bool = false
  ) throws(OrgError) -> Bool {
    try retryingConflicts { () throws(OrgError) in
      guard let present = try find({ $0.role(of: user, in: organization) }) else { return false }
      let change = Change.setRole(user: user, organization: organization, from: present, to: role)
      try commit(ChangeSet([change], allowsOwnerless: allowingOwnerless))
      return true
    }
  }

  // MARK: Any change set

  /// Commits a change set as a whole or not at all; see `OrgStore.commit`.
  @discardableResult
  public func commit(
    _ set: ChangeSet, waiting: (LockHolder) -> Bool = { _ in true }
  ) throws(OrgError) -> Commit {
    try store.commit(set, waiting: waiting)
  }

  // MARK: Undo and redo

  /// What happened to the data, newest first.
  public func history() throws(OrgError) -> [HistoryEntry] { try store.history() }

  /// A part of what happened, newest first; see `OrgStore`.
  public func history(
    from position: HistoryPage.Position?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try store.history(from: position, limit: limit)
  }

  /// The latest edit of a user that hasn't been undone, which is what `undo` takes back; `nil` if there is none.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    let own = try history().filter { uid == nil || $0.actor.uid == uid }
    let undone = Self.undone(own)
    return own.first { entry in
      switch entry.kind {
      case .edit, .restore:
        !undone.contains(entry.generation) && !entry.inverse.changes.isEmpty && entry.obstacle == nil
      case .undo, .redo, .foreign, .repair, .erase: false
      }
    }
  }

  /// The latest undo of a user that hasn't been redone, and behind which the user edited nothing; what `redo`
  /// takes back.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    let own = try history().filter { uid == nil || $0.actor.uid == uid }
    let undone = Self.undone(own)
    for entry in own {
      switch entry.kind {
      case .undo(let generation) where undone.contains(generation) && entry.obstacle == nil: return entry
      case .undo, .redo, .foreign, .repair, .erase: continue
      case .edit, .restore: return nil
      }
    }
    return nil
  }

  /// The edits that are undone now: each undo takes one away, and each redo gives it back.
  private static func undone(_ newestFirst: [HistoryEntry]) -> Set<UInt64> {
    var undone: Set<UInt64> = []
    for entry in newestFirst.reversed() {
      switch entry.kind {
      case .undo(let generation): undone.insert(generation)
      case .redo(let generation): undone.remove(generation)
      case .edit, .foreign, .repair, .restore, .erase: continue
      }
    }
    return undone
  }

  private func update(
    _ values: [(field: OrganizationField, value: String?)], of organization: String
  ) throws(OrgError) -> Bool {
    try retryingConflicts { () throws(OrgError) in
      guard let present = try find({ $0.organization(id: organization) }) else { return false }
      try commit(
        ChangeSet(
          values.map {
            .setField($0.field, organization: organization, from: present[$0.field], to: $0.value)
          }))
      return true
    }
  }

  /// Finds what an edit is about. Another program that didn't know of the latest changes may have hidden it for
  /// a moment: a commit, even of nothing, puts that right first.
  private func find<Value>(_ look: (Snapshot) -> Value?) throws(OrgError) -> Value? {
    if let found = look(try snapshot()) { return found }
    return look(try commit(ChangeSet([])).snapshot)
  }

  /// These operations say what shall be, whatever was there before; so when somebody else changed the
  /// value between the look and the commit, they look again.
  private func retryingConflicts<Value>(
    _ operation: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    for _ in 0..<15 {
      do {
        return try operation()
      } catch  where error.code == .conflict {
        continue
      }
    }
    return try operation()
  }
}

extension Organization {
  /// An id for a new organization: `org_` and a random UUID of version 4 (RFC 9562), in lower case.
  public static func newID() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = [high, low].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return "org_" + groups.joined(separator: "-")
  }
}
