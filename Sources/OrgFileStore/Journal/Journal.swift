import FoundationEssentials
import Glibc
import OrgCore
import SystemPackage

/// The append-only record of all changes to the data: redo log, audit log, history, and undo log in one.
///
/// `journal/` contains segments named after the generation that they start from, with one JSON object per
/// line. Each line begins with the hash of the rest of it and contains the hash of the previous line. Only the
/// holder of the lock may append.
struct Journal {
  /// A line as read.
  struct Line {
    var record: JournalRecord
    var hash: String
    /// Its location in the segment, or in the part that was read, without the line end.
    var range: Range<Int>
  }

  /// One of the newest lines. The changes of a long line stay on disk, because a change of everything takes more
  /// memory than the data itself.
  struct Recent {
    /// The record; for a long line, without its changes and splices.
    let record: JournalRecord
    /// For a long line, the sorted hashes of the addresses that it changed.
    let touched: [Int]?
    fileprivate let segment: String
    private let range: Range<Int>
    /// Lines up to this number of bytes aren't long; this is enough for some fifty changes.
    private static let longest = 1 << 14

    init(_ line: FoundLine) {
      (segment, range) = (line.segment, line.range)
      guard range.count > Self.longest else {
        record = line.record
        touched = nil
        return
      }
      let changes = line.record.changes.compactMap { $0.recorded() }
      touched = changes.flatMap(\.addressesBefore).map(\.address.hashValue).sorted()
      var record = line.record
      (record.changes, record.data.splices) = ([], nil)
      self.record = record
    }

    /// A line whose entire content is in memory.
    init(_ record: JournalRecord) {
      (self.record, touched, segment, range) = (record, nil, "", 0..<0)
    }

    /// The complete record.
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

  /// The segment in which reading stopped, and the number of valid bytes in it.
  private struct Position {
    var segment: String
    var length: Int
  }

  private let calls: SystemCalls
  private var position: Position?
  /// The newest valid line; without its changes if it is long.
  private(set) var last: (record: JournalRecord, hash: String)?
  /// The newest lines, oldest first: those that happened to be read, and after `recall`, as many as are needed to
  /// determine what another program didn't know of.
  private(set) var recent: [Recent] = []
  /// Lines before this place haven't been recalled yet.
  private var unremembered: Place?
  /// Descriptions of what couldn't be read in the segments that were read. A later checkpoint clears them.
  private(set) var damage: [String] = []
  /// How many lines are remembered: at least, however old they are, and at most.
  private static let recentCount = 256...4096
  /// How long lines are remembered, in microseconds before the newest. Another program may take half of this between
  /// reading the files and writing them, and the same again may pass before its write to a displaced file is found.
  private static let recentAge = 2 * Reconciliation.longestOperation
  /// The maximum number of bytes to read for `recall`.
  private static let recallLimit = 16 << 20

  init(calls: SystemCalls) {
    self.calls = calls
  }

  // MARK: Reading

  /// Reads lines that were appended since the last call. The first call only reads the newest valid line, or, if the
  /// end of the journal can't be read, the newest segment that has a valid line.
  ///
  /// - Parameter repairing: truncate an incomplete line at the end, which was never acknowledged. Only allowed
  ///   for the holder of the lock.
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

  /// Adopts the last line of a segment as the newest. Returns false if it can't be read, or if reading the whole
  /// segment is just as fast.
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

  /// Whether nothing has been appended since the last read.
  func isAtEnd(_ directory: borrowing Descriptor) -> Bool {
    guard let position, let newest = try? Self.segments(directory, calls).last else { return false }
    return newest == position.segment
      && (try? calls.status(of: newest, in: directory)).map { Int($0.st_size) } == position.length
  }

  /// Segments up to this number of bytes are read as a whole.
  private static let shortSegment = 1 << 14

  /// Loads the newest lines, as many as are needed to determine what another program didn't know of.
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

  /// Forgets lines in segments that were removed.
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
      // Nothing can be appended to a compressed segment; usually a newer segment follows.
      if file.isCompressed { isBlocked = true }
      return
    }
    let parsed = Self.parse(try file.read(start..<file.size, calls))
    for line in parsed.lines { take(line, segment, from: start) }
    newerFormat = newerFormat ?? parsed.newerFormat
    if !parsed.lines.isEmpty { position = Position(segment: segment, length: start + parsed.good) }
    // Only a line without a line end is known to be unfinished. Any other damage is left for inspection, and a new
    // segment begins after it.
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

  /// The format of a line written by a later version, which this version might misinterpret.
  private(set) var newerFormat: Int?
  /// Whether the end of the newest segment is unreadable, so that nothing may be appended to it.
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
    // There are no gaps between the remembered lines.
    unremembered = nil
  }

  /// Whether the oldest of the given number of lines can be forgotten.
  private func isDispensable(_ oldest: JournalRecord, count: Int) -> Bool {
    guard count > Self.recentCount.lowerBound else { return false }
    guard count <= Self.recentCount.upperBound, let time = Timestamp(oldest.time),
      let newest = last.flatMap({ Timestamp($0.record.time) })
    else { return true }
    let (age, isOverflow) = newest.microseconds.subtractingReportingOverflow(time.microseconds)
    return isOverflow || age > Self.recentAge
  }

  // MARK: Appending

  /// Appends a line and makes it durable. This commits a change set.
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
      // A change that wasn't acknowledged must not reappear, so remove the line. Use another descriptor, because the
      // state of the first one is undefined after a failed sync.
      if let again = try? calls.open(segment, in: journal, O_WRONLY) {
        try? calls.truncate(again, segment, to: start)
        try? calls.sync(again, segment)
      }
      throw error
    }
    position = Position(segment: segment, length: start + bytes.count)
    take(Line(record: record, hash: hash, range: 0..<bytes.count - 1), segment, from: start)
    if record.kind == .checkpoint { damage = [] }
    // Based on the length of the segment, because another process may have to index the lines that this one appended.
    isIndexDue =
      isIndexDue || start / JournalIndex.stride != (start + bytes.count) / JournalIndex.stride
  }

  /// Whether enough has been appended that the index should be updated.
  private(set) var isIndexDue = false

  /// Records that the index has been updated, as far as that was possible.
  mutating func noteIndexed() { isIndexDue = false }

  /// The size of the newest segment in bytes.
  var segmentLength: Int { position?.length ?? 0 }

  private func freeName(_ generation: UInt64, _ journal: borrowing Descriptor) -> String {
    let digits = String(generation)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    let newest = (try? Self.segments(journal, calls))?.last
    var attempt = 0
    while true {
      // An unreadable segment keeps its name, and the next one for the same generation must sort after it. An
      // underscore, unlike a hyphen, sorts after a period.
      let candidate =
        attempt == 0 ? "\(name).jsonl" : "\(name)\(String(repeating: "_", count: attempt)).jsonl"
      let isBehind = newest.map { candidate > $0 } ?? true
      if isBehind, (try? calls.status(of: candidate, in: journal)) == nil { return candidate }
      attempt += 1
    }
  }
}
