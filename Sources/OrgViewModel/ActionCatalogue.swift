extension Action {
  /// An action with its name and title.
  public struct Entry: Sendable {
    /// What it asks for.
    public let action: Action
    /// What the configuration calls it: lower-case words with hyphens, the same in every version.
    public let name: String
    /// What it does, for people.
    public let title: String
    /// Whether it can be asked for at any time, as in the command palette; others make sense only in a text, a
    /// form or a question.
    public let isCommand: Bool
  }

  /// Every action that a key, the palette or the configuration may name, in the order of the palette. Those that
  /// carry a text have no name.
  public static let catalogue: [Entry] = commands + answers

  private static let commands: [Entry] = [
    command(.open, "open", "Open the organization; in the detail, edit what is selected"),
    command(.add, "add", "New organization; in the detail, add a member"),
    command(.edit, "edit", "Edit name, plan, status and billing ids"),
    command(.changeRole, "change-role", "Change the role of the member, or of all marked"),
    command(.changePlan, "change-plan", "Change the plan of the organization, or of all marked"),
    command(.changeStatus, "change-status", "Change the status of the organization, or of all marked"),
    command(.remove, "remove", "Set to deleted; in the detail, remove the member; or all marked"),
    command(.removeEverywhere, "remove-everywhere", "Remove the user from all organizations"),
    command(.undo, "undo", "Undo your latest change"),
    command(.redo, "redo", "Redo what you undid"),
    command(.undoEntry, "undo-entry", "Undo the selected entry of the history"),
    command(.mark, "mark", "Mark or unmark what is selected, and go on to the next"),
    command(.markRange, "mark-range", "Mark what is moved over; again ends it"),
    command(.markAll, "mark-all", "Mark all that the filter shows; in the detail, all members"),
    command(.unmarkAll, "unmark-all", "Unmark all"),
    command(.copy, "copy", "Copy the id; in the detail, what is selected"),
    command(.copyRow, "copy-row", "Copy the whole row, with tabs between its values"),
    command(.filter, "filter", "Filter as you type"),
    command(.nextMatch, "next-match", "To the next match of the filter"),
    command(.previousMatch, "previous-match", "To the previous match of the filter"),
    command(.sort, "sort", "Sort by a column"),
    command(.sortBy(.name), "sort-by-name", "Sort by name"),
    command(.sortBy(.plan), "sort-by-plan", "Sort by plan"),
    command(.sortBy(.status), "sort-by-status", "Sort by status"),
    command(.sortBy(.members), "sort-by-members", "Sort by the number of members"),
    command(.sortBy(.created), "sort-by-created", "Sort by the time of creation"),
    command(.invertOrder, "invert-order", "Sort the other way round"),
    command(.reload, "reload", "Read again from disk"),
    command(.showOrganizations, "show-organizations", "Go to the organizations"),
    command(.showUsers, "show-users", "Go to the users"),
    command(.showHistory, "show-history", "Go to the history: who changed what when"),
    command(
      .showOverview, "show-overview", "Go to the overview: counts by plan and status, what to look after"),
    command(.showPerson, "show-person", "Go to all organizations of the selected user"),
    command(.showItsHistory, "show-its-history", "Go to the history of what is selected alone"),
    command(.goBack, "go-back", "Go back to the screen before"),
    command(.goForward, "go-forward", "Go forward again"),
    command(.goToLast, "go-to-last", "Go to the last screen, and back again"),
    command(.nextPane, "next-pane", "To the next pane"),
    command(.previousPane, "previous-pane", "To the previous pane"),
    command(.moveDown, "move-down", "To the next row"),
    command(.moveUp, "move-up", "To the previous row"),
    command(.moveToFirst, "move-to-first", "To the first row"),
    command(.moveToLast, "move-to-last", "To the last row"),
    command(.pageDown, "page-down", "A page down"),
    command(.pageUp, "page-up", "A page up"),
    command(.halfPageDown, "half-page-down", "Half a page down"),
    command(.halfPageUp, "half-page-up", "Half a page up"),
    command(.back, "back", "Close what is open, clear the filter, go back"),
    command(.close, "close", "Go back, and from the list out of the program"),
    command(.cancel, "cancel", "Cancel what is going on"),
    command(.help, "help", "Show the keys"),
    command(.palette, "palette", "Find a command by its name"),
    command(.toggleMouse, "toggle-mouse", "Mouse on or off"),
    command(.redraw, "redraw", "Draw the screen again"),
    command(.suspend, "suspend", "Suspend the program"),
    command(.quit, "quit", "Quit"),
  ]

  private static let answers: [Entry] = [
    answer(.chooseOwner, "choose-owner", "The role owner"),
    answer(.chooseMember, "choose-member", "The role member"),
    answer(.chooseBillingAdmin, "choose-billing-admin", "The role billing_admin"),
    answer(.choosePlan("founders_friend"), "choose-founders-friend", "The plan founders_friend"),
    answer(.choosePlan("starter"), "choose-starter", "The plan starter"),
    answer(.choosePlan("professional"), "choose-professional", "The plan professional"),
    answer(.choosePlan("enterprise"), "choose-enterprise", "The plan enterprise"),
    answer(.chooseOtherPlan, "choose-other-plan", "Another plan, to be typed"),
    answer(.chooseStatus(.active), "choose-active", "The status active"),
    answer(.chooseStatus(.suspended), "choose-suspended", "The status suspended"),
    answer(.chooseStatus(.deleted), "choose-deleted", "The status deleted"),
    answer(.confirm, "confirm", "Yes"),
    answer(.decline, "decline", "No"),
    answer(.accept, "accept", "Accept what was typed or chosen"),
    answer(.save, "save", "Save the form"),
    answer(.nextField, "next-field", "To the next field"),
    answer(.previousField, "previous-field", "To the previous field"),
    answer(.moveLeft, "move-left", "To the left; the previous choice"),
    answer(.moveRight, "move-right", "To the right; the next choice"),
    answer(.moveWordLeft, "move-word-left", "To the start of the word"),
    answer(.moveWordRight, "move-word-right", "To the end of the word"),
    answer(.undoTyping, "undo-typing", "Take back what was typed last in the field"),
    answer(.keepTheirs, "keep-theirs", "Keep what others put there"),
    answer(.takeMine, "take-mine", "Set it to what was typed here"),
    answer(.deleteBackward, "delete-backward", "Delete the character before the cursor"),
    answer(.deleteForward, "delete-forward", "Delete the character under the cursor"),
    answer(.deleteWord, "delete-word", "Delete the word before the cursor"),
    answer(.deleteToStart, "delete-to-start", "Delete to the start"),
    answer(.deleteToEnd, "delete-to-end", "Delete to the end"),
  ]

  private static func command(_ action: Action, _ name: String, _ title: String) -> Entry {
    Entry(action: action, name: name, title: title, isCommand: true)
  }

  private static func answer(_ action: Action, _ name: String, _ title: String) -> Entry {
    Entry(action: action, name: name, title: title, isCommand: false)
  }

  private static let byName = Dictionary(catalogue.map { ($0.name, $0) }) { first, _ in first }
  private static let byAction = Dictionary(catalogue.map { ($0.action, $0) }) { first, _ in first }

  /// The action of a name; `nil` if there is none.
  public init?(name: String) {
    guard let entry = Self.byName[name] else { return nil }
    self = entry.action
  }

  /// Its name and title; `nil` for one that carries a text.
  public var entry: Entry? { Self.byAction[self] }
}
