/// What a person can ask for: a command, by its name, or text or a place for what is open. What an action does is up to
/// the screen or the overlay that has a `Command` for it.
package struct Action: Sendable {
  /// What the configuration calls it: lower-case words with hyphens, the same in every version.
  package let name: String
  /// What it does, for people.
  package let title: String
  /// Whether the command palette offers it; others make sense only in a text, a form, a menu or a question.
  package let isCommand: Bool
  /// Words that people use for it, besides those of its name and title.
  package let synonyms: String
  /// What comes with it.
  let argument: Argument?

  enum Argument: Sendable, Hashable {
    case text(String)
    /// What is chosen: two values may look the same in a name.
    case value(String)
    case place(Pane, line: Int)
  }

  /// An action with its name and title, and other words that people use for it.
  package init(_ name: String, _ title: String, isCommand: Bool = true, synonyms: String = "") {
    self.init(name, title, isCommand: isCommand, synonyms: synonyms, argument: nil)
  }

  /// An answer of a menu.
  static func choice(_ value: String, _ title: String) -> Action {
    let name = "choose-" + value.map { $0 == "_" ? "-" : String($0) }.joined()
    return Action(name, title, isCommand: false, argument: .value(value))
  }

  private init(
    _ name: String, _ title: String, isCommand: Bool, synonyms: String = "", argument: Argument?
  ) {
    (self.name, self.title, self.isCommand, self.argument) = (name, title, isCommand, argument)
    self.synonyms = synonyms
  }
}

extension Action: Hashable {
  /// Whether both ask for the same.
  package static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.argument == right.argument
  }

  /// By name and argument.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(argument)
  }
}

/// The two panes of a screen.
package enum Pane: Sendable, Hashable {
  /// The rows.
  case list
  /// What is selected among them.
  case detail
}

// Text and places have no name in the configuration.
extension Action {
  /// Types text.
  package static func insert(_ text: String) -> Action {
    Action("", "", isCommand: false, argument: .text(text))
  }

  /// Puts pasted text into the field that has the focus; elsewhere it does nothing.
  package static func paste(_ text: String) -> Action {
    Action("paste", "", isCommand: false, argument: .text(text))
  }

  /// Says that what was typed can't be shown, so that it isn't taken.
  package static let unreadable = Action("unreadable", "", isCommand: false)

  /// Selects what is in a line of a pane, counted from the first row or line that the screen shows of it.
  package static func point(_ pane: Pane, line: Int) -> Action {
    Action("point", "", isCommand: false, argument: .place(pane, line: line))
  }

  /// Text that is typed or pasted.
  var text: (text: String, isPasted: Bool)? {
    if case .text(let text) = argument { (text, name == "paste") } else { nil }
  }

  /// A place that is pointed at.
  var place: (pane: Pane, line: Int)? {
    if case .place(let pane, let line) = argument { (pane, line) } else { nil }
  }
}

// What more than one screen or overlay has a command for, each in its own way.
extension Action {
  package static let open = Action(
    "open", "Open the organization; in the detail, edit what is selected",
    synonyms: "show view details enter")
  package static let add = Action(
    "add", "New organization; in the detail, add a member",
    synonyms: "create tenant customer invite onboard co-owner")
  package static let edit = Action(
    "edit", "Edit name, plan, status and billing ids",
    synonyms: "rename modify change lago stripe customer id")
  package static let changeRole = Action(
    "change-role", "Change the role of the member, or of all marked",
    synonyms: "promote demote permission rights access owner billing")
  package static let remove = Action(
    "remove", "Set to deleted; in the detail, remove the member; or all marked",
    synonyms: "delete kick revoke archive")
  package static let mark = Action(
    "mark", "Mark or unmark what is selected, and go on to the next",
    synonyms: "select tag check")
  package static let markRange = Action(
    "mark-range", "Mark what is moved over; again ends it",
    synonyms: "select visual")
  package static let markAll = Action(
    "mark-all", "Mark all that the filter shows; in the detail, all members",
    synonyms: "select everything")
  package static let unmarkAll = Action("unmark-all", "Unmark all", synonyms: "deselect clear selection")
  package static let copy = Action(
    "copy", "Copy the id; in the detail, what is selected", synonyms: "yank clipboard")
  package static let copyRow = Action(
    "copy-row", "Copy the whole row, with tabs between its values", synonyms: "yank clipboard")
  package static let filter = Action("filter", "Filter as you type", synonyms: "search find query look grep")
  package static let undo = Action("undo", "Undo your latest change", synonyms: "revert take back rollback")
  package static let redo = Action("redo", "Redo what you undid", synonyms: "again repeat")
  package static let nextPane = Action("next-pane", "To the next pane")
  package static let previousPane = Action("previous-pane", "To the previous pane")
  package static let moveDown = Action("move-down", "To the next row")
  package static let moveUp = Action("move-up", "To the previous row")
  package static let moveToFirst = Action("move-to-first", "To the first row")
  package static let moveToLast = Action("move-to-last", "To the last row")
  package static let pageDown = Action("page-down", "A page down")
  package static let pageUp = Action("page-up", "A page up")
  package static let back = Action("back", "Close what is open, clear the filter, go back")
  package static let close = Action("close", "Go back, and from the list out of the program")
  package static let cancel = Action("cancel", "Cancel what is going on")
  package static let help = Action("help", "Show the keys", synonyms: "shortcuts keyboard bindings manual")
  package static let quit = Action("quit", "Quit", synonyms: "exit leave close bye")
  package static let redraw = Action("redraw", "Draw the screen again", synonyms: "refresh repaint")
  package static let suspend = Action("suspend", "Suspend the program")
  package static let accept = Action("accept", "Accept what was typed or chosen", isCommand: false)
  package static let decline = Action("decline", "No", isCommand: false)
  package static let nextField = Action("next-field", "To the next field", isCommand: false)
  package static let previousField = Action("previous-field", "To the previous field", isCommand: false)
  package static let moveLeft = Action("move-left", "To the left; the previous choice", isCommand: false)
  package static let moveRight = Action("move-right", "To the right; the next choice", isCommand: false)
}
