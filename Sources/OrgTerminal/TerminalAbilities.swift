import CNcurses
import Glibc

/// What can be known of the terminal without writing to it.
package struct TerminalAbilities: Sendable {
  /// TERM.
  package let name: String?
  /// Why no screen can be shown on it; `nil` where one can.
  package let obstacle: String?
  /// Whether the locale's character set is UTF-8, and what it is.
  package let isUTF8: Bool
  /// The locale's character set.
  package let characterSet: String
  /// How many colors its description has; 0 for none.
  package let colors: Int
  /// Columns and rows; `nil` where the kernel doesn't know.
  package let size: Size?
  /// Why nothing can be copied to its clipboard; `nil` where something can.
  package let clipboardObstacle: String?
  /// Whether it has a mouse.
  package let hasMouse: Bool
  /// Whether it tells pasted from typed text.
  package let tellsPaste: Bool
  /// What the curses library calls itself.
  package let library: String

  /// Looks at the environment and the description of the terminal.
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
      tellsPaste: found.paste, library: curses_version().map { String(cString: $0) } ?? "ncurses")
  }
}
