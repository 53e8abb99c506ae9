import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The command line, and what is there before the first screen.
  @Suite struct Starting {
    @Test func `--demo shows 200 organizations and 2,000 members and leaves nothing behind`() throws {
      let base = try TemporaryDirectory()
      var environment = plainEnvironment
      environment["TMPDIR"] = base.path
      func found() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: base.path) }
      for signal in [0, SIGTERM, SIGHUP] {
        let orgman = try start(["--demo"], environment: environment)
        let screen = try orgman.waitForText("200 orgs, 25 hidden  2,000 members   live")
        #expect(screen.lines[0].contains("demo"))
        #expect(try found().count == 1)
        if signal == 0 {
          orgman.send("G")
          let end = try orgman.waitForText("🚀 Rocket Labs")
          #expect(end.text.contains("한국 소프트웨어"))
          // An edit leaves the lock and whatever else orgman keeps beside the data.
          try orgman.choose("Rocket")
          try orgman.enter()
          orgman.send("a")
          try orgman.waitForText("Add a member to")
          orgman.send("somebody")
          orgman.press(.control("s"))
          try orgman.waitForText("Added somebody to")
          orgman.send("q")
          try orgman.waitFor("the list") { $0.selectedDetail == nil }
          orgman.send("q")
          #expect(try orgman.waitForExit() == .exited(0))
        } else {
          orgman.signal(signal)
          #expect(try orgman.waitForExit() == .exited(128 + signal))
        }
        #expect(orgman.unrestored == [])
        #expect(try found() == [])
      }
    }

    @Test func `--help reads like prose`() throws {
      let output = try run(try builtProduct("orgman"), ["--help"])
      #expect(output.status == .exited(0))
      #expect(output.stderr == "")
      #expect(output.stdout == help)
    }

    @Test func `--version says which, without a terminal`() throws {
      let output = try run(try builtProduct("orgman"), ["--version"], environment: [:])
      #expect(output.status == .exited(0))
      #expect(output.stdout.wholeMatch(of: /orgman \d+\.\d+\.\d+[^\n]*\n/) != nil)
      #expect(output.stderr == "")
    }

    @Test func `an option that isn't one, and options that don't go together, are refused with a sentence`()
      throws
    {
      for (arguments, sentence) in [
        (["--date", "x"], "Unknown option '--date'"), (["x"], "There is no command \"x\"."),
        (["--demo", "--data", "x"], "--demo brings data of its own; leave --data out."),
        (["--data", ""], "--data names no directory"),
      ] {
        let output = try run(try builtProduct("orgman"), arguments)
        #expect(output.status != .exited(0))
        #expect(output.stdout == "")
        #expect(output.stderr.contains(sentence), "\(output.stderr)")
      }
    }

    @Test(
      arguments: [
        (nil, "TERM isn't set"), ("", "TERM isn't set"), ("no-such-terminal", "no description"),
        ("dumb", "can't place its cursor"),
      ] as [(String?, String)])
    func `a terminal that can't show a screen gets a sentence and nothing else`(
      name: String?, sentence: String
    ) throws {
      let data = try DataFiles.reference()
      var environment = plainEnvironment
      environment["TERM"] = name
      let orgman = try start(["--data", data.path], environment: environment)
      #expect(try orgman.waitForExit() == .exited(1))
      let text = String(decoding: orgman.outputBytes, as: UTF8.self)
      #expect(text.contains(sentence))
      #expect(text.hasSuffix(".\r\n"))
      #expect(orgman.outputBytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 10 || $0 == 13 })
      #expect(orgman.unrestored == [])
    }

    @Test func `without a terminal there is a sentence on standard error and nothing else`() throws {
      let data = try DataFiles.reference()
      let program = try builtProduct("orgman")
      for arguments in [["--data", data.path], ["--data", data.path + "/none"], ["--demo"]] {
        let output = try run(program, arguments)
        #expect(output.status == .exited(1))
        #expect(output.stdout == "")
        #expect(output.stderr.contains("standard input isn't one"))
      }
      #expect(!fileExists(data.path + "/none"))
      // One of the two is not enough.
      for (redirection, name) in [("</dev/null", "standard input"), (">\(data.path)/out", "standard output")]
      {
        let shell = try TerminalProcess("/bin/sh", ["-c", "\(program) --data \(data.path) \(redirection)"])
        #expect(try shell.waitForExit() == .exited(1))
        #expect(shell.screen.text.contains("\(name) isn't one"))
        #expect(shell.unrestored == [])
      }
      #expect(try data.text("out") == "")
    }

    @Test func `a missing directory is created only by saying so`() throws {
      let base = try DataFiles.reference()
      let path = base.path + "/some/where"
      for answer in ["n", "", "maybe", "\u{4}"] {
        let orgman = try start(["--data", path])
        try orgman.waitForText("[y/N]")
        #expect(orgman.screen.lines[0].hasPrefix("There is no directory \(path)."))
        orgman.send(answer == "\u{4}" ? answer : answer + "\r")
        #expect(try orgman.waitForExit() == .exited(1))
        #expect(
          String(decoding: orgman.outputBytes, as: UTF8.self).contains("\r\nError: Nothing was created."))
        #expect(!fileExists(base.path + "/some"))
        #expect(orgman.unrestored == [])
      }
      let orgman = try start(["--data", path])
      try orgman.waitForText("[y/N]")
      orgman.send("y\r")
      try orgman.waitForText("0 orgs  0 members   live")
      try orgman.waitForText("No organizations yet")
      try orgman.quit()
      for name in [DataFiles.organizations, DataFiles.users] {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try base.text("some/where/\(name)") == "{}")
      }
      for path in [path, base.path + "/some"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
      }
    }

    @Test func `looking alone creates nothing`() throws {
      let base = try TemporaryDirectory()
      let orgman = try start(["--data", base.path + "/none", "--read-only"])
      #expect(try orgman.waitForExit() == .exited(1))
      #expect(orgman.screen.text.contains("There is no directory"))
      #expect(!fileExists(base.path + "/none"))
    }

    @Test func `--data goes before ORGMAN_DATA, and that before the user's own directory`() throws {
      let home = try TemporaryDirectory()
      for (place, name) in [
        ("named", "By Option"), ("set", "By Variable"), ("xdg/orgman", "By XDG"),
        ("home/.local/share/orgman", "By Home"),
      ] {
        let path = "\(home.path)/\(place)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let texts = Record.files([Record("1", name)])
        try Data(texts.organizations.utf8).write(to: URL(filePath: "\(path)/organizations.json"))
        try Data(texts.users.utf8).write(to: URL(filePath: "\(path)/org_users.json"))
      }
      try #require(!fileExists("/var/lib/orgman"), "This machine has data of its own, which would be opened.")
      var environment = plainEnvironment
      func check(_ arguments: [String], _ name: String) throws {
        let orgman = try start(arguments, environment: environment)
        try orgman.waitForText("1 org")
        #expect(orgman.screen.selected == name)
        try orgman.quit()
      }
      environment["HOME"] = home.path + "/home"
      try check([], "By Home")
      environment["XDG_DATA_HOME"] = ""
      environment["ORGMAN_DATA"] = ""
      try check([], "By Home")
      environment["XDG_DATA_HOME"] = home.path + "/xdg"
      try check([], "By XDG")
      environment["ORGMAN_DATA"] = home.path + "/set"
      try check([], "By Variable")
      try check(["--data", home.path + "/named"], "By Option")
    }

    @Test func `--read-only says so in the header and refuses edits`() throws {
      let data = try DataFiles.reference()
      let before = try data.contents()
      let orgman = try open(data, ["--read-only"])
      try orgman.waitFor("the whole header") { $0.lines[0].hasSuffix("21 members   read-only") }
      for key in ["a", "e", "d"] {
        orgman.send(key)
        try orgman.waitForText("Nothing can be changed:")
        orgman.send("j")
        try orgman.waitFor("the sentence to go") { $0.row(containing: "Nothing can be changed") == nil }
      }
      try orgman.choose("bakery")
      try orgman.enter()
      for key in ["a", "e", "d", "r", "\r"] {
        orgman.send(key)
        try orgman.waitForText("Nothing can be changed:")
        orgman.send("j")
        try orgman.waitFor("the sentence to go") { $0.row(containing: "Nothing can be changed") == nil }
      }
      // What others do is still shown.
      try data.python(
        DataFiles.organizations, "data['org_1f94942f-38fc-4490-a501-98247f318fef']['plan_tier'] = 'gold'")
      try orgman.waitForText("gold")
      try orgman.quit()
      #expect(try data.contents()[1] == before[1])
      #expect(!fileExists(data.path + "/.orgman"))
    }

    @Test func `a directory that can't be written is shown, and said to be read-only`() throws {
      let data = try DataFiles.reference()
      let program = try builtProduct("orgman")
      #expect(chmod(data.path, 0o555) == 0)
      defer { chmod(data.path, 0o755) }
      let orgman =
        getuid() == 0
        ? try TerminalProcess(
          "/usr/bin/setpriv", ["--reuid=65534", "--clear-groups", program, "--data", data.path])
        : try start(["--data", data.path])
      try orgman.waitForText("read-only")
      #expect(orgman.screen.lines[0].hasSuffix("21 members   read-only: no permission"))
      orgman.send("a")
      try orgman.waitForText("Nothing can be changed:")
      #expect(orgman.screen.status.contains("can't be written"))
      try orgman.quit()
    }
  }
}

/// Recorded from the program; read it when it changes.
private let help = """
  OVERVIEW: Browse organizations and their members, and change them with a few
  keys.

  orgman shows the organizations of a service and who belongs to them, as they
  are now and as others change them, and lets you change roles, plans, statuses
  and billing ids. The data are two JSON files, organizations.json and
  org_users.json, in one directory, or tables of a PostgreSQL database. The
  service and other admins may use them at the same time.

  The directory or the database's address (postgres://HOST/DATABASE, or what else
  psql takes) is the one that you name with --data; else the one that the
  environment variable ORGMAN_DATA names; else the one that the configuration
  names; else /var/lib/orgman, if it is there; else orgman in your own data
  directory (XDG_DATA_HOME, or ~/.local/share). A directory that isn't there is
  created only when you say so.

  Options that all commands have, such as --data, can also come before the
  command. Press ? in the program for its keys. With --read-only you can look,
  but change nothing. To look around without any data of your own, try orgman
  --demo: a sample of 200 organizations in a temporary directory, which is
  removed at the end, as is the server of orgman --demo-postgres.

  Commands exit with 0 when what was asked for is done, or was there before: then
  they print "No changes needed." They exit with 1 when it is refused or fails,
  when standard input is empty where ids or records are expected, and when the
  data that were read are damaged; with 2 when something isn't found; with 3 when
  a change expects what is no longer there, or diff or review finds a difference;
  with 64 for wrong usage.

  USAGE: orgman [--data <data>] [--read-only]
         orgman --demo
         orgman --demo-postgres
         orgman [--data <data>] <command>

  OPTIONS:
    --version               Show the version.
    -h, --help              Show help information.

  LOOKING SUBCOMMANDS:
    browse (default)        Open the data in the terminal; what orgman does
                            without a command.
    list                    List the organizations that match a query, or all.
    show                    Show an organization and its members.
    members                 List the members of an organization.
    user                    List the organizations of a user, with the role in
                            each.
    users                   List the users, with how many organizations each has
                            in which role.
    plans                   Count the organizations by plan and status.
    review                  List who has which role where, since when and granted
                            by whom.
    export                  Write all organizations and members as JSON, JSON
                            Lines or CSV.
    diff                    Show what differs between two stores.

  CHANGING SUBCOMMANDS:
    create                  Create an organization, and print its id.
    set                     Set the name, plan, status or billing ids of an
                            organization.
    add                     Add members to an organization.
    remove                  Remove members from an organization.
    role                    Print the role of a member, or set it.
    transfer                Hand an organization over from one owner to another
                            user.
    offboard                Remove users from all their organizations.
    import                  Import organizations and members from a file, such as
                            one that export wrote.
    apply                   Make the changes of a preview that was kept.

  KEEPING SUBCOMMANDS:
    history                 Show who changed what when, newest first, or remove
                            what is old.
    undo                    Take a change back.
    redo                    Do a change again that was undone, or that another
                            program took back.
    accept                  Make the data as another program wrote them, where
                            orgman put something back.
    doctor                  Check the data, the history and who may read them,
                            and explain what is wrong.
    verify                  Compare billing ids, plans and statuses with what
                            Stripe and Lago have.
    info                    Print every path, what the terminal can, the lock,
                            the size of the data, and what is wrong.
    backup                  Write both data files into one, byte for byte.
    restore                 Put the data back to a backup, a generation or a time.
    erase                   Erase an organization or a user for good, from the
                            data and their history.
    install                 Put the program, its man page and the completions for
                            bash, zsh and fish in place.
    config                  Print, check or find the configuration.
    init                    Prepare a PostgreSQL database: history, revision, and
                            counts.
    migrate                 Move the data between files and a PostgreSQL database.

    See 'orgman help <subcommand>' for detailed help.

  """
