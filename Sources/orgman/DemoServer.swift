#if PostgreSQL
  import FoundationEssentials
  import Glibc
  import OrgCore
  import OrgPostgresStore
  import SystemPackage

  /// A temporary PostgreSQL server with the sample of the demo. It listens on a socket in a directory of its own, and is ended
  /// and removed with this object or with the process, however that ends.
  final class DemoServer {
    let settings: ConnectionSettings
    private let process: pid_t
    /// The end of a pipe that only this process has; when it is closed, the server is ended and its directory removed.
    private let lifeline: Int32

    /// The user that the server runs as where orgman runs as root, which PostgreSQL refuses.
    private static let user = "postgres"
    private static let timeout = Duration.seconds(60)

    /// Makes a database cluster, runs a server on it, and ends and removes both when nothing can come from standard input any
    /// more. Its arguments are the directory, that of the programs, and a command that runs them as another user.
    private static let script = #"""
      directory=$1 programs=$2
      shift 2
      cd "$directory" || exit 1
      "$@" "$programs/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$directory/log" 2>&1 </dev/null ||
        touch "$directory/failed"
      "$@" "$programs/postgres" -D "$directory/data" -k "$directory" -c listen_addresses= -c fsync=off \
        -c dynamic_shared_memory_type=mmap >>"$directory/log" 2>&1 </dev/null &
      server=$!
      while read -r line; do :; done
      kill -INT "$server" 2>/dev/null
      wait "$server"
      cd / && rm -rf "$directory"
      """#

    /// Starts a server.
    ///
    /// - Throws: `system` if there is none on this machine, or it can't be started.
    init() throws(OrgError) {
      let programs = try Self.programs()
      let directory = try Self.directory()
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw Self.failure("a pipe can't be made", Errno(rawValue: errno)) }
      defer { close(ends[0]) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      lifeline = ends[1]
      let privileges = ["/usr/bin/setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--init-groups"]
      process = try Self.spawn(
        ["/bin/sh", "-c", Self.script, "sh", directory, programs]
          + (geteuid() == 0 ? privileges : ["/usr/bin/env"]),
        reading: ends[0])
      settings = try ConnectionSettings("host=\(directory) user=postgres dbname=postgres")
      try waitUntilReady(directory)
    }

    deinit {
      close(lifeline)
      // It takes a moment, and the next prompt shouldn't come before.
      let start = ContinuousClock.now
      while waitpid(process, nil, WNOHANG) == 0, ContinuousClock.now - start < .seconds(5) { usleep(5000) }
    }

    private func waitUntilReady(_ directory: String) throws(OrgError) {
      let start = ContinuousClock.now
      while true {
        let status = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
        let lines = status?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        if lines.count > 7, lines[7].hasPrefix("ready") { return }
        let hasFailed = access("\(directory)/failed", F_OK) == 0 || waitpid(process, nil, WNOHANG) != 0
        guard !hasFailed, ContinuousClock.now - start < Self.timeout else {
          let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
          let last = log.split(separator: "\n").last.map { ": \(String($0).escapedForDisplay)" } ?? ""
          close(lifeline)
          throw OrgError(.system, "The server for the demo can't be started\(last).")
        }
        usleep(5000)
      }
    }

    // MARK: Parts

    /// The directory of the server's programs, of the newest version that is installed.
    private static func programs() throws(OrgError) -> String {
      let versions = ((try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? [])
        .compactMap(Int.init)
      let path = getenv("PATH").map { String(cString: $0) } ?? ""
      let directories =
        versions.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin" }
        + path.split(separator: ":").map(String.init)
      guard
        let found = directories.first(where: { directory in
          ["initdb", "postgres"].allSatisfy { access("\(directory)/\($0)", X_OK) == 0 }
        })
      else {
        throw OrgError(
          .system, "There is no PostgreSQL server on this machine; install the package postgresql.")
      }
      return found
    }

    /// A new directory that belongs to the server's user. The path of a socket in it has at most 107 bytes.
    private static func directory() throws(OrgError) -> String {
      let usual = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      let base = usual.utf8.count > 60 ? "/tmp" : usual
      var template = Array((base + "/orgman-demo-XXXXXX").utf8CString)
      guard mkdtemp(&template) != nil else {
        throw failure("no directory can be made in \(base.escapedForDisplay)", Errno(rawValue: errno))
      }
      let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard geteuid() == 0 else { return path }
      guard let owner = getpwnam(user), chown(path, owner.pointee.pw_uid, owner.pointee.pw_gid) == 0 else {
        rmdir(path)
        throw OrgError(
          .system,
          "The server for the demo can't run as root, and there is no user \(user); install the package postgresql."
        )
      }
      return path
    }

    private static func failure(_ what: String, _ errno: Errno) -> OrgError {
      OrgError(errno, "The server for the demo can't be started: \(what)")
    }

    /// Starts a program in a session of its own, so that no key of the terminal reaches it.
    private static func spawn(
      _ command: [String], reading input: Int32
    ) throws(OrgError) -> pid_t {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      posix_spawn_file_actions_adddup2(&actions, input, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var signals = sigset_t()
      sigfillset(&signals)
      posix_spawnattr_setsigdefault(&attributes, &signals)
      sigemptyset(&signals)
      posix_spawnattr_setsigmask(&attributes, &signals)
      let inNewSession: Int16 = 0x80
      posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | inNewSession)
      let variables = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"]
      var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
      var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
      defer { for pointer in arguments + environment { free(pointer) } }
      var id: pid_t = 0
      let code = posix_spawn(&id, command[0], &actions, &attributes, &arguments, &environment)
      guard code == 0 else { throw failure("\(command[0]) can't be run", Errno(rawValue: code)) }
      return id
    }
  }

  extension Demo {
    /// Starts a server with the sample.
    static func startServer() throws(OrgError) -> DemoServer {
      let server = try DemoServer()
      try SchemaInstaller(server.settings).install()
      let store = try PostgresStore(server.settings, PostgresStore.Options(actor: .current()))
      _ = try store.commit(ChangeSet(changes { String($0.dropFirst("org_".count)) }))
      return server
    }
  }
#endif
