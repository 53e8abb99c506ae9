import CLinux
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// The two JSON files of a data directory as a store. Several stores, in several processes, can work on the
/// same directory; so can programs that know nothing of orgman.
public final class FileStore: OrgStore {
  /// The directory, as it was given.
  public var path: String { directory.path }
  /// Why nothing can be written; `nil` where it can.
  public let readOnlyReason: String?

  private let directory: DataDirectory
  private let state = Mutex(State())
  /// Held while files are read, and while they are exchanged and taken note of: so that what this store
  /// writes never looks to it like somebody else's change.
  private let files = Mutex(())

  /// What was read last.
  private struct State {
    var loaded: Loaded?
    /// Counts loads as they begin; one that began earlier never replaces one that began later.
    var lastTicket = 0
    var generation: UInt64 = 0
  }

  private struct Loaded {
    var ticket: Int
    /// When the reading began, in nanoseconds since 1970.
    var time: Int64
    var organizations: FileIdentity?
    var members: FileIdentity?
    var contents: FileContents
    var generation: UInt64 = 0

    var snapshot: Snapshot {
      Snapshot(generation: generation, problems: contents.problems, contents: contents)
    }
  }

  /// Opens a data directory.
  ///
  /// - Parameter isReadOnly: never write, even where it were possible.
  /// - Throws: `dataNotFound` if there is no such directory, or neither data file in it; `create(at:)`
  ///   makes both. `system` if it can't be opened.
  public init(path: String, isReadOnly: Bool = false) throws(OrgError) {
    directory = try DataDirectory(path: path)
    readOnlyReason = isReadOnly ? "opened for reading alone" : directory.obstacle
    if directory.identity(of: OrganizationTable.file) == nil, directory.identity(of: MemberTable.file) == nil
    {
      throw OrgError(
        .dataNotFound,
        "There are no data in \(path.escapedForDisplay): neither organizations.json nor org_users.json.")
    }
  }

  /// Makes a directory where there is none, with those above it, for its owner alone, and two empty data files where there are
  /// none.
  ///
  /// - Throws: `system`, with what was in the way.
  public static func create(at path: String) throws(OrgError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    for count in 1...max(1, parts.count) {
      let part = (path.hasPrefix("/") ? "/" : "") + parts.prefix(count).joined(separator: "/")
      if mkdir(part, 0o700) != 0, errno != EEXIST {
        let error = SystemCallError(call: "mkdir", subject: part, errno: Errno(rawValue: errno))
        throw OrgError(error, "\(path.escapedForDisplay) can't be created")
      }
    }
    let directory = try DataDirectory(path: path)
    for name in [OrganizationTable.file, MemberTable.file] where directory.identity(of: name) == nil {
      do {
        let file = try directory.create(name, in: directory.root, O_WRONLY | O_EXCL)
        try directory.calls.write(Array("{}".utf8), to: file, name)
        try directory.calls.sync(file, name)
      } catch {
        throw OrgError(error, "\(name) can't be created in \(path.escapedForDisplay)")
      }
    }
  }

  /// Tells of changes to the files; see `DirectoryWatcher`.
  public func watcher() -> DirectoryWatcher {
    DirectoryWatcher(path: path, names: [OrganizationTable.file, MemberTable.file])
  }

  // MARK: Reading

  /// The data as they are now.
  public func snapshot() throws(OrgError) -> Snapshot {
    settled().snapshot
  }

  /// The data when nobody is in the middle of writing them: what looks broken may just not be finished.
  private func settled() -> Loaded {
    let start = clinux_monotonic_milliseconds()
    while true {
      let loaded = load()
      if loaded.contents.problems.isEmpty { return loaded }
      let waited = clinux_monotonic_milliseconds() - start
      let isBeingWritten = [OrganizationTable.file, MemberTable.file].contains {
        directory.isBeingWritten($0) || isFresh($0)
      }
      guard isBeingWritten, waited < 5000 else { return loaded }
      usleep(5000)
    }
  }

  /// Whether a file was written to less than a third of a second ago.
  private func isFresh(_ name: String) -> Bool {
    guard let modified = directory.identity(of: name)?.modified else { return false }
    return (0..<300_000_000).contains(Timestamp.now().microseconds * 1000 - modified)
  }

  /// Reads what changed since it was read last.
  ///
  /// - Parameter isExact: compare the bytes, even where the files look unchanged.
  private func load(isExact: Bool = false) -> Loaded {
    files.withLock { _ in loadNow(isExact: isExact) }
  }

  private func loadNow(isExact: Bool) -> Loaded {
    let (last, ticket) = state.withLock { state in
      state.lastTicket += 1
      return (state.loaded, state.lastTicket)
    }
    let time = Timestamp.now().microseconds * 1000
    var next = Loaded(
      ticket: ticket, time: time, contents: last?.contents ?? FileContents.empty,
      generation: last?.generation ?? 0)
    let organizations: DataDirectory.Image?
    let members: DataDirectory.Image?
    (organizations, next.organizations) = image(
      OrganizationTable.file, last, last?.organizations, last?.contents.organizations.bytes, isExact)
    (members, next.members) = image(
      MemberTable.file, last, last?.members, last?.contents.members.bytes, isExact)
    if organizations != nil || members != nil {
      let table = organizations.map { OrganizationTable($0) } ?? next.contents.organizations
      next.contents = FileContents(
        organizations: table,
        members: members.map { MemberTable($0, of: table) } ?? next.contents.members.reread(of: table))
    }
    return publish(next, isNew: last == nil || organizations != nil || members != nil)
  }

  /// Reads a file; no image if it holds what it held, though somebody may have written it again.
  private func image(
    _ name: String, _ last: Loaded?, _ identity: FileIdentity?, _ bytes: [UInt8]?, _ isExact: Bool
  ) -> (DataDirectory.Image?, FileIdentity?) {
    if let last, let identity, !isExact, directory.identity(of: name) == identity,
      // A file changed twice within a tick of the clock can look unchanged.
      identity.modified < last.time - 50_000_000
    {
      return (nil, identity)
    }
    let image = directory.read(name)
    if last != nil, case .bytes(let new, _) = image, identity != nil, new == bytes {
      return (nil, image.identity)
    }
    if last != nil, case .unreadable(_, nil) = image, identity == nil { return (nil, nil) }
    return (image, image.identity)
  }

  /// Makes a load the present one, unless a later one is already.
  private func publish(_ loaded: Loaded, isNew: Bool) -> Loaded {
    state.withLock { state in
      if let present = state.loaded, present.ticket > loaded.ticket { return present }
      var loaded = loaded
      if isNew {
        state.generation += 1
        loaded.generation = state.generation
      }
      state.loaded = loaded
      return loaded
    }
  }

  // MARK: Committing

  /// Commits a change set under the lock; see `OrgStore.commit`.
  public func commit(_ set: ChangeSet, waiting: (LockHolder) -> Bool) throws(OrgError) -> Commit {
    if let readOnlyReason { throw OrgError(.readOnly, "Nothing can be changed: \(readOnlyReason).") }
    return try FileLock(directory: directory).withLock(waiting: waiting) { (space) throws(OrgError) in
      while true {
        if let commit = try attempt(set, space) { return commit }
      }
    }
  }

  /// Commits on the data as they are now; `nil` if another program changed them meanwhile.
  private func attempt(_ set: ChangeSet, _ space: borrowing Descriptor) throws(OrgError) -> Commit? {
    var base = load(isExact: true)
    if !base.contents.problems.isEmpty { base = settled() }
    if let problem = base.contents.problems.first {
      throw OrgError(.damagedData, "Nothing is changed while the data are damaged. \(problem)")
    }
    let preview = Preview(of: set, on: base.snapshot)
    try preview.check()
    guard !preview.edit.isEmpty else { return Commit(snapshot: base.snapshot, changes: []) }

    let contents = try base.contents.applying(preview.edit)
    if let problem = contents.problems.first {
      throw OrgError(.invalidValue, "This change would damage the data, so it was not made. \(problem)")
    }
    var files: [(name: String, bytes: [UInt8])] = []
    if !preview.edit.created.isEmpty || !preview.edit.fields.isEmpty {
      files.append((OrganizationTable.file, contents.organizations.bytes))
    }
    if !preview.edit.members.isEmpty { files.append((MemberTable.file, contents.members.bytes)) }
    do {
      for file in files { try directory.stage(file.bytes, for: file.name, in: space) }
    } catch {
      throw notSaved(error)
    }
    let done: Result<Snapshot?, SystemCallError> = self.files.withLock { _ in
      do throws(SystemCallError) {
        guard base.organizations == directory.identity(of: OrganizationTable.file),
          base.members == directory.identity(of: MemberTable.file)
        else { return .success(nil) }
        for file in files { try directory.publish(file.name, from: space) }
        try directory.syncDirectories(space)
      } catch {
        return .failure(error)
      }
      return .success(took(contents, after: base).snapshot)
    }
    do {
      return try done.get().map { Commit(snapshot: $0, changes: preview.effective) }
    } catch {
      throw notSaved(error)
    }
  }

  /// Takes note of what was just written.
  private func took(_ contents: FileContents, after base: Loaded) -> Loaded {
    var next = base
    next.contents = contents
    next.organizations = directory.identity(of: OrganizationTable.file)
    next.members = directory.identity(of: MemberTable.file)
    next.ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    return publish(next, isNew: true)
  }

  private func notSaved(_ error: SystemCallError) -> OrgError {
    OrgError(error, "The change could not be saved in \(path.escapedForDisplay)")
  }
}
