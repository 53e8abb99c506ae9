import CVTerm
import Glibc

/// Why a test's program, terminal or wait failed, with what the screen showed where there is one.
public struct TerminalFailure: Error, CustomStringConvertible {
  /// The sentence to print.
  public let description: String

  init(_ description: String) { self.description = description }

  /// A failed system call.
  init(_ call: String, code: Int32) { self.init("\(call): \(String(cString: strerror(code)))") }
}

/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
  case exited(Int32)
  case signalled(Int32)
}

/// An environment in which programs behave the same everywhere: UTF-8, UTC, and nobody's home.
public let plainEnvironment = [
  "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC",
  "HOME": "/nonexistent",
]

/// Passes on what a system call returned, unless that is a failure.
@discardableResult
package func check(_ result: Int32, _ call: String) throws -> Int32 {
  guard result >= 0 else { throw TerminalFailure(call, code: errno) }
  return result
}

/// A descriptor that closes itself; to be opened with close-on-exec.
package final class Descriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  package func stopBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

  /// Hands over what can be read without waiting; false once there will never be more, as where no program
  /// has the terminal open any longer.
  package func readAll(_ take: ([UInt8]) -> Void) -> Bool {
    // Bounded, so that a program that never stops writing does not outlast the deadlines.
    for _ in 0..<1_000 {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) {
        count = read(number, $0.baseAddress, $0.count)
        $1 = max(0, count)
      }
      if count > 0 {
        take(bytes)
      } else if count == 0 || errno != EINTR {
        return count < 0 && errno == EAGAIN
      }
    }
    return true
  }

  /// Writes what fits now and takes it off `bytes`; false where nobody will ever read it.
  func write(_ bytes: inout ArraySlice<UInt8>) -> Bool {
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { cvterm_write(number, $0.baseAddress, $0.count) }
      if count >= 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return errno == EAGAIN }
    }
    return true
  }
}

/// A child process, killed and reaped when nobody holds it any more.
package final class ChildProcess {
  package let id: pid_t
  /// Readable once the process has ended.
  package let ended: Descriptor
  private var known: ExitStatus?

  /// Starts a program with default signals and with the descriptors that `descriptors` opens below 3, no others.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String], workingDirectory: String?,
    inNewSession: Bool, descriptors: (inout posix_spawn_file_actions_t) -> Void
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    descriptors(&actions)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    if let workingDirectory { posix_spawn_file_actions_addchdir_np(&actions, workingDirectory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, inNewSession ? flags | cvterm_spawn_setsid : flags)

    var argv = ([executable] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var id: pid_t = 0
    let code = startingProcess {
      posix_spawn(&id, executable, &actions, &attributes, &argv, &envp)
    }
    guard code == 0 else { throw TerminalFailure("Starting \(executable)", code: code) }
    self.id = id
    do {
      ended = Descriptor(try check(cvterm_pidfd_open(id), "pidfd_open"))
    } catch {
      kill(id, SIGKILL)
      waitpid(id, nil, 0)
      throw error
    }
  }

  deinit {
    guard known == nil else { return }
    kill(id, SIGKILL)
    while waitpid(id, nil, 0) < 0 && errno == EINTR {}
  }

  /// How the process ended, nil while it runs.
  package var status: ExitStatus? {
    var status: Int32 = 0
    if known == nil, waitpid(id, &status, WNOHANG) == id {
      known = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }
    return known
  }

  package func signal(_ number: Int32) {
    if status == nil { kill(id, number) }
  }
}

/// A pipe whose ends no program inherits.
package func makePipe() throws -> (read: Descriptor, write: Descriptor) {
  var ends: [Int32] = [-1, -1]
  try check(pipe2(&ends, O_CLOEXEC), "pipe2")
  return (Descriptor(ends[0]), Descriptor(ends[1]))
}

/// The next connection that waits to be accepted, which no program inherits; nil where none waits.
package func acceptConnection(on listener: Descriptor) -> Descriptor? {
  let number = accept4(listener.number, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
  return number >= 0 ? Descriptor(number) : nil
}

/// Waits until a descriptor is ready for its events, ended or in error; false once the deadline has passed.
package func wait(for events: [(Descriptor, Int32)], until deadline: ContinuousClock.Instant) -> Bool {
  var polled = events.map { pollfd(fd: $0.0.number, events: Int16($0.1), revents: 0) }
  while true {
    let left = max(.zero, ContinuousClock.now.duration(to: deadline))
    // Rounded up, so that the last wait does not spin.
    let milliseconds = min(left / .milliseconds(1) + 1, 1e9)
    let count = poll(&polled, nfds_t(polled.count), left == .zero ? 0 : Int32(milliseconds))
    if count > 0 { return true }
    if ContinuousClock.now >= deadline { return false }
  }
}
