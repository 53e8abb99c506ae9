import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// A directory for servers. It is removed, after what still runs in it has been ended, with this object or with the
/// tests' process, however that ends.
final class ServerDirectory: Sendable {
  /// Its absolute path, short enough for the path of a socket in it.
  let path: String
  private let watchdog: Mutex<Watchdog>

  private struct Watchdog {
    let process: ChildProcess
    /// The end of a pipe that only the tests' process holds.
    var lifeline: Descriptor?
  }

  init() throws {
    path = try Self.make()
    do {
      let lifeline = try makePipe()
      let (executable, arguments) = Installation.unprivileged("/bin/sh", ["-c", Self.script, "sh", path])
      let process = try ChildProcess(
        executable, arguments, environment: plainEnvironment, workingDirectory: "/", inNewSession: true
      ) {
        posix_spawn_file_actions_adddup2(&$0, lifeline.read.number, 0)
        posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&$0, 1, 2)
      }
      watchdog = Mutex(Watchdog(process: process, lifeline: lifeline.write))
      try makeSubdirectory("work")
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  deinit {
    watchdog.withLock {
      $0.lifeline = nil
      _ = wait(for: [($0.process.ended, POLLIN)], until: .now + serverTimeout)
    }
  }

  /// Where programs run that have no directory of their own.
  var work: String { path + "/work" }

  /// Makes a directory in this one that belongs to the servers' user, and returns its path.
  @discardableResult
  func makeSubdirectory(_ name: String) throws -> String {
    let subdirectory = "\(path)/\(name)"
    guard mkdir(subdirectory, 0o700) == 0 else { throw ServerFailure("mkdir \(subdirectory)", code: errno) }
    try Self.giveAway(subdirectory)
    return subdirectory
  }

  /// Where `TMPDIR` says; else in memory where there is plenty: a database is 300 files, and a checkpoint on a busy
  /// disk, which standbys and `DROP DATABASE` wait for, takes seconds.
  private static var parent: String {
    let chosen = ProcessInfo.processInfo.environment["TMPDIR"] != nil
    var memory = statvfs()
    if !chosen, statvfs("/dev/shm", &memory) == 0, memory.f_bavail * memory.f_frsize > 4 << 30 {
      return "/dev/shm"
    }
    let usual = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    // The path of a socket has at most 107 bytes.
    return usual.utf8.count > 50 ? "/tmp" : usual
  }

  private static func make() throws -> String {
    var template = Array("\(parent)/orgman-pg-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw ServerFailure("mkdtemp", code: errno) }
    let path = String(cString: made)
    try giveAway(path)
    return path
  }

  /// Looked up once, for that isn't safe on several threads.
  private static let owner = Result {
    guard let user = getpwnam(Installation.user) else {
      throw ServerFailure("The user \(Installation.user) is missing: sudo apt-get install postgresql")
    }
    return (user: user.pointee.pw_uid, group: user.pointee.pw_gid)
  }

  private static func giveAway(_ path: String) throws {
    guard geteuid() == 0 else { return }
    let owner = try owner.get()
    guard chown(path, owner.user, owner.group) == 0 else {
      throw ServerFailure("chown \(path)", code: errno)
    }
  }

  /// Waits for the end of the tests' process, which closes the pipe; then ends every process that runs in the
  /// directory, suspended ones as well: at once, but so that PostgreSQL gives its shared memory back.
  private static let script = #"""
    directory=$1
    while read -r line; do :; done
    running() { find /proc/[0-9]*/cwd -maxdepth 0 -lname "$directory/*" | tr -c '0-9\n' ' '; }
    processes=$(running)
    [ -z "$processes" ] || { kill -CONT $processes; kill -QUIT $processes; }
    tries=0
    while processes=$(running) && [ -n "$processes" ]; do
      tries=$((tries + 1))
      [ $tries -lt 100 ] || kill -KILL $processes
      sleep 0.05
    done
    for file in "$directory"/*/postmaster.pid; do
      [ ! -e "$file" ] || ipcrm -m "$(sed -n '7s/.* //p' "$file")"
    done
    rm -rf "$directory"
    """#
}
