import Foundation
import TerminalTesting
import Testing

/// A shell script in a terminal.
private func shell(_ script: String, columns: Int = 80, rows: Int = 24) throws -> TerminalProcess {
  try TerminalProcess("/bin/sh", ["-c", script], columns: columns, rows: rows)
}

@Suite("A program in a terminal")
struct TerminalProcessTests {
  @Test("What it prints is on the screen, and its exit code is kept")
  func output() throws {
    let program = try shell("printf 'one\\n  two  \\n'; exit 7")
    #expect(try program.waitForExit() == .exited(7))
    #expect(program.screen.lines.prefix(3) == ["one", "  two", ""])
    #expect(program.screen.lines.count == 24)
    #expect(program.screen.cursor == (2, 0))
    #expect(program.outputBytes == Array("one\r\n  two  \r\n".utf8))
  }

  @Test("A signal that ends it is told apart from an exit code")
  func signalled() throws {
    let program = try shell("cat")
    program.signal(SIGTERM)
    #expect(try program.waitForExit() == .signalled(SIGTERM))
    program.signal(SIGTERM)
  }

  @Test("A wait that times out fails with the screen in its message")
  func timeOut() throws {
    let program = try shell("echo something else; cat")
    try program.waitForText("else")
    let failure = #expect(throws: TerminalFailure.self) {
      try program.waitForText("never", timeout: .milliseconds(50))
    }
    #expect(failure?.description.contains("|something else") == true)
    #expect(throws: TerminalFailure.self) { try program.waitForExit(timeout: .milliseconds(50)) }
  }

  @Test("A wait fails at once when the program has ended, and says how")
  func endedEarly() throws {
    let program = try shell("echo sorry; exit 3")
    let start = ContinuousClock.now
    let failure = #expect(throws: TerminalFailure.self) {
      try program.waitForText("never", timeout: .seconds(50))
    }
    #expect(start.duration(to: .now) < .seconds(25))
    #expect(failure?.description.contains("exited(3)") == true)
    #expect(failure?.description.contains("|sorry") == true)
  }

  @Test("A program that can't be started is an error")
  func missing() throws {
    let failure = #expect(throws: TerminalFailure.self) { try TerminalProcess("/nonexistent/program") }
    #expect(failure?.description.contains("No such file") == true)
  }

  @Test("It knows the size of its terminal and hears of a new one")
  func resize() throws {
    let program = try shell("trap 'stty size' WINCH; stty size; sleep 60 & wait; wait", columns: 91, rows: 13)
    try program.waitForText("13 91")
    program.resize(columns: 40, rows: 10)
    let screen = try program.waitForText("10 40")
    #expect(screen.columns == 40)
    #expect(screen.lines.count == 10)
  }

  @Test("The terminal is its controlling terminal, and only that is open")
  func session() throws {
    let inheritable = dup(0)
    defer { close(inheritable) }
    let program = try shell(
      "echo by name >/dev/tty; ls /proc/self/fd | tr '\\n' ' '; cut -d' ' -f6 /proc/$$/stat")
    try program.waitForExit()
    // The fourth is the directory that `ls` reads.
    #expect(program.screen.lines[0] == "by name")
    #expect(program.screen.lines[1].hasPrefix("0 1 2 3 "))
    #expect(program.screen.lines[1].hasSuffix(" \(program.processID)"))
  }

  @Test("A typed line, Control-C and Control-D reach it as from a keyboard")
  func typing() throws {
    let cat = try TerminalProcess("/bin/cat")
    cat.send("typed")
    cat.press(.enter)
    try cat.waitFor("the echo and the copy") { $0.lines.filter { $0 == "typed" }.count == 2 }
    cat.press(.control("d"))
    #expect(try cat.waitForExit() == .exited(0))
    let other = try TerminalProcess("/bin/cat")
    other.press(.text("x"), .control("c"))
    #expect(try other.waitForExit() == .signalled(SIGINT))
  }

  @Test(
    "Keys send what xterm sends, cursor keys according to the mode that the program chose",
    arguments: [
      ("", Keys.up, "1b 5b 41"), ("\\033[?1h", .up, "1b 4f 41"), ("\\033[?1h", .end, "1b 4f 46"),
      ("", .pageDown, "1b 5b 36 7e"), ("", .delete, "1b 5b 33 7e"), ("", .backTab, "1b 5b 5a"),
      ("", .f(1), "1b 4f 50"), ("", .f(5), "1b 5b 31 35 7e"), ("", .control("i"), "09"),
      ("", .backspace, "7f"), ("", .enter, "0d"), ("", .escape, "1b"), ("", .text("é"), "c3 a9"),
    ])
  func keys(mode: String, key: Keys, bytes: String) throws {
    let program = try shell(
      "stty raw -echo; printf '\(mode)ready\\r\\n'; od -An -tx1 -N\((bytes.count + 1) / 3)")
    try program.waitForText("ready")
    program.press(key)
    try program.waitFor(bytes) { $0.lines[1].trimmingCharacters(in: .whitespaces) == bytes }
    #expect(try program.waitForExit() == .exited(0))
  }

  @Test("A program that asks where the cursor is gets an answer")
  func answer() throws {
    let program = try shell("stty raw -echo; printf 'ab\\033[6n'; od -An -c -N6")
    try program.waitForText("033   [   1   ;   3   R")
  }

  @Test("Wide characters and combining marks stand in their cells")
  func wide() throws {
    let program = try shell("printf '日本e\\314\\201x👍.'")
    try program.waitForExit()
    let screen = program.screen
    #expect(screen.lines[0] == "日本e\u{301}x👍.")
    #expect((0..<9).map { screen.cell(row: 0, column: $0).width } == [2, 0, 2, 0, 1, 1, 2, 0, 1])
    #expect(Array(screen.cell(row: 0, column: 4).text.unicodeScalars) == ["e", "\u{301}"])
    #expect(screen.cell(row: 0, column: 1).text.isEmpty)
    #expect(screen.cell(row: 0, column: 9).text == " ")
    #expect(screen.cursor == (0, 9))
  }

  @Test("Colors and attributes stand in their cells")
  func attributes() throws {
    let program = try shell(
      "printf 'p\\033[1mb\\033[0;4mu\\033[0;7mr\\033[0;31;44mc\\033[0;38;5;208;48;2;1;2;3md\\033[m'")
    try program.waitForExit()
    let cells = (0..<6).map { program.screen.cell(row: 0, column: $0) }
    #expect(cells.map(\.text).joined() == "pburcd")
    #expect(cells.map(\.dim) == [false, false, false, false, false, false])
    #expect(cells.map(\.bold) == [false, true, false, false, false, false])
    #expect(cells.map(\.underline) == [false, false, true, false, false, false])
    #expect(cells.map(\.reverse) == [false, false, false, true, false, false])
    #expect(cells.map(\.foreground) == [nil, nil, nil, nil, 1, 208])
    #expect(cells.map(\.background) == [nil, nil, nil, nil, 4, 0x1010203])
  }

  @Test("Dim text is told from what is around it, also where a sequence comes in two halves")
  func dim() throws {
    let program = try shell(
      "printf 'a\\033[2mb\\033[1mc\\033[22md\\033[38;5;2me\\033[48;2;2;2;2mf\\033[0;2;3'; read line; "
        + "printf '1mg\\033[32mh\\033[mi\\033[4;2mj\\033[0mk'")
    try program.waitForText("abcdef")
    program.press(.control("d"))
    try program.waitForExit()
    let cells = (0..<11).map { program.screen.cell(row: 0, column: $0) }
    #expect(cells.map(\.text).joined() == "abcdefghijk")
    #expect(cells.filter(\.dim).map(\.text).joined() == "bcghj")
    #expect(cells[6].foreground == 1 && cells[7].foreground == 2)
  }

  @Test("The alternate screen is told from the primary one, which comes back as it was")
  func alternate() throws {
    let program = try shell(
      "echo before; stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[Hinside'; head -c1 >/dev/null;"
        + " printf '\\033[?25h\\033[?1049l'; stty sane")
    let inside = try program.waitForText("inside")
    #expect(inside.isAlternate)
    #expect(!inside.cursorVisible)
    #expect(inside.row(containing: "before") == nil)
    #expect(program.unrestored == ["terminal settings", "alternate screen", "hidden cursor"])
    program.press(.text("q"))
    try program.waitForExit()
    #expect(program.screen.lines[0] == "before")
    #expect(program.screen.row(containing: "inside") == nil)
  }

  @Test(
    "What it does not put back is named, even after its end",
    arguments: [
      ("old=$(stty -g); stty raw -echo; stty $old; printf '\\033[?2004h\\033=x\\033[?2004l\\033>'", []),
      ("stty -echo", ["terminal settings"]), ("printf '\\033[?1049h'", ["alternate screen"]),
      ("printf 'x\\033[?25l'", ["hidden cursor"]), ("printf '\\033='", ["application keypad"]),
      ("printf '\\033[?1;2004;1000h\\033[?1l'", ["mode ?1000", "mode ?2004"]),
    ] as [(String, [String])])
  func restored(script: String, left: [String]) throws {
    let program = try shell(script)
    try program.waitForExit()
    #expect(program.unrestored == left)
    #expect(program.isRestored == left.isEmpty)
  }

  @Test("A lost connection is a hang-up")
  func hangUp() throws {
    let program = try shell("trap 'exit 5' HUP; echo ready; read never; exit 1")
    try program.waitForText("ready")
    program.closeTerminal()
    #expect(try program.waitForExit() == .exited(5))
    #expect(program.screen.lines[0] == "ready")
    #expect(!program.isRestored)
    let other = try TerminalProcess("/bin/cat")
    other.closeTerminal()
    #expect(try other.waitForExit() == .signalled(SIGHUP))
  }

  @Test("Every byte that it wrote is kept, those too that the terminal does not show")
  func hostile() throws {
    let program = try shell("printf 'a\\033]0;title\\007b'; seq 20000")
    try program.waitForExit()
    #expect(program.outputBytes.starts(with: Array("a\u{1b}]0;title\u{7}b1\r\n2\r\n".utf8)))
    #expect(program.outputByteCount == 128906)
    #expect(program.screen.lines[22] == "20000")
  }

  @Test("Nothing of it is left when nobody holds it any more")
  func killed() throws {
    var program: TerminalProcess? = try shell("trap '' HUP TERM INT; echo ready; read never")
    try program?.waitForText("ready")
    let id = try #require(program?.processID)
    #expect(kill(id, 0) == 0)
    program = nil
    #expect(kill(id, 0) == -1 && errno == ESRCH)
  }
}
