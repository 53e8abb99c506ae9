// What a store answers about its history that has no cheaper way than to look through all of it.
extension OrgStore {
  /// Cuts a page out of `history()`.
  public func history(
    from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try history(matching: HistoryFilter(), from: position, limit: limit)
  }

  /// Looks for a page in `history()`.
  public func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    let newestFirst = try history()
    let all = filter.order == .newestFirst ? newestFirst : newestFirst.reversed()
    var offset = max(0, position.flatMap { Int($0.text) } ?? 0)
    var entries: [HistoryEntry] = []
    while offset < all.count, entries.count < limit {
      if filter.includes(all[offset]) { entries.append(all[offset]) }
      offset += 1
    }
    return HistoryPage(
      entries: entries, next: offset < all.count ? HistoryCursor(String(offset)) : nil)
  }

  /// Looks for a generation in `history()`.
  public func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try history().first { $0.generation == generation }
  }

  /// Looks at the newest entry of the history.
  public func newestGeneration() throws(OrgError) -> UInt64? {
    try history(from: nil, limit: 1).entries.first?.generation
  }

  /// Works out from `history()` what can be undone.
  public func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    for entry in try history() where search.isUndoable(entry) { return entry }
    return nil
  }

  /// Works out from `history()` what can be redone.
  public func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    for entry in try history() {
      switch search.redo(entry) {
      case .found: return entry
      case .none: return nil
      case .goOn: continue
      }
    }
    return nil
  }
}

/// Looks through the history, newest first, for what can be undone or redone.
///
/// Each undo takes a generation away, and each redo gives it back: what was done to it last counts, and that comes first.
package struct UndoSearch {
  /// Whose changes; `nil` for anybody's.
  private let uid: UInt32?
  /// The generations that were undone or redone, and whether they are undone now.
  package private(set) var isUndone: [UInt64: Bool] = [:]

  /// Looks for changes of a user; `nil` for anybody's.
  package init(uid: UInt32?) {
    self.uid = uid
  }

  /// Whether an entry is what can be undone; the next older one is to be looked at if it isn't.
  package mutating func isUndoable(_ entry: HistoryEntry) -> Bool {
    guard uid == nil || entry.actor.uid == uid else { return false }
    note(entry)
    return switch entry.kind {
    case .edit, .restore: isUndone[entry.generation] != true && entry.isInvertible
    case .undo, .redo, .foreign, .repair, .erase: false
    }
  }

  /// What an entry says about what can be redone.
  package enum Redo {
    /// It is what can be redone.
    case found
    /// Nothing can be redone, for the user edited something since.
    case none
    /// It says nothing: the next older one is to be looked at.
    case goOn
  }

  /// Whether an entry is what can be redone.
  package mutating func redo(_ entry: HistoryEntry) -> Redo {
    guard uid == nil || entry.actor.uid == uid else { return .goOn }
    note(entry)
    return switch entry.kind {
    case .undo(let generation): isUndone[generation] == true && entry.obstacle == nil ? .found : .goOn
    case .edit, .restore: .none
    case .redo, .foreign, .repair, .erase: .goOn
    }
  }

  private mutating func note(_ entry: HistoryEntry) {
    switch entry.kind {
    case .undo(let generation) where isUndone[generation] == nil: isUndone[generation] = true
    case .redo(let generation) where isUndone[generation] == nil: isUndone[generation] = false
    default: break
    }
  }
}
