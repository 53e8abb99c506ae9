import Glibc
import OrgCore

/// Reads a record in the very form in which the service writes it, with nothing unusual in it. Nearly all are, and
/// then comparing with that form is several times as fast as reading JSON. Whatever differs in the least is for
/// the scanner.
struct UsualRecord {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// Takes a text that must stand next.
  @inline(__always)
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count, let base = bytes.baseAddress,
      memcmp(base + position, text.utf8Start, count) == 0
    else { return false }
    position += count
    return true
  }

  /// Takes text up to a quote, without escapes, and the quote.
  @inline(__always)
  mutating func takeString() -> Range<Int>? {
    let start = position
    let end = JSONScanner.endOfPlainText(in: bytes, from: position)
    guard end < bytes.count, bytes[end] == .quote else { return nil }
    position = end + 1
    return start..<end
  }

  /// Takes a string in quotes, or `null`.
  @inline(__always)
  mutating func takeOptionalString() -> Range<Int>?? {
    if take("null") { return .some(nil) }
    return take("\"") ? takeString().map { .some($0) } : nil
  }

  /// Takes a time in the usual form, and the quote behind it.
  @inline(__always)
  mutating func takeTime() -> Range<Int>? {
    guard let range = takeString(), Self.isTime(bytes, range) else { return nil }
    return range
  }

  /// Whether `2026-11-22 21:51:10.076830`, or the same without the fraction, stands there.
  static func isTime(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    guard range.count == 26 || range.count == 19, range.upperBound <= bytes.count else { return false }
    func number(_ offset: Int) -> Int? {
      let tens = bytes[range.lowerBound + offset] &- 0x30
      let ones = bytes[range.lowerBound + offset + 1] &- 0x30
      return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }
    func isAt(_ offset: Int, _ byte: UInt8) -> Bool { bytes[range.lowerBound + offset] == byte }
    guard let century = number(0), number(2) != nil, isAt(4, 0x2D), let month = number(5), isAt(7, 0x2D),
      let day = number(8), isAt(10, 0x20), let hour = number(11), isAt(13, 0x3A), let minute = number(14),
      isAt(16, 0x3A), let second = number(17)
    else { return false }
    // Days that not every month has are looked at with care elsewhere.
    guard century > 0, (1...12).contains(month), (1...28).contains(day), hour < 24, minute < 60, second < 60
    else { return false }
    return range.count == 19
      || isAt(19, 0x2E) && number(20) != nil && number(22) != nil && number(24) != nil
  }
}

/// Where the values of an organization stand that is written as the service does, and that keeps all rules.
struct UsualOrganization {
  let name: Range<Int>
  let createdAt: Range<Int>
  let plan: Range<Int>
  let lago: Range<Int>?
  let stripe: Range<Int>?
  /// Its place among all statuses.
  let status: Int
  /// Behind the closing brace.
  let end: Int

  /// `nil` for any other.
  init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    var record = UsualRecord(bytes, at: start)
    guard record.take("{\n    \"id\": \"org_"), record.takeString() != nil,
      record.take(",\n    \"name\": \""), let name = record.takeString(),
      // So few bytes are no more characters; a longer name is counted with care elsewhere.
      Rules.nameLength.contains(name.count), record.take(",\n    \"created_at\": \""),
      let createdAt = record.takeTime(), record.take(",\n    \"plan_tier\": \""),
      let plan = record.takeString(),
      record.take(",\n    \"lago_customer_id\": "), let lago = record.takeOptionalString(),
      record.take(",\n    \"stripe_customer_id\": "), let stripe = record.takeOptionalString(),
      record.take(",\n    \"status\": \""), let word = record.takeString(),
      let status = Self.statusNames.firstIndex(where: { bytes[word].elementsEqual($0) }), record.take("\n  }")
    else { return nil }
    self.name = name
    self.createdAt = createdAt
    self.plan = plan
    self.lago = lago
    self.stripe = stripe
    self.status = status
    end = record.position
  }

  private static let statusNames = Organization.Status.allCases.map { Array($0.rawValue.utf8) }
}
