import Foundation
import Glibc
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  @Suite struct Demos {
    /// The directories of demos' servers in a directory.
    private func servers(in directory: TemporaryDirectory) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter {
        $0.hasPrefix("orgman-demo-")
      }
    }

    private func start(in directory: TemporaryDirectory) throws -> TerminalProcess {
      chmod(directory.path, 0o755)
      let environment = plainEnvironment.merging(["TMPDIR": directory.path]) { $1 }
      let orgman = try TerminalProcess(
        try builtProduct("orgman"), ["--demo-postgres"], environment: environment, columns: 120, rows: 32)
      orgman.belongings = [directory]
      try orgman.waitForText("200 orgs, 25 hidden  2,000 members   live", timeout: .seconds(60))
      return orgman
    }

    @Test func `--demo-postgres shows the sample on a server of its own, which is gone at the end`() throws {
      let directory = try TemporaryDirectory()
      let orgman = try start(in: directory)
      let servers = servers(in: directory)
      #expect(servers.count == 1)
      let url = "host=\(directory.path)/\(servers.first ?? "") user=postgres dbname=postgres"
      #expect(
        try psql("select count(*), (select count(*) from organization_members) from organizations", at: url)
          == "200|2000")
      orgman.send("Q")
      #expect(try orgman.waitForExit() == .exited(0))
      #expect(self.servers(in: directory) == [])
    }

    @Test func `the server of a demo that is killed is gone, too`() throws {
      let directory = try TemporaryDirectory()
      let orgman = try start(in: directory)
      #expect(servers(in: directory).count == 1)
      orgman.signal(SIGKILL)
      _ = try orgman.waitForExit()
      try waitUntil("the server is gone") { servers(in: directory).isEmpty }
    }

    @Test func `where there is no server, the package is named`() throws {
      // No directory with programs but the one without any.
      let directory = try TemporaryDirectory()
      let output = try run(
        "/usr/bin/env",
        [
          "unshare", "--mount", "/bin/sh", "-c",
          "mount -t tmpfs none /usr/lib/postgresql && exec \"$0\" --demo-postgres </dev/null",
          try builtProduct("orgman"),
        ],
        environment: plainEnvironment.merging(["TMPDIR": directory.path, "PATH": "/usr/bin:/bin"]) { $1 })
      #expect(output.stderr.contains("install the package postgresql"), "\(output.stderr)")
    }
  }
}
