import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  @Suite struct Info {
    private struct Report: Decodable {
      let program, paths, data, lock, terminal, locale: [String: String]
      let problems: [String]
    }

    private func info(_ path: String, environment: [String: String] = plainEnvironment) throws -> Report {
      let output = try run(
        try builtProduct("orgman"), ["info", "--json", "--data", path], environment: environment)
      #expect(output.status == .exited(0), "\(output.stderr)")
      #expect(output.stderr == "")
      return try JSONDecoder().decode(Report.self, from: Data(output.stdoutBytes))
    }

    @Test func `it says where everything is, and that all is well`() throws {
      let data = try DataFiles.reference()
      try data.closeToOthers()
      _ = try run(try builtProduct("orgman"), ["create", "New", "--owner", "ann", "--data", data.path])
      let report = try info(data.path, environment: plainEnvironment.merging(["HOME": "/home/ann"]) { $1 })
      #expect(report.problems == [])
      #expect(report.paths["data"]?.hasPrefix(data.path + ", ") == true)
      #expect(report.paths["data"]?.hasSuffix(", by --data") == true)
      #expect(report.paths["configuration"] == "/home/ann/.config/orgman/config.toml, not there")
      #expect(report.paths["state"] == "/home/ann/.local/state/orgman, not there")
      #expect(report.paths["organizations"]?.contains(" bytes, owner \(getuid()):") == true)
      #expect(report.data["organizations"] == "11")
      #expect(report.data["generation"] == "1")
      #expect(report.data["journal"]?.hasSuffix(" bytes in 1 file") == true)
      #expect(report.lock == ["holder": "none"])
      #expect(report.terminal["TERM"] == "xterm-256color" && report.terminal["colors"] == "256")
      #expect(report.terminal["clipboard"] == "by OSC 52" && report.terminal["mouse"] == "yes")
      #expect(report.locale["character set"] == "UTF-8")
    }

    @Test func `in a terminal it knows the size, and people read it`() throws {
      let data = try DataFiles.reference()
      var environment = plainEnvironment
      environment["TERM"] = "vt100"
      let terminal = try start(
        ["info", "--data", data.path], environment: environment, columns: 200, rows: 60)
      #expect(try terminal.waitForExit() == .exited(0))
      let lines = terminal.screen.lines
      #expect(lines.contains("  size       200x60"))
      #expect(lines.contains("  colors     0"))
      #expect(lines.contains { $0.hasPrefix("  clipboard  The terminal vt100 has no clipboard") })
      #expect(lines.contains("Problems"))
    }

    @Test func `who holds the lock is named`() throws {
      let data = try DataFiles.reference()
      _ = try run(try builtProduct("orgman"), ["create", "New", "--owner", "ann", "--data", data.path])
      let path = data.path + "/.orgman/lock"
      let file = Glibc.open(path, O_RDWR)
      try #require(file >= 0)
      defer { close(file) }
      try #require(flock(file, LOCK_EX) == 0)
      let line = "\(getpid())\tbil\u{1B}lingd\troot\t2026-11-22 21:51:10\n"
      try #require(ftruncate(file, 0) == 0 && write(file, line, line.utf8.count) == line.utf8.count)
      let report = try info(data.path)
      #expect(
        report.lock == [
          "holder": "bil\\u{1B}lingd", "process": "\(getpid()) of root, running",
          "since": "2026-11-22 21:51:10 UTC",
        ])
      flock(file, LOCK_UN)
      #expect(try info(data.path).lock == ["holder": "none"])
    }

    @Test func `it works where the data are damaged, unreadable or not there`() throws {
      let nowhere = try info("/no/such\u{1B}/place")
      #expect(nowhere.paths["data"] == "/no/such\\u{1B}/place, not there, by --data")
      #expect(nowhere.problems.count == 1)

      let damaged = try DataFiles(organizations: Array("{\"org_1\": {".utf8))
      #expect(try info(damaged.path).problems.contains { $0.hasPrefix("error: organizations.json") })

      let empty = try TemporaryDirectory()
      #expect(try info(empty.path).problems.contains { $0.contains("There are no data") })

      let odd = try DataFiles.reference()
      try FileManager.default.removeItem(atPath: odd.path + "/org_users.json")
      #expect(mkfifo(odd.path + "/org_users.json", 0o600) == 0)
      let report = try info(odd.path)
      #expect(report.paths["members"]?.contains("no plain file") == true)
      #expect(!report.problems.isEmpty)

      // The file is where a directory should be.
      let file = try info(odd.path + "/organizations.json")
      #expect(file.problems.count == 1)
    }

    @Test func `what is wrong with the configuration and the locale is said, too`() throws {
      let home = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
      try Data("theme = 3".utf8).write(to: URL(filePath: home.path + "/orgman/config.toml"))
      let data = try DataFiles.reference()
      let report = try info(
        data.path,
        environment: ["XDG_CONFIG_HOME": home.path, "LANG": "C", "TMUX": "x", "SSH_CONNECTION": "y"])
      #expect(report.problems.contains("\(home.path)/orgman/config.toml:1:9: theme is a text in quotes."))
      #expect(report.problems.contains { $0.contains("isn't UTF-8") })
      #expect(report.terminal["TERM"] == "not set" && report.terminal["through"] == "tmux, SSH")
    }
  }
}
