import CLinux
import Glibc
import OrgCore
import SystemPackage

/// All system calls that the store makes on the data.
struct SystemCalls: Sendable {
  /// What a test makes a call do instead of its work.
  enum Fault: Sendable {
    case fail(Errno)
    /// Write half of what was asked for.
    case short
  }

  /// Called with the name before each call; for tests only.
  var fault: (@Sendable (StaticString) -> Fault?)?
  /// Called with the number of bytes after each read; for tests only.
  var onRead: (@Sendable (Int) -> Void)?
  /// A cache of the names of the journal's segments.
  let segmentNames = SegmentNames()

  /// Opens a file relative to a directory. Special files are opened without blocking; a symbolic link
  /// is refused with `ELOOP`.
  func open(
    _ name: String, in directory: borrowing Descriptor, _ flags: Int32, mode: mode_t = 0
  ) throws(SystemCallError) -> Descriptor {
    Descriptor(
      try call("open", name) {
        openat(directory.number, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode)
      })
  }

  /// Opens a file for reading without updating its access time, if possible: the access time shows what
  /// other programs may have read.
  func openUnseen(_ name: String, in directory: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    do {
      return try open(name, in: directory, O_RDONLY | clinux_o_noatime)
    } catch  where error.errno == .notPermitted {
      return try open(name, in: directory, O_RDONLY)
    }
  }

  /// Whether the file system records access times.
  func keepsReadTimes(_ directory: borrowing Descriptor) -> Bool {
    clinux_keeps_read_times(directory.number) != 0
  }

  /// Opens a directory by its path, following symbolic links.
  func openDirectory(_ path: String) throws(SystemCallError) -> Descriptor {
    Descriptor(try call("open", path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
  }

  func status(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) -> stat {
    var status = stat()
    try call("fstat", name) { fstat(descriptor.number, &status) }
    return status
  }

  func status(of name: String, in directory: borrowing Descriptor) throws(SystemCallError) -> stat {
    var status = stat()
    try call("fstatat", name) { fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) }
    return status
  }

  /// Whether a directory has an entry with this name.
  func exists(_ name: String, in directory: borrowing Descriptor) -> Bool {
    (try? status(of: name, in: directory)) != nil
  }

  /// The status of the file that a path leads to, following symbolic links.
  func status(ofPath path: String) throws(SystemCallError) -> stat {
    var status = stat()
    try call("stat", path) { stat(path, &status) }
    return status
  }

  /// Reserves disk space for data about to be written. This is faster than allocating it bit by bit, and detects a full
  /// disk early. Not all file systems support it.
  func reserve(
    _ size: Int, in descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    guard size > 1 << 16 else { return }
    let number = descriptor.number
    do throws(SystemCallError) {
      try call("fallocate", name) { clinux_reserve(number, Int64(size)) }
    } catch  where error.errno == .notSupportedOnSocket {}
  }

  /// Writes bytes to a newly opened file.
  func write(
    _ bytes: [UInt8], to descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    try write(FileText(bytes), to: descriptor, name)
  }

  /// Writes a text to a newly opened file, skipping the first `prefix` bytes, which the file already contains. When a
  /// long text is written, the kernel starts flushing the first parts to disk while the rest is still being written, so
  /// that a later `sync` takes less time.
  func write(
    _ text: FileText, to descriptor: borrowing Descriptor, _ name: String, after prefix: Int = 0
  ) throws(SystemCallError) {
    let number = descriptor.number
    if prefix > 0 { try call("lseek", name) { lseek(number, prefix, SEEK_SET) } }
    var start = prefix
    while start < text.count {
      let end = min(text.count, start + Self.writeLength)
      try text.forEachPiece(in: start..<end) { piece throws(SystemCallError) in
        var count = 0
        while count < piece.count {
          let rest = UnsafeRawBufferPointer(rebasing: piece[count...])
          count += try call("write", name) {
            Glibc.write(number, rest.baseAddress, rest.count)
          } short: {
            Glibc.write(number, rest.baseAddress, max(1, rest.count / 2))
          }
        }
      }
      if text.count > Self.writeLength { clinux_start_flush(number, Int64(start), Int64(end - start)) }
      start = end
    }
  }

  /// The number of bytes per write.
  private static let writeLength = 2 << 20

  func truncate(_ descriptor: borrowing Descriptor, _ name: String, to size: Int = 0) throws(SystemCallError)
  {
    try call("ftruncate", name) { ftruncate(descriptor.number, off_t(size)) }
  }

  /// Makes the content and length of a file durable: enough for a journal, and cheaper than `sync`.
  func syncData(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fdatasync", name) { fdatasync(descriptor.number) }
  }

  /// The names in a directory.
  func list(_ directory: borrowing Descriptor, _ name: String) throws(SystemCallError) -> [String] {
    // The stream needs its own descriptor, because it moves the descriptor's position in the directory.
    let copy = try call("opendir", name) { openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(copy) else {
      close(copy)
      throw SystemCallError(call: "fdopendir", subject: name, errno: Errno(rawValue: errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Exchanges two files atomically.
  func exchange(
    _ name: String, in source: borrowing Descriptor, with other: String, in directory: borrowing Descriptor
  ) throws(SystemCallError) {
    try call("renameat2", other) { clinux_exchange(source.number, name, directory.number, other) }
  }

  func link(
    _ name: String, in source: borrowing Descriptor, to other: String, in directory: borrowing Descriptor
  ) throws(SystemCallError) {
    try call("link", name) { linkat(source.number, name, directory.number, other, 0) }
  }

  /// Which processes a lease on a file holds up.
  enum LeaseType: Sendable {
    /// Those that open the file for writing.
    case againstWriters
    /// Those that open the file at all.
    case againstAll

    fileprivate var number: Int32 { self == .againstWriters ? Int32(F_RDLCK) : Int32(F_WRLCK) }
  }

  /// Tries to take a lease, which fails while a process that it would hold up has the file open.
  ///
  /// - Returns: whether the lease was taken; `nil` if leases aren't available, for example on files of another owner.
  func takeLease(
    _ descriptor: borrowing Descriptor, _ name: String, _ type: LeaseType = .againstWriters
  ) -> Bool? {
    do {
      let number = descriptor.number
      try call("lease", name) { clinux_take_lease(number, type.number) }
      return true
    } catch {
      return error.errno == .wouldBlock ? false : nil
    }
  }

  /// Whether a lease against writers is held and no process is waiting for its release.
  func isLeaseUndisturbed(_ descriptor: borrowing Descriptor) -> Bool {
    clinux_is_lease_undisturbed(descriptor.number) != 0
  }

  func releaseLease(_ descriptor: borrowing Descriptor) {
    clinux_release_lease(descriptor.number)
  }

  /// Whether the files are on a network file system, where locks, leases, and change notifications can't be trusted.
  func isRemote(_ directory: borrowing Descriptor) -> Bool {
    // NFS, SMB, CIFS, SMB2, FUSE, 9P, AFS, Ceph: the magic numbers in `statfs(2)`.
    let types: Set<Int64> = [
      0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x5346_414F, 0x00C3_6400,
    ]
    return types.contains(clinux_filesystem_type(directory.number))
  }

  func sync(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fsync", name) { fsync(descriptor.number) }
  }

  /// Sets a file's modification time to the current time, using a finer clock than the kernel's own, so that any later
  /// write shows. Does nothing if the file belongs to another user.
  func setTimeOfWriting(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    do throws(SystemCallError) {
      try call("futimens", name) { clinux_set_time_of_writing(descriptor.number) }
    } catch  where error.errno == .notPermitted || error.errno == .permissionDenied {}
  }

  func setMode(_ mode: mode_t, of descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fchmod", name) { fchmod(descriptor.number, mode) }
  }

  /// Changes a file's owner, group, or both.
  func setOwner(
    _ user: uid_t = .max, group: gid_t = .max, of descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    try call("fchown", name) { fchown(descriptor.number, user, group) }
  }

  func makeDirectory(_ name: String, in directory: borrowing Descriptor) throws(SystemCallError) {
    try call("mkdir", name) { mkdirat(directory.number, name, 0o700) }
  }

  func rename(
    _ name: String, in source: borrowing Descriptor, to target: String, in directory: borrowing Descriptor
  ) throws(SystemCallError) {
    try call("rename", target) { renameat(source.number, name, directory.number, target) }
  }

  func remove(_ name: String, in directory: borrowing Descriptor) throws(SystemCallError) {
    try call("unlink", name) { unlinkat(directory.number, name, 0) }
  }

  func removeDirectory(_ name: String, in directory: borrowing Descriptor) throws(SystemCallError) {
    try call("unlink", name) { unlinkat(directory.number, name, AT_REMOVEDIR) }
  }

  /// Tries to take an exclusive lock on an open file; returns false if another process has it.
  func tryLock(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) -> Bool {
    do {
      try call("flock", name) { flock(descriptor.number, LOCK_EX | LOCK_NB) }
      return true
    } catch  where error.errno == .wouldBlock {
      return false
    }
  }

  /// Whether another process holds an exclusive lock on an open file.
  func isLocked(_ descriptor: borrowing Descriptor) -> Bool {
    guard flock(descriptor.number, LOCK_SH | LOCK_NB) == 0 else {
      return Errno(rawValue: errno) == .wouldBlock
    }
    flock(descriptor.number, LOCK_UN)
    return false
  }

  /// Releases the file lock and all byte locks. Just closing the file would leave them with a child
  /// process forked at that moment.
  func unlock(_ descriptor: borrowing Descriptor) {
    flock(descriptor.number, LOCK_UN)
    clinux_unlock_bytes(descriptor.number, 0, 0)
  }

  /// Makes a call, and retries it if a signal interrupted it.
  @discardableResult
  func call<Result: SignedInteger>(
    _ name: StaticString, _ subject: String, _ body: () -> Result, short: (() -> Result)? = nil
  ) throws(SystemCallError) -> Result {
    while true {
      let result: Result
      switch fault?(name) {
      case nil: result = body()
      case .short: if let short { result = short() } else { result = body() }
      case .fail(let error):
        errno = error.rawValue
        result = -1
      }
      if result >= 0 { return result }
      let number = Errno(rawValue: errno)
      if number != .interrupted { throw SystemCallError(call: name, subject: subject, errno: number) }
    }
  }
}
