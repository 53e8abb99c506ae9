/// What a screen shows at one moment: lines of styled text, and where the cursor stands. Knows no
/// terminal; whoever draws it finds out what differs from the frame before.
package struct Frame: Sendable, Equatable {
  /// Columns and rows that it was made for.
  package var size: Size
  /// From top to bottom, as many as `size` has rows. A line may be shorter than the screen, never longer.
  package var lines: [[Span]]
  /// Where the hardware cursor stands; `nil` hides it.
  package var cursor: Position?

  /// An empty frame.
  package init(size: Size) {
    self.size = size
    self.lines = Array(repeating: [], count: size.rows)
  }
}

/// Columns and rows of a screen.
package struct Size: Sendable, Hashable {
  /// Cells across.
  package var columns: Int
  /// Cells down.
  package var rows: Int

  /// A size in cells.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// A cell of a screen, counted from zero at the upper left.
package struct Position: Sendable, Hashable {
  /// Cells from the left.
  package var column: Int
  /// Cells from the top.
  package var row: Int

  /// A cell by its column and row.
  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A run of text in one style. The text is plain (`Unicode.Scalar.isPlain`): what could act on the
/// terminal was escaped before it came here.
package struct Span: Sendable, Hashable {
  /// The text, as wide as its cells.
  package var text: String
  /// How it looks.
  package var style: Style

  /// Text in a style.
  package init(_ text: String, _ style: Style = Style()) {
    self.text = text
    self.style = style
  }
}

/// How text looks, in the terminal's own 16 colors.
package struct Style: Sendable, Hashable {
  /// The terminal's colors by their usual names; what they look like is the user's choice.
  package enum Color: Int16, Sendable, Hashable, CaseIterable {
    /// The color of text, or of the background, that the terminal starts with.
    case standard = -1
    // The eight colors that every terminal with colors has, in their usual order.
    case black, red, green, yellow, blue, magenta, cyan, white
  }

  /// The color of the text.
  package var foreground = Color.standard
  /// The color behind it.
  package var background = Color.standard
  /// Bold, or bright where the terminal does it so.
  package var isBold = false
  /// Dim, where the terminal can.
  package var isDim = false
  /// Underlined.
  package var isUnderlined = false
  /// Foreground and background exchanged.
  package var isReversed = false

  /// The terminal's standard look.
  package init(
    _ foreground: Color = .standard, on background: Color = .standard, bold: Bool = false,
    dim: Bool = false, underlined: Bool = false, reversed: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    isBold = bold
    isDim = dim
    isUnderlined = underlined
    isReversed = reversed
  }
}
