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
  /// How far making the index of the journal has come.
  let indexing = Progress()

  /// Counts what is read, for who looks at it from another thread.
  final class Progress: Sendable {
    private let done = Atomic(0)
    private let total = Atomic(0)
    private let observer = Mutex<(@Sendable (ReadingProgress) -> Void)?>(nil)

    var value: ReadingProgress {
      ReadingProgress(done: done.load(ordering: .relaxed), total: total.load(ordering: .relaxed))
    }

    func begin(total: Int) {
      done.store(0, ordering: .relaxed)
      self.total.store(total, ordering: .relaxed)
    }

    func add(_ count: Int) {
      done.wrappingAdd(count, ordering: .relaxed)
      observer.withLock { $0 }?(value)
    }

    /// Says that all is done, be it less than was thought.
    func end() {
      done.store(total.load(ordering: .relaxed), ordering: .relaxed)
      observer.withLock { $0 }?(value)
    }

    /// Calls a function after each part and at the end, on the thread that does the work.
    func observe(_ body: @escaping @Sendable (ReadingProgress) -> Void) {
      observer.withLock { $0 = body }
    }
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

  /// - Throws: `unsafeDirectory` where anybody could replace the data.
  func checkPermissions() throws(OrgError) {
    guard let status = try? calls.status(root, path), status.st_mode & S_IWOTH != 0 else { return }
    let shown = path.escapedForDisplay
    throw OrgError(
      .unsafeDirectory,
      "Everybody may write in \(shown), so the data can't be trusted; repair it: chmod o-w \(shown)")
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
      let descriptor = try calls.openUnseen(name, in: root)
      let status = try calls.status(descriptor, name)
      let identity = FileIdentity(status)
      guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no plain file", identity) }
      guard status.st_nlink <= 1 else { return .unreadable("it has another name (a hard link)", identity) }
      guard status.st_size <= FileLimit.bytes else {
        return .unreadable(FileLimit.reason, identity)
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

  /// When a file was last read, in nanoseconds since 1970, and its inode; `nil` where that can't be told.
  func lastRead(_ name: String) -> LastRead? {
    guard calls.keepsReadTimes(root), let status = try? calls.status(of: name, in: root) else { return nil }
    return LastRead(status)
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

  /// How a file came to take the place of another.
  enum Publication {
    /// The two changed places.
    case exchanged
    /// There was none to change places with.
    case added
    /// The file system can't exchange: the new one was renamed over the other.
    case replaced
  }

  /// Exchanges a staged file with the live one, which stays linked among the displaced: whoever had opened it
  /// for writing writes there, where it is found. A crash leaves nothing between the two states: until the
  /// exchange the new file has the name that the displaced one has after it.
  ///
  /// - Parameter isMoved: whether the new file has that name already.
  @discardableResult
  func publish(
    _ name: String, from space: borrowing Descriptor, displacedAs displaced: String,
    in displacedDirectory: borrowing Descriptor, isMoved: Bool
  ) throws(SystemCallError) -> Publication {
    let staged = Self.stagedName(name)
    if !isMoved { try calls.rename(staged, in: space, to: displaced, in: displacedDirectory) }
    do {
      try calls.exchange(displaced, in: displacedDirectory, with: name, in: root)
      return .exchanged
    } catch  where error.errno == .noSuchFileOrDirectory {
      try calls.rename(displaced, in: displacedDirectory, to: name, in: root)
      return .added
    } catch  where error.errno == .invalidArgument {
      try calls.rename(displaced, in: displacedDirectory, to: staged, in: space)
      try calls.link(name, in: root, to: displaced, in: displacedDirectory)
      try calls.rename(staged, in: space, to: name, in: root)
      return .replaced
    }
  }

  /// Takes a publication back, as far as the file system lets it: the new file has the displaced one's name again, as it
  /// had before, and is published by the next program that finds it there.
  func retract(
    _ name: String, _ publication: Publication, displacedAs displaced: String,
    in displacedDirectory: borrowing Descriptor
  ) throws(SystemCallError) {
    switch publication {
    case .exchanged: try calls.exchange(displaced, in: displacedDirectory, with: name, in: root)
    case .added: try calls.rename(name, in: root, to: displaced, in: displacedDirectory)
    case .replaced: break
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
  /// When the content, or the file itself, last changed, since 1970: as a type that holds any time that a file system may
  /// give a file, and the difference of any two.
  let modified: Duration
  let changed: Duration
  /// More than a tick of the clock by which the kernel notes times.
  static let tick = Duration.milliseconds(20)

  init(device: UInt64, inode: UInt64, size: Int, modified: Duration, changed: Duration) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modified, self.changed) = (modified, changed)
  }

  /// Whether something else than a write happened to it last, such as a rename: a write sets both times to the present.
  var isMoved: Bool { modified != changed }

  /// Whether any write after the file was seen like this is sure to make it look different. One in the same tick of the
  /// clock as the last may not.
  ///
  /// - Parameter time: when it was seen, since 1970.
  func showsWrites(after time: Duration) -> Bool { isMoved || changed < time - Self.tick }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Duration(sinceEpoch: status.st_mtim)
    changed = Duration(sinceEpoch: status.st_ctim)
  }
}

/// When somebody last read a file: the kernel notes the first time after each change of it.
struct LastRead: Sendable, Hashable {
  let inode: UInt64
  let seconds: Int
  let nanoseconds: Int

  init(_ status: stat) {
    inode = UInt64(status.st_ino)
    (seconds, nanoseconds) = (status.st_atim.tv_sec, status.st_atim.tv_nsec)
  }
}

extension DataDirectory {
  /// Runs a part of saving a change; a system call that fails there becomes an error for people.
  func saving<Value>(_ body: () throws(SystemCallError) -> Value) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw failedSave(error)
    }
  }

  /// Says that a change could not be saved.
  func failedSave(_ error: SystemCallError) -> OrgError {
    OrgError(error, "The change could not be saved in \(path.escapedForDisplay)")
  }
}

extension OrgError {
  /// A failed system call as an error for people: `what`, and the system's reason.
  init(_ error: SystemCallError, _ what: String) {
    self.init(
      .system, "\(what): \(error.errno) (\(error.call) \(error.subject.escapedForDisplay)).",
      errno: error.errno)
  }
}
