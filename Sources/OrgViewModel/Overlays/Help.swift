/// The page with the keys: first what they do where a person is, then what else they do elsewhere.
package struct Help: TextOverlay {
  /// A line of the page.
  package enum Line: Sendable, Hashable {
    case blank
    /// What the lines below are for, or where.
    case heading(String)
    /// Keys, and what they do; without keys what didn't fit in the line before.
    case keys(String, String)
  }

  /// Where the person was.
  package let origin: Context
  /// The lines that fit what is typed.
  package private(set) var lines: [Line] = []
  /// The first line that is shown.
  package private(set) var top = 0
  /// What is looked for.
  package private(set) var search = TextField()
  /// Whether that is being typed.
  package private(set) var isTyping = false
  private let groups: [KeySheet.Group]
  /// Cells in a line.
  private var columns: Int

  init(_ origin: Context, _ keys: KeySheet, _ viewport: Viewport) {
    self.origin = origin
    groups = keys.page(for: origin)
    columns = viewport.columns
    find()
  }

  /// How wide the column of the keys is on a screen of some width.
  package static func keyWidth(_ columns: Int) -> Int { columns < 60 ? 15 : 20 }

  /// Where keys go in it.
  package static let contexts = [Context.help, .helpSearch]
  /// Where keys go in it.
  package var context: Context { isTyping ? .helpSearch : .help }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [Motion.down, .up, .first, .last, .pageDown, .pageUp].map { motion in
      Command(motion.action, motion.keys, in: [.help], .moving, motion.help) { $0.move(motion, $1.viewport) }
    }
    + [
      Command(.filter, "/", in: [.help], .finding, "look for a key by what it does", hint: "search") {
        help, _ in help.isTyping = true
      },
      Command(
        .back, "? q Esc Enter F1", in: [.help], .program, "close this page; first clear what was looked for",
        hint: "close"
      ) {
        $0.close(&$1)
      },
      Command(.accept, "Enter", in: [.helpSearch], .filter, "keep what was found", hint: "keep") { help, _ in
        help.isTyping = false
      },
      Command(.back, "Esc", in: [.helpSearch], .filter, "all keys again", hint: "cancel") { help, _ in
        help.isTyping = false
        help.clear()
      },
    ]
    + Motion.allCases.filter { $0.keyInPrompts != nil }.map { motion in
      Command(motion.action, motion.keyInPrompts ?? "", in: [.helpSearch], .filter, motion.help) {
        $0.move(motion, $1.viewport)
      }
    } + textCommands(in: [.helpSearch])
    + [closing(.cancel, "^C", .program, "cancel what is going on")] + commonCommands

  private mutating func close(_ workspace: inout Workspace) {
    if search.text.isEmpty { workspace.dismiss() } else { clear() }
  }

  private mutating func clear() {
    search = TextField()
    find()
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    guard isTyping else { return }
    change(&search)
    find()
  }

  private mutating func find() {
    top = 0
    lines = groups.matching(search.text).enumerated().flatMap { place, group -> [Line] in
      (place == 0 ? [] : [.blank]) + [.heading(group.title)]
        + group.rows.flatMap { row in
          wrapped(row.text).enumerated().map { place, text in
            .keys(place == 0 ? row.keys.joined(separator: " ") : "", text)
          }
        }
    }
  }

  /// A text in lines that fit beside the keys.
  private func wrapped(_ text: String) -> [String] {
    let width = max(10, columns - Self.keyWidth(columns) - 3)
    return text.split(separator: " ").reduce(into: [""]) { lines, word in
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }

  private mutating func move(_ motion: Motion, _ viewport: Viewport) {
    let rows = viewport.helpRows
    switch motion {
    case .down: top += 1
    case .up: top -= 1
    case .first: top = 0
    case .last: top = lines.count
    case .pageDown, .halfPageDown: top += rows
    case .pageUp, .halfPageUp: top -= rows
    }
    resize(viewport)
  }

  /// Shows no empty space after the last line.
  package mutating func resize(_ viewport: Viewport) {
    if columns != viewport.columns {
      let before = top
      columns = viewport.columns
      find()
      top = before
    }
    top = max(0, min(top, lines.count - viewport.helpRows))
  }
}

extension Context {
  package static let help = Context("help", "The page with the keys", .other)
  package static let helpSearch = Context("help-search", "While a key is looked for", .text)
}
