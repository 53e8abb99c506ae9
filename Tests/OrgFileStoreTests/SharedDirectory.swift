import Foundation
import Glibc
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Users of the system, for tests that run as root; none of them needs an account.
enum User: UInt32, CaseIterable {
  case root = 0
  /// Who runs the service, and owns the files.
  case service = 1000
  case alice = 1001
  case bob = 1002
  /// Not in the group.
  case eve = 1003

  /// The group that all but `eve` are in.
  static let group: gid_t = 2000
}

/// A data directory that a service and several admins share, with the programs that they run, where all of them reach it.
final class SharedDirectory: Sendable {
  private let base: String
  let path: String

  /// The data of the service, open to the group.
  init(mode: mode_t = 0o2770, fileMode: mode_t = 0o660, group: gid_t = User.group) throws {
    try #require(geteuid() == 0, "This test runs programs as several users, so it has to run as root.")
    var template = Array("/tmp/orgman-users-XXXXXX".utf8CString)
    base = String(cString: try #require(mkdtemp(&template)))
    path = base + "/data"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures")
    for (from, to) in [
      (Worker.program, "store-worker"),
      (fixtures.appendingPathComponent("foreign_writer.py"), "foreign_writer.py"),
    ] {
      try FileManager.default.copyItem(atPath: from.path, toPath: "\(base)/\(to)")
      #expect(chmod("\(base)/\(to)", 0o755) == 0)
    }
    #expect(chmod(base, 0o755) == 0)
    for (name, text) in [("organizations.json", Fixture.organizations), ("org_users.json", Fixture.users)] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
      #expect(chown("\(path)/\(name)", User.service.rawValue, group) == 0)
      #expect(chmod("\(path)/\(name)", fileMode) == 0)
    }
    #expect(chown(path, User.service.rawValue, group) == 0)
    #expect(chmod(path, mode) == 0)
  }

  deinit {
    for name in ["", "/organizations.json", "/org_users.json"] {
      _ = try? Self.run("/usr/bin/chattr", ["-ia", path + name])
    }
    try? FileManager.default.removeItem(atPath: base)
  }

  struct Output {
    let status: Int32
    let lines: [String]
    let error: String
  }

  /// Runs a program to its end, as root.
  @discardableResult
  static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws
    -> Output
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]) { first, _ in first }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.start()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    let error = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus,
      lines: String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init),
      error: String(decoding: error, as: UTF8.self))
  }

  /// Runs a program as a user.
  ///
  /// - Parameter options: what `setpriv` is told beside the user.
  @discardableResult
  func run(as user: User, umask: String = "022", options: [String] = [], _ command: String...) throws
    -> Output
  {
    let shell = ["/bin/sh", "-c", "umask \(umask); exec \"$@\"", "sh"]
    let ids = ["--reuid", "\(user.rawValue)", "--regid", "\(user.rawValue)"]
    let groups = user == .root || user == .eve ? ["--clear-groups"] : ["--groups", "\(User.group)"]
    return try Self.run(
      "/usr/bin/setpriv", ids + groups + options + shell + command, environment: ["ORGMAN_TEST_UMASK": umask])
  }

  /// Creates an organization as a user and puts it on some plans; those of which it was told that they are saved.
  func edit(
    as user: User, _ name: String, plans: Int = 2, umask: String = "022", options: [String] = []
  ) throws -> Output {
    try run(as: user, umask: umask, options: options, base + "/store-worker", path, name, "\(plans)")
  }

  /// The same through `sudo`, as a user who may.
  func editBySudo(_ name: String, umask: String) throws -> Output {
    try Self.run(
      "/usr/bin/sudo", ["ORGMAN_TEST_UMASK=\(umask)", base + "/store-worker", path, name, "2"],
      environment: ["SUDO_USER": "alice"])
  }

  /// What the service creates with some changes; the names of its organizations.
  func serve(_ name: String, changes: Int, seed: Int, umask: String) throws -> [String] {
    let output = try run(
      as: .service, umask: umask, "/usr/bin/python3", base + "/foreign_writer.py", path, name, "\(changes)",
      "\(seed)")
    #expect(output.status == 0, "\(output.error)")
    return try output.lines.compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      return object?["op"] == "create" ? object?["name"] : nil
    }
  }

  /// The plans of organizations, by their names.
  func plans() throws -> [String: String] {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path + "/organizations.json"))
    let all = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: [String: Any]])
    return Dictionary(
      all.values.map { ("\($0["name"] ?? "")", "\($0["plan_tier"] ?? "")") },
      uniquingKeysWith: { first, _ in first })
  }

  /// Checks that a user can read and write both files, and all that orgman needs.
  func expectAccess(_ user: User, _ note: String, _ location: SourceLocation = #_sourceLocation) throws {
    let script = """
      for f in organizations.json org_users.json .orgman/lock .orgman/journal/*; do
        test -r "$f" -a -w "$f" || echo "$f"
      done
      for d in .orgman .orgman/*/; do test -r "$d" -a -w "$d" -a -x "$d" || echo "$d"; done
      """
    let output = try run(as: user, "/bin/sh", "-c", "cd '\(path)' && { \(script)\n}")
    #expect(
      output.status == 0 && output.lines.isEmpty, "\(user), \(note): \(output.lines)",
      sourceLocation: location)
  }

  func status(_ name: String) throws -> stat {
    var status = stat()
    try #require(lstat("\(path)/\(name)", &status) == 0)
    return status
  }
}
