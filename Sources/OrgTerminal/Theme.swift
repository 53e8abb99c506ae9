import OrgCore

/// The available themes.
package enum ThemeName: String, Sendable, Hashable, CaseIterable {
  /// Red marks problems, and a yellow background marks what needs attention.
  case standard = "default"
  /// Yellow and cyan backgrounds under black text instead of red and green, which some users can't tell apart.
  case colorblind
  /// Only the terminal's attributes: bold, dim, underlined, reversed.
  case monochrome
  /// No dim text and no colors, for maximum contrast.
  case contrast
}

/// The styles of the user interface, in the terminal's own 16 colors. No information is conveyed by color alone.
///
/// The user chooses the actual colors, and whether the background is black or white. In the usual color schemes, only
/// red and magenta text is readable on both; yellow, green, and cyan vanish on white, and blue on black. Black text on
/// a yellow or cyan background is readable in all of them.
struct Theme: Sendable {
  let name: ThemeName
  /// Whether to use colors rather than only attributes.
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
