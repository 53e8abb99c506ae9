/// What keys are bound to out of the box, and what the help page and the line at the bottom say about it.
package struct Binding: Sendable {
  /// A part of the help page.
  package enum Section: String, Sendable, Hashable, CaseIterable {
    case moving = "Moving"
    case goingAbout = "Going about"
    case changing = "Changing"
    case marking = "Marking and copying"
    case finding = "Finding"
    case program = "The program"
    case answering = "Answering"
    case filter = "Typing a filter"
    case palette = "Finding a command"
    case form = "Edit pane"
    case text = "Text"
  }

  /// What the keys ask for.
  package let action: Action
  /// The keys as the help page writes them, as in `j`, `^F`, `PgDn`; the most usual first.
  package let keys: [String]
  /// Where they do.
  package let contexts: [Context]
  /// Where the help page has it.
  package let section: Section
  /// What it does, for the help page; empty to keep it out of there.
  package internal(set) var help: String
  /// One word for the line at the bottom; `nil` to keep it out of there.
  package let hint: String?
  /// The same while rows are marked; `nil` to keep it out of there.
  package let markedHint: String?

  /// What the line at the bottom shows first where there isn't room for everything; the rest in the order of their keys.
  package static let hintOrder: [Action] = [
    .takeUser, .keepTheirs, .takeMine, .help, .close, .back, .cancel, .accept, .save, .open,
    .verifyBilling, .repairBilling, .filter, .showOrganizations,
    .undo, .undoEntry, .mark,
    .palette, .edit, .changeRole, .add, .remove,
  ]

  /// Hints that marks don't replace.
  package static let lastingHints: Set<Action> = [.help, .close, .filter, .palette]
}

/// What a screen or an overlay can do, as data: its name, its keys, why it can't be done at the moment, and what it does.
/// The key map, the line at the bottom, the help page, the palette, the names in the configuration and the documentation
/// are made from these.
package struct Command<Subject>: Sendable {
  let binding: Binding
  /// Why it can't be done now; `nil` where it can.
  let obstacle: @Sendable (Subject, Workspace) -> String?
  let run: @Sendable (inout Subject, inout Workspace) -> Void

  var action: Action { binding.action }
}

extension Command where Subject: CommandTarget {
  /// A command.
  ///
  /// - Parameters:
  ///   - keys: separated by spaces, as the help page writes them; empty for none.
  ///   - contexts: all of the subject's by default.
  ///   - help: what the help page says.
  ///   - hint: one word for the line at the bottom.
  ///   - marked: the same while rows are marked.
  ///   - obstacle: why it can't be done now; `nil` where it can.
  init(
    _ action: Action, _ keys: String, in contexts: [Context] = Subject.contexts, _ section: Binding.Section,
    _ help: String = "", hint: String? = nil, marked: String? = nil,
    unless obstacle: @escaping @Sendable (Subject, Workspace) -> String? = { _, _ in nil },
    run: @escaping @Sendable (inout Subject, inout Workspace) -> Void
  ) {
    binding = Binding(
      action: action, keys: keys.split(separator: " ").map(String.init), contexts: contexts, section: section,
      help: help, hint: hint, markedHint: marked)
    (self.obstacle, self.run) = (obstacle, run)
  }
}

/// What has commands: a screen or an overlay.
package protocol CommandTarget: Sendable {
  /// Where keys can go in it.
  static var contexts: [Context] { get }
  /// What it can do.
  static var commands: [Command<Self>] { get }
  /// Where keys go in it now.
  var context: Context { get }
  /// Does what an action asks for.
  mutating func perform(_ action: Action, _ workspace: inout Workspace)
}

extension CommandTarget {
  /// Its commands as far as keys are concerned.
  static var bindings: [Binding] { commands.map(\.binding) }

  /// The command for an action in the present context.
  func command(for action: Action) -> Command<Self>? {
    let context = context
    return Self.commands.first { $0.action == action && $0.binding.contexts.contains(context) }
  }
}
