/// A line of text that is being typed, with its cursor. Characters are edited whole, whatever they are made of.
package struct TextField: Sendable, Hashable {
  /// What has been typed.
  package private(set) var text: String
  /// How many characters stand before the cursor.
  package private(set) var cursor: Int
  /// How many Unicode scalars it takes.
  package var limit: Int
  /// Whether the last insertion didn't fit and was cut.
  package private(set) var wasCut = false
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

  /// A field with a text, and the cursor at its end.
  package init(_ text: String = "", limit: Int = 200) {
    self.text = text
    self.limit = limit
    cursor = text.count
  }

  /// Types a text. A word is one edit, with the space before it.
  package mutating func insert(_ new: String) {
    insert(new, new == " " ? nil : .typing)
    latest = .typing
  }

  /// Inserts a text as an edit of its own.
  package mutating func paste(_ new: String) {
    insert(new, nil)
    latest = nil
  }

  /// Puts a text in the place of some characters, as an edit of its own.
  mutating func replace(_ characters: Range<Int>, with new: String) {
    let before = past
    let moment = Moment(text: text, cursor: cursor)
    delete(characters, nil)
    insert(new, nil)
    (past, latest) = (before + [moment], nil)
  }

  /// What a key does in a text field.
  struct KeyEdit: Sendable {
    let action: Action
    /// The keys, separated by spaces.
    let keys: String
    let help: String
    let change: @Sendable (inout TextField) -> Void
  }

  /// What keys do besides typing themselves.
  static let edits: [KeyEdit] = [
    edit(.moveLeft, "Left", "a character to the left") { $0.move(to: max(0, $0.cursor - 1)) },
    edit(.moveRight, "Right", "a character to the right") { $0.move(to: min($0.text.count, $0.cursor + 1)) },
    edit(.moveWordLeft, "^Left", "the start of the word") { $0.move(to: $0.wordStart) },
    edit(.moveWordRight, "^Right", "the end of the word") { $0.move(to: $0.wordEnd) },
    edit(.moveToFirst, "^A Home", "the start") { $0.move(to: 0) },
    edit(.moveToLast, "^E End", "the end") { $0.move(to: $0.text.count) },
    edit(.deleteBackward, "Backspace", "delete the character before") {
      $0.delete(max(0, $0.cursor - 1)..<$0.cursor, .deleting)
    },
    edit(.deleteForward, "Del", "delete the character under the cursor") {
      $0.delete($0.cursor..<min($0.text.count, $0.cursor + 1), .deleting)
    },
    edit(.deleteWord, "^W", "delete the word before") { $0.delete($0.blankWordStart..<$0.cursor, nil) },
    edit(.deleteToStart, "^U", "delete to the start") { $0.delete(0..<$0.cursor, nil) },
    edit(.deleteToEnd, "^K", "delete to the end") { $0.delete($0.cursor..<$0.text.count, nil) },
    edit(.undoTyping, "^_", "undo what was typed last") { $0.undo() },
  ]

  private static func edit(
    _ action: Action, _ keys: String, _ help: String, change: @escaping @Sendable (inout TextField) -> Void
  ) -> KeyEdit {
    KeyEdit(action: action, keys: keys, help: help, change: change)
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

  /// Where the word of letters and digits after the cursor ends.
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

extension Action {
  package static let moveWordLeft = Action("move-word-left", "To the start of the word", isCommand: false)
  package static let moveWordRight = Action("move-word-right", "To the end of the word", isCommand: false)
  package static let undoTyping = Action(
    "undo-typing", "Take back what was typed last in the field", isCommand: false)
  package static let deleteBackward = Action(
    "delete-backward", "Delete the character before the cursor", isCommand: false)
  package static let deleteForward = Action(
    "delete-forward", "Delete the character under the cursor", isCommand: false)
  package static let deleteWord = Action("delete-word", "Delete the word before the cursor", isCommand: false)
  package static let deleteToStart = Action("delete-to-start", "Delete to the start", isCommand: false)
  package static let deleteToEnd = Action("delete-to-end", "Delete to the end", isCommand: false)
}
