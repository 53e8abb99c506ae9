extension String {
  /// The text with everything that could act on a terminal, or hide in it, as a visible escape: control
  /// characters, line separators, bidirectional and zero-width characters and unassigned ones. What makes an emoji of
  /// several scalars isn't hidden, and stays. A backslash stays as it is.
  public var escapedForDisplay: String {
    guard !unicodeScalars.allSatisfy(\.isPlain) else { return self }
    var result = ""
    var rest = self[...].unicodeScalars
    while let scalar = rest.first {
      if let end = EmojiSequence.end(in: rest) {
        result.unicodeScalars += rest[..<end]
        rest = rest[end...]
        continue
      }
      if scalar.isPlain {
        result.unicodeScalars.append(scalar)
      } else {
        result += scalar.visibleEscape
      }
      rest.removeFirst()
    }
    return result
  }

  /// The text escaped and in double quotes, for a sentence.
  public var quoted: String { "\"\(escapedForDisplay)\"" }
}

extension Unicode.Scalar {
  /// Whether it can be shown as it is.
  public var isPlain: Bool {
    if value < 0x7F { return value >= 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      return false
    default:
      return !properties.isDefaultIgnorableCodePoint
    }
  }

  /// `\n`, `\r`, `\t`, `\0`, or `\u{202E}`.
  public var visibleEscape: String {
    switch value {
    case 0x00: "\\0"
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
