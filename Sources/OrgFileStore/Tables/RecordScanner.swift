import OrgCore

/// The flat records of the two files, read in place.
extension JSONScanner {
  /// Takes an object and returns where the values of the keys given stand. Other keys are passed over.
  /// The first thing that makes the record unusable, though it can be read, is its `flaw`.
  mutating func record<let count: Int>(_ keys: InlineArray<count, StaticString>) throws(JSONError) -> Record<
    count
  > {
    try expect(.openBrace)
    var record = Record<count>(open: position - 1)
    skipSpace()
    guard !take(.closeBrace) else {
      record.close = position - 1
      return record
    }
    // Most records have their keys in the usual order: the one behind the last is tried first.
    var expected = 0
    repeat {
      let key = try string()
      record.note(key.flaw)
      try expect(.colon)
      skipSpace()
      var known: Int?
      for step in 0..<count {
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
          JSONError(offset: key.range.lowerBound - 1, reason: "the key \"\(keys[known])\" stands twice"))
      }
      let start = position
      var value = JSONValue()
      if next == .quote {
        let string = try string()
        record.note(string.flaw)
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

  private func matches(_ key: JSONString, _ word: StaticString) -> Bool {
    guard key.range.count == word.utf8CodeUnitCount else {
      return key.hasEscapes && JSONText.decode(key, in: bytes) == word.description
    }
    return word.withUTF8Buffer { word in
      for offset in 0..<word.count where bytes[key.range.lowerBound + offset] != word[offset] { return false }
      return true
    }
  }
}

/// Where a record's values stand.
struct Record<let count: Int> {
  /// The opening brace.
  var open: Int
  /// The closing brace.
  var close = 0
  /// Where the last value ends.
  var lastEnd = 0
  var values = InlineArray<count, JSONValue>(repeating: JSONValue())
  /// The first thing that makes the record unusable.
  var flaw: JSONError?

  init(open: Int) {
    self.open = open
  }

  mutating func note(_ flaw: JSONError?) {
    self.flaw = self.flaw ?? flaw
  }
}

/// Where a value stands and what it is.
struct JSONValue {
  enum Kind: UInt8 {
    case missing, null, string, escapedString, other
  }

  var start = 0
  /// Behind the last byte.
  var end = 0
  var kind = Kind.missing

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

/// The rules by which the service that shares the files loads a value, without making strings of usual ones.
struct FieldRules {
  let bytes: [UInt8]

  /// Where a required value isn't a string.
  func requireString(_ value: JSONValue, _ key: StaticString, in open: Int) throws(JSONError) -> JSONString {
    guard let string = value.string else {
      if value.kind == .missing { throw JSONError(offset: open, reason: "the record has no \"\(key)\"") }
      throw JSONError(offset: value.start, reason: "\"\(key)\" is no string")
    }
    return string
  }

  func checkOptionalString(_ value: JSONValue, _ key: StaticString) throws(JSONError) {
    if value.kind == .other {
      throw JSONError(offset: value.start, reason: "\"\(key)\" is neither a string nor null")
    }
  }

  func checkOrganizationID(_ string: JSONString) throws(JSONError) {
    let isGood =
      string.hasEscapes
      ? JSONText.decode(string, in: bytes).hasPrefix("org_")
      : bytes[string.range].starts(with: "org_".utf8)
    guard isGood else {
      throw JSONError(
        offset: string.range.lowerBound - 1, reason: "an organization's id must start with \"org_\"")
    }
  }

  func checkName(_ string: JSONString) throws(JSONError) {
    // A scalar has one byte that isn't 10xxxxxx.
    let length =
      string.hasEscapes
      ? JSONText.decode(string, in: bytes).unicodeScalars.count
      : bytes[string.range].count { $0 & 0xC0 != 0x80 }
    guard Rules.nameLength.contains(length) else {
      let reason = length == 0 ? "the name is empty" : "the name has \(length) characters, 200 are allowed"
      throw JSONError(offset: string.range.lowerBound - 1, reason: reason)
    }
  }

  func checkTime(_ string: JSONString) throws(JSONError) {
    guard
      bytes.withUnsafeBytes({ UsualRecord.isTime($0, string.range) })
        || Timestamp(JSONText.decode(string, in: bytes)) != nil
    else {
      throw JSONError(
        offset: string.range.lowerBound - 1,
        reason: "\(JSONText.decode(string, in: bytes).prefix(40).description.quoted) is no date and time")
    }
  }
}
