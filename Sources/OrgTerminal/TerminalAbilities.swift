import CNcurses
import Glibc

/// What can be determined about the terminal without writing to it.
package struct TerminalAbilities: Sendable {
  /// The value of TERM.
  package let name: String?
  /// Why the terminal can't show a screen; `nil` if it can.
  package let obstacle: String?
  /// Whether the locale's character encoding is UTF-8.
  package let isUTF8: Bool
  /// The locale's character encoding.
  package let characterSet: String
  /// The number of colors in its description; 0 for none.
  package let colors: Int
  /// The size; `nil` if the kernel doesn't know it.
  package let size: Size?
  /// Why nothing can be copied to its clipboard; `nil` if copying is possible.
  package let clipboardObstacle: String?
  /// Whether it supports a mouse.
  package let hasMouse: Bool
  /// How many cells it is known to draw an emoji of several scalars in.
  package let emoji: EmojiWidth
  /// Whether it distinguishes pasted text from typed text.
  package let tellsPaste: Bool
  /// The name and version of the curses library.
  package let library: String

  /// Examines the environment and the terminal's description.
  package static func current() -> TerminalAbilities {
    let isUTF8 = CursesScreen.adoptLocale()
    let name = CursesScreen.environment("TERM")
    var found = cncurses_abilities()
    if let name { found = cncurses_inspect(name) }
    var obstacle: String?
    do throws(TerminalError) {
      try CursesScreen.check()
    } catch {
      obstacle = error.message
    }
    var (rows, columns): (Int32, Int32) = (0, 0)
    let isKnown = cncurses_kernel_size(&rows, &columns) == 0
    return TerminalAbilities(
      name: name, obstacle: obstacle, isUTF8: isUTF8,
      characterSet: nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? "unknown",
      colors: max(0, Int(found.colors)),
      size: isKnown ? Size(columns: Int(columns), rows: Int(rows)) : nil,
      clipboardObstacle: CursesScreen.clipboard(hasSequence: found.clipboard).obstacle, hasMouse: found.mouse,
      emoji: .detected(in: CursesScreen.environment), tellsPaste: found.paste,
      library: curses_version().map { String(cString: $0) } ?? "ncurses")
  }
}
