/// What a terminal can say: a key, or the borders of pasted text.
package enum Key: Sendable, Hashable {
  /// A key that types one Unicode scalar.
  case character(Unicode.Scalar)
  /// A letter, or one of `@[\]^_`, with Control; letters are lower-case. Control-I, -M, -J and -[ are
  /// `tab`, `enter`, `enter` and `escape`; Control-H and DEL are `backspace`.
  case control(Unicode.Scalar)
  /// F1 and above.
  case function(Int)
  // Keys by what is written on them.
  case enter, tab, backTab, escape, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  // Arrows with Control, where the terminal can say so.
  case controlLeft, controlRight
  /// Text pasted by the user follows, up to `pasteEnd`.
  case pasteBegin
  /// The pasted text is over.
  case pasteEnd
  /// Something was done with the mouse.
  case mouse(MouseEvent)
}

/// What can be done with the mouse, and where.
package struct MouseEvent: Sendable, Hashable {
  /// What was done.
  package enum Kind: Sendable, Hashable {
    /// The first button was pressed.
    case press
    // The wheel was turned.
    case wheelUp, wheelDown
  }

  /// What was done.
  package let kind: Kind
  /// Where the pointer was.
  package let position: Position
}
