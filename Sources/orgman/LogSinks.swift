import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// A file to which each record is appended with a single write, so that records of several processes don't mix.
final class LogFile: LogSink {
  private struct State {
    var descriptor: Int32
    /// Whether the last line was truncated, for example because the disk was full.
    var isCut = false
  }

  private let path: String
  private let state: Mutex<State>

  /// - Throws: `system` if it can't be opened, or isn't a regular file, but a terminal, pipe, or symbolic link.
  init(path: String) throws(OrgError) {
    self.path = path
    let descriptor = Self.open(path)
    guard descriptor >= 0 else {
      let number = errno
      let reason =
        switch number {
        case EINVAL, ENXIO: "it is no plain file"
        case ELOOP: "it is a symbolic link"
        default: String(cString: strerror(number))
        }
      throw OrgError(
        .system, "The log file \(path.quoted) can't be opened: \(reason).", errno: Errno(rawValue: number))
    }
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { close(state.withLock { $0.descriptor }) }

  private static func open(_ path: String) -> Int32 {
    // A pipe without a reader must not block the program.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    let descriptor = Glibc.open(path, flags, 0o600)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return -1 }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      errno = EINVAL
      return -1
    }
    return descriptor
  }

  func write(_ record: LogRecord) {
    state.withLock { state in
      reopenIfMoved(&state)
      let line = Array(((state.isCut ? "\n" : "") + record.line).utf8)
      var count = Glibc.write(state.descriptor, line, line.count)
      while count < 0, errno == EINTR { count = Glibc.write(state.descriptor, line, line.count) }
      // What can't be written is lost: the program is more important than its log.
      if count > 0 { state.isCut = count < line.count }
    }
  }

  /// The file may have been moved, for example by log rotation, or removed.
  private func reopenIfMoved(_ state: inout State) {
    var open = stat()
    var there = stat()
    guard fstat(state.descriptor, &open) == 0 else { return }
    if lstat(path, &there) == 0, there.st_ino == open.st_ino, there.st_dev == open.st_dev { return }
    let descriptor = Self.open(path)
    guard descriptor >= 0 else { return }
    close(state.descriptor)
    state = State(descriptor: descriptor)
  }
}

/// The systemd journal, accessed with its native protocol: one datagram per record.
final class SystemJournal: LogSink {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `system` if there is no systemd journal.
  init(path: String = "/run/systemd/journal/socket") throws(OrgError) {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | UInt32(O_CLOEXEC | O_NONBLOCK)), 0)
    guard descriptor >= 0, access(path, F_OK) == 0 else {
      let number = errno
      if descriptor >= 0 { close(descriptor) }
      throw OrgError(
        .system, "There is no journal of systemd here; name a file to log to with --log-file.",
        errno: Errno(rawValue: number))
    }
  }

  deinit { close(descriptor) }

  func write(_ record: LogRecord) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let datagram = record.datagram
    // Use the path each time, because the journal may have been restarted.
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
          $0,
          socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
