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
    "❤\u{FE0F}👍\u{1F3FD}", "\u{2028}\u{2029}\u{85}", "👨\u{200D}👩\u{200D}👧\u{200D}👦 family",
    "1\u{FE0F}\u{20E3}a\u{FE0F}",
    "🇩🇪🇫\u{1F3FD}", "🍎\u{200D}🍎\u{1F3FD}👩\u{200D}", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
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
      let shown = utf8.set(text).text
      #expect(shown.escapedForDisplay == shown)
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

  @Test func `emoji of several scalars get two cells, or those of their parts`() {
    let images = Typesetter(isUTF8: true, emoji: .sequences)
    for (text, parts) in [
      ("👨\u{200D}👩\u{200D}👧\u{200D}👦", 8), ("👩\u{200D}💻", 4), ("👍🏽", 4), ("🇩🇪", 2), ("1\u{FE0F}\u{20E3}", 2),
      ("❤\u{FE0F}", 2),
      ("🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", 2),
    ] {
      #expect(utf8.set(text) == (text, parts))
      #expect(images.set(text) == (text, 2))
      #expect(utf8.set("a\(text)b") == ("a\(text)b", parts + 2))
      #expect(pieces(text) == [Typesetter.Piece(text: text, width: parts, isUncertain: true)])
    }
    #expect(utf8.set("👩\u{200D}🍎") == ("👩\\u{200D}🍎", 12))
  }

  @Test func `the widths are those of terminals that are known`() {
    for (environment, width) in [
      (["TERM": "xterm-256color"], EmojiWidth.parts), (["TERM": "xterm-kitty"], .sequences),
      (["TERM": "foot-extra"], .sequences), (["TERM": "footage"], .parts),
      (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .sequences),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .sequences),
      (["TERM": "tmux-256color", "LC_TERMINAL": "iTerm2"], .parts),
      (["TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"], .parts), ([:], .parts),
    ] {
      #expect(EmojiWidth.detected { environment[$0] } == width, "\(environment)")
    }
  }

  @Test func `a row is divided at the first text of uncertain width`() {
    let line = [Span("ab 👍 "), Span("🇩🇪 x", Style(bold: true)), Span("   ")]
    let pieces = RowPieces(line, columns: 40, utf8)
    #expect(pieces.known.map(\.text) == ["ab 👍 "])
    #expect(pieces.rest.map(\.text) == ["🇩🇪", " x"])
    #expect(pieces.rest.map(\.column) == [6, 8])
    #expect(pieces.rest.map(\.reach) == [10, 10])
    #expect(RowPieces(line, columns: 7, utf8).rest.isEmpty)
    #expect(RowPieces([Span("a"), Span(" ", Style(reversed: true))], columns: 9, utf8).rest.isEmpty)
  }

  @Test func `what terminals may join is one piece, of uncertain width`() {
    #expect(pieces("नि").map(\.isUncertain) == [true])
    #expect(pieces("🍎🏽").map(\.isUncertain) == [true])
    #expect(pieces("🇩").map(\.isUncertain) == [true])
    #expect(pieces("👍e\u{301}株").map(\.isUncertain) == [false, false, false])
    #expect(pieces("🍎\u{200D}🍎").map(\.text) == ["🍎", "\\u{200D}", "🍎"])
  }

  @Test func `no emoji is cut`() {
    let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦"
    for emoji in EmojiWidth.allCases {
      let typesetter = Typesetter(isUTF8: true, emoji: emoji)
      for width in 0...24 {
        let fitted = typesetter.fit("ab\(family)c\(family)", width)
        let cut = typesetter.shorten("ab\(family)c\(family)", to: width)
        for shown in [fitted, cut] where width > 2 {
          let rest = shown.replacing(family, with: "")
          #expect(rest.unicodeScalars.allSatisfy { $0.value < 0x1F000 }, "\(shown) in \(width)")
        }
      }
    }
    #expect(utf8.fit("ab\(family)", 10) == "ab\(family)")
    #expect(utf8.fit("ab\(family)", 9) == "ab…      ")
  }

  private func pieces(_ text: String) -> [Typesetter.Piece] {
    var pieces: [Typesetter.Piece] = []
    utf8.forEachPiece(of: text) {
      pieces.append($0)
      return true
    }
    return pieces
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
        // The widest emoji has eight cells.
        guard width > 7 else { continue }
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
  /// The width of text that was set already, which setting it again doesn't change.
  func measured(_ text: String) -> Int { set(text).width }
}
