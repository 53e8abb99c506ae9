import OrgCore

/// The rules by which the service that shares the files loads a value, without making strings of usual ones.
struct FieldRules {
  let bytes: [UInt8]

  /// Where a required value isn't a string that the service loads.
  func requireString(_ value: JSONValue, _ key: JSONKey, in open: Int) throws(JSONError) -> JSONString {
    guard let string = value.string else {
      if value.kind == .missing { throw JSONError(offset: open, reason: "the record has no \"\(key)\"") }
      throw JSONError(offset: value.start, reason: "\"\(key)\" is no string")
    }
    if value.isFlawed, let flaw = flaw(of: value) { throw flaw }
    return string
  }

  /// The same for a value for which the service has a default; `nil` where there is none.
  func defaultedString(_ value: JSONValue, _ key: JSONKey) throws(JSONError) -> JSONString? {
    value.kind == .missing ? nil : try requireString(value, key, in: value.start)
  }

  /// A field that has a default may be missing, but not from a record whose text is broken: there its key may just not be
  /// readable.
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

  /// The place of a status among all of them; that of the default where the record has none.
  func status(_ value: JSONValue, _ key: JSONKey) throws(JSONError) -> Organization.Status {
    guard let string = try defaultedString(value, key) else { return .active }
    let name = JSONText.decode(string, in: bytes)
    guard let status = Organization.Status(rawValue: name) else {
      throw JSONError(
        offset: value.start, reason: "there is no status \(name.prefix(40).description.quoted)")
    }
    return status
  }

  /// Checks a time. The service gives a record without one the time of loading.
  ///
  /// - Returns: what keeps the record from being edited, where the service loads a form that isn't read everywhere.
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

  /// A time as the service loads it; `Timestamp.unknown` where the record has none.
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
