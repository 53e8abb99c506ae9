import OrgCore

/// Users in the order of their ids, of which every few hundredth is known: where one of them is found, those up to the next
/// are read when they are looked at.
struct UserIntervals: Sendable {
  /// The first user of each interval, which is also that of the users before it if it is the first.
  let firsts: [String]
  /// The row of each interval's first user, and the number of all users at the end.
  let rows: [Int]

  /// How many users an interval has, as long as none comes or goes.
  static let size = 500
  /// With more, intervals are made anew.
  private static let limit = 4000

  /// Intervals with so many users each.
  init(firsts: [String], counts: [Int]) {
    self.firsts = firsts
    rows = counts.reduce(into: [0]) { rows, count in rows.append((rows.last ?? 0) + count) }
  }

  /// Full intervals but for the last.
  init(firsts: [String], total: Int) {
    self.init(
      firsts: firsts, counts: firsts.indices.map { max(0, min(Self.size, total - $0 * Self.size)) })
  }

  /// How many users there are.
  var count: Int { rows.last ?? 0 }

  /// The interval that has a row.
  func interval(ofRow row: Int) -> Int { max(0, rows.places { $0 <= row } - 1) }

  /// The interval in which a user belongs.
  func interval(of user: String) -> Int {
    max(0, firsts.places { !user.utf8.lexicographicallyPrecedes($0.utf8) } - 1)
  }

  /// The first user that an interval may have, and the first that is beyond it; `nil` where there is no end.
  func bounds(_ interval: Int) -> (first: String?, end: String?) {
    (interval == 0 ? nil : firsts[interval], interval + 1 < firsts.count ? firsts[interval + 1] : nil)
  }

  /// The same with other numbers of users in some intervals; `nil` if those got too large.
  func changing(_ counts: [Int: Int]) -> UserIntervals? {
    guard counts.values.allSatisfy({ $0 <= Self.limit }) else { return nil }
    return UserIntervals(
      firsts: firsts, counts: firsts.indices.map { counts[$0] ?? rows[$0 + 1] - rows[$0] })
  }
}

extension Array {
  /// How many elements something holds for, where it holds for none after the first for which it doesn't.
  fileprivate func places(where holds: (Element) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = holds(self[middle]) ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
