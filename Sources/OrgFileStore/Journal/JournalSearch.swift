import Glibc
import OrgCore
import SystemPackage

/// Searches the journal. The part that isn't in the index is scanned from the end, and the rest is looked up in the
/// index. Without an index, the whole journal is scanned.
final class JournalSearch {
  private let journal: Descriptor
  private let calls: SystemCalls
  private let index: JournalIndex?

  /// - Throws: an error if the journal can't be opened.
  init(_ indexer: JournalIndexer, usesIndex: Bool) throws(SystemCallError) {
    calls = indexer.directory.calls
    journal = try calls.open("journal", in: indexer.space, O_RDONLY | O_DIRECTORY)
    index = usesIndex ? JournalIndex(in: indexer.space, of: indexer.journal, calls) : nil
  }

  /// A page of the history, in the order that the filter asks for.
  func page(
    _ filter: HistoryFilter, from place: Journal.Place?, limit: Int
  ) throws(SystemCallError) -> HistoryPage {
    if filter.order == .oldestFirst { return try forwardPage(filter, from: place, limit: limit) }
    var entries: [HistoryEntry] = []
    var next: Journal.Place?
    try Journal.scanBackwards(journal, calls, from: place, downTo: index?.end) { line in
      guard let entry = line.record.entry, filter.includes(entry) else { return true }
      guard entries.count < limit else {
        next = Journal.Place(segment: line.segment, offset: line.range.upperBound + 1)
        return false
      }
      entries.append(entry)
      return true
    }
    guard next == nil, let index else { return HistoryPage(entries: entries, next: next?.position) }
    var line = try lookingUp { () throws(DatabaseError) in try place.map(index.line(after:)) ?? Int64.max }
    while true {
      let wanted = min(limit - entries.count, 1000) + 1
      let found = try lookingUp { () throws(DatabaseError) in
        try index.lines(filter, beyond: line, limit: wanted)
      }
      for address in found {
        guard let entry = try read(address).entry, filter.includes(entry) else { continue }
        guard entries.count < limit else {
          let next = Journal.Place(segment: address.segment, offset: address.range.upperBound + 1)
          return HistoryPage(entries: entries, next: next.position)
        }
        entries.append(entry)
      }
      guard found.count == wanted, let last = found.last else {
        return HistoryPage(entries: entries, next: nil)
      }
      line = last.line
    }
  }

  /// A page of the history, oldest first: what is in the index, then the part that isn't, which is short.
  private func forwardPage(
    _ filter: HistoryFilter, from place: Journal.Place?, limit: Int
  ) throws(SystemCallError) -> HistoryPage {
    var entries: [HistoryEntry] = []
    let first = place ?? Journal.Place(segment: "", offset: 0)
    if let index, first < index.end {
      // The line before the first one of the page.
      var line = try lookingUp { () throws(DatabaseError) in
        try place.map(index.line(after:)).map { $0 - 1 } ?? .min
      }
      while true {
        let wanted = min(limit - entries.count, 1000) + 1
        let found = try lookingUp { () throws(DatabaseError) in
          try index.lines(filter, beyond: line, limit: wanted)
        }
        for address in found {
          guard let entry = try read(address).entry, filter.includes(entry) else { continue }
          guard entries.count < limit else {
            let next = Journal.Place(segment: address.segment, offset: address.range.lowerBound)
            return HistoryPage(entries: entries, next: next.position)
          }
          entries.append(entry)
        }
        guard found.count == wanted, let last = found.last else { break }
        line = last.line
      }
    }
    var rest: [(entry: HistoryEntry, place: Journal.Place)] = []
    try Journal.scanBackwards(journal, calls, downTo: max(index?.end ?? first, first)) { line in
      if let entry = line.record.entry, filter.includes(entry) {
        rest.append((entry, Journal.Place(segment: line.segment, offset: line.range.lowerBound)))
      }
      return true
    }
    for (entry, place) in rest.reversed() {
      guard entries.count < limit else { return HistoryPage(entries: entries, next: place.position) }
      entries.append(entry)
    }
    return HistoryPage(entries: entries, next: nil)
  }

  /// The entry of a generation; `nil` if there is none.
  func entry(_ generation: UInt64) throws(SystemCallError) -> HistoryEntry? {
    var found: HistoryEntry?
    try Journal.scanBackwards(journal, calls, downTo: index?.end) { line in
      // Generations increase by one with each line, except for checkpoints.
      if line.record.generation == generation { found = line.record.entry }
      return found == nil && line.record.generation >= generation
    }
    guard found == nil, let index else { return found }
    let lines = try lookingUp { () throws(DatabaseError) in try index.lines(of: generation) }
    for address in lines {
      if let entry = try read(address).entry { return entry }
    }
    return nil
  }

  /// The generation of the data at a time; `nil` if the journal doesn't go back that far.
  func generation(at time: Timestamp) throws(SystemCallError) -> UInt64? {
    var found: UInt64?
    try Journal.scanBackwards(journal, calls, downTo: index?.end) { line in
      if (Timestamp(line.record.time) ?? time) <= time { found = line.record.generation }
      return found == nil
    }
    guard found == nil, let index else { return found }
    let address = try lookingUp { () throws(DatabaseError) in try index.line(at: time) }
    return try address.map { address throws(SystemCallError) in try read(address).generation }
  }

  /// A user's latest edit that hasn't been undone.
  func undoable(by uid: UInt32?) throws(SystemCallError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    var found: HistoryEntry?
    try Journal.scanBackwards(journal, calls, downTo: index?.end) { line in
      if let entry = line.record.entry, search.isUndoable(entry) { found = entry }
      return found == nil
    }
    guard found == nil, let index else { return found }
    let address = try lookingUp { () throws(DatabaseError) in
      try index.undoable(by: uid, search.isUndone)
    }
    return try address.map { address throws(SystemCallError) in try read(address) }?.entry
  }

  /// A user's latest undo that hasn't been redone.
  func redoable(by uid: UInt32?) throws(SystemCallError) -> HistoryEntry? {
    var search = UndoSearch(uid: uid)
    var found: HistoryEntry?
    var isOver = false
    try Journal.scanBackwards(journal, calls, downTo: index?.end) { line in
      guard let entry = line.record.entry else { return true }
      switch search.redo(entry) {
      case .found: found = entry
      case .none: isOver = true
      case .goOn: return true
      }
      return false
    }
    guard found == nil, !isOver, let index else { return found }
    let address = try lookingUp { () throws(DatabaseError) in
      try index.redoable(by: uid, search.isUndone)
    }
    return try address.map { address throws(SystemCallError) in try read(address) }?.entry
  }

  /// The line at an address.
  ///
  /// - Throws: an error if the journal can't be read, or has a different line there because the index is wrong.
  private func read(_ address: JournalIndex.Address) throws(SystemCallError) -> JournalRecord {
    do throws(SystemCallError) {
      let file = try Segment(address.segment, journal, calls)
      if address.range.upperBound <= file.size,
        let line = Journal.decode(try file.read(address.range, calls)[...]),
        line.record.generation == address.generation
      {
        return line.record
      }
    } catch  where error.errno == .noSuchFileOrDirectory {}
    throw SystemCallError.ofIndex
  }

  private func lookingUp<Result>(
    _ body: () throws(DatabaseError) -> Result
  ) throws(SystemCallError) -> Result {
    do throws(DatabaseError) {
      return try body()
    } catch {
      throw SystemCallError.ofIndex
    }
  }
}

extension SystemCallError {
  /// The error for an index that is wrong or can't be read.
  fileprivate static var ofIndex: Self {
    Self(call: "read", subject: JournalIndex.name, errno: .badMessage)
  }

  var isOfIndex: Bool { subject == JournalIndex.name }
}

extension Journal.Place {
  /// The place that a page ended at; `nil` for a cursor of another store.
  init?(_ cursor: HistoryCursor) {
    let parts = cursor.text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let offset = Int(parts[1]) else { return nil }
    self.init(segment: String(parts[0]), offset: offset)
  }

  fileprivate var position: HistoryCursor { HistoryCursor("\(segment) \(offset)") }
}
