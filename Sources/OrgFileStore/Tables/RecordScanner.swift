import OrgCore

/// The flat records of the two files, read in place.
extension JSONScanner {
  /// Takes an object and returns where the values of the keys given are. Other keys are passed over.
  /// What is wrong with it, though it can be read, is its `flaw` or its `oddity`. Of a key that appears twice, the last
  /// value counts, as it does for Python.
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
    // Most records have their keys in the usual order: the one after the last is tried first.
    var expected = 0
    repeat {
      let key = try string()
      record.note(key.flaw)
      let isOdd = key.flaw?.weight == .record
      try expect(.colon)
      skipSpace()
      var known: Int?
      // Half a surrogate pair is decoded to a character that no key has.
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

  /// Whether a key is a word.
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

/// The name of a value in an object.
struct JSONKey: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  let description: String
  let utf8: [UInt8]

  init(_ name: String) {
    description = name
    utf8 = Array(name.utf8)
  }

  init(stringLiteral name: String) { self.init(name) }
}

/// Where a record's values are.
struct Record<let count: Int> {
  /// The opening brace.
  var open: Int
  /// The closing brace.
  var close = 0
  /// Where the last value ends.
  var lastEnd = 0
  var values = InlineArray<count, JSONValue>(repeating: JSONValue())
  /// The first thing for which the service can't load the record.
  var flaw: JSONError?
  /// The first thing for which the record isn't edited, though the service loads it.
  var oddity: JSONError?

  /// From brace to brace.
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

/// Where a value is and what it is.
struct JSONValue {
  enum Kind: UInt8 {
    case missing, null, string, escapedString, other
  }

  var start = 0
  /// After the last byte.
  var end = 0
  var kind = Kind.missing
  /// Whether it is a string with half a surrogate pair or a control character in it.
  var isFlawed = false

  var range: Range<Int> { start..<end }

  /// The text between the quotes, where the value is a string.
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
