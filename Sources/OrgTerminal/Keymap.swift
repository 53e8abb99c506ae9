import OrgViewModel

/// Which key stands for which action, and where: plain data, from which the hints at the bottom, the help page
/// and the table for the documentation are made.
public struct Keymap: Sendable {
  /// One action with the keys that stand for it.
  public struct Binding: Sendable {
    /// The keys, the most usual first.
    public let keys: [Key]
    /// What they ask for.
    public let action: Action
    /// Where they do.
    public let contexts: Set<Context>
    /// What it does, for the help page.
    public let description: String
    /// One word for the line at the bottom; `nil` keeps it out of there.
    public let hint: String?
  }

  /// Bindings under a heading, as the help page shows them.
  public struct Section: Sendable {
    /// The heading.
    public let title: String
    /// What stands under it.
    public let bindings: [Binding]
  }

  /// All bindings, in the order of the help page.
  public let sections: [Section]
  private let actions: [Context: [Key: Action]]

  init(sections: [Section]) {
    self.sections = sections
    var actions: [Context: [Key: Action]] = [:]
    for binding in sections.flatMap(\.bindings) {
      for context in binding.contexts {
        for key in binding.keys { actions[context, default: [:]][key] = binding.action }
      }
    }
    self.actions = actions
  }

  /// What a key asks for. Where text is typed, every printable key types itself.
  public func action(for key: Key, in context: Context) -> Action? {
    if case .character(let scalar) = key, context.isTyping {
      return .insert(String(Character(scalar)))
    }
    return actions[context]?[key]
  }

  /// The bindings for the line at the bottom.
  func hints(in context: Context) -> [Binding] {
    sections.flatMap(\.bindings).filter { $0.hint != nil && $0.contexts.contains(context) }
  }

  /// The keys of an action, the most usual first.
  func keys(for action: Action, in context: Context) -> [Key] {
    sections.flatMap(\.bindings).first { $0.action == action && $0.contexts.contains(context) }?.keys ?? []
  }

  /// A table of all keys in Markdown, for the documentation.
  public var markdown: String {
    let rows = sections.map { section in
      "| **\(section.title)** | |\n"
        + section.bindings.filter { !$0.description.isEmpty }.map {
          "| \($0.keys.map { "`\($0)`" }.joined(separator: " ")) | \($0.description) |\n"
        }.joined()
    }
    return "| key | does |\n|---|---|\n" + rows.joined()
  }
}

extension Keymap {
  /// The keys that orgman has out of the box.
  public static let standard = Keymap(sections: [
    Section(
      title: "Moving",
      bindings: [
        bind("j", .down, to: .moveDown, in: panes, "the next row"),
        bind("k", .up, to: .moveUp, in: panes, "the previous row"),
        bind("g", .home, to: .moveToFirst, in: panes, "the first row"),
        bind("G", .end, to: .moveToLast, in: panes, "the last row"),
        bind(.control("f"), .pageDown, to: .pageDown, in: panes, "a page down"),
        bind(.control("b"), .pageUp, to: .pageUp, in: panes, "a page up"),
        bind(.control("d"), to: .halfPageDown, in: anywhere, "half a page down"),
        bind(.control("u"), to: .halfPageUp, in: anywhere, "half a page up"),
      ]),
    Section(
      title: "Going about",
      bindings: [
        bind(.enter, "l", .right, to: .open, in: [.list], "open the organization", hint: "open"),
        bind(
          .enter, "l", .right, to: .open, in: [.detail], "edit the field, or the role of the member",
          hint: "edit"),
        bind(
          .escape, "h", .left, to: .back, in: anywhere,
          "close the prompt, clear the filter, go back; never quits"),
        bind("1", to: .showOrganizations, in: anywhere, "organizations"),
        bind("2", to: .showUsers, in: anywhere, "users: who belongs where"),
        bind("3", to: .showHistory, in: anywhere, "history: who changed what when"),
        bind("4", to: .showOverview, in: anywhere, "overview: counts, and what to look after"),
        bind(
          "o", to: .showPerson, in: browsing.union([.users, .entry]),
          "all organizations of the member or user"),
        bind(
          "H", to: .showItsHistory, in: browsing.union([.users, .person]),
          "history of the organization, member or user alone"),
        bind("[", to: .goBack, in: anywhere, "the screen before"),
        bind("]", to: .goForward, in: anywhere, "forward again"),
        bind("-", to: .goToLast, in: anywhere, "the last screen, and back again"),
        bind(.enter, "l", .right, to: .open, in: [.history], "every change of the entry", hint: "open"),
        bind(
          .enter, "l", .right, to: .open, in: [.entry, .person], "go to the organization", hint: "go there"),
        bind(.enter, "l", .right, to: .open, in: [.overview], "the organizations of that line", hint: "show"),
        bind(.enter, "l", .right, to: .open, in: [.users], "the user's organizations", hint: "open"),
        bind(.tab, to: .nextPane, in: browsing.union([.history, .entry]), "the next pane"),
        bind(.backTab, to: .previousPane, in: browsing.union([.history, .entry]), "the previous pane"),
      ]),
    Section(
      title: "Changing",
      bindings: [
        bind(
          "r", to: .changeRole, in: marking,
          "role of the member, or of all marked: then o owner, m member, b billing_admin"),
        bind("p", to: .changePlan, in: browsing, "plan of the organization, or of all marked"),
        bind("S", to: .changeStatus, in: browsing, "status of the organization, or of all marked"),
        bind("a", to: .add, in: [.list], "a new organization", hint: "add"),
        bind("r", to: .changeRole, in: [.detail, .person], hint: "role"),
        bind("a", to: .add, in: [.detail], "add a member", hint: "add"),
        bind(
          "e", .function(2), to: .edit, in: [.list], "edit name, plan, status, Lago and Stripe id",
          hint: "edit"),
        bind("e", .function(2), to: .edit, in: [.detail]),
        bind(
          "d", .delete, to: .remove, in: [.list], "set the organization, or all marked, to deleted; asks",
          hint: "delete"),
        bind(
          "d", .delete, to: .remove, in: [.detail, .person], "remove the member, or all marked; asks",
          hint: "remove"),
        bind("D", to: .removeEverywhere, in: [.person], "remove the user from all organizations; asks"),
        bind(
          "u", to: .undo, in: anywhere.subtracting([.history, .entry]),
          "undo your latest change; what others changed since stays"),
        bind("u", to: .undoEntry, in: [.history, .entry], "undo this very entry; asks", hint: "undo"),
        bind(.control("r"), to: .redo, in: anywhere, "redo what you undid"),
      ]),
    Section(
      title: "Marking and copying",
      bindings: [
        bind(" ", to: .mark, in: marking, "mark or unmark, and go on to the next", hint: "mark"),
        bind("v", to: .markRange, in: marking, "mark what you move over; again ends it, Esc takes it back"),
        bind("*", to: .markAll, in: marking, "mark all that the filter shows, or all members"),
        bind("U", to: .unmarkAll, in: marking, "unmark all"),
        bind(
          "y", to: .copy, in: anywhere, "copy the id, or the value of the field"),
        bind(
          "Y", to: .copyRow, in: anywhere,
          "copy the whole row, with tabs between its values"),
      ]),
    Section(
      title: "Finding",
      bindings: [
        bind(
          "/", to: .filter, in: browsing,
          "filter as you type: words, plan:, status:, user:, members:>10, no:stripe, !not, ~fuzzy",
          hint: "filter"),
        bind(
          "/", to: .filter, in: sheets, "filter as you type: words that a row has in it, whatever their case",
          hint: "filter"),
        bind("n", to: .nextMatch, in: browsing, "the next match of the filter, also after it was cleared"),
        bind("N", to: .previousMatch, in: browsing, "the previous match"),
        bind(
          "s", to: .sort, in: browsing,
          "sort: then n name, p plan, s status, m members, c created; the same again inverts"),
        bind("I", to: .invertOrder, in: browsing.union([.sortChoice]), "sort the other way round"),
        bind("R", .function(5), to: .reload, in: anywhere, "read again from disk"),
      ]),
    Section(
      title: "The program",
      bindings: [
        bind(":", to: .palette, in: anywhere, "every command by its name", hint: "command"),
        bind("?", .function(1), to: .help, in: anywhere, "this page", hint: "help"),
        bind(
          "q", to: .close, in: anywhere.union(menus).union([.question]), "back, and from the list out",
          hint: nil),
        bind("Q", to: .quit, in: anywhere, "quit"),
        bind(.control("c"), to: .cancel, in: everywhere, "cancel what is going on"),
        bind(.control("z"), to: .suspend, in: everywhere, "suspend"),
        bind(.control("l"), to: .redraw, in: everywhere, "draw the screen again"),
        bind("q", to: .close, in: [.list], hint: "quit"),
        bind("q", to: .close, in: sheets.union([.detail]), hint: "back"),
        bind(
          "?", "q", .escape, .enter, .function(1), to: .back, in: [.help], "close this page", hint: "close"),
      ]),
    Section(
      title: "Answering",
      bindings: [
        bind("o", to: .chooseOwner, in: [.roleChoice], "owner", hint: "owner"),
        bind("m", to: .chooseMember, in: [.roleChoice], "member", hint: "member"),
        bind("b", to: .chooseBillingAdmin, in: [.roleChoice], "billing_admin", hint: "billing"),
        bind(
          "f", to: .choosePlan("founders_friend"), in: [.planChoice], "founders_friend",
          hint: "founders_friend"),
        bind("s", to: .choosePlan("starter"), in: [.planChoice], "starter", hint: "starter"),
        bind("p", to: .choosePlan("professional"), in: [.planChoice], "professional", hint: "professional"),
        bind("e", to: .choosePlan("enterprise"), in: [.planChoice], "enterprise", hint: "enterprise"),
        bind("o", to: .chooseOtherPlan, in: [.planChoice], "another plan", hint: "other"),
        bind("a", to: .chooseStatus(.active), in: [.statusChoice], "active", hint: "active"),
        bind("s", to: .chooseStatus(.suspended), in: [.statusChoice], "suspended", hint: "suspended"),
        bind("d", to: .chooseStatus(.deleted), in: [.statusChoice], "deleted", hint: "deleted"),
        bind("n", to: .sortBy(.name), in: [.sortChoice], "by name", hint: "name"),
        bind("p", to: .sortBy(.plan), in: [.sortChoice], "by plan", hint: "plan"),
        bind("s", to: .sortBy(.status), in: [.sortChoice], "by status", hint: "status"),
        bind("m", to: .sortBy(.members), in: [.sortChoice], "by number of members", hint: "members"),
        bind("c", to: .sortBy(.created), in: [.sortChoice], "by time of creation", hint: "created"),
        bind("I", to: .invertOrder, in: [.sortChoice], hint: "invert"),
        bind("y", to: .confirm, in: [.question], "yes", hint: "yes"),
        bind("n", to: .decline, in: [.question], "no", hint: "no"),
        bind(.enter, to: .accept, in: [.question], "the answer with the focus", hint: nil),
        bind(.left, .right, .tab, .backTab, to: .nextField, in: [.question], "the other answer"),
        bind(.escape, to: .back, in: menus.union([.question]), "cancel", hint: "cancel"),
      ]),
    Section(
      title: "Typing a filter",
      bindings: [
        bind(.enter, to: .accept, in: [.filter], "keep the filter", hint: "keep"),
        bind(.escape, to: .back, in: [.filter], "the filter as it was", hint: "cancel"),
        bind(.down, to: .moveDown, in: [.filter], "the next row", hint: nil),
        bind(.up, to: .moveUp, in: [.filter], "the previous row"),
        bind(.pageDown, to: .pageDown, in: [.filter], "a page down"),
        bind(.pageUp, to: .pageUp, in: [.filter], "a page up"),
      ]),
    Section(
      title: "Finding a command",
      bindings: [
        bind(.enter, to: .accept, in: [.palette], "run it", hint: "run"),
        bind(.down, .tab, to: .moveDown, in: [.palette], "the next command", hint: "next"),
        bind(.up, .backTab, to: .moveUp, in: [.palette], "the previous command"),
        bind(.pageDown, to: .pageDown, in: [.palette], "a page down"),
        bind(.pageUp, to: .pageUp, in: [.palette], "a page up"),
        bind(.escape, to: .back, in: [.palette], "close", hint: "close"),
      ]),
    Section(
      title: "Edit pane",
      bindings: [
        bind("t", to: .keepTheirs, in: [.conflict], "keep what others put there", hint: "theirs"),
        bind("m", to: .takeMine, in: [.conflict], "set it to what you typed", hint: "mine"),
        bind(.enter, to: .accept, in: forms, "save", hint: nil),
        bind(.control("s"), to: .save, in: forms, "save", hint: "save"),
        bind(.tab, .down, to: .nextField, in: forms, "the next field", hint: "next"),
        bind(.backTab, .up, to: .previousField, in: forms, "the previous field"),
        bind(" ", .right, to: .moveRight, in: [.choice], "the next choice", hint: "change"),
        bind(.left, to: .moveLeft, in: [.choice], "the previous choice"),
        bind(.function(1), to: .help, in: forms, "the keys", hint: "help"),
        bind(.escape, to: .back, in: forms, "cancel; asks if something was typed", hint: "cancel"),
      ]),
    Section(
      title: "Text",
      bindings: [
        bind(.left, to: .moveLeft, in: texts, "a character to the left"),
        bind(.right, to: .moveRight, in: texts, "a character to the right"),
        bind(.controlLeft, to: .moveWordLeft, in: texts, "the start of the word"),
        bind(.controlRight, to: .moveWordRight, in: texts, "the end of the word"),
        bind(.control("a"), .home, to: .moveToFirst, in: texts, "the start"),
        bind(.control("e"), .end, to: .moveToLast, in: texts, "the end"),
        bind(.backspace, to: .deleteBackward, in: texts, "delete the character before"),
        bind(.delete, to: .deleteForward, in: texts, "delete the character under the cursor"),
        bind(.control("w"), to: .deleteWord, in: texts, "delete the word before"),
        bind(.control("u"), to: .deleteToStart, in: texts, "delete to the start"),
        bind(.control("k"), to: .deleteToEnd, in: texts, "delete to the end"),
        bind(.control("_"), to: .undoTyping, in: texts, "undo what was typed last"),
      ]),
  ])

  private static let menus = Set(Context.allCases.filter(\.isMenu))
  private static let browsing: Set<Context> = [.list, .detail]
  private static let marking = browsing.union([.person])
  private static let sheets: Set<Context> = [.users, .history, .entry, .overview, .person]
  private static let anywhere = browsing.union(sheets)
  private static let panes = anywhere.union([.help])
  private static let forms: Set<Context> = [.form, .choice, .conflict]
  private static let texts: Set<Context> = [.form, .filter, .palette]
  private static let everywhere = Set(Context.allCases)

  private static func bind(
    _ keys: Key..., to action: Action, in contexts: Set<Context>, _ description: String = "",
    hint: String? = nil
  ) -> Binding {
    Binding(keys: keys, action: action, contexts: contexts, description: description, hint: hint)
  }
}

extension Key: ExpressibleByUnicodeScalarLiteral {
  /// The key that types a scalar.
  public init(unicodeScalarLiteral scalar: Unicode.Scalar) {
    self = .character(scalar)
  }
}

extension Key: CustomStringConvertible {
  /// As it is written on keyboards and in manuals: `j`, `^F`, `PgDn`.
  public var description: String {
    switch self {
    case .character(" "): "Space"
    case .character(let scalar): String(Character(scalar))
    case .control(let scalar): "^" + String(Character(scalar)).uppercased()
    case .function(let number): "F\(number)"
    case .enter: "Enter"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: "Up"
    case .down: "Down"
    case .controlLeft: "^Left"
    case .controlRight: "^Right"
    case .left: "Left"
    case .right: "Right"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .pasteBegin, .pasteEnd: "paste"
    case .mouse: "mouse"
    }
  }
}
