import Glibc
import OrgCore
import SystemPackage

/// Input files named by the user. Only regular files are accepted: a named pipe may block forever,
/// and a device may never end.
enum InputFile {
  /// The kind of a readable file.
  enum Kind {
    /// A regular file and its size in bytes.
    case plain(size: Int)
    /// Output of another program, or a terminal.
    case stream
  }

  /// Opens a file by its path without blocking.
  ///
  /// - Throws: `dataNotFound` if it doesn't exist, `system` if it can't be opened.
  static func open(_ path: String) throws(OrgError) -> Int32 {
    let descriptor =
      given(path).map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
      ?? Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      let error = Errno(rawValue: errno)
      throw OrgError(
        error, "\(path.escapedForDisplay) can't be read",
        code: error == .noSuchFileOrDirectory ? .dataNotFound : .system)
    }
    return descriptor
  }

  /// The descriptor that a path refers to, as with process substitution in a shell; `nil` for other paths.
  static func given(_ path: String) -> Int32? {
    if path == "/dev/stdin" { return STDIN_FILENO }
    for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
      return Int32(path.dropFirst(prefix.count))
    }
    return nil
  }

  /// The kind of an open file.
  ///
  /// - Parameters:
  ///   - name: how to refer to it in messages.
  ///   - isGiven: whether the descriptor was inherited, so that a pipe is intended.
  /// - Throws: `invalidValue` if it must not be read.
  static func kind(of descriptor: Int32, _ name: String, isGiven: Bool) throws(OrgError) -> Kind {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw OrgError(Errno(rawValue: errno), "\(name) can't be read")
    }
    // /dev/null, the only device that is acceptable because it ends at once.
    let null: dev_t = 0x103
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .plain(size: Int(status.st_size))
    case S_IFIFO where isGiven, S_IFSOCK where isGiven: return .stream
    case S_IFCHR where isGiven && (isatty(descriptor) == 1 || status.st_rdev == null): return .stream
    case S_IFIFO:
      throw OrgError(
        .invalidValue, "\(name) is a named pipe, which may never end; pass it on to standard input instead.")
    case S_IFDIR: throw OrgError(.invalidValue, "\(name) is a directory; name a file.")
    default: throw OrgError(.invalidValue, "\(name) is a device; name a file.")
    }
  }
}
