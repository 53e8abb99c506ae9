import OrgCore

/// The history as far as it has been read, newest first.
package struct HistoryReading: Sendable {
  /// What is read of it.
  let filter: HistoryFilter
  private(set) var entries: [HistoryEntry] = []
  private var next: HistoryCursor?
  private var hasBegun = false

  init(_ filter: HistoryFilter) {
    self.filter = filter
  }

  /// Whether there is nothing before what was read.
  var isComplete: Bool { hasBegun && next == nil }

  /// Reads what happened since the last time.
  mutating func refresh(_ source: any ScreenSource) throws(OrgError) {
    let page = try source.history(matching: filter, from: nil, limit: 200)
    if hasBegun, let newest = entries.first, let place = page.entries.firstIndex(of: newest) {
      entries.insert(contentsOf: page.entries[..<place], at: 0)
    } else {
      (entries, next, hasBegun) = (page.entries, page.next, true)
    }
  }

  /// Reads on into the past.
  mutating func readOn(_ source: any ScreenSource, limit: Int) throws(OrgError) {
    guard let next else { return }
    let page = try source.history(matching: filter, from: next, limit: limit)
    entries += page.entries
    self.next = page.next
  }
}
