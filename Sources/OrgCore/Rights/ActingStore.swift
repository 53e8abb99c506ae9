import OrderedCollections
import Synchronization

extension OrgStore {
  /// The same data as a user may see them, with the changes that the user's roles allow; see ``Access``.
  ///
  /// - Parameter user: the user's id, to the letter. One who is in no organization sees none.
  public func acting(as user: String) -> any OrgStore { ActingStore(self, .user(user)) }
}

/// A store with the rights of a user. It shows the organizations that the user may look at, with their members and what
/// happened to them, and commits what the user's roles allow at that moment.
///
/// What a role doesn't allow isn't there: readers hold nothing else, whatever they are asked. Changes are checked where
/// they are committed, by the store underneath, on the data as they are then.
final class ActingStore<Base: OrgStore>: OrgStore {
  private let base: Base
  private let access: Access
  private let latest = Mutex<(base: any StoreReader, shown: MemoryReader)?>(nil)

  init(_ base: Base, _ access: Access) { (self.base, self.access) = (base, access) }

  var readOnlyReason: String? { base.readOnlyReason }

  // MARK: Reading

  func reader() throws(OrgError) -> any StoreReader { try shown(of: try base.reader()) }

  /// What may be seen of the data. Organizations that haven't changed since the last time aren't read again.
  private func shown(of reader: any StoreReader) throws(OrgError) -> MemoryReader {
    let earlier = latest.withLock { $0 }
    if let earlier, earlier.base.revision == reader.revision, earlier.base.problems == reader.problems {
      return earlier.shown
    }
    let difference = try earlier.flatMap { (earlier) throws(OrgError) in
      try reader.difference(since: earlier.base)
    }
    var hiddenBilling: Set<String> = []
    var records = OrderedDictionary<String, MemoryReader.Record>()
    for membership in try reader.memberships(of: access.user ?? "") {
      let (organization, role) = (membership.organization, membership.member.role)
      guard Access.allows(.look, to: role) else { continue }
      let seesBilling = Access.allows(.billing, to: role)
      if !seesBilling { hiddenBilling.insert(organization.id) }
      if let difference, !difference.changed.contains(organization.id), let earlier,
        earlier.shown.summary.hiddenBilling.contains(organization.id) != seesBilling,
        let known = earlier.shown.records[organization.id]
      {
        records[organization.id] = known
      } else {
        records[organization.id] = MemoryReader.Record(
          organization: seesBilling ? organization : organization.withoutBilling,
          members: try reader.members(of: organization.id))
      }
    }
    let shown = MemoryReader(
      records, revision: reader.revision, rules: reader.rules,
      problems: reader.problems.map(\.withoutDetails),
      recordProblems: reader.summary.recordProblems.filter { problem in
        problem.organization.map { records[$0] != nil } ?? false
      }, access: access, hiddenBilling: hiddenBilling)
    latest.withLock { $0 = (reader, shown) }
    return shown
  }

  // MARK: Committing

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    var set = set
    set.access = access
    let commit: Commit
    do throws(OrgError) {
      commit = try base.commit(set, waiting: waiting)
    } catch {
      // What is damaged may be of other organizations, unless it is a record that the user may change otherwise.
      let isAboutRecord = (try? base.reader().problems.isEmpty) ?? false
      guard error.code == .damagedData, !isAboutRecord else { throw error }
      throw OrgError(
        .damagedData,
        "Nothing is changed while the data are damaged. Ask a platform admin to repair them.")
    }
    return Commit(changes: commit.changes) { [self] in
      let reader = commit.reader
      return (try? shown(of: reader)) ?? latest.withLock { $0?.shown } ?? MemoryReader.unread
    }
  }

  // MARK: History

  /// What may be seen of the history now.
  private func view() throws(OrgError) -> HistoryView {
    HistoryView(try shown(of: try base.reader()), user: access.user ?? "")
  }

  func history() throws(OrgError) -> [HistoryEntry] {
    let view = try view()
    return try base.history().compactMap(view.visible)
  }

  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try history(matching: filter, from: position, limit: limit, in: try view())
  }

  private func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int, in view: HistoryView
  ) throws(OrgError) -> HistoryPage {
    guard !view.isEmpty else { return HistoryPage(entries: [], next: nil) }
    var asked = filter
    // The store underneath would leave out what has them in a hidden part.
    asked.terms.removeAll { $0.isNegated && $0.condition.isAboutChanges }
    // Others are left out anyway.
    if asked.organization == nil { asked.organization = view.onlyOrganization }
    let page = try base.history(matching: asked, from: position, limit: limit)
    // What is hidden must not decide whether an entry is found.
    return HistoryPage(
      entries: page.entries.compactMap(view.visible).filter(filter.includes), next: page.next)
  }

  func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try base.historyEntry(generation: generation).flatMap(try view().visible)
  }

  func newestGeneration() throws(OrgError) -> UInt64? { try base.newestGeneration() }

  func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    return try firstEntry { search.isUndoable($0) ? true : nil }
  }

  func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    return try firstEntry {
      switch search.redo($0) {
      case .found: true
      case .none: false
      case .goOn: nil
      }
    }
  }

  /// The newest entry of the user's own for which an answer is `true`; `nil` if it is `false` for one before.
  private func firstEntry(_ isWanted: (HistoryEntry) -> Bool?) throws(OrgError) -> HistoryEntry? {
    let view = try view()
    var position: HistoryCursor?
    repeat {
      let page = try history(matching: HistoryFilter(), from: position, limit: 1000, in: view)
      for entry in page.entries where entry.actor.actingAs == access.user {
        if let answer = isWanted(entry) { return answer ? entry : nil }
      }
      position = page.next
    } while position != nil
    return nil
  }
}

extension ActingStore: ProgressReportingStore where Base: ProgressReportingStore {
  var readingProgress: ReadingProgress { base.readingProgress }
  /// Who may look at an organization is known once its members are.
  func readerAhead() -> (any StoreReader)? { nil }
}

extension ActingStore: MaintainableStore where Base: MaintainableStore {
  func maintain(waiting: (Contention) -> Bool) throws(OrgError) -> Maintenance {
    let maintenance = try base.maintain(waiting: waiting)
    let shown = try shown(of: maintenance.reader)
    let view = HistoryView(shown, user: access.user ?? "")
    return Maintenance(reader: shown, entries: maintenance.entries.compactMap(view.visible))
  }

  var leaseObstacle: String? { base.leaseObstacle }
}

extension ActingStore: TurnTakingStore where Base: TurnTakingStore {
  func takingTurns<Value>(
    waiting: (Contention) -> Bool, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value { try base.takingTurns(waiting: waiting, body) }
}

extension ActingStore: WaitReportingStore where Base: WaitReportingStore {
  func observeWaiting(_ observer: @escaping @Sendable (Contention) -> Void) { base.observeWaiting(observer) }
}

extension ActingStore: RemoteStore where Base: RemoteStore {
  func feed(
    changed: @escaping @Sendable () -> Void, became: @escaping @Sendable (Liveness) -> Void
  ) -> any ChangeFeed { base.feed(changed: changed, became: became) }

  var connectionWarning: String? { base.connectionWarning }

  func observeReplica(_ became: @escaping @Sendable (String?) -> Void) { base.observeReplica(became) }
}

extension DataProblem {
  /// The organization that it is about; `nil` if it is about all of the data.
  fileprivate var organization: String? {
    switch scope {
    case .everything: nil
    case .organization(let id), .members(let id), .member(_, let id): id
    }
  }

  /// The same without values of the data, which may be of other organizations.
  fileprivate var withoutDetails: DataProblem {
    DataProblem(
      place: "The data", reason: kind == .invalid ? "ask a platform admin to repair them" : reason,
      scope: scope,
      kind: kind)
  }
}
