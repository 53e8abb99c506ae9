import OrgCore

/// A view that fills the window and has rows: what it shows, what is selected and marked there, and what keys do. A new
/// screen is a type of its own, added to `Registry`.
package protocol Screen: NamingScreen {
  /// What it is and what it is about, as in `history org_1`: two screens with the same identity show the same.
  var identity: String { get }
  /// By which key it is reached; `nil` for a screen that is about something that is selected elsewhere.
  static var shortcut: Shortcut? { get }
  /// Which list a view of it is; `nil` for a screen that there are no views of.
  static var viewList: SavedView.List? { get }
  /// What a view of it is, but for the name.
  func view(_ workspace: Workspace) -> SavedView?
  /// What is exported of it: what is marked, or all that the filter shows; `nil` where there is nothing.
  func exportSource(_ workspace: Workspace) -> ExportSource?
  /// Whether it lives on, with all its marks, while another screen is shown.
  static var isResident: Bool { get }
  /// Why an action can't be done now; `nil` where it can.
  func obstacle(to action: Action, _ workspace: Workspace) -> String?
  /// What the header calls it; text of the data is escaped.
  func title(_ workspace: Workspace) -> String

  /// What the rows are filtered by, or will be in a moment.
  var filter: String { get }
  /// What is wrong with the filter; the rows are those of the last good one then.
  var queryError: QueryError? { get }
  /// The row of what is selected, if something is, in the pane with the focus.
  var position: Int? { get }
  /// How many rows the filter shows.
  var shownCount: Int { get }
  /// How many rows there are without a filter.
  var totalCount: Int { get }
  /// Whether the first of these counts is an estimate, as the rows are still being read.
  var isEstimated: Bool { get }
  /// Whether the second is one.
  var isTotalEstimated: Bool { get }
  /// Whether there are more rows than the first of these counts says, as they are read when they are asked for.
  var goesOn: Bool { get }
  /// Whether that holds for the second.
  var totalGoesOn: Bool { get }
  /// How many are marked of what the pane with the focus shows.
  var markCount: Int { get }
  /// Whether moving marks what is moved over.
  var isMarkingRange: Bool { get }
  /// Which pane has the focus.
  var pane: Pane { get }
  /// The user that is meant by what is selected.
  var selectedUser: String? { get }
  /// Whose history is meant by what is selected.
  var historySubject: HistorySubject? { get }

  /// Whether rows were asked for that keys have to wait for.
  var awaitsRows: Bool { get }
  /// Whether what is shown is what was asked for last.
  var isCurrent: Bool { get }
  /// Gives up what keys wait for; false if there is nothing.
  mutating func cancelWait() -> Bool
  /// Whether an action is about something that is shown and isn't there yet; `nil` for a key that isn't one action.
  func awaitsFetch(_ action: Action?) -> Bool

  /// Shows itself, as it was when it was left.
  mutating func resume(_ workspace: inout Workspace)
  /// What is remembered of it for the way back: everything but the rows.
  func folded() -> Self
  /// Goes back to how a resident screen was.
  mutating func unfold(_ folded: Self, _ workspace: inout Workspace)
  /// Receives new data; `isShown` says whether it is on the screen.
  mutating func follow(_ old: OrganizationList, isShown: Bool, _ workspace: inout Workspace)
  /// What is shown of its rows and isn't there yet; `nil` where everything is.
  var missingRows: RowFetch? { get }
  /// Learns that rows were fetched.
  mutating func receive(_ fetch: RowFetch, _ workspace: inout Workspace)
  /// Receives rows that it asked for.
  mutating func receive(_ rows: any ListRows, for request: ScreenRequest, _ workspace: inout Workspace)
  /// Receives what was looked for.
  mutating func receive(_ found: Found, _ workspace: inout Workspace)
  /// Learns that rows couldn't be made. What was shown before stays.
  mutating func receive(_ error: OrgError, for request: ScreenRequest, _ workspace: inout Workspace)
  /// Learns that the history has more than before.
  mutating func historyChanged(_ workspace: inout Workspace)
  /// Learns that billing was compared with the services.
  mutating func billingChanged(_ workspace: inout Workspace)
  /// Fits itself to a screen of another size.
  mutating func resize(_ viewport: Viewport)

  /// Moves the selection in the pane with the focus.
  mutating func move(_ motion: Motion, _ workspace: inout Workspace)
  /// Selects what is in a line of a pane.
  mutating func point(_ pane: Pane, line: Int, _ workspace: inout Workspace)
  /// Closes the innermost thing that is open: a range, a pane, a filter, the screen.
  mutating func close(_ way: WayBack, _ workspace: inout Workspace)
  /// Ends the range that is being marked; what it has marked stays.
  mutating func endRange()
  /// Takes a step of typing a filter.
  mutating func take(_ step: FilterStep, _ workspace: inout Workspace)
  /// Takes the order of a view.
  mutating func sort(as view: SavedView, _ workspace: inout Workspace)
  /// Begins to type a filter.
  mutating func beginFilter(_ workspace: inout Workspace)
  /// What is copied of what is selected.
  func copied(isRow: Bool, _ workspace: Workspace) -> Result<[String?], CopyRefusal>
  /// What an edit of all that is marked would be: where its changes come from, and its title.
  func source(of edit: BulkEdit, in organization: String?) -> (BulkEditPlan.Source, title: String)?
  /// Asks for the rows anew.
  mutating func reload(_ workspace: inout Workspace)
}

/// How a person goes back.
package enum WayBack: Sendable, Hashable {
  /// Closes the innermost thing that is open; never leaves the program.
  case back
  /// The same, but doesn't clear the filter, and leaves the program in the end.
  case close
  /// Cancels what is going on.
  case cancel
}

/// The key by which a screen is reached from any other.
package struct Shortcut: Sendable {
  let action: Action
  let key: String
  let help: String
  /// The screen as it is when it is first shown.
  let screen: @Sendable () -> any Screen

  init(_ action: Action, _ key: String, _ help: String, screen: @escaping @Sendable () -> any Screen) {
    (self.action, self.key, self.help, self.screen) = (action, key, help, screen)
  }
}

/// Why there is nothing to copy.
package struct CopyRefusal: Error {
  let reason: String
}

// What most screens do.
extension Screen {
  package static var isResident: Bool { false }
  package var queryError: QueryError? { nil }
  package mutating func receive(_ found: Found, _ workspace: inout Workspace) {}
  package static var shortcut: Shortcut? { nil }
  package static var viewList: SavedView.List? { nil }
  package func exportSource(_ workspace: Workspace) -> ExportSource? { nil }
  package func view(_ workspace: Workspace) -> SavedView? {
    Self.viewList.map { SavedView(name: "", list: $0, filter: filter) }
  }
  /// What its shortcut asks for.
  package static var shortcutAction: Action? { shortcut?.action }
  package var selectedUser: String? { nil }
  package var historySubject: HistorySubject? { nil }
  package var markCount: Int { 0 }
  package var isMarkingRange: Bool { false }
  package mutating func unfold(_ folded: Self, _ workspace: inout Workspace) {}
  package mutating func cancelWait() -> Bool { false }
  package func awaitsFetch(_ action: Action?) -> Bool { false }
  package mutating func historyChanged(_ workspace: inout Workspace) {}
  package mutating func billingChanged(_ workspace: inout Workspace) {}
  package mutating func endRange() {}
  package var isEstimated: Bool { false }
  package var isTotalEstimated: Bool { false }
  package var goesOn: Bool { false }
  package var totalGoesOn: Bool { false }
  package mutating func sort(as view: SavedView, _ workspace: inout Workspace) {}
  package var missingRows: RowFetch? { nil }
  package mutating func receive(_ fetch: RowFetch, _ workspace: inout Workspace) {}

  package func source(
    of edit: BulkEdit, in organization: String?
  ) -> (BulkEditPlan.Source, title: String)? { nil }

  /// Goes back to how a resident screen was, which is known by its type.
  mutating func unfold(anyScreen folded: any Screen, _ workspace: inout Workspace) {
    if let folded = folded as? Self { unfold(folded, &workspace) }
  }

  /// Why an action can't be done now; `nil` where it can.
  package func obstacle(to action: Action, _ workspace: Workspace) -> String? {
    guard let command = command(for: action) else { return CommandTable.standard.elsewhere(action) }
    return command.obstacle(self, workspace)
  }

  /// Does what an action asks for, or says why it can't be done.
  package mutating func perform(_ action: Action, _ workspace: inout Workspace) {
    if let (pane, line) = action.place {
      workspace.status.message = nil
      return point(pane, line: line, &workspace)
    }
    // Text runs no command.
    guard action.text == nil else { return }
    if let reason = obstacle(to: action, workspace) { return workspace.status.refuse(reason) }
    if !Self.keepsMessage.contains(action) { workspace.status.message = nil }
    command(for: action)?.run(&self, &workspace)
  }

  /// After these, what was said still holds.
  private static var keepsMessage: Set<Action> { [.redraw, .suspend, .quit] }

  private func copyObstacle(_ workspace: Workspace) -> String? {
    if case .failure(let refusal) = copied(isRow: false, workspace) { refusal.reason } else { nil }
  }

  private func copy(isRow: Bool, _ workspace: inout Workspace) {
    switch copied(isRow: isRow, workspace) {
    case .success(let values):
      let text = values.map { ($0 ?? "").withVisibleControls }.joined(separator: "\t")
      workspace.ask(.copy(text))
    case .failure(let refusal): workspace.status.refuse(refusal.reason)
    }
  }
}

// What can be done on every screen.
extension Screen {
  /// Commands of every screen.
  ///
  /// - Parameters:
  ///   - mainContexts: where `q` leaves the program.
  ///   - filterHelp: what can be typed as a filter.
  ///   - undoContexts: where `u` undoes the user's latest change.
  static func commonCommands(
    leavingFrom mainContexts: [Context] = [], filterHelp: String,
    undoIn undoContexts: [Context] = Self.contexts
  ) -> [Command<Self>] {
    goingAbout + [
      Command(
        .undo, "u", in: undoContexts, .changing, "undo your latest change; what others changed since stays",
        hint: "undo", unless: { $1.editingObstacle }
      ) { $1.step(.undo) },
      Command(
        .undo, "", in: contexts.filter { !undoContexts.contains($0) }, .changing,
        unless: { $1.editingObstacle }
      ) { $1.step(.undo) },
      Command(.redo, "^R", .changing, "redo what you undid", unless: { $1.editingObstacle }) {
        $1.step(.redo)
      },
      Command(.copy, "y", .marking, "copy the id, or the value of the field", unless: { $0.copyObstacle($1) })
      {
        $0.copy(isRow: false, &$1)
      },
      Command(
        .copyRow, "Y", .marking, "copy the whole row, with tabs between its values",
        unless: { screen, workspace in
          if case .failure(let refusal) = screen.copied(isRow: true, workspace) {
            refusal.reason
          } else {
            nil
          }
        }
      ) {
        $0.copy(isRow: true, &$1)
      },
      Command(.filter, "/", .finding, filterHelp, hint: "filter") {
        $0.beginFilter(&$1)
        $1.open(FilterPrompt($0.filter))
      },
      Command(
        .saveView, "", .finding, "save filter, sort and columns under a name",
        unless: { screen, workspace in
          screen.view(workspace) == nil
            ? "Views are of the organizations, the users and the whole history; go to one of these lists."
            : nil
        }
      ) { if let view = $0.view($1) { $1.open(NamePrompt(.view(view))) } },
      Command(
        .openView, "V", .finding, "open a view that was saved under a name",
        unless: { $1.views.isEmpty ? "No view is saved yet; filter, and then :save view saves one." : nil }
      ) { $1.open(Palette($1.views)) },
      Command(
        .export, "x", .marking,
        "export what is marked, or all that the filter shows: then c CSV, j JSON, y clipboard",
        marked: "export",
        unless: {
          $1.requests.export != nil
            ? "Rows are being exported; ^C cancels that."
            : $0.exportSource($1) == nil ? "There is nothing to export here." : nil
        }
      ) { if let source = $0.exportSource($1) { $1.open(ExportMenu(source: source)) } },
      refusalCommand,
      Command(.reload, "R F5", .finding, "read the data again") { $0.reload(&$1) },
      Command(.palette, ":", .program, "every command by its name", hint: "more") { screen, workspace in
        workspace.open(
          Palette(workspace.views) { screen.obstacle(to: $0, workspace) })
      },
      Command(.help, "? F1", .program, "this page", hint: "help") {
        $1.open(Help($0.context, $1.settings.keys, $1.viewport))
      },
    ] + leaving(mainContexts)
  }

  private static var goingAbout: [Command<Self>] {
    Motion.allCases.map { motion in
      Command(motion.action, motion.keys, .moving, motion.help) { $0.move(motion, &$1) }
    } + [
      Command(
        .back, "Esc h Left", .goingAbout, "close the prompt, clear the filter, go back; never quits"
      ) { $0.close(.back, &$1) }
    ]
      + Registry.screens.compactMap { screen in
        screen.shortcut.map { shortcut in
          Command(shortcut.action, shortcut.key, .goingAbout, shortcut.help) { $1.go(.show(shortcut)) }
        }
      } + [
        Command(.goBack, "[", .goingAbout, "the screen before") { $1.go(.back) },
        Command(.goForward, "]", .goingAbout, "forward again") { $1.go(.forward) },
        Command(.goToLast, "-", .goingAbout, "the last screen, and back again") { $1.go(.last) },
      ]
  }

  private static func leaving(_ mainContexts: [Context]) -> [Command<Self>] {
    let help = "back, and from the list out"
    return [
      Command(.close, "q", in: mainContexts, .program, help, hint: "quit") { $0.close(.close, &$1) },
      Command(
        .close, "q", in: contexts.filter { !mainContexts.contains($0) }, .program, help, hint: "back"
      ) { $0.close(.close, &$1) },
      Command(.quit, "Q", .program, "quit") { $1.go(.quit) },
      Command(.cancel, "^C", .program, "cancel what is going on") {
        $0.close(.cancel, &$1)
      },
      Command(.suspend, "^Z", .program, "suspend") { $1.ask(.suspend) },
      Command(.redraw, "^L", .program, "draw the screen again") { $1.ask(.redraw) },
      Command(
        .toggleMouse, "", .program,
        unless: { $1.surroundings.mouse == .absent ? "This terminal has no mouse." : nil }
      ) { $1.toggleMouse() },
    ]
  }

  /// To all organizations of the selected user.
  static func personCommand(in contexts: [Context], refusal: String) -> Command<Self> {
    Command(
      .showPerson, "o", in: contexts, .goingAbout, "all organizations of the member or user",
      unless: { screen, _ in screen.selectedUser == nil ? refusal : nil }
    ) {
      if let user = $0.selectedUser { $1.go(.visit(PersonScreen(user))) }
    }
  }

  /// Removes users from all organizations.
  ///
  /// - Parameter users: whom it is about; none where nothing is selected.
  static func offboardCommand(
    in contexts: [Context] = Self.contexts, _ users: @escaping @Sendable (Self) -> [String]
  ) -> Command<Self> {
    Command(
      .removeEverywhere, "D", in: contexts, .changing,
      "offboard the user, or all marked: remove from all organizations; asks", marked: "offboard",
      unless: { $1.editingObstacle ?? (users($0).isEmpty ? StatusLine.nothingIsSelected : nil) }
    ) { $1.requestBulkEdit(.offboarding(users($0), nil)) }
  }

  /// To the history of what is selected.
  static func historyCommand(in contexts: [Context] = Self.contexts) -> Command<Self> {
    Command(
      .showItsHistory, "H", in: contexts, .goingAbout,
      "history of the organization, member or user alone",
      unless: { screen, _ in screen.historySubject == nil ? StatusLine.nothingIsSelected : nil }
    ) {
      if let subject = $0.historySubject { $1.go(.visit(HistoryScreen(subject))) }
    }
  }
}

extension Workspace {
  fileprivate mutating func toggleMouse() {
    let isOn = surroundings.mouse != .on
    surroundings.mouse = isOn ? .on : .off
    status.note(isOn ? "The mouse is on. To copy with it, hold Shift down." : "The mouse is off.")
    ask(.setMouse(isOn))
  }
}

extension String {
  /// The text with control characters as visible escapes: where it is pasted, none of them should act.
  fileprivate var withVisibleControls: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    return unicodeScalars.map { Self.isControl($0) ? $0.visibleEscape : String($0) }.joined()
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension Action {
  package static let reload = Action("reload", "Read the data again", synonyms: "refresh update")
  package static let goBack = Action("go-back", "Go back to the screen before")
  package static let goForward = Action("go-forward", "Go forward again")
  package static let goToLast = Action("go-to-last", "Go to the last screen, and back again")
  package static let showPerson = Action(
    "show-person", "Go to all organizations of the selected user",
    synonyms: "person member memberships where")
  package static let showItsHistory = Action(
    "show-its-history", "Go to the history of what is selected alone",
    synonyms: "audit log changes who")
  package static let toggleMouse = Action("toggle-mouse", "Mouse on or off")
}
