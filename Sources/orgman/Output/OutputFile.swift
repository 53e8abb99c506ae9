import Glibc
import OrgCore
import SystemPackage

/// Output files named by the user. Only the user can read them, and existing files are never overwritten.
enum OutputFile {
  /// Writes a file durably.
  ///
  /// - Throws: `system` if it already exists or can't be written.
  static func write(_ bytes: [UInt8], to path: String) throws(OrgError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path, "can't be written", errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let number = errno
        close(descriptor)
        unlink(path)
        throw failure(path, "can't be written", number)
      }
      written += count
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0 else {
      let number = errno
      unlink(path)
      throw failure(path, "can't be saved", number)
    }
  }

  /// Has a file written piece by piece, durably. It is removed again if that fails.
  ///
  /// - Throws: `system` if it already exists or can't be written; any error of the body.
  static func write(to path: String, _ body: (StandardOutput) throws -> Void) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path, "can't be written", errno) }
    do {
      try body(StandardOutput(descriptor: descriptor, name: path.escapedForDisplay))
      guard fsync(descriptor) == 0, close(descriptor) == 0 else {
        throw failure(path, "can't be saved", errno)
      }
    } catch {
      unlink(path)
      throw error
    }
  }

  static func failure(_ path: String, _ what: String, _ number: Int32) -> OrgError {
    OrgError(Errno(rawValue: number), "\(path.escapedForDisplay) \(what)")
  }
}
