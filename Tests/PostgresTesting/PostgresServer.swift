import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// A PostgreSQL server of the tests' own, which listens on a socket in its own directory and nowhere else.
///
/// It is ended, and what it stored is removed, with the object or with the tests' process, however that ends.
public final class PostgresServer: Sendable {
  /// How a server is stopped: after it has ended its clients' transactions and written everything, or at once, so that
  /// it recovers at the next start.
  public enum StopMode: Sendable {
    case fast, immediate
  }

  /// A primary and the replication slot in which it keeps what a standby hasn't read yet.
  struct Upstream {
    let server: PostgresServer
    let slot: String
  }

  /// The server that the tests of a process share, started when it is first asked for. Tests may do what they like in
  /// databases of their own; one that stops it, or changes what all databases share, starts a server of its own.
  public static var shared: PostgresServer { get throws { try started.get() } }
  private static let started = Result { try start() }

  let directory: ServerDirectory
  private let process = Mutex<ChildProcess?>(nil)
  private let counter = Atomic(0)
  private let upstream: Upstream?
  /// A small disk for a part of what it stores, if it has one.
  public let disk: SmallDisk?

  /// Makes a server of a data directory, `data`, that is there already.
  init(directory: ServerDirectory, upstream: Upstream? = nil, disk: SmallDisk? = nil) throws {
    (self.directory, self.upstream, self.disk) = (directory, upstream, disk)
    try process.withLock { try launch(&$0) }
  }

  deinit {
    process.withLock {
      guard let process = $0 else { return }
      signal(SIGCONT, all: process.id)
      process.signal(SIGQUIT)
      _ = wait(for: [(process.ended, POLLIN)], until: .now + serverTimeout)
    }
    if let upstream { upstream.server.dropSlot(upstream.slot) }
  }

  /// Starts a server of a test's own, with these settings besides the usual ones.
  public static func start(settings: [String: String] = [:]) throws -> PostgresServer {
    try PostgresServer(directory: try prepare(settings))
  }

  /// Makes the data directory of a server with these settings.
  static func prepare(_ settings: [String: String]) throws -> ServerDirectory {
    let pristine = try Cluster.pristine.get()
    let directory = try ServerDirectory()
    try Installation.run("/bin/cp", ["-a", pristine.path + "/data", directory.path], in: directory)
    try Cluster.configure(directory, settings)
    return directory
  }

  /// The directory of its socket, to be given to clients as their host.
  public var host: String { directory.path }

  /// The directory of its data.
  public var dataDirectory: String { directory.path + "/data" }

  /// What it has logged.
  public var log: String {
    String(decoding: FileManager.default.contents(atPath: logPath) ?? Data(), as: UTF8.self)
  }

  private var logPath: String { directory.path + "/log" }

  /// Runs SQL in the database `postgres`, as `Database.run` does.
  @discardableResult
  public func run(_ sql: String) throws -> String { try administration.run(sql) }

  /// The database that is there from the beginning.
  var administration: Database { Database(server: self, name: "postgres") }

  /// A name that nothing on this server has yet.
  func uniqueName(_ hint: String) -> String {
    let number = counter.add(1, ordering: .relaxed).newValue
    let letters = hint.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return "\(String(letters.prefix(40)))_\(number)"
  }

  // MARK: Its processes

  /// Whether the server has been started and not suspended.
  var isRunning: Bool { process.withLock { $0.map { !isStill($0.id) } ?? false } }

  /// Stops the server.
  public func stop(_ mode: StopMode = .fast) throws {
    try process.withLock { try end(&$0, mode) }
  }

  /// Kills all processes of the server at one instant.
  public func kill() throws {
    try process.withLock {
      guard let process = $0 else { return }
      try suspend(process)
      for child in children(of: process.id) { Glibc.kill(child, SIGKILL) }
      process.signal(SIGKILL)
      try waitForEnd(of: process)
      $0 = nil
    }
  }

  /// Stops the server, unless it has been stopped or killed, and starts it.
  ///
  /// One that may be recovering from a crash has to be stopped at once: a fast stop that it receives while its startup
  /// process begins leaves it shutting down forever.
  public func restart(_ mode: StopMode = .fast) throws {
    try process.withLock {
      try end(&$0, mode)
      try launch(&$0)
    }
  }

  /// Suspends all processes of the server: connections stay open, nothing is answered.
  public func suspend() throws {
    try process.withLock {
      if let process = $0 { try suspend(process) }
    }
  }

  /// Lets a suspended server run on.
  public func resume() {
    process.withLock {
      if let process = $0 { signal(SIGCONT, all: process.id) }
    }
  }

  private func launch(_ process: inout ChildProcess?) throws {
    let started = try Installation.start(
      try Installation.program("postgres"), ["-D", dataDirectory, "-k", directory.path], in: dataDirectory,
      log: logPath, on: disk)
    try waitUntil("the server is ready") {
      if let status = started.status { throw ServerFailure("The server ended (\(status)).\n\(log)") }
      let lines = (try? String(contentsOfFile: dataDirectory + "/postmaster.pid", encoding: .utf8))?
        .split(separator: "\n", omittingEmptySubsequences: false)
      // A killed server leaves the file as it was.
      return lines.map { $0.count > 7 && $0[0] == "\(started.id)" && $0[7].hasPrefix("ready") } ?? false
    }
    process = started
  }

  private func end(_ process: inout ChildProcess?, _ mode: StopMode) throws {
    guard let running = process else { return }
    signal(SIGCONT, all: running.id)
    running.signal(mode == .fast ? SIGINT : SIGQUIT)
    try waitForEnd(of: running)
    process = nil
  }

  private func waitForEnd(of process: ChildProcess) throws {
    guard wait(for: [(process.ended, POLLIN)], until: .now + serverTimeout) else {
      throw ServerFailure("The server still runs.\n\(log)")
    }
  }

  /// Suspends the postmaster first, so that no process comes after the others.
  private func suspend(_ process: ChildProcess) throws {
    process.signal(SIGSTOP)
    try waitUntil("the postmaster is suspended") { isStill(process.id) }
    let children = children(of: process.id)
    for child in children { Glibc.kill(child, SIGSTOP) }
    try waitUntil("the server is suspended") { children.allSatisfy(isStill) }
  }

  private func signal(_ number: Int32, all process: pid_t) {
    for child in children(of: process) { Glibc.kill(child, number) }
    Glibc.kill(process, number)
  }
}

/// State and parent of a process, as `/proc` has them.
private func status(of process: pid_t) -> (state: Character, parent: pid_t)? {
  guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
    let name = text.lastIndex(of: ")")
  else { return nil }
  let fields = text[name...].split(separator: " ")
  guard fields.count > 2, let state = fields[1].first, let parent = pid_t(fields[2]) else { return nil }
  return (state, parent)
}

/// Whether a process runs no longer, or not for now.
private func isStill(_ process: pid_t) -> Bool {
  status(of: process).map { "TtZX".contains($0.state) } ?? true
}

private func children(of process: pid_t) -> [pid_t] {
  let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return all.compactMap { pid_t($0) }.filter { status(of: $0)?.parent == process }
}
