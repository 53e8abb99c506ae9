import Glibc
import OrgCore

// Reading the journal without knowing anything of it: from its end, or from a generation on.
extension Journal {
  /// A place in the journal, before or after a line. Offsets count in the text of a segment.
  struct Place: Hashable, Comparable {
    var segment: String
    var offset: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.segment, left.offset) < (right.segment, right.offset)
    }
  }

  /// A good line and where it is.
  struct FoundLine {
    var record: JournalRecord
    var hash: String
    var segment: String
    /// Without the line end.
    var range: Range<Int>

    /// - Parameter offset: where what was read of the segment begins.
    init(_ line: Line, _ segment: String, movedBy offset: Int) {
      (record, hash) = (line.record, line.hash)
      self.segment = segment
      range = line.range.lowerBound + offset..<line.range.upperBound + offset
    }
  }

  /// The names of the segments, in order; of compressed ones, without what tells that they are.
  static func segments(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> [String]
  {
    try calls.segmentNames.names(in: directory, calls)
  }

  /// The generation that a segment is named by.
  static func generation(of segment: String) -> UInt64 { UInt64(segment.prefix { $0.isNumber }) ?? 0 }

  /// The newest line without what it changed, read from the end; `nil` where there is none that is good.
  static func newest(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> JournalRecord?
  {
    guard let segment = try segments(directory, calls).last else { return nil }
    return try end(of: segment, directory, calls)?.line.record
  }

  /// The last line of a segment without what it changed, and the place after it; `nil` where that line isn't good.
  static func end(
    of segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (line: Line, place: Place)? {
    try end(of: Segment(segment, directory, calls), calls)
  }

  /// The same of a segment that is open.
  static func end(
    of file: Segment, _ calls: SystemCalls
  ) throws(SystemCallError) -> (line: Line, place: Place)? {
    var length = 1 << 13
    while true {
      let start = max(0, file.size - length)
      let tail = try file.read(start..<file.size, calls)
      guard tail.last == UInt8(ascii: "\n") else { return nil }
      let lines = tail.dropLast()
      if let newline = lines.lastIndex(of: UInt8(ascii: "\n")) ?? (start == 0 ? -1 : nil) {
        return head(of: lines[(newline + 1)...]).map {
          ($0, Place(segment: file.name, offset: start + tail.count))
        }
      }
      length *= 8
    }
  }

  /// The first line of a segment without what it changed; `nil` where that line isn't good.
  static func beginning(
    of segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Line? {
    guard let file = try Segment.present(segment, directory, calls) else { return nil }
    var length = 1 << 13
    while true {
      let text = try file.read(0..<min(length, file.size), calls)
      if let end = text.firstIndex(of: UInt8(ascii: "\n")) { return head(of: text[..<end]) }
      guard length < file.size else { return nil }
      length *= 8
    }
  }

  /// Looks at good lines, newest first, until the body says that it has seen enough.
  ///
  /// - Parameters:
  ///   - place: the lines before it; `nil` for all.
  ///   - bottom: the lines after it; `nil` for all.
  static func scanBackwards(
    _ directory: borrowing Descriptor, _ calls: SystemCalls, from place: Place? = nil,
    downTo bottom: Place? = nil,
    _ body: (FoundLine) throws(SystemCallError) -> Bool
  ) throws(SystemCallError) {
    for segment in try segments(directory, calls).reversed() {
      if let place, segment > place.segment { continue }
      if let bottom, segment < bottom.segment { return }
      guard let file = try Segment.present(segment, directory, calls) else { return }
      let end = segment == place?.segment ? min(file.size, max(0, place?.offset ?? 0)) : file.size
      let floor = segment == bottom?.segment ? min(end, max(0, bottom?.offset ?? 0)) : 0
      guard try scanBackwards(file, floor..<end, calls, body) else { return }
    }
  }

  /// Looks at the good lines in a part of a segment; false where the body has seen enough.
  private static func scanBackwards(
    _ file: Segment, _ range: Range<Int>, _ calls: SystemCalls,
    _ body: (FoundLine) throws(SystemCallError) -> Bool
  ) throws(SystemCallError) -> Bool {
    // What was read and not yet looked at begins at `start` and ends with a line.
    var start = range.upperBound
    var bytes: [UInt8] = []
    var length = 1 << 13
    // No line ends from here on, but for the last.
    var searched = 0
    while start + bytes.count > range.lowerBound {
      guard
        let newline = bytes.prefix(searched).lastIndex(of: UInt8(ascii: "\n"))
          ?? (start == range.lowerBound ? -1 : nil)
      else {
        // As much again as there is of a long line, so that it isn't copied often.
        let more = min(max(length, bytes.count), start - range.lowerBound)
        let isEmpty = bytes.isEmpty
        bytes = try file.read(start - more..<start, calls) + bytes
        searched = isEmpty ? max(0, bytes.count - 1) : more
        start -= more
        length = min(length * 4, 8 << 20)
        continue
      }
      if bytes.last == UInt8(ascii: "\n"), let line = decode(bytes[(newline + 1)..<(bytes.count - 1)]) {
        guard try body(FoundLine(line, file.name, movedBy: start)) else { return false }
        bytes.removeLast(bytes.count - newline - 1)
        searched = max(0, newline)
        continue
      }
      // What is damaged is found out forwards.
      let rest = try file.read(range.lowerBound..<start + bytes.count, calls)
      for line in parse(rest).lines.reversed() {
        guard try body(FoundLine(line, file.name, movedBy: range.lowerBound)) else { return false }
      }
      return true
    }
    return true
  }

  /// The good lines of the segments from the one on in which a generation is told, oldest first.
  ///
  /// - Parameters:
  ///   - last: leave out segments that begin with a later generation.
  ///   - isBefore: begin so early that not only the state that the generation left is told, but how it came
  ///     about; or else a checkpoint of it is enough.
  static func lines(
    from generation: UInt64, to last: UInt64 = .max, isBefore: Bool, _ directory: borrowing Descriptor,
    _ calls: SystemCalls
  ) throws(SystemCallError) -> [JournalRecord] {
    let segments = try segments(directory, calls)
    // A segment begins with the generation that it is named by, or with a checkpoint of it.
    let before = segments.lastIndex { Self.generation(of: $0) < generation } ?? 0
    let first = isBefore ? before : segments.firstIndex { Self.generation(of: $0) == generation } ?? before
    var records: [JournalRecord] = []
    for segment in segments.dropFirst(first) where Self.generation(of: segment) <= last {
      records += try parsed(segment, directory, calls)?.lines.map(\.record) ?? []
    }
    return records
  }

  /// What is in a segment; `nil` where it was removed since its name was read.
  static func parsed(
    _ segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Parsed? {
    guard let file = try Segment.present(segment, directory, calls) else { return nil }
    var parsed = parse(try file.read(0..<file.size, calls))
    if let damage = file.damage { parsed.damage.insert((0, damage), at: 0) }
    return parsed
  }

  /// Every good line there is, oldest first, and what couldn't be read.
  static func everything(
    _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (lines: [Line], damage: [String]) {
    var lines: [Line] = []
    let damage = try check(directory, calls) { _, parsed in lines += parsed.lines }
    return (lines, damage)
  }

  /// Hands out what each segment has, the oldest first, and tells what couldn't be read.
  static func check(
    _ directory: borrowing Descriptor, _ calls: SystemCalls, _ body: (String, Parsed) -> Void
  ) throws(SystemCallError) -> [String] {
    var damage: [String] = []
    var hash: String?
    let anchor = JournalAnchor(in: directory, calls)
    for segment in try segments(directory, calls) {
      guard let parsed = try parsed(segment, directory, calls) else { continue }
      if hash == nil, let first = parsed.lines.first,
        let reason = JournalAnchor.damage(anchor, at: segment, first)
      {
        damage.append(reason)
      }
      if let hash, let first = parsed.lines.first, first.record.previous != hash {
        damage.append("\(segment): its first line doesn't follow the last one of the segment before")
      }
      hash = parsed.lines.last?.hash ?? hash
      damage += parsed.damage.map { "\(segment), byte \($0.offset): \($0.reason)" }
      body(segment, parsed)
    }
    return damage
  }
}
