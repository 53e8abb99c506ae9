import CLinux
import Glibc

/// Delivers signals as events on a descriptor: SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, and SIGCONT. SIGTSTP keeps
/// its default action, and SIGPIPE is ignored.
struct SignalSource: ~Copyable {
  /// Readable when a signal has arrived; nonblocking.
  let descriptor: Int32

  /// Blocks the signals in this thread and those that it starts later, so it must be called before any
  /// other thread is started.
  init() throws(TerminalError) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
    descriptor = signalfd(-1, &signals, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
    if descriptor < 0 { throw .descriptor("signals") }
  }

  deinit { close(descriptor) }

  /// The signals that arrived since the last call, possibly none.
  func read() -> [Int32] {
    var result: [Int32] = []
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while Glibc.read(descriptor, &info, size) == size { result.append(Int32(info.ssi_signo)) }
    return result
  }
}

/// A descriptor that any thread can use to wake up the thread that polls it.
final class WakeUp: Sendable {
  /// Readable after `wake` until `clear`; nonblocking.
  let descriptor: Int32

  /// Creates a descriptor that isn't readable yet.
  init() throws(TerminalError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    if descriptor < 0 { throw .descriptor("wake-ups") }
  }

  deinit { close(descriptor) }

  /// Makes the descriptor readable. A failure doesn't matter: if the counter is full, the
  /// descriptor is already readable.
  func wake() {
    eventfd_write(descriptor, 1)
  }

  /// Makes it unreadable until the next `wake`. Call this before checking what the wake-up was for.
  func clear() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}

extension TerminalError {
  /// The only reason why the kernel refuses to create such a descriptor.
  fileprivate static func descriptor(_ purpose: String) -> TerminalError {
    TerminalError(message: "There is no descriptor left for \(purpose); raise the limit with ulimit -n.")
  }
}
