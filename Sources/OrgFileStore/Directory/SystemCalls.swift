import CLinux
import Glibc
import SystemPackage

/// Every system call that the store makes on the data goes through here.
struct SystemCalls: Sendable {
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

  /// Reads a file from its start to its end; `size` is how long it is thought to be.
  func readAll(
    _ descriptor: borrowing Descriptor, _ name: String, size: Int
  ) throws(SystemCallError) -> [UInt8] {
    var failure: SystemCallError?
    let number = descriptor.number
    // One byte more tells whether the file grew meanwhile.
    var bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      do throws(SystemCallError) {
        count = try fill(UnsafeMutableRawBufferPointer(buffer), from: number, at: 0, name)
      } catch {
        failure = error
      }
    }
    while failure == nil, bytes.count > size, bytes.count % (1 << 20) == (size + 1) % (1 << 20) {
      let offset = bytes.count
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        do throws(SystemCallError) {
          count = try fill(UnsafeMutableRawBufferPointer(buffer), from: number, at: offset, name)
        } catch {
          failure = error
        }
      }
      guard !chunk.isEmpty else { break }
      bytes += chunk
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads until the buffer is full or the file ends.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, _ name: String
  ) throws(SystemCallError) -> Int {
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let got = try call("read", name) {
        pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
      }
      if got == 0 { break }
      count += got
    }
    return count
  }

  func write(_ bytes: [UInt8], to descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    var count = 0
    let number = descriptor.number
    while count < bytes.count {
      count += try call("write", name) {
        bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress.map { $0 + count }, $0.count - count) }
      }
    }
  }

  func truncate(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("ftruncate", name) { ftruncate(descriptor.number, 0) }
  }

  func sync(_ descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fsync", name) { fsync(descriptor.number) }
  }

  func setMode(_ mode: mode_t, of descriptor: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    try call("fchmod", name) { fchmod(descriptor.number, mode) }
  }

  func setOwner(
    _ user: uid_t, _ group: gid_t, of descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    try call("fchown", name) { fchown(descriptor.number, user, group) }
  }

  /// Gives a file the owner, group, mode and extended attributes of another.
  func copyMetadata(
    from source: borrowing Descriptor, to target: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    try call("fchown", name) { clinux_copy_metadata(source.number, target.number) }
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

  /// Whether nothing keeps this process from adding and replacing files of a directory.
  func canWrite(in directory: borrowing Descriptor) -> Bool {
    faccessat(directory.number, ".", W_OK | X_OK, AT_EACCESS) == 0
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

  /// Gives a lock back. Closing alone would leave it with a child process forked at that moment.
  func unlock(_ descriptor: borrowing Descriptor) {
    flock(descriptor.number, LOCK_UN)
  }

  /// Makes a call, again when a signal interrupted it.
  @discardableResult
  private func call<Result: SignedInteger>(
    _ name: StaticString, _ subject: String, _ body: () -> Result
  ) throws(SystemCallError) -> Result {
    while true {
      let result = body()
      if result >= 0 { return result }
      let number = Errno(rawValue: errno)
      if number != .interrupted { throw SystemCallError(call: name, subject: subject, errno: number) }
    }
  }
}

/// A system call that failed.
struct SystemCallError: Error {
  let call: StaticString
  /// The file that it was about.
  let subject: String
  let errno: Errno
}

/// An open file, closed when it goes out of use.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit { close(number) }
}

/// The name of a user, or the number where nobody has it.
func userName(_ id: uid_t) -> String {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
    guard let space = buffer.baseAddress, getpwuid_r(id, &entry, space, buffer.count, &found) == 0,
      found != nil
    else {
      return String(id)
    }
    return String(cString: entry.pw_name)
  }
}
