/// Which row of a list is selected, by what it is and not only by where it stands, and which rows are on the
/// screen.
struct Selection<ID: Hashable & Sendable>: Sendable {
  /// What is selected; `nil` where there is nothing to select.
  var id: ID?
  /// Where it stands, or stood.
  var row = 0
  /// Whether what is selected has gone. Until the next move no row is selected, so that no key lands on what
  /// took its place.
  var isGone = false
  /// The first row on the screen.
  var top = 0

  /// Scrolls as little as is needed to have the row on the screen, and no empty space after the last.
  mutating func scroll(rows: Int, of count: Int) {
    row = min(max(0, row), max(0, count - 1))
    top = min(max(top, row - rows + 1), row)
    top = max(0, min(top, count - rows))
  }
}

extension Selection {
  /// The row that a move leads to, which may be outside the list.
  ///
  /// - Parameter rows: how many fit on the screen.
  func target(of motion: Motion, rows: Int, count: Int) -> Int {
    switch motion {
    // What took the place of something that is gone is where that was.
    case .down: isGone ? row : row + 1
    case .up: row - 1
    case .first: 0
    case .last: count - 1
    case .pageDown: row + max(1, rows - 1)
    case .pageUp: row - max(1, rows - 1)
    case .halfPageDown: row + max(1, rows / 2)
    case .halfPageUp: row - max(1, rows / 2)
    }
  }
}

extension Selection {
  /// Selects a row, or the nearest that can be selected, in the direction of the move first.
  ///
  /// - Parameters:
  ///   - rows: how many fit on the screen.
  ///   - id: what stands in a row; `nil` where that can't be selected.
  mutating func select(_ target: Int, downwards: Bool, rows: Int, of count: Int, id: (Int) -> ID?) {
    guard count > 0 else { return }
    let target = min(max(0, target), count - 1)
    func below() -> Int? { (target..<count).first { id($0) != nil } }
    func above() -> Int? { (0...target).last { id($0) != nil } }
    guard let place = downwards ? below() ?? above() : above() ?? below() else { return }
    row = place
    self.id = id(place)
    isGone = false
    scroll(rows: rows, of: count)
    // What stands above the first that can be selected is worth seeing with it.
    if place < rows, (0..<place).allSatisfy({ id($0) == nil }) { top = 0 }
  }
}
