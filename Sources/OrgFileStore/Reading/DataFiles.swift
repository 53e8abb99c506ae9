import CLinux
import Glibc
import OrgCore
import Synchronization

/// Both data files: their content, and what is known about them between reads.
///
/// Reading takes no lock. An exchange made by this store is never mistaken for a change by another program.
final class DataFiles: Sendable {
  /// The result of the last read.
  struct State {
    var loaded: Loaded?
    /// The organizations, if they were read ahead of the members.
    var early: OrganizationTable?
    /// The number of loads started. A load never replaces one that started later.
    var lastTicket = 0
    var generation: UInt64 = 0
    /// The access time of each file when this store published it.
    var published: [String: LastRead] = [:]
  }

  struct Loaded {
    var ticket: Int
    /// When the read started, since 1970.
    var time: Duration
    var organizations: FileIdentity?
    var members: FileIdentity?
    var contents: FileContents
    var generation: UInt64 = 0

    var snapshot: Snapshot {
      Snapshot(
        generation: generation, problems: contents.problems, recordProblems: contents.recordProblems,
        contents: contents)
    }
  }

  let directory: DataDirectory
  private let published: PublishedState
  let state = Mutex(State())
  /// Held while files are read, and while they are exchanged and their new state is recorded.
  private let access = Mutex(())
  /// The last data without problems. If the files break before there is a journal, it begins with these.
  private let lastWhole = Mutex<FileContents?>(nil)

  init(_ directory: DataDirectory, _ published: PublishedState) {
    self.directory = directory
    self.published = published
  }

  // MARK: Loading

  /// Reads files that have changed since the last read.
  ///
  /// - Parameter isTryingAgain: retry a file that couldn't be read, even if it looks unchanged.
  func load(isTryingAgain: Bool = false) -> Loaded { access.withLock { _ in loadNow(isTryingAgain) } }

  private func loadNow(_ isTryingAgain: Bool) -> Loaded {
    let (last, early, ticket) = state.withLock { state in
      state.lastTicket += 1
      let early = state.early
      state.early = nil
      return (state.loaded, early, state.lastTicket)
    }
    let time = Duration.sinceEpoch
    var next = Loaded(
      ticket: ticket, time: time, contents: last?.contents ?? FileContents.empty,
      generation: last?.generation ?? 0)
    let organizations: DataDirectory.Image?
    let members: DataDirectory.Image?
    func isDone(_ isReadable: Bool?) -> Bool { isReadable == true || !isTryingAgain }
    (organizations, next.organizations) = image(
      OrganizationTable.file, last, last?.organizations,
      last?.contents.organizations.bytes ?? early?.bytes, isDone(last?.contents.organizations.isReadable))
    (members, next.members) = image(
      MemberTable.file, last, last?.members, last?.contents.members.bytes,
      isDone(last?.contents.members.isReadable))
    if organizations != nil || members != nil {
      next.contents =
        (last == nil ? contents(known: organizations, members, early) : nil)
        ?? next.contents.reading(organizations: organizations, members: members, early: early)
    }
    return note(next, isNew: last == nil || organizations != nil || members != nil)
  }

  /// Both files, if they are the ones that the newest generation published and the offsets of their records were saved;
  /// `nil` if they have to be parsed.
  private func contents(
    known organizations: DataDirectory.Image?, _ members: DataDirectory.Image?, _ early: OrganizationTable?
  ) -> FileContents? {
    guard case .bytes(let table, let identity) = organizations,
      case .bytes(let lists, let listsIdentity) = members, table.count + lists.count >= Places.shortestFiles,
      let space = try? directory.calls.open(
        DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY),
      let journal = try? directory.calls.open("journal", in: space, O_RDONLY | O_DIRECTORY),
      let published = directory.published(in: space),
      let newest = try? Journal.newest(journal, directory.calls), published.isOf(newest),
      published.files == [OrganizationTable.file: identity, MemberTable.file: listsIdentity],
      let places = Places(of: published.hashes, in: space, directory.calls),
      let contents = FileContents(
        organizations: table, members: lists, at: places,
        early: early.flatMap { haveSameBytes($0.bytes, table) ? $0 : nil }),
      // The files weren't written to while they were read: any write would have changed their identity.
      published.files.allSatisfy({ directory.identity(of: $0.key) == $0.value })
    else { return nil }
    self.published.withLock { $0.places = (published.hashes, places.running) }
    return contents
  }

  /// Reads a file. Returns no image if the content is unchanged, even if the file was rewritten.
  ///
  /// - Parameter isDone: whether a file that looks unchanged needn't be read.
  private func image(
    _ name: String, _ last: Loaded?, _ identity: FileIdentity?, _ bytes: [UInt8]?, _ isDone: Bool
  ) -> (DataDirectory.Image?, FileIdentity?) {
    if let last, let identity, isDone, identity.showsWrites(after: last.time),
      directory.identity(of: name) == identity
    {
      return (nil, identity)
    }
    let image = directory.read(name, likely: bytes)
    if last != nil, case .bytes(let new, _) = image, identity != nil, let bytes, haveSameBytes(new, bytes) {
      return (nil, image.identity)
    }
    if last != nil, case .unreadable(_, nil) = image, identity == nil { return (nil, nil) }
    return (image, image.identity)
  }

  /// Makes a load the current one, unless a later one has already finished.
  private func note(_ loaded: Loaded, isNew: Bool) -> Loaded {
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

  /// The organizations without any members, for a first look while the members, which are most of the data, are still
  /// being read. `nil` if this would save no time or the file has problems.
  func organizationsAhead() -> Snapshot? {
    guard let members = directory.identity(of: MemberTable.file), members.size > Self.soonRead,
      state.withLock({ $0.loaded }) == nil, case .bytes(let bytes, _) = directory.read(OrganizationTable.file)
    else { return nil }
    let table = OrganizationTable(bytes)
    guard table.problems.isEmpty else { return nil }
    state.withLock { $0.early = table }
    let contents = FileContents(organizations: table, members: MemberTable(unreadBeside: table))
    return Snapshot(generation: 0, recordProblems: contents.recordProblems, contents: contents)
  }

  /// How many bytes of members can be read without a noticeable delay.
  private static let soonRead = 2 << 20

  /// Loads the data when no program is writing to the files: what looks broken may just be incomplete.
  func loadWhole() -> Loaded {
    let start = clinux_monotonic_milliseconds()
    while true {
      let loaded = load()
      if loaded.contents.problems.isEmpty { return loaded }
      guard isBeingWritten, clinux_monotonic_milliseconds() - start < 5000 else { return loaded }
      usleep(5000)
    }
  }

  /// Whether another program seems to be writing to one of the files.
  var isBeingWritten: Bool {
    [OrganizationTable.file, MemberTable.file].contains { name in
      guard let modified = directory.identity(of: name)?.modified else { return false }
      let age = Duration.sinceEpoch - modified
      return (.zero..<Duration.milliseconds(300)).contains(age) || directory.isBeingWritten(name)
    }
  }

  // MARK: Content

  /// The current content of the files. A file that looks unchanged isn't read again, unless a write in the same clock
  /// tick could have gone unnoticed.
  func contentsNow() -> FileContents { load(isTryingAgain: true).contents }

  /// A snapshot of the data that were last read or written. Nothing is read again, so later writes aren't included.
  func snapshotNow() -> Snapshot { state.withLock { $0.loaded?.snapshot } ?? load().snapshot }

  /// The last data without problems that didn't look wiped.
  var wholeContents: FileContents? { lastWhole.withLock { $0 } }

  /// Records data without problems, unless they look wiped.
  func noteWhole(_ contents: FileContents) {
    lastWhole.withLock { last in
      let isWiped = last.map(contents.looksWiped(since:)) ?? false
      if !isWiped { last = contents }
    }
  }

  /// Records the data after an erasure, so that erased records don't come back.
  func replaceWhole(_ contents: FileContents) { lastWhole.withLock { $0 = contents } }

  /// The files that no other program has read since this store published them. Any changes to them are
  /// based on an older state.
  var unreadFiles: Set<String> {
    let published = state.withLock { $0.published }
    return Set(published.filter { directory.lastRead($0.key) == $0.value }.keys)
  }

  // MARK: Identity

  /// The data files as observed when they were last read or written.
  struct Sight {
    fileprivate let loaded: Loaded

    /// When they were observed, since 1970.
    var time: Duration { loaded.time }

    /// The identities of both files; `nil` if one is missing.
    var files: [String: FileIdentity]? {
      guard let organizations = loaded.organizations, let members = loaded.members else { return nil }
      return [OrganizationTable.file: organizations, MemberTable.file: members]
    }

    /// Whether any later write changes an identity.
    fileprivate var showsWrites: Bool {
      [loaded.organizations, loaded.members].allSatisfy { $0?.showsWrites(after: time) ?? true }
    }
  }

  /// The observation of the files with the given contents; `nil` if they hold other data.
  ///
  /// - Parameter isWaiting: if a write might go unnoticed, wait for the next clock tick and read the files again.
  func sight(of contents: FileContents, isWaiting: Bool = true) -> Sight? {
    func present() -> Sight? {
      guard let loaded = state.withLock({ $0.loaded }),
        haveSameBytes(loaded.contents.organizations.bytes, contents.organizations.bytes),
        loaded.contents.members.text.isSame(as: contents.members.text)
      else { return nil }
      return Sight(loaded: loaded)
    }
    guard isWaiting, let sight = present(), !sight.showsWrites else { return present() }
    usleep(20_000)
    _ = load()
    return present()
  }

  /// Whether the files are unchanged since the observation. A file whose identity isn't conclusive is compared.
  func isStill(_ sight: Sight) -> Bool {
    let loaded = sight.loaded
    return [(OrganizationTable.file, loaded.organizations), (MemberTable.file, loaded.members)].allSatisfy {
      name, identity in
      guard directory.identity(of: name) == identity else { return false }
      return identity?.showsWrites(after: loaded.time) ?? true
        || directory.holds(loaded.contents.bytes(of: name), name)
    }
  }

  /// Whether the files look the same as when they were last read.
  var isAsRead: Bool {
    guard let loaded = state.withLock({ $0.loaded }) else { return false }
    return directory.identity(of: OrganizationTable.file) == loaded.organizations
      && directory.identity(of: MemberTable.file) == loaded.members
  }

  /// Whether the files haven't been written to since the read started.
  var isSteady: Bool {
    guard let loaded = state.withLock({ $0.loaded }) else { return false }
    let sight = Sight(loaded: loaded)
    return sight.showsWrites && isAsRead
  }

  /// Whether the files had the given identities when they were last read, and still have them.
  func isSeen(as files: [String: FileIdentity]) -> Bool {
    guard let loaded = state.withLock({ $0.loaded }), Sight(loaded: loaded).files == files else {
      return false
    }
    return files.allSatisfy { directory.identity(of: $0.key) == $0.value }
  }

  // MARK: Exchanging

  /// Exchanges files so that no load sees an intermediate state, and records their new content.
  ///
  /// - Parameters:
  ///   - staged: the identities of the new files, if known.
  ///   - body: performs the exchange. Its result is returned, and says whether the exchange took place.
  func exchange(
    for contents: FileContents, staged: [(file: String, identity: FileIdentity?)],
    _ body: () throws(SystemCallError) -> Bool?
  ) throws(SystemCallError) -> Bool? {
    let result: Result<Bool?, SystemCallError> = access.withLock { _ in
      let isDone: Bool?
      do throws(SystemCallError) {
        isDone = try body()
      } catch {
        return .failure(error)
      }
      guard isDone == true else { return .success(isDone) }
      let (last, ticket) = state.withLock { state in
        state.lastTicket += 1
        return (state.loaded, state.lastTicket)
      }
      // If another program has changed a file since then, the file is read again next time.
      func identity(_ name: String, _ before: FileIdentity?) -> FileIdentity? {
        guard let new = staged.first(where: { $0.file == name }) else {
          let isKnown = last.map { $0.contents.text(of: name).isSame(as: contents.text(of: name)) }
          return isKnown == true ? before : nil
        }
        guard let present = directory.identity(of: name), let staged = new.identity,
          present.inode == staged.inode, present.device == staged.device, present.size == staged.size,
          present.modified == staged.modified
        else { return nil }
        return present
      }
      let names = [OrganizationTable.file, MemberTable.file]
      let published = Dictionary(names.map { ($0, directory.lastRead($0)) }) { $1 }.compactMapValues(\.self)
      state.withLock { $0.published = published }
      // The time of the earlier observation still applies to a file that wasn't exchanged.
      _ = note(
        Loaded(
          ticket: ticket, time: last?.time ?? .sinceEpoch,
          organizations: identity(OrganizationTable.file, last?.organizations),
          members: identity(MemberTable.file, last?.members), contents: contents), isNew: true)
      return .success(true)
    }
    return try result.get()
  }
}
