/// What the history is filtered by.
///
/// All terms must match:
///
/// | term | matches generations |
/// |---|---|
/// | `acme`, `"two words"` | with the text in what was done, in who did it or in the time, whatever the case |
/// | `~acr` | with these characters in this order in it |
/// | `since:yesterday`, `until:2026-11-30` | from that day or moment on, up to and with it |
/// | `on:monday`, `yesterday` | of that day |
/// | `by:alice` | that such a user, login, machine or address made; `by:outside` for other programs |
/// | `org:acme`, `user:bob` | that changed such an organization or its members, or a membership of such a user |
/// | `kind:undo` | that came about so: `edit`, `undo`, `redo`, `outside`, `repair`, `restore`, `erase`, or several with commas |
///
/// `!` in front of a term negates it.
public struct HistoryQuery: ListQuery {
  /// The terms in the order of the text.
  public let terms: [QueryTerm<Condition>]

  /// What a term asks for.
  public enum Condition: Sendable, Hashable {
    /// What a store looks for.
    case filter(HistoryFilter.Condition)
    /// A time from a moment on.
    case since(HistoryMoment)
    /// A time up to a moment and with it.
    case until(HistoryMoment)
    /// A day.
    case on(HistoryMoment)
  }

  /// Takes terms that were read.
  public init(terms: [QueryTerm<Condition>]) { self.terms = terms }

  /// What words and fields mean in the history.
  public static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition> {
    QueryVocabulary(
      text: { .filter(.text($0)) }, word: { HistoryMoment.dayWord($0).map { .on($0) } },
      fuzzy: { .filter(.fuzzy($0)) },
      [
        .moment("since") { .since($0) }, .moment("until") { .until($0) },
        .moment("on", isDay: true) { .on($0) }, .text("by") { .filter(.by($0)) },
        .text("org") { .filter(.organization($0)) }, .text("user") { .filter(.user($0)) }, .kinds,
      ])
  }

  /// What a store is asked for.
  ///
  /// - Parameters:
  ///   - subject: whose history it is.
  ///   - now: what `today` and `2h` are about.
  ///   - zone: in which days begin, and times are typed.
  package func filter(
    _ subject: HistoryFilter = HistoryFilter(), now: Timestamp, zone: DisplayZone
  ) -> HistoryFilter {
    var filter = subject
    for term in terms {
      let (since, until): (Timestamp?, Timestamp?)
      switch term.condition {
      case .filter(let condition):
        filter.terms.append(QueryTerm(condition, isNegated: term.isNegated))
        continue
      case .since(let moment): (since, until) = (moment.range(now: now, zone: zone).start, nil)
      case .until(let moment): (since, until) = (nil, moment.range(now: now, zone: zone).end)
      case .on(let moment):
        let range = moment.range(now: now, zone: zone)
        (since, until) = (range.start, range.end)
      }
      if term.isNegated {
        filter.terms.append(QueryTerm(.time(since, until), isNegated: true))
      } else {
        if let since { filter.since = max(since, filter.since ?? since) }
        if let until { filter.until = min(until, filter.until ?? until) }
      }
    }
    return filter
  }
}

extension QueryField where Condition == HistoryQuery.Condition {
  /// A field whose value is a moment, or a day.
  fileprivate static func moment(
    _ name: String, isDay: Bool = false, _ body: @escaping @Sendable (HistoryMoment) -> Condition
  ) -> Self {
    Self(name) { text throws(QueryError) in
      let place = text.position
      let value = try text.value()
      guard let moment = HistoryMoment(value), !isDay || moment.isDay else {
        throw text.error(
          "\(name): takes \(HistoryMoment.forms(isDay: isDay)), not \(value.quoted).", at: place)
      }
      return body(moment)
    }
  }

  /// How generations come about, one or several.
  fileprivate static var kinds: Self {
    Self("kind") { text throws(QueryError) in
      let place = text.position
      let value = try text.value()
      let words = value.lowercased().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let names = words.map { $0 == "outside" ? "foreign" : $0 }
      let known = ["edit", "undo", "redo", "foreign", "repair", "restore", "erase"]
      guard names.allSatisfy(known.contains) else {
        let shown = known.map { $0 == "foreign" ? "outside" : $0 }
        throw text.error("There is no kind \(value.quoted); use \(shown.alternatives).", at: place)
      }
      return .filter(.kind(names))
    }
  }
}

/// A moment or a day as a person says it: `yesterday`, `2h`, `2026-11-30 09:00`.
public struct HistoryMoment: Sendable, Hashable {
  private enum Form: Sendable, Hashable {
    /// So many days before today.
    case daysAgo(Int64)
    /// The latest such day of the week, from 0 for Monday; today counts.
    case weekday(Int64)
    /// The beginning of this week or this month.
    case week, month
    /// So many seconds ago.
    case ago(Int64)
    /// A day, or a minute or a second, that a clock shows; how long it is in seconds.
    case shown(Timestamp, length: Int64)
    /// A moment of today.
    case clock(Int64)
    /// A moment with its zone.
    case absolute(Timestamp)
  }

  private let form: Form
  private init(form: Form) { self.form = form }

  private static let days = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let units: [Character: Int64] = [
    "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]

  /// The day of a word that is clear without a field: `today` and `yesterday`.
  static func dayWord(_ text: String) -> HistoryMoment? {
    switch text.lowercased() {
    case "today": HistoryMoment(form: .daysAgo(0))
    case "yesterday": HistoryMoment(form: .daysAgo(1))
    default: nil
    }
  }

  /// What can be written, for errors.
  static func forms(isDay: Bool) -> String {
    isDay
      ? "a day, as in today, yesterday, monday or 2026-11-30"
      : "a day or a moment, as in yesterday, monday, 2h, 7d, 09:30, 2026-11-30 or \"2026-11-30 09:30\""
  }

  /// Reads a moment; `nil` for anything else.
  public init?(_ text: String) {
    let word = text.lowercased()
    if let day = Self.dayWord(word) {
      self = day
    } else if let day = Self.days.firstIndex(of: word) {
      form = .weekday(Int64(day))
    } else if word == "week" || word == "month" {
      form = word == "week" ? .week : .month
    } else if let unit = word.last.flatMap({ Self.units[$0] }), let count = Int64(word.dropLast()),
      (0...1_000_000).contains(count), word.dropLast().allSatisfy(\.isNumber)
    {
      form = .ago(count * unit)
    } else if word.utf8.count == 5, let time = Timestamp("1970-01-01 \(word)") {
      form = .clock(time.microseconds / 1_000_000)
    } else if word.utf8.count == 7, let time = Timestamp("\(word)-01") {
      form = .shown(time, length: 0)
    } else if let time = Timestamp(text) {
      let length: Int64? = [10: 86_400, 16: 60, 19: 1][text.utf8.count]
      form = length.map { .shown(time, length: $0) } ?? .absolute(time)
    } else {
      return nil
    }
  }

  /// Whether it is a day, or longer.
  var isDay: Bool {
    switch form {
    case .daysAgo, .weekday, .week, .month: true
    case .shown(_, let length): length == 0 || length == 86_400
    case .ago, .clock, .absolute: false
    }
  }

  /// From its beginning to its end, which isn't part of it.
  func range(now: Timestamp, zone: DisplayZone) -> (start: Timestamp, end: Timestamp) {
    let second: Int64 = 1_000_000
    let today = zone.shown(now).dayNumber.map(Int64.init) ?? 0
    func shown(_ day: Int64, _ seconds: Int64 = 0) -> Timestamp {
      zone.moment(shown: Timestamp(microseconds: day * 86_400 * second + seconds * second))
    }
    switch form {
    case .daysAgo(let count): return (shown(today - count), shown(today - count + 1))
    case .weekday(let day):
      // The first of January 1970 was a Thursday.
      let back = (today + 3 - day) % 7
      return (shown(today - back), shown(today - back + 1))
    case .week:
      let start = today - (today + 3) % 7
      return (shown(start), shown(start + 7))
    case .month: return Self.month(of: zone.shown(now), zone)
    case .ago(let seconds):
      let moment = now.adding(seconds: -seconds)
      return (moment, moment)
    case .shown(let time, 0): return Self.month(of: time, zone)
    case .shown(let time, let length):
      return (zone.moment(shown: time), zone.moment(shown: time.adding(seconds: length)))
    case .clock(let seconds): return (shown(today, seconds), shown(today, seconds + 60))
    case .absolute(let time): return (time, time.adding(seconds: 1))
    }
  }

  private static func month(of shown: Timestamp, _ zone: DisplayZone) -> (start: Timestamp, end: Timestamp) {
    let month = shown.dayText.prefix(7)
    let start = Timestamp("\(month)-01") ?? shown
    // The first day of the next month is at most 31 days later, and in that month in any case 32 days later.
    let next = Timestamp("\(start.adding(seconds: 32 * 86_400).dayText.prefix(7))-01") ?? shown
    return (zone.moment(shown: start), zone.moment(shown: next))
  }
}
