import OrgViewModel

/// The layout of a screen of a given size.
struct Layout {
  /// Below this size, only a message is shown.
  static let smallest = Size(columns: 40, rows: 10)
  /// From this number of columns on, the list and the detail pane are side by side.
  static let wide = 100

  let size: Size

  var isTooSmall: Bool { size.columns < Self.smallest.columns || size.rows < Self.smallest.rows }
  var isWide: Bool { size.columns >= Self.wide }
  /// Wide enough for an organization's ID, which takes 40 cells.
  var detailWidth: Int { isWide ? max(44, size.columns * 2 / 5) : size.columns }
  /// Leaves room for a separator and the detail pane, if these are beside the list.
  var listWidth: Int { isWide ? size.columns - detailWidth - 1 : rowWidth }
  /// Where rows end that have the screen to themselves. The margin of a usual terminal keeps a move of the selection within
  /// 200 bytes.
  var rowWidth: Int { (60..<Self.wide).contains(size.columns) ? size.columns - 2 : size.columns }
  /// The rows between the header and the three lines at the bottom.
  var body: Range<Int> { 1..<max(1, size.rows - 3) }
  var filterRow: Int { size.rows - 3 }
  var statusRow: Int { size.rows - 2 }
  var hintRow: Int { size.rows - 1 }

  func viewport() -> Viewport {
    Viewport(
      isWide: isWide, listRows: body.count - 1, detailRows: body.count, helpRows: body.count - 1,
      columns: size.columns)
  }
}
