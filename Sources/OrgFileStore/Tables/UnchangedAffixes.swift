import OrgCore

/// The lengths of the common beginning and the common end of two versions of a text.
struct UnchangedAffixes {
  /// The number of common bytes at the beginning.
  let prefix: Int
  /// The number of common bytes at the end that aren't included in `prefix`.
  let suffix: Int

  /// Compares two texts. Long texts are compared from both ends in parallel.
  init(_ old: [UInt8], _ new: [UInt8]) {
    let count = min(old.count, new.count)
    let beginning = count < Self.shortestToDivide ? nil : BackgroundTask { Self.commonPrefix(old, new) }
    let end = Self.commonSuffix(old, new)
    prefix = beginning?.value ?? Self.commonPrefix(old, new)
    suffix = min(end, count - prefix)
  }

  /// Below this number of bytes, one thread is faster than two.
  private static let shortestToDivide = 1 << 20
  /// The number of bytes compared at once before a difference is located within them.
  private static let chunk = 1 << 16

  private static func commonPrefix(_ old: [UInt8], _ new: [UInt8]) -> Int {
    let count = min(old.count, new.count)
    var length = 0
    while length < count {
      let left = old[length..<min(length + chunk, count)]
      let right = new[left.indices]
      guard haveSameBytes(left, right) else { return length + zip(left, right).prefix { $0 == $1 }.count }
      length += left.count
    }
    return count
  }

  private static func commonSuffix(_ old: [UInt8], _ new: [UInt8]) -> Int {
    let count = min(old.count, new.count)
    var length = 0
    while length < count {
      let left = old.dropLast(length).suffix(min(chunk, count - length))
      let right = new.dropLast(length).suffix(left.count)
      guard haveSameBytes(left, right) else {
        return length + zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
      }
      length += left.count
    }
    return count
  }
}

extension Array where Element: Comparable {
  /// In a sorted array, the index of the first element above a bound; `count` if there is none.
  ///
  /// - Parameter orAt: also accept an element equal to the bound.
  func firstIndex(above bound: Element, orAt: Bool = false) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > bound || orAt && self[middle] == bound { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
