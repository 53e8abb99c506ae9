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

  /// The newest state of the data: everything that is asked of one reader is answered at one revision.
  public func reader() throws(OrgError) -> any StoreReader { try store.reader() }

  /// All organizations in the order of the data, deleted ones too.
  public func organizations() throws(OrgError) -> [Organization] { try reader().organizations() }

  /// The organization with an id, `nil` if there is none.
  public func organization(id: String) throws(OrgError) -> Organization? {
    try reader().organization(id: id)
  }

  /// The organizations whose name contains the text, whatever the case.
  public func organizations(matching text: String) throws(OrgError) -> [Organization] {
    let needle = text.lowercased()
    return try organizations { needle.isEmpty || $0.name.lowercased().contains(needle) }
  }

  /// The organizations on a plan.
  public func organizations(onPlan plan: String) throws(OrgError) -> [Organization] {
    try organizations { $0.planTier == plan }
  }

  private func organizations(where isIncluded: (Organization) -> Bool) throws(OrgError) -> [Organization] {
    var found: [Organization] = []
    try reader().forEachOrganization { if isIncluded($0.organization) { found.append($0.organization) } }
    return found
  }

  /// The organizations that a user is a member of.
  public func organizations(ofUser user: String) throws(OrgError) -> [Organization] {
    try reader().organizations(ofUser: user)
  }

  /// The members of an organization; none for an unknown one.
  public func users(of organization: String) throws(OrgError) -> [OrgUser] {
    try reader().members(of: organization)
  }

  /// The role of a user in an organization, `nil` where the user isn't a member.
  public func role(of user: String, in organization: String) throws(OrgError) -> Role? {
    try reader().role(of: user, in: organization)
  }

  // MARK: Organizations

  /// Creates an active organization without members.
  ///
  /// - Returns: its new id: in the files `org_` and a random UUID.
  /// - Throws: `invalidName` for an empty or too long name, `nameTaken` if another has it but for case
  ///   and surrounding white space; what `commit(_:)` throws.
  @discardableResult
  public func createOrganization(
    name: String, planTier: String = PlanTier.default
  ) throws(OrgError) -> String {
    let organization = Organization(
      id: try reader().rules.newID(), name: name, createdAt: .now(), planTier: planTier)
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
      guard let found = try find({ reader throws(OrgError) in try reader.organization(id: organization) })
      else { return .success(false) }
      let member = OrgUser(organizationID: organization, userID: user, role: role, joinedAt: .now())
      return attempt(ChangeSet([.addMember(member)])).flatMap { commit in
        guard commit.changes.isEmpty else { return .success(true) }
        return .failure(
          OrgError(
            .alreadyMember,
            "\(user.escapedForDisplay) is in \(found.name.escapedForDisplay) already, as \(role.title)."))
      }
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
      guard let role = try find({ reader throws(OrgError) in try reader.role(of: user, in: organization) })
      else { return .success(false) }
      let change = Change.removeMember(user: user, organization: organization, role: role)
      return attempt(ChangeSet([change], allowsOwnerless: allowingOwnerless)).map { _ in true }
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
      guard let present = try find({ reader throws(OrgError) in try reader.role(of: user, in: organization) })
      else { return .success(false) }
      let change = Change.setRole(user: user, organization: organization, from: present, to: role)
      return attempt(ChangeSet([change], allowsOwnerless: allowingOwnerless)).map { _ in true }
    }
  }

  // MARK: Any change set

  /// Commits a change set as a whole or not at all; see `OrgStore.commit`.
  @discardableResult
  public func commit(
    _ set: ChangeSet, waiting: (Contention) -> Bool = { _ in true }
  ) throws(OrgError) -> Commit {
    try store.commit(set, waiting: waiting)
  }

  /// Makes a change set of the data as they are, previews it, and commits it.
  ///
  /// If another program changes one of the values between reading and committing, the data are read again. If several
  /// processes change the data at once, and the store takes turns, it waits for its turn before it reads.
  ///
  /// - Parameters:
  ///   - isTrial: only find out what it would do.
  ///   - isAgreed: whether what a preview shows is to be committed. Where it isn't, nothing is changed: ask a person, who
  ///     takes as long as they like, and then `commit(_:waiting:)` the set.
  ///   - make: makes the changes; called again where it has to look again.
  /// - Throws: what `make`, `Preview.check()` and `commit(_:waiting:)` throw; `damagedData` while the data are damaged.
  @discardableResult
  public func edit(
    isTrial: Bool = false, committingIf isAgreed: (Preview) -> Bool = { _ in true },
    _ make: (any StoreReader) throws(OrgError) -> ChangeSet
  ) throws(OrgError) -> PreviewedEdit {
    try retryingConflicts { () throws(OrgError) in
      try takingTurn { () throws(OrgError) in
        let (set, reader) = try changes(isTrial: isTrial, make)
        let preview = try Preview(of: set, on: reader)
        try preview.check()
        guard !isTrial, isAgreed(preview) else {
          return .success(PreviewedEdit(set: set, preview: preview, commit: nil))
        }
        return attempt(set).map { PreviewedEdit(set: set, preview: preview, commit: $0) }
      }
    }
  }

  private func takingTurn<Value>(_ body: () throws(OrgError) -> Value) throws(OrgError) -> Value {
    guard let store = store as? any TurnTakingStore else { return try body() }
    return try store.takingTurns(waiting: { _ in true }, body)
  }

  /// Makes changes of the data. Another program that didn't know of the latest ones may have hidden what is looked for; a
  /// commit, even of nothing, puts that right.
  private func changes(
    isTrial: Bool, _ make: (any StoreReader) throws(OrgError) -> ChangeSet
  ) throws(OrgError) -> (ChangeSet, any StoreReader) {
    let reader = try reader()
    if let problem = reader.problems.first { throw problem.refusal }
    do throws(OrgError) {
      return (try make(reader), reader)
    } catch {
      guard error.code == .organizationNotFound || error.code == .memberNotFound, !isTrial,
        let synchronized = try? commit(ChangeSet([])).reader
      else { throw error }
      return (try make(synchronized), synchronized)
    }
  }

  // MARK: Undo and redo

  /// What happened to the data, newest first.
  public func history() throws(OrgError) -> [HistoryEntry] { try store.history() }

  /// The number of the newest generation of the history, which is what people call the generation of the data; `nil`
  /// where there is no history.
  public func newestGeneration() throws(OrgError) -> UInt64? { try store.newestGeneration() }

  /// A part of what happened, newest first; see `OrgStore`.
  public func history(
    from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try store.history(from: position, limit: limit)
  }

  /// What happened to some records or at some time, newest first; see `OrgStore`.
  public func history(
    matching filter: HistoryFilter, from position: HistoryCursor? = nil, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try store.history(matching: filter, from: position, limit: limit)
  }

  /// A generation of the history; `nil` where it isn't known.
  public func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try store.historyEntry(generation: generation)
  }

  /// The latest edit of a user that hasn't been undone, which is what `undo` takes back; `nil` if there is none.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try store.undoable(by: uid)
  }

  /// The latest undo of a user that hasn't been redone, and behind which the user edited nothing; what `redo`
  /// takes back.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try store.redoable(by: uid)
  }

  /// What undoes the latest edit of a user, and the generation that it is about.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  /// - Throws: `dataNotFound` if there is nothing to undo.
  public func undoing(by uid: UInt32?) throws(OrgError) -> (entry: HistoryEntry, set: ChangeSet) {
    guard let entry = try undoable(by: uid) else {
      throw OrgError(.dataNotFound, "There is nothing of yours to undo.")
    }
    return (entry, entry.inverse)
  }

  /// What redoes the latest undo of a user, and the generation that it is about.
  ///
  /// - Parameter uid: whose; `nil` for anybody's.
  /// - Throws: `dataNotFound` if there is nothing to redo.
  public func redoing(by uid: UInt32?) throws(OrgError) -> (entry: HistoryEntry, set: ChangeSet) {
    guard let entry = try redoable(by: uid) else {
      throw OrgError(.dataNotFound, "There is nothing of yours to redo.")
    }
    return (entry, entry.inverse)
  }

  /// What a change set that takes a generation back, or makes its changes again, would do to the data.
  ///
  /// - Throws: `dataNotFound` where something of the generation was erased; what `Preview.check()` throws.
  public func preview(_ set: ChangeSet, of entry: HistoryEntry) throws(OrgError) -> [RecordedChange] {
    if let obstacle = entry.obstacle { throw OrgError(.dataNotFound, obstacle) }
    let reader = try reader()
    guard set.takesBackRestore(try history(from: nil, limit: 32).entries) else {
      let preview = try Preview(of: set, on: reader)
      try preview.check()
      return preview.recorded
    }
    // All of it comes back, whatever rules it breaks.
    let names = Dictionary(
      entry.changes.map { ($0.change.organizationID, $0.organizationName) }, uniquingKeysWith: { $1 })
    return set.changes.map { RecordedChange($0, organizationName: names[$0.organizationID] ?? "") }
  }

  // MARK: Looking again

  private func update(
    _ values: [(field: OrganizationField, value: String?)], of organization: String
  ) throws(OrgError) -> Bool {
    try retryingConflicts { () throws(OrgError) in
      guard let present = try find({ reader throws(OrgError) in try reader.organization(id: organization) })
      else { return .success(false) }
      let set = ChangeSet(
        values.map {
          .setField($0.field, organization: organization, from: present[$0.field], to: $0.value)
        })
      return attempt(set).map { _ in true }
    }
  }

  /// Finds what an edit is about. Another program that didn't know of the latest changes may have hidden it for
  /// a moment: a commit, even of nothing, puts that right first.
  private func find<Value>(
    _ look: (any StoreReader) throws(OrgError) -> Value?
  ) throws(OrgError) -> Value? {
    if let found = try look(try reader()) { return found }
    return try look(try commit(ChangeSet([])).reader)
  }

  /// Commits a change set; a conflict is returned, so that the operation looks again.
  private func attempt(_ set: ChangeSet) -> Result<Commit, OrgError> {
    do throws(OrgError) {
      return .success(try commit(set))
    } catch {
      return .failure(error)
    }
  }

  /// Runs an operation again if another program changed a value between reading and committing: these operations set a
  /// value regardless of what it was before.
  ///
  /// - Parameter operation: returns what its commit threw, and throws what reading again wouldn't change.
  private func retryingConflicts<Value>(
    _ operation: () throws(OrgError) -> Result<Value, OrgError>
  ) throws(OrgError) -> Value {
    for _ in 0..<15 {
      let result = try operation()
      if case .failure(let error) = result, error.code == .conflict { continue }
      return try result.get()
    }
    return try operation().get()
  }
}

/// An edit that was made of the data as they were.
public struct PreviewedEdit: Sendable {
  /// The changes.
  public let set: ChangeSet
  /// What they would do to these data.
  public let preview: Preview
  /// What they did; `nil` where they weren't committed.
  public let commit: Commit?
}
