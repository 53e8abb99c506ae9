import CVTerm

/// What can be pressed on the keyboard of a terminal.
public enum Keys: Sendable {
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  /// A function key, from 1.
  case f(Int)
  /// A letter, or one of `@ [ \ ] ^ _`, together with Control.
  case control(Character)
  /// Characters as they are.
  case text(String)
}

extension Emulator {
  /// Leaves the bytes that xterm sends for a key, in the modes that the program has chosen, in `replies`.
  func press(_ key: Keys) {
    switch key {
    case .enter: press(VTERM_KEY_ENTER)
    case .escape: press(VTERM_KEY_ESCAPE)
    case .tab: press(VTERM_KEY_TAB)
    case .backTab: press(VTERM_KEY_TAB, VTERM_MOD_SHIFT)
    case .backspace: press(VTERM_KEY_BACKSPACE)
    case .delete: press(VTERM_KEY_DEL)
    case .insert: press(VTERM_KEY_INS)
    case .up: press(VTERM_KEY_UP)
    case .down: press(VTERM_KEY_DOWN)
    case .left: press(VTERM_KEY_LEFT)
    case .right: press(VTERM_KEY_RIGHT)
    case .home: press(VTERM_KEY_HOME)
    case .end: press(VTERM_KEY_END)
    case .pageUp: press(VTERM_KEY_PAGEUP)
    case .pageDown: press(VTERM_KEY_PAGEDOWN)
    case .f(let number): press(VTermKey(VTERM_KEY_FUNCTION_0.rawValue + UInt32(number)))
    // Not through libvterm: it writes Control with i, j, m and [ in a way that xterm does not.
    case .control(let character): replies.append((character.asciiValue ?? 0) & 0x1f)
    case .text(let text): replies += Array(text.utf8)
    }
  }

  private func press(_ key: VTermKey, _ modifier: VTermModifier = VTERM_MOD_NONE) {
    vterm_keyboard_key(terminal, key, modifier)
  }
}
