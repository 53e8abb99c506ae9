import CVTerm
import Glibc

/// A program in a pseudo-terminal of its own, with a terminal emulator on the other side.
///
/// The program leads a session whose controlling terminal this is, as under `sshd`. To be used from one
/// test at a time; waiting blocks the thread. When nobody holds it any more, the program is killed.
public final class TerminalProcess {
  private let program: ChildProcess
  private let emulator: Emulator
  private var terminal: Descriptor?
  private let settingsAtStart: termios
  private var hasEnded = false
  private var typed: ArraySlice<UInt8> = []
  private var written: [UInt8] = []
  /// Held for as long as the process is, such as the directory that it works in.
  public var belongings: [AnyObject] = []

  /// Starts a program, given by its path, with exactly this environment.
  ///
  /// - Parameter drawsImages: whether the terminal draws an emoji of several scalars as one image in two cells; otherwise
  ///   it draws the parts one after the other.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = plainEnvironment,
    columns: Int = 120, rows: Int = 32, workingDirectory: String? = nil, drawsImages: Bool = false
  ) throws {
    let terminal = Descriptor(try check(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt"))
    var path = [CChar](repeating: 0, count: 256)
    var settings = termios()
    guard grantpt(terminal.number) == 0, unlockpt(terminal.number) == 0,
      ptsname_r(terminal.number, &path, path.count) == 0, tcgetattr(terminal.number, &settings) == 0
    else { throw TerminalFailure("Opening a pseudo-terminal", code: errno) }
    terminal.stopBlocking()
    setSize(of: terminal, columns: columns, rows: rows)
    settingsAtStart = settings
    emulator = try Emulator(columns: columns, rows: rows, drawsImages: drawsImages)
    self.terminal = terminal
    program = try ChildProcess(
      executable, arguments, environment: environment, workingDirectory: workingDirectory, inNewSession: true
    ) {
      // The first terminal that the leader of a session opens becomes its controlling terminal.
      posix_spawn_file_actions_addopen(&$0, 0, path, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&$0, 0, 1)
      posix_spawn_file_actions_adddup2(&$0, 0, 2)
    }
  }

  /// The id of the running program, to look it up in `/proc`.
  public var processID: Int32 { program.id }

  /// Types these bytes.
  public func send(_ text: String) {
    typed += Array(text.utf8)
    exchange()
  }

  /// Types these bytes, whether or not they are text.
  public func send(_ bytes: [UInt8]) {
    typed += bytes
    exchange()
  }

  /// How many typed bytes the terminal hasn't taken yet.
  public var untakenByteCount: Int {
    exchange()
    return typed.count
  }

  /// Presses keys, one after the other without a pause: a program may take what directly follows
  /// `.escape` for its continuation, so wait for what Escape does before pressing on.
  public func press(_ keys: Keys...) {
    exchange()
    for key in keys { emulator.press(key) }
    exchange()
  }

  /// Changes the size of the terminal, which the program learns by SIGWINCH.
  public func resize(columns: Int, rows: Int) {
    exchange()
    emulator.resize(columns: columns, rows: rows)
    if let terminal { setSize(of: terminal, columns: columns, rows: rows) }
  }

  /// What the terminal shows after all that can be read now.
  public var screen: Screen {
    exchange()
    return emulator.screen
  }

  /// Everything that the program has written so far, byte for byte.
  public var outputBytes: [UInt8] {
    exchange()
    return written
  }

  /// How many bytes the program has written so far.
  public var outputByteCount: Int { outputBytes.count }

  /// Reads output until the condition holds on the screen, and returns that screen.
  ///
  /// Throws, with the whole screen in the message, after the time-out, or as soon as the program has left
  /// the terminal without the condition holding.
  @discardableResult
  public func waitFor(
    _ what: String, timeout: Duration = .seconds(10), _ condition: (Screen) -> Bool
  ) throws -> Screen {
    let deadline = ContinuousClock.now + timeout
    while true {
      let screen = screen
      if condition(screen) {
        let rest = restOfFrame()
        return condition(rest) ? rest : screen
      }
      guard let terminal, !hasEnded else {
        let status = try? waitForExit(timeout: .seconds(1))
        let end = status.map { "the program ended (\($0))" } ?? "the program left the terminal"
        throw TerminalFailure("Waiting for \(what): \(end).\n\(screen)")
      }
      guard wait(for: [(terminal, events)], until: deadline) else {
        throw TerminalFailure("Waiting for \(what): nothing of it within \(timeout).\n\(screen)")
      }
    }
  }

  /// The screen once nothing has been written for a moment: a frame can arrive in several pieces.
  private func restOfFrame() -> Screen {
    let deadline = ContinuousClock.now + .milliseconds(100)
    while let terminal, !hasEnded, ContinuousClock.now < deadline,
      wait(for: [(terminal, events)], until: min(deadline, ContinuousClock.now + .milliseconds(5)))
    {
      exchange()
    }
    return screen
  }

  /// Reads output until the screen shows the text somewhere within one line.
  @discardableResult
  public func waitForText(_ text: String, timeout: Duration = .seconds(10)) throws -> Screen {
    try waitFor("the text '\(text)'", timeout: timeout) { $0.row(containing: text) != nil }
  }

  /// Sends a signal to the program, unless it has ended.
  public func signal(_ number: Int32) { program.signal(number) }

  /// Closes the terminal under the program, as a lost connection does: it gets SIGHUP.
  public func closeTerminal() {
    exchange()
    terminal = nil
  }

  /// Waits for the end of the program, and reads its output meanwhile; throws after the time-out.
  @discardableResult
  public func waitForExit(timeout: Duration = .seconds(10)) throws -> ExitStatus {
    let deadline = ContinuousClock.now + timeout
    while true {
      // In this order, so that the last words of the program are on the screen.
      let status = program.status
      exchange()
      if let status { return status }
      let output = hasEnded ? nil : terminal.map { ($0, events) }
      guard wait(for: [(program.ended, POLLIN)] + (output.map { [$0] } ?? []), until: deadline) else {
        throw TerminalFailure("The program still runs after \(timeout).\n\(screen)")
      }
    }
  }

  /// Whether the program has left the terminal as it found it.
  public var isRestored: Bool { unrestored.isEmpty }

  /// What the program has not put back: the settings (`stty`), the alternate screen, the cursor, the keypad
  /// or another mode, such as a mouse or paste mode.
  public var unrestored: [String] {
    let screen = screen
    var settings = termios()
    guard let terminal, tcgetattr(terminal.number, &settings) == 0 else { return ["the terminal is closed"] }
    var left: [String] = []
    var before = settingsAtStart
    if !cvterm_same_settings(&settings, &before) { left.append("terminal settings") }
    if screen.isAlternate { left.append("alternate screen") }
    if !screen.cursorVisible { left.append("hidden cursor") }
    return left + modesLeftOn(by: written)
  }

  private var events: Int32 { POLLIN | (typed.isEmpty ? 0 : POLLOUT) }

  /// Takes what can be read now to the emulator, and what was typed or answered to the program.
  private func exchange() {
    guard let terminal, !hasEnded else { return }
    hasEnded = !terminal.readAll {
      written += $0
      emulator.show($0)
    }
    typed += emulator.replies
    emulator.replies = []
    if !terminal.write(&typed) { typed = [] }
  }
}

private func setSize(of terminal: Descriptor, columns: Int, rows: Int) {
  var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
  _ = ioctl(terminal.number, UInt(TIOCSWINSZ), &size)
}

/// The modes that were switched on (`ESC [ ? n h`, `ESC =`) and not off again.
///
/// Not those that the screen knows (the alternate screen, the cursor), nor those that are on from the start.
private func modesLeftOn(by output: [UInt8]) -> [String] {
  let known: Set = [7, 12, 25, 47, 1047, 1048, 1049]
  var on: Set<Int> = []
  var keypad = false
  for sequence in output.split(separator: 0x1b).dropFirst(output.first == 0x1b ? 0 : 1) {
    if sequence.first == UInt8(ascii: "=") { keypad = true }
    if sequence.first == UInt8(ascii: ">") { keypad = false }
    let parameters = sequence.dropFirst(2).prefix { $0 < 0x40 }
    guard sequence.starts(with: Array("[?".utf8)), parameters.endIndex < sequence.endIndex else { continue }
    let modes = String(decoding: parameters, as: UTF8.self).split(separator: ";").compactMap { Int($0) }
    if sequence[parameters.endIndex] == UInt8(ascii: "h") { on.formUnion(modes) }
    if sequence[parameters.endIndex] == UInt8(ascii: "l") { on.subtract(modes) }
  }
  return (keypad ? ["application keypad"] : []) + on.subtracting(known).sorted().map { "mode ?\($0)" }
}
