import OrgCore

/// The history as far as it has been read, in the order that was asked for.
package struct HistoryReading: Sendable {
  /// What is read of it.
  let filter: HistoryFilter
  private(set) var entries: [HistoryEntry] = []
  private var next: HistoryCursor?
  private var hasBegun = false

  init(_ filter: HistoryFilter) {
    self.filter = filter
  }

  /// Whether there is nothing beyond what was read.
  var isComplete: Bool { hasBegun && next == nil }

  /// Reads what happened since the last time.
  mutating func refresh(_ source: any ScreenSource) throws(OrgError) {
    if filter.order == .oldestFirst, hasBegun { return try refreshEnd(source) }
    let page = try source.history(matching: filter, from: nil, limit: 200)
    if hasBegun, let newest = entries.first, let place = page.entries.firstIndex(of: newest) {
      entries.insert(contentsOf: page.entries[..<place], at: 0)
    } else {
      (entries, next, hasBegun) = (page.entries, page.next, true)
    }
  }

  /// Reads what happened since the last time where that comes last; before the end was read, there is nothing to do.
  private mutating func refreshEnd(_ source: any ScreenSource) throws(OrgError) {
    guard isComplete else { return }
    var newest = filter
    newest.order = .newestFirst
    let page = try source.history(matching: newest, from: nil, limit: 200)
    if let last = entries.last, let place = page.entries.firstIndex(of: last) {
      entries += page.entries[..<place].reversed()
    } else if entries.last != page.entries.first {
      self = HistoryReading(filter)
      try refresh(source)
    }
  }

  /// Reads on, beyond what was read.
  mutating func readOn(_ source: any ScreenSource, limit: Int) throws(OrgError) {
    guard let next else { return }
    let page = try source.history(matching: filter, from: next, limit: limit)
    entries += page.entries
    self.next = page.next
  }
}
