import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Emoji of several scalars, in terminals that draw one image for each, and in those that draw its parts.
  @Suite struct Emoji {
    private static let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦"
    private static let names = [
      "Coder 👩\u{200D}💻 Ltd", "Family \(family) Inc", "Flag 🇩🇪 GmbH", "Key 1\u{FE0F}\u{20E3} Co",
      "Love ❤\u{FE0F} me",
      "Plain and simple", "Scot 🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} Ltd",
      "Skin 👍🏽\u{1F44D} up",
      "Two \(family)\(family) and so on and on and on", "Half 🇫 flag", "नमस्ते भारत", "\(family)",
    ]
    private let data: DataFiles

    init() throws {
      data = try DataFiles(
        Self.names.enumerated().map { number, name in
          var record = Record(
            "\(number)", name, members: [("\(Self.family)\(number)", "owner"), ("bob", "member")])
          record.plan = "gold"
          return record
        })
    }

    private func open(
      _ emoji: String, drawsImages: Bool, columns: Int = 120, rows: Int = 32
    ) throws -> TerminalProcess {
      let home = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
      try Data("emoji = \"\(emoji)\"\n".utf8).write(to: URL(filePath: home.path + "/orgman/config.toml"))
      let orgman = try TerminalProcess(
        try builtProduct("orgman"), ["--data", data.path, "--read-only"],
        environment: plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }, columns: columns,
        rows: rows,
        drawsImages: drawsImages)
      orgman.belongings = [home, data]
      try orgman.waitFor("a whole frame") {
        $0.lines.last?.isEmpty == false && $0.row(containing: "Plain and") != nil
      }
      return orgman
    }

    /// The columns in which a text starts, in each row that has it.
    private func columns(of text: String, in screen: Screen) -> [Int] {
      (0..<screen.rows).compactMap { row in
        (0..<screen.columns - text.count).first { column in
          text.enumerated().allSatisfy {
            screen.cell(row: row, column: column + $0.offset).text == String($0.element)
          }
        }
      }
    }

    @Test(arguments: ["auto", "parts", "sequences"], [true, false])
    func `rows are aligned whatever the terminal draws`(emoji: String, drawsImages: Bool) throws {
      for (columns, rows) in [(120, 32), (80, 24), (40, 20)] {
        let orgman = try open(emoji, drawsImages: drawsImages, columns: columns, rows: rows)
        for _ in Self.names {
          let screen = orgman.screen
          if columns > 40 {
            let plans = self.columns(of: "gold", in: screen).filter { $0 < 72 }
            #expect(
              plans.count >= Self.names.count && Set(plans).count == 1, "\(emoji) \(drawsImages)\n\(screen)")
          }
          if columns == 120 {
            let lines = self.columns(of: "│", in: screen)
            #expect(lines.count > 20 && Set(lines).count == 1, "\(emoji) \(drawsImages)\n\(screen)")
          }
          let row = screen.cursor.row
          orgman.send("j")
          // The bar reaches as far as in a row of ASCII. The cursor may be read before the bar is drawn.
          try orgman.waitFor("the next row, all of it") { screen in
            let width = (0..<columns).count {
              let cell = screen.cell(row: screen.cursor.row, column: $0)
              return cell.background != nil || cell.reverse
            }
            return (screen.cursor.row != row || row == Self.names.count + 1) && width >= min(columns - 1, 70)
          }
        }
        // After everything was drawn anew, it is the same.
        let screen = orgman.screen
        orgman.press(.control("l"))
        try orgman.waitFor("the same") { $0.text == screen.text }
        // Nothing is left of a row after another took its place.
        orgman.send("/plain")
        let found = try orgman.waitForText("1/1")
        #expect(
          found.lines.filter { $0.prefix(40).contains("👨") || $0.prefix(40).contains("👩") } == [], "\(found)")
        orgman.send("\u{1B}")
        try orgman.waitFor("all") { $0.row(containing: "Flag") != nil }
        try orgman.quit()
      }
    }

    @Test func `images are drawn where the terminal draws them`() throws {
      for emoji in ["auto", "sequences"] {
        let orgman = try open(emoji, drawsImages: true)
        let screen = orgman.screen
        for image in [Self.family, "👩\u{200D}💻", "🇩🇪", "1\u{FE0F}\u{20E3}", "👍🏽"] {
          #expect(screen.text.contains(image), "\(image)\n\(screen)")
        }
        #expect(!screen.text.contains("\\u{"), "\(screen)")
        try orgman.quit()
      }
    }

    @Test func `the cursor and Backspace take an emoji whole`() throws {
      let orgman = try open("sequences", drawsImages: true)
      orgman.send("/a\(Self.family)b")
      try orgman.waitForText("/a\(Self.family)b")
      orgman.press(.left)
      let end = try orgman.waitFor("the cursor before b") { $0.cursor.column == 5 }.cursor.row
      orgman.press(.left)
      try orgman.waitFor("the cursor before the family") { $0.cursor.column == 3 && $0.cursor.row == end }
      orgman.press(.right)
      try orgman.waitFor("the cursor after the family") { $0.cursor.column == 5 }
      orgman.press(.backspace)
      try orgman.waitFor("no family") { $0.lines[end].hasPrefix(" /ab") }
      orgman.press(.escape)
      try orgman.waitForText("Flag")
      try orgman.quit()
    }

    @Test func `moving the cursor sends few bytes`() throws {
      let orgman = try open("auto", drawsImages: false, columns: 80, rows: 24)
      // Two rows are drawn anew, with all that is in them.
      var excess: [Int] = []
      for _ in 1..<Self.names.count {
        let (before, row, lines) = (orgman.outputByteCount, orgman.screen.cursor.row, orgman.screen.lines)
        orgman.send("j")
        try orgman.waitFor("the next row") { $0.cursor.row == row + 1 }
        let text = lines[row...row + 1].reduce(0) { $0 + $1.utf8.count - $1.count }
        excess.append(orgman.outputByteCount - before - text)
      }
      #expect(excess.allSatisfy { $0 <= 230 }, "\(excess)")
      try orgman.quit()
    }

    @Test func `tables of commands are aligned by the same widths`() throws {
      for (terminal, width) in [("xterm-256color", 8), ("xterm-kitty", 2)] {
        let list = try TerminalProcess(
          try builtProduct("orgman"), ["--data", data.path, "list"],
          environment: plainEnvironment.merging(["TERM": terminal]) { $1 })
        #expect(try list.waitForExit() == .exited(0))
        let output = String(decoding: list.outputBytes, as: UTF8.self)
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        let plain = try #require(lines.first { $0.contains("Plain and simple") })
        let family = try #require(lines.first { $0.contains("Family \(Self.family) Inc") })
        func cells(_ line: String) -> Int? {
          line.replacing(Self.family, with: String(repeating: "x", count: width)).firstRange(of: "gold").map {
            line.replacing(Self.family, with: String(repeating: "x", count: width)).distance(
              from: line.startIndex, to: $0.lowerBound)
          }
        }
        #expect(cells(plain) != nil && cells(plain) == cells(family), "\(output)")
      }
    }
  }
}
