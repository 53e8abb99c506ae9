import OrgCore

/// All organizations in an order, as of one state of the data.
final class Ordering: Sendable {
  typealias Number = OrganizationIDs.Number

  let ids: OrganizationIDs
  let order: ListOrder
  /// The state of the data.
  let generation: Int
  /// The organizations.
  let rows: [Number]
  /// The row of each, by its number; -1 for one that is gone.
  private let places: [Int32]

  init(_ ids: OrganizationIDs, _ order: ListOrder, generation: Int, rows: [Number]) {
    (self.ids, self.order, self.generation, self.rows) = (ids, order, generation, rows)
    var places = [Int32](repeating: -1, count: ids.count)
    for (row, number) in rows.enumerated() { places[Int(number)] = Int32(clamping: row) }
    self.places = places
  }

  /// The same for a later state, of which nothing differs.
  init(_ same: Ordering, generation: Int) {
    (ids, order, self.generation) = (same.ids, same.order, generation)
    (rows, places) = (same.rows, same.places)
  }

  /// The row of an organization; `nil` if it isn't there.
  func place(of number: Number) -> Int? {
    // What came later isn't here.
    guard Int(number) < places.count else { return nil }
    let place = places[Int(number)]
    return place < 0 ? nil : Int(place)
  }

  /// The last one first.
  func reversed(_ order: ListOrder) -> Ordering {
    Ordering(ids, order, generation: generation, rows: rows.reversed())
  }

  /// By numbers that the server gives, and among equals as here.
  ///
  /// - Parameter keys: of each organization its number and the value.
  func sorted(_ order: ListOrder, by keys: [(number: Number, value: Int64)]) -> Ordering {
    var sorted: [(value: Int64, place: Int32)] = []
    sorted.reserveCapacity(keys.count)
    for key in keys {
      guard let place = place(of: key.number) else { continue }
      sorted.append((order.isDescending ? ~key.value : key.value, Int32(clamping: place)))
    }
    sorted.sort { $0.value != $1.value ? $0.value < $1.value : $0.place < $1.place }
    return Ordering(ids, order, generation: generation, rows: sorted.map { rows[Int($0.place)] })
  }
}

/// Moves organizations that changed to where they belong now. Those that didn't change keep their order, so each of the
/// others is put between two of them: at first it is looked at where it was, then its place is found as in a telephone
/// directory, with many lookups in each question to the server.
struct OrderingUpdate {
  private typealias Number = OrganizationIDs.Number

  private let ordering: Ordering
  /// Those that changed or are new.
  private let changed: [String]
  /// The rows of what changed or is gone, in order.
  private let dropped: [Int]
  /// How many organizations stay as they are.
  private var kept: Int { ordering.rows.count - dropped.count }

  /// Questions are about so many ids at once.
  private static let width = 2000

  init(_ ordering: Ordering, changed: Set<String>, removed: Set<String>) {
    self.ordering = ordering
    self.changed = changed.sorted()
    dropped = changed.union(removed).compactMap { id in
      ordering.ids.number(of: id).flatMap(ordering.place(of:))
    }.sorted()
  }

  /// A telephone directory of a billion is searched in less.
  private static let maximumQuestions = 40

  /// Puts them where they belong.
  ///
  /// - Parameter sort: sorts ids as the server does; those that aren't there are left out.
  /// - Returns: `nil` if what the server says contradicts the order that was known.
  func updated(
    generation: Int, sort: ([String]) throws(OrgError) -> [String]
  ) throws(OrgError) -> Ordering? {
    // Where each belongs: before the first or one of those that are kept, or after the last.
    var gaps: [String: Range<Int>] = [:]
    var lookups: [Int] = []
    for id in changed {
      gaps[id] = 0..<kept + 1
      if let place = ordering.ids.number(of: id).flatMap(ordering.place(of:)) {
        let index = self.index(ofPlace: place)
        lookups += [index - 1, index]
      } else {
        lookups += pivots(in: 0..<kept + 1, changed.count)
      }
    }
    for _ in 0..<Self.maximumQuestions {
      let asked = Set(lookups.filter { (0..<kept).contains($0) })
      let indices = Dictionary(
        asked.map { (ordering.ids[keptNumber($0)], $0) }, uniquingKeysWith: { first, _ in first })
      let sorted = try sort(changed + indices.keys)
      narrow(&gaps, sorted, indices)
      let open = sorted.filter { (gaps[$0]?.count ?? 0) > 1 }
      guard !open.isEmpty else {
        return insert(sorted.compactMap { id in gaps[id].map { (id, $0.lowerBound) } }, generation)
      }
      lookups = open.flatMap { id in gaps[id].map { pivots(in: $0, open.count) } ?? [] }
    }
    return nil
  }

  /// Narrows gaps down by what was sorted together with those that are kept.
  private func narrow(_ gaps: inout [String: Range<Int>], _ sorted: [String], _ indices: [String: Int]) {
    var last = 0
    for id in sorted {
      if let index = indices[id] {
        last = index + 1
      } else if let gap = gaps[id] {
        let first = min(max(gap.lowerBound, last), gap.upperBound - 1)
        gaps[id] = first..<gap.upperBound
      }
    }
    var next = kept + 1
    for id in sorted.reversed() {
      if let index = indices[id] {
        next = index + 1
      } else if let gap = gaps[id] {
        gaps[id] = gap.lowerBound..<max(gap.lowerBound + 1, min(gap.upperBound, next))
      }
    }
  }

  /// Those that are kept and part a gap evenly.
  private func pivots(in gap: Range<Int>, _ count: Int) -> [Int] {
    let parts = max(2, min(128, Self.width / max(1, count)))
    guard gap.count > parts else { return Array(gap.dropLast()) }
    return (1..<parts).map { gap.lowerBound + gap.count * $0 / parts }
  }

  // MARK: Those that are kept

  /// How many are kept before a place.
  private func index(ofPlace place: Int) -> Int { place - dropped.countBelow(place) }

  private func keptNumber(_ index: Int) -> Number {
    // The place is as far from the index as many are dropped before it.
    var range = 0..<dropped.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        dropped[middle] - middle <= index ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return ordering.rows[index + range.lowerBound]
  }

  private func insert(_ found: [(id: String, index: Int)], _ generation: Int) -> Ordering {
    let ids = ordering.ids
    let numbered = found.compactMap { id, index in ids.add(id).map { (number: $0, index: index) } }
    // Mostly nothing moved.
    let isSame =
      numbered.count == dropped.count
      && zip(numbered, dropped).allSatisfy { new, place in
        ordering.rows[place] == new.number && self.index(ofPlace: place) == new.index
      }
    guard !isSame else { return Ordering(ordering, generation: generation) }
    var rows: [Number] = []
    rows.reserveCapacity(kept + numbered.count)
    var (nextDropped, nextNew, index) = (0, 0, 0)
    for (place, number) in ordering.rows.enumerated() {
      if nextDropped < dropped.count, dropped[nextDropped] == place {
        nextDropped += 1
        continue
      }
      while nextNew < numbered.count, numbered[nextNew].index == index {
        rows.append(numbered[nextNew].number)
        nextNew += 1
      }
      rows.append(number)
      index += 1
    }
    rows += numbered[nextNew...].map(\.number)
    return Ordering(ids, ordering.order, generation: generation, rows: rows)
  }
}

extension [Int] {
  /// How many of the numbers, which rise, are below another.
  fileprivate func countBelow(_ number: Int) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = self[middle] < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
