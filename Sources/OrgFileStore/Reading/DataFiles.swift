import CLinux
import Glibc
import OrgCore
import Synchronization

/// Both data files: what they hold, and what is known of them from one time to the next.
///
/// Reading takes no lock. What this store itself exchanges never looks to it like somebody else's change.
final class DataFiles: Sendable {
  /// What was read last.
  struct State {
    var loaded: Loaded?
    /// The organizations as they were read ahead of the members.
    var early: OrganizationTable?
    /// Counts loads as they begin; one that began earlier never replaces one that began later.
    var lastTicket = 0
    var generation: UInt64 = 0
    /// When each file had last been read as this store published it.
    var published: [String: LastRead] = [:]
  }

  struct Loaded {
    var ticket: Int
    /// When the reading began, since 1970.
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
  /// Held while files are read, and while they are exchanged and taken note of.
  private let access = Mutex(())
  /// The data as they were last seen whole: what a journal begins with, should they break before there is one.
  private let lastWhole = Mutex<FileContents?>(nil)

  init(_ directory: DataDirectory, _ published: PublishedState) {
    self.directory = directory
    self.published = published
  }

  // MARK: Loading

  /// Reads what changed since it was read last.
  ///
  /// - Parameter isTryingAgain: read a file that couldn't be read again, even where it looks unchanged.
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

  /// What both files hold, where they are those that the newest generation published and it was written down where the
  /// records are in them; `nil` where they have to be read through.
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
      // Nobody wrote to them while they were read: any write would show.
      published.files.allSatisfy({ directory.identity(of: $0.key) == $0.value })
    else { return nil }
    self.published.withLock { $0.places = (published.hashes, places.running) }
    return contents
  }

  /// Reads a file; no image if it holds what it held, though somebody may have written it again.
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

  /// Makes a load the present one, unless a later one is already.
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

  /// The organizations alone, for a first look while the members, which are most of the data, are still being
  /// read; their contents have no members yet. `nil` where that would save no time, or where something is wrong
  /// with the file.
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

  /// Bytes of members that are read before anybody could notice.
  private static let soonRead = 2 << 20

  /// The data when nobody is in the middle of writing them: what looks broken may just not be finished.
  func loadWhole() -> Loaded {
    let start = clinux_monotonic_milliseconds()
    while true {
      let loaded = load()
      if loaded.contents.problems.isEmpty { return loaded }
      guard isBeingWritten, clinux_monotonic_milliseconds() - start < 5000 else { return loaded }
      usleep(5000)
    }
  }

  /// Whether somebody seems to be in the middle of writing one of the files.
  var isBeingWritten: Bool {
    [OrganizationTable.file, MemberTable.file].contains { name in
      guard let modified = directory.identity(of: name)?.modified else { return false }
      let age = Duration.sinceEpoch - modified
      return (.zero..<Duration.milliseconds(300)).contains(age) || directory.isBeingWritten(name)
    }
  }

  // MARK: What they hold

  /// What is in the files now. What looks as it did when it was read isn't read again, unless it could have been written
  /// to in the same tick of the clock.
  func contentsNow() -> FileContents { load(isTryingAgain: true).contents }

  /// The data that were read, or written, last, as a snapshot. Nothing is read again: what somebody writes after
  /// that is another matter.
  func snapshotNow() -> Snapshot { state.withLock { $0.loaded?.snapshot } ?? load().snapshot }

  /// The data as they were last seen whole, unless they looked wiped since.
  var wholeContents: FileContents? { lastWhole.withLock { $0 } }

  /// Takes note of data without problems, unless they look wiped.
  func noteWhole(_ contents: FileContents) {
    lastWhole.withLock { last in
      let isWiped = last.map(contents.looksWiped(since:)) ?? false
      if !isWiped { last = contents }
    }
  }

  /// Takes note of data in which something was erased: what was seen before that doesn't come back.
  func replaceWhole(_ contents: FileContents) { lastWhole.withLock { $0 = contents } }

  /// The files that no other program read since this store published them: what is written there now was made from an
  /// older state.
  var unreadFiles: Set<String> {
    let published = state.withLock { $0.published }
    return Set(published.filter { directory.lastRead($0.key) == $0.value }.keys)
  }

  // MARK: What they look like

  /// The data files as they were seen when they were read, or written, last.
  struct Sight {
    fileprivate let loaded: Loaded

    /// When they were seen, since 1970.
    var time: Duration { loaded.time }

    /// What both are like; `nil` where one is missing.
    var files: [String: FileIdentity]? {
      guard let organizations = loaded.organizations, let members = loaded.members else { return nil }
      return [OrganizationTable.file: organizations, MemberTable.file: members]
    }

    /// Whether any later write shows.
    fileprivate var showsWrites: Bool {
      [loaded.organizations, loaded.members].allSatisfy { $0?.showsWrites(after: time) ?? true }
    }
  }

  /// When the files were seen to hold what they are thought to; `nil` where they hold something else.
  ///
  /// - Parameter isWaiting: wait for the next tick of the clock, and read again, where a write might not show.
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

  /// Whether the files are still as they were seen. Those of which that can't be told are compared.
  func isStill(_ sight: Sight) -> Bool {
    let loaded = sight.loaded
    return [(OrganizationTable.file, loaded.organizations), (MemberTable.file, loaded.members)].allSatisfy {
      name, identity in
      guard directory.identity(of: name) == identity else { return false }
      return identity?.showsWrites(after: loaded.time) ?? true
        || directory.holds(loaded.contents.bytes(of: name), name)
    }
  }

  /// Whether the files look as they did when they were read last.
  var isAsRead: Bool {
    guard let loaded = state.withLock({ $0.loaded }) else { return false }
    return directory.identity(of: OrganizationTable.file) == loaded.organizations
      && directory.identity(of: MemberTable.file) == loaded.members
  }

  /// Whether nobody has written to the files since their reading began.
  var isSteady: Bool {
    guard let loaded = state.withLock({ $0.loaded }) else { return false }
    let sight = Sight(loaded: loaded)
    return sight.showsWrites && isAsRead
  }

  /// Whether what was read last was read from files that are, and were, like some others.
  func isSeen(as files: [String: FileIdentity]) -> Bool {
    guard let loaded = state.withLock({ $0.loaded }), Sight(loaded: loaded).files == files else {
      return false
    }
    return files.allSatisfy { directory.identity(of: $0.key) == $0.value }
  }

  // MARK: Exchanging

  /// Exchanges files, so that no load sees it half done, and takes note of what they hold then.
  ///
  /// - Parameters:
  ///   - staged: what the new files are like, where that is known.
  ///   - body: exchanges them; what it returns is returned, and says whether it did.
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
      // What another program did to a file since then is read the next time.
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
      // What wasn't exchanged was seen like this before.
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
