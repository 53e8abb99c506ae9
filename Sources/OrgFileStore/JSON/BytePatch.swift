import CLinux
import OrgCore

/// A range of a file that is replaced with other bytes.
struct ByteEdit {
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

extension ByteEdit {
  /// The edits that remove elements from a comma-separated sequence, each along with one comma: the one before it, or
  /// the one after it if no element before it remains.
  static func removal(
    of removed: Set<Int>, among count: Int, in top: RootObjectLayout, extent: (Int) -> Range<Int>
  ) -> [ByteEdit] {
    guard !removed.isEmpty else { return [] }
    guard removed.count < count else { return [ByteEdit(top.start..<top.close, [])] }
    let firstKept = (0..<count).first { !removed.contains($0) } ?? 0
    return removed.map { element in
      element < firstKept
        ? ByteEdit(extent(element).lowerBound..<extent(element + 1).lowerBound, [])
        : ByteEdit(extent(element - 1).upperBound..<extent(element).upperBound, [])
    }
  }
}

/// The edits of a file, ordered by offset, without overlaps.
struct BytePatch {
  let all: [ByteEdit]
  /// For each splice, how far the text after it moves.
  private let shifts: [Int]

  init(_ splices: [ByteEdit]) {
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

  /// The single splice that turns one text into another: it covers everything between their common prefix and suffix.
  static func difference(from old: ArraySlice<UInt8>, to new: ArraySlice<UInt8>) -> ByteEdit? {
    let shorter = min(old.count, new.count)
    var prefix = 0
    while prefix < shorter, old[old.startIndex + prefix] == new[new.startIndex + prefix] { prefix += 1 }
    guard prefix < max(old.count, new.count) else { return nil }
    // The journal stores both sides as text, so a splice must not cut a character apart.
    func isInside(_ text: ArraySlice<UInt8>, _ offset: Int) -> Bool {
      offset < text.count && text[text.startIndex + offset] & 0xC0 == 0x80
    }
    while prefix > 0, isInside(old, prefix) || isInside(new, prefix) { prefix -= 1 }
    var suffix = 0
    while suffix < shorter - prefix, old[old.endIndex - 1 - suffix] == new[new.endIndex - 1 - suffix] {
      suffix += 1
    }
    while suffix > 0, isInside(old, old.count - suffix) || isInside(new, new.count - suffix) { suffix -= 1 }
    return ByteEdit(
      old.startIndex + prefix..<old.endIndex - suffix,
      Array(new[(new.startIndex + prefix)..<(new.endIndex - suffix)]))
  }

  /// The length of a text in bytes after all splices are applied.
  func length(of bytes: [UInt8]) -> Int { bytes.count + (shifts.last ?? 0) }

  /// Applies all splices to a text. The two halves of a long text are written in parallel.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    let count = length(of: bytes)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      // Each core writes to its own half, and neither half is read before both are done.
      nonisolated(unsafe) let target = UnsafeMutableRawBufferPointer(buffer)
      guard count > Self.shortestToDivide else { return fill(target, 0..<count, from: bytes) }
      // For a long text, most of the time is spent on page faults.
      clinux_prefer_large_pages(target.baseAddress, count)
      let second = BackgroundTask { fill(target, count / 2..<count, from: bytes) }
      fill(target, 0..<count / 2, from: bytes)
      second.value
    }
  }

  /// Below this number of bytes, one thread is faster than two.
  private static let shortestToDivide = 4 << 20

  /// Writes a part of the edited text.
  private func fill(_ target: UnsafeMutableRawBufferPointer, _ part: Range<Int>, from bytes: [UInt8]) {
    var place = 0
    for piece in pieces(of: bytes) {
      let written = (place..<place + piece.count).clamped(to: part)
      if !written.isEmpty {
        let start = piece.startIndex + written.lowerBound - place
        UnsafeMutableRawBufferPointer(rebasing: target[written])
          .copyBytes(from: piece[start..<start + written.count])
      }
      place += piece.count
    }
  }

  /// The edited text as a sequence of unchanged and new pieces.
  func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var position = 0
    for edit in all {
      pieces += [bytes[position..<edit.range.lowerBound], edit.replacement[...]]
      position = edit.range.upperBound
    }
    return pieces + [bytes[position...]]
  }

  /// Applies the edits within a part of the text; no edit may extend beyond that part.
  func applied(to bytes: [UInt8], within part: Range<Int>) -> [UInt8] {
    let first = all.firstIndex { $0.range.lowerBound >= part.lowerBound } ?? all.count
    var result: [UInt8] = []
    var position = part.lowerBound
    for edit in all[first...] {
      guard edit.range.upperBound <= part.upperBound else { break }
      result += bytes[position..<edit.range.lowerBound]
      result += edit.replacement
      position = edit.range.upperBound
    }
    return result + bytes[position..<part.upperBound]
  }

  /// The new offset of a place that isn't inside a splice. A splice that begins at the place counts as after it.
  func shifted(_ offset: Int) -> Int {
    let edit = editIndex(before: offset)
    return edit == 0 ? offset : offset + shifts[edit - 1]
  }

  /// The new offsets of places that aren't inside a splice, in any order.
  func shifted(_ offsets: ArraySlice<UInt32>) -> [UInt32] {
    guard let low = offsets.min(), let high = offsets.max() else { return [] }
    let edit = editIndex(before: Int(low))
    guard edit == editIndex(before: Int(high)) else { return offsets.map { UInt32(shifted(Int($0))) } }
    // All of them move equally far.
    let shift = edit == 0 ? 0 : shifts[edit - 1]
    precondition(Int(low) + shift >= 0 && Int(high) + shift <= Int(UInt32.max))
    return offsets.map { $0 &+ UInt32(truncatingIfNeeded: shift) }
  }

  /// The number of edits that begin before a place.
  private func editIndex(before offset: Int) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
