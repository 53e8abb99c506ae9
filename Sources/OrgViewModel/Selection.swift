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

  /// Scrolls as little as is needed to have the row on the screen, and no empty space behind the last.
  mutating func scroll(rows: Int, of count: Int) {
    row = min(max(0, row), max(0, count - 1))
    top = min(max(top, row - rows + 1), row)
    top = max(0, min(top, count - rows))
  }
}
