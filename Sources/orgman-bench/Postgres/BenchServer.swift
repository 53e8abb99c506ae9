import Glibc

/// A PostgreSQL server of the benchmark's own, on a socket in its own directory. It ends with the benchmark, however that
/// ends, and what it stored is removed.
final class BenchServer {
  /// The directory of its socket.
  let host: String
  private let watchdog: Process
  /// The end of a pipe that only this process holds.
  private let lifeline: Int32

  private static let user = "postgres"

  /// Starts a server.
  ///
  /// - Parameter parent: where its directory is made.
  init(in parent: String) throws(BenchFailure) {
    let programs = try Self.programs()
    var template = Array("\(parent)/orgman-bench-pg-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw BenchFailure("mkdtemp", errno: errno) }
    host = String(cString: made)
    // PostgreSQL refuses to run as root.
    if geteuid() == 0 {
      guard let owner = getpwnam(Self.user), chown(host, owner.pointee.pw_uid, owner.pointee.pw_gid) == 0
      else {
        throw BenchFailure("There is no user \(Self.user): install the package postgresql.")
      }
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw BenchFailure("pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    lifeline = ends[1]
    defer { close(ends[0]) }
    let input = ends[0]
    watchdog = try Process(
      Self.unprivileged(["/bin/sh", "-c", Self.script, "sh", programs, host]), inNewSession: true
    ) {
      posix_spawn_file_actions_adddup2(&$0, input, 0)
      posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&$0, 1, 2)
    }
    let deadline = now() + 120_000_000_000
    while access(host + "/ready", F_OK) != 0 {
      guard now() < deadline, access(host + "/failed", F_OK) != 0 else {
        throw BenchFailure("The server didn't start; its log is \(host)/log.")
      }
      usleep(10_000)
    }
  }

  deinit {
    close(lifeline)
    _ = watchdog.wait()
  }

  /// Makes the server, waits for the end of the benchmark, which closes the pipe, and removes it all.
  private static let script = #"""
    bin=$1 dir=$2
    cd "$dir" && "$bin/initdb" -D data -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync > log 2>&1 &&
    cat >> data/postgresql.conf <<END && "$bin/pg_ctl" -D data -l log -w start > start.log 2>&1 && : > ready || : > failed
    listen_addresses = ''
    unix_socket_directories = '$dir'
    shared_buffers = 1GB
    max_wal_size = 4GB
    maintenance_work_mem = 512MB
    dynamic_shared_memory_type = mmap
    END
    while read -r line; do :; done
    "$bin/pg_ctl" -D data -m immediate stop
    cd / && rm -rf "$dir"
    """#

  private static func unprivileged(_ arguments: [String]) -> [String] {
    guard geteuid() == 0 else { return arguments }
    return ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups"] + arguments
  }

  /// Where the programs of the newest version are.
  private static func programs() throws(BenchFailure) -> String {
    for version in (14...30).reversed() {
      let directory = "/usr/lib/postgresql/\(version)/bin"
      if access(directory + "/initdb", X_OK) == 0 { return directory }
    }
    guard let path = find("initdb") else {
      throw BenchFailure(
        "There is no initdb: install the package postgresql, or name a server with --server.")
    }
    return path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
  }
}
