import OrgCore

/// Parsing the flat records of the two files in place.
extension JSONScanner {
  /// Consumes an object and returns the locations of the values for the given keys. Other keys are skipped.
  /// Problems of a syntactically valid object are recorded in `flaw` and `oddity`. If a key appears twice, the last
  /// value is used, as in Python.
  mutating func record<let count: Int>(
    _ keys: InlineArray<count, JSONKey>
  ) throws(JSONError) -> Record<count> {
    try expect(.openBrace)
    var record = Record<count>(open: position - 1)
    skipSpace()
    guard !take(.closeBrace) else {
      record.close = position - 1
      return record
    }
    // The keys of most records are in the usual order, so try the one after the last first.
    var expected = 0
    repeat {
      let key = try string()
      record.note(key.flaw)
      let isOdd = key.flaw?.weight == .record
      try expect(.colon)
      skipSpace()
      var known: Int?
      // A lone surrogate is decoded to a character that occurs in no key.
      for step in 0..<count where !isOdd {
        let candidate = (expected + step) % count
        if matches(key, keys[candidate]) {
          known = candidate
          break
        }
      }
      guard let known else {
        let value = try skipValue()
        record.note(value.flaw)
        record.lastEnd = value.range.upperBound
        skipSpace()
        continue
      }
      expected = (known + 1) % count
      if record.values[known].kind != .missing {
        record.note(
          JSONError(
            offset: key.range.lowerBound - 1, reason: "the key \"\(keys[known])\" appears twice",
            weight: .record))
      }
      let start = position
      var value = JSONValue()
      if next == .quote {
        let string = try string()
        if let flaw = string.flaw {
          if flaw.weight == .everything { record.note(flaw) }
          value.isFlawed = true
        }
        value.kind = string.hasEscapes ? .escapedString : .string
      } else {
        let skipped = try skipValue()
        record.note(skipped.flaw)
        value.kind = bytes[skipped.range].elementsEqual("null".utf8) ? .null : .other
      }
      value.start = start
      value.end = position
      record.lastEnd = position
      record.values[known] = value
      skipSpace()
    } while take(.comma)
    guard take(.closeBrace) else { throw unexpected("\",\" or \"}\"") }
    record.close = position - 1
    return record
  }

  /// Whether a key equals a word.
  func matches(_ key: JSONString, _ word: JSONKey) -> Bool {
    guard key.range.count == word.utf8.count else {
      return key.hasEscapes && JSONText.decode(key, in: bytes) == word.description
    }
    for offset in 0..<word.utf8.count where bytes[key.range.lowerBound + offset] != word.utf8[offset] {
      return false
    }
    return true
  }
}

/// A key in a JSON object.
struct JSONKey: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  let description: String
  let utf8: [UInt8]

  init(_ name: String) {
    description = name
    utf8 = Array(name.utf8)
  }

  init(stringLiteral name: String) { self.init(name) }
}

/// The locations of a record's values.
struct Record<let count: Int> {
  /// The offset of the opening brace.
  var open: Int
  /// The offset of the closing brace.
  var close = 0
  /// The end of the last value.
  var lastEnd = 0
  var values = InlineArray<count, JSONValue>(repeating: JSONValue())
  /// The first problem that prevents the service from loading the record.
  var flaw: JSONError?
  /// The first problem that prevents editing the record, although the service can load it.
  var oddity: JSONError?

  /// Includes both braces.
  var extent: Range<Int> { open..<max(open, close + 1) }

  init(open: Int) {
    self.open = open
  }

  mutating func note(_ found: JSONError?) {
    guard let found else { return }
    switch found.weight {
    case .everything: flaw = flaw ?? found
    case .record: oddity = oddity ?? found
    }
  }
}

/// The location and kind of a value.
struct JSONValue {
  enum Kind: UInt8 {
    case missing, null, string, escapedString, other
  }

  var start = 0
  /// The offset after the last byte.
  var end = 0
  var kind = Kind.missing
  /// Whether it is a string that contains a lone surrogate or a control character.
  var isFlawed = false

  var range: Range<Int> { start..<end }

  /// The text between the quotes, if the value is a string.
  var string: JSONString? {
    switch kind {
    case .string: JSONString(range: start + 1..<end - 1, hasEscapes: false)
    case .escapedString: JSONString(range: start + 1..<end - 1, hasEscapes: true)
    case .missing, .null, .other: nil
    }
  }

  func text(in bytes: [UInt8]) -> String? {
    string.map { JSONText.decode($0, in: bytes) }
  }
}
