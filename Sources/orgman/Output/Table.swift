import Glibc
import OrgCore
import OrgTerminal

/// Rows under titles, for users: as wide as they are, or as the terminal is. What is too long is cut with an ellipsis, ids in
/// the middle, for their ends tell them apart, and last of all; numbers never. Sentences in the last column go on in the next
/// line.
struct Table {
  let columns: [Column]
  /// The texts of the cells, escaped.
  let rows: [[String]]
  /// How wide the terminal is; `nil` for no limit.
  let width: Int?

  init(columns: [Column], rows: [[String]], width: Int?) {
    (self.columns, self.width) = (columns, width)
    self.rows = rows.map { $0.map(\.displayed) }
  }

  /// Between two columns.
  private static let gap = 2
  /// What a text, an id, and then either is cut to before a column is left out.
  private static let (shortText, shortID, least) = (16, 13, 6)
  /// Without a terminal, don't let a few very long values push the other columns out of sight.
  private static let longest = 40

  /// The lines, without white space at their ends.
  var lines: [String] {
    let (shown, widths) = layout()
    return ([columns.map(\.title)] + rows).flatMap { row in
      var line = ""
      var rest: [String] = []
      for (place, column) in shown.enumerated() {
        var text = row[column]
        if width != nil, columns[column].wraps, place == shown.count - 1 {
          let indent = String(repeating: " ", count: line.displayWidth)
          let lines = text.wrapped(widths[column])
          (text, rest) = (lines.first ?? "", lines.dropFirst().map { indent + $0 })
        } else if width != nil {
          text = text.cut(to: widths[column], inside: columns[column].isID)
        }
        let padding = String(repeating: " ", count: max(0, widths[column] - text.displayWidth))
        line += columns[column].isRight ? padding + text : text + padding
        if place < shown.count - 1 { line += String(repeating: " ", count: Self.gap) }
      }
      return [String(line.reversed().drop { $0 == " " }.reversed())] + rest
    }
  }

  /// The columns that there is room for, and how wide each is.
  private func layout() -> (shown: [Int], widths: [Int]) {
    var widths = columns.indices.map { column in
      let title = columns[column].title.displayWidth
      return rows.reduce(title) { max($0, min(width == nil ? Self.longest : .max, $1[column].displayWidth)) }
    }
    var shown = Array(columns.indices)
    guard let width else { return (shown, widths) }
    func excess() -> Int { shown.reduce(Self.gap * (shown.count - 1) - width) { $0 + widths[$1] } }
    /// Cuts the widest of some columns until all fit, or none of them is wider than `least`.
    func shrink(to least: Int, where isCut: (Column) -> Bool) {
      let cut = shown.filter { !columns[$0].isRight && isCut(columns[$0]) }
      while excess() > 0, let widest = cut.max(by: { widths[$0] < widths[$1] }), widths[widest] > least {
        let second = cut.filter { $0 != widest }.map { widths[$0] }.max() ?? least
        widths[widest] = max(least, min(widths[widest] - 1, max(second, widths[widest] - excess())))
      }
    }
    shrink(to: Self.shortText) { !$0.isID }
    shrink(to: Self.shortID) { $0.isID }
    shrink(to: Self.least) { _ in true }
    while excess() > 0, shown.count > 1 { shown.removeLast() }
    return (shown, widths)
  }
}

extension StandardOutput {
  /// How many cells a line of the terminal has; `nil` without a terminal, or if it doesn't say.
  var columns: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }
}

extension String {
  /// The text in no more than so many cells, with an ellipsis for what is left out.
  ///
  /// - Parameter inside: whether that is its middle, and not its end.
  fileprivate func cut(to width: Int, inside: Bool) -> String {
    guard displayWidth > width else { return self }
    guard width > 1 else { return String(repeating: "…", count: max(0, width)) }
    let tail = inside ? (width - 1) / 2 : 0
    let end = String(String(reversed()).prefix(cells: tail).reversed())
    return prefix(cells: width - 1 - tail) + "…" + end
  }

  /// As many of the first characters as fit.
  private func prefix(cells: Int) -> String {
    var (result, width) = ("", 0)
    for character in self {
      width += String(character).displayWidth
      guard width <= cells else { break }
      result.append(character)
    }
    return result
  }

  /// The text as a terminal shows it, with few marks on a letter.
  var displayed: String { Self.typesetter.set(self).text }

  /// The text in lines of so many cells.
  fileprivate func wrapped(_ width: Int) -> [String] { Self.typesetter.wrap(self, max(1, width)) }

  /// The width of the text in terminal cells; the text must be as a terminal shows it.
  var displayWidth: Int { Self.typesetter.set(self).width }

  private static let typesetter: Typesetter = {
    // The widths of characters depend on the locale.
    _ = setlocale(LC_CTYPE, "C.UTF-8")
    let emoji = ConfigurationFile.load().configuration.emoji
    return Typesetter(isUTF8: true, emoji: emoji ?? .detected { UserDirectory.variable($0) })
  }()
}
