import OrgCore
import Testing

@testable import OrgTerminal

/// The colors of a terminal as people have them.
private struct Scheme {
  let name: String
  let background: Int
  let foreground: Int
  /// Black, red, green, yellow, blue, magenta, cyan, white.
  let colors: [Int]
  /// The same, bright: what bold text has where `isBoldBright`.
  var bright: [Int] = []
  var isBoldBright = false

  static let all = [
    Scheme(
      name: "xterm, dark", background: 0x000000, foreground: 0xE5E5E5,
      colors: [0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5]),
    Scheme(
      name: "xterm, light", background: 0xFFFFFF, foreground: 0x000000,
      colors: [0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5]),
    Scheme(
      name: "Linux console", background: 0x000000, foreground: 0xAAAAAA,
      colors: [0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA],
      bright: [0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF],
      isBoldBright: true),
    Scheme(
      name: "Tango, dark", background: 0x300A24, foreground: 0xFFFFFF,
      colors: [0x2E3436, 0xCC0000, 0x4E9A06, 0xC4A000, 0x3465A4, 0x75507B, 0x06989A, 0xD3D7CF],
      bright: [0x555753, 0xEF2929, 0x8AE234, 0xFCE94F, 0x729FCF, 0xAD7FA8, 0x34E2E2, 0xEEEEEC],
      isBoldBright: true),
    Scheme(
      name: "Tango, light", background: 0xFFFFFF, foreground: 0x2E3436,
      colors: [0x2E3436, 0xCC0000, 0x4E9A06, 0xC4A000, 0x3465A4, 0x75507B, 0x06989A, 0xD3D7CF]),
    Scheme(
      name: "Solarized, dark", background: 0x002B36, foreground: 0x839496,
      colors: [0x073642, 0xDC322F, 0x859900, 0xB58900, 0x268BD2, 0xD33682, 0x2AA198, 0xEEE8D5]),
    Scheme(
      name: "Solarized, light", background: 0xFDF6E3, foreground: 0x657B83,
      colors: [0x073642, 0xDC322F, 0x859900, 0xB58900, 0x268BD2, 0xD33682, 0x2AA198, 0xEEE8D5]),
    Scheme(
      name: "Windows", background: 0x0C0C0C, foreground: 0xCCCCCC,
      colors: [0x0C0C0C, 0xC50F1F, 0x13A10E, 0xC19C00, 0x0037DA, 0x881798, 0x3A96DD, 0xCCCCCC]),
    Scheme(
      name: "macOS, light", background: 0xFFFFFF, foreground: 0x000000,
      colors: [0x000000, 0x990000, 0x00A600, 0x999900, 0x0000B2, 0xB200B2, 0x00A6B2, 0xBFBFBF]),
    Scheme(
      name: "PuTTY", background: 0x000000, foreground: 0xBBBBBB,
      colors: [0x000000, 0xBB0000, 0x00BB00, 0xBBBB00, 0x0000BB, 0xBB00BB, 0x00BBBB, 0xBBBBBB],
      bright: [0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF],
      isBoldBright: true),
    Scheme(
      name: "Gruvbox, dark", background: 0x282828, foreground: 0xEBDBB2,
      colors: [0x282828, 0xCC241D, 0x98971A, 0xD79921, 0x458588, 0xB16286, 0x689D6A, 0xA89984],
      bright: [0x928374, 0xFB4934, 0xB8BB26, 0xFABD2F, 0x83A598, 0xD3869B, 0x8EC07C, 0xEBDBB2],
      isBoldBright: true),
  ]

  func contrast(_ style: Style) -> Double {
    func color(_ color: Style.Color, _ standard: Int) -> Int {
      color == .standard ? standard : colors[Int(color.rawValue)]
    }
    var text = color(style.foreground, foreground)
    if style.isBold, isBoldBright, style.foreground != .standard {
      text = bright[Int(style.foreground.rawValue)]
    }
    let behind = color(style.background, background)
    let (one, other) = (Self.luminance(text), Self.luminance(behind))
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
  }

  /// As WCAG 2 defines it.
  private static func luminance(_ color: Int) -> Double {
    func linear(_ value: Int) -> Double {
      let part = Double(value & 0xFF) / 255
      return part <= 0.04045 ? part / 12.92 : power((part + 0.055) / 1.055)
    }
    return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8) + 0.0722 * linear(color)
  }

  /// To the power of 2.4, by its logarithm's series: there is no Foundation here.
  private static func power(_ value: Double) -> Double {
    var low = 0.0
    var high = 1.0
    // x^2.4 = y  <=>  y^5 = x^12
    let target = (0..<12).reduce(1.0) { product, _ in product * value }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if (0..<5).reduce(1.0, { product, _ in product * middle }) < target {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}

@Suite struct ThemeTests {
  private func styles(_ theme: Theme) -> [(name: String, style: Style)] {
    [
      ("text", theme.text), ("title", theme.title), ("heading", theme.heading), ("quiet", theme.quiet),
      ("key", theme.key), ("selected", theme.selected), ("selectedElsewhere", theme.selectedElsewhere),
      ("field", theme.field), ("question", theme.question), ("note", theme.note), ("good", theme.good),
      ("warning", theme.warning), ("bad", theme.bad), ("changed", theme.changed(theme.text)),
      ("active", theme.status(.active)), ("suspended", theme.status(.suspended)),
      ("deleted", theme.status(.deleted)),
    ]
  }

  /// 3 is what WCAG asks of large text and of signs; everything that is said in color is also said in a word.
  @Test(arguments: ThemeName.allCases)
  func `what is said in color can be read on light and dark`(name: ThemeName) {
    for (what, style) in styles(Theme(name, hasColors: true)) {
      guard style.foreground != .standard || style.background != .standard else { continue }
      for scheme in Scheme.all {
        let contrast = scheme.contrast(style)
        #expect(contrast >= 3, "\(what) in \(name), \(scheme.name): \(contrast)")
      }
      // Dim takes away from a contrast that is just enough.
      #expect(!style.isDim, "\(what) in \(name)")
    }
  }

  @Test func `the test knows what can't be read`() {
    let worst = { (style: Style) in Scheme.all.map { $0.contrast(style) }.min() ?? 0 }
    #expect(worst(Style(.yellow)) < 2)
    #expect(worst(Style(.blue)) < 2.5)
    #expect(worst(Style(.green)) < 2.5)
    #expect(worst(Style(.cyan)) < 2.5)
    #expect(Scheme.all[0].contrast(Style()) > 15)
  }

  @Test func `without colors, or by the themes without them, there is none`() {
    for name in ThemeName.allCases {
      for hasColors in [false, true] where !hasColors || name == .monochrome || name == .contrast {
        for (what, style) in styles(Theme(name, hasColors: hasColors)) {
          #expect(style.foreground == .standard && style.background == .standard, "\(what) in \(name)")
        }
      }
    }
  }

  @Test func `what is bad, what needs a look and what is quiet differ in every theme`() {
    for name in ThemeName.allCases {
      for hasColors in [true, false] {
        let theme = Theme(name, hasColors: hasColors)
        #expect(Set([theme.bad, theme.warning, theme.text]).count == 3)
        #expect(theme.status(.suspended) != theme.status(.active))
        #expect(theme.selected != theme.text && theme.selectedElsewhere != theme.text)
      }
    }
  }

  @Test func `the theme for who can't tell red from green has neither`() {
    let colors = styles(Theme(.colorblind, hasColors: true)).flatMap {
      [$0.style.foreground, $0.style.background]
    }
    #expect(!colors.contains(.red) && !colors.contains(.green) && !colors.contains(.magenta))
    #expect(colors.contains(.yellow) && colors.contains(.cyan))
  }
}
