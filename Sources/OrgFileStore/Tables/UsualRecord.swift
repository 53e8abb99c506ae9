import Glibc

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
  mutating func takeOptionalString() -> Bool {
    take("null") || take("\"") && takeString() != nil
  }

  /// Takes a time in the usual form, and the quote behind it.
  @inline(__always)
  mutating func takeTime() -> Bool {
    guard let range = takeString() else { return false }
    return Self.isTime(bytes, range)
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
