/// The colors of a terminal, for pictures of what it shows.
public struct Scheme: Sendable {
  /// A word for it, such as for the name of a file.
  public let name: String
  let background: String
  let foreground: String
  /// The line around the picture, which may stand on a page of the same color.
  let frame: String
  /// The 16 colors of the terminal: black, red, green, yellow, blue, magenta, cyan, white, and the bright ones.
  let palette: [String]

  /// Dark text on white.
  public static let light = Scheme(
    name: "light", background: "#ffffff", foreground: "#1f2328", frame: "#d1d9e0",
    palette: [
      "#1f2328", "#c1121f", "#116329", "#e3b341", "#0550ae", "#8250df", "#5cc5d6", "#8c959f",
      "#57606a", "#a40e26", "#1a7f37", "#d4a72c", "#218bff", "#a475f9", "#3192aa", "#d0d7de",
    ])

  /// Light text on a dark ground.
  public static let dark = Scheme(
    name: "dark", background: "#0d1117", foreground: "#e6edf3", frame: "#3d444d",
    palette: [
      "#0d1117", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4",
      "#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
    ])
}

extension Screen {
  /// The screen as an image in SVG, drawn in the first 16 colors.
  ///
  /// Each piece of text says where it begins and how wide it is, so that columns stand below each other in
  /// any font, wide characters too.
  public func picture(_ scheme: Scheme) -> String {
    let width = columns * Metrics.cell + 2 * Metrics.margin
    let height = rows * Metrics.row + 2 * Metrics.margin
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(pixels(width))" height="\(pixels(height))" \
      viewBox="0 0 \(pixels(width)) \(pixels(height))" font-size="14" font-family="ui-monospace, \
      'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" fill="\(scheme.foreground)">
      <rect x=".5" y=".5" width="\(pixels(width - 10))" height="\(pixels(height - 10))" rx="8" \
      fill="\(scheme.background)" stroke="\(scheme.frame)"/>

      """
    for row in 0..<rows {
      let looks = (0..<columns).map { Look(cell(row: row, column: $0), scheme) }
      for run in runs(row, of: { looks[$0] }) { svg += run.behindText(row) }
      if cursorVisible, cursor.row == row {
        svg += rectangle(
          cursor.column * Metrics.cell, row * Metrics.row, 20, Metrics.row,
          fill: looks[cursor.column].foreground)
      }
      let pieces = runs(row) { column in
        let cell = cell(row: row, column: column)
        return cell.text == " " ? nil : Piece(cell, looks[column], column)
      }
      for run in pieces { svg += run.text(row, scheme) }
    }
    return svg + "</svg>\n"
  }

  /// Neighbouring cells that have the same of something; those that have none of it are left out.
  private func runs<Key: Equatable>(_ row: Int, of key: (Int) -> Key?) -> [Run<Key>] {
    var runs: [Run<Key>] = []
    var last: Key?
    for column in 0..<columns where cell(row: row, column: column).width > 0 {
      let key = key(column)
      if let key, key != last { runs.append(Run(key: key, column: column)) }
      if key != nil { runs[runs.count - 1].cells.append(cell(row: row, column: column)) }
      last = key
    }
    return runs
  }
}

/// Sizes in tenths of a pixel, so that sums are exact.
private enum Metrics {
  static let cell = 84
  static let row = 180
  static let baseline = 132
  static let margin = 120
}

/// How a cell is drawn.
private struct Look: Equatable {
  let foreground: String
  /// Nil for that of the whole picture.
  let background: String?
  let bold: Bool
  let dim: Bool
  let underline: Bool

  init(_ cell: Screen.Cell, _ scheme: Scheme) {
    func color(_ index: Int?) -> String? {
      index.flatMap { scheme.palette.indices.contains($0) ? scheme.palette[$0] : nil }
    }
    let text = color(cell.foreground) ?? scheme.foreground
    let ground = color(cell.background)
    foreground = cell.reverse ? ground ?? scheme.background : text
    background = cell.reverse ? text : ground
    bold = cell.bold
    dim = cell.dim
    underline = cell.underline
  }

  var attributes: String { (bold ? " font-weight=\"bold\"" : "") + (dim ? " fill-opacity=\".65\"" : "") }
}

/// What the cells of one piece of text have in common.
private struct Piece: Equatable {
  let look: Look
  let width: Int
  let shape: Shape
  /// Where it stands, if it is a piece of its own: outside of Latin and its like, characters are as wide as
  /// their fonts have them, and neighbours may change places and forms, which they don't in a terminal.
  let place: Int?

  enum Shape { case text, line, block }

  init(_ cell: Screen.Cell, _ look: Look, _ column: Int) {
    self.look = look
    width = cell.width
    shape = cell.text == "│" ? .line : cell.text == "█" ? .block : .text
    let isPlain = cell.text.unicodeScalars.allSatisfy { $0.value < 0x590 }
    place = isPlain || shape == .block || width == 2 ? nil : column
  }
}

private struct Run<Key> {
  let key: Key
  let column: Int
  var cells: [Screen.Cell] = []

  var columns: Int { cells.reduce(0) { $0 + $1.width } }
}

extension Run where Key == Look {
  func behindText(_ row: Int) -> String {
    let (x, y, width) = (column * Metrics.cell, row * Metrics.row, columns * Metrics.cell)
    var svg = ""
    if let background = key.background { svg += rectangle(x, y, width, Metrics.row, fill: background) }
    if key.underline {
      svg += rectangle(x, y + Metrics.baseline + 20, width, 10, fill: key.foreground, dim: key.dim)
    }
    return svg
  }
}

extension Run where Key == Piece {
  func text(_ row: Int, _ scheme: Scheme) -> String {
    let (x, y, width) = (column * Metrics.cell, row * Metrics.row, columns * Metrics.cell)
    let fill = key.look.foreground
    switch key.shape {
    // These join their neighbours, which those of few fonts do.
    case .line: return rectangle(x + 37, y, 10, Metrics.row, fill: fill, dim: key.look.dim)
    case .block: return rectangle(x, y + 20, width, Metrics.row - 40, fill: fill, dim: key.look.dim)
    case .text:
      let color = fill == scheme.foreground ? "" : " fill=\"\(fill)\""
      return
        "<text x=\"\(pixels(Metrics.margin + x))\" y=\"\(pixels(Metrics.margin + y + Metrics.baseline))\""
        + " textLength=\"\(pixels(width))\"\(color)\(key.look.attributes)>"
        + cells.map { escaped($0.text) }.joined() + "</text>\n"
    }
  }
}

/// A rectangle at a place counted from the first cell.
private func rectangle(_ x: Int, _ y: Int, _ width: Int, _ height: Int, fill: String, dim: Bool = false)
  -> String
{
  "<rect x=\"\(pixels(Metrics.margin + x))\" y=\"\(pixels(Metrics.margin + y))\" width=\"\(pixels(width))\""
    + " height=\"\(pixels(height))\" fill=\"\(fill)\"\(dim ? " fill-opacity=\".65\"" : "")/>\n"
}

private func pixels(_ tenths: Int) -> String {
  tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

/// Text as it stands in XML, which has no control characters.
private func escaped(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { result, scalar in
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
}
