import Foundation
import Glibc
import TerminalTesting
import Testing

/// A copy of the program where every user can run it, beside data that a group shares. Has to run as root.
private final class SharedData {
  private let base: TemporaryDirectory
  private let program: String
  let path: String

  init() throws {
    try #require(geteuid() == 0, "This test runs orgman as several users, so it has to run as root.")
    base = try TemporaryDirectory()
    program = base.path + "/orgman"
    path = base.path + "/data"
    try FileManager.default.copyItem(atPath: builtProduct("orgman"), toPath: program)
    let reference = try DataFiles.reference()
    try FileManager.default.copyItem(atPath: reference.path, toPath: path)
    for (name, mode) in [("", 0o2770), ("/organizations.json", 0o660), ("/org_users.json", 0o660)] {
      #expect(chown(path + name, 1000, 2000) == 0 && chmod(path + name, mode_t(mode)) == 0)
    }
    #expect(chmod(program, 0o755) == 0 && chmod(base.path, 0o755) == 0)
  }

  deinit { try? chattr("-ia", "", "/organizations.json", "/org_users.json") }

  func chattr(_ flag: String, _ names: String...) throws {
    _ = try TerminalTesting.run("/usr/bin/chattr", [flag] + names.map { path + $0 })
  }

  /// The command line that runs orgman as a user of the group.
  private func command(as user: Int, _ arguments: [String]) -> [String] {
    ["--reuid=\(user)", "--regid=\(user)", user == 0 ? "--clear-groups" : "--groups=2000", program]
      + arguments
      + ["--data", path]
  }

  func orgman(as user: Int, _ arguments: String...) throws -> Output {
    try TerminalTesting.run("/usr/bin/setpriv", command(as: user, arguments))
  }

  func screen(as user: Int) throws -> TerminalProcess {
    let process = try TerminalProcess("/usr/bin/setpriv", command(as: user, []))
    process.belongings = [self]
    return process
  }

  /// Runs orgman in a mount namespace, after a command of the shell.
  func orgman(after script: String, _ arguments: String...) throws -> Output {
    try TerminalTesting.run(
      "/usr/bin/unshare",
      ["-m", "/bin/sh", "-c", "cd \(path) && \(script) && exec \"$@\"", "sh", program] + arguments
        + ["--data", path])
  }
}

extension EndToEnd {
  @Suite struct Sharing {
    @Test
    func `info says who may change the data, what that does to their owner, and whether there are leases`()
      throws
    {
      let data = try SharedData()
      func info(_ user: Int) throws -> String { try data.orgman(as: user, "info").stdout }
      let alice = try info(1001)
      let service = userName(1000)
      #expect(alice.contains("editors               \(service), the group 2000\n"))
      #expect(alice.contains("changes               possible\n"))
      #expect(alice.contains("owner after a change  1001\n"))
      #expect(
        alice.contains(
          "leases                none: organizations.json belongs to \(service), and 1001 lacks the capability CAP_LEASE\n"
        ))
      for user in [0, 1000] {
        #expect(try info(user).contains("owner after a change  as before\n"))
        #expect(try info(user).contains("leases                yes\n"))
      }
      try data.chattr("+i", "/org_users.json")
      #expect(
        try info(1001).contains(
          "changes               not possible: \(data.path)/org_users.json is immutable; as root, run: chattr -i"
        ))
    }

    @Test func `doctor says who can't change the data and why, and --fix repairs what the caller may repair`()
      throws
    {
      let data = try SharedData()
      #expect(try data.orgman(as: 1001, "create", "first").status == .exited(0))
      let healthy = try data.orgman(as: 1002, "doctor")
      #expect(healthy.status == .exited(0))
      #expect(healthy.stdout.contains("note: No lease is to be had: organizations.json belongs to 1001"))
      #expect(!healthy.stdout.contains("warning"))

      // As from a version that made what it needed for one user alone.
      for name in ["/.orgman", "/.orgman/journal"] { chmod(data.path + name, 0o700) }
      chmod(data.path + "/.orgman/lock", 0o600)
      let refused = try data.orgman(as: 1002, "create", "second")
      #expect(refused.status == .exited(1))
      #expect(refused.stderr.contains("orgman doctor --fix --data \(data.path)"))
      let ill = try data.orgman(as: 1002, "doctor")
      #expect(ill.status == .exited(1))
      #expect(ill.stdout.contains("error: 1002 can't change anything: \(data.path)/.orgman belongs to 1001"))
      #expect(try data.orgman(as: 1002, "doctor", "--fix", "--yes").status == .exited(1))
      let own = try data.orgman(as: 1001, "doctor")
      #expect(own.status == .exited(1))
      #expect(
        own.stdout.contains(
          "3 of the files and directories can't be used by the group 2000: .orgman (1001:2000, mode 700)"))
      #expect(own.stdout.contains("--fix would let everybody who may change the data use them."))
      let fixed = try data.orgman(as: 1001, "doctor", "--fix", "--yes")
      #expect(fixed.status == .exited(0), "\(fixed.stdout)\(fixed.stderr)")
      #expect(try data.orgman(as: 1002, "doctor").status == .exited(0))
      #expect(try data.orgman(as: 1002, "create", "second").status == .exited(0))
    }

    @Test func `a file that is a mount point of its own is named before the commit`() throws {
      let data = try SharedData()
      #expect(try data.orgman(as: 0, "create", "first").status == .exited(0))
      let journal = try data.orgman(as: 0, "history").stdout
      for (name, script) in [
        ("org_users.json", "mount --bind org_users.json org_users.json"),
        ("organizations.json", "mount --bind organizations.json organizations.json"),
        (".orgman", "mount --bind .orgman .orgman"),
        (".orgman/displaced", "mount -t tmpfs tmpfs .orgman/displaced"),
      ] {
        let output = try data.orgman(after: script, "create", "second")
        #expect(output.status == .exited(1))
        #expect(
          output.stderr
            == "orgman: Nothing can be changed: \(data.path)/\(name) is mounted by itself, so it can't be replaced; mount the directory that it is in instead.\n"
        )
        #expect(
          try data.orgman(after: script, "doctor").stdout.contains("error: root can't change anything: "))
      }
      #expect(try data.orgman(as: 0, "history").stdout == journal)
      #expect(try data.orgman(as: 0, "create", "second").status == .exited(0))
    }

    @Test func `the header says that there are no leases, and why nothing can be changed`() throws {
      let data = try SharedData()
      let alice = try data.screen(as: 1001)
      try alice.waitForText("live, no leases")
      // Her change makes her the owner of both files.
      #expect(try data.orgman(as: 1001, "create", "new", "--owner", "ann").status == .exited(0))
      try alice.waitFor("leases") { $0.lines[0].hasSuffix("   live") }
      try alice.quit()
      try data.chattr("+i", "/organizations.json")
      let locked = try data.screen(as: 0)
      try locked.waitForText("read-only: immutable")
      locked.send("a")
      try locked.waitForText("chattr -i")
      try locked.quit()
    }
  }
}

func userName(_ id: uid_t) -> String {
  getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "\(id)"
}
