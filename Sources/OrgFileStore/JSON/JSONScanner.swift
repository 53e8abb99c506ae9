/// Scans JSON text byte by byte and reports where things are, so that an edit can leave every other byte alone. It
/// builds neither strings nor trees.
package struct JSONScanner {
  let bytes: [UInt8]
  package var position: Int
  /// The maximum nesting depth of arrays and objects in a skipped value. Python's `json` fails when it and its
  /// callers together reach the recursion limit of 1,000, so whether a value nested almost as deep can be
  /// loaded depends on the program.
  static let deepestNesting = 900
  /// A record that nests deeper than this isn't edited.
  static let deepestSafeNesting = 500
  /// Python's `json` rejects integers with more digits (`sys.set_int_max_str_digits`).
  static let longestNumber = 4300

  package init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// The byte at the current position; 0 at the end. (A NUL byte in the text is never valid anyway.)
  @inline(__always)
  var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  @inline(__always)
  mutating func skipSpace() {
    while position < bytes.count {
      guard Self.isSpace(bytes[position]) else { return }
      position += 1
    }
  }

  /// Whether a byte is white space.
  @inline(__always)
  package static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Whether a byte in a string represents itself.
  package static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != .quote && byte != .backslash }

  /// Consumes a byte if it comes next.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte, position < bytes.count else { return false }
    position += 1
    return true
  }

  /// Consumes a required byte and the white space before it.
  @inline(__always)
  mutating func expect(_ byte: UInt8) throws(JSONError) {
    skipSpace()
    guard take(byte) else { throw unexpected("\"\(Unicode.Scalar(byte))\"") }
  }

  /// The error for a missing token.
  func unexpected(_ expected: String) -> JSONError {
    let found =
      position >= bytes.count
      ? "the file ends"
      : "there is \(String(decoding: [bytes[position]], as: Unicode.ASCII.self).quoted)"
    return JSONError(offset: position, reason: "\(found) where \(expected) was expected")
  }

  /// Consumes a string and the white space before it.
  mutating func string() throws(JSONError) -> JSONString {
    skipSpace()
    guard take(.quote) else { throw unexpected("a string") }
    let start = position
    var flaw: JSONError?
    var hasEscapes = false
    /// A flaw that makes the whole file unloadable takes precedence over one that only affects a record.
    func note(_ found: JSONError) {
      if flaw == nil || (flaw?.weight == .record && found.weight == .everything) { flaw = found }
    }
    while true {
      position = bytes.withUnsafeBytes { Self.endOfPlainText(in: $0, from: position) }
      guard position < bytes.count else {
        throw JSONError(offset: start - 1, reason: "the file ends within a string")
      }
      let byte = bytes[position]
      if byte == .quote { break }
      if byte == .backslash {
        hasEscapes = true
        if let found = try escape() { note(found) }
      } else {
        note(JSONError(offset: position, reason: "a string has an unescaped control character"))
        position += 1
      }
    }
    position += 1
    return JSONString(range: start..<position - 1, hasEscapes: hasEscapes, flaw: flaw)
  }

  /// The offset of the first quote, backslash, or control character at or after a position, or the end if there is
  /// none. Checks eight bytes at a time.
  @inline(__always)
  static func endOfPlainText(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    /// Sets the high bit of each zero byte, and possibly of some bytes after the first one.
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    var offset = start
    while offset + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let isControl = (word &- ones &* 0x20) & ~word
      let found = (zeros(word ^ ones &* 0x22) | zeros(word ^ ones &* 0x5C) | isControl) & (ones &* 0x80)
      if found != 0 { return offset + found.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count, isPlain(bytes[offset]) { offset += 1 }
    return offset
  }

  /// Consumes an escape sequence. Returns an error for a lone surrogate, which can be scanned but not loaded.
  private mutating func escape() throws(JSONError) -> JSONError? {
    let start = position
    position += 1
    let kind = next
    position += 1
    switch kind {
    case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return nil
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { break }
      if !(0xD800...0xDFFF).contains(unit) { return nil }
      if unit < 0xDC00, next == .backslash, position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      {
        let second = position
        position += 2
        if let low = codeUnit(), (0xDC00...0xDFFF).contains(low) { return nil }
        position = second
      }
      return JSONError(offset: start, reason: "a surrogate is unpaired", weight: .record)
    default: break
    }
    throw JSONError(offset: start, reason: "there is no such escape")
  }

  /// Consumes four hexadecimal digits.
  private mutating func codeUnit() -> UInt16? {
    guard position + 4 <= bytes.count else { return nil }
    var value: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = byte.hexadecimalValue else { return nil }
      value = value << 4 | UInt16(digit)
    }
    position += 4
    return value
  }

  /// Consumes any value and the white space before it. Returns its range, and the first flaw in it that can be scanned
  /// but that no program would load.
  package mutating func skipValue() throws(JSONError) -> (range: Range<Int>, flaw: JSONError?) {
    skipSpace()
    var flaw: JSONError?
    func note(_ found: JSONError?) {
      guard let found else { return }
      if flaw == nil || (flaw?.weight == .record && found.weight == .everything) { flaw = found }
    }
    func key(_ scanner: inout JSONScanner) throws(JSONError) {
      note(try scanner.string().flaw)
      try scanner.expect(.colon)
    }
    let start = position
    /// The open brackets, innermost last: true for an object's.
    var open: [Bool] = []
    repeat {
      skipSpace()
      switch next {
      case .openBrace, .openBracket:
        guard open.count < Self.deepestNesting else {
          throw JSONError(
            offset: position, reason: "values nest deeper than \(Self.deepestNesting) levels")
        }
        if open.count == Self.deepestSafeNesting {
          let reason = "values nest deeper than \(Self.deepestSafeNesting) levels"
          note(JSONError(offset: position, reason: reason, weight: .record))
        }
        let isObject = next == .openBrace
        position += 1
        skipSpace()
        if take(isObject ? .closeBrace : .closeBracket) { break }
        open.append(isObject)
        if isObject { try key(&self) }
        continue
      case .quote:
        note(try string().flaw)
      default: note(try literal())
      }
      // A value has ended, and the values that contain it may end here, too.
      while let isObject = open.last {
        skipSpace()
        if take(.comma) {
          if isObject { try key(&self) }
          break
        }
        guard take(isObject ? .closeBrace : .closeBracket) else {
          throw unexpected(isObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
        }
        open.removeLast()
      }
    } while !open.isEmpty
    return (start..<position, flaw)
  }

  /// Consumes a number, `true`, `false`, `null`, or one of Python's words for special numbers such as `NaN`.
  private mutating func literal() throws(JSONError) -> JSONError? {
    for word in Self.words where bytes[position...].starts(with: word) {
      position += word.count
      return nil
    }
    let start = position
    _ = take(UInt8(ascii: "-"))
    let hasLeadingZero = next == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !(hasLeadingZero && whole > 1) else {
      position = start
      throw unexpected("a value")
    }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      if digits() == 0 { throw unexpected("a digit") }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { throw unexpected("a digit") }
    }
    guard isWhole, whole > Self.longestNumber else { return nil }
    return JSONError(offset: start, reason: "a number has more than \(Self.longestNumber) digits")
  }

  private static let words = ["null", "true", "false", "NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }

  private mutating func digits() -> Int {
    let start = position
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    return position - start
  }
}

/// The location of a string in JSON text.
struct JSONString {
  /// The bytes between the quotes.
  var range: Range<Int>
  /// Whether it contains escapes.
  var hasEscapes: Bool
  /// The first flaw that prevents any program from loading it.
  var flaw: JSONError?
}

/// An error at an offset in JSON text.
package struct JSONError: Error {
  /// The effect of the error.
  package enum Weight {
    /// The service can't load the file.
    case everything
    /// The service can load the file, but the record with the error can't be edited.
    case record
  }

  package var offset: Int
  package var reason: String
  package var weight = Weight.everything
}

extension UInt8 {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")

  var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
