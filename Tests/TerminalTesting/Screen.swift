/// What a terminal shows at one moment.
public struct Screen: Sendable, CustomStringConvertible {
  /// One position of the grid.
  public struct Cell: Sendable, Equatable {
    /// The character with its combining marks; a space where nothing was drawn, empty on the right half
    /// of a wide character.
    public let text: String
    /// 1 or 2 columns, 0 on the right half of a wide character.
    public let width: Int
    /// Foreground and background are swapped.
    public let reverse: Bool
    /// Drawn bold.
    public let bold: Bool
    /// Drawn with less contrast.
    public let dim: Bool
    /// Drawn with any kind of underline.
    public let underline: Bool
    /// An index into the palette of 256, `0x1RRGGBB` for a direct color, nil for the default.
    public let foreground: Int?
    /// An index into the palette of 256, `0x1RRGGBB` for a direct color, nil for the default.
    public let background: Int?
  }

  /// The rows from the top, without their trailing blanks; a wide character stands there once.
  public let lines: [String]
  /// Where the cursor stands, counted from 0.
  public let cursor: (row: Int, column: Int)
  /// Whether the cursor is shown.
  public let cursorVisible: Bool
  /// Whether the alternate screen is shown, the one that full-screen programs draw on.
  public let isAlternate: Bool
  private let cells: [[Cell]]

  init(cells: [[Cell]], cursor: (row: Int, column: Int), cursorVisible: Bool, isAlternate: Bool) {
    self.cells = cells
    self.cursor = cursor
    self.cursorVisible = cursorVisible
    self.isAlternate = isAlternate
    lines = cells.map { row in
      let end = row.lastIndex { $0.text != " " && $0.width > 0 } ?? -1
      return row[...end].map(\.text).joined()
    }
  }

  /// All lines, joined by line feeds.
  public var text: String { lines.joined(separator: "\n") }

  /// The number of rows of the grid.
  public var rows: Int { cells.count }

  /// The number of columns of the grid.
  public var columns: Int { cells.first?.count ?? 0 }

  /// The cell at a position counted from 0, which must be on the grid.
  public func cell(row: Int, column: Int) -> Cell { cells[row][column] }

  /// The first row that shows a text.
  public func row(containing text: String) -> Int? { lines.firstIndex { $0.contains(text) } }

  /// The screen in a frame with its size and state, for failure messages.
  public var description: String {
    let state =
      "\(columns)x\(rows), cursor \(cursorVisible ? "visible" : "hidden") at row \(cursor.row),"
      + " column \(cursor.column), \(isAlternate ? "alternate" : "primary") screen"
    let blank = lines.reversed().prefix { $0.isEmpty }.count
    let shown = lines.dropLast(blank).map { "|" + $0 }
    return ([state] + shown + (blank > 0 ? ["(\(blank) blank rows)"] : [])).joined(separator: "\n")
  }
}
