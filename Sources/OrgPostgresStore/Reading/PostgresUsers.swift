import OrgCore
import Synchronization

/// The users whose ids match a query, in the order of their ids.
final class PostgresUsers: UserListing {
  let revision: Revision
  let total: Int
  let isComplete: Bool
  let expectedCount: Int
  private let queries: UserQueries
  /// The state of the data that nothing here is older than.
  private let generation: Int
  private let shown: UserIntervals
  /// All users; `nil` while that isn't known.
  private let all: UserIntervals?
  private let pages: Mutex<Pages>

  /// The users of intervals that were looked at, with a limit.
  private struct Pages {
    var users: [Int: [UserSummary]] = [:]
    /// The interval of each user.
    var intervals: [String: Int] = [:]
    private static let limit = 40

    mutating func add(_ new: [Int: [UserSummary]]) {
      if users.count + new.count > Self.limit { (users, intervals) = ([:], [:]) }
      for (interval, page) in new {
        users[interval] = page
        for user in page { intervals[user.id] = interval }
      }
    }

    /// The same for as many users as the intervals have by now.
    func without(_ changed: some Sequence<Int>) -> Pages {
      var kept = users
      for interval in changed { kept[interval] = nil }
      var pages = Pages()
      pages.add(kept)
      return pages
    }
  }

  /// How long people don't notice that they wait, in milliseconds.
  private static let moment = 150

  private init(
    _ reader: PostgresReader, _ query: UserQuery, _ shown: UserIntervals, all: UserIntervals?,
    generation: Int,
    estimates: (count: Int, total: Int)? = nil, _ pages: Pages
  ) {
    (revision, queries) = (reader.revision, UserQueries(reader: reader.unconditional, query: query))
    (self.shown, self.all, self.generation) = (shown, all, generation)
    isComplete = estimates == nil
    expectedCount = estimates?.count ?? shown.count
    total = all?.count ?? estimates?.total ?? shown.count
    self.pages = Mutex(pages)
  }

  let isWhole = false
  var count: Int { shown.count }

  func user(at row: Int) -> UserSummary? {
    guard row < count else { return nil }
    let interval = shown.interval(ofRow: row)
    let place = row - shown.rows[interval]
    return pages.withLock { pages in
      pages.users[interval].flatMap { place < $0.count ? $0[place] : nil }
    }
  }

  func position(of user: String) -> Int? {
    pages.withLock { pages in
      guard let interval = pages.intervals[user],
        let place = pages.users[interval]?.firstIndex(where: { $0.id == user })
      else { return nil }
      return shown.rows[interval] + place
    }
  }

  func fetch(_ rows: Range<Int>) throws(OrgError) {
    let rows = rows.clamped(to: 0..<count)
    guard let last = rows.last else { return }
    let known = pages.withLock { Set($0.users.keys) }
    let wanted = (shown.interval(ofRow: rows.lowerBound)...shown.interval(ofRow: last)).filter {
      !known.contains($0)
    }
    guard !wanted.isEmpty else { return }
    let found = try queries.users(wanted, of: shown)
    pages.withLock { $0.add(found) }
  }
}

// MARK: Making them

extension PostgresUsers {
  /// The first users, if all take longer than people don't notice.
  static func first(
    _ reader: PostgresReader, _ query: UserQuery, after earlier: PostgresUsers?
  ) throws(OrgError) -> PostgresUsers? {
    if let earlier, earlier.isComplete, earlier.queries.query == query { return nil }
    let queries = UserQueries(
      reader: query.isEmpty ? reader : reader.limited(milliseconds: moment), query: query)
    var found: (users: [UserSummary], estimate: Int, total: Int)
    do throws(OrgError) {
      found = try queries.first()
      if found.users.count < UserIntervals.size { return nil }
    } catch {
      guard error.code == .cancelled, reader.isStillWanted else { throw error }
      guard reader.tables.hasUserTexts, let text = queries.onlyText else { return nil }
      // Few have the text somewhere, so all have to be looked at; those that begin with it are found at once.
      found = try UserQueries(reader: reader, query: query).first(startingWith: text)
      found.estimate = found.users.count
    }
    var pages = Pages()
    pages.add([0: found.users])
    let firsts = found.users.first.map { [$0.id] } ?? []
    return PostgresUsers(
      reader, query, UserIntervals(firsts: firsts, counts: firsts.map { _ in found.users.count }),
      all: nil, generation: reader.generation,
      estimates: (max(found.estimate, found.users.count), max(found.total, found.users.count)), pages)
  }

  /// All users.
  static func all(
    _ reader: PostgresReader, _ query: UserQuery, after earlier: PostgresUsers?
  ) throws(OrgError) -> PostgresUsers {
    try reader.inOneMoment { (moment) throws(OrgError) in try all(reader, moment, query, after: earlier) }
  }

  private static func all(
    _ reader: PostgresReader, _ moment: PostgresReader, _ query: UserQuery, after earlier: PostgresUsers?
  ) throws(OrgError) -> PostgresUsers {
    let queries = UserQueries(reader: moment, query: query)
    if let earlier, earlier.isComplete, earlier.queries.query == query,
      let updated = try earlier.updated(reader, queries)
    {
      return updated
    }
    let (generation, _) = try moment.changes(since: nil)
    let (shown, all) = try queries.intervals()
    let users = PostgresUsers(reader, query, shown, all: all, generation: generation, Pages())
    let first = try UserQueries(reader: moment, query: query).users(
      Array(shown.firsts.indices.prefix(1)), of: shown)
    users.pages.withLock { $0.add(first) }
    return users
  }

  /// The same with what changed since; `nil` if it has to be made anew.
  private func updated(_ reader: PostgresReader, _ queries: UserQueries) throws(OrgError) -> PostgresUsers? {
    guard let all, !shown.firsts.isEmpty else { return nil }
    if !reader.tables.isInstalled {
      guard reader.revision == revision else { return nil }
      return PostgresUsers(
        reader, queries.query, shown, all: all, generation: generation, pages.withLock { $0 })
    }
    let (now, _) = try queries.reader.changes(since: nil)
    guard let changed = try queries.changed(since: generation) else { return nil }
    let outdated = Set(changed.map(shown.interval)).sorted()
    guard let newShown = shown.changing(try queries.counts(outdated, of: shown)) else { return nil }
    var newAll = newShown
    if !queries.query.isEmpty {
      let counts = try UserQueries(reader: queries.reader, query: UserQuery()).counts(
        Set(changed.map(all.interval)).sorted(), of: all)
      guard let changedAll = all.changing(counts) else { return nil }
      newAll = changedAll
    }
    let known = pages.withLock { $0 }
    let new = PostgresUsers(
      reader, queries.query, newShown, all: newAll, generation: now, known.without(outdated))
    let wanted = outdated.filter { known.users[$0] != nil }
    if !wanted.isEmpty {
      let found = try queries.users(wanted, of: newShown)
      new.pages.withLock { $0.add(found) }
    }
    return new
  }
}
