import Glibc
import OrgCore
import SystemPackage

/// Reads the history, as the journal and its index tell it, without the lock.
struct HistoryReader {
  let directory: DataDirectory
  /// Whether the index may not be written.
  let isReadOnly: Bool

  /// Every generation that the journal has, newest first; those before it are unknown.
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

  /// A part of the history, found by the index of the journal.
  func history(
    matching filter: HistoryFilter, from position: HistoryPage.Position?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    guard limit > 0 else { return HistoryPage(entries: [], next: position) }
    let place = position.map { Journal.Place(segment: $0.place, offset: $0.offset) }
    return try searching(usesIndex: !filter.isEmpty) { search throws(SystemCallError) in
      try search.page(filter, from: place, limit: limit)
    } ?? HistoryPage(entries: [], next: nil)
  }

  /// A generation of the history; `nil` where the journal doesn't have it.
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

  /// The latest edit of a user that hasn't been undone; see `OrgManager`.
  func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try searching { search throws(SystemCallError) in try search.undoable(by: uid) } ?? nil
  }

  /// The latest undo of a user that hasn't been redone; see `OrgManager`.
  func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry? {
    try searching { search throws(SystemCallError) in try search.redoable(by: uid) } ?? nil
  }

  /// The generation that the data had at a time; `nil` where the journal doesn't reach back there.
  func generation(at time: Timestamp) throws(OrgError) -> UInt64? {
    try searching { search throws(SystemCallError) in try search.generation(at: time) } ?? nil
  }

  /// Bytes of the journal that are looked through without an index: beyond that, it is brought up to date first.
  private static let limitWithoutIndex = 1 << 18

  /// Looks for something in the journal, by its index if there is one; `nil` where there is no journal.
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

  /// Gives access to the journal; `nil` where there is none yet.
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
