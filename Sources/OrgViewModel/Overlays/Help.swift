/// The page with the keys.
package struct Help: Overlay {
  /// The first line that is shown.
  package private(set) var top = 0

  /// Where keys go in it.
  package static let contexts = [Context.help]
  /// Where keys go in it.
  package var context: Context { .help }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [Motion.down, .up, .first, .last, .pageDown, .pageUp].map { motion in
      Command(motion.action, motion.keys, .moving, motion.help) { $0.move(motion, $1.viewport) }
    } + [
      closing(.back, "? q Esc Enter F1", .program, "close this page", hint: "close"),
      closing(.cancel, "^C", .program, "cancel what is going on"),
    ] + commonCommands

  private mutating func move(_ motion: Motion, _ viewport: Viewport) {
    let rows = viewport.helpRows
    switch motion {
    case .down: top += 1
    case .up: top -= 1
    case .first: top = 0
    case .last: top = viewport.helpLines
    case .pageDown, .halfPageDown: top += rows
    case .pageUp, .halfPageUp: top -= rows
    }
    resize(viewport)
  }

  /// Shows no empty space after the last line.
  package mutating func resize(_ viewport: Viewport) {
    top = max(0, min(top, viewport.helpLines - viewport.helpRows))
  }
}

extension Context {
  package static let help = Context("help", "The page with the keys", .other)
}
