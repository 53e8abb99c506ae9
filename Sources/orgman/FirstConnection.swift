#if PostgreSQL
  import ArgumentParser
  import CLinux
  import Glibc
  import OrgCore

  /// Lets a person leave while a server takes its time to answer: before there is a screen, nothing else reads keys.
  enum FirstConnection {
    /// How long people don't notice that they wait, in milliseconds.
    private static let patience: Int32 = 300
    /// How a key or a signal ends it.
    private static let leaving = Set("qQ".utf8)
    private static let interrupt = UInt8(3)

    /// Waits for the body, which another thread runs. If that takes long, says so, and leaves at `q`, Control-C, and signals.
    ///
    /// - Throws: what the body throws; the exit status of who leaves.
    static func wait<Value: Sendable>(
      for name: String, _ body: @escaping @Sendable () throws(OrgError) -> Value
    ) throws -> Value {
      var signals = sigset_t()
      sigemptyset(&signals)
      for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] { sigaddset(&signals, signal) }
      let done = eventfd(0, Int32(EFD_CLOEXEC))
      guard done >= 0 else { return try body() }
      let task = BackgroundTask {
        let result = Result(catching: body)
        eventfd_write(done, 1)
        return result
      }
      var wait = pollfd(fd: done, events: Int16(POLLIN), revents: 0)
      if poll(&wait, 1, patience) == 0 {
        var former = sigset_t()
        pthread_sigmask(SIG_BLOCK, &signals, &former)
        let signalled = signalfd(-1, &signals, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        let end = listen(name, done, signalled)
        close(signalled)
        pthread_sigmask(SIG_SETMASK, &former, nil)
        // The thread may go on for as long as the process does, so its descriptor stays open.
        if let end { throw ExitCode(end) }
      }
      close(done)
      return try task.value.get()
    }

    /// Waits with the terminal giving each key at once; the exit status of who leaves, `nil` when it is done.
    private static func listen(_ name: String, _ done: Int32, _ signalled: Int32) -> Int32? {
      var former = termios()
      guard tcgetattr(STDIN_FILENO, &former) == 0 else { return nil }
      var raw = former
      raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
      tcsetattr(STDIN_FILENO, TCSANOW, &raw)
      let text = "Connecting to \(name.escapedForDisplay); q leaves."
      FileHandle.standardError(text)
      defer {
        tcsetattr(STDIN_FILENO, TCSANOW, &former)
        FileHandle.standardError("\r\(String(repeating: " ", count: text.count))\r")
      }
      while true {
        var waits = [done, signalled, STDIN_FILENO].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&waits, 3, -1) > 0 else { continue }
        if waits[0].revents != 0 { return nil }
        if waits[1].revents != 0 {
          var info = signalfd_siginfo()
          let size = MemoryLayout<signalfd_siginfo>.size
          if read(signalled, &info, size) == size { return 128 + Int32(info.ssi_signo) }
        }
        if waits[2].revents != 0 {
          var bytes = [UInt8](repeating: 0, count: 64)
          let count = read(STDIN_FILENO, &bytes, bytes.count)
          if count <= 0 { return 128 + SIGHUP }
          if bytes.prefix(count).contains(interrupt) { return 128 + SIGINT }
          if bytes.prefix(count).contains(where: leaving.contains) { return 0 }
        }
      }
    }
  }
#endif
