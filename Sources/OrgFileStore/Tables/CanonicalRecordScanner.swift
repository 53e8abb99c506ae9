import Glibc
import OrgCore

/// Reads a record in exactly the form in which the service writes it, with nothing unusual in it. Almost all records
/// have this form, and comparing with it is several times as fast as parsing JSON. Records that differ in any way
/// are left to `JSONScanner`.
struct CanonicalRecordScanner {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// Consumes a text that must come next.
  @inline(__always)
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count, let base = bytes.baseAddress,
      memcmp(base + position, text.utf8Start, count) == 0
    else { return false }
    position += count
    return true
  }

  /// Consumes a text that was assembled at run time.
  @inline(__always)
  mutating func take(_ text: UnsafeRawBufferPointer) -> Bool {
    guard position + text.count <= bytes.count, let base = bytes.baseAddress, let start = text.baseAddress,
      memcmp(base + position, start, text.count) == 0
    else { return false }
    position += text.count
    return true
  }

  /// Consumes text without escapes up to a quote, and the quote.
  @inline(__always)
  mutating func takeString() -> Range<Int>? {
    let start = position
    let end = JSONScanner.endOfPlainText(in: bytes, from: position)
    guard end < bytes.count, bytes[end] == .quote else { return nil }
    position = end + 1
    return start..<end
  }

  /// Consumes a string in quotes, or `null`.
  @inline(__always)
  mutating func takeOptionalString() -> Range<Int>?? {
    if take("null") { return .some(nil) }
    return take("\"") ? takeString().map { .some($0) } : nil
  }

  /// Consumes a time in the usual form and the quote after it.
  @inline(__always)
  mutating func takeTime() -> Range<Int>? {
    guard let range = takeString(), Self.isTime(bytes, range) else { return nil }
    return range
  }

  /// Whether the range contains a time like `2026-11-22 21:51:10.076830`, with or without the fraction.
  static func isTime(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    guard range.count == 26 || range.count == 19, range.lowerBound >= 0, range.upperBound <= bytes.count
    else {
      return false
    }
    /// Eight characters XORed with those of a pattern in which 0 stands for any digit; `nil` if they don't match the
    /// pattern. The first character is in the lowest byte.
    func digits(_ offset: Int, _ form: UInt64, separators: UInt64) -> UInt64? {
      let place = range.lowerBound + offset
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) ^ form
      let tooHigh = (word | (word &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0
      return tooHigh == 0 && word & separators == 0 ? word : nil
    }
    func number(_ word: UInt64, _ offset: Int) -> Int {
      Int(truncatingIfNeeded: word >> (offset * 8) & 0xF) * 10
        + Int(truncatingIfNeeded: word >> (offset * 8 + 8) & 0xF)
    }
    // "0000-00-", "00 00:00" and "00:00:00"
    guard let date = digits(0, 0x2D30_302D_3030_3030, separators: 0xFF00_00FF_0000_0000),
      let middle = digits(8, 0x3030_3A30_3020_3030, separators: 0x0000_FF00_00FF_0000),
      let clock = digits(11, 0x3030_3A30_303A_3030, separators: 0x0000_FF00_00FF_0000)
    else { return false }
    let (century, year, month) = (number(date, 0), number(date, 2), number(date, 5))
    let isLeapYear = year % 4 == 0 && (year != 0 || century % 4 == 0)
    let days =
      month == 2 ? (isLeapYear ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    guard century > 0, (1...12).contains(month), (1...days).contains(number(middle, 0)),
      number(clock, 0) < 24, number(clock, 3) < 60, number(clock, 6) < 60
    else { return false }
    // "0.000000"
    return range.count == 19 || digits(18, 0x3030_3030_3030_2E30, separators: 0xFF00) != nil
  }

  /// The index of the word that equals the text in a range.
  @inline(__always)
  func place(of word: Range<Int>, among words: [[UInt8]]) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    return words.firstIndex { $0.count == word.count && memcmp(base + word.lowerBound, $0, word.count) == 0 }
  }
}
