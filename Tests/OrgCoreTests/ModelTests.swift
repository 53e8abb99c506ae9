import OrgCore
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-11-22 21:51:10.076830", "2026-11-22 21:51:10.076830"),
    ("2026-11-22 21:51:10", "2026-11-22 21:51:10"),
    ("2026-11-22T21:51:10.5", "2026-11-22 21:51:10.500000"),
    ("2026-11-22T21:51:10Z", "2026-11-22 21:51:10"),
    ("2026-11-22T23:51:10.25+02:00", "2026-11-22 21:51:10.250000"),
    ("2026-11-22 16:21-0530", "2026-11-22 21:51:00"),
    ("2026-11-22", "2026-11-22 00:00:00"),
    ("2024-02-29 00:00:00.000001", "2024-02-29 00:00:00.000001"),
    ("1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999"),
  ])
  func `reads every form and writes the one of the files`(text: String, written: String) throws {
    #expect(try #require(Timestamp(text)).description == written)
  }

  @Test(arguments: [
    ("0001-01-01 00:00:00+14:00", "0001-01-01 00:00:00"),
    ("9999-12-31 23:59:59.999999-12:00", "9999-12-31 23:59:59.999999"),
  ])
  func `what an offset moves out of the calendar can be written and read again`(text: String, written: String)
    throws
  {
    let time = try #require(Timestamp(text))
    #expect(time.description == written)
    #expect(Timestamp(time.description) == time)
  }

  @Test(arguments: [Int64.min + 1, Int64.max])
  func `every number of microseconds has a text`(microseconds: Int64) {
    let time = Timestamp(microseconds: microseconds)
    #expect(time.description.count > 26)
    #expect(time.dayText.count > 10 && time.minuteText.count > 16)
    #expect(Timestamp(microseconds: .min).description == "unknown")
  }

  @Test(arguments: [
    "", "null", "2026-13-01 00:00:00", "2026-02-29", "2026-11-22 24:00:00", "2026-11-22 21:51:60",
    "2026-11-22 21:51:10.", "2026-11-22 21:51:10 ", "2026-11-22 21:51:10+2", "22.11.2026", "2026-1-2",
    "0000-01-01",
  ])
  func `refuses what is no moment`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    (-62_135_596_800_000_000, "0001-01-01 00:00:00"), (-1, "1969-12-31 23:59:59.999999"),
    (253_402_300_799_999_999, "9999-12-31 23:59:59.999999"),
    (253_402_300_800_000_000, "10000-01-01 00:00:00"),
    (1_709_164_800_000_010, "2024-02-29 00:00:00.000010"),
  ])
  func `writes any year`(microseconds: Int64, text: String) {
    let time = Timestamp(microseconds: microseconds)
    #expect(time.description == text)
    #expect(text.hasPrefix(time.minuteText) && time.minuteText.hasPrefix(time.dayText))
  }

  @Test func `tells the day and the minute`() throws {
    let time = try #require(Timestamp("2026-11-22 21:51:10.076830"))
    #expect(time.dayText == "2026-11-22")
    #expect(time.minuteText == "2026-11-22 21:51")
    #expect(time < Timestamp(microseconds: time.microseconds + 1))
  }
}

@Suite struct RulesTests {
  private let rules = Rules.files

  @Test func `a name is trimmed and has 1 to 200 scalars`() throws {
    #expect(try rules.checkedName("  Acme\u{1F}\n") == "Acme")
    #expect(try rules.checkedName(String(repeating: "é", count: 200)).count == 200)
    // One Character of 200 scalars is as long as 200 letters.
    #expect(throws: OrgError.self) { try rules.checkedName("e" + String(repeating: "\u{301}", count: 200)) }
    for name in ["", " \t", String(repeating: "x", count: 201)] {
      #expect(code { try rules.checkedName(name) } == .invalidName)
    }
  }

  @Test func `ids start with org_`() {
    #expect(code { try rules.checkOrganizationID("org_") } == .invalidIdentifier)
    #expect(code { try rules.checkOrganizationID("acme") } == .invalidIdentifier)
    #expect(code { try rules.checkOrganizationID("org_1") } == nil)
    #expect(code { try rules.checkUserID(" ") } == .invalidIdentifier)
  }

  @Test func `values of fields are checked and brought to the stored form`() throws {
    #expect(try rules.checked(" ", for: .stripeCustomerID) == nil)
    #expect(try rules.checked(" cus_1 ", for: .stripeCustomerID) == "cus_1")
    #expect(try rules.checked(" gold ", for: .planTier) == "gold")
    #expect(code { try rules.checked(" ", for: .planTier) } == .invalidValue)
    #expect(code { try rules.checked("gone", for: .status) } == .invalidValue)
    #expect(code { try rules.role("admin") } == .invalidValue)
    for name in ["billing", "billing_admin", "Billing"] { #expect(try rules.role(name) == .billingAdmin) }
    #expect(Role.allCases.map(\.title) == ["owner", "member", "billing", "admin", "viewer"])
  }
}

@Suite struct DisplayTextTests {
  @Test(arguments: [
    ("Acme Corp", "Acme Corp"), ("株式会社みらい", "株式会社みらい"), ("🚀 Rocket", "🚀 Rocket"), ("e\u{301}", "e\u{301}"),
    ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("a\0b\nc\td\r", "a\\0b\\nc\\td\\r"), ("a\u{202E}b", "a\\u{202E}b"),
    ("a\u{200B}b", "a\\u{200B}b"), ("a\u{FEFF}b", "a\\u{FEFF}b"), ("\u{7F}\u{9B}", "\\u{7F}\\u{9B}"),
    ("a\u{2028}b", "a\\u{2028}b"), ("a\u{AD}b", "a\\u{AD}b"), ("\u{E000}", "\\u{E000}"), ("C:\\", "C:\\"),
  ])
  func `what could act on a terminal becomes a visible escape`(text: String, shown: String) {
    #expect(text.escapedForDisplay == shown)
    #expect(shown.unicodeScalars.allSatisfy { $0.isPlain })
  }

  @Test(arguments: [
    "👩\u{200D}💻", "👨\u{200D}👩\u{200D}👧\u{200D}👦", "👩🏽\u{200D}🚀", "👍🏽", "🇩🇪", "🇩🇪🇫🇷", "1\u{FE0F}\u{20E3}",
    "❤\u{FE0F}",
    "❤\u{FE0F}\u{200D}🔥", "👩\u{200D}❤\u{FE0F}\u{200D}💋\u{200D}👨", "🏳\u{FE0F}\u{200D}🌈",
    "🏃🏿\u{200D}♀\u{FE0F}\u{200D}➡\u{FE0F}",
    "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "Acme 👩\u{200D}💻 Corp",
  ])
  func `emoji of several scalars stay`(text: String) {
    #expect(text.escapedForDisplay == text)
  }

  @Test(arguments: [
    ("👩\u{200D}", "👩\\u{200D}"), ("a\u{200D}b", "a\\u{200D}b"), ("🍎\u{200D}🍎", "🍎\\u{200D}🍎"),
    ("👩\u{200D}a", "👩\\u{200D}a"),
    ("a\u{FE0F}", "a\\u{FE0F}"), ("1\u{FE0F}", "1\\u{FE0F}"), ("👍\u{FE0F}", "👍\\u{FE0F}"),
    ("株\u{FE0F}", "株\\u{FE0F}"),
    ("🏴\u{E0067}\u{E007F}", "🏴\\u{E0067}\\u{E007F}"), ("\u{E0061}", "\\u{E0061}"),
    ("💻\u{200D}👩", "💻\\u{200D}👩"),
    ("👩\u{200D}\u{200D}💻", "👩\\u{200D}\\u{200D}💻"), ("👩\u{200D}💻\u{202E}", "👩\u{200D}💻\\u{202E}"),
  ])
  func `what makes no emoji is a visible escape`(text: String, shown: String) {
    #expect(text.escapedForDisplay == shown)
  }
}

/// The code that a body throws, if it does.
func code(_ body: () throws -> some Any) -> OrgError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? OrgError)?.code
  }
}
