import CLinux
import CNcurses
import Glibc

/// Why the terminal can't be used.
public struct TerminalError: Error, Sendable, Equatable {
  /// One sentence: what is wrong, and what to do.
  public let message: String

  /// An error with its sentence.
  public init(message: String) {
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
  /// Whether colours are there, and welcome by the NO_COLOR convention.
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
  private var decoder = mbstate_t()
  /// Read, but to be looked at once more.
  private var putBack: Int32?
  /// When the Escape key was pressed, if it was the last one.
  private var escapedAt: Int64?
  /// Whether the rest of a sequence that is longer than any is still to be dropped.
  private var isDropping = false
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
    // A bar should remain one without colours.
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

// MARK: Colours

/// Combinations of colours, which curses wants numbered; they are made on first use.
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

  /// The number, or `nil` if there are no colours or no more pairs.
  mutating func pair(_ foreground: Style.Color, on background: Style.Color) -> Int16? {
    let combination = Combination(foreground: foreground, background: background)
    if let number = numbers[combination] { return number }
    let number = numbers.count + 1
    guard number < limit else { return nil }
    // A terminal that can't go back to its own colours is taken as white on black, as curses does.
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

extension CursesScreen {
  /// How long the Escape key waits, in milliseconds, for what would make it the begin of another key. A terminal
  /// sends a key in one piece, and SSH keeps it so; longer, and Escape would feel slow.
  private static let escapeDelay: Int32 = 50
  /// How long, on a line that does cut a key in pieces, each further piece of it may take. Only who types Escape
  /// and then [ or O within that time waits for it.
  private static let pieceDelay: Int32 = 300
  /// Bytes of the longest sequence that is waited for; those of keys and the mouse have a few dozen.
  private static let longestSequence = 256

  /// What was typed since the last time. Doesn't wait, except for what tells the Escape key from a key that begins
  /// with the same byte. Input that is no key and no text is dropped.
  func readKeys() -> Input {
    guard isOpen else { return .ended }
    var keys: [Key] = []
    var count = 0
    // A bound, so that a flood doesn't keep the program from anything else, be it keys or not; the rest waits in the
    // kernel.
    while putBack != nil || count < 4096, let code = next() {
      count += 1
      let before = escapedAt
      escapedAt = nil
      if isDropping {
        isDropping = Self.isParameter(code)
        if (0x20...0x7E).contains(code) { continue }
      }
      if let key = key(code, after: before) { keys.append(key) }
    }
    return keys.isEmpty && cncurses_input_ended() ? .ended : .keys(keys)
  }

  /// A byte, or a key by the code that curses has for it, beyond all bytes.
  private func next() -> Int32? {
    if let code = putBack {
      putBack = nil
      return code
    }
    let code = wgetch(pad)
    return code == ERR ? nil : code
  }

  /// - Parameter escape: when the Escape key was taken for one by itself, if that was just before.
  private func key(_ code: Int32, after escape: Int64?) -> Key? {
    if let escape, code == 0x5B || code == 0x4F,
      clinux_monotonic_milliseconds() - escape < Int64(Self.pieceDelay)
    {
      // It wasn't: the rest of the key comes in pieces, and must not end up as letters.
      return continued(code) ?? nil
    }
    return switch code {
    case 0...255: typed(UInt8(code))
    case KEY_F0...KEY_F0 + 63: .function(Int(code - KEY_F0))
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_HOME, KEY_FIND, KEY_A1: .home
    case KEY_END, KEY_SELECT, KEY_LL, KEY_C1: .end
    case KEY_PPAGE, KEY_A3: .pageUp
    case KEY_NPAGE, KEY_C3: .pageDown
    case KEY_ENTER: .enter
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_IC: .insert
    case KEY_BTAB: .backTab
    case cncurses_control_left: .controlLeft
    case cncurses_control_right: .controlRight
    case cncurses_paste_begin: .pasteBegin
    case cncurses_paste_end: .pasteEnd
    default: nil
    }
  }

  private func typed(_ byte: UInt8) -> Key? {
    switch byte {
    case 8, 127: return .backspace
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return escaped()
    case 1...26: return .control(Unicode.Scalar(byte + 0x60))
    case 0...31: return .control(Unicode.Scalar(byte + 0x40))
    default: return decoded(byte).map(Key.character)
    }
  }

  /// A scalar, when the byte completes one in the locale's encoding. Byte by byte and not through
  /// `wget_wch`, which after an invalid one takes good ones along, and forgets a half one.
  private func decoded(_ byte: UInt8) -> Unicode.Scalar? {
    let wasInside = mbsinit(&decoder) == 0
    var input = CChar(bitPattern: byte)
    var character: wchar_t = 0
    switch mbrtowc(&character, &input, 1, &decoder) {
    case 0, 1: return Unicode.Scalar(UInt32(bitPattern: character))
    case -1:  // Invalid: it may yet begin something else.
      decoder = mbstate_t()
      return wasInside ? decoded(byte) : nil
    default: return nil
    }
  }

  /// What follows an Escape: nothing, a key of its own, or the rest of a sequence that the terminal's
  /// description doesn't have. Such a one must not end up as letters, which would run commands.
  private func escaped() -> Key? {
    guard let introducer = next() else {
      escapedAt = clinux_monotonic_milliseconds()
      return .escape
    }
    guard introducer == 0x5B || introducer == 0x4F else {
      putBack = introducer
      return .escape
    }
    return continued(introducer) ?? .escape
  }

  /// What follows Escape and [ or O.
  ///
  /// - Returns: the key, if it is one; an outer `nil` if nothing follows, and the sign was typed as one.
  private func continued(_ introducer: Int32) -> Key?? {
    var parameters = ""
    // The rest may be on its way.
    wtimeout(pad, Self.pieceDelay)
    defer { nodelay(pad, true) }
    while let code = next() {
      guard (0x20...0x7E).contains(code) else {
        putBack = code
        return .some(nil)
      }
      let scalar = Unicode.Scalar(UInt8(code))
      if introducer == 0x4F { return shifted(scalar) }
      if code >= 0x40, code != 0x5B { return sequence(parameters, scalar) }
      guard parameters.utf8.count < Self.longestSequence else {
        // It may have no end, and what follows of it must not end up as letters either.
        isDropping = Self.isParameter(code)
        return .some(nil)
      }
      parameters.unicodeScalars.append(scalar)
    }
    // Nothing came: typed one after the other.
    guard parameters.isEmpty else { return .some(nil) }
    putBack = introducer
    return nil
  }

  /// Whether a byte is one between Escape [ and the final character.
  private static func isParameter(_ code: Int32) -> Bool { (0x20...0x3F).contains(code) || code == 0x5B }

  /// Escape O and a character: what keys send in the application modes.
  private func shifted(_ scalar: Unicode.Scalar) -> Key? {
    switch scalar {
    case "M": .enter
    case "P", "Q", "R", "S": .function(Int(scalar.value) - 0x4F)
    // The numeric keypad.
    case "j"..."y": Unicode.Scalar(scalar.value - 0x40).map(Key.character)
    default: sequence("", scalar)
    }
  }

  /// Escape [, parameters and a final character, as most terminals have them. The Linux
  /// console puts another [ before the final character of F1 to F5.
  private func sequence(_ parameters: String, _ final: Unicode.Scalar) -> Key? {
    if parameters.hasPrefix("<"), final == "M" || final == "m" { return pointed(parameters, final) }
    if parameters.isEmpty, final == "M" {
      // From a terminal that doesn't know how to say it in letters: three bytes, which must not be taken for some.
      let bytes = (0..<3).map { _ in next() ?? 32 }
      return pointed("<\(bytes[0] - 32);\(bytes[1] - 32);\(bytes[2] - 32)", bytes[0] == 35 ? "m" : "M")
    }
    return switch (parameters, final) {
    case ("", "A"): .up
    case ("", "B"): .down
    case ("", "C"): .right
    case ("", "D"): .left
    case ("1;5", "C"): .controlRight
    case ("1;5", "D"): .controlLeft
    case ("", "H"), ("1", "~"), ("7", "~"): .home
    case ("", "F"), ("4", "~"), ("8", "~"): .end
    case ("2", "~"): .insert
    case ("3", "~"): .delete
    case ("5", "~"): .pageUp
    case ("6", "~"): .pageDown
    case ("", "Z"): .backTab
    case ("[", "A"..."E"): .function(Int(final.value) - 0x40)
    case ("200", "~"): .pasteBegin
    case ("201", "~"): .pasteEnd
    default: Int(parameters).flatMap { final == "~" ? Self.functions[$0] : nil }.map(Key.function)
    }
  }

  /// The numbers that F1 to F12 have.
  private static let functions = [
    11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 17: 6, 18: 7, 19: 8, 20: 9, 21: 10, 23: 11, 24: 12,
  ]

  /// What was done with the mouse: a number for what it was, with bits for the keys held down, and where.
  private func pointed(_ parameters: String, _ final: Unicode.Scalar) -> Key? {
    let numbers = parameters.dropFirst().split(separator: ";").map { Int($0) ?? -1 }
    // No screen is larger, and places are reckoned with.
    guard numbers.count == 3, numbers.allSatisfy({ (0...9999).contains($0) }), final == "M" else {
      return nil
    }
    let kind: MouseEvent.Kind
    switch numbers[0] & ~0b11100 {
    case 0: kind = .press
    case 64: kind = .wheelUp
    case 65: kind = .wheelDown
    default: return nil
    }
    return .mouse(MouseEvent(kind: kind, position: Position(column: numbers[1] - 1, row: numbers[2] - 1)))
  }
}
