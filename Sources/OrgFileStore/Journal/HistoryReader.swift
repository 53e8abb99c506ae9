import Glibc
import OrgCore
import SystemPackage

/// Reads the history from the journal and its index, without taking the lock.
struct HistoryReader {
  let directory: DataDirectory
  /// Whether the index must not be written.
  let isReadOnly: Bool

  /// All generations in the journal, newest first. Earlier ones are unknown.
  func history() throws(OrgError) -> [HistoryEntry] {
    try readingJournal { (journal, calls) throws(SystemCallError) in
      var entries: [HistoryEntry] = []
      try Journal.scanBackwards(journal, calls) { line in
        if let entry = line.record.entry { entries.append(entry) }
        return true
      }
      return entries
    } ?? []
  }

  /// A page of the history, found through the journal's index.
  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    guard limit > 0 else { return HistoryPage(entries: [], next: position) }
    let place = position.flatMap(Journal.Place.init)
    return try searching(usesIndex: !filter.isEmpty || filter.order == .oldestFirst) {
      search throws(SystemCallError) in
      try search.page(filter, from: place, limit: limit)
    } ?? HistoryPage(entries: [], next: nil)
  }

  /// A generation of the history; `nil` if it isn't in the journal.
  func entry(generation: UInt64) throws(OrgError) -> HistoryEntry? {
    try searching { search throws(SystemCallError) in try search.entry(generation) } ?? nil
  }

  /// The number of the newest generation of the history; `nil` before the first change.
  func newestGeneration() throws(OrgError) -> UInt64? {
    let newest = try readingJournal { (journal, calls) throws(SystemCallError) in
      try Journal.newest(journal, calls)
    }
    if let newest = newest ?? nil { return newest.generation == 0 ? nil : newest.generation }
    // The last line can't be read.
    return try history(matching: HistoryFilter(), from: nil, limit: 1).entries.first?.generation
  }

  /// A user's latest edit that hasn't been undone; see `OrgManager`.
  func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try searching { search throws(SystemCallError) in try search.undoable(by: uid) } ?? nil
  }

  /// A user's latest undo that hasn't been redone; see `OrgManager`.
  func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try searching { search throws(SystemCallError) in try search.redoable(by: uid) } ?? nil
  }

  /// The generation of the data at a time; `nil` if the journal doesn't go back that far.
  func generation(at time: Timestamp) throws(OrgError) -> UInt64? {
    try searching { search throws(SystemCallError) in try search.generation(at: time) } ?? nil
  }

  /// How many bytes of the journal may be scanned without the index. If there are more, the index is updated first.
  private static let limitWithoutIndex = 1 << 18

  /// Searches the journal, using its index if there is one; `nil` if there is no journal.
  private func searching<Result>(
    usesIndex: Bool = true, _ body: (JournalSearch) throws(SystemCallError) -> Result
  ) throws(OrgError) -> Result? {
    guard let indexer = JournalIndexer(directory) else { return nil }
    do {
      if usesIndex {
        if !isReadOnly, indexer.isBehind(Self.limitWithoutIndex) { indexer.update() }
        do {
          return try body(JournalSearch(indexer, usesIndex: true))
        } catch  where error.isOfIndex {
          if !isReadOnly { indexer.discard() }
        }
      }
      return try body(JournalSearch(indexer, usesIndex: false))
    } catch {
      throw OrgError(error, "The journal in \(directory.path.escapedForDisplay) can't be read")
    }
  }

  /// Opens the journal and passes it to the body; `nil` if it doesn't exist yet.
  func readingJournal<Result>(
    _ body: (borrowing Descriptor, SystemCalls) throws(SystemCallError) -> Result
  ) throws(OrgError) -> Result? {
    guard
      let space = try? directory.calls.open(
        DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY),
      let journal = try? directory.calls.open("journal", in: space, O_RDONLY | O_DIRECTORY)
    else { return nil }
    do {
      return try body(journal, directory.calls)
    } catch {
      throw OrgError(error, "The journal in \(directory.path.escapedForDisplay) can't be read")
    }
  }
}
