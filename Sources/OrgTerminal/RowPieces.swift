import CLinux

/// A line divided at the first text of which terminals disagree how wide it is: curses can't draw that, nor what follows.
struct RowPieces {
  /// Text of one width and style.
  struct Run: Equatable {
    var text: String
    let style: Style
    /// The cell that it starts in, and how many it gets.
    let column: Int
    var width: Int
    let isUncertain: Bool

    /// The column that it ends before, in the terminal that draws the most.
    var reach: Int {
      guard isUncertain else { return column + width }
      return text.unicodeScalars.reduce(column) { column, scalar in
        switch scalar.value {
        case 0x200D, 0xFE0F: column + 1
        case _ where scalar.isRegionalIndicator: column + 2
        default: column + max(0, Int(clinux_wcwidth(scalar.value)))
        }
      }
    }

    /// Whether it is nothing but spaces.
    var isBlanks: Bool { text.utf8.allSatisfy { $0 == UInt8(ascii: " ") } }

    /// Whether it looks like cells that were erased.
    var isBlank: Bool {
      style.background == .standard && !style.isReversed && !style.isUnderlined && isBlanks
    }

    /// It in the order in which it is drawn: a text of uncertain width after blanks in its cells, because it may fill fewer
    /// of them, and any other text apart from the blanks in it.
    var parts: [Run] {
      guard !isUncertain else {
        let blanks = String(repeating: " ", count: width)
        return [Run(text: blanks, style: style, column: column, width: width, isUncertain: false), self]
      }
      guard text.utf8.count == width else { return [self] }
      var parts: [Run] = []
      var column = column
      var rest = text[...]
      while let first = rest.first {
        let part = rest.prefix { ($0 == " ") == (first == " ") }
        parts.append(
          Run(text: String(part), style: style, column: column, width: part.count, isUncertain: false))
        column += part.count
        rest = rest[part.endIndex...]
      }
      return parts
    }
  }

  /// What curses draws.
  private(set) var known: [Run] = []
  /// The first text whose width is uncertain, and everything after it, except blanks at the end.
  private(set) var rest: [Run] = []
  private var column = 0
  private let columns: Int

  /// Divides a line, without what is beyond the last column.
  init(_ line: [Span], columns: Int, _ typesetter: Typesetter) {
    self.columns = columns
    for span in line {
      var run: Run?
      typesetter.forEachPiece(of: span.text) { piece in
        guard column + piece.width <= columns else {
          column = columns
          return false
        }
        if let known = run, piece.isUncertain || known.isUncertain {
          add(known)
          run = nil
        }
        if run == nil {
          run = Run(text: "", style: span.style, column: column, width: 0, isUncertain: piece.isUncertain)
        }
        run?.text += piece.text
        run?.width += piece.width
        column += piece.width
        return true
      }
      if let run { add(run) }
    }
    while let last = rest.last, last.isBlank { rest.removeLast() }
  }

  private mutating func add(_ run: Run) {
    if rest.isEmpty, !run.isUncertain {
      known.append(run)
    } else {
      rest.append(run)
    }
  }
}
