import Foundation
import Glibc
import TerminalTesting

/// Why a server, or what a test asked of it, failed.
public struct ServerFailure: Error, CustomStringConvertible {
  /// The sentence to print, with what the program said.
  public let description: String

  init(_ description: String) { self.description = description }

  /// A failed system call.
  init(_ call: String, code: Int32) { self.init("\(call): \(String(cString: strerror(code)))") }
}

/// Where PostgreSQL's programs are, and how they are run.
enum Installation {
  /// The user that the servers run as where the tests run as root, which they refuse.
  static let user = "postgres"

  /// The path of one of PostgreSQL's programs, of the newest version that is installed.
  static func program(_ name: String) throws -> String {
    let installed = "/usr/lib/postgresql"
    let versions = ((try? FileManager.default.contentsOfDirectory(atPath: installed)) ?? []).compactMap(
      Int.init)
    let searched = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return try executable(name, in: versions.sorted(by: >).map { "\(installed)/\($0)/bin" } + searched)
  }

  /// The path of PgBouncer.
  static func pgBouncer() throws -> String {
    try executable("pgbouncer", in: ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"])
  }

  private static func executable(_ name: String, in directories: [String]) throws -> String {
    let paths = directories.map { "\($0)/\(name)" }
    guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
      throw ServerFailure("\(name) is missing: sudo apt-get install postgresql pgbouncer")
    }
    return path
  }

  /// The command that runs a program as a user that PostgreSQL accepts.
  static func unprivileged(_ program: String, _ arguments: [String]) -> (String, [String]) {
    guard geteuid() == 0 else { return (program, arguments) }
    let user = ["--reuid=\(user)", "--regid=\(user)", "--init-groups"]
    return ("/usr/bin/setpriv", user + [program] + arguments)
  }

  /// Runs a program to its end as that user; throws what it says where it fails.
  static func run(_ program: String, _ arguments: [String], in directory: ServerDirectory) throws {
    let (executable, all) = unprivileged(program, arguments)
    let output = try TerminalTesting.run(
      executable, all, workingDirectory: directory.work, timeout: serverTimeout)
    guard output.status == .exited(0) else {
      throw ServerFailure(
        "\(program) \(arguments.joined(separator: " ")): \(output.status)\n\(output.stderr)")
    }
  }

  /// Starts a program as that user, its output appended to a file, where a small disk is mounted if one is given.
  static func start(
    _ program: String, _ arguments: [String], in directory: String, log: String, on disk: SmallDisk? = nil
  ) throws -> ChildProcess {
    var (executable, all) = unprivileged(program, arguments)
    if let disk { (executable, all) = disk.entering(executable, all) }
    return try ChildProcess(
      executable, all, environment: plainEnvironment, workingDirectory: directory, inNewSession: true
    ) {
      posix_spawn_file_actions_addopen(&$0, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&$0, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
      posix_spawn_file_actions_adddup2(&$0, 1, 2)
    }
  }
}

/// How long a server may take for anything, on the busiest machine.
let serverTimeout = Duration.seconds(120)

/// Waits until something is so; throws after a time that only what never comes takes.
public func waitUntil(
  _ what: String, timeout: Duration = .seconds(120), _ condition: () throws -> Bool
) throws {
  let deadline = ContinuousClock.now + timeout
  while try !condition() {
    guard ContinuousClock.now < deadline else { throw ServerFailure("Not within \(timeout): \(what)") }
    usleep(2_000)
  }
}
