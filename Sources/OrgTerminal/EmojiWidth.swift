import OrgCore

/// How many cells an emoji of several scalars gets: a flag, a family, a skin tone, a keycap.
///
/// Terminals disagree, and none says what it does. So the cursor is placed explicitly after each of them, and a row is
/// aligned with either choice: where the terminal draws fewer cells, blanks follow, and where it draws more, they are covered.
package enum EmojiWidth: String, Sendable, CaseIterable {
  /// Two cells, for terminals that draw one image.
  case sequences
  /// The cells of all parts, for terminals that draw them one after the other.
  case parts

  /// What the terminal is known to draw.
  package static func detected(in environment: (String) -> String?) -> EmojiWidth {
    let terminal = environment("TERM") ?? ""
    // Multiplexers place characters by their own rules, whatever terminal shows them.
    let isMultiplexed =
      environment("TMUX") != nil || environment("STY") != nil
      || ["screen", "tmux"].contains { terminal.hasPrefix($0) }
    if isMultiplexed { return .parts }
    let terminals = ["xterm-kitty", "xterm-ghostty", "foot", "wezterm", "contour"]
    if terminals.contains(where: { terminal == $0 || terminal.hasPrefix($0 + "-") }) { return .sequences }
    // SSH passes on only the second.
    let programs = ["TERM_PROGRAM", "LC_TERMINAL"].compactMap { environment($0) }
    return programs.contains { ["iTerm.app", "iTerm2", "WezTerm", "ghostty"].contains($0) }
      ? .sequences : .parts
  }

  /// The cells for such an emoji whose parts take this many.
  func cells(parts: Int) -> Int { self == .sequences ? 2 : max(2, parts) }
}
