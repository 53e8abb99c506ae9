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

  /// A field with a text, and the cursor behind it.
  public init(_ text: String = "", limit: Int = 200) {
    self.text = text
    self.limit = limit
    cursor = text.count
  }

  /// Does what an action asks of a text field; false if it asks nothing of it.
  public mutating func apply(_ action: Action) -> Bool {
    let characters = Array(text)
    switch action {
    case .insert(let new), .paste(let new): insert(new)
    case .moveLeft: cursor = max(0, cursor - 1)
    case .moveRight: cursor = min(characters.count, cursor + 1)
    case .moveToFirst: cursor = 0
    case .moveToLast: cursor = characters.count
    case .deleteBackward: delete(max(0, cursor - 1)..<cursor)
    case .deleteForward: delete(cursor..<min(characters.count, cursor + 1))
    case .deleteToStart: delete(0..<cursor)
    case .deleteToEnd: delete(cursor..<characters.count)
    case .deleteWord:
      var start = cursor
      while start > 0, characters[start - 1].isWhitespace { start -= 1 }
      while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
      delete(start..<cursor)
    default: return false
    }
    return true
  }

  private mutating func insert(_ new: String) {
    var room = limit - text.unicodeScalars.count
    let taken = new.prefix { character in
      room -= character.unicodeScalars.count
      return room >= 0
    }
    wasCut = taken.count < new.count
    let place = text.index(text.startIndex, offsetBy: cursor)
    let behind = text[place...].count
    text.insert(contentsOf: taken, at: place)
    // What was typed may have joined the character before it.
    cursor = max(0, text.count - behind)
  }

  private mutating func delete(_ range: Range<Int>) {
    wasCut = false
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    text.removeSubrange(start..<text.index(start, offsetBy: range.count))
    cursor = min(range.lowerBound, text.count)
  }
}
