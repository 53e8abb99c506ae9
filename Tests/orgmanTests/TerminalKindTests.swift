import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What is sent to terminals of every kind: nothing that isn't in their descriptions.
  @Suite struct TerminalKinds {
    /// Escape sequences of a kind by their shape: what introduces them and how they end, without the numbers.
    private static func shapes(_ bytes: [UInt8]) -> Set<String> {
      var shapes: Set<String> = []
      var index = 0
      func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }
      while index < bytes.count {
        guard bytes[index] == 0x1B else {
          index += 1
          continue
        }
        var shape = "ESC"
        index += 1
        if byte(index) == UInt8(ascii: "[") {
          shape += "["
          index += 1
          if (0x3C...0x3F).contains(byte(index)) {
            // Which of the private modes says a lot.
            while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) {
              shape.unicodeScalars.append(Unicode.Scalar(bytes[index]))
              index += 1
            }
          } else {
            while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) { index += 1 }
          }
        } else {
          while (0x20...0x2F).contains(byte(index)) {
            shape.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            index += 1
          }
        }
        shape.unicodeScalars.append(Unicode.Scalar(byte(index)))
        index += 1
        shapes.insert(shape)
      }
      return shapes
    }

    /// Numbers that colors and looks are chosen by, as in `ESC [ 1 ; 31 m`.
    private static func looks(_ bytes: [UInt8]) -> Set<Int> {
      let text = String(decoding: bytes, as: UTF8.self)
      var looks: Set<Int> = []
      for match in text.matches(of: /\u{1B}\[([0-9;]*)m/) {
        looks.formUnion(match.1.split(separator: ";").compactMap { Int($0) })
      }
      return looks
    }

    /// The capabilities of a terminal, by name, as they would be sent without their parameters.
    private func capabilities(_ terminal: String) throws -> [String: [UInt8]] {
      let output = try run("/usr/bin/infocmp", ["-1", "-x", terminal])
      try #require(output.status == .exited(0), "\(output.stderr)")
      var result: [String: [UInt8]] = [:]
      for line in output.stdout.split(separator: "\n") where line.hasPrefix("\t") {
        let text = line.dropFirst().dropLast()
        guard let sign = text.firstIndex(where: { $0 == "=" || $0 == "#" }) else {
          result[String(text)] = []
          continue
        }
        result[String(text[..<sign])] =
          text[sign] == "=" ? sent(String(text[text.index(after: sign)...])) : []
      }
      return result
    }

    @Test func `what can't be shown is refused with a sentence, typed or pasted`() throws {
      var environment = plainEnvironment
      environment["LANG"] = "C"
      let orgman = try open(try DataFiles.reference(), environment: environment)
      orgman.send("/bak\u{E9}")
      try orgman.waitForText("That character can't be shown here")
      orgman.send("ery")
      try orgman.waitForText("/bakery")
      orgman.press(.escape)
      orgman.send("e\u{1B}[200~\u{E9}x\u{1B}[201~")
      try orgman.waitForText("That character can't be shown here")
      orgman.press(.escape)
      orgman.send("y")
      try orgman.quit()
    }

    @Test func `where the terminal speaks UTF-8, it is used in the locale C`() throws {
      var environment = plainEnvironment
      environment["LC_ALL"] = "C"
      let data = try DataFiles([Record("1", "株式会社", members: [("ann", "owner")])])
      let program = try builtProduct("orgman")
      let orgman = try TerminalProcess(
        "/bin/sh", ["-c", "stty iutf8; exec \(program) --data \(data.path)"], environment: environment)
      try orgman.waitForText("▸株式会社")
      orgman.send("/会")
      try orgman.waitForText("/会")
      orgman.press(.escape)
      orgman.send("Q")
      #expect(try orgman.waitForExit() == .exited(0))
    }

    private func sent(_ capability: String) -> [UInt8] {
      let plain = capability.replacing(/\$<[^>]*>/, with: "").replacing(
        /%(\{\d+\}|'[^']*'|p\d|[Pg][A-Za-z]|:?[-+# ]*[0-9.]*[doxXsc]|.)/, with: "")
      return Array(plain.replacing("\\E", with: "\u{1B}").utf8)
    }

    /// A session that shows most of what there is to see.
    private func session(_ terminal: String, locale: String, columns: Int, rows: Int) throws -> [UInt8] {
      var environment = plainEnvironment
      environment["TERM"] = terminal
      environment["LANG"] = locale
      let data = try DataFiles(
        (0..<60).map { Record("\($0)", "Name \($0)", members: [("ann", "owner"), ("株", "member")]) }
          + [Record("x", "株式会社")])
      let orgman = try open(data, environment: environment, columns: columns, rows: rows)
      for keys in ["jjG", "g\r", "\u{1B}", "/name 1\r", "?"] {
        let before = orgman.screen.text
        orgman.send(keys)
        try orgman.waitFor("what \(keys.debugDescription) does") { $0.text != before || $0.cursor.row > 1 }
      }
      orgman.send("q")
      try orgman.waitForText("/name 1")
      orgman.send("e")
      try orgman.waitForText("Edit ")
      orgman.press(.escape)
      try orgman.waitForText("/name 1")
      orgman.send("jd")
      try orgman.waitForText("to deleted?")
      orgman.send("y")
      try orgman.waitForText("deleted")
      orgman.send("Q")
      #expect(try orgman.waitForExit() == .exited(0))
      return orgman.outputBytes
    }

    @Test(
      arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100", "rxvt"], ["C.UTF-8", "C"])
    func `nothing is sent that the terminal's description doesn't have`(terminal: String, locale: String)
      throws
    {
      let capabilities = try capabilities(terminal)
      let known = capabilities.values.reduce(into: Set<String>()) { $0.formUnion(Self.shapes($1)) }
      let bytes = try session(terminal, locale: locale, columns: 80, rows: 24)
      let used = Self.shapes(bytes)
      #expect(used.count > 3)
      #expect(used.subtracting(known) == [], "not in \(terminal): \(used.subtracting(known))")
      let looks = Self.looks(bytes)
      let hasColors = capabilities["setaf"] != nil
      #expect(hasColors || looks.allSatisfy { !(30...49).contains($0) }, "\(looks)")
      #expect(looks.allSatisfy { $0 < 50 }, "the 16 colors of the terminal alone: \(looks)")
      if capabilities["dim"] == nil { #expect(!looks.contains(2)) }
      if locale == "C" { #expect(bytes.allSatisfy { $0 < 0x80 }) }
    }

    @Test func `the test knows a sequence that isn't in a description`() throws {
      let known = try capabilities("vt100").values.reduce(into: Set<String>()) {
        $0.formUnion(Self.shapes($1))
      }
      #expect(Self.shapes(Array("\u{1B}[3;4H".utf8)).subtracting(known) == [])
      for text in ["\u{1B}[?2004h", "\u{1B}[?1000h", "\u{1B}[5@", "\u{1B}]52;c;eA==\u{7}"] {
        #expect(!Self.shapes(Array(text.utf8)).subtracting(known).isEmpty, "\(text.debugDescription)")
      }
    }

    @Test(arguments: [(40, 10), (80, 24), (132, 43), (200, 60), (500, 200)])
    func `it fills terminals from the smallest to the largest`(columns: Int, rows: Int) throws {
      let data = try DataFiles.reference()
      let orgman = try start(["--data", data.path], columns: columns, rows: rows)
      let screen = try orgman.waitFor("the whole screen") {
        $0.lines[0].hasSuffix("live") && $0.lines[2].hasPrefix("▸") && $0.lines[rows - 1].hasSuffix("q quit")
      }
      #expect(screen.lines[0].count >= columns - 2)
      try orgman.quit()
    }
  }
}
