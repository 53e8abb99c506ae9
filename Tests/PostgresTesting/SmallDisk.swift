import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// A file system of its own, as small as a test wants it, for a part of what a server stores.
///
/// It is mounted in a namespace of its own, in which the server runs, so that nothing is left of it, however the tests end.
public final class SmallDisk: Sendable {
  /// Where the server sees it.
  public let path: String
  private let holder: Mutex<Holder>
  /// The process that keeps the namespace.
  private let process: pid_t

  private struct Holder {
    let process: ChildProcess
    /// The end of a pipe that only the tests' process holds.
    let lifeline: Descriptor
  }

  /// Mounts one in a directory of servers. Has to run as root.
  init(in directory: ServerDirectory, megabytes: Int) throws {
    guard geteuid() == 0 else { throw ServerFailure("Mounting a small disk takes root.") }
    path = try directory.makeSubdirectory("disk")
    let lifeline = try makePipe()
    let script = """
      mount -t tmpfs -o size=\(megabytes)m,mode=700 tmpfs \(path) && chown \(Installation.user): \(path) && cd / &&
      touch \(path)/ready && read -r line
      """
    let process = try ChildProcess(
      "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script], environment: plainEnvironment,
      workingDirectory: "/", inNewSession: true
    ) {
      posix_spawn_file_actions_adddup2(&$0, lifeline.read.number, 0)
      posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&$0, 1, 2)
    }
    self.process = process.id
    holder = Mutex(Holder(process: process, lifeline: lifeline.write))
    try waitUntil("the disk is mounted") {
      guard isAlive else { throw ServerFailure("No small disk could be mounted.") }
      return access(outsidePath + "/ready", F_OK) == 0
    }
    unlink(outsidePath + "/ready")
  }

  private var isAlive: Bool { holder.withLock { $0.process.status == nil } }

  /// Where everybody sees it.
  private var outsidePath: String { "/proc/\(process)/root\(path)" }

  /// The command that runs a program where the disk is mounted.
  func entering(_ program: String, _ arguments: [String]) -> (String, [String]) {
    ("/usr/bin/nsenter", ["--target=\(process)", "--mount", program] + arguments)
  }

  /// Fills it to the last byte.
  public func fill() throws {
    let file = open(outsidePath + "/filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw ServerFailure("open", code: errno) }
    defer { close(file) }
    let bytes = [UInt8](repeating: 0, count: 4096)
    while write(file, bytes, bytes.count) > 0 {}
    guard errno == ENOSPC else { throw ServerFailure("write", code: errno) }
  }

  /// Frees what was filled.
  public func makeRoom() { unlink(outsidePath + "/filler") }
}

extension PostgresServer {
  /// Starts a server of a test's own beside a small disk, for tablespaces, or for its log of changes as well.
  public static func start(
    settings: [String: String] = [:], megabytes: Int, holdsWAL: Bool
  ) throws -> PostgresServer {
    let directory = try prepare(settings)
    let disk = try SmallDisk(in: directory, megabytes: megabytes)
    if holdsWAL {
      let (data, wal) = ("\(directory.path)/data/pg_wal", "\(disk.path)/pg_wal")
      let (program, arguments) = disk.entering(
        "/bin/sh", ["-c", "cp -a \(data) \(wal) && rm -r \(data) && ln -s \(wal) \(data)"])
      let output = try TerminalTesting.run(program, arguments, timeout: serverTimeout)
      guard output.status == .exited(0) else { throw ServerFailure(output.stderr) }
    }
    return try PostgresServer(directory: directory, disk: disk)
  }
}
