import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// The directory with the two data files and orgman's own `.orgman`.
final class DataDirectory: Sendable {
  /// The directory with orgman's own files, beside the data.
  static let privateName = ".orgman"

  /// As it was given, for messages.
  let path: String
  let calls: SystemCalls
  let root: Descriptor
  /// How far reading the data files has come.
  let progress = Progress()

  /// Counts what is read, for who looks at it from another thread.
  final class Progress: Sendable {
    private let done = Atomic(0)
    private let total = Atomic(0)

    var value: ReadingProgress {
      ReadingProgress(done: done.load(ordering: .relaxed), total: total.load(ordering: .relaxed))
    }

    func begin(total: Int) {
      done.store(0, ordering: .relaxed)
      self.total.store(total, ordering: .relaxed)
    }

    func add(_ count: Int) { done.wrappingAdd(count, ordering: .relaxed) }
  }

  /// - Throws: `dataNotFound` if there is no directory, `system` if it can't be opened.
  init(path: String, calls: SystemCalls = SystemCalls()) throws(OrgError) {
    self.path = path
    self.calls = calls
    do {
      root = try calls.openDirectory(path)
    } catch {
      switch error.errno {
      case .noSuchFileOrDirectory:
        throw OrgError(.dataNotFound, "There is no directory \(path.escapedForDisplay).")
      case .notDirectory:
        throw OrgError(
          .dataNotFound, "\(path.escapedForDisplay) is not a directory; name the one with the data files.")
      default:
        throw OrgError(error, "\(path.escapedForDisplay) can't be opened")
      }
    }
  }

  /// Why nothing can be written here; `nil` where it can.
  var obstacle: String? {
    let shown = path.escapedForDisplay
    if calls.isRemote(root) { return "\(shown) is on a network file system, where locks can't be trusted" }
    switch calls.obstacle(toWritingIn: root) {
    case nil: return nil
    case .readOnlyFileSystem: return "\(shown) is on a file system that is mounted for reading alone"
    default: return "\(shown) can't be written by \(userName(geteuid()).escapedForDisplay)"
    }
  }

  /// - Throws: `unsafeDirectory` where anybody could replace the data.
  func checkPermissions() throws(OrgError) {
    guard let status = try? calls.status(root, path), status.st_mode & S_IWOTH != 0 else { return }
    let shown = path.escapedForDisplay
    throw OrgError(
      .unsafeDirectory,
      "Everybody may write in \(shown), so the data can't be trusted; mend it: chmod o-w \(shown)")
  }

  // MARK: Reading

  /// A file as it was read: its bytes, or why it couldn't be.
  enum Image {
    case bytes([UInt8], FileIdentity)
    case unreadable(String, FileIdentity?)

    var identity: FileIdentity? {
      switch self {
      case .bytes(_, let identity): identity
      case .unreadable(_, let identity): identity
      }
    }
  }

  /// Reads a data file.
  ///
  /// - Parameter known: bytes that it is likely to hold; if it does, they are what is returned.
  func read(_ name: String, likely known: [UInt8]? = nil) -> Image {
    do throws(SystemCallError) {
      let descriptor = try calls.open(name, in: root, O_RDONLY)
      let status = try calls.status(descriptor, name)
      let identity = FileIdentity(status)
      guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no plain file", identity) }
      guard status.st_nlink <= 1 else { return .unreadable("it has another name (a hard link)", identity) }
      // Places are kept as 32 bit numbers.
      guard status.st_size < Int(UInt32.max) - (1 << 24) else {
        return .unreadable("it is larger than 4 GB", identity)
      }
      let size = Int(status.st_size)
      if let known, known.count == size, try calls.holds(known, in: descriptor, name) {
        return .bytes(known, identity)
      }
      progress.begin(total: size)
      return .bytes(try calls.readAll(descriptor, name, size: size, note: progress.add), identity)
    } catch {
      let reason =
        switch error.errno {
        case .noSuchFileOrDirectory: "the file is missing"
        case .tooManySymbolicLinkLevels: "it is a symbolic link"
        default: "it can't be read: \(error.errno)"
        }
      return .unreadable(reason, identity(of: name))
    }
  }

  /// What tells one state of a file from another, most of the time; `nil` if there is no such file.
  func identity(of name: String) -> FileIdentity? {
    (try? calls.status(of: name, in: root)).map { FileIdentity($0) }
  }

  /// The inode of a file; `nil` if there is none.
  func inode(of name: String, in directory: borrowing Descriptor) throws(SystemCallError) -> UInt64? {
    do {
      return UInt64(try calls.status(of: name, in: directory).st_ino)
    } catch  where error.errno == .noSuchFileOrDirectory {
      return nil
    }
  }

  /// - Throws: `dataNotFound` where the path leads elsewhere by now: to another directory, or to none.
  func checkIsFound() throws(OrgError) {
    if let own = try? calls.status(root, path), let there = try? calls.status(ofPath: path),
      own.st_dev == there.st_dev, own.st_ino == there.st_ino
    {
      return
    }
    throw OrgError(
      .dataNotFound,
      "\(path.escapedForDisplay) was moved away or replaced by another directory; open it again.")
  }

  /// Whether a data file holds some bytes and nothing else.
  func holds(_ bytes: [UInt8], _ name: String) -> Bool {
    guard let file = try? calls.open(name, in: root, O_RDONLY) else { return false }
    return (try? calls.holds(bytes, in: file, name)) == true
  }

  /// Whether another program is in the middle of writing a data file, by the lock that it takes for it.
  func isBeingWritten(_ name: String) -> Bool {
    guard let descriptor = try? calls.open(name, in: root, O_RDONLY) else { return false }
    return calls.isLocked(descriptor)
  }

  // MARK: Writing

  /// `.orgman`, made where it isn't there: for the owner of the data alone, or for the group, too, where the
  /// group may write in the data directory.
  func openPrivate() throws(SystemCallError) -> Descriptor {
    try openDirectory(Self.privateName, in: root)
  }

  /// A directory in another, made like `.orgman` itself where it isn't there.
  func openDirectory(
    _ name: String, in parent: borrowing Descriptor
  ) throws(SystemCallError) -> Descriptor {
    do {
      return try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
    } catch  where error.errno == .noSuchFileOrDirectory {
      do {
        try calls.makeDirectory(name, in: parent)
      } catch  where error.errno == .fileExists {
        return try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
      }
      let made = try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
      let status = try calls.status(root, path)
      if geteuid() == 0 { try calls.setOwner(status.st_uid, status.st_gid, of: made, name) }
      try calls.setMode(status.st_mode & S_IWGRP == 0 ? 0o700 : 0o2770, of: made, name)
      return made
    }
  }

  /// Makes a file in `.orgman` that those who may work there can read and write, whatever the umask.
  func create(
    _ name: String, in directory: borrowing Descriptor, _ flags: Int32
  ) throws(SystemCallError) -> Descriptor {
    let file = try calls.open(name, in: directory, flags | O_CREAT, mode: 0o600)
    let status = try calls.status(directory, Self.privateName)
    if try calls.status(file, name).st_uid == geteuid() {
      if geteuid() == 0 { try calls.setOwner(status.st_uid, status.st_gid, of: file, name) }
      try calls.setMode(status.st_mode & S_IWGRP == 0 ? 0o600 : 0o660, of: file, name)
    }
    return file
  }

  /// Gives a data file that takes nobody's place what its brother has, or what the directory asks for.
  func setUsualMetadata(of file: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    for other in [OrganizationTable.file, MemberTable.file] where other != name {
      if let brother = try? calls.open(other, in: root, O_RDONLY) {
        return try calls.copyMetadata(from: brother, to: file, name)
      }
    }
    let status = try calls.status(root, path)
    if geteuid() == 0 { try calls.setOwner(status.st_uid, status.st_gid, of: file, name) }
    try calls.setMode(status.st_mode & S_IWGRP == 0 ? 0o600 : 0o660, of: file, name)
  }

  /// Exchanges a staged file with the live one, which stays linked among the displaced: whoever had opened it
  /// for writing writes there, where it is found. A crash leaves nothing between the two states: until the
  /// exchange the new file has the name that the displaced one has behind it.
  ///
  /// - Parameter isMoved: whether the new file has that name already.
  func publish(
    _ name: String, from space: borrowing Descriptor, displacedAs displaced: String,
    in displacedDirectory: borrowing Descriptor, isMoved: Bool
  ) throws(SystemCallError) {
    let staged = Self.stagedName(name)
    if !isMoved { try calls.rename(staged, in: space, to: displaced, in: displacedDirectory) }
    do {
      try calls.exchange(displaced, in: displacedDirectory, with: name, in: root)
    } catch  where error.errno == .noSuchFileOrDirectory {
      // Nothing is there to exchange with.
      try calls.rename(displaced, in: displacedDirectory, to: name, in: root)
    } catch  where error.errno == .invalidArgument {
      // No exchange on this file system.
      try calls.rename(displaced, in: displacedDirectory, to: staged, in: space)
      try calls.link(name, in: root, to: displaced, in: displacedDirectory)
      try calls.rename(staged, in: space, to: name, in: root)
    }
  }

  static func stagedName(_ name: String) -> String { name + ".new" }
}

/// What tells one state of a file from another, most of the time: two writes within a tick of the file
/// system's clock may leave it the same.
struct FileIdentity: Sendable, Hashable {
  let device: UInt64
  let inode: UInt64
  let size: Int
  /// Nanoseconds since 1970 at which the content, or the file itself, last changed.
  let modified: Int64
  let changed: Int64
  /// Nanoseconds that are more than a tick of the clock by which the kernel notes times.
  static let tick: Int64 = 20_000_000

  init(device: UInt64, inode: UInt64, size: Int, modified: Int64, changed: Int64) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modified, self.changed) = (modified, changed)
  }

  /// Whether something else than a write happened to it last, such as a rename: a write sets both times to the present.
  var isMoved: Bool { modified != changed }

  /// Whether any write after the file was seen like this is sure to make it look different. One in the same tick of the
  /// clock as the last may not.
  ///
  /// - Parameter time: when it was seen, in nanoseconds since 1970.
  func showsWrites(after time: Int64) -> Bool { isMoved || changed < time - Self.tick }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }
}

extension OrgError {
  /// A failed system call as an error for people: `what`, and the system's reason.
  init(_ error: SystemCallError, _ what: String) {
    self.init(
      .system, "\(what): \(error.errno) (\(error.call) \(error.subject.escapedForDisplay)).",
      errno: error.errno.rawValue)
  }
}
