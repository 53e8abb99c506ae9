import Glibc
import OrgCore
import SystemPackage

/// An index of the journal, so that lookups stay fast even with years of history.
///
/// It is derived from the journal and never trusted: it stores the location and hash of the last line that it covers,
/// and is ignored if the journal doesn't have that line there. Lines appended after that are read from the journal
/// itself, so the index needn't be updated with every change. If it is missing, or another process has it locked,
/// everything works without it.
struct JournalIndex {
  static let name = "index.sqlite"
  /// How many bytes the journal grows before the index is updated.
  static let stride = 1 << 16

  /// The location of a line.
  struct Address {
    /// The sequence number among all valid lines.
    var line: Int64
    var generation: UInt64
    var segment: String
    var range: Range<Int>
  }

  let database: Database
  /// The index covers the journal up to this place.
  let end: Journal.Place

  /// Opens the index for reading; `nil` if there is none that matches the journal. It keeps its state until
  /// the end of its lifetime.
  init?(in space: borrowing Descriptor, of journal: borrowing Descriptor, _ calls: SystemCalls) {
    guard let database = try? Self.open(in: space, .reading, calls) else { return nil }
    database.setPatience(100)
    guard (try? database.execute("BEGIN")) != nil, let mark = try? Mark(database),
      (try? mark.fits(journal, calls)) == true
    else { return nil }
    self.database = database
    end = mark.end
  }

  /// Opens the file under the index's name if it is a regular file.
  static func open(
    in space: borrowing Descriptor, as name: String = name, _ access: Database.Access, _ calls: SystemCalls
  ) throws(DatabaseError) -> Database? {
    guard let status = try? calls.status(of: name, in: space), status.st_mode & S_IFMT == S_IFREG,
      status.st_nlink == 1
    else { return nil }
    // This works even if the directory has been moved.
    return try Database(path: "/proc/self/fd/\(space.number)/\(name)", access)
  }

  /// How far an index goes.
  struct Mark {
    /// The version of the schema.
    static let version: Int64 = 1

    /// The first segment of the journal.
    var first: String
    /// The location of the last line in the index.
    var segment: String
    var start: Int
    var hash: String
    /// The offset after that line.
    var offset: Int

    var end: Journal.Place { Journal.Place(segment: segment, offset: offset) }

    init(first: String, segment: String, start: Int, hash: String, offset: Int) {
      self.first = first
      self.segment = segment
      self.start = start
      self.hash = hash
      self.offset = offset
    }

    /// - Throws: `DatabaseError`, also if the schema is different.
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

    /// Whether the journal begins with that segment and has that line at that location.
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

  // MARK: Lookup

  /// Lines before another one, or after it, that match a filter, in the order that it asks for. If the filter names both
  /// an organization and a user, a line may match them in separate changes.
  func lines(_ filter: HistoryFilter, beyond line: Int64, limit: Int) throws(DatabaseError) -> [Address] {
    let isForward = filter.order == .oldestFirst
    let sign = isForward ? ">" : "<"
    var conditions = ["e.kind <> \(JournalRecord.Kind.checkpoint.number)"]
    var values: [Database.Value] = []
    var table = "entry e"
    let keys = [filter.organization.map(Self.key(organization:)), filter.user.map(Self.key(user:))]
      .compactMap(\.self)
    if let key = keys.first {
      table = "touched t JOIN entry e ON e.line = t.line"
      conditions.append("t.key = (SELECT id FROM key WHERE text = ?)")
      values.append(.text(key))
      conditions.append("t.line \(sign) ?")
    } else {
      conditions.append("e.line \(sign) ?")
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
    for term in filter.terms { try add(term, &conditions, &values) }
    values.append(.number(Int64(limit)))
    return try addresses(
      "FROM \(table) JOIN segment s ON s.id = e.segment WHERE \(conditions.joined(separator: " AND "))"
        + " ORDER BY \(keys.isEmpty ? "e" : "t").line \(isForward ? "ASC" : "DESC") LIMIT ?", values)
  }

  /// So many users are looked up in the index at most where an id has a text in it; beyond, lines are read.
  private static let userLimit = 50

  /// What the index can answer of a term; the rest is looked for in the lines.
  private func add(
    _ term: QueryTerm<HistoryFilter.Condition>, _ conditions: inout [String], _ values: inout [Database.Value]
  ) throws(DatabaseError) {
    switch term.condition {
    case .kind(let names):
      let numbers = names.compactMap { JournalRecord.Kind(rawValue: $0)?.number }.map(String.init)
      conditions.append("e.kind \(term.isNegated ? "NOT " : "")IN (\(numbers.joined(separator: ", ")))")
    case .user(let text) where !term.isNegated && text.utf8.allSatisfy { $0 < 0x80 }:
      var found: [String] = []
      try database.rows(
        "SELECT id FROM key WHERE text LIKE 'u%' AND instr(lower(text), ?) > 1 LIMIT \(Self.userLimit + 1)",
        [.text(text.lowercased())]
      ) { row in
        found.append(String(row.number(0)))
        return true
      }
      guard found.count <= Self.userLimit else { return }
      conditions.append(
        "e.line IN (SELECT line FROM touched WHERE key IN (\(found.joined(separator: ", "))))")
    case .user, .organization, .by, .text, .fuzzy, .time: break
    }
  }

  /// Lines about a generation, newest first.
  func lines(of generation: UInt64) throws(DatabaseError) -> [Address] {
    try addresses(
      "FROM entry e JOIN segment s ON s.id = e.segment WHERE e.generation = ? ORDER BY e.line DESC",
      [.number(Int64(bitPattern: generation))])
  }

  /// The newest line at or before a time, including checkpoints.
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

  /// The number of the first line at or after a place; `Int64.max` if there is none.
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
  ///   - uid: the user; `nil` for any user.
  ///   - isUndone: for each generation, whether lines outside the index undo or redo it.
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
    // An edit that is undone according to the index may have been redone since.
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

  /// Whether it contains exactly the valid lines of a segment, as far as the index goes.
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

  /// The scope of undo and redo: a user's changes or any user's.
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
