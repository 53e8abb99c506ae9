import Glibc
import OrgCore
import SystemPackage

/// Where in the journal what is told, so that looking for it takes no longer when there are years of it.
///
/// It is made from the journal and never trusted: it says up to which line it goes, with the hash of that line, and
/// where the journal doesn't have that line there, the index counts for nothing. What was appended after that is read
/// from the journal itself. So it needn't be brought up to date with every change; and where it is missing, or somebody
/// else holds it up, everything works without it.
struct JournalIndex {
  static let name = "index.sqlite"
  /// Bytes of the journal after which it is brought up to date.
  static let stride = 1 << 16

  /// Where a line is.
  struct Address {
    /// Counts the good lines.
    var line: Int64
    var generation: UInt64
    var segment: String
    var range: Range<Int>
  }

  let database: Database
  /// What is after this place isn't in it.
  let end: Journal.Place

  /// Opens the index for reading; `nil` where there is none that fits the journal. Until it goes out of use it stays as
  /// it is.
  init?(in space: borrowing Descriptor, of journal: borrowing Descriptor, _ calls: SystemCalls) {
    guard let database = try? Self.open(in: space, .reading, calls) else { return nil }
    database.setPatience(100)
    guard (try? database.execute("BEGIN")) != nil, let mark = try? Mark(database),
      (try? mark.fits(journal, calls)) == true
    else { return nil }
    self.database = database
    end = mark.end
  }

  /// Opens what is under the name of the index, if it is a plain file.
  static func open(
    in space: borrowing Descriptor, as name: String = name, _ access: Database.Access, _ calls: SystemCalls
  ) throws(DatabaseError) -> Database? {
    guard let status = try? calls.status(of: name, in: space), status.st_mode & S_IFMT == S_IFREG,
      status.st_nlink == 1
    else { return nil }
    // Wherever the directory is by now.
    return try Database(path: "/proc/self/fd/\(space.number)/\(name)", access)
  }

  /// How far an index goes.
  struct Mark {
    /// The form of the tables.
    static let version: Int64 = 1

    /// The first segment of the journal.
    var first: String
    /// Where the last line of the index is.
    var segment: String
    var start: Int
    var hash: String
    /// After that line.
    var offset: Int

    var end: Journal.Place { Journal.Place(segment: segment, offset: offset) }

    init(first: String, segment: String, start: Int, hash: String, offset: Int) {
      self.first = first
      self.segment = segment
      self.start = start
      self.hash = hash
      self.offset = offset
    }

    /// - Throws: a `DatabaseError`, also where the tables have another form.
    init?(_ database: Database) throws(DatabaseError) {
      let found = try database.first(
        "SELECT first, segment, start, hash, offset FROM mark WHERE version = ?", .number(Self.version)
      ) { row in
        Self(
          first: row.text(0), segment: row.text(1), start: Int(row.number(2)), hash: row.text(3),
          offset: Int(row.number(4)))
      }
      guard let found else { return nil }
      self = found
    }

    func write(to database: Database) throws(DatabaseError) {
      try database.run("DELETE FROM mark")
      try database.run(
        "INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?)", .number(Self.version), .text(first), .text(segment),
        .number(Int64(start)), .text(hash), .number(Int64(offset)))
    }

    /// Whether the journal begins with that segment, and has that line at that place.
    func fits(_ journal: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError) -> Bool {
      let segments = try Journal.segments(journal, calls)
      guard segments.first == first, segments.contains(segment), start >= 0, offset > start else {
        return false
      }
      let file = try Segment(segment, journal, calls)
      guard offset <= file.size else { return false }
      let expected = Journal.prefix + Array(hash.utf8)
      return try file.read(start..<min(offset, start + expected.count), calls) == expected
    }
  }

  // MARK: Looking something up

  /// Lines before another one that are told of in a filter, newest first. Those of both an organization and a user may
  /// tell of each alone.
  func lines(_ filter: HistoryFilter, before line: Int64, limit: Int) throws(DatabaseError) -> [Address] {
    var conditions = ["e.kind <> \(JournalRecord.Kind.checkpoint.number)"]
    var values: [Database.Value] = []
    var table = "entry e"
    let keys = [filter.organization.map(Self.key(organization:)), filter.user.map(Self.key(user:))]
      .compactMap(\.self)
    if let key = keys.first {
      table = "touched t JOIN entry e ON e.line = t.line"
      conditions.append("t.key = (SELECT id FROM key WHERE text = ?)")
      values.append(.text(key))
      conditions.append("t.line < ?")
    } else {
      conditions.append("e.line < ?")
    }
    values.append(.number(line))
    for key in keys.dropFirst() {
      conditions.append(
        "EXISTS (SELECT 1 FROM touched o WHERE o.key = (SELECT id FROM key WHERE text = ?) AND o.line = e.line)"
      )
      values.append(.text(key))
    }
    if let since = filter.since {
      conditions.append("e.time >= ?")
      values.append(.number(since.microseconds))
    }
    if let until = filter.until {
      conditions.append("e.time < ?")
      values.append(.number(until.microseconds))
    }
    values.append(.number(Int64(limit)))
    return try addresses(
      "FROM \(table) JOIN segment s ON s.id = e.segment WHERE \(conditions.joined(separator: " AND "))"
        + " ORDER BY \(keys.isEmpty ? "e" : "t").line DESC LIMIT ?", values)
  }

  /// Lines that tell of a generation, newest first.
  func lines(of generation: UInt64) throws(DatabaseError) -> [Address] {
    try addresses(
      "FROM entry e JOIN segment s ON s.id = e.segment WHERE e.generation = ? ORDER BY e.line DESC",
      [.number(Int64(bitPattern: generation))])
  }

  /// The newest line from a time or before it, checkpoints included.
  func line(at time: Timestamp) throws(DatabaseError) -> Address? {
    try addresses(
      "FROM entry e JOIN segment s ON s.id = e.segment WHERE e.time <= ? ORDER BY e.line DESC LIMIT 1",
      [.number(time.microseconds)]
    ).first
  }

  private func addresses(_ rest: String, _ values: [Database.Value]) throws(DatabaseError) -> [Address] {
    var found: [Address] = []
    try database.rows("SELECT e.line, e.generation, s.name, e.offset, e.length \(rest)", values) { row in
      let (start, length) = (Int(row.number(3)), Int(row.number(4)))
      if start >= 0, length >= 0, start <= Int.max - length {
        found.append(
          Address(
            line: row.number(0), generation: UInt64(bitPattern: row.number(1)), segment: row.text(2),
            range: start..<start + length))
      }
      return true
    }
    return found
  }

  /// The first line at a place or after it; a number that no line has where there is none.
  func line(after place: Journal.Place) throws(DatabaseError) -> Int64 {
    let first = try database.first("SELECT id, first FROM segment WHERE name = ?", .text(place.segment)) {
      ($0.number(0), $0.number(1))
    }
    let found: Int64?
    if let (id, first) = first {
      found = try database.first(
        "SELECT line FROM entry WHERE line >= ? AND NOT (segment = ? AND offset < ?) ORDER BY line LIMIT 1",
        .number(first), .number(id), .number(Int64(clamping: place.offset))
      ) { $0.number(0) }
    } else {
      found = try database.first(
        "SELECT first FROM segment WHERE name > ? ORDER BY name LIMIT 1", .text(place.segment)
      ) { $0.number(0) }
    }
    return found ?? Int64.max
  }

  /// The newest edit in the index that a user may undo.
  ///
  /// - Parameters:
  ///   - uid: whose; `nil` for anybody's.
  ///   - isUndone: what is known of generations from what isn't in the index.
  func undoable(by uid: UInt32?, _ isUndone: [UInt64: Bool]) throws(DatabaseError) -> Address? {
    var newest: Int64?
    try database.rows(
      """
      SELECT u.line, e.generation FROM undoable u JOIN entry e ON e.line = u.line WHERE u.scope = ?
      ORDER BY u.line DESC
      """, [.number(Self.scope(uid))]
    ) { row in
      if isUndone[UInt64(bitPattern: row.number(1))] == true { return true }
      newest = row.number(0)
      return false
    }
    // What was undone in the index may have been redone since.
    for case (let generation, false) in isUndone {
      let line = try database.first(
        """
        SELECT MAX(line) FROM entry WHERE generation = ? AND invertible AND kind IN \(Self.edits)
        AND (uid = ? OR ?)
        """, .number(Int64(bitPattern: generation)), .number(Self.scope(uid)), uid == nil ? 1 : 0
      ) { $0.number(0) }
      if let line, line > newest ?? 0 { newest = line }
    }
    guard let newest else { return nil }
    return try address(of: newest)
  }

  /// The newest undo in the index that a user may redo; see `undoable`.
  func redoable(by uid: UInt32?, _ isUndone: [UInt64: Bool]) throws(DatabaseError) -> Address? {
    var newest: Int64?
    try database.rows(
      "SELECT line, of FROM redoable WHERE scope = ? ORDER BY line DESC", [.number(Self.scope(uid))]
    ) { row in
      if isUndone[UInt64(bitPattern: row.number(1))] == false { return true }
      newest = row.number(0)
      return false
    }
    guard let newest else { return nil }
    return try address(of: newest)
  }

  /// Whether it has the good lines of a segment, as far as it goes, and nothing else.
  func agrees(_ segment: String, _ lines: [Journal.Line]) -> Bool {
    let expected = lines.filter {
      segment < end.segment || segment == end.segment && $0.range.upperBound < end.offset
    }
    let found = try? addresses(
      """
      FROM segment s JOIN entry e ON e.line >= s.first
      AND e.line < COALESCE((SELECT MIN(o.first) FROM segment o WHERE o.first > s.first), \(Int64.max))
      WHERE s.name = ? ORDER BY e.line
      """, [.text(segment)])
    guard let found, found.count == expected.count else { return false }
    return zip(found, expected).allSatisfy {
      $0.range == $1.range && $0.generation == $1.record.generation && $0.segment == segment
    }
  }

  private func address(of line: Int64) throws(DatabaseError) -> Address? {
    try addresses("FROM entry e JOIN segment s ON s.id = e.segment WHERE e.line = ?", [.number(line)]).first
  }

  // MARK: Tables

  static let edits = "(\(JournalRecord.Kind.edit.number), \(JournalRecord.Kind.restore.number))"

  /// Whose changes can be undone and redone: a user's, or anybody's.
  static func scope(_ uid: UInt32?) -> Int64 { uid.map { Int64($0) } ?? -1 }

  static func key(organization id: String) -> String { "o" + id }
  static func key(user id: String) -> String { "u" + id }

  static let schema = """
    CREATE TABLE mark (version INTEGER, first TEXT, segment TEXT, start INTEGER, hash TEXT, offset INTEGER);
    CREATE TABLE segment (id INTEGER PRIMARY KEY, name TEXT UNIQUE, first INTEGER);
    CREATE TABLE entry (
      line INTEGER PRIMARY KEY, segment INTEGER, offset INTEGER, length INTEGER, generation INTEGER, time INTEGER,
      kind INTEGER, uid INTEGER, invertible INTEGER);
    CREATE INDEX entry_generation ON entry (generation);
    CREATE TABLE key (id INTEGER PRIMARY KEY, text TEXT UNIQUE);
    CREATE TABLE touched (key INTEGER, line INTEGER, PRIMARY KEY (key, line)) WITHOUT ROWID;
    CREATE TABLE undoable (scope INTEGER, line INTEGER, PRIMARY KEY (scope, line)) WITHOUT ROWID;
    CREATE TABLE redoable (scope INTEGER, line INTEGER, of INTEGER, PRIMARY KEY (scope, line)) WITHOUT ROWID;
    CREATE INDEX redoable_of ON redoable (scope, of);
    """
}

extension JournalRecord.Kind {
  /// Its number in the index.
  var number: Int64 {
    switch self {
    case .checkpoint: 0
    case .edit: 1
    case .undo: 2
    case .redo: 3
    case .foreign: 4
    case .repair: 5
    case .restore: 6
    case .erase: 7
    }
  }
}
