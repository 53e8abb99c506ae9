import Glibc
import OrgCore
import SystemPackage

/// Files that somebody names to be read. Only plain ones are: a named pipe may never say anything, and a device never
/// end.
enum InputFile {
  /// What can be read.
  enum Kind {
    /// A file with so many bytes.
    case plain(size: Int)
    /// What comes from another program, or from a terminal.
    case stream
  }

  /// Opens a file by its path, without waiting for anything.
  ///
  /// - Throws: `dataNotFound` if there is none, `system` if it can't be opened.
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

  /// The descriptor that a path means, as a shell passes a pipe on; `nil` for any other.
  static func given(_ path: String) -> Int32? {
    if path == "/dev/stdin" { return STDIN_FILENO }
    for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
      return Int32(path.dropFirst(prefix.count))
    }
    return nil
  }

  /// What an open file is.
  ///
  /// - Parameters:
  ///   - name: what to call it in a sentence.
  ///   - isGiven: whether whoever started the program opened it, so that a pipe is meant.
  /// - Throws: `invalidValue` where it isn't to be read.
  static func kind(of descriptor: Int32, _ name: String, isGiven: Bool) throws(OrgError) -> Kind {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw OrgError(Errno(rawValue: errno), "\(name) can't be read")
    }
    // The one device that is at its end at once.
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
