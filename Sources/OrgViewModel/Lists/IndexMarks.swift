/// Organizations that have been marked, by their places in one snapshot: to mark all that a filter shows costs a bit
/// a row.
package struct IndexMarks: MarkSet, Hashable {
  private var words: [UInt64] = []
  /// How many are marked.
  private(set) var count = 0

  func contains(_ index: Int) -> Bool {
    index >> 6 < words.count && words[index >> 6] & 1 << UInt64(index & 63) != 0
  }

  mutating func add(_ index: Int) {
    if index >> 6 >= words.count {
      words += Array(repeating: 0, count: index >> 6 + 1 - words.count)
    }
    let bit: UInt64 = 1 << UInt64(index & 63)
    if words[index >> 6] & bit == 0 { count += 1 }
    words[index >> 6] |= bit
  }

  mutating func drop(_ index: Int) {
    guard contains(index) else { return }
    words[index >> 6] &= ~(1 << UInt64(index & 63))
    count -= 1
  }

  /// The places, rising.
  var indices: [Int] {
    var result: [Int] = []
    result.reserveCapacity(count)
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(place << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return result
  }

  /// The same organizations where they stand elsewhere; those that stand there no longer are left out.
  ///
  /// - Parameter place: where an organization stands there, by its place here.
  func moved(_ place: (Int) -> Int?) -> IndexMarks {
    var result = IndexMarks()
    for index in indices {
      if let place = place(index) { result.add(place) }
    }
    return result
  }
}
