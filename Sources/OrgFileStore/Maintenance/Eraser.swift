import Glibc
import OrgCore
import SystemPackage

/// Erases an organization or a user from orgman's own directory.
///
/// The new journal is written to `journal.new`, next to the old one. When it is complete, it gets a file named
/// `erased`, which contains the generation whose checkpoint is kept and the hash of the old journal's last line. Then
/// the two directories are exchanged. After a crash, the next process that takes the lock completes the erasure.
struct Eraser {
  /// What there is to erase.
  struct Survey {
    var lineCount = 0
    /// Quarantined, displaced, and incomplete files, by their paths relative to the data directory.
    var files: [String] = []
  }

  private let subject: ErasureSubject
  private let stateDirectory: StateDirectory
  private let texts: [[UInt8]]
  /// All names that the organization had when it was changed: notes may refer to it by any of them.
  private let names: Set<String>

  private var calls: SystemCalls { stateDirectory.calls }

  private static let journalName = "journal"
  private static let newName = "journal.new"
  private static let oldName = "journal.old"
  private static let markName = "erased"

  init(_ subject: ErasureSubject, _ stateDirectory: StateDirectory) throws(SystemCallError) {
    self.subject = subject
    self.stateDirectory = stateDirectory
    let escaped = Array(JSONText.encode(subject.id).dropFirst().dropLast())
    let plain = Array(subject.id.utf8)
    texts = plain == escaped ? [plain] : [plain, escaped]
    var names: Set<String> = []
    if case .organization(let id) = subject {
      for segment in try Journal.segments(stateDirectory.journal, stateDirectory.calls) {
        for line in try Journal.parsed(segment, stateDirectory.journal, stateDirectory.calls)?.lines ?? [] {
          for change in line.record.changes + (line.record.external.refused ?? []) where change.org == id {
            if let name = change.name { names.insert(name) }
          }
        }
      }
    }
    self.names = names.filter { !$0.isEmpty }
  }

  // MARK: Finding

  /// Determines what would be erased.
  func survey() throws(SystemCallError) -> Survey {
    var survey = Survey()
    for segment in try Journal.segments(stateDirectory.journal, calls) {
      for line in try Journal.parsed(segment, stateDirectory.journal, calls)?.lines ?? []
      where cleaned(line.record) != nil {
        survey.lineCount += 1
      }
    }
    survey.files += try files(in: stateDirectory.quarantine, "quarantine")
    survey.files += try files(in: stateDirectory.displaced, "displaced")
    survey.files += try files(in: stateDirectory.space, "")
    return survey
  }

  /// The files in one of orgman's directories that contain the ID.
  private func files(in place: borrowing Descriptor, _ name: String) throws(SystemCallError) -> [String] {
    var found: [String] = []
    for file in try calls.list(place, name).sorted()
    where file != FileLock.name && isMentioned(in: file, place) {
      found.append("\(DataDirectory.privateName)/\(name.isEmpty ? "" : name + "/")\(file)")
    }
    return found
  }

  private func isMentioned(in file: String, _ place: borrowing Descriptor) -> Bool {
    guard let opened = try? calls.open(file, in: place, O_RDONLY),
      let status = try? calls.status(opened, file), status.st_mode & S_IFMT == S_IFREG,
      let bytes = try? calls.readAll(opened, file, size: Int(status.st_size))
    else { return false }
    return texts.contains { bytes.hasWord($0) }
  }

  /// Files that still seem to contain the ID. The remaining checkpoint equals the data files, so it isn't searched.
  func remaining() -> [String] {
    let root = (try? calls.list(stateDirectory.directory.root, "")) ?? []
    var found = root.filter { isMentioned(in: $0, stateDirectory.directory.root) }
    found += (try? files(in: stateDirectory.quarantine, "quarantine")) ?? []
    found += (try? files(in: stateDirectory.displaced, "displaced")) ?? []
    return found.sorted()
  }

  // MARK: Removing

  /// Removes displaced files that contain the ID. Returns false if another program still has one open, or might have.
  func removeDisplaced() throws(SystemCallError) -> Bool {
    var isDone = true
    for name in try calls.list(stateDirectory.displaced, "displaced")
    where isMentioned(in: name, stateDirectory.displaced) {
      if try !stateDirectory.removeDisplaced(name) { isDone = false }
    }
    return isDone
  }

  /// Rewrites the journal, appends some records, and removes everything else that contains the ID.
  ///
  /// - Parameters:
  ///   - records: the records to append. The last one is a checkpoint whose full copy already exists.
  ///   - head: the hash of the journal's last line.
  func rewrite(_ records: [JournalRecord], after head: String) throws(SystemCallError) {
    for file in try calls.list(stateDirectory.quarantine, "quarantine")
    where isMentioned(in: file, stateDirectory.quarantine) {
      try calls.remove(file, in: stateDirectory.quarantine)
    }
    try stateDirectory.removeDrafts(in: stateDirectory.quarantine)
    try calls.sync(stateDirectory.quarantine, "quarantine")
    for file in [OrganizationTable.file, MemberTable.file] {
      let staged = DataDirectory.stagedName(file)
      do { try calls.remove(staged, in: stateDirectory.space) } catch
        where error.errno == .noSuchFileOrDirectory
      {}
    }
    try Self.removeTree(Self.newName, in: stateDirectory.space, calls)
    let new = try stateDirectory.directory.openDirectory(Self.newName, in: stateDirectory.space)
    let segments = try Journal.segments(stateDirectory.journal, calls)
    // Processes that know the old segments must notice that these are different ones.
    let length = segments.map { $0.count { $0 == "_" } }.max() ?? 0
    // If older segments were pruned, the new journal begins at the same point.
    var anchor = JournalAnchor(in: stateDirectory.journal, calls)
    var previous: String?
    var last = ""
    func write(_ lines: [JournalRecord]) throws(SystemCallError) {
      guard let first = lines.first else { return }
      var bytes: [UInt8] = []
      for var record in lines {
        if let previous { record.previous = previous }
        guard let line = try? Journal.encode(record) else {
          throw SystemCallError(call: "encode", subject: Self.newName, errno: .invalidArgument)
        }
        bytes += line.bytes
        previous = line.hash
      }
      let digits = String(first.generation)
      let stem = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
      var name = stem + String(repeating: "_", count: length + 1)
      while name + ".jsonl" <= last { name += "_" }
      last = name + ".jsonl"
      let file = try stateDirectory.directory.create(last, in: new, O_WRONLY | O_EXCL)
      try calls.write(bytes, to: file, last)
      try calls.sync(file, last)
      if var start = anchor {
        start.segment = last
        guard let text = try? start.text() else {
          throw SystemCallError(call: "encode", subject: JournalAnchor.file, errno: .invalidArgument)
        }
        try stateDirectory.write(text, as: JournalAnchor.file, in: new)
        anchor = nil
      }
    }
    for segment in segments {
      try write(
        (Journal.parsed(segment, stateDirectory.journal, calls)?.lines ?? []).map { line in
          var record = cleaned(line.record) ?? line.record
          // The bytes next to a change may belong to what is erased.
          record.data.splices = nil
          return record
        })
    }
    if let erasure = records.first { try write([erasure]) }
    try write(Array(records.dropFirst()))
    let mark = try stateDirectory.directory.create(Self.markName, in: new, O_WRONLY | O_EXCL)
    let generation = records.last?.generation ?? 0
    try calls.write(Array("\(generation) \(head)".utf8), to: mark, Self.markName)
    try calls.sync(mark, Self.markName)
    try calls.sync(new, Self.newName)
    try calls.sync(stateDirectory.space, DataDirectory.privateName)
    try Self.finish(stateDirectory.directory, in: stateDirectory.space)
  }

  /// A record without references to the subject; `nil` if it has none.
  private func cleaned(_ original: JournalRecord) -> JournalRecord? {
    func isMeant(_ change: ChangeRecord) -> Bool {
      switch subject {
      case .organization(let id): change.org == id
      case .user(let id): change.user == id
      }
    }
    var record = original
    record.changes.removeAll(where: isMeant)
    record.external.refused?.removeAll(where: isMeant)
    if record.external.refused?.isEmpty == true { record.external.refused = nil }
    let removed = original.changes.count - record.changes.count
    let isRefusalGone = original.external.refused?.count != record.external.refused?.count
    let isNamed =
      record.note.map { note in names.union([subject.id]).contains { note.contains($0) } } ?? false
    guard removed > 0 || isRefusalGone || isNamed else { return nil }
    // The note may also describe the erased subject in other words.
    record.note = nil
    if removed > 0 { record.erasure.count = (record.erasure.count ?? 0) + removed }
    return record
  }

  // MARK: Finishing

  /// Completes an interrupted erasure whose new journal was complete; discards an incomplete one.
  static func finish(_ directory: DataDirectory, in space: borrowing Descriptor) throws(SystemCallError) {
    let calls = directory.calls
    func isThere(_ name: String) throws(SystemCallError) -> Bool {
      try directory.inode(of: name, in: space) != nil
    }
    let (hasNew, hasOld) = (try isThere(newName), try isThere(oldName))
    guard hasNew || hasOld else { return }
    let hasJournal = try isThere(journalName)
    if try hasJournal ? mark(in: journalName, space, calls) == nil : true {
      let head = hasJournal ? try lastHash(space, calls) : nil
      guard hasNew, let mark = try mark(in: newName, space, calls), !hasJournal || head == mark.head else {
        return try removeTree(newName, in: space, calls)
      }
      do {
        try calls.exchange(newName, in: space, with: journalName, in: space)
      } catch  where error.errno == .invalidArgument || error.errno == .noSuchFileOrDirectory {
        // The file system can't exchange directories, or a previous attempt without exchange was interrupted.
        if hasJournal { try calls.rename(journalName, in: space, to: oldName, in: space) }
        try calls.rename(newName, in: space, to: journalName, in: space)
      }
      try calls.sync(space, DataDirectory.privateName)
    }
    try clearUp(in: space, calls)
  }

  /// Removes everything derived from the old journal, and finally the old journal itself. As long as it
  /// exists, this is repeated.
  private static func clearUp(
    in space: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) {
    guard let mark = try mark(in: journalName, space, calls) else { return }
    let checkpoints = try calls.open("checkpoints", in: space, O_RDONLY | O_DIRECTORY)
    for file in try calls.list(checkpoints, "checkpoints")
    where UInt64(file.prefix { $0 != "." }) != mark.generation || file.hasSuffix(".part") {
      try calls.remove(file, in: checkpoints)
    }
    try calls.sync(checkpoints, "checkpoints")
    for name in try calls.list(space, DataDirectory.privateName) where name.hasPrefix("index.") {
      try calls.remove(name, in: space)
    }
    let journal = try calls.open(journalName, in: space, O_RDONLY | O_DIRECTORY)
    try calls.remove(markName, in: journal)
    try calls.sync(journal, journalName)
    try removeTree(newName, in: space, calls)
    try removeTree(oldName, in: space, calls)
    try calls.sync(space, DataDirectory.privateName)
  }

  private static func mark(
    in name: String, _ space: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> (generation: UInt64, head: String)? {
    do {
      let place = try calls.open(name, in: space, O_RDONLY | O_DIRECTORY)
      let file = try calls.open(markName, in: place, O_RDONLY)
      let text = String(
        decoding: try calls.readBeginning(of: file, markName, length: 256), as: UTF8.self)
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, let generation = UInt64(parts[0]) else { return nil }
      return (generation, String(parts[1]))
    } catch  where error.errno == .noSuchFileOrDirectory {
      return nil
    }
  }

  private static func lastHash(
    _ space: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> String? {
    var journal = Journal(calls: calls)
    try journal.refresh(calls.open(journalName, in: space, O_RDONLY | O_DIRECTORY), repairing: false)
    return journal.last?.hash
  }

  private static func removeTree(
    _ name: String, in space: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) {
    do {
      let place = try calls.open(name, in: space, O_RDONLY | O_DIRECTORY)
      for file in try calls.list(place, name) { try calls.remove(file, in: place) }
    } catch  where error.errno == .noSuchFileOrDirectory {
      return
    }
    try calls.removeDirectory(name, in: space)
  }
}

extension [UInt8] {
  /// Whether the bytes contain a text that isn't part of a longer word.
  fileprivate func hasWord(_ word: [UInt8]) -> Bool {
    guard let last = word.last, count >= word.count else { return false }
    func isInside(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return withUnsafeBytes { bytes in
      word.withUnsafeBytes { word in
        // How far to advance, given the byte at the end of the current window.
        var steps = [Int](repeating: word.count, count: 256)
        for (place, byte) in word.dropLast().enumerated() { steps[Int(byte)] = word.count - 1 - place }
        var end = word.count - 1
        while end < bytes.count {
          let start = end - word.count + 1
          if bytes[end] == last, bytes[start...end].elementsEqual(word),
            start == 0 || !isInside(bytes[start - 1]),
            end + 1 == bytes.count || !isInside(bytes[end + 1])
          {
            return true
          }
          end += steps[Int(bytes[end])]
        }
        return false
      }
    }
  }
}
