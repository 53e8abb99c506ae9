/// One place of a file where bytes are replaced.
struct Splice {
  var range: Range<Int>
  var replacement: [UInt8]

  init(_ range: Range<Int>, _ replacement: [UInt8]) {
    self.range = range
    self.replacement = replacement
  }

  init(at offset: Int, _ replacement: [UInt8]) {
    self.init(offset..<offset, replacement)
  }
}

/// Splices of one file, in the order of their places, none over another.
struct Splices {
  let all: [Splice]
  /// How far what stands at or behind the end of each splice moves.
  private let shifts: [Int]

  init(_ splices: [Splice]) {
    all = splices.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var sum = 0
    shifts = all.map { splice in
      sum += splice.replacement.count - splice.range.count
      return sum
    }
  }

  var isEmpty: Bool { all.isEmpty }

  /// The text with every splice made.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + (shifts.last ?? 0))
    var position = 0
    for splice in all {
      result += bytes[position..<splice.range.lowerBound]
      result += splice.replacement
      position = splice.range.upperBound
    }
    result += bytes[position...]
    return result
  }

  /// Where a place that no splice replaced stands afterwards; a splice that begins at it counts as behind
  /// it.
  func shifted(_ offset: Int) -> Int {
    // The last splice that ends at or before the place, and begins before it.
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? offset : offset + shifts[low - 1]
  }
}
