import FoundationEssentials
import Glibc
import OrgCore
import SystemPackage

/// The append-only record of everything that happened to the data: redo log, audit log, history and undo in one.
///
/// `journal/` holds segments named by the generation that they start from, one JSON object a line. Each line
/// begins with the hash of what stands behind it, and names the hash of the line before. Only who holds the
/// lock may append.
struct Journal {
  /// A line as it was read.
  struct Line {
    var record: JournalRecord
    var hash: String
    /// Where it stands in its segment, or in what was read of it, without the line end.
    var range: Range<Int>
  }

  /// One of the newest lines. What a long one changed stays on the disk: a change of everything takes more memory than
  /// the data.
  struct Recent {
    /// What it says; of a long one without the changes and the splices.
    let record: JournalRecord
    /// Of a long one, the hashes of the values that it changed, rising.
    let touched: [Int]?
    fileprivate let segment: String
    private let range: Range<Int>
    /// Bytes of a line that isn't long: some fifty changes.
    private static let longest = 1 << 14

    fileprivate init(_ line: Line, _ segment: String) {
      self.segment = segment
      range = line.range
      guard range.count > Self.longest else {
        record = line.record
        touched = nil
        return
      }
      touched = line.record.changes.compactMap(\.recorded).flatMap(\.cellsBefore).map(\.cell.hashValue)
        .sorted()
      var record = line.record
      (record.changes, record.splices) = ([], nil)
      self.record = record
    }

    /// A line of which all is at hand.
    init(_ record: JournalRecord) {
      (self.record, touched, segment, range) = (record, nil, "", 0..<0)
    }

    /// All that it says.
    func whole(
      _ directory: borrowing Descriptor, _ calls: SystemCalls
    ) throws(SystemCallError) -> JournalRecord {
      guard touched != nil else { return record }
      let file = try calls.open(segment, in: directory, O_RDONLY)
      let bytes = try calls.readAll(file, segment, size: range.count, from: range.lowerBound)
      guard let line = Journal.decode(bytes.prefix(range.count)), line.record.generation == record.generation
      else { throw SystemCallError(call: "read", subject: segment, errno: .badMessage) }
      return line.record
    }
  }

  /// Where reading stopped: a segment, and how many bytes of it are good.
  private struct Position {
    var segment: String
    var length: Int
  }

  private let calls: SystemCalls
  private var position: Position?
  /// The newest good line, without what it changed if it is long.
  private(set) var last: (record: JournalRecord, hash: String)?
  /// The newest lines, oldest first: as many as are needed to tell what another program didn't know of.
  private(set) var recent: [Recent] = []
  /// What could not be read in the segments that were read, in words, unless a checkpoint stands behind it.
  private(set) var damage: [String] = []
  private static let recentLimit = 256
  /// Bytes of an earlier segment that are read for them.
  private static let recallLimit = 1 << 18

  init(calls: SystemCalls) {
    self.calls = calls
  }

  // MARK: Reading

  /// Reads what others appended since the last time; the first time, the newest segment that has a good line.
  ///
  /// - Parameter repairing: take away a line at the end that was cut off in the middle: it was never
  ///   acknowledged. Only for who holds the lock.
  mutating func refresh(_ directory: borrowing Descriptor, repairing: Bool) throws(SystemCallError) {
    let segments = try Self.segments(directory, calls)
    if let position, !Set(recent.map(\.segment) + [position.segment]).isSubset(of: segments) {
      self = Journal(calls: calls)
    }
    guard let position else {
      for segment in segments.reversed() where last == nil {
        damage = []
        try read(segment, from: 0, directory, repairing: repairing)
      }
      // What another program doesn't know of may stand before the newest checkpoint.
      if let newest = self.position?.segment, let earlier = segments.last(where: { $0 < newest }) {
        try recall(earlier, directory)
      }
      return
    }
    try read(position.segment, from: position.length, directory, repairing: repairing)
    for segment in segments where segment > position.segment {
      try read(segment, from: 0, directory, repairing: repairing)
    }
  }

  static func segments(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> [String]
  {
    try calls.list(directory, "journal").filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  private mutating func read(
    _ segment: String, from start: Int, _ directory: borrowing Descriptor, repairing: Bool
  ) throws(SystemCallError) {
    let file = try calls.open(segment, in: directory, O_RDWR)
    let size = Int(try calls.status(file, segment).st_size)
    guard size > start else { return }
    let parsed = Self.parse(try calls.readAll(file, segment, size: size - start, from: start))
    for line in parsed.lines { take(line, segment, from: start) }
    newerFormat = newerFormat ?? parsed.newerFormat
    if !parsed.lines.isEmpty { position = Position(segment: segment, length: start + parsed.good) }
    // Only what has no line end was never finished. Anything else is left for people to look at: a new segment
    // begins behind it.
    if let unfinished = parsed.unfinished, repairing {
      try calls.truncate(file, segment, to: start + unfinished)
      try calls.sync(file, segment)
    } else {
      isBlocked = parsed.isBlocked || parsed.unfinished != nil
    }
    damage += parsed.damage.filter { !repairing || $0.offset != parsed.unfinished }
      .map { "\(segment), byte \(start + $0.offset): \($0.reason)" }
  }

  /// Remembers the newest lines of an earlier segment.
  private mutating func recall(_ segment: String, _ directory: borrowing Descriptor) throws(SystemCallError) {
    let file = try calls.open(segment, in: directory, O_RDONLY)
    let size = Int(try calls.status(file, segment).st_size)
    let start = max(0, size - Self.recallLimit)
    let parsed = Self.parse(try calls.readAll(file, segment, size: size - start, from: start))
    let earlier = parsed.lines.map { Recent($0.moved(by: start), segment) }
    recent = Array((earlier + recent).suffix(Self.recentLimit))
  }

  /// The format of a line that a later version wrote: what this one would do might be wrong.
  private(set) var newerFormat: Int?
  /// Whether the newest segment ends in something unreadable, so that nothing may be appended to it.
  private(set) var isBlocked = false

  private mutating func take(_ line: Line, _ segment: String, from start: Int) {
    let newest = Recent(line.moved(by: start), segment)
    last = (newest.record, line.hash)
    isBlocked = false
    recent.append(newest)
    if recent.count > Self.recentLimit { recent.removeFirst(recent.count - Self.recentLimit) }
  }

  /// What was found in a segment, or in the end of one.
  struct Parsed {
    var lines: [Line] = []
    /// How many bytes there are up to the end of the last good line.
    var good = 0
    /// What couldn't be read, and where.
    var damage: [(offset: Int, reason: String)] = []
    /// Where a last line begins that was never finished.
    var unfinished: Int?
    /// Whether the end can't be read, so that nothing may be put behind it.
    var isBlocked = false
    /// The format of a line that a later version wrote.
    var newerFormat: Int?
  }

  /// Reads lines. Damage to one leaves those behind it readable.
  static func parse(_ bytes: [UInt8]) -> Parsed {
    var result = Parsed()
    var start = 0
    // The hash that the next line should name.
    var expected: String?
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      result.isBlocked = false
      if end < bytes.count, let line = decode(bytes[start..<end]) {
        if let expected, line.record.previous != expected {
          result.damage.append((start, "the line doesn't follow the one before"))
        }
        result.lines.append(line)
        expected = line.hash
        start = end + 1
        result.good = start
        continue
      }
      if end < bytes.count, let format = format(of: bytes[start..<end]), format > JournalRecord.currentFormat
      {
        result.damage.append((start, "the line has the format \(format), which a newer orgman writes"))
        result.newerFormat = format
        result.isBlocked = true
        expected = nil
        start = end + 1
        continue
      }
      // The line's end may be what is damaged.
      let next = bytes[min(start + 1, end)..<end].firstRange(of: prefix)?.lowerBound ?? end
      if let line = decode(bytes[start..<max(start, next - 1)]) {
        result.damage.append((next - 1, "the line has no end"))
        result.lines.append(line)
        expected = line.hash
        result.good = next
      } else if end == bytes.count, next == end {
        result.damage.append((start, "the last line is cut off"))
        result.unfinished = start
        return result
      } else {
        result.damage.append((start, "the line doesn't match its hash"))
        expected = nil
      }
      result.isBlocked = true
      start = next == end ? end + 1 : next
    }
    return result
  }

  private static let prefix = Array("{\"sha256\":\"".utf8)

  private static let separator = Array("\",".utf8)

  private static func decode(_ line: ArraySlice<UInt8>) -> Line? {
    guard let (body, hash) = body(of: line),
      let record = try? JSONDecoder().decode(JournalRecord.self, from: body),
      record.format <= JournalRecord.currentFormat
    else { return nil }
    return Line(record: record, hash: hash, range: line.indices)
  }

  /// The format of a line that matches its hash, whatever else is in it.
  private static func format(of line: ArraySlice<UInt8>) -> Int? {
    struct Probe: Decodable {
      let format: Int
    }
    return body(of: line).flatMap { try? JSONDecoder().decode(Probe.self, from: $0.body).format }
  }

  /// What a line says, and its hash, if it matches.
  private static func body(of line: ArraySlice<UInt8>) -> (body: Data, hash: String)? {
    guard line.starts(with: prefix) else { return nil }
    let hash = String(decoding: line.dropFirst(prefix.count).prefix(64), as: UTF8.self)
    let tail = line.dropFirst(prefix.count + 64)
    let rest = tail.dropFirst(separator.count)
    guard tail.starts(with: separator), sha256(rest) == hash else { return nil }
    return (Data([UInt8.openBrace] + rest), hash)
  }

  /// A record as a line, and its hash.
  static func encode(_ record: JournalRecord) throws -> (bytes: [UInt8], hash: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(record)).dropFirst()
    let hash = sha256(body)
    return (prefix + Array(hash.utf8) + separator + body + [UInt8(ascii: "\n")], hash)
  }

  // MARK: Appending

  /// Adds a line and makes it last through a power cut: with this, a change set is committed.
  mutating func append(_ record: JournalRecord, to directory: DataDirectory, in journal: borrowing Descriptor)
    throws(SystemCallError)
  {
    let startsSegment = position == nil || isBlocked || record.kind == .checkpoint
    let segment = startsSegment ? freeName(record.generation, journal) : position?.segment ?? ""
    guard let (bytes, hash) = try? Self.encode(record) else {
      throw SystemCallError(call: "encode", subject: segment, errno: .invalidArgument)
    }
    let file = try directory.create(segment, in: journal, O_WRONLY | O_APPEND | (startsSegment ? O_EXCL : 0))
    let start = Int(try calls.status(file, segment).st_size)
    do throws(SystemCallError) {
      try calls.write(bytes, to: file, segment)
      try calls.syncData(file, segment)
      if startsSegment { try calls.sync(journal, "journal") }
    } catch {
      // What wasn't acknowledged must not come back: the line goes, through another descriptor, for after a
      // failed sync nothing can be said of the first.
      if let again = try? calls.open(segment, in: journal, O_WRONLY) {
        try? calls.truncate(again, segment, to: start)
        try? calls.sync(again, segment)
      }
      throw error
    }
    position = Position(segment: segment, length: start + bytes.count)
    take(Line(record: record, hash: hash, range: 0..<bytes.count - 1), segment, from: start)
    if record.kind == .checkpoint { damage = [] }
  }

  /// How many bytes the newest segment has.
  var segmentLength: Int { position?.length ?? 0 }

  private func freeName(_ generation: UInt64, _ journal: borrowing Descriptor) -> String {
    let digits = String(generation)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    let newest = (try? Self.segments(journal, calls))?.last
    var attempt = 0
    while true {
      // A segment that couldn't be read keeps its name; the next one of that generation comes behind it.
      // An underscore, unlike a hyphen, sorts behind the full stop.
      let candidate =
        attempt == 0 ? "\(name).jsonl" : "\(name)\(String(repeating: "_", count: attempt)).jsonl"
      let isBehind = newest.map { candidate > $0 } ?? true
      if isBehind, (try? calls.status(of: candidate, in: journal)) == nil { return candidate }
      attempt += 1
    }
  }

  /// The newest line, read from the end; `nil` where there is none that is good.
  static func newest(_ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError)
    -> JournalRecord?
  {
    guard let segment = try segments(directory, calls).last else { return nil }
    let file = try calls.open(segment, in: directory, O_RDONLY)
    let size = Int(try calls.status(file, segment).st_size)
    var length = 1 << 13
    while true {
      let start = max(0, size - length)
      let tail = try calls.readAll(file, segment, size: size - start, from: start)
      let lines = tail.split(separator: UInt8(ascii: "\n"))
      // The first may be the end of a longer one.
      if lines.count > 1 || start == 0 { return lines.last.flatMap(decode)?.record }
      length *= 8
    }
  }

  /// Good lines, newest first.
  ///
  /// - Parameter position: where the page before ended; `nil` begins at the end.
  static func page(
    from position: HistoryPage.Position?, limit: Int, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (records: [JournalRecord], next: HistoryPage.Position?) {
    var records: [JournalRecord] = []
    for segment in try segments(directory, calls).reversed() {
      if let position, segment > position.place { continue }
      let file = try calls.open(segment, in: directory, O_RDONLY)
      let size = Int(try calls.status(file, segment).st_size)
      var end = segment == position?.place ? min(size, position?.offset ?? size) : size
      let bytes = try calls.readAll(file, segment, size: end)
      end = min(end, bytes.count)
      while end > 0 {
        guard records.count < limit else {
          return (records, HistoryPage.Position(place: segment, offset: end))
        }
        let line = bytes[..<(end - 1)]
        let start = line.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if bytes[end - 1] == UInt8(ascii: "\n"), let line = decode(line[start...]) {
          records.append(line.record)
          end = start
        } else {
          // What is damaged is found out forwards.
          records += parse(Array(bytes[..<end])).lines.reversed().map(\.record)
          end = 0
        }
      }
    }
    return (records, nil)
  }

  /// What is in a segment.
  static func parsed(
    _ segment: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Parsed {
    let file = try calls.open(segment, in: directory, O_RDONLY)
    return parse(try calls.readAll(file, segment, size: Int(try calls.status(file, segment).st_size)))
  }

  /// Every good line there is, oldest first, and what couldn't be read.
  static func everything(
    _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (lines: [Line], damage: [String]) {
    var lines: [Line] = []
    var damage: [String] = []
    for segment in try segments(directory, calls) {
      let parsed = try parsed(segment, directory, calls)
      if let before = lines.last, let first = parsed.lines.first, first.record.previous != before.hash {
        damage.append("\(segment): its first line doesn't follow the last one of the segment before")
      }
      lines += parsed.lines
      damage += parsed.damage.map { "\(segment), byte \($0.offset): \($0.reason)" }
    }
    return (lines, damage)
  }
}

extension Journal.Line {
  /// The line in a segment of which only what stands behind the first so many bytes was read.
  fileprivate func moved(by offset: Int) -> Self {
    Self(record: record, hash: hash, range: range.lowerBound + offset..<range.upperBound + offset)
  }
}
