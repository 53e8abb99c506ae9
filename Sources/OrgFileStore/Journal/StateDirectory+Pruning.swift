import Glibc
import OrgCore
import SystemPackage

/// Removing the oldest part of the history.
extension StateDirectory {
  /// A place at which the journal can be cut.
  struct Cut {
    /// The segments before it, oldest first.
    var removed: [String]
    /// The first segment that is kept, and its first line without its changes.
    var segment: String
    var line: Journal.Line
    /// The first line of the whole journal.
    var oldest: Journal.Line
  }

  /// The last place at which the journal can be cut while keeping every generation since a time; `nil` if nothing is
  /// older. If clocks were wrong, the place may be earlier.
  ///
  /// - Parameter limit: the maximum number of segments to remove.
  func cut(before time: Timestamp, limit: Int = .max) throws(SystemCallError) -> Cut? {
    let segments = try Journal.segments(journal, calls)
    var oldest: Journal.Line?
    var cut: Cut?
    for (index, segment) in segments.enumerated() where index <= limit {
      // If the first line can't be read, the age of the segment is unknown.
      guard let line = try Journal.beginning(of: segment, journal, calls) else { continue }
      guard let begun = Timestamp(line.record.time), begun <= time else { break }
      let first = oldest ?? line
      oldest = first
      guard index > 0 else { continue }
      cut = Cut(removed: Array(segments[..<index]), segment: segment, line: line, oldest: first)
    }
    return cut
  }

  /// Removes everything before a cut. Full copies of the data at the cut are created first if there are none. After a
  /// crash, the history just begins earlier.
  ///
  /// - Throws: `damagedData` if the data at the cut can't be reconstructed; then nothing is removed.
  func prune(_ cut: Cut) throws(OrgError) {
    let generation = cut.line.record.generation
    if try !explaining({ () throws(SystemCallError) in try hasCopies(of: cut.line.record) }) {
      let contents = try rebuild(generation)
      for (file, bytes) in contents.files where sha256(bytes) != cut.line.record.data.files[file]?.sha256 {
        throw OrgError(
          .damagedData,
          "Generation \(generation), with which the history would begin, can't be rebuilt, so nothing was removed. See orgman doctor."
        )
      }
      try explaining { () throws(SystemCallError) in
        try writeCheckpoint(contents, generation: generation)
      }
    }
    guard let text = try? JournalAnchor(cut.line, cut.segment).text() else {
      throw OrgError(.system, "The place at which the history begins can't be written down.")
    }
    try explaining { () throws(SystemCallError) in
      try write(text, as: JournalAnchor.file, in: journal)
      try completePruning()
    }
  }

  /// The first generation that can be reconstructed, if older ones were removed; otherwise 0.
  var firstGeneration: UInt64 { JournalAnchor(in: journal, calls)?.generation ?? 0 }

  /// Finishes an interrupted removal of segments and of the copies that belong to them.
  func completePruning() throws(SystemCallError) {
    guard let anchor = JournalAnchor(in: journal, calls) else { return }
    let segments = try Journal.segments(journal, calls)
    guard segments.contains(anchor.segment) else { return }
    let isIncomplete = segments.first != anchor.segment
    for segment in segments where segment < anchor.segment {
      try Segment.remove(segment, in: journal, calls)
    }
    if isIncomplete { try calls.sync(journal, "journal") }
    for name in try calls.list(checkpoints, "checkpoints") {
      guard let generation = UInt64(name.prefix { $0 != "." }), generation < anchor.generation else {
        continue
      }
      try calls.remove(name, in: checkpoints)
    }
    if isIncomplete { JournalIndexer(directory)?.forget(before: anchor.segment) }
  }

  /// Whether full copies of the state after a line exist.
  private func hasCopies(of record: JournalRecord) throws(SystemCallError) -> Bool {
    for file in [OrganizationTable.file, MemberTable.file] {
      do throws(SystemCallError) {
        let bytes = try read(Self.checkpointName(record.generation, file), in: checkpoints)
        guard sha256(bytes) == record.data.files[file]?.sha256 else { return false }
      } catch {
        guard error.errno == .noSuchFileOrDirectory else { throw error }
        return false
      }
    }
    return true
  }

  /// The quarantined files that were set aside before a time.
  func quarantined(before time: Timestamp) throws(SystemCallError) -> [(name: String, size: Int)] {
    var found: [(name: String, size: Int)] = []
    for name in try calls.list(quarantine, "quarantine").sorted() {
      let status = try calls.status(of: name, in: quarantine)
      guard status.st_mode & S_IFMT == S_IFREG,
        Timestamp(sinceEpoch: FileIdentity(status).modified) < time
      else { continue }
      found.append((name, Int(status.st_size)))
    }
    return found
  }

  /// The files that were displaced before a time and contain no writes that still have to be ingested.
  func displaced(before time: Timestamp) throws(SystemCallError) -> [(name: String, size: Int)] {
    var found: [(name: String, size: Int)] = []
    for file in try displacedFiles() {
      let status = try calls.status(of: file.name, in: displaced)
      let identity = FileIdentity(status)
      guard status.st_mode & S_IFMT == S_IFREG, Timestamp(sinceEpoch: identity.changed) < time else {
        continue
      }
      if !file.isQuiescent(identity), try !sha256(read(file.name, in: displaced)).hasPrefix(file.hash) {
        continue
      }
      found.append((file.name, Int(status.st_size)))
    }
    return found
  }

  /// Removes a displaced file. Returns false if another program has it open, or might have.
  func removeDisplaced(_ name: String) throws(SystemCallError) -> Bool {
    let file = try calls.open(name, in: displaced, O_RDONLY)
    switch calls.takeLease(file, name, .againstAll) {
    case true?:
      try calls.remove(name, in: displaced)
      calls.releaseLease(file)
      return true
    case false?: return false
    case nil:
      // Give a program that looked up the name before the file was displaced time to open it and write to it.
      let changed = Int64(try calls.status(file, name).st_ctim.tv_sec)
      let now = Timestamp.now().microseconds / 1_000_000
      guard !(0...2).contains(now &- changed) else { return false }
      try calls.remove(name, in: displaced)
      return true
    }
  }

  private func explaining<Value>(_ body: () throws(SystemCallError) -> Value) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw OrgError(error, "The history in \(directory.path.escapedForDisplay) can't be shortened")
    }
  }
}
