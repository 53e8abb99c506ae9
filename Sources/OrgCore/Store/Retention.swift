import Glibc

/// How long the history is kept.
public enum Retention: Sendable, Hashable {
  /// Nothing is removed from it.
  case forever
  /// What is older than so many of a unit is removed bit by bit.
  case last(Int, Unit)

  /// What the time is counted in.
  public enum Unit: String, Sendable, Hashable, CaseIterable {
    /// Of 24 hours.
    case days
    /// Of seven days.
    case weeks
    /// Of the calendar, in UTC.
    case months
    /// Of the calendar, in UTC.
    case years
  }

  /// Reads `2 years`, `1 month` or `forever`: a whole number above 0 and a unit; `nil` for anything else.
  public init?(_ text: String) {
    guard text != "forever" else {
      self = .forever
      return
    }
    let words = text.split(separator: " ")
    guard words.count == 2, words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(words[0]), count > 0,
      let unit = Unit.allCases.first(where: { $0.rawValue == words[1] || $0.rawValue.dropLast() == words[1] })
    else { return nil }
    self = .last(count, unit)
  }

  /// The time since which the history is kept; `nil` where all of it is, as with what reaches back before the year 1.
  public func start(before now: Timestamp) -> Timestamp? {
    guard case .last(let count, let unit) = self else { return nil }
    switch unit {
    case .days: return now.earlier(days: count)
    case .weeks: return Self.product(count, 7).flatMap(now.earlier(days:))
    case .months: return now.earlier(months: count)
    case .years: return Self.product(count, 12).flatMap(now.earlier(months:))
    }
  }

  private static func product(_ left: Int, _ right: Int) -> Int? {
    let (result, isTooLarge) = left.multipliedReportingOverflow(by: right)
    return isTooLarge ? nil : result
  }
}

extension Timestamp {
  /// 0001-01-01 00:00 UTC.
  private static let first = Timestamp(sinceEpoch: .seconds(-62_135_596_800))

  fileprivate func earlier(days: Int) -> Timestamp? {
    let (length, isTooLong) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
    let (result, isTooEarly) = microseconds.subtractingReportingOverflow(length)
    guard !isTooLong, !isTooEarly, result >= Self.first.microseconds else { return nil }
    return Timestamp(microseconds: result)
  }

  /// The same day and time of an earlier month, or the last day of one that is shorter.
  fileprivate func earlier(months: Int) -> Timestamp? {
    // A time between two seconds is as good as the second before.
    var seconds = time_t(microseconds / 1_000_000)
    var parts = tm()
    guard self >= Self.first, gmtime_r(&seconds, &parts) != nil else { return nil }
    let (month, isTooEarly) = ((Int(parts.tm_year) + 1900) * 12 + Int(parts.tm_mon))
      .subtractingReportingOverflow(months)
    guard !isTooEarly, month >= 12 else { return nil }
    parts.tm_year = Int32(month / 12 - 1900)
    parts.tm_mon = Int32(month % 12)
    let day = parts.tm_mday
    var result = parts
    seconds = timegm(&result)
    if result.tm_mday != day {
      // Day 0 of a month is the last one of the month before.
      parts.tm_mon += 1
      parts.tm_mday = 0
      seconds = timegm(&parts)
    }
    return Timestamp(sinceEpoch: .seconds(Int64(seconds)))
  }
}
