import OrgCore

/// The command palette: every action by its title and name, and the saved queries, found as they are typed.
public struct Palette: Sendable {
  /// What can be chosen.
  public enum Choice: Sendable, Hashable {
    /// An action.
    case action(Action)
    /// A query that was given a name in the configuration.
    case query(String)
  }

  /// A line of the palette.
  public struct Item: Sendable {
    /// What is chosen by it.
    public let choice: Choice
    /// What it does; text of the configuration in it is escaped.
    public let title: String
    /// Its name.
    public let name: String
  }

  /// What is typed.
  public internal(set) var input = TextField()
  /// What fits what is typed, the best first.
  public private(set) var items: [Item]
  /// The selected line and the first on the screen.
  var selection = Selection<Int>()
  private let all: [Item]

  init(_ queries: [SavedQuery]) {
    all =
      queries.map {
        Item(
          choice: .query($0.text), title: "Filter: \($0.name.escapedForDisplay)",
          name: $0.text.escapedForDisplay)
      }
      + Action.catalogue.filter { $0.isCommand && $0.action != .palette }.map {
        Item(choice: .action($0.action), title: $0.title, name: $0.name)
      }
    items = all
  }

  /// The line that Enter is about.
  public var selectedRow: Int { selection.row }

  /// What Enter is about; `nil` where nothing fits.
  public var selected: Item? { items.indices.contains(selection.row) ? items[selection.row] : nil }

  /// Indices of the lines on the screen, of which there are so many.
  public func visible(_ rows: Int) -> Range<Int> {
    selection.top..<min(items.count, selection.top + max(1, rows))
  }

  mutating func move(to row: Int, rows: Int) {
    selection.row = row
    selection.scroll(rows: rows, of: items.count)
  }

  /// Finds what fits what is typed now.
  mutating func find() {
    let words = input.text.lowercased().split(separator: " ")
    let found = all.enumerated().compactMap { place, item in
      Self.distance(words, item).map { (distance: $0, place: place, item: item) }
    }
    items = found.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.map(\.item)
    selection = Selection()
  }

  /// How far an item is from what is typed; `nil` where a word isn't in it even with other characters between.
  private static func distance(_ words: [Substring], _ item: Item) -> Int? {
    let texts = [item.name.lowercased(), item.title.lowercased()]
    var sum = 0
    for word in words {
      guard let least = texts.compactMap({ distance(word, $0) }).min() else { return nil }
      sum += least
    }
    return sum
  }

  private static func distance(_ word: Substring, _ text: String) -> Int? {
    if text.hasPrefix(word) { return 0 }
    let parts = text.split { !$0.isLetter && !$0.isNumber }
    if parts.contains(where: { $0.hasPrefix(word) }) { return 1 }
    if text.contains(word) { return 2 }
    // The characters in their order: the fewer others between them, the nearer.
    var skipped = 0
    var rest = text[...]
    for character in word {
      guard let place = rest.firstIndex(of: character) else { return nil }
      if rest.startIndex > text.startIndex { skipped += rest.distance(from: rest.startIndex, to: place) }
      rest = rest[rest.index(after: place)...]
    }
    return 3 + skipped
  }
}

extension AppModel {
  /// Why what a line of the palette stands for can't be done now; `nil` where it can.
  public func obstacle(to item: Palette.Item) -> String? {
    if case .action(let action) = item.choice { obstacle(to: action) } else { nil }
  }

  mutating func choose(_ action: Action, in palette: Palette) -> [Effect] {
    var palette = palette
    let rows = viewport.helpRows
    switch action {
    case .back, .cancel, .close:
      mode = .browse
      return []
    case .accept:
      guard let item = palette.selected else { return refuse("No action fits that.") }
      if let obstacle = obstacle(to: item) { return refuse(obstacle) }
      mode = .browse
      switch item.choice {
      case .action(let action): return update(action)
      case .query(let text):
        message = nil
        return showOrganizations(matching: text)
      }
    case .moveDown: palette.move(to: palette.selectedRow + 1, rows: rows)
    case .moveUp: palette.move(to: palette.selectedRow - 1, rows: rows)
    case .pageDown: palette.move(to: palette.selectedRow + rows, rows: rows)
    case .pageUp: palette.move(to: palette.selectedRow - rows, rows: rows)
    default:
      guard palette.input.apply(action) else { return [] }
      palette.find()
    }
    message = nil
    mode = .palette(palette)
    return []
  }
}
