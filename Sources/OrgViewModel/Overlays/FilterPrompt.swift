/// The line in which a filter is typed.
package struct FilterPrompt: TextOverlay {
  /// What is typed.
  package private(set) var field: TextField
  /// The filter as it was.
  private let before: String

  init(_ filter: String) {
    field = TextField(filter)
    before = filter
  }

  /// Where keys go in it.
  package static let contexts = [Context.filter]
  /// Where keys go in it.
  package var context: Context { .filter }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      Command(.accept, "Enter", .filter, "keep the filter", hint: "keep") {
        $1.dismiss()
        $1.go(.filter(.accept))
      },
      Command(.back, "Esc", .filter, "the filter as it was", hint: "cancel") { $0.restore(&$1) },
      Command(.cancel, "^C", .program, "cancel what is going on") { $0.restore(&$1) },
    ]
    + Motion.allCases.filter { $0.keyInPrompts != nil }.map { motion in
      Command(motion.action, motion.keyInPrompts ?? "", .filter, motion.help) {
        $1.go(.filter(.move(motion)))
      }
    } + textCommands() + commonCommands

  private func restore(_ workspace: inout Workspace) {
    workspace.dismiss()
    workspace.go(.filter(.restore(before)))
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    change(&field)
    workspace.go(.filter(.type(field.text)))
  }
}

/// A step of typing a filter, for the screen that is filtered.
package enum FilterStep: Sendable {
  /// This is what is typed now.
  case type(String)
  /// The rows move while the prompt stays open.
  case move(Motion)
  /// The filter is kept.
  case accept
  /// It becomes what it was before.
  case restore(String)
}

extension Context {
  package static let filter = Context(
    "filter", "While a filter is typed; keys that type something type it", .text)
}
