import OrgCore

/// Unusual forms of times that the service may nevertheless load. Its `datetime` and its data model each accept some
/// forms that the other doesn't.
enum RareTime {
  /// Whether a text has a form that every program can read: the forms that `Timestamp` reads, except offsets without
  /// minutes and a lower-case z.
  static func isRead(_ text: String) -> Bool {
    guard Timestamp(text) != nil, text.utf8.last != UInt8(ascii: "z") else { return false }
    let bytes = text.utf8.suffix(3)
    return text.utf8.count < 16 || bytes.first != UInt8(ascii: "+") && bytes.first != UInt8(ascii: "-")
  }

  /// Interprets a number as seconds since 1970, or as milliseconds if it is too large for seconds.
  static func time(number text: String) -> Timestamp? {
    guard let number = Double(text), number.isFinite else { return nil }
    let seconds = abs(number) > 20_000_000_000 ? number / 1000 : number
    // The years 1 through 9999.
    guard seconds >= -62_135_596_800, seconds < 253_402_300_800 else { return nil }
    return Timestamp(microseconds: Int64((seconds * 1_000_000).rounded()))
  }

  /// Parses a date like `20261122` or `2026-W47-7`, any separator before the time, a time without colons or
  /// minutes, a comma before the fraction, additional fraction digits, a space before the offset, seconds in the
  /// offset; or a number as text.
  static func time(_ text: String) -> Timestamp? {
    if let time = Timestamp(text) { return time }
    // Eight digits are a date.
    if text.utf8.count != 8, let time = time(numberText: text) { return time }
    var rest = Substring(String(text.prefix(64).map { $0 == "\u{2212}" ? "-" : $0 == "," ? "." : $0 }))
    guard let day = takeDay(&rest) else { return nil }
    guard rest.popFirst() != nil else { return Timestamp(day) }
    let offsetStart = rest.firstIndex { "+-Zz".contains($0) } ?? rest.endIndex
    guard let clock = clock(rest[..<offsetStart].filter { $0 != " " }) else { return nil }
    let offset = rest[offsetStart...]
    // Offsets with seconds are those of local mean time, from before there were time zones.
    let shown = offset.split(separator: ":").count == 3 ? offset.prefix(6) : offset
    return Timestamp("\(day) \(clock)\(shown)")
  }

  private static func time(numberText text: String) -> Timestamp? {
    let digits = text.drop { $0 == "+" || $0 == "-" }
    guard text.utf8.count - digits.utf8.count < 2, digits.first?.isASCIIDigit == true,
      digits.allSatisfy({ $0.isASCIIDigit || $0 == "." })
    else { return nil }
    return time(number: text)
  }

  private static func takeDay(_ rest: inout Substring) -> String? {
    func take(_ count: Int) -> Substring? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
      rest = rest.dropFirst(count)
      return digits
    }
    guard let year = take(4) else { return nil }
    let hasDashes = rest.first == "-"
    if hasDashes { rest = rest.dropFirst() }
    if rest.first == "W" {
      rest = rest.dropFirst()
      guard let week = take(2).flatMap({ Int($0) }), (1...53).contains(week) else { return nil }
      if hasDashes, rest.first == "-" { rest = rest.dropFirst() }
      let day = take(1).flatMap { Int($0) } ?? 1
      return (1...7).contains(day) ? Self.day(ofWeek: week, day, of: year) : nil
    }
    guard let month = take(2) else { return nil }
    if hasDashes {
      guard rest.first == "-" else { return nil }
      rest = rest.dropFirst()
    }
    return take(2).map { "\(year)-\(month)-\($0)" }
  }

  /// The first week of a year is the one that contains January 4. Weeks begin on Monday.
  private static func day(ofWeek week: Int, _ day: Int, of year: Substring) -> String? {
    guard let fourth = Timestamp("\(year)-01-04") else { return nil }
    let length: Int64 = 86_400_000_000
    let number = fourth.microseconds / length
    // Day 0, January 1, 1970, was a Thursday.
    let weekday = ((number + 3) % 7 + 7) % 7
    let days = number - weekday + Int64(week - 1) * 7 + Int64(day - 1)
    return Timestamp(microseconds: days * length).dayText
  }

  /// Normalizes a time with fewer or more digits to `hh:mm:ss.ffffff`.
  private static func clock(_ text: String) -> String? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first else { return nil }
    let digits = whole.filter { $0 != ":" }
    guard digits.allSatisfy(\.isASCIIDigit), [2, 4, 6].contains(digits.count) else { return nil }
    let padded = Array(digits + String(repeating: "0", count: 6 - digits.count))
    let clock = "\(String(padded[0..<2])):\(String(padded[2..<4])):\(String(padded[4..<6]))"
    guard parts.count == 2 else { return clock }
    return parts[1].isEmpty ? nil : "\(clock).\(parts[1].prefix(6))"
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && utf8.count == 1 }
}
