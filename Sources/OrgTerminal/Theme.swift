import OrgCore

/// The looks that can be chosen.
package enum ThemeName: String, Sendable, Hashable, CaseIterable {
  /// Red for what is bad, yellow behind what needs a look.
  case standard = "default"
  /// Without red and green, which some eyes don't tell apart: yellow and cyan, both behind black text.
  case colorblind
  /// Attributes of the terminal alone: bold, dim, underlined, reversed.
  case monochrome
  /// Nothing dim and nothing in color: all the contrast that the terminal has.
  case contrast
}

/// How things look, in the terminal's own 16 colors. Nothing is said by color alone.
///
/// Which colors those are, and whether they stand on black or white, is the user's choice. Of the eight as text only
/// red can be read on both in the usual schemes, and magenta; yellow, green and cyan vanish on white, blue on black.
/// As a background under black text yellow and cyan can be read in all.
struct Theme: Sendable {
  let name: ThemeName
  /// Colors, or attributes alone.
  let hasColors: Bool

  init(_ name: ThemeName = .standard, hasColors: Bool) {
    self.name = name
    self.hasColors = hasColors && (name == .standard || name == .colorblind)
  }

  var text: Style { Style() }
  var title: Style { Style(bold: true) }
  var heading: Style { Style(bold: name == .contrast, underlined: true) }
  var quiet: Style { Style(dim: name != .contrast) }
  var key: Style { Style(bold: true) }
  var selected: Style { Style(bold: name == .contrast, reversed: true) }
  var selectedElsewhere: Style { Style(bold: true) }
  var field: Style { Style(underlined: true) }
  var question: Style { Style(bold: true) }
  var note: Style { Style() }
  var good: Style { Style() }
  var warning: Style {
    look(Style(.black, on: .yellow), colorblind: Style(.black, on: .cyan), Style(bold: true))
  }
  var bad: Style {
    look(Style(.red, bold: true), colorblind: Style(.black, on: .yellow), Style(bold: true, underlined: true))
  }

  func changed(_ base: Style) -> Style {
    var style = base
    style.isBold = true
    style.isUnderlined = true
    return style
  }

  func status(_ status: Organization.Status) -> Style {
    switch status {
    case .active: good
    case .suspended: warning
    case .deleted:
      look(Style(.red, bold: true), colorblind: Style(.black, on: .yellow), Style(dim: name != .contrast))
    }
  }

  private func look(_ standard: Style, colorblind: Style, _ plain: Style) -> Style {
    !hasColors ? plain : name == .colorblind ? colorblind : standard
  }
}
