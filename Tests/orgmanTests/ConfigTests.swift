import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The configuration, from the file to the screen.
  @Suite struct Configuring {
    private let home: TemporaryDirectory
    private let environment: [String: String]
    private var file: String { home.path + "/orgman/config.toml" }

    init() throws {
      home = try TemporaryDirectory()
      environment = plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
    }

    private func configure(_ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: file))
    }

    private func config(_ arguments: String...) throws -> Output {
      try run(try builtProduct("orgman"), ["config"] + arguments, environment: environment)
    }

    @Test func `what config --default prints is found where config --path says, and is as it should be`()
      throws
    {
      #expect(try config("--path").stdout == file + "\n")
      #expect(try config("--check").stdout == "There is no \(file): everything is as it is out of the box.\n")
      let text = try config("--default").stdout
      #expect(text.contains("#move-down = [\"j\", \"Down\"]"))
      try configure(text)
      let check = try config("--check")
      #expect(check.status == .exited(0))
      #expect(check.stdout == "\(file) is as it should be.\n")
    }

    @Test func `without XDG_CONFIG_HOME it is under HOME, and without that nowhere`() throws {
      let program = try builtProduct("orgman")
      let output = try run(
        program, ["config", "--path"], environment: ["HOME": "/home/ann", "XDG_CONFIG_HOME": "rel"])
      #expect(output.stdout == "/home/ann/.config/orgman/config.toml\n")
      #expect(try run(program, ["config", "--path"], environment: [:]).status == .exited(2))
      #expect(try run(program, ["config"], environment: [:]).status == .exited(64))
      #expect(try run(program, ["config", "--path", "--check"], environment: [:]).status == .exited(64))
    }

    @Test func `each mistake is named with its line and column`() throws {
      try configure("theme = \"neon\"\n[keys]\nundo = \"d\"\n\"\\u001b[2J\" = \"x\"\n")
      let check = try config("--check")
      #expect(check.status == .exited(1))
      let lines = check.stdout.split(separator: "\n").map(String.init)
      try #require(lines.count == 3, "\(check.stdout)")
      #expect(lines[0].hasPrefix("\(file):1:9: There is no theme \"neon\""))
      #expect(lines[1].hasPrefix("\(file):3:8: d is bound twice"))
      #expect(lines[2].hasPrefix("\(file):4:1: There is no action \"\\u{1B}[2J\""))
    }

    @Test func `a broken configuration is said in the status line, and everything is as out of the box`()
      throws
    {
      for (text, expected) in [
        ("[keys]\nundo = \"z\"\nmouse = 3", "config.toml:3:1: "), ("theme = ", "config.toml:1:9: "),
      ] {
        try configure(text)
        let orgman = try open(try DataFiles.reference(), environment: environment, columns: 150, rows: 200)
        try orgman.waitForText("Not configured: ")
        try orgman.waitForText(expected)
        orgman.send("?")
        try orgman.waitForText("undo your latest change")
        try orgman.waitFor("the usual key") { $0.lines.contains { $0.hasPrefix("  u  ") } }
        orgman.send("q")
        try orgman.waitForText("q quit")
        try orgman.quit()
      }
    }

    @Test func `what can't be read as a file is no reason not to start`() throws {
      try Data([0x61, 0x0A, 0xFF, 0xFE]).write(to: URL(filePath: file))
      #expect(try config("--check").stdout == "\(file):2:1: In this line are bytes that are no UTF-8.\n")
      try FileManager.default.removeItem(atPath: file)
      #expect(mkfifo(file, 0o600) == 0)
      #expect(try config("--check").stdout == "\(file): This is no file with text.\n")
      let orgman = try open(try DataFiles.reference(), environment: environment, columns: 150)
      try orgman.waitForText("This is no file with text.")
      try orgman.quit()
      try FileManager.default.removeItem(atPath: file)
      try configure(String(repeating: "# long\n", count: 50_000))
      #expect(try config("--check").stdout == "\(file): The file is longer than 256 KiB.\n")
    }

    @Test func `keys, hints and help follow the configuration`() throws {
      try configure("[keys]\nadd = \"+\"\nmove-down = [\"n\", \"Down\"]\nhelp = [\"F1\"]\nnext-match = []\n")
      #expect(try config("--check").status == .exited(0))
      let orgman = try open(try DataFiles.reference(), environment: environment, rows: 200)
      try orgman.waitForText("+ add")
      try orgman.waitForText("F1 help")
      orgman.send("a+")
      try orgman.waitForText("New organization")
      orgman.press(.escape)
      try orgman.waitForText("+ add")
      orgman.press(.f(1))
      try orgman.waitFor("the new key in the help") { $0.lines.contains { $0.hasPrefix("  +  ") } }
      orgman.press(.escape)
      try orgman.waitForText("+ add")
      try orgman.quit()
    }

    @Test func `the palette offers saved queries and runs what is found in it`() throws {
      try configure("[queries]\n\"the bakery\" = \"bakery\"\n")
      let orgman = try open(try DataFiles.reference(), environment: environment)
      orgman.send(":")
      try orgman.waitForText("▸  View: the bakery")
      orgman.press(.enter)
      try orgman.waitForText("1 of 9")
      orgman.send(":new org")
      try orgman.waitForText("▸  New organization")
      orgman.press(.enter)
      try orgman.waitForText("Name")
      orgman.press(.escape)
      try orgman.waitForText(": more")
      orgman.send(":quit")
      try orgman.waitForText("▸  Quit")
      orgman.press(.enter)
      #expect(try orgman.waitForExit() == .exited(0))
    }

    @Test func `a view that is saved on the screen is there the next day, on the screen and in commands`()
      throws
    {
      try configure("# Mine.\ntheme = \"contrast\"\n")
      let data = try DataFiles.reference()
      var orgman = try open(data, environment: environment)
      orgman.send("/no:stripe bakery")
      orgman.press(.enter)
      orgman.send(":save view")
      orgman.press(.enter)
      try orgman.waitForText("Save the view as:")
      orgman.send("bakery without Stripe")
      orgman.press(.enter)
      try orgman.waitForText("Saved the view bakery without Stripe.")
      try orgman.quit()
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.hasPrefix("# Mine.\ntheme = \"contrast\"\n"))
      #expect(text.contains("[views.\"bakery without Stripe\"]\nfilter = \"no:stripe bakery\"\n"))
      orgman = try open(data, environment: environment)
      orgman.send("V")
      try orgman.waitForText("View: bakery without Stripe")
      orgman.press(.enter)
      try orgman.waitForText("/no:stripe bakery")
      try orgman.quit()
      let list = try run(
        try builtProduct("orgman"),
        ["list", "--data", data.address, "--view", "bakery without Stripe", "--count"],
        environment: environment)
      #expect(list.stdout == "1\n")
      let wrong = try run(
        try builtProduct("orgman"), ["list", "--data", data.address, "--view", "bakry without Stripe"],
        environment: environment)
      #expect(wrong.status == .exited(64))
      #expect(wrong.stderr.contains("Did you mean \"bakery without Stripe\"?"))
    }

    @Test func `columns, order and plans follow the configuration`() throws {
      try configure(
        "columns = [\"members\", \"created\"]\nsort = \"-name\"\nplan-tiers = [\"starter\", \"gold\"]\n")
      let data = try DataFiles.reference()
      let orgman = try open(data, environment: environment)
      let screen = try orgman.waitFor("the columns and the rows") {
        $0.lines[1].hasPrefix(" Name ▼") && $0.listed.count == 9
      }
      #expect(screen.lines[1].contains("Members Created"))
      orgman.send("a\t\t")
      try orgman.waitForText("starter, gold, other…")
      orgman.press(.escape)
      try orgman.waitForText("q quit")
      orgman.send("p")
      try orgman.waitForText("g gold")
      orgman.press(.escape)
      try orgman.waitForText("q quit")
      try orgman.quit()
      let plans = try run(
        try builtProduct("orgman"), ["plans", "--data", data.path], environment: environment)
      #expect(plans.stdout.hasPrefix("starter\t") && plans.stdout.contains("\ngold\t0"))
    }

    @Test func `the mouse selects, turns and is given back`() throws {
      try configure("mouse = true")
      let orgman = try open(try DataFiles.reference(), environment: environment)
      let first = try orgman.waitFor("the list") { $0.lines[2].hasPrefix("▸") }
      #expect(String(decoding: orgman.outputBytes, as: UTF8.self).contains("\u{1B}[?1006h"))
      orgman.send("\u{1B}[<0;5;5M\u{1B}[<0;5;5m")
      try orgman.waitFor("the third row") { $0.lines[4].hasPrefix("▸") }
      orgman.send("\u{1B}[<64;5;5M")
      try orgman.waitFor("the first row") { $0.lines[2].hasPrefix("▸") && $0.lines[2] == first.lines[2] }
      // From a terminal that says it in bytes: they aren't taken for keys.
      orgman.send("\u{1B}[M %$")
      try orgman.waitFor("the third row") { $0.lines[3].hasPrefix("▸") }
      orgman.send(":mouse")
      try orgman.waitForText("▸  Mouse on or off")
      orgman.press(.enter)
      try orgman.waitForText("The mouse is off.")
      orgman.send(":mouse\r")
      try orgman.waitForText("The mouse is on.")
      try orgman.quit()
    }

    @Test func `the mouse is given back in a crash, and none is asked for by default`() throws {
      try configure("mouse = true")
      let crashing = try open(try DataFiles.reference(), environment: environment)
      crashing.signal(SIGSEGV)
      #expect(try crashing.waitForExit() == .signalled(SIGSEGV))
      #expect(crashing.unrestored == [])
      let orgman = try open(try DataFiles.reference())
      try orgman.quit()
      #expect(!String(decoding: orgman.outputBytes, as: UTF8.self).contains("\u{1B}[?100"))
      let console = try open(
        try DataFiles.reference(), environment: environment.merging(["TERM": "vt100"]) { $1 }, columns: 80,
        rows: 24)
      console.send(":mouse")
      try console.waitForText("This terminal has no mouse.")
      console.press(.escape)
      try console.waitForText("q quit")
      console.send("Q")
      #expect(try console.waitForExit() == .exited(0))
      #expect(!String(decoding: console.outputBytes, as: UTF8.self).contains("\u{1B}[?100"))
    }
  }
}
