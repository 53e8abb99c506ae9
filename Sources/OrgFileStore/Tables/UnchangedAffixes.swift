import OrgCore

/// How much of a text stayed the same at its beginning and at its end, when it was changed in between.
struct UnchangedAffixes {
  /// Bytes that both begin with.
  let prefix: Int
  /// Bytes that both end with, none of them counted in `prefix`.
  let suffix: Int

  /// Compares two texts; long ones from both ends at once.
  init(_ old: [UInt8], _ new: [UInt8]) {
    let count = min(old.count, new.count)
    let beginning = count < Self.shortestToDivide ? nil : BackgroundTask { Self.commonPrefix(old, new) }
    let end = Self.commonSuffix(old, new)
    prefix = beginning?.value ?? Self.commonPrefix(old, new)
    suffix = min(end, count - prefix)
  }

  /// Bytes that one core has compared before two would have.
  private static let shortestToDivide = 1 << 20
  /// Bytes that are compared at once, before it is looked where in them a difference is.
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
  /// In a rising array, the index of the first element above a bound; `count` if there is none.
  ///
  /// - Parameter orAt: whether an element that is the bound will do, too.
  func firstIndex(above bound: Element, orAt: Bool = false) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > bound || orAt && self[middle] == bound { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
