import Glibc
import OrgCore
import Testing

@Suite struct HistoryQueryTests {
  /// A Wednesday.
  private let now = Timestamp("2026-11-25 10:30:00") ?? .unknown

  private func times(_ text: String, _ zone: DisplayZone = .utc) throws -> [String?] {
    let filter = try HistoryQuery(text).filter(now: now, zone: zone)
    return [filter.since?.description, filter.until?.description]
  }

  @Test func `days and moments are what people mean by them`() throws {
    for (text, start, end) in [
      ("on:today", "2026-11-25 00:00:00", "2026-11-26 00:00:00"),
      ("yesterday", "2026-11-24 00:00:00", "2026-11-25 00:00:00"),
      ("on:wednesday", "2026-11-25 00:00:00", "2026-11-26 00:00:00"),
      ("on:thursday", "2026-11-19 00:00:00", "2026-11-20 00:00:00"),
      ("on:week", "2026-11-23 00:00:00", "2026-11-30 00:00:00"),
      ("on:month", "2026-11-01 00:00:00", "2026-12-01 00:00:00"),
      ("on:2026-02", "2026-02-01 00:00:00", "2026-03-01 00:00:00"),
      ("on:2026-11-02", "2026-11-02 00:00:00", "2026-11-03 00:00:00"),
      ("since:2h until:30m", "2026-11-25 08:30:00", "2026-11-25 10:00:00"),
      ("since:09:15 until:09:20", "2026-11-25 09:15:00", "2026-11-25 09:21:00"),
      ("since:2026-11-01T08:00 until:\"2026-11-02 09:00:10\"", "2026-11-01 08:00:00", "2026-11-02 09:00:11"),
      ("since:monday until:today since:7d", "2026-11-23 00:00:00", "2026-11-26 00:00:00"),
      ("since:2026-11-01T08:00+02:00 until:1d", "2026-11-01 06:00:00", "2026-11-24 10:30:00"),
    ] {
      #expect(try times(text) == [start, end], "\(text)")
    }
  }

  @Test func `days begin in the zone`() throws {
    let zone = DisplayZone.fixed(seconds: 5 * 3600, name: "PKT")
    #expect(try times("today", zone) == ["2026-11-24 19:00:00", "2026-11-25 19:00:00"])
    #expect(
      try times("since:09:00 until:2026-11-01", zone) == ["2026-11-25 04:00:00", "2026-11-01 19:00:00"])
    #expect(zone.fullText(now) == "2026-11-25 15:30:00 PKT")
    #expect(zone.moment(shown: zone.shown(now)) == now)
  }

  @Test func `what can't be read says what can be written`() {
    for (text, message) in [
      (
        "since:noon",
        "since: takes a day or a moment, as in yesterday, monday, 2h, 7d, 09:30, 2026-11-30 or \"2026-11-30 09:30\", not \"noon\"."
      ),
      ("on:2h", "on: takes a day, as in today, yesterday, monday or 2026-11-30, not \"2h\"."),
      (
        "kind:undone",
        "There is no kind \"undone\"; use edit, undo, redo, outside, repair, restore or erase."
      ),
    ] {
      do throws(QueryError) {
        _ = try HistoryQuery(text)
        Issue.record("\(text) was read")
      } catch {
        #expect(error.message == message)
      }
    }
  }

  @Test func `a word in quotes is a text, whatever it means`() throws {
    #expect(try HistoryQuery("\"yesterday\"").terms.map(\.condition) == [.filter(.text("yesterday"))])
  }
}
