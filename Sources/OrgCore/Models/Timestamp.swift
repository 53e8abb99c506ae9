import Glibc

/// A moment in UTC, to the microsecond, in the forms that the data files use.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Microseconds since 1970-01-01 00:00 UTC.
  public let microseconds: Int64

  /// Makes a moment of microseconds since 1970-01-01 00:00 UTC.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time of a record that has none. It comes before all others, its text is `unknown`, and it is never written to
  /// a data file.
  public static let unknown = Timestamp(microseconds: .min)

  /// The form in which a history keeps it: its text; `nil` for anything else.
  public init?(recorded text: String) {
    guard text != Self.unknown.description else {
      self = .unknown
      return
    }
    self.init(text)
  }

  /// The first moment of the year 1, and the last of the year 9999: what can be written and read again.
  private static let writable: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

  /// The moment so long after 1970, or the nearest that can be written.
  package init(sinceEpoch time: Duration) {
    let (seconds, fraction) = time.components
    let limits = Self.writable.lowerBound / 1_000_000...Self.writable.upperBound / 1_000_000
    self.init(
      writable: min(max(seconds, limits.lowerBound), limits.upperBound) * 1_000_000 + fraction
        / 1_000_000_000_000)
  }

  private init(writable microseconds: Int64) {
    self.microseconds = min(max(microseconds, Self.writable.lowerBound), Self.writable.upperBound)
  }

  /// The time now, by the system's clock.
  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(sinceEpoch: .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec)))
  }

  /// Reads `2026-11-22 21:51:10.076830`, with ` ` or `T`, with or without the seconds' fraction, and
  /// with nothing, `Z` or an offset such as `+02:00` behind; a date alone is its midnight. Without an
  /// offset the time is UTC. `nil` for anything else. What an offset moves out of the years 1 to 9999 in UTC is the first
  /// or the last moment of them.
  public init?(_ text: some StringProtocol) {
    guard let value = Array(text.utf8).withUnsafeBufferPointer({ Timestamp(utf8: $0) }) else { return nil }
    self = value
  }

  /// The same for UTF-8 text, without making a string.
  public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    var reader = Reader(bytes: bytes)
    guard let microseconds = reader.microseconds() else { return nil }
    self.init(writable: microseconds)
  }

  /// The form that the files are written in: `2026-11-22 21:51:10.076830`, in UTC, without the
  /// fraction where it is zero.
  public var description: String { text(26) }

  /// The day alone: `2026-11-22`.
  public var dayText: String { text(10) }

  /// To the minute: `2026-11-22 21:51`.
  public var minuteText: String { text(16) }

  /// So many characters of the whole form, made in one piece: an export writes millions.
  private func text(_ length: Int) -> String {
    guard self != .unknown else { return "unknown" }
    let seconds = seconds
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let rest = microseconds % 1_000_000
    let fraction = Int(rest < 0 ? rest + 1_000_000 : rest)
    let year = Int(parts.tm_year) + 1900
    guard (0...9999).contains(year) else { return longText(length, parts, fraction) }
    let end = fraction == 0 ? min(length, 19) : length
    return String(unsafeUninitializedCapacity: 26) { buffer in
      var position = 0
      func put(_ number: Int, _ width: Int, _ separator: Character?) {
        var rest = number
        for place in stride(from: position + width - 1, through: position, by: -1) {
          buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
        position += width
        guard let separator = separator?.asciiValue, position < 26 else { return }
        buffer[position] = separator
        position += 1
      }
      put(year, 4, "-")
      put(Int(parts.tm_mon) + 1, 2, "-")
      put(Int(parts.tm_mday), 2, " ")
      put(Int(parts.tm_hour), 2, ":")
      put(Int(parts.tm_min), 2, ":")
      put(Int(parts.tm_sec), 2, ".")
      put(fraction, 6, nil)
      return end
    }
  }

  /// The same for years of more or fewer digits than four.
  private func longText(_ length: Int, _ parts: tm, _ fraction: Int) -> String {
    let day =
      "\(padded(Int64(parts.tm_year) + 1900, 4))-\(padded(Int64(parts.tm_mon) + 1, 2))-\(padded(Int64(parts.tm_mday), 2))"
    if length == 10 { return day }
    let minute = "\(day) \(padded(Int64(parts.tm_hour), 2)):\(padded(Int64(parts.tm_min), 2))"
    if length == 16 { return minute }
    return "\(minute):\(padded(Int64(parts.tm_sec), 2))"
      + (fraction == 0 ? "" : "." + padded(Int64(fraction), 6))
  }

  /// Earlier comes first.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Whole seconds, rounded down.
  private var seconds: Int64 {
    let quotient = microseconds / 1_000_000
    return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Timestamp {
  /// Reads the parts of a time stamp one after the other.
  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func microseconds() -> Int64? {
      guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
        year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
      else { return nil }
      var parts = tm()
      parts.tm_year = Int32(year - 1900)
      parts.tm_mon = Int32(month - 1)
      parts.tm_mday = Int32(day)
      var fraction: Int64 = 0
      var offset: Int64 = 0
      if !isAtEnd {
        guard take(" ") || take("T"), let hour = digits(2), hour < 24, take(":"),
          let minute = digits(2), minute < 60
        else { return nil }
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        if take(":") {
          guard let second = digits(2), second < 60 else { return nil }
          parts.tm_sec = Int32(second)
          if take(".") {
            guard let value = self.fraction() else { return nil }
            fraction = value
          }
        }
        guard let value = self.offset(), isAtEnd else { return nil }
        offset = value
      }
      return (Int64(timegm(&parts)) - offset) * 1_000_000 + fraction
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
      switch month {
      case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
      position += 1
      return true
    }

    private mutating func digit() -> Int64? {
      guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
      else { return nil }
      position += 1
      return Int64(bytes[position - 1] - UInt8(ascii: "0"))
    }

    private mutating func digits(_ count: Int) -> Int64? {
      var value: Int64 = 0
      for _ in 0..<count {
        guard let digit = digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    /// Microseconds of one to nine digits behind the point; what is below a microsecond is dropped.
    private mutating func fraction() -> Int64? {
      var value: Int64 = 0
      var count = 0
      while let digit = digit() {
        if count < 6 { value = value * 10 + digit }
        count += 1
      }
      guard (1...9).contains(count) else { return nil }
      for _ in count..<max(count, 6) { value *= 10 }
      return value
    }

    /// Seconds east of UTC of `Z`, `+02`, `+0200`, `+02:00` or nothing.
    private mutating func offset() -> Int64? {
      if isAtEnd || take("Z") || take("z") { return 0 }
      let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
      guard sign != 0, let hours = digits(2), hours < 24 else { return nil }
      if isAtEnd { return sign * hours * 3600 }
      _ = take(":")
      guard let minutes = digits(2), minutes < 60 else { return nil }
      return sign * (hours * 3600 + minutes * 60)
    }
  }
}
