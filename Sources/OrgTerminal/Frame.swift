/// What a screen shows at one moment: lines of styled text, and where the cursor stands. Knows no
/// terminal; whoever draws it finds out what differs from the frame before.
public struct Frame: Sendable, Equatable {
  /// Columns and rows that it was made for.
  public var size: Size
  /// From top to bottom, as many as `size` has rows. A line may be shorter than the screen, never longer.
  public var lines: [[Span]]
  /// Where the hardware cursor stands; `nil` hides it.
  public var cursor: Position?

  /// An empty frame.
  public init(size: Size) {
    self.size = size
    self.lines = Array(repeating: [], count: size.rows)
  }
}

/// Columns and rows of a screen.
public struct Size: Sendable, Hashable {
  /// Cells across.
  public var columns: Int
  /// Cells down.
  public var rows: Int

  /// A size in cells.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// A cell of a screen, counted from zero at the upper left.
public struct Position: Sendable, Hashable {
  /// Cells from the left.
  public var column: Int
  /// Cells from the top.
  public var row: Int

  /// A cell by its column and row.
  public init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A run of text in one style. The text is plain (`Unicode.Scalar.isPlain`): what could act on the
/// terminal was escaped before it came here.
public struct Span: Sendable, Hashable {
  /// The text, as wide as its cells.
  public var text: String
  /// How it looks.
  public var style: Style

  /// Text in a style.
  public init(_ text: String, _ style: Style = Style()) {
    self.text = text
    self.style = style
  }
}

/// How text looks, in the terminal's own 16 colours.
public struct Style: Sendable, Hashable {
  /// The terminal's colours by their usual names; what they look like is the user's choice.
  public enum Color: Int16, Sendable, Hashable, CaseIterable {
    /// The colour of text, or of the background, that the terminal starts with.
    case standard = -1
    // The eight colours that every terminal with colours has, in their usual order.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case black, red, green, yellow, blue, magenta, cyan, white
  }

  /// The colour of the text.
  public var foreground = Color.standard
  /// The colour behind it.
  public var background = Color.standard
  /// Bold, or bright where the terminal does it so.
  public var isBold = false
  /// Dim, where the terminal can.
  public var isDim = false
  /// Underlined.
  public var isUnderlined = false
  /// Foreground and background exchanged.
  public var isReversed = false

  /// The terminal's standard look.
  public init(
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
