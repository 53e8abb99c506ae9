import CLinux
import CNcurses
import Glibc

/// Why the terminal can't be used.
package struct TerminalError: Error, Sendable, Equatable {
  /// What is wrong and what to do about it, in one sentence.
  package let message: String

  /// Creates an error with a message.
  package init(message: String) {
    self.message = message
  }
}

/// Input from the terminal.
enum Input: Sendable, Equatable {
  /// The keys typed since the last call, possibly none.
  case keys([Key])
  /// No more input will come, because the terminal is gone.
  case ended
}

/// The terminal, accessed through curses. At most one may exist at a time, and it may only be used by the main thread,
/// because `suspend` relies on the kernel stopping that thread first.
final class CursesScreen {
  /// The size as of the last `resize`.
  private(set) var size: Size
  /// Whether the terminal accepts any Unicode text according to the locale.
  let hasUTF8: Bool
  /// Whether to use colors: the terminal supports them, and NO_COLOR isn't set.
  let hasColors: Bool
  /// Whether the terminal supports a mouse according to its description.
  let hasMouse: Bool
  /// How to reach the clipboard.
  let clipboard: Clipboard

  private let screen: OpaquePointer
  private var window: UnsafeMutablePointer<WINDOW>
  /// Keys are read through a pad, because reading from a window would also draw it.
  private let pad: UnsafeMutablePointer<WINDOW>
  /// What the terminal currently shows; `nil` if unknown.
  private var shown: Frame?
  /// The rows whose ends curses doesn't know, because they were drawn without it.
  private var directRows: Set<Int> = []
  /// How many cells an emoji of several scalars gets.
  var emoji = EmojiWidth.parts
  private var pairs = ColorPairs()
  private var decoder = KeyDecoder()
  private var isOpen = true

  /// Takes over the terminal on standard input and output. Writes nothing to it on failure.
  init() throws(TerminalError) {
    hasUTF8 = Self.adoptLocale()
    decoder.isUTF8 = hasUTF8
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
    // Otherwise a key typed while drawing would interrupt the update.
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

  /// Restores the terminal. Further calls have no effect.
  func close() {
    guard isOpen else { return }
    isOpen = false
    delwin(pad)
    delwin(window)
    cncurses_close(screen)
  }

  /// How text is prepared for this terminal.
  var typesetter: Typesetter { Typesetter(isUTF8: hasUTF8, emoji: emoji) }

  /// Updates the terminal to show the frame, sending as few bytes as curses can manage.
  func draw(_ frame: Frame) {
    guard isOpen else { return }
    let before = shown?.size == frame.size ? shown?.lines : nil
    if before == nil { directRows = [] }
    var rests: [(row: Int, runs: [RowPieces.Run])] = []
    for row in 0..<size.rows {
      let line = row < frame.lines.count ? frame.lines[row] : []
      if let before, row < before.count ? before[row] == line : line.isEmpty { continue }
      // Curses would leave out what it believes to be blank already.
      if directRows.remove(row) != nil { wredrawln(window, Int32(row), 1) }
      let pieces = RowPieces(line, columns: size.columns, typesetter)
      draw(pieces.known, row: row)
      guard !pieces.rest.isEmpty else { continue }
      rests.append((row, pieces.rest))
      directRows.insert(row)
    }
    // If the cursor can't be hidden, the corner is where it disturbs the least.
    let cursor = frame.cursor ?? Position(column: size.columns - 1, row: size.rows - 1)
    let row = Int32(min(max(cursor.row, 0), size.rows - 1))
    let column = Int32(min(max(cursor.column, 0), size.columns - 1))
    wmove(window, row, column)
    curs_set(frame.cursor == nil ? 0 : 1)
    wnoutrefresh(window)
    doupdate()
    if !rests.isEmpty {
      for rest in rests { drawDirectly(rest.runs, row: rest.row) }
      cncurses_style(0, 0)
      cncurses_place(row, column)
      cncurses_flush()
    }
    shown = frame
  }

  private func draw(_ runs: [RowPieces.Run], row: Int) {
    wattr_set(window, 0, 0, nil)
    wmove(window, Int32(row), 0)
    wclrtoeol(window)
    for run in runs {
      let (attributes, pair) = appearance(run.style)
      wattr_set(window, attributes, pair, nil)
      // In the lower right corner this returns an error, because the cursor can't advance, but the text is drawn.
      let cells = run.text.unicodeScalars.map { wchar_t(bitPattern: $0.value) }
      waddnwstr(window, cells, Int32(cells.count))
    }
  }

  /// The attributes and the color pair of a style.
  func appearance(_ style: Style) -> (attr_t, Int16) {
    var attributes: attr_t = 0
    if style.isBold { attributes |= cncurses_bold }
    if style.isDim { attributes |= cncurses_dim }
    if style.isUnderlined { attributes |= cncurses_underlined }
    if style.isReversed { attributes |= cncurses_reversed }
    if style.foreground == .standard, style.background == .standard { return (attributes, 0) }
    if let pair = pairs.pair(style.foreground, on: style.background) { return (attributes, pair) }
    // A bar should remain visible without colors.
    if style.background != .standard { attributes |= cncurses_reversed }
    return (attributes, 0)
  }

  /// Copies a text to the clipboard of the user's machine. There is no way to tell whether the terminal accepts it.
  ///
  /// - Returns: why the text can't be copied; `nil` if it was sent.
  func copy(_ text: String) -> String? {
    guard isOpen else { return nil }
    switch clipboard.bytes(copying: text) {
    case .failure(let refusal): return refusal.reason
    case .success(let bytes):
      // Bypasses curses, which doesn't know the sequence; it doesn't move the cursor.
      bytes.withUnsafeBytes { cncurses_send($0.baseAddress, $0.count) }
      return nil
    }
  }

  /// Turns mouse reports on or off.
  func setMouse(_ isOn: Bool) {
    if isOpen, hasMouse { cncurses_set_mouse(isOn) }
  }

  /// Makes the next `draw` repaint everything, and sets the terminal's modes again: after other programs wrote to the
  /// terminal, or the program was stopped and continued by a signal.
  func redrawEverything() {
    guard isOpen else { return }
    cncurses_set_modes()
    clearok(window, true)
    shown = nil
  }

  /// Adopts the terminal's current size. The next `draw` needs a frame of this size.
  func resize() {
    guard isOpen else { return }
    var rows = Int32(size.rows)
    var columns = Int32(size.columns)
    // The bounds prevent a bogus size from using up all memory. If the kernel doesn't know the size, the one that
    // curses found is kept: LINES and COLUMNS, or the usual size of such a terminal.
    cncurses_kernel_size(&rows, &columns)
    rows = min(max(rows, 1), 1000)
    columns = min(max(columns, 1), 2000)
    if Size(columns: Int(columns), rows: Int(rows)) == size { return }
    resizeterm(rows, columns)
    // Not all windows that were once shrunk grow again.
    if let fresh = newwin(0, 0, 0, 0) {
      delwin(window)
      window = fresh
    }
    size = Size(columns: Int(getmaxx(window)), rows: Int(getmaxy(window)))
    redrawEverything()
  }

  /// Restores the terminal and stops the process group as ^Z does. When continued, brings back the previous screen.
  /// Returns at once if nothing could continue the program, for example without a shell.
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
  /// Sets the character encoding from the environment. Returns whether it is UTF-8.
  static func adoptLocale() -> Bool {
    // Only characters: a decimal comma in libraries would do harm.
    if setlocale(LC_CTYPE, "") == nil {
      // SSH passes on the name of the administrator's locale, which the server often doesn't have.
      let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment($0) }
      let name = names.first?.lowercased() ?? ""
      if name.hasSuffix("utf-8") || name.hasSuffix("utf8") { setlocale(LC_CTYPE, "C.UTF-8") }
    } else if let name = setlocale(LC_CTYPE, nil), ["C", "POSIX"].contains(String(cString: name)),
      terminalSpeaksUTF8
    {
      setlocale(LC_CTYPE, "C.UTF-8")
    }
    return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } == "UTF-8"
  }

  /// Whether the kernel edits lines of the terminal as UTF-8: terminals set that, and SSH passes it on, when they send
  /// UTF-8, whatever locale the server has.
  private static var terminalSpeaksUTF8: Bool {
    var settings = termios()
    return tcgetattr(STDIN_FILENO, &settings) == 0 && settings.c_iflag & tcflag_t(IUTF8) != 0
  }

  /// Checks, without writing anything, whether there is a terminal that can show a screen.
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

  /// How to reach the clipboard in this environment.
  static func clipboard(hasSequence: Bool) -> Clipboard {
    Clipboard(
      terminal: environment("TERM") ?? "", hasSequence: hasSequence, tmux: environment("TMUX"),
      screen: environment("STY"))
  }

  /// The value of an environment variable; `nil` if it is unset or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

// MARK: Colors

/// Color pairs, which curses wants numbered. They are created on first use.
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

  /// The number of a pair; `nil` if there are no colors or no more pairs.
  mutating func pair(_ foreground: Style.Color, on background: Style.Color) -> Int16? {
    let combination = Combination(foreground: foreground, background: background)
    if let number = numbers[combination] { return number }
    let number = numbers.count + 1
    guard number < limit else { return nil }
    // If a terminal can't switch back to its own colors, white on black is assumed, as in curses.
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
  /// How long the Escape key waits, in milliseconds, for bytes that would make it the beginning of another key. A
  /// terminal sends a key in one piece, and SSH keeps it together. With a longer delay, Escape would feel slow.
  private static let escapeDelay: Int32 = 50

  /// The keys typed since the last call. Doesn't wait, except to tell the Escape key from a key that
  /// begins with the same byte.
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
