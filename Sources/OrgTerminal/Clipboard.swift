import OrgCore

/// Copies text to the clipboard of the user's machine, even over the network, with OSC 52: an escape sequence that
/// carries the text in Base64.
struct Clipboard: Sendable {
  /// What is between this program and the terminal.
  enum Way: Sendable, Hashable {
    /// Nothing.
    case direct
    /// tmux. With `set-clipboard on` it handles the sequence itself; with `allow-passthrough on`, and always before
    /// tmux 3.3, it passes on a wrapped sequence. These settings can't be queried, so both forms are sent. tmux drops
    /// the one it doesn't want, and copying a text twice does no harm.
    case tmux
    /// GNU screen, which passes on a wrapped sequence, in pieces that fit its buffer.
    case screen
    /// tmux or screen according to TERM, but there is no way to tell which.
    case tmuxOrScreen
  }

  /// How to reach the clipboard; `nil` if it can't be reached.
  let way: Way?
  private let terminal: String
  /// The maximum length of the text in bytes: most terminals accept sequences of up to 100,000 bytes.
  static let limit = 74_994
  /// The length of a piece in bytes: screen drops a wrapped string of more than 768 bytes.
  private static let piece = 512

  /// Determines how to reach the clipboard.
  ///
  /// - Parameters:
  ///   - terminal: the name of the terminal, from TERM.
  ///   - hasSequence: whether its description has the sequence (`Ms`).
  ///   - tmux: the value of TMUX.
  ///   - screen: the value of STY.
  init(terminal: String, hasSequence: Bool, tmux: String?, screen: String?) {
    self.terminal = terminal
    let isInside = terminal.hasPrefix("screen") || terminal.hasPrefix("tmux")
    // TMUX and STY don't apply if they were inherited by another terminal that was started inside tmux or screen.
    way =
      if isInside, tmux != nil || terminal.hasPrefix("tmux") {
        .tmux
      } else if isInside, screen != nil {
        .screen
      } else if isInside {
        .tmuxOrScreen
      } else {
        hasSequence ? .direct : nil
      }
  }

  /// Why nothing can be copied; `nil` if copying is possible.
  var obstacle: String? {
    way == nil
      ? "The terminal \(terminal.escapedForDisplay) has no clipboard that programs can reach (OSC 52)." : nil
  }

  /// The bytes that copy a text, or why it can't be copied.
  func bytes(copying text: String) -> Result<[UInt8], Refusal> {
    if let obstacle { return .failure(Refusal(reason: obstacle)) }
    guard text.utf8.count <= Self.limit else {
      return .failure(
        Refusal(
          reason:
            "That is too long to be copied: \(text.utf8.count.grouped) bytes, where terminals take \(Self.limit.grouped)."
        ))
    }
    // Terminated by BEL, because the other terminator, ESC \, would also end the wrapper.
    let plain = Array("\u{1B}]52;c;".utf8) + Self.base64(Array(text.utf8)) + [7]
    switch way {
    case .direct, nil: return .success(plain)
    case .tmux: return .success(plain + Self.forTmux(plain))
    case .screen: return .success(Self.forScreen(plain))
    // screen drops the first two, tmux the third.
    case .tmuxOrScreen: return .success(plain + Self.forTmux(plain) + Self.forScreen(plain))
    }
  }

  /// Why something wasn't copied.
  struct Refusal: Error, Equatable {
    let reason: String
  }

  private static func forTmux(_ bytes: [UInt8]) -> [UInt8] {
    // Within the wrapper, each Escape is doubled.
    Array("\u{1B}Ptmux;".utf8) + bytes.flatMap { $0 == 0x1B ? [$0, $0] : [$0] } + Array("\u{1B}\\".utf8)
  }

  private static func forScreen(_ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: piece).flatMap {
      Array("\u{1B}P".utf8) + bytes[$0..<min($0 + piece, bytes.count)] + Array("\u{1B}\\".utf8)
    }
  }

  /// Base64 according to RFC 4648.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 3 * 4 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        result.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return result
  }
}
