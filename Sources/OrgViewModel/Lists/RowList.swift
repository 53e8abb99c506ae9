import OrgCore

/// The rows of a screen: made off the screen's thread, as that costs time that grows with the data, and shown as a whole.
package protocol ListRows: Sendable {
  /// How many rows there are.
  var count: Int { get }
  /// How many there would be without a filter.
  var total: Int { get }
  /// By what a row is found again; `nil` for one that can't be selected.
  func id(at row: Int) -> String?
  /// Where the row with an id is.
  func row(of id: String) -> Int?
  /// Whether a row isn't there yet, so that it isn't known what can be selected there.
  func isAwaited(_ row: Int) -> Bool
  /// Which of the rows on the screen aren't there yet; `nil` if all are.
  func missing(_ rows: Range<Int>) -> RowFetch?
  /// Whether the counts are estimates, as the rows are still being read.
  var isEstimated: Bool { get }
  /// The ids of all rows. May take a while, so it isn't asked on the screen's thread.
  func allIDs() throws(OrgError) -> [String]
}

extension ListRows {
  package func isAwaited(_ row: Int) -> Bool { false }
  package func missing(_ rows: Range<Int>) -> RowFetch? { nil }
  package var isEstimated: Bool { false }
  package func allIDs() throws(OrgError) -> [String] { (0..<count).compactMap(id(at:)) }
}

/// Where rows are made from, off the screen's thread.
package protocol ScreenSource {
  /// The data that are shown; `nil` until they have been read.
  var reader: (any StoreReader)? { get }
  /// Whether nothing else has been asked for since.
  var isWanted: Bool { get }
  /// Whether the same rows are still wanted, maybe of newer data; to be asked later, on any thread.
  var wantedness: @Sendable () -> Bool { get }
  /// A page of the history, newest first.
  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage
  /// Something that is costly to make, kept for the next request as long as every request uses it.
  ///
  /// - Parameter update: makes it from what was kept, if anything was.
  func cached<Value: Sendable>(_ key: String, _ update: (Value?) throws(OrgError) -> Value) throws(OrgError)
    -> Value
  /// Keeps what the request before used, without using it.
  func keep(_ key: String)
  /// Hands rows over; may be called several times, with more rows each time.
  func post(_ rows: any ListRows)
}

extension ScreenSource {
  package var wantedness: @Sendable () -> Bool { { true } }
}

/// The rows that a screen should have.
package struct ScreenRequest: Sendable {
  /// Rises with every request; what comes for a lower number than what is shown is dropped.
  package let serial: Int
  /// What the screen is and what it is about.
  package let identity: String
  /// What is filtered by.
  package let query: String
  /// What is sorted by, in words of the screen.
  package let order: String
  /// How many rows are enough, on screens that have no end in sight.
  package let extent: Int
  /// Users whom a directory knows by what is filtered by.
  package var directory = DirectoryTerms()
  /// Makes the rows. Costs time that grows with the data.
  package let load: @Sendable (any ScreenSource, ScreenRequest) throws(OrgError) -> Void
}

extension ScreenRequest: Hashable {
  /// Whether it is the same request.
  package static func == (left: Self, right: Self) -> Bool {
    left.serial == right.serial && left.identity == right.identity
  }

  /// By the number of the request.
  package func hash(into hasher: inout Hasher) { hasher.combine(serial) }
}

/// Rows, and what is selected and marked in them.
package struct RowList<Rows: ListRows>: Sendable {
  /// The rows, ready to be drawn; `nil` until they come for the first time.
  package private(set) var rows: Rows?
  /// The selection, the marks and the filter.
  var state = ListState<String, Set<String>>()
  /// What the rows were asked for by.
  private var shown: ScreenRequest?
  /// What was asked for last.
  private(set) var asked: ScreenRequest?
  /// What is wrong with the filter; the rows are those of the last good one then.
  var queryError: QueryError?
  /// What `n` looks for.
  var search = MatchSearch.State()
  /// How many rows fit on the screen.
  private var room = 1

  /// How many rows there are.
  package var count: Int { rows?.count ?? 0 }
  /// How many there would be without a filter.
  package var total: Int { rows?.total ?? 0 }
  /// The row with the selection, gone or not.
  package var selectedRow: Int { state.selection.row }
  /// The id of the row that keys are about, if there is one.
  package var selectedID: String? { count == 0 ? nil : state.selected }
  /// Whether a filter was accepted whose rows aren't there yet.
  var awaitsRows: Bool {
    shown != nil && shown?.query != state.filter && queryError == nil || search.awaited != nil
  }
  /// Whether what is shown is what was asked for last.
  var isCurrent: Bool { shown == asked }

  /// Whether a row is the one that keys are about.
  package func isSelected(_ row: Int) -> Bool { row == state.selection.row && !state.selection.isGone }
  /// Whether a row is marked.
  package func isMarked(_ row: Int) -> Bool {
    !state.marks.isEmpty && rows?.id(at: row).map(state.marks.contains) ?? false
  }
  /// Indices of the rows on the screen, which has room for so many.
  package func visible(_ room: Int) -> Range<Int> { state.visible(room, of: count) }

  /// Selects a row, or the nearest that can be selected.
  ///
  /// - Returns: whether another is selected now.
  @discardableResult
  mutating func select(_ row: Int, downwards: Bool, room: Int) -> Bool {
    self.room = room
    guard let rows else { return false }
    let before = state.selection.id
    let target = min(max(0, row), rows.count - 1)
    if target >= 0, rows.isAwaited(target) {
      (state.selection.id, state.selection.row, state.selection.isGone) = (nil, target, false)
      state.selection.scroll(rows: room, of: rows.count)
      return before != nil
    }
    state.selection.select(row, downwards: downwards, rows: room, of: rows.count, id: rows.id(at:))
    return state.selection.id != before
  }

  mutating func move(_ motion: Motion, room: Int) -> Bool {
    let target = state.selection.target(of: motion, rows: room, count: count)
    return select(target, downwards: target >= selectedRow, room: room)
  }

  /// Keeps the selected row on the screen. Before there are rows, its place is remembered.
  mutating func scroll(room: Int) {
    self.room = room
    if let rows { state.selection.scroll(rows: room, of: rows.count) }
  }

  mutating func ask(_ request: ScreenRequest) { asked = request }

  /// Waits no longer for what was asked for: it can't be had.
  mutating func giveUp() { shown = asked }

  /// Forgets the rows, to be remembered for the way back.
  func folded() -> Self {
    var folded = self
    (folded.rows, folded.shown, folded.asked) = (nil, nil, nil)
    (folded.state.range, folded.state.anchor) = (nil, nil)
    return folded
  }

  /// What is on the screen and isn't there yet.
  var missing: RowFetch? { rows?.missing(visible(room)) }

  /// Learns that rows were fetched.
  ///
  /// - Returns: whether another is selected now.
  mutating func receiveFetched(room: Int) -> Bool {
    guard state.selection.id == nil, count > 0 else { return false }
    return select(selectedRow, downwards: true, room: room)
  }

  /// Receives rows. What is selected, and its place on the screen, stays on the same record.
  ///
  /// - Returns: false if they come too late.
  mutating func receive(_ new: Rows, for request: ScreenRequest, room: Int) -> Bool {
    guard request.identity == asked?.identity, request.serial >= shown?.serial ?? 0 else { return false }
    let isFiltered = shown != nil && shown?.query != request.query
    if shown != nil, shown?.order != request.order, state.showsTop {
      (rows, shown, state.showsTop) = (new, request, false)
      state.selection = Selection()
      select(0, downwards: true, room: room)
      return true
    }
    let isAwaited = state.selection.id == nil && (rows?.isAwaited(selectedRow) ?? false)
    (rows, shown) = (new, request)
    let old = state.selection
    let wanted = isFiltered ? state.anchor ?? old.id : old.id
    if let wanted, let row = new.row(of: wanted) {
      // The first row on the screen stays there, or else what is new above it would never be seen.
      let top = old.top == 0 ? 0 : old.top + row - old.row
      select(row, downwards: true, room: room)
      state.selection.top = top
      scroll(room: room)
    } else if isAwaited, !isFiltered {
      select(old.row, downwards: true, room: room)
    } else if isFiltered || old.id == nil || new.count == 0 {
      (state.selection.id, state.selection.row) = (nil, 0)
      select(0, downwards: true, room: room)
    } else {
      state.selection.isGone = true
      scroll(room: room)
    }
    return true
  }
}

extension Array {
  /// The first place of an element for which something holds, where it holds for all after it; else the end.
  func firstPlace(where holds: (Element) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = holds(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}
