import CNcurses
import Glibc

/// A source of codes from a terminal.
protocol KeySource {
  /// The next byte, or a curses key code, which is above all bytes; `nil` if there is none at the moment.
  ///
  /// - Parameter isWaiting: whether to wait a moment for a code that belongs to the previous ones.
  func nextCode(isWaiting: Bool) -> Int32?
  /// The time in milliseconds of a clock that never jumps.
  var milliseconds: Int64 { get }
}

/// Decodes what a terminal sends into keys. Anything that is neither a key nor text is dropped.
struct KeyDecoder {
  /// How long to wait, in milliseconds, for each further piece of a key on a connection that splits keys. Users only
  /// notice this delay if they type Escape and then [ or O in quick succession.
  static let pieceDelay: Int32 = 300
  /// The number of codes read at once, limited so that a flood doesn't block everything else.
  private static let mostCodes = 1 << 16
  private static let mostKeys = 4096
  /// The maximum number of characters between the beginning and the end of a sequence. No terminal needs more.
  private static let longestParameters = 64
  /// The maximum column or row of a mouse event: more than any screen has.
  private static let furthest = 1 << 14

  /// Whether the terminal shows more than ASCII. Where it doesn't, typing more than that isn't dropped in silence.
  var isUTF8 = true
  /// The bytes of an incomplete character.
  private var text = mbstate_t()
  /// A code that was read, but will be processed again.
  private var putBack: Int32?
  /// When the Escape key was pressed, if it was the last key.
  private var escapedAt: Int64?
  /// Whether to skip the rest of an overlong sequence.
  private var isSkipping = false

  /// The keys typed since the last call. Waits only to tell the Escape key from a key that begins with the same byte.
  mutating func keys(from source: some KeySource) -> [Key] {
    var keys: [Key] = []
    var codes = 0
    while putBack != nil || keys.count < Self.mostKeys && codes < Self.mostCodes, let code = next(source) {
      codes += 1
      if isSkipping {
        if (0x20...0x3F).contains(code) { continue }
        isSkipping = false
        if (0x40...0x7E).contains(code) { continue }
      }
      let before = escapedAt
      escapedAt = nil
      if let key = key(code, after: before, source) { keys.append(key) }
    }
    return keys
  }

  private mutating func next(_ source: some KeySource, isWaiting: Bool = false) -> Int32? {
    if let code = putBack {
      putBack = nil
      return code
    }
    return source.nextCode(isWaiting: isWaiting)
  }

  /// - Parameter escape: when a preceding Escape was interpreted as a key by itself, if it was the last one.
  private mutating func key(_ code: Int32, after escape: Int64?, _ source: some KeySource) -> Key? {
    if let escape, code == 0x5B || code == 0x4F, source.milliseconds - escape < Int64(Self.pieceDelay) {
      // It wasn't: the rest of the key arrives in pieces, and must not be interpreted as typed letters.
      return continued(code, source) ?? nil
    }
    return switch code {
    case 0...255: typed(UInt8(code), source)
    case KEY_F0...KEY_F0 + 63: .function(Int(code - KEY_F0))
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_HOME, KEY_FIND, KEY_A1: .home
    case KEY_END, KEY_SELECT, KEY_LL, KEY_C1: .end
    case KEY_PPAGE, KEY_A3: .pageUp
    case KEY_NPAGE, KEY_C3: .pageDown
    case KEY_ENTER: .enter
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_IC: .insert
    case KEY_BTAB: .backTab
    case cncurses_control_left: .controlLeft
    case cncurses_control_right: .controlRight
    case cncurses_paste_begin: .pasteBegin
    case cncurses_paste_end: .pasteEnd
    default: nil
    }
  }

  private mutating func typed(_ byte: UInt8, _ source: some KeySource) -> Key? {
    switch byte {
    case 8, 127: return .backspace
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return escaped(source)
    case 1...26: return .control(Unicode.Scalar(byte + 0x60))
    case 0...31: return .control(Unicode.Scalar(byte + 0x40))
    default:
      let scalar = decoded(byte)
      if !isUTF8, byte >= 0x80 { return .unreadable }
      return scalar.map(Key.character)
    }
  }

  /// Decodes a scalar, if the byte completes one in the locale's encoding. This doesn't use `wget_wch`, which drops
  /// valid characters after an invalid one and forgets incomplete ones.
  private mutating func decoded(_ byte: UInt8) -> Unicode.Scalar? {
    let wasInside = mbsinit(&text) == 0
    var input = CChar(bitPattern: byte)
    var character: wchar_t = 0
    switch mbrtowc(&character, &input, 1, &text) {
    case 0, 1: return Unicode.Scalar(UInt32(bitPattern: character))
    case -1:  // Invalid, but it may still begin another character.
      text = mbstate_t()
      return wasInside ? decoded(byte) : nil
    default: return nil
    }
  }

  /// Decodes what follows an Escape: nothing, a separate key, or the rest of a sequence that the terminal's description
  /// doesn't have. Such a sequence must not be interpreted as typed letters, which would run commands.
  private mutating func escaped(_ source: some KeySource) -> Key? {
    guard let introducer = next(source) else {
      escapedAt = source.milliseconds
      return .escape
    }
    guard introducer == 0x5B || introducer == 0x4F else {
      putBack = introducer
      return .escape
    }
    return continued(introducer, source) ?? .escape
  }

  /// Decodes what follows Escape and [ or O.
  ///
  /// - Returns: the key, or an inner `nil` if it isn't one; an outer `nil` if nothing follows, so that the
  ///   character was typed by itself.
  private mutating func continued(_ introducer: Int32, _ source: some KeySource) -> Key?? {
    var parameters = ""
    // The rest may still be on its way.
    while let code = next(source, isWaiting: true) {
      guard (0x20...0x7E).contains(code) else {
        putBack = code
        return .some(nil)
      }
      let scalar = Unicode.Scalar(UInt8(code))
      if introducer == 0x4F { return shifted(scalar, source) }
      if code >= 0x40, code != 0x5B { return sequence(parameters, scalar, source) }
      parameters.unicodeScalars.append(scalar)
      if parameters.utf8.count > Self.longestParameters {
        isSkipping = true
        return .some(nil)
      }
    }
    // Nothing followed: these are separate key presses.
    guard parameters.isEmpty else { return .some(nil) }
    putBack = introducer
    return nil
  }

  /// Decodes Escape O and a character, which keys send in the application modes.
  private mutating func shifted(_ scalar: Unicode.Scalar, _ source: some KeySource) -> Key? {
    switch scalar {
    case "M": .enter
    case "P", "Q", "R", "S": .function(Int(scalar.value) - 0x4F)
    // The numeric keypad.
    case "j"..."y": Unicode.Scalar(scalar.value - 0x40).map(Key.character)
    default: sequence("", scalar, source)
    }
  }

  /// Decodes Escape [, parameters, and a final character, which most terminals use. The Linux console puts another [
  /// before the final character of F1 to F5.
  private mutating func sequence(
    _ parameters: String, _ final: Unicode.Scalar, _ source: some KeySource
  ) -> Key? {
    if parameters.hasPrefix("<"), final == "M" || final == "m" { return pointed(parameters, final) }
    if parameters.isEmpty, final == "M" {
      // From a terminal without SGR mouse encoding: three bytes, which must not be interpreted as typed letters.
      let bytes = (0..<3).map { _ in next(source, isWaiting: true) ?? 32 }
      return pointed("<\(bytes[0] - 32);\(bytes[1] - 32);\(bytes[2] - 32)", bytes[0] == 35 ? "m" : "M")
    }
    return switch (parameters, final) {
    case ("", "A"): .up
    case ("", "B"): .down
    case ("", "C"): .right
    case ("", "D"): .left
    case ("1;5", "C"): .controlRight
    case ("1;5", "D"): .controlLeft
    case ("", "H"), ("1", "~"), ("7", "~"): .home
    case ("", "F"), ("4", "~"), ("8", "~"): .end
    case ("2", "~"): .insert
    case ("3", "~"): .delete
    case ("5", "~"): .pageUp
    case ("6", "~"): .pageDown
    case ("", "Z"): .backTab
    case ("[", "A"..."E"): .function(Int(final.value) - 0x40)
    case ("200", "~"): .pasteBegin
    case ("201", "~"): .pasteEnd
    default: Int(parameters).flatMap { final == "~" ? Self.functions[$0] : nil }.map(Key.function)
    }
  }

  /// The parameters of F1 to F12.
  private static let functions = [
    11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 17: 6, 18: 7, 19: 8, 20: 9, 21: 10, 23: 11, 24: 12,
  ]

  /// Decodes a mouse event: a number for the kind of the event, with bits for modifier keys, and the position.
  private func pointed(_ parameters: String, _ final: Unicode.Scalar) -> Key? {
    let numbers = parameters.dropFirst().split(separator: ";").map { Int($0) ?? -1 }
    guard numbers.count == 3, numbers.allSatisfy({ (0...Self.furthest).contains($0) }), final == "M" else {
      return nil
    }
    let kind: MouseEvent.Kind
    switch numbers[0] & ~0b11100 {
    case 0: kind = .press
    case 64: kind = .wheelUp
    case 65: kind = .wheelDown
    default: return nil
    }
    return .mouse(MouseEvent(kind: kind, position: Position(column: numbers[1] - 1, row: numbers[2] - 1)))
  }
}
