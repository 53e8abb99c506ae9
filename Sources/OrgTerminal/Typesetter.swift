import CLinux
import OrgCore

/// Converts text from the data to text for cells: escapes, measures, truncates, and pads it.
package struct Typesetter: Sendable {
  /// Whether the terminal accepts more than ASCII.
  let isUTF8: Bool
  /// How many cells an emoji of several scalars gets.
  let emoji: EmojiWidth
  /// The maximum number of combining marks per cell.
  private static let marksPerCell = 4

  /// Creates a typesetter for a terminal.
  package init(isUTF8: Bool, emoji: EmojiWidth = .parts) {
    (self.isUTF8, self.emoji) = (isUTF8, emoji)
  }

  /// Displayed text that is never cut.
  struct Piece: Sendable, Equatable {
    var text: String
    /// The number of cells it gets.
    var width: Int
    /// Whether terminals disagree about its width, so that the cursor must be placed after it.
    var isUncertain = false
  }

  /// The text as displayed, and its width in cells.
  package func set(_ text: String) -> (text: String, width: Int) {
    if text.isPrintableASCII { return (text, text.utf8.count) }
    var result = ""
    var width = 0
    forEachPiece(of: text) { piece in
      result += piece.text
      width += piece.width
      return true
    }
    return (result, width)
  }

  /// Calls a function with the pieces of a text until it returns `false`.
  func forEachPiece(of text: String, _ body: (Piece) -> Bool) {
    var marks = Self.marksPerCell
    for character in text {
      let scalars = character.unicodeScalars
      if scalars.count == 1, let scalar = scalars.first {
        guard body(shown(scalar, marks: &marks)) else { return }
      } else {
        guard forEachPiece(of: String(character)[...].unicodeScalars, &marks, body) else { return }
      }
    }
  }

  /// Calls a function with the pieces of one character: a letter with its marks, an emoji, or an escape.
  private func forEachPiece(
    of scalars: Substring.UnicodeScalarView, _ marks: inout Int, _ body: (Piece) -> Bool
  ) -> Bool {
    var rest = scalars
    var piece: Piece?
    var canGrow = false
    while let scalar = rest.first {
      var next: Piece
      let isPart: Bool
      if isUTF8, let end = EmojiSequence.end(in: rest) {
        let parts = rest[..<end].reduce(0) { $0 + max(0, Int(clinux_wcwidth($1.value))) }
        next = Piece(text: String(rest[..<end]), width: emoji.cells(parts: parts), isUncertain: true)
        marks = Self.marksPerCell
        (isPart, rest) = (false, rest[end...])
      } else {
        next = shown(scalar, marks: &marks)
        let isEscape = next.width > 0 && marks == Self.marksPerCell
        isPart = isUTF8 && !isEscape
        rest.removeFirst()
      }
      if isPart, canGrow, let whole = piece {
        next = Piece(
          text: whole.text + next.text, width: whole.width + next.width,
          isUncertain: whole.isUncertain || next.width > 0)
      } else if let piece, !body(piece) {
        return false
      }
      piece = next
      canGrow = isPart
    }
    return piece.map(body) ?? true
  }

  /// The displayed form of one scalar; `marks` is the number of combining marks in the previous cell.
  private func shown(_ scalar: Unicode.Scalar, marks: inout Int) -> Piece {
    let cells = scalar.isPlain ? Int(clinux_wcwidth(scalar.value)) : -1
    if isUTF8 || scalar.isASCII {
      if cells > 0 {
        marks = 0
        // Half a flag, or a skin tone alone.
        let isRest = scalar.isRegionalIndicator || scalar.value > 0xFF && scalar.properties.isEmojiModifier
        return Piece(
          text: String(Character(scalar)), width: isRest ? emoji.cells(parts: cells) : cells,
          isUncertain: isRest)
      }
      if cells == 0, marks < Self.marksPerCell {
        marks += 1
        return Piece(text: String(Character(scalar)), width: 0)
      }
    } else if scalar.isPlain {
      marks = 0
      let text = Self.ascii[scalar] ?? "?"
      return Piece(text: text, width: text.utf8.count)
    }
    // A combining mark after an escape would change the appearance of the escape.
    marks = Self.marksPerCell
    let escape = scalar.visibleEscape
    return Piece(text: escape, width: escape.utf8.count)
  }

  /// Replacements for our own symbols if only ASCII is available.
  private static let ascii: [Unicode.Scalar: String] = [
    "→": "->", "…": "~", "▸": ">", "•": "+", "▲": "^", "▼": "v", "│": "|", "‹": "<", "›": ">",
    "█": "#", "Δ": "*",
  ]

  /// The text in exactly the given number of cells, truncated with an ellipsis or padded with spaces.
  func fit(_ text: String, _ width: Int, isRight: Bool = false) -> String {
    let (whole, used) = set(text)
    if used <= width {
      let space = String(repeating: " ", count: width - used)
      return isRight ? space + whole : whole + space
    }
    guard width > 0 else { return "" }
    let ellipsis = set("…")
    var result = ""
    var cells = 0
    // Stop at the cut, because a name may be long.
    forEachPiece(of: text) { piece in
      guard cells + piece.width + ellipsis.width <= width else { return false }
      result += piece.text
      cells += piece.width
      return true
    }
    return result + ellipsis.text + String(repeating: " ", count: max(0, width - cells - ellipsis.width))
  }

  /// Ids as they fit in the given number of cells: whole if there is room, otherwise without a part in the middle, which is
  /// chosen so that ids that differ look different.
  func shorten(_ ids: [String], to width: Int) -> [String] {
    guard width > 2, ids.contains(where: { set($0).width > width }) else { return ids }
    let room = width - set("…").width
    var first: [String]?
    for tail in [room / 2, room * 3 / 4, room / 4, room, 0] {
      let cut = ids.map { self.cut($0, head: room - tail, tail: tail, width) }
      if first == nil { first = cut }
      if Set(cut).count == Set(ids).count { return cut }
    }
    return first ?? ids
  }

  /// A text as it fits, without a part in the middle.
  func shorten(_ id: String, to width: Int) -> String { shorten([id], to: width)[0] }

  private func cut(_ text: String, head: Int, tail: Int, _ width: Int) -> String {
    guard set(text).width > width else { return text }
    func part(_ characters: some Sequence<Character>, _ room: Int) -> [Character] {
      var (cells, taken) = (0, [Character]())
      for character in characters {
        cells += set(String(character)).width
        guard cells <= room else { break }
        taken.append(character)
      }
      return taken
    }
    return String(part(text, head)) + "…" + String(part(text.reversed(), tail).reversed())
  }

  /// The part of a text that fits and contains the cursor, and the cell of the cursor.
  ///
  /// - Parameter cursor: the number of characters before the cursor.
  func window(_ text: String, cursor: Int, _ width: Int) -> (text: String, cursor: Int) {
    let pieces = text.map { set(String($0)) }
    var start = 0
    var before = pieces[..<cursor].reduce(0) { $0 + $1.width }
    // Reserve one cell for the cursor itself.
    while before >= width, start < cursor {
      before -= pieces[start].width
      start += 1
    }
    var shown = ""
    var cells = 0
    for piece in pieces[start...] {
      guard cells + piece.width <= width else { break }
      shown += piece.text
      cells += piece.width
    }
    return (shown + String(repeating: " ", count: max(0, width - cells)), min(before, max(0, width - 1)))
  }

  /// Wraps a text to lines of the given width, breaking at spaces if possible.
  package func wrap(_ text: String, _ width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var cells = 0
    for word in text.split(separator: " ") {
      var word = set(String(word))
      if cells > 0, cells + 1 + word.width > width {
        lines.append(line)
        line = ""
        cells = 0
      }
      while word.width > width {
        var head = ""
        var used = 0
        var rest = word.text[...]
        while let character = rest.first {
          let piece = set(String(character)).width
          guard used + piece <= width || head.isEmpty else { break }
          head.append(character)
          used += piece
          rest.removeFirst()
        }
        // A character that is too wide for any line is replaced by an ellipsis.
        lines.append(used > width ? fit(head, width) : head)
        word = set(String(rest))
      }
      line += (cells > 0 ? " " : "") + word.text
      cells += (cells > 0 ? 1 : 0) + word.width
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

extension String {
  /// Whether every byte takes one cell.
  fileprivate var isPrintableASCII: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
}

/// Assembles a line from left to right, up to a maximum width.
struct LineBuilder {
  let typesetter: Typesetter
  let width: Int
  private(set) var spans: [Span] = []
  private(set) var used = 0

  init(_ typesetter: Typesetter, width: Int) {
    self.typesetter = typesetter
    self.width = width
  }

  /// Adds text, truncated at the end of the line.
  mutating func add(_ text: String, _ style: Style = Style()) {
    let cells = typesetter.set(text).width
    add(text, width: min(cells, width - used), style)
  }

  /// Adds text in exactly the given number of cells, or in the remaining cells if there are fewer.
  mutating func add(_ text: String, width cells: Int, _ style: Style = Style(), isRight: Bool = false) {
    let cells = min(cells, width - used)
    guard cells > 0 else { return }
    spans.append(Span(typesetter.fit(text, cells, isRight: isRight), style))
    used += cells
  }

  /// Pads the line with spaces, except for the given number of cells.
  mutating func fill(leaving rest: Int = 0, _ style: Style = Style()) {
    add("", width: width - used - rest, style)
  }
}
