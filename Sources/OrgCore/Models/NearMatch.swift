extension Sequence<String> {
  /// The words that may have been meant by another one, nearest first: those that differ in a letter or two, whatever the
  /// case, and those that begin with it. The same word isn't one of them.
  ///
  /// - Parameters:
  ///   - text: what was typed.
  ///   - limit: how many at most.
  public func near(_ text: String, limit: Int = 3) -> [String] {
    let typed = Array(text.lowercased().unicodeScalars)
    // Longer texts are no words with a slip in them, and would take long to compare.
    guard !typed.isEmpty, typed.count <= 64 else { return [] }
    // A slip in a short word makes another word of it.
    let tolerance = typed.count <= 2 ? 0 : typed.count <= 4 ? 1 : typed.count <= 8 ? 2 : 3
    var found: [(word: String, distance: Int)] = []
    for word in self where word != text {
      let scalars = Array(word.lowercased().unicodeScalars.prefix(typed.count + tolerance + 1))
      if typed.count >= 3, scalars.starts(with: typed) {
        found.append((word, 1))
      } else if let distance = scalars.slips(from: typed, atMost: tolerance) {
        found.append((word, distance))
      }
    }
    found.sort { ($0.distance, $0.word) < ($1.distance, $1.word) }
    return found.prefix(Swift.max(0, limit)).map(\.word)
  }
}

extension [Unicode.Scalar] {
  /// How many letters are missing, too many, different or swapped with the next, compared with another text; `nil` for more
  /// than `limit`.
  fileprivate func slips(from other: [Unicode.Scalar], atMost limit: Int) -> Int? {
    guard abs(count - other.count) <= limit else { return nil }
    var before: [Int] = []
    var row = Swift.Array(0...other.count)
    for (i, scalar) in enumerated() {
      var next = [i + 1]
      next.reserveCapacity(other.count + 1)
      for (j, theirs) in other.enumerated() {
        var distance = Swift.min(row[j + 1] + 1, next[j] + 1, row[j] + (scalar == theirs ? 0 : 1))
        if i > 0, j > 0, scalar == other[j - 1], self[i - 1] == theirs {
          distance = Swift.min(distance, before[j - 1] + 1)
        }
        next.append(distance)
      }
      if next.allSatisfy({ $0 > limit }) { return nil }
      (before, row) = (row, next)
    }
    return row[other.count] <= limit ? row[other.count] : nil
  }
}
