import FoundationEssentials
import Glibc
import OrgCore
import SystemPackage

/// Two new data files under construction, in `.orgman/incoming` of a directory without data. What has been written is kept,
/// so that whoever is ended can go on; the files get their names when they are whole.
package final class FileAssembly {
  private let directory: DataDirectory
  private let space: Descriptor
  private let incoming: Descriptor
  private var sizes: [FilePieces.File: Int] = [:]
  private var pending: [FilePieces.File: [UInt8]] = [:]

  private static let name = "incoming"
  private static let stateName = "state"
  private static let bufferSize = 1 << 20

  /// How far it has come.
  package struct State: Codable, Sendable {
    /// Where the data come from.
    package var source: String
    /// The state of the source; `nil` where it can't be told.
    package var revision: UInt64?
    /// How many entries of each file are written, by its name.
    package var entries: [String: Int]
    /// How many bytes they take.
    fileprivate var sizes: [String: Int]

    package init(source: String, revision: UInt64?) {
      (self.source, self.revision) = (source, revision)
      (entries, sizes) = ([:], [:])
    }
  }

  /// Runs the body with an assembly, and the lock of the directory held. The directory is created if it isn't there.
  ///
  /// - Throws: `invalidValue` if there are data in it.
  package static func make<Value>(
    at path: String, _ body: (FileAssembly) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    for count in 1...max(1, parts.count) {
      let part = (path.hasPrefix("/") ? "/" : "") + parts.prefix(count).joined(separator: "/")
      if mkdir(part, 0o700) != 0, errno != EEXIST {
        let error = SystemCallError(call: "mkdir", subject: part, errno: Errno(rawValue: errno))
        throw OrgError(error, "\(path.escapedForDisplay) can't be created")
      }
    }
    let directory = try DataDirectory(path: path)
    try directory.checkPermissions()
    try checkIsEmpty(directory)
    return try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      try body(try FileAssembly(directory))
    }
  }

  /// - Throws: `invalidValue` if there are data in a directory, or a history.
  private static func checkIsEmpty(_ directory: DataDirectory) throws(OrgError) {
    let isUnfinished = directory.calls.exists(
      "\(DataDirectory.privateName)/\(name)/\(stateName)", in: directory.root)
    guard !isUnfinished else { return }
    let journal = "\(DataDirectory.privateName)/journal"
    if let found = [OrganizationTable.file, MemberTable.file, journal].first(where: {
      directory.calls.exists($0, in: directory.root)
    }) {
      throw OrgError(.invalidValue, "\(directory.path.escapedForDisplay) isn't empty: it has \(found).")
    }
  }

  private init(_ directory: DataDirectory) throws(OrgError) {
    self.directory = directory
    do {
      space = try directory.openPrivate()
      incoming = try directory.openDirectory(Self.name, in: space)
    } catch {
      throw directory.failedSave(error)
    }
  }

  // MARK: Writing

  /// What was written before; `nil` for nothing.
  package var state: State? {
    guard let bytes = try? StateDirectory.read(Self.stateName, in: incoming, directory.calls),
      let state = try? JSONDecoder().decode(State.self, from: Data(bytes)),
      FilePieces.File.allCases.allSatisfy({ file in
        let size = (try? directory.calls.status(of: file.rawValue, in: incoming)).map { Int($0.st_size) }
        return size.map { $0 >= state.sizes[file.rawValue] ?? 0 } ?? false
      })
    else { return nil }
    return state
  }

  /// Whether the files have their names already, so that only this directory was left.
  package var isPublished: Bool {
    [OrganizationTable.file, MemberTable.file].allSatisfy { directory.calls.exists($0, in: directory.root) }
  }

  /// Goes on after what a state says is written. What comes after that is cut off.
  package func begin(after state: State) throws(OrgError) {
    try directory.saving { () throws(SystemCallError) in
      for file in FilePieces.File.allCases {
        let name = file.rawValue
        let target = try directory.create(name, in: incoming, O_WRONLY)
        let size = state.sizes[name] ?? 0
        try directory.calls.truncate(target, name, to: size)
        sizes[file] = size
      }
    }
    pending = [:]
    try save(state)
  }

  /// Adds bytes to a file.
  package func append(_ bytes: some Collection<UInt8>, to file: FilePieces.File) throws(OrgError) {
    pending[file, default: []] += bytes
    if pending[file, default: []].count >= Self.bufferSize { try flush(file) }
  }

  private func flush(_ file: FilePieces.File) throws(OrgError) {
    guard let bytes = pending[file], !bytes.isEmpty else { return }
    try directory.saving { () throws(SystemCallError) in
      let target = try directory.calls.open(file.rawValue, in: incoming, O_WRONLY | O_APPEND)
      try directory.calls.write(bytes, to: target, file.rawValue)
    }
    sizes[file, default: 0] += bytes.count
    pending[file] = []
  }

  /// Makes durable what has been added, and how far that is.
  package func save(_ state: State) throws(OrgError) {
    var state = state
    for file in FilePieces.File.allCases {
      try flush(file)
      state.sizes[file.rawValue] = sizes[file] ?? 0
    }
    try directory.saving { () throws(SystemCallError) in
      for file in FilePieces.File.allCases {
        let target = try directory.calls.open(file.rawValue, in: incoming, O_WRONLY)
        try directory.calls.syncData(target, file.rawValue)
      }
      guard let bytes = try? JSONEncoder().encode(state) else { return }
      let draft = Self.stateName + ".part"
      let file = try directory.create(draft, in: incoming, O_WRONLY | O_TRUNC)
      try directory.calls.write(Array(bytes), to: file, draft)
      try directory.calls.sync(file, draft)
      try directory.calls.rename(draft, in: incoming, to: Self.stateName, in: incoming)
    }
  }

  // MARK: Finishing

  /// What has been written, taken apart.
  ///
  /// - Throws: `damagedData` if the service couldn't load it.
  package func pieces() throws(OrgError) -> FilePieces { try FilePieces(try backup()) }

  private func backup() throws(OrgError) -> Backup {
    try directory.saving { () throws(SystemCallError) in
      Backup(
        organizations: try bytes(OrganizationTable.file), members: try bytes(MemberTable.file))
    }
  }

  private func bytes(_ name: String) throws(SystemCallError) -> [UInt8] {
    directory.calls.exists(name, in: incoming)
      ? try StateDirectory.read(name, in: incoming, directory.calls)
      : try StateDirectory.read(name, in: directory.root, directory.calls)
  }

  /// Writes the history, and gives the files their names.
  ///
  /// - Parameters:
  ///   - newest: the newest generation; `nil` if there is no history.
  ///   - history: calls its argument with generations, oldest first.
  package func publish(
    newest: UInt64?, history: ((HistoryEntry) throws(OrgError) -> Void) throws(OrgError) -> Void
  ) throws(OrgError) {
    if let newest, directory.calls.exists(OrganizationTable.file, in: incoming) {
      try writeHistory(upTo: newest, history)
    }
    try directory.saving { () throws(SystemCallError) in
      // Whoever sees the organizations finds their members, too.
      for name in [MemberTable.file, OrganizationTable.file] where directory.calls.exists(name, in: incoming)
      {
        let file = try directory.calls.open(name, in: incoming, O_RDONLY)
        try directory.setUsualMetadata(of: file, name)
        try directory.calls.rename(name, in: incoming, to: name, in: directory.root)
      }
      try directory.calls.sync(directory.root, directory.path)
      try directory.calls.remove(Self.stateName, in: incoming)
      try directory.calls.removeDirectory(Self.name, in: space)
    }
  }

  // MARK: The history

  /// Writes the history of another store as the beginning of a journal. What its generations did to the bytes of files
  /// isn't known: data can be put back to the newest one, and to those that will follow.
  private func writeHistory(
    upTo newest: UInt64, _ history: ((HistoryEntry) throws(OrgError) -> Void) throws(OrgError) -> Void
  ) throws(OrgError) {
    let state = try directory.saving { () throws(SystemCallError) in try StateDirectory(directory) }
    let (calls, backup) = (directory.calls, try backup())
    try directory.saving { () throws(SystemCallError) in
      // What an earlier try left.
      for name in try calls.list(state.journal, "journal") { try calls.remove(name, in: state.journal) }
      for name in try calls.list(state.checkpoints, "checkpoints") {
        try calls.remove(name, in: state.checkpoints)
      }
    }
    let segment = "000000000000\(Segment.suffix)"
    var (previous, lines): (String, [UInt8]) = ("", [])
    func flush() throws(OrgError) {
      try directory.saving { () throws(SystemCallError) in
        let file = try directory.create(segment, in: state.journal, O_WRONLY | O_APPEND)
        try calls.write(lines, to: file, segment)
        try calls.syncData(file, segment)
      }
      lines = []
    }
    func add(_ record: JournalRecord) throws(OrgError) {
      var record = record
      record.previous = previous
      guard let (bytes, hash) = try? Journal.encode(record) else {
        throw OrgError(.system, "Generation \(record.generation) can't be written down.")
      }
      lines += bytes
      previous = hash
      if lines.count >= Self.bufferSize { try flush() }
    }
    try history { (entry) throws(OrgError) in try add(JournalRecord(carried: entry)) }
    try flush()
    let isEmpty = previous.isEmpty
    let contents = backup.contents
    try directory.saving { () throws(SystemCallError) in
      try state.writeCheckpoint(contents, generation: newest)
    }
    var record = JournalRecord.draft(newest, .checkpoint, [])
    record.previous = previous
    for (file, bytes) in contents.files {
      record.data.files[file] = JournalRecord.FileState(
        size: bytes.count, sha256: sha256(bytes),
        inode: try directory.saving { () throws(SystemCallError) in
          try directory.inode(of: file, in: incoming)
        })
    }
    guard let (bytes, _) = try? Journal.encode(record) else {
      throw OrgError(.system, "Generation \(newest) can't be written down.")
    }
    let digits = String(newest)
    let name =
      String(repeating: "0", count: max(0, 12 - digits.count)) + digits + (newest == 0 ? "_" : "")
      + Segment.suffix
    try directory.saving { () throws(SystemCallError) in
      if isEmpty { try calls.remove(segment, in: state.journal) }
      try state.write(bytes, as: name, in: state.journal)
      if !isEmpty, let anchor = try? JournalAnchor(segment: segment, previous: "", generation: newest).text()
      {
        try state.write(anchor, as: JournalAnchor.file, in: state.journal)
      }
      try calls.sync(state.journal, "journal")
    }
  }
}

extension JournalRecord {
  /// A generation of another store.
  fileprivate init(carried entry: HistoryEntry) {
    self.init(
      generation: entry.generation, previous: "", time: entry.time.description,
      kind: Kind(rawValue: entry.kind.name) ?? .foreign, of: entry.kind.subject,
      actor: JournalActor(entry.actor, pid: nil), changes: entry.changes.map { ChangeRecord($0) })
    if kind == .erase { format = Self.erasureFormat }
    if !entry.reverted.isEmpty { external.reverted = entry.reverted }
    if !entry.refused.isEmpty { external.refused = entry.refused.map { ChangeRecord($0) } }
    note = entry.note
    if entry.erasedCount > 0 { erasure.count = entry.erasedCount }
    // It is added again when the line is read.
    if let loss, note == loss { note = nil }
    if let loss, let text = note, text.hasSuffix("; \(loss)") { note = String(text.dropLast(loss.count + 2)) }
  }
}
