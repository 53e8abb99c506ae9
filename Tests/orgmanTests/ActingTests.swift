import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `--as` and `acting-as`.
  @Suite struct Acting {
    private func data(_ store: TestStore) throws -> any TestData {
      var acme = Record(
        "1", "Acme", members: [("ann", "owner"), ("bill", "billing_admin"), ("max", "member")])
      (acme.lago, acme.stripe) = ("lago_1", "cus_1")
      return try store.data([acme, Record("2", "Globex", members: [("eve", "owner"), ("max", "owner")])])
    }

    @Test(arguments: TestStore.allCases)
    func `commands show what the user may see, and change what the roles allow`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      #expect(try orgman("list", "--as", "ann", "--count").stdout == "1\n")
      #expect(try orgman("list", "--as", "max", "--count").stdout == "2\n")
      #expect(try orgman("show", "Globex", "--as", "ann").status == .exited(2))
      #expect(try orgman("show", "Acme", "--as", "bill").stdout.contains("cus_1"))
      #expect(!(try orgman("show", "Acme", "--as", "max").stdout.contains("cus_1")))
      #expect(!(try orgman("export", "--as", "ann").stdout.contains("Globex")))
      #expect(try orgman("list", "stripe:cus_1", "--as", "max", "--count").stdout == "0\n")
      #expect(!(try orgman("users", "--as", "ann").stdout.contains("eve")))
      let stranger = try orgman("list", "--as", "nobody")
      #expect(stranger.status == .exited(2))
      #expect(
        stranger.stderr == "orgman: \"nobody\" has no role in any organization that allows looking at it.\n")

      let before = try data.contents()
      let refused = try orgman("role", "Acme", "bill", "owner", "--as", "max")
      #expect(refused.status == .exited(1))
      #expect(
        refused.stderr
          == "orgman: Changing the role of bill in Acme takes an owner (ann); you act as max, a member there.\n"
      )
      let billing = try orgman("set", "Acme", "--lago", "x", "--as", "max")
      #expect(
        billing.stderr.contains("takes an owner or a billing admin (ann, bill)")
          || billing.stderr.contains("takes an owner or a billing admin (bill, ann)"), "\(billing)")
      #expect(
        try orgman("create", "Own", "--as", "ann").stderr
          == "orgman: Only a platform admin creates organizations; you act as ann.\n")
      #expect(try orgman("set", "Globex", "--name", "Own", "--as", "ann", "--yes").status == .exited(2))
      #expect(try orgman("offboard", "eve", "--as", "ann", "--yes").status == .exited(2))
      for command in [
        ["doctor"], ["verify"], ["erase", "--user", "max", "--yes"], ["backup", "\(data.directory)/b"],
      ] {
        let output = try orgman(command + ["--as", "ann"])
        #expect(
          output.status == .exited(1) && output.stderr.contains("takes a platform admin; you act as ann"),
          "\(output)")
      }
      #expect(
        try orgman.shell("orgman history prune --as ann --before 2026-11-22").stderr.contains(
          "takes a platform admin; you act as ann"))
      #expect(try data.contents() == before)

      #expect(try orgman("add", "Globex", "zoe", "zed").status == .exited(0))
      #expect(try orgman("remove", "Globex", "zoe", "zed", "--yes").status == .exited(0))
      #expect(try orgman("set", "Acme", "--plan", "starter", "--yes").status == .exited(0))
      #expect(try orgman("set", "Acme", "--status", "suspended", "--yes").status == .exited(0))
      #expect(try orgman("undo", "--yes").status == .exited(0))
      let part = try orgman("history", "--as", "ann")
      #expect(part.status == .exited(0) && !part.stdout.contains("Globex"), "\(part)")
      #expect(try orgman("export", "--as", "max").stderr.contains("are hidden from you"))
      #expect(try orgman("set", "Acme", "--stripe", "cus_9", "--as", "bill", "--yes").status == .exited(0))
      #expect(try orgman("add", "Acme", "new", "--as", "ann").status == .exited(0))
      let history = try orgman("history", "--json", "--as", "ann").json([[String: Any]].self)
      let actor = try #require(history.first?["actor"] as? [String: Any])
      #expect(actor["actingAs"] as? String == "ann" && actor["user"] as? String == userName(getuid()))
      #expect(try orgman("history", "--limit", "1").stdout.contains(" as ann"))
      #expect(try orgman("undo", "--as", "bill", "--yes").status == .exited(0))
      #expect(try orgman("undo", "--as", "ann", "--yes").status == .exited(0))
      #expect(try orgman("undo", "--as", "ann", "--yes").stderr.contains("nothing of yours to undo"))
      #expect(try data.contents() == before)
    }

    @Test(arguments: TestStore.allCases)
    func `the screen shows what the user may see, and says why a change is refused`(store: TestStore) throws {
      let orgman = try open(try data(store), ["--as", "max"])
      let screen = try orgman.waitForText("Globex")
      #expect(screen.lines[0].contains(" as max"), "\(screen)")
      orgman.send("/acme\r")
      try orgman.waitForText("1/1")
      #expect(!orgman.screen.text.contains("cus_1") && orgman.screen.text.contains("Stripe   hidden"))
      orgman.send("pe")
      try orgman.waitForText("takes an owner (ann); you act as max")
      try orgman.quit()
    }

    @Test func `a screen that would be empty isn't opened`() throws {
      let data = try data(.files)
      let orgman = try start(["--data", data.address, "--as", "nobody"])
      orgman.belongings = [data]
      #expect(try orgman.waitForExit() == .exited(1))
      let screen = orgman.screen
      #expect(
        screen.text.contains("\"nobody\" has no role in any organization that allows looking at it."),
        "\(screen)")
    }

    @Test func `what the system's configuration says can't be widened`() throws {
      try #require(geteuid() == 0, "This test runs orgman as several users, so it has to run as root.")
      let data = try data(.files)
      let place = try TemporaryDirectory()
      let program = place.path + "/orgman"
      try FileManager.default.copyItem(atPath: builtProduct("orgman"), toPath: program)
      chmod(program, 0o755)
      for (name, mode) in [("", 0o2770), ("/organizations.json", 0o660), ("/org_users.json", 0o660)] {
        #expect(
          chown(data.address + name, 1000, 2000) == 0 && chmod(data.address + name, mode_t(mode)) == 0)
      }
      chmod(place.path, 0o755)
      let own = place.path + "/own/orgman"
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
      try "[acting-as]\n\"*\" = \"ann\"\n".write(
        toFile: own + "/config.toml", atomically: true, encoding: .utf8)
      /// Runs orgman as a user of this machine, with a configuration of the system, in a mount namespace.
      func orgman(
        as user: Int, system text: String?, sudo: String = "root", _ arguments: String...
      ) throws -> Output {
        let etc = place.path + "/etc"
        try? FileManager.default.removeItem(atPath: etc)
        try FileManager.default.createDirectory(atPath: etc + "/orgman", withIntermediateDirectories: true)
        for name in ["passwd", "group", "nsswitch.conf"] {
          try? FileManager.default.copyItem(atPath: "/etc/\(name)", toPath: "\(etc)/\(name)")
        }
        try text?.write(toFile: etc + "/orgman/config.toml", atomically: true, encoding: .utf8)
        return try run(
          "/usr/bin/unshare",
          [
            "-m", "/bin/sh", "-c",
            "mount --bind '\(etc)' /etc && exec setpriv --reuid=\(user) --regid=2000 --clear-groups \"$@\"",
            "sh",
            program,
          ] + arguments + ["--data", data.address],
          environment: plainEnvironment.merging([
            "XDG_CONFIG_HOME": place.path + "/own", "SUDO_USER": sudo, "SUDO_UID": "0",
          ]) { $1 })
      }
      let rules = "[acting-as]\n1001 = \"max\"\nroot = \"\"\n\"*\" = \"bill\"\n"
      // The user's own configuration says something else, and the environment claims to be root's.
      #expect(try orgman(as: 1001, system: rules, "list", "--count").stdout == "2\n")
      #expect(try orgman(as: 1001, system: rules, "list", "--count", "--as", "max").stdout == "2\n")
      let refused = try orgman(as: 1001, system: rules, "list", "--as", "ann")
      #expect(
        refused.stderr
          == "orgman: You act as max, as /etc/orgman/config.toml says; leave --as out.\n", "\(refused)")
      #expect(refused.status == .exited(1) && refused.stdout.isEmpty)
      #expect(try orgman(as: 1002, system: rules, "list", "--count").stdout == "1\n")
      #expect(try orgman(as: 1002, system: rules, "info").stdout.contains("acting as  bill\n"))
      #expect(try orgman(as: 0, system: rules, "list", "--count").stdout == "2\n")
      #expect(try orgman(as: 0, system: rules, "list", "--count", "--as", "ann").stdout == "1\n")
      // Nobody becomes a platform admin by claiming to have logged in as root.
      let forged = try run(
        "/usr/bin/unshare",
        [
          "-m", "/bin/sh", "-c",
          "mount --bind '\(place.path)/etc' /etc && exec setpriv --reuid=1001 --regid=2000 --clear-groups sh -c '(echo 0 > /proc/self/loginuid) 2>&-; exec \"$@\"' sh \"$@\"",
          "sh", program, "list", "--count", "--data", data.address,
        ], environment: plainEnvironment)
      #expect(forged.stdout == "2\n", "\(forged)")
      // An entry for root isn't for those who become root.
      #expect(try orgman(as: 0, system: rules, sudo: "alice", "list", "--count").stdout == "1\n")
      #expect(try orgman(as: 0, system: rules, sudo: "alice", "list", "--as", "ann").status == .exited(1))
      // Without a word about the user, the user's own configuration counts, and can be overridden.
      #expect(try orgman(as: 1001, system: nil, "list", "--count").stdout == "1\n")
      #expect(try orgman(as: 1001, system: nil, "list", "--count", "--as", "max").stdout == "2\n")
      // Rights that can't be read are none.
      for text in [rules + "acting-as = 1\n", rules + "\"x\"\n", rules + "1003 = 7\n"] {
        let output = try orgman(as: 1001, system: text, "list")
        #expect(output.status == .exited(1) && output.stdout.isEmpty)
        #expect(
          output.stderr.hasPrefix("orgman: It isn't known whose rights you have: /etc/orgman/config.toml:"),
          "\(output)")
      }
    }
  }
}
