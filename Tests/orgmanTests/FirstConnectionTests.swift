import Foundation
import Glibc
import PostgresTesting
import TerminalTesting
import Testing

extension EndToEnd {
  /// From the command line to the first answer of a server, and what libpq would print then and later.
  @Suite struct FirstConnection {
    /// A port of this machine that takes connections and says nothing.
    private final class SilentServer {
      let port: Int
      private let descriptor: Int32

      init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
              && getsockname(descriptor, $0, &length) == 0
          }
        }
        try #require(descriptor >= 0 && result)
        (self.descriptor, port) = (descriptor, Int(UInt16(bigEndian: address.sin_port)))
      }

      deinit { close(descriptor) }
    }

    @Test(arguments: [("q", 0), ("xyQ", 0), ("\u{3}", 130)])
    func `a person leaves at once while the server doesn't answer`(keys: String, status: Int32) throws {
      let server = try SilentServer()
      let orgman = try start(["--data", "postgres://127.0.0.1:\(server.port)/orgman?user=ann"])
      try orgman.waitForText("Connecting to postgres://127.0.0.1:\(server.port)/orgman; q leaves.")
      let start = ContinuousClock.now
      orgman.send(keys)
      #expect(try orgman.waitForExit() == .exited(status))
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(!orgman.screen.text.contains("Connecting") && !orgman.screen.text.contains("xy"))
      #expect(orgman.unrestored == [])
    }

    @Test func `a signal ends it, too, and the terminal is as it was`() throws {
      let server = try SilentServer()
      let orgman = try start(["--data", "postgres://127.0.0.1:\(server.port)/orgman?user=ann"])
      try orgman.waitForText("q leaves.")
      orgman.signal(SIGTERM)
      #expect(try orgman.waitForExit() == .exited(128 + SIGTERM))
      #expect(orgman.unrestored == [])
    }

    @Test func `a server that never answers is given up, with a sentence`() throws {
      let server = try SilentServer()
      let orgman = try start(
        ["--data", "postgres://127.0.0.1:\(server.port)/orgman?user=ann&connect_timeout=2"], columns: 200)
      try orgman.waitForText("q leaves.")
      #expect(try orgman.waitForExit() == .exited(1))
      #expect(
        orgman.screen.text.contains("The database can't be opened: the server of postgres://127.0.0.1:"),
        "\(orgman.screen.text)")
      #expect(orgman.unrestored == [])
    }

    @Test
    func
      `a password file of a service that others can read is ignored, and nothing is printed on the screen`()
      throws
    {
      let data = try DataTables([Record("acme", "Acme")])
      let directory = try TemporaryDirectory()
      let (passwords, services) = (directory.path + "/passwords", directory.path + "/services")
      try "*:*:*:*:secret\n".write(toFile: passwords, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: passwords)
      try """
      [orgman]
      host=\(data.database.server.host)
      user=postgres
      dbname=\(data.database.name)
      passfile=\(passwords)
      """.write(toFile: services, atomically: false, encoding: .utf8)
      for address in ["service=orgman", "postgres://"] {
        let orgman = try TerminalProcess(
          try builtProduct("orgman"), ["--data", address],
          environment: plainEnvironment.merging(["PGSERVICEFILE": services, "PGSERVICE": "orgman"]) { $1 },
          columns: 100, rows: 20)
        try orgman.waitFor("the list") { $0.lines[0].hasSuffix("live") && $0.text.contains("Acme") }
        // All connections are made anew.
        for plan in ["first", "second"] {
          try data.database.run(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid();
            update organizations set plan_tier = '\(plan)'
            """)
          try orgman.waitForText(plan)
          #expect(!orgman.screen.text.contains("WARNING") && !orgman.screen.text.contains(passwords))
        }
        try orgman.waitFor("the header") { $0.lines[0].hasSuffix("live") }
        orgman.send("q")
        #expect(try orgman.waitForExit() == .exited(0))
        #expect(!orgman.screen.text.contains("WARNING"), "\(orgman.screen.text)")
      }
    }
  }
}
