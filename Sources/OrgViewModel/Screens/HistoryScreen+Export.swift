import OrgCore

// What is exported of the history: all that the filter finds, whether it has been read for the screen or not.
extension HistoryScreen {
  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    guard pane == .list else {
      guard let row = selectedEntry else { return nil }
      let columns = ["org_id", "name", "summary"]
      return ExportSource(subject: "changes", columns: columns) {
        (_, body: ([String?]) throws(OrgError) -> Void) throws(OrgError) in
        for change in row.entry.changes {
          try body([change.change.organizationID, change.organizationName, change.summary])
        }
      }
    }
    let columns = ["generation", "time", "who", "what"]
    guard markCount == 0 else { return exportSource("history", columns, numbers: ["generation"]) }
    guard list.count > 0 else { return nil }
    let entries = EntrySupply(
      all: subject.filter, found: HistoryQuery.filter(filter, of: filterInOrder, now: now(), zone: zone),
      zone: zone)
    return ExportSource(subject: "history", columns: columns, numbers: ["generation"]) {
      (access, body: ([String?]) throws(OrgError) -> Void) throws(OrgError) in
      try entries.forEach(of: access) { (row) throws(OrgError) in try body(Self.values(row)) }
    }
  }

  private var filterInOrder: HistoryFilter {
    var filter = subject.filter
    filter.order = order
    return filter
  }

  /// The values of a row.
  static func values(_ row: HistoryRows.Row) -> [String?] {
    ["\(row.entry.generation)", row.zone.fullText(row.entry.time), row.actor, row.text]
  }
}

/// Reads generations page by page, with what became of each.
private struct EntrySupply: Sendable {
  /// All of the subject.
  let all: HistoryFilter
  /// What of it is asked for.
  let found: HistoryFilter
  let zone: DisplayZone

  private static let page = 1000

  func forEach(
    of access: any ExportAccess, _ body: (HistoryRows.Row) throws(OrgError) -> Void
  ) throws(OrgError) {
    var reversals = ReversalReading(all)
    // What became of the oldest was done last.
    if found.order == .oldestFirst { try reversals.read(downTo: 0, access) }
    var position: HistoryCursor?
    repeat {
      let page = try access.history(matching: found, from: position, limit: Self.page)
      if found.order == .newestFirst, let oldest = page.entries.last?.generation {
        try reversals.read(downTo: oldest, access)
      }
      for entry in page.entries {
        guard let headline = found.place(in: entry) else { continue }
        try body(
          HistoryRows.Row(
            entry: entry, fate: reversals.fates[entry.generation], headline: headline, reversed: nil,
            zone: zone))
      }
      position = page.next
    } while position != nil
  }
}

/// What took generations back, as far as it has been read; of that only the fates are kept.
private struct ReversalReading {
  private(set) var fates = HistoryRows.Fates()
  private let filter: HistoryFilter
  private var position: HistoryCursor?
  private var oldest = UInt64.max
  private var isComplete = false

  init(_ all: HistoryFilter) {
    var filter = all
    filter.order = .newestFirst
    filter.terms = [QueryTerm(.kind(["undo", "redo", "foreign"]))]
    self.filter = filter
  }

  /// Reads what took back a generation and all later ones.
  mutating func read(downTo generation: UInt64, _ access: any ExportAccess) throws(OrgError) {
    while !isComplete, oldest > generation {
      let page = try access.history(matching: filter, from: position, limit: 1000)
      fates.add(page.entries)
      oldest = page.entries.last?.generation ?? oldest
      (position, isComplete) = (page.next, page.next == nil)
    }
  }
}
