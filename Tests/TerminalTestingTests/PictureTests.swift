import TerminalTesting
import Testing

@Suite("A picture of a screen")
struct PictureTests {
  private func picture(_ printed: String, _ scheme: Scheme = .light, cursor: Bool = false) throws -> String {
    let end = cursor ? "" : "\\033[?25l"
    let program = try TerminalProcess("/bin/sh", ["-c", "printf '\(printed)\(end)'"], columns: 20, rows: 2)
    try program.waitForExit()
    return program.screen.picture(scheme)
  }

  @Test("Each piece of text stands where its cells are")
  func places() throws {
    let svg = try picture("ab  c\\n日本d שם")
    for piece in [
      #"x="12" y="25.2" textLength="16.8">ab<"#, #"x="45.6" y="25.2" textLength="8.4">c<"#,
      #"x="12" y="43.2" textLength="33.6">日本<"#, #"x="45.6" y="43.2" textLength="8.4">d<"#,
      #"x="62.4" y="43.2" textLength="8.4">ש<"#, #"x="70.8" y="43.2" textLength="8.4">ם<"#,
    ] {
      #expect(svg.contains(piece), "\(piece)\n\(svg)")
    }
    #expect(svg.components(separatedBy: "<text").count == 7)
  }

  @Test("No text ends the element that it stands in")
  func markup() throws {
    let svg = try picture("</text><b>&amp;\"")
    #expect(svg.contains("&lt;/text&gt;&lt;b&gt;&amp;amp;\"</text>"))
    #expect(!svg.contains("<b"))
  }

  @Test("Attributes, the scheme's colors, and where the cursor stands are drawn")
  func looks() throws {
    let light = try picture("\\033[1mb\\033[0;2md\\033[0;4mu\\033[0;30;43my\\033[0;31mr\\033[0;7mx")
    #expect(light.contains(#"font-weight="bold">b<"#))
    #expect(light.contains(#"fill-opacity=".65">d<"#))
    #expect(light.contains(##"<rect x="28.8" y="27.2" width="8.4" height="1" fill="#1f2328"/>"##))
    #expect(light.contains(##"<rect x="37.2" y="12" width="8.4" height="18" fill="#e3b341"/>"##))
    #expect(light.contains(##"fill="#c1121f">r<"##))
    #expect(light.contains(##"fill="#ffffff">x<"##))
    let dark = try picture("\\033[31mr", .dark)
    #expect(dark.contains(##"fill="#ff7b72">r<"##) && !dark.contains("#c1121f"))
    let withCursor = try picture("a", cursor: true)
    #expect(!light.contains(#"width="2""#))
    #expect(withCursor.contains(##"<rect x="20.4" y="12" width="2" height="18" fill="#1f2328"/>"##))
  }
}
