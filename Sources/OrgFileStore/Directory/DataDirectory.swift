import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// The directory that contains the two data files and orgman's own `.orgman`.
final class DataDirectory: Sendable {
  /// The name of the directory with orgman's own files.
  static let privateName = ".orgman"

  /// The path as given by the caller, for messages.
  let path: String
  let calls: SystemCalls
  let root: Descriptor
  /// The progress of reading the data files.
  let progress = Progress()
  /// The progress of building the journal's index.
  let indexing = Progress()

  /// Counts the bytes read; can be queried from any thread.
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

    /// Marks the work as complete, even if there was less of it than expected.
    func end() {
      done.store(total.load(ordering: .relaxed), ordering: .relaxed)
      observer.withLock { $0 }?(value)
    }

    /// Sets a function to call after each part and at the end, on the thread that does the work.
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

  /// - Throws: `unsafeDirectory` if any user could replace the data.
  func checkPermissions() throws(OrgError) {
    guard let status = try? calls.status(root, path), status.st_mode & S_IWOTH != 0 else { return }
    let shown = path.escapedForDisplay
    throw OrgError(
      .unsafeDirectory,
      "Everybody may write in \(shown), so the data can't be trusted; repair it: chmod o-w \(shown)")
  }

  // MARK: Reading

  /// The result of reading a file: its bytes, or why it couldn't be read.
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
  /// - Parameter known: the bytes that the file probably holds. If it does, this array is returned instead of a copy.
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

  /// What usually distinguishes one state of a file from another; `nil` if there is no such file.
  func identity(of name: String) -> FileIdentity? {
    (try? calls.status(of: name, in: root)).map { FileIdentity($0) }
  }

  /// When a file was last read, since 1970, and its inode; `nil` if unknown.
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

  /// - Throws: `dataNotFound` if the path now leads to a different directory, or to none.
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

  /// Whether a data file holds exactly these bytes.
  func holds(_ bytes: [UInt8], _ name: String) -> Bool {
    guard let file = try? calls.open(name, in: root, O_RDONLY) else { return false }
    return (try? calls.holds(bytes, in: file, name)) == true
  }

  /// Whether another program holds a lock on a data file because it is writing to it.
  func isBeingWritten(_ name: String) -> Bool {
    guard let descriptor = try? calls.open(name, in: root, O_RDONLY) else { return false }
    return calls.isLocked(descriptor)
  }

  // MARK: Writing

  /// How a new file was put in place.
  enum Publication {
    /// The new file and the old one were exchanged.
    case exchanged
    /// There was no old file.
    case added
    /// The file system doesn't support exchanging files: the new file was renamed over the old one.
    case replaced
  }

  /// Exchanges a staged file with the live one, which remains linked in `displaced/`: a program that has it open for
  /// writing keeps writing to that file, where its changes are found later. A crash leaves no intermediate state,
  /// because before the exchange the new file already has the name that the displaced one gets.
  ///
  /// - Parameter isMoved: whether the new file already has that name.
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

  /// Undoes a publication as far as the file system permits. The new file gets the displaced file's name back, and the
  /// next program that finds it there publishes it.
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

/// What usually distinguishes one state of a file from another. Two writes within one tick of the file system's clock
/// may result in the same identity.
struct FileIdentity: Sendable, Hashable {
  let device: UInt64
  let inode: UInt64
  let size: Int
  /// When the content, or the inode, last changed, since 1970. `Duration` can represent any time that a file system may
  /// report, and the difference between any two.
  let modified: Duration
  let changed: Duration
  /// Longer than one tick of the clock that the kernel uses for file times.
  static let tick = Duration.milliseconds(20)

  init(device: UInt64, inode: UInt64, size: Int, modified: Duration, changed: Duration) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modified, self.changed) = (modified, changed)
  }

  /// Whether the last change was something other than a write, such as a rename: a write sets both
  /// times to the same value.
  var isMoved: Bool { modified != changed }

  /// Whether any write after the file was observed in this state is certain to change the identity. A write in the same
  /// clock tick as the previous one might not.
  ///
  /// - Parameter time: when it was observed, since 1970.
  func showsWrites(after time: Duration) -> Bool { isMoved || changed < time - Self.tick }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Duration(sinceEpoch: status.st_mtim)
    changed = Duration(sinceEpoch: status.st_ctim)
  }
}

/// When a file was last read. The kernel only records the first read after each change of the file.
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
  /// Runs a step of saving a change, and converts a failed system call to an error for users.
  func saving<Value>(_ body: () throws(SystemCallError) -> Value) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw failedSave(error)
    }
  }

  /// The error for a change that could not be saved.
  func failedSave(_ error: SystemCallError) -> OrgError {
    OrgError(error, "The change could not be saved in \(path.escapedForDisplay)")
  }
}

extension OrgError {
  /// Converts a failed system call to an error for users: `what`, followed by the system's reason.
  init(_ error: SystemCallError, _ what: String) {
    self.init(
      .system, "\(what): \(error.errno) (\(error.call) \(error.subject.escapedForDisplay)).",
      errno: error.errno)
  }
}
