import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Manners towards the terminal.
  @Suite struct Terminal {
    @Test func `it can be resized down to one cell and back, and shows what it showed before`() throws {
      let orgman = try open(try DataFiles.reference())
      try orgman.choose("bakery")
      try orgman.enter()
      orgman.press(.down)
      try orgman.waitFor("the second member") { $0.selectedDetail?.hasPrefix("user_001") == true }
      let before = orgman.screen
      for (columns, rows) in [
        (80, 24), (1, 1), (2, 1), (1, 50), (300, 1), (39, 10), (40, 9), (40, 10), (99, 30), (100, 10),
        (500, 100), (1, 1),
      ] {
        orgman.resize(columns: columns, rows: rows)
      }
      try orgman.waitFor("something in one cell") { $0.columns == 1 && $0.rows == 1 && !$0.text.isEmpty }
      for (columns, rows) in [(120, 32), (80, 24), (120, 32)] {
        orgman.resize(columns: columns, rows: rows)
        try orgman.waitFor("the screen at \(columns)x\(rows)") {
          $0.lines[0].hasPrefix(" orgman") && $0.row(containing: "user_001") != nil
        }
        if columns == 120 {
          try orgman.waitFor("the screen as it was\n\(before)") {
            $0.text == before.text && $0.cursor == before.cursor
          }
        }
      }
      orgman.resize(columns: 39, rows: 20)
      try orgman.waitForText("orgman needs 40x10; this is 39x20.")
      // Keys go on working where there is nothing to see.
      try orgman.quit()
    }

    @Test func `between wide and narrow the pane with the focus stays`() throws {
      let orgman = try open(try DataFiles.reference())
      try orgman.choose("bakery")
      let list = orgman.screen
      orgman.resize(columns: 80, rows: 24)
      let narrow = try orgman.waitFor("the list alone") {
        $0.columns == 80 && $0.lines[0].contains("live") && !$0.text.contains("│")
      }
      #expect(narrow.text.contains("▸Zoë's Bakery"))
      orgman.press(.enter)
      try orgman.waitForText("▸user_000")
      orgman.resize(columns: 120, rows: 32)
      try orgman.waitFor("both panes") {
        $0.selected == "Zoë's Bakery" && $0.selectedDetail?.hasPrefix("user_000") == true
      }
      orgman.resize(columns: 80, rows: 24)
      try orgman.waitFor("the detail alone") { !$0.text.contains("│") && $0.text.contains("▸user_000") }
      orgman.press(.escape)
      try orgman.waitForText("▸Zoë's Bakery")
      orgman.resize(columns: 120, rows: 32)
      try orgman.waitFor("the screen as it was\n\(list)") { $0.text == list.text }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases, [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func `a signal ends it within a second, and the terminal is as it was`(store: TestStore, signal: Int32)
      throws
    {
      let orgman = try open(try store.reference())
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.signal(signal)
      #expect(try orgman.waitForExit() == .exited(128 + signal))
      #expect(orgman.unrestored == [])
      #expect(!exists(orgman.processID))
    }

    @Test(arguments: TestStore.allCases)
    func `a closed terminal ends it within a second`(store: TestStore) throws {
      for key in ["", "a", "/x", "?"] {
        let data = try store.reference()
        let before = try data.contents()
        let orgman = try open(data)
        orgman.send(key)
        try orgman.waitFor("what \(key) does") { key == "" || $0.lines.last?.contains("q quit") == false }
        orgman.closeTerminal()
        try orgman.waitForExit()
        #expect(!exists(orgman.processID))
        #expect(try data.contents() == before)
      }
    }

    @Test(arguments: TestStore.allCases)
    func `a terminal that goes away without a signal ends it, too`(store: TestStore) throws {
      // Another process leads the session and ignores the hang-up; orgman reads the end of its input.
      let data = try store.reference()
      let program = try builtProduct("orgman")
      let shell = try TerminalProcess(
        "/bin/sh",
        [
          "-c", "trap '' HUP; \(program) --data '\(data.address)'; echo $? >\(data.directory)/code",
        ])
      try shell.waitForText("10 orgs")
      shell.closeTerminal()
      try shell.waitForExit()
      #expect(try String(contentsOfFile: data.directory + "/code", encoding: .utf8) == "129\n")
    }

    // Without Swift's crash reports, as on a server, and with one; a report that asks what to do would wait.
    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGTRAP], ["enable=no", "interactive=no"])
    func `a crash leaves the terminal as it was`(signal: Int32, report: String) throws {
      var environment = plainEnvironment
      environment["SWIFT_BACKTRACE"] = report
      let orgman = try open(try DataFiles.reference(), environment: environment)
      orgman.signal(signal)
      #expect(try orgman.waitForExit() == .signalled(signal))
      #expect(orgman.unrestored == [])
    }

    @Test(arguments: TestStore.allCases)
    func `Control-Z gives the shell its terminal, and fg takes it again`(store: TestStore) throws {
      let data = try store.reference()
      var environment = plainEnvironment
      environment["PS1"] = "ready> "
      let shell = try TerminalProcess("/bin/bash", ["--norc", "--noprofile", "-i"], environment: environment)
      try shell.waitForText("ready>")
      shell.send("\(try builtProduct("orgman")) --data '\(data.address)'\r")
      try shell.waitForText("10 orgs")
      try shell.choose("bakery")
      let before = shell.screen
      shell.press(.control("z"))
      let stopped = try shell.waitFor("the shell") { !$0.isAlternate && $0.row(containing: "Stopped") != nil }
      #expect(stopped.cursorVisible)
      shell.send("echo $((6*7))\r")
      try shell.waitFor("an answer") { $0.lines.contains("42") }
      // Changed meanwhile, by somebody else and by the user.
      try data.set("name", of: "org_8c9dd973-7d11-4355-ae40-71f67e752ce4", to: "Glowex")
      shell.resize(columns: 110, rows: 30)
      shell.send("fg\r")
      try shell.waitFor("the list at the new size") {
        $0.isAlternate && $0.text.contains("▸Zoë's Bakery") && $0.lines[0].hasSuffix("live")
      }
      shell.resize(columns: 120, rows: 32)
      try shell.waitFor("the screen as it was\n\(before)") { $0.text == before.text }
      // Stopped and continued from outside, too.
      shell.press(.control("z"))
      try shell.waitFor("the shell") { !$0.isAlternate }
      shell.send("fg\r")
      try shell.waitFor("the screen as it was\n\(before)") { $0.isAlternate && $0.text == before.text }
      shell.send("q")
      try shell.waitFor("the shell") { !$0.isAlternate }
      shell.send("stty -a | tr ';' '\\n' | grep -c -w -e '-echo' -e '-icanon' -e '-isig'\r")
      try shell.waitFor("settings in which one can type") { $0.lines.contains("0") }
      shell.send("exit\r")
      #expect(try shell.waitForExit() == .exited(1))
      #expect(shell.unrestored == [])
    }

    @Test func `Control-L mends what others wrote over the screen`() throws {
      let data = try DataFiles.reference()
      let program = try builtProduct("orgman")
      let shell = try TerminalProcess(
        "/bin/sh",
        [
          "-c",
          "mkfifo \(data.path)/fifo; (cat \(data.path)/fifo >/dev/tty) & \(program) --data \(data.path)",
        ])
      let before = try shell.waitFor("a whole frame") {
        $0.text.contains("10 orgs") && $0.lines.last?.isEmpty == false
      }
      try data.append("fifo", "\u{1b}[5;5HBroadcast message from root\r\nThe system is going down\r\n")
      try shell.waitForText("going down")
      shell.press(.control("l"))
      try shell.waitFor("the screen as it was\n\(before)") { $0.text == before.text }
      shell.send("q")
      #expect(try shell.waitForExit() == .exited(0))
      #expect(shell.unrestored == [])
    }

    @Test(arguments: TestStore.allCases)
    func `pasted text never runs a command`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data)
      let paste = "\u{1b}[200~q\rQ\rdy\rax\r/zzz\r\t\u{1b}[A\u{3}\u{1a}\u{1b}[201~"
      orgman.send(paste)
      orgman.press(.f(1))
      try orgman.waitForText("/ search")
      orgman.press(.escape)
      try orgman.waitFor("the list as it was") { $0.listed.count == 9 }
      // In the detail, and where a question or a role is open.
      try orgman.choose("bakery")
      try orgman.enter()
      orgman.send(paste)
      orgman.send("jd")
      try orgman.waitForText("Remove user_001")
      orgman.send("\u{1b}[200~y\ryes\r\u{1b}[201~")
      orgman.press(.right)
      #expect(try orgman.waitForText("Remove user_001").text.contains("Yes"))
      orgman.send("n")
      try orgman.waitFor("the question to go") { $0.row(containing: "Remove user_001") == nil }
      orgman.send("r")
      try orgman.waitForText("now member:")
      orgman.send("\u{1b}[200~mbo\r\u{1b}[201~")
      orgman.send("q")
      try orgman.waitFor("the prompt to go") { $0.row(containing: "now member:") == nil }
      #expect(try data.contents() == before)
      orgman.send("q")
      try orgman.waitFor("the list") { $0.selectedDetail == nil }
      try orgman.quit()
    }

    @Test func `text pasted into a filter or a field is typed there, on one line`() throws {
      let data = try DataFiles.reference()
      let orgman = try open(data)
      orgman.send("/")
      orgman.send("\u{1b}[200~rocket\rlabs\u{1b}[201~")
      try orgman.waitForText("/rocket labs")
      try orgman.waitFor("one row") { $0.listed == ["🚀 Rocket Labs"] }
      orgman.press(.control("u"), .enter)
      try orgman.waitFor("all rows") { $0.listed.count == 9 }
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("\u{1b}[200~q Two\nLines\u{1b}[201~")
      try orgman.waitForText("q Two Lines")
      orgman.press(.control("s"))
      try orgman.waitForText("Created q Two Lines")
      #expect(try data.names().contains("q Two Lines"))
      try orgman.quit()
    }

    @Test func `without UTF-8 there is nothing but ASCII`() throws {
      for locale in ["C", "POSIX", "de_DE.ISO-8859-1", ""] {
        var environment = plainEnvironment
        environment["LANG"] = locale == "" ? nil : locale
        let orgman = try open(try DataFiles.reference(), environment: environment)
        orgman.send("G")
        try orgman.waitForText("10 orgs")
        orgman.press(.f(1))
        try orgman.waitForText("/ search")
        orgman.press(.escape)
        orgman.send("g")
        orgman.press(.enter)
        try orgman.waitFor("the detail") { $0.text.contains(">Plan") || $0.text.contains("none") }
        orgman.send("e")
        try orgman.waitForText("Edit ")
        orgman.press(.escape)
        try orgman.waitFor("the detail") { $0.row(containing: "Edit ") == nil }
        try orgman.quit()
        #expect(orgman.outputBytes.allSatisfy { $0 < 0x80 }, "\(locale)")
      }
    }

    @Test func `the name of a locale that the machine hasn't got is still a word about UTF-8`() throws {
      var environment = plainEnvironment
      environment["LANG"] = "xx_YY.UTF-8"
      let orgman = try open(try DataFiles.reference(), environment: environment)
      try orgman.waitForText("株式会社みらい")
      try orgman.quit()
    }

    @Test func `NO_COLOR is heeded`() throws {
      var environment = plainEnvironment
      let colored = try open(try DataFiles.reference(), environment: environment)
      let screen = colored.screen
      #expect(screen.hasColors)
      try colored.quit()
      environment["NO_COLOR"] = "1"
      let plain = try open(try DataFiles.reference(), environment: environment)
      try plain.waitFor("the same text") { $0.lines.dropFirst() == screen.lines.dropFirst() }
      try plain.choose("bakery")
      #expect(!plain.screen.hasColors)
      try plain.quit()
    }

    @Test(arguments: ["vt100", "linux", "screen", "tmux-256color", "xterm", "xterm-mono"])
    func `other terminals work`(name: String) throws {
      var environment = plainEnvironment
      environment["TERM"] = name
      let data = try DataFiles.reference()
      let orgman = try open(data, environment: environment, columns: 80, rows: 24)
      orgman.send("/bakery\r")
      try orgman.waitForText("1 of 9")
      orgman.send("\rjrb")
      try orgman.waitForText("member → billing.")
      orgman.send("Q")
      #expect(try orgman.waitForExit() == .exited(0))
      #expect(orgman.unrestored.filter { $0 != "alternate screen" } == [])
    }

    @Test(arguments: TestStore.allCases)
    func `with nothing going on it sleeps and writes nothing`(store: TestStore) throws {
      let orgman = try open(try store.reference())
      orgman.send("jj")
      try orgman.waitFor("the third row") { $0.lines[4].hasPrefix("▸") && $0.cursor == (4, 0) }
      // What it does at its start, and threads that end, may take a while on a busy machine.
      var isAsleep = false
      for _ in 0..<8 where !isAsleep {
        let switches = try voluntarySwitches(orgman.processID)
        let bytes = orgman.outputByteCount
        // Ends early, and wrongly, with the first byte.
        let output = try? orgman.waitFor("output", timeout: .milliseconds(1500)) { _ in
          orgman.outputByteCount > bytes
        }
        let after = try voluntarySwitches(orgman.processID)
        isAsleep = output == nil && after == switches
      }
      #expect(isAsleep)
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `moving the selection writes few bytes`(store: TestStore) throws {
      let data = try store.data(
        (0..<9).map { Record("\($0)", "\($0) " + String(repeating: "long ", count: 12)) })
      let orgman = try open(data, columns: 80, rows: 24)
      try orgman.waitForText("q quit")
      for row in 3..<6 {
        let bytes = orgman.outputByteCount
        orgman.send("j")
        try orgman.waitFor("the next row") { $0.lines[row].hasPrefix("▸") && $0.cursor == (row, 0) }
        #expect(
          orgman.outputByteCount - bytes <= 200,
          "\(String(decoding: orgman.outputBytes[bytes...], as: UTF8.self).debugDescription)")
      }
      try orgman.quit()
    }
  }
}

extension Screen {
  fileprivate var hasColors: Bool {
    (0..<rows).contains { row in
      (0..<columns).contains { column in
        let cell = cell(row: row, column: column)
        return cell.foreground != nil || cell.background != nil
      }
    }
  }
}

extension DataFiles {
  fileprivate func append(_ name: String, _ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: "\(path)/\(name)"))
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }
}

/// How often each thread of a process has gone to sleep, by its id.
private func voluntarySwitches(_ process: Int32) throws -> [String: String] {
  let tasks = "/proc/\(process)/task"
  var switches: [String: String] = [:]
  for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
    let status = try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)
    switches[task] = status.components(separatedBy: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
  }
  return switches
}
