import CLinux
import OrgCore

/// One place of a file where bytes are replaced.
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
  /// What takes elements out of a sequence that is separated by commas, each with one comma: the one before it,
  /// or, where nothing before it stays, the one after it.
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

/// The edits of one file, in the order of their offsets; no two overlap.
struct BytePatch {
  let all: [ByteEdit]
  /// How far what is at or after the end of each splice moves.
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

  /// What turns one text into another, as one splice: all between what they have in common at both ends.
  static func difference(from old: ArraySlice<UInt8>, to new: ArraySlice<UInt8>) -> ByteEdit? {
    let shorter = min(old.count, new.count)
    var prefix = 0
    while prefix < shorter, old[old.startIndex + prefix] == new[new.startIndex + prefix] { prefix += 1 }
    guard prefix < max(old.count, new.count) else { return nil }
    // The journal keeps both sides as text, so no character is cut apart.
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

  /// How many bytes a text has with every splice made.
  func length(of bytes: [UInt8]) -> Int { bytes.count + (shifts.last ?? 0) }

  /// The text with every splice made; the halves of a long one at once.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    let count = length(of: bytes)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      // Each core writes to a half of its own, and nobody looks before both are done.
      nonisolated(unsafe) let target = UnsafeMutableRawBufferPointer(buffer)
      guard count > Self.shortestToDivide else { return fill(target, 0..<count, from: bytes) }
      // Of a long text, most of the time goes into pages that are touched for the first time.
      clinux_prefer_large_pages(target.baseAddress, count)
      let second = BackgroundTask { fill(target, count / 2..<count, from: bytes) }
      fill(target, 0..<count / 2, from: bytes)
      second.value
    }
  }

  /// Bytes that one core has copied before two would have.
  private static let shortestToDivide = 4 << 20

  /// Writes a part of the text with every edit made.
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

  /// The text with every edit made, as what stays of it and what is new, in order.
  func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var position = 0
    for edit in all {
      pieces += [bytes[position..<edit.range.lowerBound], edit.replacement[...]]
      position = edit.range.upperBound
    }
    return pieces + [bytes[position...]]
  }

  /// A part of the text with the edits in it made; none reaches beyond the part.
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

  /// Where a place that no splice replaced is afterwards; a splice that begins at it counts as after
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
