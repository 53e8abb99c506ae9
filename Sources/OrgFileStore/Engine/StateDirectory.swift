import Glibc
import OrgCore
import SystemPackage

/// orgman's own directory beside the data, opened by the holder of the lock: journal, checkpoints, displaced and
/// quarantined files.
final class StateDirectory {
  let directory: DataDirectory
  let space: Descriptor
  let journal: Descriptor
  let checkpoints: Descriptor
  let displaced: Descriptor
  let quarantine: Descriptor

  init(_ directory: DataDirectory) throws(SystemCallError) {
    self.directory = directory
    space = try directory.openPrivate()
    try Eraser.finish(directory, in: space)
    journal = try directory.openDirectory("journal", in: space)
    checkpoints = try directory.openDirectory("checkpoints", in: space)
    displaced = try directory.openDirectory("displaced", in: space)
    quarantine = try directory.openDirectory("quarantine", in: space)
  }

  var calls: SystemCalls { directory.calls }

  // MARK: Whole files

  /// Writes a file that has to last, under its name only when it is complete.
  func write(
    _ bytes: [UInt8], as name: String, in target: borrowing Descriptor
  ) throws(SystemCallError) {
    let draft = name + ".part"
    do { try calls.remove(draft, in: target) } catch  where error.errno == .noSuchFileOrDirectory {}
    let file = try directory.create(draft, in: target, O_WRONLY | O_EXCL)
    do throws(SystemCallError) {
      try calls.write(bytes, to: file, name)
      try calls.sync(file, name)
      try calls.rename(draft, in: target, to: name, in: target)
      try calls.sync(target, name)
    } catch {
      try? calls.remove(draft, in: target)
      throw error
    }
  }

  /// Removes files that a crash left half written.
  func removeDrafts(in target: borrowing Descriptor) throws(SystemCallError) {
    for name in try calls.list(target, "") where name.hasSuffix(".part") {
      try calls.remove(name, in: target)
    }
  }

  func read(_ name: String, in source: borrowing Descriptor) throws(SystemCallError) -> [UInt8] {
    try Self.read(name, in: source, calls)
  }

  private static func read(
    _ name: String, in source: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt8] {
    let file = try calls.open(name, in: source, O_RDONLY)
    return try calls.readAll(file, name, size: Int(try calls.status(file, name).st_size))
  }

  /// Puts bytes aside for people to look at: nothing that can't be read is ever thrown away.
  func quarantine(_ bytes: [UInt8], of file: String, generation: UInt64) throws(SystemCallError) {
    try write(bytes, as: "\(generation)-\(sha256(bytes).prefix(12)).\(file)", in: quarantine)
  }

  // MARK: Checkpoints

  static func checkpointName(_ generation: UInt64, _ file: String) -> String {
    let digits = String(generation)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + "." + file
  }

  func writeCheckpoint(_ contents: FileContents, generation: UInt64) throws(SystemCallError) {
    for (file, bytes) in contents.files {
      try write(bytes, as: Self.checkpointName(generation, file), in: checkpoints)
    }
  }

  /// The generations of which there are full copies, rising.
  func checkpointGenerations() throws(SystemCallError) -> [UInt64] {
    try Self.generations(of: checkpoints, calls)
  }

  /// The generations of which a directory has full copies, rising.
  static func generations(
    of checkpoints: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt64] {
    let names = Set(try calls.list(checkpoints, "checkpoints"))
    return names.compactMap { name -> UInt64? in
      guard name.hasSuffix("." + OrganizationTable.file), let generation = UInt64(name.prefix { $0 != "." }),
        names.contains(checkpointName(generation, MemberTable.file))
      else { return nil }
      return generation
    }.sorted()
  }

  /// The data as a generation left them, from the nearest checkpoint before it and the journal.
  ///
  /// - Throws: `damagedData` where what is needed for it is gone or broken.
  func rebuild(_ generation: UInt64) throws(OrgError) -> FileContents {
    do {
      if let contents = try Self.rebuild(generation, journal, checkpoints, calls) { return contents }
    } catch {
      throw OrgError(error, "The journal in \(directory.path.escapedForDisplay) can't be read")
    }
    throw OrgError(
      .damagedData,
      "Generation \(generation) can't be rebuilt: its journal or checkpoint in \(directory.path.escapedForDisplay)/.orgman is damaged. See orgman doctor."
    )
  }

  /// The same without the lock; `nil` where what is needed for it is gone or broken.
  static func rebuild(
    _ generation: UInt64, _ journal: borrowing Descriptor, _ checkpoints: borrowing Descriptor,
    _ calls: SystemCalls
  ) throws(SystemCallError) -> FileContents? {
    for checkpoint in try generations(of: checkpoints, calls).reversed() where checkpoint <= generation {
      let records = try Journal.lines(
        from: checkpoint, to: generation, isBefore: false, journal, calls)
      if let contents = try replay(records, from: checkpoint, to: generation, checkpoints, calls) {
        return contents
      }
    }
    return nil
  }

  /// The data as a generation left them, from the copy of an earlier one; `nil` where something is missing or
  /// doesn't match its hash.
  static func replay(
    _ records: [JournalRecord], from checkpoint: UInt64, to generation: UInt64,
    _ checkpoints: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> FileContents? {
    var files: [String: [UInt8]] = [:]
    for file in [OrganizationTable.file, MemberTable.file] {
      do {
        files[file] = try read(checkpointName(checkpoint, file), in: checkpoints, calls)
      } catch  where error.errno == .noSuchFileOrDirectory {
        return nil
      }
    }
    return replay(records, on: files, from: checkpoint, to: generation)
  }

  /// The data as a generation left them, from what an earlier one left; `nil` where something is missing or
  /// doesn't match its hash.
  static func replay(
    _ records: [JournalRecord], on earlier: [String: [UInt8]], from start: UInt64, to generation: UInt64
  ) -> FileContents? {
    var files = earlier
    var state = records.last { $0.generation == start }?.files
    var reached = start
    for record in records where record.generation > start && record.generation <= generation {
      if record.kind == .checkpoint { continue }
      guard record.generation == reached + 1 else { return nil }
      for (file, bytes) in files {
        guard let splices = record.splices(of: file) else { return nil }
        if splices.isEmpty { continue }
        guard splices.all.allSatisfy({ $0.range.upperBound <= bytes.count }),
          splices.length(of: bytes) <= FileLimit.bytes
        else { return nil }
        files[file] = splices.applied(to: bytes)
      }
      state = record.files
      reached = record.generation
    }
    guard reached == generation, let state else { return nil }
    for (file, bytes) in files where sha256(bytes) != state[file]?.sha256 { return nil }
    let table = OrganizationTable(files[OrganizationTable.file] ?? [])
    return FileContents(organizations: table, members: MemberTable(files[MemberTable.file] ?? [], of: table))
  }

  // MARK: Displaced files

  /// A file that was exchanged for a newer one. Whoever had it open writes to it still.
  struct Displaced {
    var name: String
    /// The generation that took its place.
    var generation: UInt64
    /// Which data file it was.
    var file: String
    /// The start of the hash of what it held then.
    var hash: String
    /// Whether a lease kept every writer from it until it was displaced, or it was found afterwards to hold what it
    /// held then.
    var isQuiescent: Bool
    /// When it had been written to when that was found; its sign is left out.
    var modified: String?

    /// - Returns: `nil` where it isn't the name of a displaced file.
    init?(name: String) {
      let parts = name.split(separator: ".", maxSplits: 1)
      let stamp = parts.first?.split(separator: "-") ?? []
      guard parts.count == 2, stamp.count >= 2, let generation = UInt64(stamp[0]) else { return nil }
      (self.name, self.generation, file) = (name, generation, String(parts[1]))
      hash = String(stamp[1])
      isQuiescent = stamp.dropFirst(2).first == "calm"
      modified = stamp.dropFirst(3).first.map(String.init)
    }

    /// Whether nothing was written to it since: a write leaves both times of a file the same.
    func isQuiescent(_ identity: FileIdentity) -> Bool {
      isQuiescent && identity.isMoved && modified.map { $0 == Self.stamp(identity.modified) } ?? true
    }

    func quiescentName(modified: Duration) -> String {
      "\(generation)-\(hash)-calm-\(Self.stamp(modified)).\(file)"
    }

    private static func stamp(_ time: Duration) -> String {
      time.fileTimeText.filter { $0 != "-" }
    }
  }

  static func displacedName(
    _ generation: UInt64, _ hash: String, _ file: String, isQuiescent: Bool = false
  ) -> String {
    "\(generation)-\(hash.prefix(16))\(isQuiescent ? "-calm" : "").\(file)"
  }

  func displacedFiles() throws(SystemCallError) -> [Displaced] {
    Self.displacedFiles(named: try calls.list(displaced, "displaced"))
  }

  static func displacedFiles(named names: [String]) -> [Displaced] {
    names.compactMap { Displaced(name: $0) }.sorted {
      // Members come behind their organizations.
      ($0.generation, $0.file == MemberTable.file ? 1 : 0, $0.name)
        < ($1.generation, $1.file == MemberTable.file ? 1 : 0, $1.name)
    }
  }
}

extension FileContents {
  /// Both files by name.
  var files: [(name: String, bytes: [UInt8])] {
    [(OrganizationTable.file, organizations.bytes), (MemberTable.file, members.bytes)]
  }

  func bytes(of file: String) -> [UInt8] {
    file == OrganizationTable.file ? organizations.bytes : members.bytes
  }
}
