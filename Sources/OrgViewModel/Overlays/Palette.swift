import OrgCore

/// The command palette: every action by its title and name, and the saved queries, found as they are typed. What can be
/// done comes first, and what can't after it, with the reason.
package struct Palette: TextOverlay {
  /// What can be chosen.
  package enum Choice: Sendable, Hashable {
    /// An action.
    case action(Action)
    /// A list as a view has it.
    case view(SavedView)
  }

  /// A line of the palette.
  package struct Item: Sendable {
    /// What is chosen by it.
    package let choice: Choice
    /// What it does; text of the configuration in it is escaped.
    package let title: String
    /// Its name.
    package let name: String
    /// Whether it could be done when the palette was opened.
    package internal(set) var isPossible = true
  }

  /// What is typed.
  package internal(set) var input = TextField()
  /// What fits what is typed, the best first.
  package private(set) var items: [Item]
  /// The selected line and the first on the screen.
  var selection = Selection<Int>()
  private let all: [Item]

  /// - Parameter obstacle: why an action can't be done now; `nil` where it can.
  init(_ views: [SavedView], obstacle: (Action) -> String?) {
    let all =
      Self.items(views)
      + CommandTable.standard.actions.filter { $0.isCommand && $0 != .palette }.map {
        Item(choice: .action($0), title: $0.title, name: $0.name, isPossible: obstacle($0) == nil)
      }
    self.all = all.filter(\.isPossible) + all.filter { !$0.isPossible }
    items = self.all
  }

  /// Views alone.
  init(_ views: [SavedView]) {
    all = Self.items(views)
    items = all
  }

  private static func items(_ views: [SavedView]) -> [Item] {
    views.map {
      Item(
        choice: .view($0), title: "View: \($0.name.escapedForDisplay)", name: $0.filter.escapedForDisplay)
    }
  }

  /// How many of the items can be done.
  package var possibleCount: Int { items.count(where: \.isPossible) }

  /// The line that Enter is about.
  package var selectedRow: Int { selection.row }

  /// What Enter is about; `nil` where nothing fits.
  package var selected: Item? { items.indices.contains(selection.row) ? items[selection.row] : nil }

  /// Indices of the lines on the screen, of which there are so many.
  package func visible(_ rows: Int) -> Range<Int> {
    let top = min(selection.top, items.count)
    return top..<min(items.count, top + max(1, rows))
  }

  /// Where keys go in it.
  package static let contexts = [Context.palette]
  /// Where keys go in it.
  package var context: Context { .palette }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      Command(.accept, "Enter", .palette, "run it", hint: "run") { $0.accept(&$1) },
      Command(.moveDown, "Down Tab", .palette, "the next command", hint: "next") { $0.move(by: 1, &$1) },
      Command(.moveUp, "Up Shift-Tab", .palette, "the previous command") { $0.move(by: -1, &$1) },
      Command(.pageDown, "PgDn", .palette, "a page down") { $0.move(by: $1.viewport.helpRows, &$1) },
      Command(.pageUp, "PgUp", .palette, "a page up") { $0.move(by: -$1.viewport.helpRows, &$1) },
      closing(.back, "Esc", .palette, "close", hint: "close"),
      closing(.cancel, "^C", .program, "cancel what is going on"),
    ] + textCommands() + commonCommands

  private func accept(_ workspace: inout Workspace) {
    guard let selected else { return workspace.status.refuse("No action fits that.") }
    workspace.go(.choose(selected.choice))
  }

  private mutating func move(by rows: Int, _ workspace: inout Workspace) {
    workspace.status.message = nil
    selection.row += rows
    resize(workspace.viewport)
  }

  /// Keeps the selected line on the screen.
  package mutating func resize(_ viewport: Viewport) {
    selection.scroll(rows: viewport.helpRows, of: items.count)
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    workspace.status.message = nil
    change(&input)
    find()
  }

  /// Finds what fits what is typed now.
  private mutating func find() {
    let words = input.text.lowercased().split(separator: " ")
    var found = all.enumerated().compactMap { place, item in
      Self.distance(words, item).map { (distance: $0, place: place, item: item) }
    }
    // What has the words in it is meant, and not what merely has their letters.
    let near = found.filter { $0.distance < Self.fuzzy }
    if !near.isEmpty { found = near }
    func rank(_ found: (distance: Int, place: Int, item: Item)) -> (Int, Int, Int) {
      (found.item.isPossible ? 0 : 1, found.distance, found.place)
    }
    items = found.sorted { rank($0) < rank($1) }.map(\.item)
    selection = Selection()
  }

  /// From this distance on, an item has only the letters of a word, with others between them.
  private static let fuzzy = 1000

  /// How far an item is from what is typed; `nil` where a word isn't in it even with other characters between.
  private static func distance(_ words: [Substring], _ item: Item) -> Int? {
    let texts = [item.name.lowercased(), item.title.lowercased()]
    var synonyms: [Substring] = []
    if case .action(let action) = item.choice { synonyms = action.synonyms.split(separator: " ") }
    var sum = 0
    for word in words {
      let isSynonym = synonyms.contains { $0.hasPrefix(word) }
      guard let least = (texts.compactMap { distance(word, $0) } + (isSynonym ? [2] : [])).min() else {
        return nil
      }
      sum += least
    }
    return sum
  }

  private static func distance(_ word: Substring, _ text: String) -> Int? {
    if text.hasPrefix(word) { return 0 }
    let parts = text.split { !$0.isLetter && !$0.isNumber }
    if parts.contains(where: { $0.hasPrefix(word) }) { return 1 }
    if text.contains(word) { return 3 }
    // The characters in their order: the fewer others between them, the nearer.
    var skipped = 0
    var rest = text[...]
    for character in word {
      guard let place = rest.firstIndex(of: character) else { return nil }
      if rest.startIndex > text.startIndex { skipped += rest.distance(from: rest.startIndex, to: place) }
      rest = rest[rest.index(after: place)...]
    }
    return fuzzy + skipped
  }
}

extension Context {
  package static let palette = Context("palette", "The command palette", .text)
}

extension Action {
  package static let palette = Action("palette", "Find a command by its name")
}
