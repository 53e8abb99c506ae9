import OrgCore
import Testing

@testable import OrgTerminal

@Suite struct TypesetterTests {
  private let utf8 = Typesetter(isUTF8: true)
  private let ascii = Typesetter(isUTF8: false)

  init() { Sample.adoptLocale() }

  /// Texts of every kind that data can bring.
  static let texts = [
    "", "a", "Acme Corp", "株式会社みらい", "Zoe\u{301}", "👩\u{200D}💻", "🇩🇪", "a\u{202E}b\u{2066}c",
    "\u{1B}[2J\u{7}\n\t\0",
    "z" + String(repeating: "\u{301}", count: 300), "\u{301}lead", "שלום עולם", "नमस्ते", "ᄒ\u{1161}\u{11AB}",
    "\u{FEFF}\u{AD}\u{200B}",
    "\u{E000}\u{10FFFF}\u{FFFE}", "→…▸│‹›", "long words " + String(repeating: "w", count: 120), "株 a 株 b 株",
    "❤\u{FE0F}👍\u{1F3FD}", "\u{2028}\u{2029}\u{85}",
  ]

  @Test func `widths are those of the terminal's cells`() {
    for (text, width) in [
      ("Acme", 4), ("株式", 4), ("Zoe\u{301}", 3), ("👍", 2), ("\u{202E}", 8), ("\u{1B}", 6), ("\n", 2),
      ("שלום", 4),
    ] {
      #expect(utf8.set(text).width == width, "\(text.escapedForDisplay)")
    }
  }

  @Test func `nothing that could act on a terminal is left`() {
    for text in Self.texts {
      #expect(utf8.set(text).text.unicodeScalars.allSatisfy { $0.isPlain })
      #expect(ascii.set(text).text.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    }
    #expect(utf8.set("a\u{1B}[2J\u{202E}b").text == "a\\u{1B}[2J\\u{202E}b")
  }

  @Test func `a cell has few marks, and none stands without a letter`() {
    let zalgo = utf8.set("z" + String(repeating: "\u{301}", count: 300)).text
    #expect(zalgo.hasPrefix("z\u{301}\u{301}\u{301}\u{301}\\u{301}"))
    #expect(utf8.set("\u{301}a").text == "\\u{301}a")
    #expect(utf8.set("\u{202E}\u{301}").text == "\\u{202E}\\u{301}")
  }

  @Test func `without UTF-8 our own signs have twins and others are question marks`() {
    #expect(ascii.set("a → b… ▸│").text == "a -> b~ >|")
    #expect(ascii.set("Zoë 株").text == "Zo? ?")
    #expect(ascii.fit("member → owner", 9) == "member ~ ")
  }

  @Test(arguments: [true, false])
  func `fitted text fills its cells exactly`(isUTF8: Bool) {
    let typesetter = Typesetter(isUTF8: isUTF8)
    for text in Self.texts {
      for width in 0...60 {
        for isRight in [true, false] {
          #expect(typesetter.measured(typesetter.fit(text, width, isRight: isRight)) == width)
        }
      }
    }
    #expect(utf8.fit("株式会社", 6) == "株式… ")
    #expect(utf8.fit("Acme", 6, isRight: true) == "  Acme")
  }

  @Test(arguments: [true, false])
  func `wrapped lines never exceed the width and lose nothing`(isUTF8: Bool) {
    let typesetter = Typesetter(isUTF8: isUTF8)
    for text in Self.texts {
      for width in 1...60 {
        let lines = typesetter.wrap(text, width)
        #expect(
          lines.allSatisfy { typesetter.measured($0) <= width }, "\(text.escapedForDisplay) in \(width)")
        // The widest character has four cells.
        guard width > 3 else { continue }
        let letters = lines.joined().filter { $0 != " " }
        #expect(letters == typesetter.set(text).text.filter { $0 != " " })
      }
    }
    #expect(utf8.wrap("one two three", 7) == ["one two", "three"])
  }

  @Test(arguments: [true, false])
  func `a window shows the cursor at any place of any text`(isUTF8: Bool) {
    let typesetter = Typesetter(isUTF8: isUTF8)
    for text in Self.texts {
      for width in 1...20 {
        for cursor in 0...text.count {
          let window = typesetter.window(text, cursor: cursor, width)
          #expect(typesetter.measured(window.text) == width)
          #expect((0..<width).contains(window.cursor))
        }
      }
    }
    #expect(utf8.window("abcdef", cursor: 6, 4) == ("def ", 3))
    #expect(utf8.window("abcdef", cursor: 0, 4) == ("abcd", 0))
  }

  @Test func `a line takes no more than it may`() {
    for text in Self.texts {
      for width in 0...30 {
        var line = LineBuilder(utf8, width: width)
        line.add("ab")
        line.add(text)
        line.add(text, width: 7)
        line.fill(leaving: 3)
        line.add(text, width: 9, isRight: true)
        #expect(line.spans.reduce(0) { $0 + utf8.measured($1.text) } <= width)
      }
    }
  }

  @Test func `thousands are grouped`() {
    #expect(
      [0, 999, 1000, 100_000, 1_234_567].map(\.grouped) == ["0", "999", "1,000", "100,000", "1,234,567"])
  }
}

extension Typesetter {
  /// The width of text that was set already, scalar by scalar as the screen counts it.
  func measured(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : set("x" + String(Character($1))).width - 1) }
  }
}
