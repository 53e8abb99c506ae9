import CLinux
import Glibc

/// The signals that the program answers as readable events on one descriptor: SIGWINCH, SIGTERM, SIGHUP,
/// SIGINT, SIGQUIT and SIGCONT. SIGTSTP stays as it is, and SIGPIPE is ignored.
struct SignalSource: ~Copyable {
  /// Readable when a signal has come; doesn't block.
  let descriptor: Int32

  /// Blocks the signals in this thread and those that it starts later, so it must come before any other.
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

  /// The signals that came since the last time, maybe none.
  func read() -> [Int32] {
    var result: [Int32] = []
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while Glibc.read(descriptor, &info, size) == size { result.append(Int32(info.ssi_signo)) }
    return result
  }
}

/// A descriptor by which any thread ends the wait of the one that polls it.
final class WakeUp: Sendable {
  /// Readable from `wake` to `clear`; doesn't block.
  let descriptor: Int32

  /// A descriptor that isn't readable yet.
  init() throws(TerminalError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    if descriptor < 0 { throw .descriptor("wake-ups") }
  }

  deinit { close(descriptor) }

  /// Makes the descriptor readable. Can't fail in a way that matters: a full counter is readable too.
  func wake() {
    eventfd_write(descriptor, 1)
  }

  /// Makes it unreadable until the next `wake`; call it before looking for what the wake-up was about.
  func clear() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}

extension TerminalError {
  /// The one reason for which the kernel refuses such a descriptor.
  fileprivate static func descriptor(_ purpose: String) -> TerminalError {
    TerminalError(message: "There is no descriptor left for \(purpose); raise the limit with ulimit -n.")
  }
}
