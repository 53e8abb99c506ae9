import Glibc

/// A program started by the benchmark. It is killed and reaped when the last reference is gone.
final class Process {
  let id: pid_t
  /// The time just before it was started.
  let start: Int64
  private var hasEnded = false

  /// Starts a program, given by its path or found on the PATH.
  ///
  /// - Parameters:
  ///   - environment: the complete environment; `nil` to inherit that of the benchmark.
  ///   - inNewSession: whether it becomes a session leader, as under `sshd`.
  ///   - descriptors: opens its descriptors; all descriptors of the benchmark are close-on-exec.
  init(
    _ arguments: [String], environment: [String: String]? = nil, inNewSession: Bool = false,
    descriptors: (inout posix_spawn_file_actions_t) -> Void
  ) throws(BenchFailure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    descriptors(&actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // POSIX_SPAWN_SETSID, which is missing in Swift's Glibc.
    if inNewSession { posix_spawnattr_setflags(&attributes, 0x80) }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = (environment ?? [:]).map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var id: pid_t = 0
    start = now()
    let code =
      environment == nil
      ? posix_spawnp(&id, arguments[0], &actions, &attributes, &argv, environ)
      : posix_spawn(&id, arguments[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw BenchFailure("Starting \(arguments[0])", errno: code) }
    self.id = id
  }

  deinit {
    guard !hasEnded else { return }
    kill(id, SIGKILL)
    waitpid(id, nil, 0)
  }

  /// Waits for the program to end. Returns whether it succeeded.
  func wait() -> Bool {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    hasEnded = true
    return status == 0
  }

  /// Waits for the program to end. Returns whether it succeeded, and the peak of its resident memory in bytes.
  func waitForPeak() -> (status: Int32, peak: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(id, &status, 0, &usage) < 0 && errno == EINTR {}
    hasEnded = true
    return (status, usage.ru_maxrss * 1024)
  }

  /// A memory size of the process in bytes, from a line of `/proc/PID/status` such as `VmRSS`.
  func memory(_ name: String) throws(BenchFailure) -> Int {
    let status = try contents(of: "/proc/\(id)/status")
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix(name + ":") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, let kilobytes = Int(words[1]) { return kilobytes * 1024 }
    }
    throw BenchFailure("/proc/\(id)/status has no \(name).")
  }

  /// Whether the Swift runtime is statically linked, as it is on a server.
  var isStatic: Bool {
    get throws(BenchFailure) {
      !String(decoding: try contents(of: "/proc/\(id)/maps"), as: UTF8.self).contains("/libswiftCore")
    }
  }

  /// How often each thread has been scheduled so far.
  ///
  /// From `schedstat`: a thread that nothing wakes isn't scheduled.
  func timesRun() throws(BenchFailure) -> [String: Int] {
    guard let directory = opendir("/proc/\(id)/task") else {
      throw BenchFailure("open /proc/\(id)/task", errno: errno)
    }
    defer { closedir(directory) }
    var counts: [String: Int] = [:]
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // A thread may end in the meantime.
      guard Int(name) != nil, let text = try? contents(of: "/proc/\(id)/task/\(name)/schedstat") else {
        continue
      }
      let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if words.count == 3 { counts[name] = Int(words[2]) }
    }
    return counts
  }

  /// The name of a thread, or its number if it has ended.
  func name(ofThread thread: String) -> String {
    let name = (try? contents(of: "/proc/\(id)/task/\(thread)/comm")).map {
      String(decoding: $0, as: UTF8.self)
    }
    return name?.split(separator: "\n").first.map(String.init) ?? thread
  }
}

/// Runs a program without input, discards its output, and returns how many milliseconds it took.
func run(_ arguments: [String], input: String = "/dev/null") throws(BenchFailure) -> Double {
  let process = try Process(arguments) {
    posix_spawn_file_actions_addopen(&$0, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
  }
  guard process.wait() else { throw BenchFailure("\(arguments[0]) failed") }
  return Double(now() - process.start) / 1e6
}

/// The first line that a program prints; `nil` if it doesn't exist or fails.
func output(of arguments: [String], in directory: String) -> String? {
  let path = directory + "/output"
  defer { unlink(path) }
  let process = try? Process(arguments) {
    posix_spawn_file_actions_addopen(&$0, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&$0, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
  }
  guard let process, process.wait(), let bytes = try? contents(of: path) else { return nil }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
}

/// The path of a program on the PATH.
func find(_ name: String) -> String? {
  let path = getenv("PATH").map { String(cString: $0) } ?? ""
  return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}
