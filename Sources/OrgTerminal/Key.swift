/// Input from a terminal: a key, a mouse event, or the start or end of pasted text.
package enum Key: Sendable, Hashable {
  /// A key that types one Unicode scalar.
  case character(Unicode.Scalar)
  /// Control plus a letter or one of `@[\]^_`; letters are lower-case. Control-I, -M, -J, and -[ are `tab`, `enter`,
  /// `enter`, and `escape`; Control-H and DEL are `backspace`.
  case control(Unicode.Scalar)
  /// A function key, F1 and above.
  case function(Int)
  // Keys by their labels.
  case enter, tab, backTab, escape, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  // Control plus an arrow key, if the terminal supports it.
  case controlLeft, controlRight
  /// Pasted text follows, up to `pasteEnd`.
  case pasteBegin
  /// The end of pasted text.
  case pasteEnd
  /// A mouse event.
  case mouse(MouseEvent)
  /// A piece of a character that the terminal can't show.
  case unreadable
}

/// A mouse event and its position.
package struct MouseEvent: Sendable, Hashable {
  /// The kind of a mouse event.
  package enum Kind: Sendable, Hashable {
    /// The first button was pressed.
    case press
    // The wheel was turned.
    case wheelUp, wheelDown
  }

  /// The kind of the event.
  package let kind: Kind
  /// The position of the pointer.
  package let position: Position
}
