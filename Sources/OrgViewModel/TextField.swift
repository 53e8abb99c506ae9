/// A line of text that is being typed, with its cursor. Characters are edited whole, whatever they are made of.
public struct TextField: Sendable, Hashable {
  /// What has been typed.
  public private(set) var text: String
  /// How many characters stand before the cursor.
  public private(set) var cursor: Int
  /// How many Unicode scalars it takes.
  public var limit: Int
  /// Whether the last insertion didn't fit and was cut.
  public private(set) var wasCut = false
  /// What it was before each edit, the latest last.
  private var past: [Moment] = []
  /// What was done last, where more of it belongs to the same edit.
  private var latest: Edit?

  private struct Moment: Sendable, Hashable {
    let text: String
    let cursor: Int
  }

  private enum Edit: Sendable, Hashable {
    case typing, deleting
  }

  /// How many edits can be undone.
  private static let depth = 100

  /// A field with a text, and the cursor behind it.
  public init(_ text: String = "", limit: Int = 200) {
    self.text = text
    self.limit = limit
    cursor = text.count
  }

  /// Does what an action asks of a text field; false if it asks nothing of it.
  public mutating func apply(_ action: Action) -> Bool {
    switch action {
    case .insert(let new):
      // A word is one edit, with the space before it.
      insert(new, new == " " ? nil : .typing)
      latest = .typing
    case .paste(let new):
      insert(new, nil)
      latest = nil
    case .moveLeft: move(to: max(0, cursor - 1))
    case .moveRight: move(to: min(text.count, cursor + 1))
    case .moveWordLeft: move(to: wordStart)
    case .moveWordRight: move(to: wordEnd)
    case .moveToFirst: move(to: 0)
    case .moveToLast: move(to: text.count)
    case .deleteBackward: delete(max(0, cursor - 1)..<cursor, .deleting)
    case .deleteForward: delete(cursor..<min(text.count, cursor + 1), .deleting)
    case .deleteToStart: delete(0..<cursor, nil)
    case .deleteToEnd: delete(cursor..<text.count, nil)
    case .deleteWord: delete(blankWordStart..<cursor, nil)
    case .undoTyping: undo()
    default: return false
    }
    return true
  }

  // MARK: Moving

  private mutating func move(to place: Int) {
    cursor = place
    latest = nil
  }

  /// Where the word of letters and digits before the cursor begins.
  private var wordStart: Int {
    let characters = Array(text.prefix(cursor))
    var place = cursor
    while place > 0, !characters[place - 1].isWord { place -= 1 }
    while place > 0, characters[place - 1].isWord { place -= 1 }
    return place
  }

  /// Where the word of letters and digits behind the cursor ends.
  private var wordEnd: Int {
    let characters = Array(text)
    var place = cursor
    while place < characters.count, !characters[place].isWord { place += 1 }
    while place < characters.count, characters[place].isWord { place += 1 }
    return place
  }

  /// Where what stands before the cursor up to white space begins.
  private var blankWordStart: Int {
    let characters = Array(text.prefix(cursor))
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }

  // MARK: Editing

  private mutating func insert(_ new: String, _ edit: Edit?) {
    var room = limit - text.unicodeScalars.count
    let taken = new.prefix { character in
      guard room > 0 else { return false }
      room -= character.unicodeScalars.count
      return room >= 0
    }
    wasCut = taken.endIndex < new.endIndex
    guard !taken.isEmpty else { return }
    remember(edit)
    let place = text.index(text.startIndex, offsetBy: cursor)
    let behind = text[place...].count
    text.insert(contentsOf: taken, at: place)
    // What was typed may have joined the character before it.
    cursor = max(0, text.count - behind)
  }

  private mutating func delete(_ range: Range<Int>, _ edit: Edit?) {
    wasCut = false
    guard !range.isEmpty else { return }
    remember(edit)
    latest = edit
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    text.removeSubrange(start..<text.index(start, offsetBy: range.count))
    cursor = min(range.lowerBound, text.count)
  }

  /// Keeps what there is for an undo, unless what comes goes on with the edit before.
  private mutating func remember(_ edit: Edit?) {
    guard edit == nil || edit != latest else { return }
    past.append(Moment(text: text, cursor: cursor))
    if past.count > Self.depth { past.removeFirst() }
  }

  private mutating func undo() {
    wasCut = false
    latest = nil
    guard let moment = past.popLast() else { return }
    text = moment.text
    cursor = moment.cursor
  }
}

extension Character {
  fileprivate var isWord: Bool { isLetter || isNumber }
}
