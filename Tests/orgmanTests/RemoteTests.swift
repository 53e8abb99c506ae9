import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Through what stands between an admin and the program: tmux, SSH.
  @Suite struct Remote {
    private let directory: TemporaryDirectory
    private let environment: [String: String]

    init() throws {
      directory = try TemporaryDirectory()
      environment = plainEnvironment.merging(["TMUX_TMPDIR": directory.path, "HOME": directory.path]) { $1 }
    }

    /// The processes whose command line holds a text.
    private func processes(with text: String) -> [Int32] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return names.compactMap { Int32($0) }.filter { process in
        guard process != getpid(), let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
        else { return false }
        return String(decoding: line, as: UTF8.self).contains(text)
      }
    }

    /// Waits until no process has a text in its command line.
    private func waitForEnd(of text: String, within duration: Duration) throws {
      let deadline = ContinuousClock.now + duration
      while !processes(with: text).isEmpty {
        try #require(ContinuousClock.now < deadline, "\(processes(with: text)) still run")
        poll(nil, 0, 5)
      }
    }

    // MARK: tmux

    @Test func `it works in tmux`() throws {
      let data = try DataFiles.reference()
      let program = try builtProduct("orgman")
      let tmux = ["-L", "test", "-f", "/dev/null"]
      let terminal = try TerminalProcess(
        "/usr/bin/tmux", tmux + ["new-session", "exec \(program) --data \(data.path)"],
        environment: environment,
        columns: 120, rows: 33)
      defer { _ = try? run("/usr/bin/tmux", tmux + ["kill-server"], environment: environment) }
      try terminal.waitFor("the list") { $0.lines[0].hasPrefix(" orgman") && $0.lines[2].hasPrefix("▸") }
      terminal.press(.down)
      try terminal.waitFor("the second row") { $0.lines[3].hasPrefix("▸") }
      terminal.send(":quit")
      try terminal.waitForText("▸  Quit")
      terminal.press(.escape)
      try terminal.waitForText("q quit")
      terminal.resize(columns: 80, rows: 25)
      try terminal.waitFor("the list alone") { $0.lines[0].hasSuffix("live") && !$0.text.contains("│") }
      terminal.send("Q")
      #expect(try terminal.waitForExit() == .exited(0))
    }

    // MARK: SSH

    /// A server on loopback, with keys that were made for it, for this user alone.
    private func startServer() throws -> (server: TerminalProcess, port: Int) {
      let path = directory.path
      for name in ["host", "user"] {
        let output = try run(
          "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(path)/\(name)"],
          environment: environment)
        try #require(output.status == .exited(0), "\(output.stderr)")
      }
      try FileManager.default.copyItem(atPath: "\(path)/user.pub", toPath: "\(path)/authorized_keys")
      // Where it separates its rights, which it does for root.
      if getuid() == 0 { mkdir("/run/sshd", 0o755) }
      let port = try freePort()
      let configuration = """
        Port \(port)
        ListenAddress 127.0.0.1
        HostKey \(path)/host
        AuthorizedKeysFile \(path)/authorized_keys
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin yes
        """
      try Data(configuration.utf8).write(to: URL(filePath: "\(path)/sshd_config"))
      let server = try TerminalProcess(
        "/usr/sbin/sshd", ["-D", "-e", "-f", "\(path)/sshd_config"], environment: environment)
      try server.waitForText("Server listening on 127.0.0.1")
      return (server, port)
    }

    /// A port that nobody had a moment ago.
    private func freePort() throws -> Int {
      let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(socket) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
        }
      }
      try #require(result)
      return Int(UInt16(bigEndian: address.sin_port))
    }

    private func connect(_ port: Int, _ command: String) throws -> TerminalProcess {
      try TerminalProcess(
        "/usr/bin/ssh",
        [
          "-tt", "-F", "/dev/null", "-i", "\(directory.path)/user", "-p", "\(port)", "-o", "BatchMode=yes",
          "-o",
          "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-o",
          "LogLevel=ERROR", "\(NSUserName())@127.0.0.1", command,
        ], environment: environment)
    }

    @Test func `it works over SSH, and ends when the connection does`() throws {
      let (server, port) = try startServer()
      let data = try DataFiles.reference()
      let before = try data.contents()
      let program = try builtProduct("orgman")
      // A state of its own for each, so that none is asked about the draft of another.
      func command(_ state: String) -> String {
        "LANG=C.UTF-8 XDG_STATE_HOME=\(directory.path)/\(state) exec \(program) --data \(data.path)"
      }
      let quitting = try connect(port, command("quitting"))
      try quitting.waitForText("10 orgs")
      quitting.press(.down)
      try quitting.waitFor("the second row") { $0.lines[3].hasPrefix("▸") }
      quitting.send("Q")
      #expect(try quitting.waitForExit() == .exited(0))

      // Cut in the middle of an edit: nothing is written, nobody is left, nothing spins.
      for (state, way) in [("edit", "a"), ("filter", "/x"), ("help", "?")] {
        let cut = try connect(port, command(state))
        try cut.waitForText("10 orgs")
        cut.send(way)
        try cut.waitFor("what \(way) does") { $0.lines.last?.contains("q quit") == false }
        if way == "a" {
          cut.send("Half a name")
          try cut.waitForText("Half a name")
        }
        cut.signal(SIGKILL)
        try cut.waitForExit()
        try waitForEnd(of: data.path, within: .seconds(5))
      }
      #expect(try data.contents() == before)
      let again = try start(
        ["--data", data.path],
        environment: environment.merging(["XDG_STATE_HOME": "\(directory.path)/edit"]) { $1 })
      try again.waitForText("You were editing a new organization, Half a name")
      again.signal(SIGTERM)
      try again.waitForExit()
      server.signal(SIGTERM)
      try server.waitForExit()
    }
  }
}
