/// The content of the screen at one moment: lines of styled text, and the position of the cursor. It is independent of
/// the terminal; the drawing code determines the differences from the previous frame.
package struct Frame: Sendable, Equatable {
  /// The size that it was made for.
  package var size: Size
  /// The lines from top to bottom, one for each row of `size`. A line may be shorter than the screen, but not longer.
  package var lines: [[Span]]
  /// The position of the hardware cursor; `nil` hides it.
  package var cursor: Position?
  /// Whether names are beside the ids, so that the line above the hints needn't say whose the selected one is.
  var hasNames = false

  /// An empty frame.
  package init(size: Size) {
    self.size = size
    self.lines = Array(repeating: [], count: size.rows)
  }
}

/// The size of a screen.
package struct Size: Sendable, Hashable {
  /// The number of columns.
  package var columns: Int
  /// The number of rows.
  package var rows: Int

  /// Creates a size in cells.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// A position on the screen, counted from zero at the upper left.
package struct Position: Sendable, Hashable {
  /// The number of cells from the left.
  package var column: Int
  /// The number of cells from the top.
  package var row: Int

  /// Creates a position from its column and row.
  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A run of text in one style. Anything in the text that could affect the terminal, or hide in it, has already been
/// escaped.
package struct Span: Sendable, Hashable {
  /// The text, as wide as its cells.
  package var text: String
  /// The style of the text.
  package var style: Style

  /// Creates a run of text in a style.
  package init(_ text: String, _ style: Style = Style()) {
    self.text = text
    self.style = style
  }
}

/// The style of text, using the terminal's own 16 colors.
package struct Style: Sendable, Hashable {
  /// The terminal's colors by their usual names. What they look like is up to the user.
  package enum Color: Int16, Sendable, Hashable, CaseIterable {
    /// The terminal's default color for text or for the background.
    case standard = -1
    // The eight colors of every color terminal, in their usual order.
    case black, red, green, yellow, blue, magenta, cyan, white
  }

  /// The color of the text.
  package var foreground = Color.standard
  /// The background color.
  package var background = Color.standard
  /// Bold, or bright, depending on the terminal.
  package var isBold = false
  /// Dim, if the terminal supports it.
  package var isDim = false
  /// Underlined.
  package var isUnderlined = false
  /// Foreground and background are swapped.
  package var isReversed = false

  /// Creates a style; by default, the terminal's standard appearance.
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
