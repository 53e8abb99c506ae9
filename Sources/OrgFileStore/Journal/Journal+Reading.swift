import Glibc
import OrgCore

// Reading the journal without prior state, from its end or from a given generation.
extension Journal {
  /// A position in the journal, before or after a line. The offset refers to the uncompressed text of the segment.
  struct Place: Hashable, Comparable {
    var segment: String
    var offset: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.segment, left.offset) < (right.segment, right.offset)
    }
  }

  /// A valid line and its location.
  struct FoundLine {
    var record: JournalRecord
    var hash: String
    var segment: String
    /// Excludes the line end.
    var range: Range<Int>

    /// - Parameter offset: the offset in the segment at which reading began.
    init(_ line: Line, _ segment: String, movedBy offset: Int) {
      (record, hash) = (line.record, line.hash)
      self.segment = segment
      range = line.range.lowerBound + offset..<line.range.upperBound + offset
    }
  }

  /// The names of the segments, in order. The suffix of compressed ones is removed.
  static func segments(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> [String]
  {
    try calls.segmentNames.names(in: directory, calls)
  }

  /// The generation in the name of a segment.
  static func generation(of segment: String) -> UInt64 { UInt64(segment.prefix { $0.isNumber }) ?? 0 }

  /// The newest line without its changes, read from the end; `nil` if that line isn't valid or there is none.
  static func newest(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> JournalRecord?
  {
    guard let segment = try segments(directory, calls).last else { return nil }
    return try end(of: segment, directory, calls)?.line.record
  }

  /// The last line of a segment without its changes, and the place after it; `nil` if that line isn't valid.
  static func end(
    of segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (line: Line, place: Place)? {
    try end(of: Segment(segment, directory, calls), calls)
  }

  /// The same for an open segment.
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

  /// The first line of a segment without its changes; `nil` if that line isn't valid.
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

  /// Visits valid lines, newest first, until the body returns false.
  ///
  /// - Parameters:
  ///   - place: visit only lines before it; `nil` for all.
  ///   - bottom: visit only lines after it; `nil` for all.
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

  /// Visits the valid lines in a part of a segment. Returns false if the body did.
  private static func scanBackwards(
    _ file: Segment, _ range: Range<Int>, _ calls: SystemCalls,
    _ body: (FoundLine) throws(SystemCallError) -> Bool
  ) throws(SystemCallError) -> Bool {
    // The bytes read but not yet visited start at `start` and end at the end of a line.
    var start = range.upperBound
    var bytes: [UInt8] = []
    var length = 1 << 13
    // There are no line ends from this index on, except at the very end.
    var searched = 0
    while start + bytes.count > range.lowerBound {
      guard
        let newline = bytes.prefix(searched).lastIndex(of: UInt8(ascii: "\n"))
          ?? (start == range.lowerBound ? -1 : nil)
      else {
        // Double the amount for a long line, so that it isn't copied often.
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
      // Damage can only be located by parsing forward.
      let rest = try file.read(range.lowerBound..<start + bytes.count, calls)
      for line in parse(rest).lines.reversed() {
        guard try body(FoundLine(line, file.name, movedBy: range.lowerBound)) else { return false }
      }
      return true
    }
    return true
  }

  /// The valid lines, oldest first, beginning with the segment that contains a generation.
  ///
  /// - Parameters:
  ///   - last: leave out segments that begin with a later generation.
  ///   - isBefore: begin early enough to include the line that led to the generation. Otherwise a
  ///     checkpoint of its state is enough.
  static func lines(
    from generation: UInt64, to last: UInt64 = .max, isBefore: Bool, _ directory: borrowing Descriptor,
    _ calls: SystemCalls
  ) throws(SystemCallError) -> [JournalRecord] {
    let segments = try segments(directory, calls)
    // A segment begins with the generation in its name, or with a checkpoint of it.
    let before = segments.lastIndex { Self.generation(of: $0) < generation } ?? 0
    let first = isBefore ? before : segments.firstIndex { Self.generation(of: $0) == generation } ?? before
    var records: [JournalRecord] = []
    for segment in segments.dropFirst(first) where Self.generation(of: segment) <= last {
      records += try parsed(segment, directory, calls)?.lines.map(\.record) ?? []
    }
    return records
  }

  /// Parses a segment; `nil` if it was removed after the names were listed.
  static func parsed(
    _ segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Parsed? {
    guard let file = try Segment.present(segment, directory, calls) else { return nil }
    var parsed = parse(try file.read(0..<file.size, calls))
    if let damage = file.damage { parsed.damage.insert((0, damage), at: 0) }
    return parsed
  }

  /// All valid lines, oldest first, and descriptions of what couldn't be read.
  static func everything(
    _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (lines: [Line], damage: [String]) {
    var lines: [Line] = []
    let damage = try check(directory, calls) { _, parsed in lines += parsed.lines }
    return (lines, damage)
  }

  /// Passes the content of each segment to the body, oldest first. Returns descriptions of what couldn't be read.
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
