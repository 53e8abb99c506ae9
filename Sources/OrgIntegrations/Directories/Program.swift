import FoundationEssentials
import Glibc
import OrgCore
import Synchronization
import SystemPackage

/// A program that is run without a shell, with limits on its time and its output. It is ended with all that it started.
struct Program {
  /// What messages call it.
  let title: String
  /// The program's path, and its arguments.
  let command: [String]
  /// Its environment, as `NAME=value`.
  let environment: [String]
  /// The longest time.
  let timeLimit: Duration
  /// The largest output in bytes.
  let outputLimit: Int

  /// What it left behind.
  struct Outcome {
    /// Its exit status; `nil` if a signal ended it.
    let status: Int?
    let output: [UInt8]
    /// The first line of what it said to standard error.
    let complaint: String
  }

  /// The variables that are passed on: none that may have a secret of ours.
  static var passedEnvironment: [String] {
    ProcessInfo.processInfo.environment.filter { name, _ in
      !name.hasPrefix("ORGMAN_") && name != "CREDENTIALS_DIRECTORY" && name != "PGPASSWORD"
    }.map { "\($0)=\($1)" }
  }

  /// Runs it with text on standard input.
  ///
  /// - Throws: `system` if it can't be run, takes too long, or writes too much.
  func run(input: [UInt8] = []) throws(OrgError) -> Outcome {
    // A program that doesn't read its input must not end this one.
    let pipeSignal = PipeSignal()
    defer { pipeSignal.release() }
    var run = try Run(self)
    defer { run.close() }
    return try run.finish(self, input)
  }

  private var lateness: OrgError { failure("didn't finish in \(timeLimit.components.seconds) s") }

  private func failure(_ reason: String) -> OrgError { OrgError(.system, "\(title) \(reason).") }

  /// The groups that run. They end with this program, too, which doesn't wait for them.
  private static let running = Mutex<Set<pid_t>>([])
  private static let endsWithUs: Void = {
    atexit { for group in Program.running.withLock({ $0 }) { kill(-group, SIGKILL) } }
  }()

  /// The signal for writing to who doesn't read, held back on this thread.
  private struct PipeSignal {
    private var before = sigset_t()
    private var wasPending = false

    init() {
      var pending = sigset_t()
      sigpending(&pending)
      wasPending = sigismember(&pending, SIGPIPE) == 1
      var held = Self.signal
      pthread_sigmask(SIG_BLOCK, &held, &before)
    }

    private static var signal: sigset_t {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      return signals
    }

    func release() {
      var signals = Self.signal
      var (none, before) = (timespec(), before)
      if !wasPending { while sigtimedwait(&signals, nil, &none) < 0, errno == EINTR {} }
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
  }

  /// A program that runs.
  private struct Run {
    private var id: pid_t = 0
    /// Our ends of its standard input, output and error; -1 once closed.
    private var (input, output, error): (Int32, Int32, Int32) = (-1, -1, -1)

    init(_ program: Program) throws(OrgError) {
      var ends: [[Int32]] = []
      defer { for end in ends { Glibc.close(end[0]) } }
      // Each pair has the program's end first.
      for isInput in [true, false, false] {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else {
          for end in ends { Glibc.close(end[1]) }
          throw OrgError(Errno(rawValue: errno), "\(program.title) can't be run")
        }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (theirs, ours) = isInput ? (pair[0], pair[1]) : (pair[1], pair[0])
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        ends.append([theirs, ours])
      }
      (input, output, error) = (ends[0][1], ends[1][1], ends[2][1])
      let code = Self.spawn(program, ends.map { $0[0] }, &id)
      guard code == 0 else {
        for end in ends { Glibc.close(end[1]) }
        throw OrgError(Errno(rawValue: code), "\(program.title) can't be run")
      }
      _ = Program.endsWithUs
      Program.running.withLock { [id] in _ = $0.insert(id) }
    }

    private static func spawn(_ program: Program, _ ends: [Int32], _ id: inout pid_t) -> Int32 {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      for (number, end) in ends.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
      }
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var signals = sigset_t()
      sigfillset(&signals)
      posix_spawnattr_setsigdefault(&attributes, &signals)
      sigemptyset(&signals)
      posix_spawnattr_setsigmask(&attributes, &signals)
      // Away from the terminal, and in a group that can be ended as a whole.
      let inNewSession: Int16 = 0x80
      posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | inNewSession)
      var arguments: [UnsafeMutablePointer<CChar>?] = program.command.map { strdup($0) } + [nil]
      var environment: [UnsafeMutablePointer<CChar>?] = program.environment.map { strdup($0) } + [nil]
      defer { for pointer in arguments + environment { free(pointer) } }
      return posix_spawn(&id, program.command[0], &actions, &attributes, &arguments, &environment)
    }

    /// Writes the input, reads the output, and waits for the end.
    mutating func finish(_ program: Program, _ text: [UInt8]) throws(OrgError) -> Outcome {
      let deadline = ContinuousClock.now + program.timeLimit
      var unsent = text[...]
      var (written, complaint): ([UInt8], [UInt8]) = ([], [])
      var hasEnded = false
      if unsent.isEmpty { Self.close(&input) }
      while output >= 0 || error >= 0 {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { throw program.lateness }
        var waits = [
          pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
          pollfd(fd: output, events: Int16(POLLIN), revents: 0),
          pollfd(fd: error, events: Int16(POLLIN), revents: 0),
        ]
        // What it started may keep its output open after its end.
        let count = poll(&waits, 3, hasEnded ? 0 : Int32(min(left.milliseconds + 1, 50)))
        if waits[0].revents != 0 { send(&unsent) }
        if waits[1].revents != 0 { Self.read(&output, into: &written, limit: program.outputLimit) }
        if waits[2].revents != 0 { Self.read(&error, into: &complaint, limit: 4096) }
        guard written.count <= program.outputLimit else {
          throw program.failure("writes more than \(program.outputLimit >> 20) MiB")
        }
        if count == 0, hasEnded { break }
        if count == 0 { hasEnded = self.hasEnded }
      }
      while !hasEnded {
        guard ContinuousClock.now < deadline else {
          throw program.lateness
        }
        hasEnded = self.hasEnded
        if !hasEnded { usleep(2000) }
      }
      return Outcome(
        status: end(), output: written,
        complaint: String(
          decoding: complaint.prefix { $0 != UInt8(ascii: "\n") }.prefix(200), as: UTF8.self))
    }

    private mutating func send(_ unsent: inout ArraySlice<UInt8>) {
      let count = unsent.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count > 0 { unsent = unsent.dropFirst(count) }
      // Who doesn't read all of it may know enough.
      let isLost = count < 0 && errno != EAGAIN && errno != EINTR
      if unsent.isEmpty || isLost { Self.close(&input) }
    }

    private static func read(_ end: inout Int32, into bytes: inout [UInt8], limit: Int) {
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      let count = Glibc.read(end, &piece, piece.count)
      if count > 0 {
        // One byte more says that it is too much.
        bytes += piece[..<min(count, max(0, limit + 1 - bytes.count))]
      } else if count == 0 || errno != EAGAIN && errno != EINTR {
        close(&end)
      }
    }

    private static func close(_ end: inout Int32) {
      if end >= 0 { Glibc.close(end) }
      end = -1
    }

    /// Whether it has ended. Its id stays its own until `end()`.
    private var hasEnded: Bool {
      var info = siginfo_t()
      return waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_signo != 0
    }

    /// Ends what still runs of it, and returns its exit status.
    private mutating func end() -> Int? {
      guard id > 0 else { return nil }
      // After it has been waited for, its id may be another's.
      Program.running.withLock { [id] in _ = $0.remove(id) }
      kill(-id, SIGKILL)
      kill(id, SIGKILL)
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
      id = 0
      return status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : nil
    }

    mutating func close() {
      _ = end()
      Self.close(&input)
      Self.close(&output)
      Self.close(&error)
    }
  }
}
