import CVTerm

/// libvterm: takes what a program writes and knows the screen that comes of it.
final class Emulator {
  let terminal: OpaquePointer
  private let grid: OpaquePointer
  private let callbacks: UnsafeMutablePointer<VTermScreenCallbacks>
  /// What the terminal wants to send to the program: answers to its questions, and pressed keys.
  var replies: [UInt8] = []
  private var graphics = cvterm_graphics()
  private var cursorVisible = true
  private var isAlternate = false
  private var images: EmojiImages?

  /// - Parameter drawsImages: whether an emoji of several scalars is drawn as one image.
  init(columns: Int, rows: Int, drawsImages: Bool = false) throws {
    if drawsImages { images = EmojiImages() }
    guard let terminal = vterm_new(Int32(rows), Int32(columns)), let grid = vterm_obtain_screen(terminal)
    else { throw TerminalFailure("libvterm gave no terminal") }
    self.terminal = terminal
    self.grid = grid
    callbacks = .allocate(capacity: 1)
    callbacks.initialize(to: VTermScreenCallbacks())
    callbacks.pointee.settermprop = { property, value, user in
      guard let value, let user else { return 0 }
      let emulator = Unmanaged<Emulator>.fromOpaque(user).takeUnretainedValue()
      switch property {
      case VTERM_PROP_CURSORVISIBLE: emulator.cursorVisible = value.pointee.boolean != 0
      case VTERM_PROP_ALTSCREEN: emulator.isAlternate = value.pointee.boolean != 0
      default: break
      }
      return 1
    }
    let user = Unmanaged.passUnretained(self).toOpaque()
    vterm_set_utf8(terminal, 1)
    vterm_output_set_callback(
      terminal,
      { bytes, count, user in
        guard let bytes, let user else { return }
        Unmanaged<Emulator>.fromOpaque(user).takeUnretainedValue().replies
          .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
      }, user)
    vterm_screen_set_callbacks(grid, callbacks, user)
    vterm_screen_enable_altscreen(grid, 1)
    vterm_screen_reset(grid, 1)
  }

  deinit {
    vterm_free(terminal)
    callbacks.deallocate()
  }

  func show(_ bytes: [UInt8]) { draw(images?.replacing(bytes) ?? bytes) }

  private func draw(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      cvterm_show(terminal, &graphics, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
  }

  func resize(columns: Int, rows: Int) { vterm_set_size(terminal, Int32(rows), Int32(columns)) }

  var screen: Screen {
    if let rest = images?.rest() { draw(rest) }
    var rows: Int32 = 0
    var columns: Int32 = 0
    vterm_get_size(terminal, &rows, &columns)
    var cursor = VTermPos()
    vterm_state_get_cursorpos(vterm_obtain_state(terminal), &cursor)
    return Screen(
      cells: (0..<rows).map { row in (0..<columns).map { cell(VTermPos(row: row, col: $0)) } },
      cursor: (Int(cursor.row), Int(cursor.col)), cursorVisible: cursorVisible, isAlternate: isAlternate)
  }

  private func cell(_ position: VTermPos) -> Screen.Cell {
    var cell = VTermScreenCell()
    vterm_screen_get_cell(grid, position, &cell)
    // libvterm marks the right half of a wide character with the scalar 0xffffffff.
    let isRightHalf = cell.chars.0 == UInt32.max
    let scalars = withUnsafeBytes(of: cell.chars) { $0.bindMemory(to: UInt32.self).prefix { $0 != 0 } }
    let text = String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    let color = { (color: VTermColor) -> Int? in
      let value = withUnsafePointer(to: color, cvterm_color)
      return value < 0 ? nil : Int(value)
    }
    return Screen.Cell(
      text: isRightHalf ? "" : text.isEmpty ? " " : images?.text(text) ?? text,
      width: isRightHalf ? 0 : Int(cell.width),
      reverse: cell.attrs.reverse != 0, bold: cell.attrs.bold != 0, dim: cell.attrs.font == cvterm_dim_font,
      underline: cell.attrs.underline != 0, foreground: color(cell.fg), background: color(cell.bg))
  }
}
