import OrgCore

extension Role {
  /// The roles that the service can load, by the numbers that tables and indexes give them.
  static let inFiles = Rules.files.roles
}

/// The service's rules for loading values. Checking common values creates no strings.
struct FieldRules {
  let bytes: [UInt8]

  /// Returns a required string. Throws if the service can't load the value as a string.
  func requireString(_ value: JSONValue, _ key: JSONKey, in open: Int) throws(JSONError) -> JSONString {
    guard let string = value.string else {
      if value.kind == .missing { throw JSONError(offset: open, reason: "the record has no \"\(key)\"") }
      throw JSONError(offset: value.start, reason: "\"\(key)\" is no string")
    }
    if value.isFlawed, let flaw = flaw(of: value) { throw flaw }
    return string
  }

  /// The same for a value for which the service has a default; `nil` if the value is missing.
  func defaultedString(_ value: JSONValue, _ key: JSONKey) throws(JSONError) -> JSONString? {
    value.kind == .missing ? nil : try requireString(value, key, in: value.start)
  }

  /// Checks that a field with a default is really missing. In a record with broken text, its
  /// key may just be unreadable.
  func checkIsMissing(_ value: JSONValue, _ key: JSONKey, in record: Range<Int>) throws(JSONError) {
    guard value.kind == .missing, (try? UTF8Span(validating: bytes.span.extracting(record))) == nil else {
      return
    }
    throw JSONError(offset: record.lowerBound, reason: "the record has no \"\(key)\"")
  }

  func checkOptionalString(_ value: JSONValue, _ key: JSONKey) throws(JSONError) {
    if value.kind == .other {
      throw JSONError(offset: value.start, reason: "\"\(key)\" is neither a string nor null")
    }
    if value.isFlawed, let flaw = flaw(of: value) { throw flaw }
  }

  private func flaw(of value: JSONValue) -> JSONError? {
    var scanner = JSONScanner(bytes, at: value.start)
    guard let flaw = (try? scanner.string())?.flaw else { return nil }
    return JSONError(offset: flaw.offset, reason: flaw.reason)
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

  /// How many Unicode scalars a name may have.
  static let nameLength = 1...Rules.files.nameLength

  func checkName(_ string: JSONString) throws(JSONError) {
    // Each scalar has exactly one byte other than 10xxxxxx.
    let length =
      string.hasEscapes
      ? JSONText.decode(string, in: bytes).unicodeScalars.count
      : bytes[string.range].count { $0 & 0xC0 != 0x80 }
    guard Self.nameLength.contains(length) else {
      let reason = length == 0 ? "the name is empty" : "the name has \(length) characters, 200 are allowed"
      throw JSONError(offset: string.range.lowerBound - 1, reason: reason)
    }
  }

  /// The status; the default if the record has none.
  func status(_ value: JSONValue, _ key: JSONKey) throws(JSONError) -> Organization.Status {
    guard let string = try defaultedString(value, key) else { return .active }
    let name = JSONText.decode(string, in: bytes)
    guard let status = Organization.Status(rawValue: name) else {
      throw JSONError(
        offset: value.start, reason: "there is no status \(name.prefix(40).description.quoted)")
    }
    return status
  }

  /// Checks a time. The service uses the time of loading for a record without one.
  ///
  /// - Returns: why the record can't be edited, if the service loads a form that isn't read everywhere.
  func checkTime(_ value: JSONValue, _ key: JSONKey) throws(JSONError) -> JSONError? {
    if value.kind == .missing { return nil }
    if value.string == nil, isNumber(value), let time = RareTime.time(number: numberText(value)) {
      return JSONError(
        offset: value.start,
        reason: "\"\(key)\" is a number, which some programs load as the time \(time)", weight: .record)
    }
    let string = try requireString(value, key, in: value.start)
    if bytes.withUnsafeBytes({ CanonicalRecordScanner.isTime($0, string.range) }) { return nil }
    let text = JSONText.decode(string, in: bytes)
    let shown = text.prefix(40).description.quoted
    if RareTime.isRead(text) { return nil }
    guard let time = RareTime.time(text) else {
      throw JSONError(offset: value.start, reason: "\(shown) is no date and time")
    }
    return JSONError(
      offset: value.start, reason: "\(shown) is a form of the time \(time) that not all programs load",
      weight: .record)
  }

  /// A time as the service loads it; `Timestamp.unknown` if the record has none.
  func time(_ value: JSONValue) -> Timestamp {
    if let text = value.text(in: bytes) { return Timestamp(text) ?? RareTime.time(text) ?? .unknown }
    return isNumber(value) ? RareTime.time(number: numberText(value)) ?? .unknown : .unknown
  }

  private func isNumber(_ value: JSONValue) -> Bool {
    value.kind == .other && value.start < bytes.count
      && (bytes[value.start] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[value.start]))
  }

  private func numberText(_ value: JSONValue) -> String {
    String(decoding: bytes[value.range].prefix(64), as: UTF8.self)
  }
}
