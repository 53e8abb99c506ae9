import Testing

@testable import OrgCore

/// How long a history is kept, as text and as a time.
@Suite struct RetentionTests {
  @Test func `a retention is forever, or a whole number above 0 and a unit`() {
    #expect(Retention("forever") == .forever)
    #expect(Retention("2 years") == .last(2, .years))
    #expect(Retention("1 year") == .last(1, .years))
    #expect(Retention(" 18  months ") == .last(18, .months))
    #expect(Retention("010 weeks") == .last(10, .weeks))
    #expect(Retention("90 days") == .last(90, .days))
    for text in [
      "", "2", "years", "0 days", "-1 days", "+1 days", "1.5 years", "2 fortnights", "2years", "1 y",
      "1 years old",
      "Forever", "٢ years", "99999999999999999999 days",
    ] {
      #expect(Retention(text) == nil, "\(text)")
    }
  }

  @Test func `a history is kept since a day and time of the calendar`() throws {
    for (text, now, start) in [
      ("forever", "2026-11-25 12:00:00", nil), ("1 day", "2026-03-01 00:00:00", "2026-02-28 00:00:00"),
      ("2 weeks", "2026-11-25 12:00:00.000001", "2026-11-11 12:00:00.000001"),
      ("1 month", "2026-03-31 12:00:00", "2026-02-28 12:00:00"),
      ("1 month", "2024-03-30 12:00:00", "2024-02-29 12:00:00"),
      ("11 months", "2026-11-25 12:00:00", "2025-12-25 12:00:00"),
      ("2 years", "2026-11-25 12:00:00", "2024-11-25 12:00:00"),
      ("1 year", "2024-02-29 12:00:00", "2023-02-28 12:00:00"),
      ("2025 years", "2026-11-25 12:00:00", "0001-11-25 12:00:00"),
      ("2026 years", "2026-11-25 12:00:00", nil),
      ("9223372036854775807 days", "2026-11-25 12:00:00", nil),
      ("9223372036854775807 weeks", "2026-11-25 12:00:00", nil),
      ("9223372036854775807 months", "2026-11-25 12:00:00", nil),
      ("9223372036854775807 years", "2026-11-25 12:00:00", nil),
      ("9000000000000 days", "2026-11-25 12:00:00", nil), ("1 year", "0001-06-01 00:00:00", nil),
    ] as [(String, String, String?)] {
      let retention = try #require(Retention(text), "\(text)")
      #expect(retention.start(before: try #require(Timestamp(now)))?.description == start, "\(text) \(now)")
    }
    #expect(Retention.last(1, .years).start(before: .unknown) == nil)
  }
}
