import Glibc
import OrgCore
import SystemPackage

/// Removing the oldest part of the history.
extension StateDirectory {
  /// Where the journal can be cut.
  struct Cut {
    /// The segments before it, oldest first.
    var removed: [String]
    /// The first segment that is kept, and its first line, without what it changed.
    var segment: String
    var line: Journal.Line
    /// The first line of all.
    var oldest: Journal.Line
  }

  /// The last place at which the journal can be cut so that every generation since a time stays; `nil` where nothing is
  /// older. Clocks that were wrong make it an earlier one.
  ///
  /// - Parameter limit: the number of segments to remove at most.
  func cut(before time: Timestamp, limit: Int = .max) throws(SystemCallError) -> Cut? {
    let segments = try Journal.segments(journal, calls)
    var oldest: Journal.Line?
    var cut: Cut?
    for (index, segment) in segments.enumerated() where index <= limit {
      // After a beginning that can't be read, nothing is known of when it was.
      guard let line = try Journal.beginning(of: segment, journal, calls) else { continue }
      guard let begun = Timestamp(line.record.time), begun <= time else { break }
      let first = oldest ?? line
      oldest = first
      guard index > 0 else { continue }
      cut = Cut(removed: Array(segments[..<index]), segment: segment, line: line, oldest: first)
    }
    return cut
  }

  /// Removes what is before a cut. Full copies of what the data were there are made first, where there are none; a crash
  /// leaves a history that begins earlier.
  ///
  /// - Throws: `damagedData` where the data of then can't be rebuilt: nothing is removed.
  func prune(_ cut: Cut) throws(OrgError) {
    let generation = cut.line.record.generation
    if try !explaining({ () throws(SystemCallError) in try hasCopies(of: cut.line.record) }) {
      let contents = try rebuild(generation)
      for (file, bytes) in contents.files where sha256(bytes) != cut.line.record.files[file]?.sha256 {
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

  /// The first generation that can be rebuilt, as far as others were removed.
  var firstGeneration: UInt64 { JournalAnchor(in: journal, calls)?.generation ?? 0 }

  /// Removes what a crash left of segments that were on their way out, and the copies that belong to them.
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

  /// Whether there are full copies of what a line says that it left.
  private func hasCopies(of record: JournalRecord) throws(SystemCallError) -> Bool {
    for file in [OrganizationTable.file, MemberTable.file] {
      do throws(SystemCallError) {
        let bytes = try read(Self.checkpointName(record.generation, file), in: checkpoints)
        guard sha256(bytes) == record.files[file]?.sha256 else { return false }
      } catch {
        guard error.errno == .noSuchFileOrDirectory else { throw error }
        return false
      }
    }
    return true
  }

  /// The quarantined files that were put aside before a time.
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

  /// The files that others took the place of before a time, and in which nothing is that wasn't picked up.
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

  /// Removes a displaced file; false if another program has it open, or may have.
  func removeDisplaced(_ name: String) throws(SystemCallError) -> Bool {
    let file = try calls.open(name, in: displaced, O_RDONLY)
    switch calls.takeLease(file, name, .againstAll) {
    case true?:
      try calls.remove(name, in: displaced)
      calls.releaseLease(file)
      return true
    case false?: return false
    case nil:
      // A program that looked the name up before it was displaced has had the time to open it, and to write.
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
