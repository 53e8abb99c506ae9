import CSQLite
import Glibc
import OrgCore
import SystemPackage

/// Updates or rebuilds the index of the journal.
///
/// Any process that may write to `.orgman` can do this at any time, with or without the lock: the journal only grows at
/// its end, and SQLite's own locks keep each transaction on the index atomic. It doesn't wait for other processes, and
/// if it fails, the next update tries again.
final class JournalIndexer {
  let directory: DataDirectory
  let space: Descriptor
  let journal: Descriptor

  /// How many bytes of the journal may be read for the index after a change.
  static let limitForChanges = 8 << 20
  /// If more bytes of the journal are missing than this, a new index is built next to the old one, so
  /// that readers aren't held up.
  private static let limitInPlace = 64 << 20

  private var calls: SystemCalls { directory.calls }

  /// `nil` if there is no journal.
  init?(_ directory: DataDirectory) {
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? directory.calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? directory.calls.open("journal", in: space, flags)
    else { return nil }
    self.directory = directory
    self.space = space
    self.journal = journal
  }

  /// Adds the lines that were appended since the last update. Builds the index if there is none that matches.
  ///
  /// - Parameter limit: do nothing if more bytes of the journal would have to be read.
  func update(limit: Int = .max) {
    do {
      let database = try JournalIndex.open(in: space, .writing, calls)
      if let database, let mark = try JournalIndex.Mark(database), try mark.fits(journal, calls) {
        let missing = try length(after: mark.end)
        guard missing > 0, missing <= limit else { return }
        if missing <= Self.limitInPlace { return try catchUp(database) }
      }
    } catch let error as DatabaseError {
      // The process that has the index locked, or the missing permission, would prevent a rebuild as well.
      switch error.code & 0xFF {
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_FULL,
        SQLITE_IOERR:
        return
      default: break
      }
    } catch {
      return
    }
    if let length = try? length(after: nil), length <= limit { rebuild() }
  }

  /// Whether more than the given number of bytes of the journal aren't in the index.
  func isBehind(_ limit: Int) -> Bool {
    let end = JournalIndex(in: space, of: journal, calls)?.end
    return ((try? length(after: end)) ?? 0) > limit
  }

  /// The number of bytes in the journal after a place.
  private func length(after place: Journal.Place?) throws(SystemCallError) -> Int {
    var length = 0
    for segment in try Journal.segments(journal, calls).reversed() {
      if let place, segment < place.segment { break }
      let size = try Segment(segment, journal, calls).size
      length += segment == place?.segment ? max(0, size - (place?.offset ?? 0)) : size
    }
    return length
  }

  private func catchUp(_ database: Database) throws {
    // A power failure must not leave a partial update.
    try database.execute("PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE")
    // Another process may have updated it in the meantime.
    guard var mark = try JournalIndex.Mark(database), try mark.fits(journal, calls) else { return }
    let segments = try Journal.segments(journal, calls).filter { $0 >= mark.segment }
    try add(segments, after: mark.end, to: database, &mark)
    try mark.write(to: database)
    try database.execute("COMMIT")
  }

  /// Builds a new index next to the old one, then replaces it.
  func rebuild() {
    let draft = JournalIndex.name + ".part"
    // Another process may be building one.
    guard let file = try? directory.create(draft, in: space, O_RDWR),
      (try? calls.tryLock(file, draft)) == true
    else { return }
    defer { calls.unlock(file) }
    let there = try? directory.inode(of: draft, in: space)
    guard let there, there == (try? calls.status(file, draft)).map({ UInt64($0.st_ino) }) else { return }
    do {
      try calls.truncate(file, draft)
      guard try fill(draft) else { return try calls.remove(draft, in: space) }
      try calls.sync(file, draft)
      // If something was erased from the journal in the meantime, the index must not contain it.
      guard try directory.inode(of: "journal", in: space) == UInt64(calls.status(journal, "journal").st_ino)
      else { return try calls.remove(draft, in: space) }
      try replace(with: draft)
    } catch {
      try? calls.remove(draft, in: space)
    }
  }

  /// Replaces the current index with another.
  private func replace(with draft: String) throws {
    let name = JournalIndex.name
    // While this lock is held, no process can start writing to the current index. A rollback journal that a killed
    // process left next to it would be applied to the new index, so remove it.
    let present = try? JournalIndex.open(in: space, .writing, calls)
    if let present, present.begin() & 0xFF == SQLITE_BUSY { return try calls.remove(draft, in: space) }
    if try directory.inode(of: name + "-journal", in: space) != nil {
      try calls.remove(name + "-journal", in: space)
    }
    try calls.rename(draft, in: space, to: name, in: space)
    withExtendedLifetime(present) {}
  }

  /// Removes a wrong index. A new one is built when it is needed.
  func discard() {
    try? calls.remove(JournalIndex.name, in: space)
  }

  /// Removes lines in deleted segments from the index.
  func forget(before segment: String) {
    do {
      guard let database = try JournalIndex.open(in: space, .writing, calls) else { return }
      try database.execute("PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE")
      let line = try database.first("SELECT first FROM segment WHERE name = ?", .text(segment)) {
        $0.number(0)
      }
      guard var mark = try JournalIndex.Mark(database), mark.first < segment, let line else {
        return discard()
      }
      for table in ["entry", "touched", "undoable", "redoable"] {
        try database.run("DELETE FROM \(table) WHERE line < ?", .number(line))
      }
      try database.run("DELETE FROM segment WHERE name < ?", .text(segment))
      mark.first = segment
      try mark.write(to: database)
      try database.execute("COMMIT")
    } catch {
      discard()
    }
  }

  /// Fills an empty file with an index of the whole journal. Returns false if the journal has no lines.
  private func fill(_ name: String) throws -> Bool {
    guard let database = try JournalIndex.open(in: space, as: name, .writing, calls) else { return false }
    try database.execute(
      """
      PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -131072; PRAGMA temp_store = MEMORY; BEGIN;
      """ + JournalIndex.schema)
    let segments = try Journal.segments(journal, calls)
    var mark = JournalIndex.Mark(first: segments.first ?? "", segment: "", start: 0, hash: "", offset: 0)
    try add(segments, after: nil, to: database, &mark)
    guard !mark.segment.isEmpty else { return false }
    try mark.write(to: database)
    try database.execute("COMMIT")
    return true
  }

  /// Adds the valid lines of segments, beginning at a place in the first segment.
  private func add(
    _ segments: [String], after place: Journal.Place?, to database: Database, _ mark: inout JournalIndex.Mark
  ) throws {
    var writer = try JournalIndexWriter(database)
    func parsing(_ segment: String) throws(SystemCallError) -> (Int, BackgroundTask<Journal.Parsed>) {
      let start = segment == place?.segment ? place?.offset ?? 0 : 0
      let file = try Segment(segment, journal, calls)
      let bytes = try file.read(min(start, file.size)..<file.size, calls)
      return (start, BackgroundTask { Journal.parse(bytes, decoding: Journal.summary(of:)) })
    }
    // Parsing lines takes longer than writing them to the index, so the next segments are parsed
    // in parallel on two cores.
    var ahead: [(Int, BackgroundTask<Journal.Parsed>)] = []
    directory.indexing.begin(total: try length(after: place))
    defer { directory.indexing.end() }
    for (index, segment) in segments.enumerated() {
      while ahead.count < 2, index + ahead.count < segments.count {
        ahead.append(try parsing(segments[index + ahead.count]))
      }
      let (start, parse) = ahead.removeFirst()
      let parsed = parse.value
      if index + 2 < segments.count { ahead.append(try parsing(segments[index + 2])) }
      for line in parsed.lines { try writer.add(Journal.FoundLine(line, segment, movedBy: start)) }
      if let last = parsed.lines.last {
        mark.segment = segment
        mark.start = start + last.range.lowerBound
        mark.offset = start + parsed.good
        mark.hash = last.hash
      }
      directory.indexing.add(parsed.good)
    }
  }
}

/// Writes lines of the journal to the index.
private struct JournalIndexWriter {
  private let database: Database
  private var line: Int64
  private var segment: (name: String, id: Int64)?
  /// A cache of recently used key numbers.
  private var keys: [String: Int64] = [:]

  init(_ database: Database) throws(DatabaseError) {
    self.database = database
    line = try database.first("SELECT MAX(line) FROM entry") { $0.number(0) } ?? 0
  }

  mutating func add(_ found: Journal.FoundLine) throws(DatabaseError) {
    let record = found.record
    let entry = record.entry
    let generation = Database.Value.number(Int64(bitPattern: record.generation))
    line += 1
    try database.run(
      "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", .number(line),
      .number(try id(ofSegment: found.segment)),
      .number(Int64(found.range.lowerBound)), .number(Int64(found.range.count)), generation,
      .number((Timestamp(record.time) ?? Timestamp(microseconds: 0)).microseconds),
      .number(record.kind.number),
      .number(Int64(record.actor.who.uid)), entry?.isInvertible == true ? 1 : 0)
    guard let entry else { return }
    for key in Set(entry.changes.flatMap { Self.keys(of: $0.change) }) {
      try database.run(
        "INSERT OR IGNORE INTO touched VALUES (?, ?)", .number(try id(ofKey: key)), .number(line))
    }
    for scope in [JournalIndex.scope(record.actor.who.uid), JournalIndex.scope(nil)] {
      try noteUndo(entry, generation, .number(scope))
    }
  }

  private static func keys(of change: Change) -> [String] {
    [JournalIndex.key(organization: change.organizationID)]
      + (change.userID.map { [JournalIndex.key(user: $0)] } ?? [])
  }

  /// Does going forward what `UndoSearch` does going backward.
  private func noteUndo(
    _ entry: HistoryEntry, _ generation: Database.Value, _ scope: Database.Value
  ) throws(DatabaseError) {
    switch entry.kind {
    case .edit, .restore:
      if entry.isInvertible {
        try database.run("INSERT OR IGNORE INTO undoable VALUES (?, ?)", scope, .number(line))
      }
      try database.run("DELETE FROM redoable WHERE scope = ?", scope)
    case .undo(let undone):
      let undone = Database.Value.number(Int64(bitPattern: undone))
      try database.run(
        "DELETE FROM undoable WHERE scope = ? AND line IN (SELECT line FROM entry WHERE generation = ?)",
        scope,
        undone)
      // An undo can't be redone if some of its changes were erased.
      if entry.obstacle == nil {
        try database.run("INSERT OR IGNORE INTO redoable VALUES (?, ?, ?)", scope, .number(line), undone)
      }
    case .redo(let redone):
      let redone = Database.Value.number(Int64(bitPattern: redone))
      try database.run(
        """
        INSERT OR IGNORE INTO undoable SELECT ?1, line FROM entry
        WHERE generation = ?2 AND invertible AND kind IN \(JournalIndex.edits) AND (uid = ?1 OR ?1 = -1)
        """, scope, redone)
      try database.run("DELETE FROM redoable WHERE scope = ? AND of = ?", scope, redone)
    case .foreign, .repair, .erase: break
    }
  }

  private mutating func id(ofSegment name: String) throws(DatabaseError) -> Int64 {
    if let segment, segment.name == name { return segment.id }
    try database.run("INSERT OR IGNORE INTO segment (name, first) VALUES (?, ?)", .text(name), .number(line))
    let id = try database.first("SELECT id FROM segment WHERE name = ?", .text(name)) { $0.number(0) } ?? 0
    segment = (name, id)
    return id
  }

  private mutating func id(ofKey text: String) throws(DatabaseError) -> Int64 {
    if let known = keys[text] { return known }
    if keys.count > 200_000 { keys = [:] }
    try database.run("INSERT OR IGNORE INTO key (text) VALUES (?)", .text(text))
    let id = try database.first("SELECT id FROM key WHERE text = ?", .text(text)) { $0.number(0) } ?? 0
    keys[text] = id
    return id
  }
}
