import Glibc
import OrgCore

/// How much of a text stayed the same at its beginning and at its end, when it was changed in between.
struct SameEnds {
  /// Bytes that both begin with.
  let prefix: Int
  /// Bytes that both end with, none of them counted in `prefix`.
  let suffix: Int

  /// Compares two texts, from both ends at once.
  init(_ old: [UInt8], _ new: [UInt8]) {
    let count = min(old.count, new.count)
    let beginning =
      count < 1 << 20
      ? nil : Concurrent { Self.common(count) { (old[$0...].prefix($1), new[$0...].prefix($1)) } }
    let shift = (old: old.count - count, new: new.count - count)
    /// The same counted from the end; of each chunk that differs, all is taken to differ but what ends it.
    var end = 0
    while end < count {
      let length = min(Self.chunk, count - end)
      let place = count - end - length
      let left = old[(shift.old + place)...].prefix(length)
      let right = new[(shift.new + place)...].prefix(length)
      guard haveSameBytes(left, right) else {
        end += zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
        break
      }
      end += length
    }
    prefix =
      beginning?.value ?? Self.common(count) { (old[$0...].prefix($1), new[$0...].prefix($1)) }
    suffix = min(end, count - prefix)
  }

  private static let chunk = 1 << 16

  /// How many bytes are the same, chunk by chunk.
  private static func common(
    _ count: Int, _ parts: (Int, Int) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)
  ) -> Int {
    var start = 0
    while start < count {
      let (left, right) = parts(start, min(chunk, count - start))
      guard haveSameBytes(left, right) else {
        return start + zip(left, right).prefix { $0 == $1 }.count
      }
      start += left.count
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
