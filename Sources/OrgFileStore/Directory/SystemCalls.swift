import CLinux
import Glibc
import OrgCore
import SystemPackage

/// Every system call that the store makes on the data goes through here.
struct SystemCalls: Sendable {
  /// What a test lets a call do instead of its work.
  enum Fault: Sendable {
    case fail(Errno)
    /// Write half of what was asked for.
    case short
  }

  /// Asked before each call, by name; for tests alone.
  var fault: (@Sendable (StaticString) -> Fault?)?
  /// Told how many bytes were read, after each time; for tests alone.
  var onRead: (@Sendable (Int) -> Void)?
  /// What was listed last of the journal.
  let segmentNames = SegmentNames()

  /// Opens a file relative to a directory. What isn't a plain file is opened too, but without waiting for
  /// another side; a symbolic link is refused with `ELOOP`.
  func open(
    _ name: String, in directory: borrowing Descriptor, _ flags: Int32, mode: mode_t = 0
  ) throws(SystemCallError) -> Descriptor {
    Descriptor(
      try call("open", name) {
        openat(directory.number, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode)
      })
  }

  /// Opens a file for reading, so that nobody sees that it was read, where that is possible: when it was last read tells
  /// what other programs may know.
  func openUnseen(_ name: String, in directory: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    do {
      return try open(name, in: directory, O_RDONLY | clinux_o_noatime)
    } catch  where error.errno == .notPermitted {
      return try open(name, in: directory, O_RDONLY)
    }
  }

  /// Whether the file system keeps when a file was last read.
  func keepsReadTimes(_ directory: borrowing Descriptor) -> Bool {
    clinux_keeps_read_times(directory.number) != 0
  }

  /// Opens a directory by its path, which may lead through symbolic links.
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

  /// Whether a directory has something by a name.
  func exists(_ name: String, in directory: borrowing Descriptor) -> Bool {
    (try? status(of: name, in: directory)) != nil
  }

  /// What a path leads to, through symbolic links.
  func status(ofPath path: String) throws(SystemCallError) -> stat {
    var status = stat()
    try call("stat", path) { stat(path, &status) }
    return status
  }

  /// Sets room aside for what will be written, which is faster than finding it bit by bit, and tells early when
  /// there is none. Not every file system can.
  func reserve(
    _ size: Int, in descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    guard size > 1 << 16 else { return }
    let number = descriptor.number
    do throws(SystemCallError) {
      try call("fallocate", name) { clinux_reserve(number, Int64(size)) }
    } catch  where error.errno == .notSupportedOnSocket {}
  }

  /// Writes bytes to a file in which nothing was read or written yet.
  func write(
    _ bytes: [UInt8], to descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    try write(FileText(bytes), to: descriptor, name)
  }

  /// Writes a text to a file in which nothing was read or written yet, but for those bytes that are in it already at its
  /// beginning. Of a long text the first part is on its way to the disk while the rest is still being written, so that
  /// a later `sync` has less to wait for.
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

  /// Bytes of one write.
  private static let writeLength = 2 << 20

  func truncate(_ descriptor: borrowing Descriptor, _ name: String, to size: Int = 0) throws(SystemCallError)
  {
    try call("ftruncate", name) { ftruncate(descriptor.number, off_t(size)) }
  }

  /// Makes the content of a file last, and its length: what a journal needs, and less than `sync`.
  func syncData(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fdatasync", name) { fdatasync(descriptor.number) }
  }

  /// The names in a directory.
  func list(_ directory: borrowing Descriptor, _ name: String) throws(SystemCallError) -> [String] {
    // The stream takes a descriptor of its own, and its place in the directory with it.
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

  /// Exchanges two files at one stroke.
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

  /// Whom a lease on a file keeps waiting.
  enum LeaseType: Sendable {
    /// Whoever opens the file for writing.
    case againstWriters
    /// Whoever opens the file.
    case againstAll

    fileprivate var number: Int32 { self == .againstWriters ? Int32(F_RDLCK) : Int32(F_WRLCK) }
  }

  /// Whether a lease could be taken; it can't while somebody whom it would keep waiting has the file open.
  ///
  /// - Returns: `nil` where leases aren't to be had, as for files of another owner.
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

  /// Whether a lease against writers is held, and nobody waits for it to be given back.
  func isLeaseUndisturbed(_ descriptor: borrowing Descriptor) -> Bool {
    clinux_is_lease_undisturbed(descriptor.number) != 0
  }

  func releaseLease(_ descriptor: borrowing Descriptor) {
    clinux_release_lease(descriptor.number)
  }

  /// Whether the files are on another machine, where neither locks nor leases nor notices can be trusted.
  func isRemote(_ directory: borrowing Descriptor) -> Bool {
    // NFS, SMB, CIFS, SMB2, FUSE, 9P, AFS, Ceph: the numbers of `statfs(2)`.
    let types: Set<Int64> = [
      0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x5346_414F, 0x00C3_6400,
    ]
    return types.contains(clinux_filesystem_type(directory.number))
  }

  func sync(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fsync", name) { fsync(descriptor.number) }
  }

  /// Sets the time at which a file was written to the present, by a finer clock than that by which the kernel notes
  /// writes: so that any later write shows. Where the file has another owner, the time stays as it is.
  func setTimeOfWriting(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    do throws(SystemCallError) {
      try call("futimens", name) { clinux_set_time_of_writing(descriptor.number) }
    } catch  where error.errno == .notPermitted || error.errno == .permissionDenied {}
  }

  func setMode(_ mode: mode_t, of descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fchmod", name) { fchmod(descriptor.number, mode) }
  }

  /// Changes the owner, the group or both of a file.
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

  /// Takes the lock of an open file for this process alone, or says that somebody has it.
  func tryLock(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) -> Bool {
    do {
      try call("flock", name) { flock(descriptor.number, LOCK_EX | LOCK_NB) }
      return true
    } catch  where error.errno == .wouldBlock {
      return false
    }
  }

  /// Whether somebody has the lock of an open file for itself alone.
  func isLocked(_ descriptor: borrowing Descriptor) -> Bool {
    guard flock(descriptor.number, LOCK_SH | LOCK_NB) == 0 else {
      return Errno(rawValue: errno) == .wouldBlock
    }
    flock(descriptor.number, LOCK_UN)
    return false
  }

  /// Gives a lock back, and those of all bytes. Closing alone would leave it with a child process forked at that moment.
  func unlock(_ descriptor: borrowing Descriptor) {
    flock(descriptor.number, LOCK_UN)
    clinux_unlock_bytes(descriptor.number, 0, 0)
  }

  /// Makes a call, again when a signal interrupted it.
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
