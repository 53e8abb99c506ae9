import Glibc

/// The output of a program, and when each piece of it had been read.
struct Output {
  private(set) var bytes: [UInt8] = []
  private(set) var pieces: [(end: Int, time: Int64)] = []

  fileprivate mutating func append(_ new: ArraySlice<UInt8>, at time: Int64) {
    bytes += new
    pieces.append((bytes.count, time))
  }

  /// The time when the last byte had been read.
  var end: Int64 { pieces.last?.time ?? 0 }

  /// The time when a text had been read, along with anything after it that followed within `pause` milliseconds.
  func time(of text: String, pause: Int64) -> Int64? {
    guard let range = bytes.firstRange(of: Array(text.utf8)),
      var index = pieces.firstIndex(where: { $0.end >= range.upperBound })
    else { return nil }
    while index + 1 < pieces.count, pieces[index + 1].time - pieces[index].time < pause * 1_000_000 {
      index += 1
    }
    return pieces[index].time
  }

  func contains(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }
}

/// Runs orgman in a pseudo-terminal, and reads its output as it arrives, with timestamps.
final class Terminal {
  let process: Process
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 65_536)
  /// TIOCSPTLCK and TIOCGPTN, which are macros that Swift can't import.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  /// Starts a program, given by its path.
  init(_ arguments: [String], columns: UInt16 = 120, rows: UInt16 = 32) throws(BenchFailure) {
    // The equivalent of posix_openpt, grantpt, and ptsname, which are missing in Swift's Glibc.
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchFailure("open /dev/ptmx", errno: errno) }
    do throws(BenchFailure) {
      var lock: Int32 = 0
      var number: UInt32 = 0
      guard ioctl(descriptor, Self.setLock, &lock) == 0, ioctl(descriptor, Self.getNumber, &number) == 0
      else { throw BenchFailure("Opening a pseudo-terminal", errno: errno) }
      let path = "/dev/pts/\(number)"
      var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      guard ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0 else {
        throw BenchFailure("Setting the size of a pseudo-terminal", errno: errno)
      }
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
      let environment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC",
        "HOME": "/nonexistent",
      ]
      process = try Process(arguments, environment: environment, inNewSession: true) {
        // The first terminal that a session leader opens becomes its controlling terminal.
        posix_spawn_file_actions_addopen(&$0, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&$0, 0, 1)
        posix_spawn_file_actions_adddup2(&$0, 0, 2)
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Types a text and returns the time just before the first byte was written.
  @discardableResult
  func type(_ text: String) throws(BenchFailure) -> Int64 {
    let bytes = Array(text.utf8)
    let start = now()
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw BenchFailure("Typing into the terminal", errno: errno)
    }
    return start
  }

  /// Reads until the output is sufficient and nothing more arrives for `quiet` milliseconds.
  ///
  /// Throws if that doesn't happen in time, or the program ends: what can't be seen isn't measured.
  func read(
    until what: String, quiet: Int64, seconds: Int64 = 60,
    _ isEnough: (Output) -> Bool = { !$0.bytes.isEmpty }
  ) throws(BenchFailure) -> Output {
    var output = Output()
    var hasEnough = isEnough(output)
    let deadline = now() + seconds * 1_000_000_000
    var silence = now()
    while now() < deadline {
      let limit = hasEnough ? min(deadline, silence + quiet * 1_000_000) : deadline
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let left = max(0, limit - now())
      guard poll(&wait, 1, Int32((left + 999_999) / 1_000_000)) > 0 else {
        if hasEnough, now() >= silence + quiet * 1_000_000 { return output }
        continue
      }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      let time = now()
      if count > 0 {
        output.append(buffer[..<count], at: time)
        silence = time
        if !hasEnough { hasEnough = isEnough(output) }
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        throw BenchFailure("orgman ended while \(what) was waited for")
      }
    }
    throw BenchFailure("\(what) didn't come within \(seconds) s")
  }

  /// Reads whatever arrives for the given number of milliseconds.
  @discardableResult
  func rest(milliseconds: Int64) throws(BenchFailure) -> Output {
    var output = Output()
    let end = now() + milliseconds * 1_000_000
    while true {
      let left = end - now()
      guard left > 0 else { return output }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Int32((left + 999_999) / 1_000_000)) > 0 else { continue }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        output.append(buffer[..<count], at: now())
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        throw BenchFailure("orgman ended by itself")
      }
    }
  }
}
