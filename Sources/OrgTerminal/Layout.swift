import OrgViewModel

/// How a screen of some size is divided.
struct Layout {
  /// Below this there is only a word about it.
  static let smallest = Size(columns: 40, rows: 10)
  /// From so many columns on, list and detail stand side by side.
  static let wide = 100

  let size: Size

  var isTooSmall: Bool { size.columns < Self.smallest.columns || size.rows < Self.smallest.rows }
  var isWide: Bool { size.columns >= Self.wide }
  /// An id of an organization has 40 cells; it should fit.
  var detailWidth: Int { isWide ? max(44, size.columns * 2 / 5) : size.columns }
  /// Beside it stand a line and the detail, where there is room.
  var listWidth: Int { isWide ? size.columns - detailWidth - 1 : size.columns }
  /// Rows between the header and the three lines at the bottom.
  var body: Range<Int> { 1..<max(1, size.rows - 3) }
  var filterRow: Int { size.rows - 3 }
  var statusRow: Int { size.rows - 2 }
  var hintRow: Int { size.rows - 1 }

  func viewport(helpLines: Int) -> Viewport {
    Viewport(
      isWide: isWide, listRows: body.count - 1, detailRows: body.count, helpRows: body.count - 1,
      helpLines: helpLines)
  }
}
