/// What a terminal can say: a key, or the borders of pasted text.
public enum Key: Sendable, Hashable {
  /// A key that types one Unicode scalar.
  case character(Unicode.Scalar)
  /// A letter, or one of `@[\]^_`, with Control; letters are lower-case. Control-I, -M, -J and -[ are
  /// `tab`, `enter`, `enter` and `escape`; Control-H and DEL are `backspace`.
  case control(Unicode.Scalar)
  /// F1 and above.
  case function(Int)
  // Keys by what is written on them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case enter, tab, backTab, escape, backspace, delete, insert
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  case up, down, left, right, home, end, pageUp, pageDown
  /// Text pasted by the user follows, up to `pasteEnd`.
  case pasteBegin
  /// The pasted text is over.
  case pasteEnd
}
