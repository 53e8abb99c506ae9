import OrgCore

/// The rows of a screen beside that of the organizations: made off the screen's thread, as that costs time that
/// grows with the data, and shown as a whole.
protocol SheetRows: Sendable {
  /// How many rows there are.
  var count: Int { get }
  /// How many there would be without a filter.
  var total: Int { get }
  /// By what a row is found again; `nil` for one that can't be selected.
  func id(at row: Int) -> String?
  /// Where the row with an id stands.
  func row(of id: String) -> Int?
}

/// What a screen beside that of the organizations should show.
public struct SheetRequest: Sendable, Hashable {
  /// Rises with every request; what comes with a lower number than what is shown is dropped.
  public let serial: Int
  /// The screen, and what it is about.
  public let screen: Location.Screen
  /// What is filtered by: words that a row must have, whatever the case.
  public let query: String
  /// How many rows are enough, on screens that have no end in sight.
  public let extent: Int
}

/// A screen beside that of the organizations: rows that somebody else makes, and what is selected in them.
public struct Sheet: Sendable {
  /// The rows, ready to be looked at.
  public enum Content: Sendable {
    /// Those of `Location.Screen.history`.
    case history(HistoryRows)
    /// Those of `Location.Screen.overview`.
    case overview(OverviewRows)
    /// Those of `Location.Screen.users`.
    case users(UserRows)
    /// Those of `Location.Screen.person`.
    case person(PersonRows)

    var rows: any SheetRows {
      switch self {
      case .history(let rows): rows
      case .overview(let rows): rows
      case .users(let rows): rows
      case .person(let rows): rows
      }
    }
  }

  /// The screen with its filter and selection.
  public internal(set) var place: Location
  /// What is shown; `nil` until it comes for the first time.
  public private(set) var content: Content?
  /// What the content was asked for by.
  private var shown: SheetRequest?
  /// What was asked for last.
  var asked: SheetRequest?
  /// The selection in the detail, on screens that have one.
  var detail = Selection<Int>()
  /// The range that is being marked: where it began, and what was marked before.
  var range: (start: String, before: Set<String>)?
  /// Whether the last row is to be selected when it has been read.
  var seeksEnd = false
  /// What was selected when a filter began to be typed.
  var anchor: String?

  init(_ place: Location) {
    self.place = place
  }

  /// The screen, and what it is about.
  public var screen: Location.Screen { place.screen }
  /// How many rows there are.
  public var rowCount: Int { content?.rows.count ?? 0 }
  /// How many there would be without a filter.
  public var total: Int { content?.rows.total ?? 0 }
  /// The row with the selection, gone or not.
  public var selectedRow: Int { place.selection.row }
  /// Whether a filter was accepted whose rows aren't there yet.
  var awaitsRows: Bool { shown != nil && shown?.query != place.query }
  /// Whether what is shown is what was asked for last.
  var isCurrent: Bool { shown == asked }

  /// Whether a row is the one that keys are about.
  public func isSelected(_ row: Int) -> Bool { row == place.selection.row && !place.selection.isGone }

  /// The id of the row that keys are about, if there is one.
  var selectedID: String? { rowCount == 0 || place.selection.isGone ? nil : place.selection.id }

  /// Indices of the rows on the screen.
  ///
  /// - Parameter rows: how many it has room for.
  public func visible(_ rows: Int) -> Range<Int> {
    let top = min(place.selection.top, rowCount)
    return top..<min(rowCount, top + rows)
  }

  /// Selects a row, or the nearest that can be selected.
  mutating func select(_ row: Int, downwards: Bool, rows: Int) {
    guard let content = content?.rows else { return }
    let before = place.selection.id
    place.selection.select(row, downwards: downwards, rows: rows, of: content.count, id: content.id(at:))
    if place.selection.id != before { detail = Selection() }
  }

  /// Takes in rows. What is selected, and where it stands on the screen, stays on the same record.
  ///
  /// - Returns: false if they come too late.
  mutating func receive(_ new: Content, for request: SheetRequest, rows: Int) -> Bool {
    guard request.screen == screen, request.serial >= shown?.serial ?? 0 else { return false }
    let isFiltered = shown != nil && shown?.query != request.query
    content = new
    shown = request
    let rowsNow = new.rows
    let wanted = isFiltered ? anchor ?? place.selection.id : place.selection.id
    let old = place.selection
    if let wanted, let row = rowsNow.row(of: wanted) {
      // The first row on the screen stays there, or else what is new above it would never be seen.
      let top = old.top == 0 ? 0 : old.top + row - old.row
      select(row, downwards: true, rows: rows)
      place.selection.top = top
      place.selection.scroll(rows: rows, of: rowsNow.count)
    } else if isFiltered || old.id == nil || rowsNow.count == 0 {
      place.selection.id = nil
      place.selection.row = 0
      select(0, downwards: true, rows: rows)
    } else {
      place.selection.isGone = true
      place.selection.scroll(rows: rows, of: rowsNow.count)
    }
    return true
  }

  /// Waits no longer for what was asked for: it can't be had.
  mutating func giveUp() { shown = asked }

  /// Where keys go.
  var context: Context {
    switch screen {
    case .organizations: .list
    case .users: .users
    case .history: place.pane == .list ? .history : .entry
    case .overview: .overview
    case .person: .person
    }
  }

  /// Takes in how much fits on the screen.
  mutating func scroll(_ viewport: AppModel.Viewport) {
    place.selection.scroll(rows: viewport.listRows, of: rowCount)
  }
}

extension Array {
  /// The first place of an element for which something holds, where it holds for all behind it; else the end.
  func firstPlace(where holds: (Element) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = holds(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}

extension Array where Element: Comparable {
  /// Where an element stands in an array that rises.
  func row(of element: Element) -> Int? {
    let place = firstPlace { $0 >= element }
    return place < count && self[place] == element ? place : nil
  }
}
