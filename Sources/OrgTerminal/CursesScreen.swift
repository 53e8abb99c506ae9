import CLinux
import CNcurses
import Glibc

/// Why the terminal can't be used.
package struct TerminalError: Error, Sendable, Equatable {
  /// One sentence: what is wrong, and what to do.
  package let message: String

  /// An error with its sentence.
  package init(message: String) {
    self.message = message
  }
}

/// What came from the terminal.
enum Input: Sendable, Equatable {
  /// The keys typed since the last time, maybe none.
  case keys([Key])
  /// There will be no more: the terminal is gone.
  case ended
}

/// The terminal, through curses. There is at most one at a time, and one thread uses it: the main one,
/// as `suspend` counts on the kernel stopping that first.
final class CursesScreen {
  /// The current size, as of the last `resize`.
  private(set) var size: Size
  /// Whether the terminal takes any Unicode text, as far as the locale knows.
  let hasUTF8: Bool
  /// Whether colors are there, and welcome by the NO_COLOR convention.
  let hasColors: Bool
  /// Whether the terminal has a mouse, as far as its description says.
  let hasMouse: Bool
  /// The way to the clipboard.
  let clipboard: Clipboard

  private let screen: OpaquePointer
  private var window: UnsafeMutablePointer<WINDOW>
  /// Keys are read through a pad, as reading from a window would also draw it.
  private let pad: UnsafeMutablePointer<WINDOW>
  /// What the terminal shows; `nil` if that is unknown.
  private var shown: Frame?
  private var pairs = ColorPairs()
  private var decoder = KeyDecoder()
  private var isOpen = true

  /// Takes over the terminal on standard input and output. Writes nothing to it if that fails.
  init() throws(TerminalError) {
    hasUTF8 = Self.adoptLocale()
    try Self.check()
    guard let screen = cncurses_open() else {
      throw TerminalError(message: "The terminal can't be set up; try another TERM, such as xterm-256color.")
    }
    guard let window = newwin(0, 0, 0, 0), let pad = newpad(1, 1) else {
      cncurses_close(screen)
      throw TerminalError(message: "There is no memory for the screen; make the terminal smaller.")
    }
    self.screen = screen
    self.window = window
    self.pad = pad
    size = Size(columns: Int(getmaxx(window)), rows: Int(getmaxy(window)))
    hasColors = has_colors() && Self.environment("NO_COLOR") == nil
    hasMouse = cncurses_has("kmous")
    clipboard = Self.clipboard(hasSequence: cncurses_has("Ms"))

    raw()
    noecho()
    nonl()
    // Otherwise a key that comes in while drawing would leave the picture half done.
    typeahead(-1)
    set_escdelay(Self.escapeDelay)
    intrflush(pad, false)
    keypad(pad, true)
    cncurses_define_keys()
    nodelay(pad, true)
    if hasColors { pairs.start() }
    resize()
  }

  deinit { close() }

  /// Restores the terminal; again has no effect.
  func close() {
    guard isOpen else { return }
    isOpen = false
    delwin(pad)
    delwin(window)
    cncurses_close(screen)
  }

  /// Brings the terminal from what it shows to the frame, with as few bytes as curses finds.
  func draw(_ frame: Frame) {
    guard isOpen else { return }
    let before = shown?.size == frame.size ? shown?.lines : nil
    for row in 0..<size.rows {
      let line = row < frame.lines.count ? frame.lines[row] : []
      if let before, row < before.count ? before[row] == line : line.isEmpty { continue }
      draw(line, row: row)
    }
    // Where it can't be hidden, it is least in the way in the corner.
    let cursor = frame.cursor ?? Position(column: size.columns - 1, row: size.rows - 1)
    wmove(
      window, Int32(min(max(cursor.row, 0), size.rows - 1)),
      Int32(min(max(cursor.column, 0), size.columns - 1)))
    curs_set(frame.cursor == nil ? 0 : 1)
    wnoutrefresh(window)
    doupdate()
    shown = frame
  }

  private func draw(_ line: [Span], row: Int) {
    wattr_set(window, 0, 0, nil)
    wmove(window, Int32(row), 0)
    wclrtoeol(window)
    var column = 0
    for span in line {
      var text: [wchar_t] = []
      for scalar in span.text.unicodeScalars {
        var cell = wchar_t(bitPattern: scalar.value)
        var width = Int(clinux_wcwidth(scalar.value))
        if width < 0 { (cell, width) = (wchar_t(UInt8(ascii: "?")), 1) }
        // curses would go on in the next line; a mark without a letter would go to the line before.
        if column + width > size.columns {
          column = size.columns
          break
        }
        if column + width > 0 { text.append(cell) }
        column += width
      }
      let (attributes, pair) = appearance(span.style)
      wattr_set(window, attributes, pair, nil)
      // In the lower right corner this is an "error", as the cursor can't advance; the text is there.
      waddnwstr(window, text, Int32(text.count))
    }
  }

  private func appearance(_ style: Style) -> (attr_t, Int16) {
    var attributes: attr_t = 0
    if style.isBold { attributes |= cncurses_bold }
    if style.isDim { attributes |= cncurses_dim }
    if style.isUnderlined { attributes |= cncurses_underlined }
    if style.isReversed { attributes |= cncurses_reversed }
    if style.foreground == .standard, style.background == .standard { return (attributes, 0) }
    if let pair = pairs.pair(style.foreground, on: style.background) { return (attributes, pair) }
    // A bar should remain one without colors.
    if style.background != .standard { attributes |= cncurses_reversed }
    return (attributes, 0)
  }

  /// Copies a text to the clipboard of whoever sits at the terminal. Whether that takes it, nobody can know.
  ///
  /// - Returns: why it can't be copied; `nil` where it was sent.
  func copy(_ text: String) -> String? {
    guard isOpen else { return nil }
    switch clipboard.bytes(copying: text) {
    case .failure(let refusal): return refusal.reason
    case .success(let bytes):
      // Past curses, which knows nothing of it; it moves no cursor.
      bytes.withUnsafeBytes { cncurses_send($0.baseAddress, $0.count) }
      return nil
    }
  }

  /// Lets the terminal send what is done with the mouse, or no longer.
  func setMouse(_ isOn: Bool) {
    if isOpen, hasMouse { cncurses_set_mouse(isOn) }
  }

  /// Lets the next `draw` paint everything anew and set the terminal's modes again: after others wrote
  /// on it, or the program was stopped and continued from outside.
  func redrawEverything() {
    guard isOpen else { return }
    cncurses_set_modes()
    clearok(window, true)
    shown = nil
  }

  /// Takes over the terminal's size; the next `draw` wants a frame for it.
  func resize() {
    guard isOpen else { return }
    var rows = Int32(size.rows)
    var columns = Int32(size.columns)
    // The bounds keep a size made up by someone from taking all memory. A kernel that doesn't know
    // leaves what curses found: LINES and COLUMNS, or what is usual for such a terminal.
    cncurses_kernel_size(&rows, &columns)
    rows = min(max(rows, 1), 1000)
    columns = min(max(columns, 1), 2000)
    if Size(columns: Int(columns), rows: Int(rows)) == size { return }
    resizeterm(rows, columns)
    // Windows that once shrank don't all grow again.
    if let fresh = newwin(0, 0, 0, 0) {
      delwin(window)
      window = fresh
    }
    size = Size(columns: Int(getmaxx(window)), rows: Int(getmaxy(window)))
    redrawEverything()
  }

  /// Restores the terminal and stops the program's process group as ^Z does; back again, brings up the
  /// screen as it was. Returns at once where nobody could continue it, such as without a shell.
  func suspend() {
    guard isOpen else { return }
    cncurses_leave()
    kill(0, SIGTSTP)
    cncurses_enter()
    let frame = shown
    resize()
    redrawEverything()
    if let frame { draw(frame) }
  }
}

// MARK: Starting

extension CursesScreen {
  /// Takes the character set of the environment. Returns whether it is UTF-8.
  static func adoptLocale() -> Bool {
    // Only characters: a decimal comma in libraries would help nobody.
    if setlocale(LC_CTYPE, "") == nil {
      // SSH brings the name of the admin's locale along, which the server often doesn't have.
      let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment($0) }
      let name = names.first?.lowercased() ?? ""
      if name.hasSuffix("utf-8") || name.hasSuffix("utf8") { setlocale(LC_CTYPE, "C.UTF-8") }
    }
    return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } == "UTF-8"
  }

  /// Finds out without writing whether there is a terminal that can show a screen.
  static func check() throws(TerminalError) {
    for (descriptor, name) in [(STDIN_FILENO, "standard input"), (STDOUT_FILENO, "standard output")]
    where isatty(descriptor) == 0 {
      throw TerminalError(
        message: "orgman needs a terminal, and \(name) isn't one; run it in one.")
    }
    guard let terminal = environment("TERM") else {
      throw TerminalError(
        message: "TERM isn't set, which tells what terminal this is; try TERM=xterm-256color.")
    }
    let quoted = String(reflecting: terminal)
    switch cncurses_capability(terminal) {
    case 0:
      throw TerminalError(
        message: "TERM is \(quoted), which this machine has no description of; "
          + "try TERM=xterm-256color, or install ncurses-term.")
    case 1:
      throw TerminalError(
        message: "TERM is \(quoted), a terminal that can't place its cursor; "
          + "try TERM=xterm-256color.")
    default:
      break
    }
  }

  /// The way to the clipboard from here.
  static func clipboard(hasSequence: Bool) -> Clipboard {
    Clipboard(
      terminal: environment("TERM") ?? "", hasSequence: hasSequence, tmux: environment("TMUX"),
      screen: environment("STY"))
  }

  /// A variable that is set to more than nothing.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

// MARK: Colors

/// Combinations of colors, which curses wants numbered; they are made on first use.
private struct ColorPairs {
  private struct Combination: Hashable {
    let foreground, background: Style.Color
  }

  private var numbers: [Combination: Int16] = [:]
  private var limit = 0
  private var hasDefaults = false

  mutating func start() {
    start_color()
    hasDefaults = use_default_colors() == OK
    limit = min(Int(cncurses_color_pairs()), Int(Int16.max))
  }

  /// The number, or `nil` if there are no colors or no more pairs.
  mutating func pair(_ foreground: Style.Color, on background: Style.Color) -> Int16? {
    let combination = Combination(foreground: foreground, background: background)
    if let number = numbers[combination] { return number }
    let number = numbers.count + 1
    guard number < limit else { return nil }
    // A terminal that can't go back to its own colors is taken as white on black, as curses does.
    func code(_ color: Style.Color, instead: Style.Color) -> Int16 {
      color == .standard && !hasDefaults ? instead.rawValue : color.rawValue
    }
    let made = init_pair(
      Int16(number), code(foreground, instead: .white), code(background, instead: .black))
    guard made == OK else { return nil }
    numbers[combination] = Int16(number)
    return Int16(number)
  }
}

// MARK: Keys

extension CursesScreen: KeySource {
  /// How long the Escape key waits, in milliseconds, for what would make it the begin of another key. A terminal
  /// sends a key in one piece, and SSH keeps it so; longer, and Escape would feel slow.
  private static let escapeDelay: Int32 = 50

  /// What was typed since the last time. Doesn't wait, except for what tells the Escape key from a key that begins
  /// with the same byte.
  func readKeys() -> Input {
    guard isOpen else { return .ended }
    let keys = decoder.keys(from: self)
    return keys.isEmpty && cncurses_input_ended() ? .ended : .keys(keys)
  }

  func nextCode(isWaiting: Bool) -> Int32? {
    if isWaiting { wtimeout(pad, KeyDecoder.pieceDelay) }
    defer { if isWaiting { nodelay(pad, true) } }
    let code = wgetch(pad)
    return code == ERR ? nil : code
  }

  var milliseconds: Int64 { clinux_monotonic_milliseconds() }
}
