import Glibc
import OrgCore
import SystemPackage

/// The directory with the two data files and orgman's own `.orgman`.
final class DataDirectory: Sendable {
  /// The directory with orgman's own files, beside the data.
  static let privateName = ".orgman"

  /// As it was given, for messages.
  let path: String
  let calls = SystemCalls()
  let root: Descriptor

  /// - Throws: `dataNotFound` if there is no directory, `system` if it can't be opened.
  init(path: String) throws(OrgError) {
    self.path = path
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
    calls.canWrite(in: root)
      ? nil : "\(path.escapedForDisplay) can't be written by \(userName(geteuid()).escapedForDisplay)"
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
  func read(_ name: String) -> Image {
    do throws(SystemCallError) {
      let descriptor = try calls.open(name, in: root, O_RDONLY)
      let status = try calls.status(descriptor, name)
      let identity = FileIdentity(status)
      guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no plain file", identity) }
      // Places are kept as 32 bit numbers.
      guard status.st_size < Int(UInt32.max) - (1 << 24) else {
        return .unreadable("it is larger than 4 GB", identity)
      }
      return .bytes(try calls.readAll(descriptor, name, size: Int(status.st_size)), identity)
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

  /// Whether another program is in the middle of writing a data file, by the lock that it takes for it.
  func isBeingWritten(_ name: String) -> Bool {
    guard let descriptor = try? calls.open(name, in: root, O_RDONLY) else { return false }
    return calls.isLocked(descriptor)
  }

  // MARK: Writing

  /// `.orgman`, made where it isn't there: for the owner of the data alone, or for the group, too, where the
  /// group may write in the data directory.
  func openPrivate() throws(SystemCallError) -> Descriptor {
    let name = Self.privateName
    do {
      return try calls.open(name, in: root, O_RDONLY | O_DIRECTORY)
    } catch  where error.errno == .noSuchFileOrDirectory {
      do {
        try calls.makeDirectory(name, in: root)
      } catch  where error.errno == .fileExists {
        return try calls.open(name, in: root, O_RDONLY | O_DIRECTORY)
      }
      let made = try calls.open(name, in: root, O_RDONLY | O_DIRECTORY)
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

  /// Writes the new bytes of a data file beside it, durably, with the owner, group and mode of the present one.
  func stage(_ bytes: [UInt8], for name: String, in directory: borrowing Descriptor) throws(SystemCallError) {
    let staged = Self.stagedName(name)
    do { try calls.remove(staged, in: directory) } catch  where error.errno == .noSuchFileOrDirectory {}
    let file = try calls.open(staged, in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    do throws(SystemCallError) {
      let present = try calls.open(name, in: root, O_RDONLY)
      try calls.copyMetadata(from: present, to: file, name)
      try calls.write(bytes, to: file, name)
      try calls.sync(file, name)
    } catch {
      try? calls.remove(staged, in: directory)
      throw error
    }
  }

  /// Puts a staged file in the place of the present one.
  func publish(_ name: String, from directory: borrowing Descriptor) throws(SystemCallError) {
    try calls.rename(Self.stagedName(name), in: directory, to: name, in: root)
  }

  /// Makes what was published last through a power cut.
  func syncDirectories(_ directory: borrowing Descriptor) throws(SystemCallError) {
    try calls.sync(root, path)
    try calls.sync(directory, Self.privateName)
  }

  private static func stagedName(_ name: String) -> String { name + ".new" }
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
