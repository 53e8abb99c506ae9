import FoundationEssentials
import Glibc
import OrgCore
import SystemPackage

/// The append-only record of everything that happened to the data: redo log, audit log, history and undo in one.
///
/// `journal/` holds segments named by the generation that they start from, one JSON object a line. Each line
/// begins with the hash of what is after it, and names the hash of the line before. Only who holds the
/// lock may append.
struct Journal {
  /// A line as it was read.
  struct Line {
    var record: JournalRecord
    var hash: String
    /// Where it is in its segment, or in what was read of it, without the line end.
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

    init(_ line: FoundLine) {
      (segment, range) = (line.segment, line.range)
      guard range.count > Self.longest else {
        record = line.record
        touched = nil
        return
      }
      touched = line.record.changes.compactMap(\.recorded).flatMap(\.addressesBefore).map(\.address.hashValue)
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
      let file = try Segment(segment, directory, calls)
      guard let line = Journal.decode(try file.read(range, calls)[...]),
        line.record.generation == record.generation
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
  /// The newest lines, oldest first: those that were read for other reasons; after `recall`, as many as are needed to
  /// tell what another program didn't know of.
  private(set) var recent: [Recent] = []
  /// What is before this place wasn't remembered yet.
  private var unremembered: Place?
  /// What could not be read in the segments that were read, in words, unless a checkpoint follows.
  private(set) var damage: [String] = []
  /// Lines that are remembered however old they are, and at most.
  private static let recentCount = 256...4096
  /// Older lines than this aren't needed, in microseconds before the newest: another program may have read the files so
  /// long before it wrote them, and what it wrote to a displaced file is found no later than that, either.
  private static let recentAge = 2 * Reconciliation.longestOperation
  /// Bytes that are read for them.
  private static let recallLimit = 16 << 20

  init(calls: SystemCalls) {
    self.calls = calls
  }

  // MARK: Reading

  /// Reads what others appended since the last time; the first time, the newest good line alone, unless the end of the
  /// journal can't be read: then the newest segment that has a good line.
  ///
  /// - Parameter repairing: take away a line at the end that was cut off in the middle: it was never
  ///   acknowledged. Only for who holds the lock.
  mutating func refresh(_ directory: borrowing Descriptor, repairing: Bool) throws(SystemCallError) {
    let segments = try Self.segments(directory, calls)
    if let position, !Set(recent.map(\.segment) + [position.segment]).isSubset(of: segments) {
      self = Journal(calls: calls)
    }
    guard let position else {
      if let newest = segments.last, try readEnd(of: newest, directory) { return }
      for segment in segments.reversed() where last == nil {
        damage = []
        unremembered = Place(segment: segment, offset: 0)
        try read(segment, from: 0, directory, repairing: repairing)
      }
      return
    }
    try read(position.segment, from: position.length, directory, repairing: repairing)
    for segment in segments where segment > position.segment {
      try read(segment, from: 0, directory, repairing: repairing)
    }
  }

  /// Takes the last line of a segment for the newest; false where it can't be read, and where the whole segment is as
  /// quickly read.
  private mutating func readEnd(
    of segment: String, _ directory: borrowing Descriptor
  ) throws(SystemCallError) -> Bool {
    let file = try Segment(segment, directory, calls)
    guard !file.isCompressed, let end = try Self.end(of: file, calls), end.place.offset > Self.shortSegment
    else {
      return false
    }
    last = (end.line.record, end.line.hash)
    position = Position(segment: segment, length: end.place.offset)
    unremembered = end.place
    return true
  }

  /// Whether nothing was appended since it was read last.
  func isAtEnd(_ directory: borrowing Descriptor) -> Bool {
    guard let position, let newest = try? Self.segments(directory, calls).last else { return false }
    return newest == position.segment
      && (try? calls.status(of: newest, in: directory)).map { Int($0.st_size) } == position.length
  }

  /// Bytes of a segment that is read as a whole.
  private static let shortSegment = 1 << 14

  /// Remembers the newest lines, as many as are needed to tell what another program didn't know of.
  mutating func recall(_ directory: borrowing Descriptor) throws(SystemCallError) {
    guard let place = unremembered else { return }
    var earlier: [Recent] = []
    var length = 0
    try Self.scanBackwards(directory, calls, from: place) { line in
      let count = earlier.count + recent.count
      guard length < Self.recallLimit, !isDispensable(line.record, count: count + 1) else { return false }
      length += line.range.count
      earlier.append(Recent(line))
      return true
    }
    recent = earlier.reversed() + recent
    unremembered = nil
  }

  /// Drops what it remembers of segments that were removed.
  mutating func forget(before segment: String) {
    recent.removeAll { $0.segment < segment }
    if let place = unremembered, place.segment < segment { unremembered = nil }
  }

  private mutating func read(
    _ segment: String, from start: Int, _ directory: borrowing Descriptor, repairing: Bool
  ) throws(SystemCallError) {
    let file = try Segment(segment, directory, calls)
    if let reason = file.damage { damage.append("\(segment): \(reason)") }
    guard file.size > start else {
      // Nothing can be added to what is compressed; as a rule a newer segment follows.
      if file.isCompressed { isBlocked = true }
      return
    }
    let parsed = Self.parse(try file.read(start..<file.size, calls))
    for line in parsed.lines { take(line, segment, from: start) }
    newerFormat = newerFormat ?? parsed.newerFormat
    if !parsed.lines.isEmpty { position = Position(segment: segment, length: start + parsed.good) }
    // Only what has no line end was never finished. Anything else is left for people to look at: a new segment
    // begins after it.
    if let unfinished = parsed.unfinished, repairing, !file.isCompressed {
      let target = try calls.open(segment, in: directory, O_RDWR)
      try calls.truncate(target, segment, to: start + unfinished)
      try calls.sync(target, segment)
    } else {
      isBlocked = parsed.isBlocked || parsed.unfinished != nil || file.isCompressed
    }
    damage += parsed.damage.filter { !repairing || $0.offset != parsed.unfinished }
      .map { "\(segment), byte \(start + $0.offset): \($0.reason)" }
  }

  /// The format of a line that a later version wrote: what this one would do might be wrong.
  private(set) var newerFormat: Int?
  /// Whether the newest segment ends in something unreadable, so that nothing may be appended to it.
  private(set) var isBlocked = false

  private mutating func take(_ line: Line, _ segment: String, from start: Int) {
    let newest = Recent(FoundLine(line, segment, movedBy: start))
    last = (newest.record, line.hash)
    isBlocked = false
    recent.append(newest)
    var extra = 0
    while isDispensable(recent[extra].record, count: recent.count - extra) { extra += 1 }
    guard extra > 0 else { return }
    recent.removeFirst(extra)
    // Nothing is missing between those that are remembered.
    unremembered = nil
  }

  /// Whether the oldest of so many lines needn't be remembered.
  private func isDispensable(_ oldest: JournalRecord, count: Int) -> Bool {
    guard count > Self.recentCount.lowerBound else { return false }
    guard count <= Self.recentCount.upperBound, let time = Timestamp(oldest.time),
      let newest = last.flatMap({ Timestamp($0.record.time) })
    else { return true }
    let (age, isOverflow) = newest.microseconds.subtractingReportingOverflow(time.microseconds)
    return isOverflow || age > Self.recentAge
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
    // By the length of the segment: what one process appends, another may have to count in.
    isIndexDue =
      isIndexDue || start / JournalIndex.stride != (start + bytes.count) / JournalIndex.stride
  }

  /// Whether so much was appended that the index should be brought up to date.
  private(set) var isIndexDue = false

  /// Tells that the index was brought up to date, as far as that was possible.
  mutating func noteIndexed() { isIndexDue = false }

  /// How many bytes the newest segment has.
  var segmentLength: Int { position?.length ?? 0 }

  private func freeName(_ generation: UInt64, _ journal: borrowing Descriptor) -> String {
    let digits = String(generation)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    let newest = (try? Self.segments(journal, calls))?.last
    var attempt = 0
    while true {
      // A segment that couldn't be read keeps its name; the next one of that generation comes after it.
      // An underscore, unlike a hyphen, sorts after the full stop.
      let candidate =
        attempt == 0 ? "\(name).jsonl" : "\(name)\(String(repeating: "_", count: attempt)).jsonl"
      let isBehind = newest.map { candidate > $0 } ?? true
      if isBehind, (try? calls.status(of: candidate, in: journal)) == nil { return candidate }
      attempt += 1
    }
  }
}
