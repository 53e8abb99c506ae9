import Foundation
import Testing

@testable import OrgTerminal

@Suite struct ClipboardTests {
  private func sent(_ clipboard: Clipboard, _ text: String) throws -> String {
    String(decoding: try clipboard.bytes(copying: text).get(), as: UTF8.self)
  }

  private func clipboard(
    _ terminal: String, hasSequence: Bool = true, tmux: String? = nil, screen: String? = nil
  ) -> Clipboard {
    Clipboard(terminal: terminal, hasSequence: hasSequence, tmux: tmux, screen: screen)
  }

  @Test func `Base64 is Foundation's`() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
      #expect(String(decoding: Clipboard.base64(bytes), as: UTF8.self) == Data(bytes).base64EncodedString())
    }
  }

  @Test func `a terminal that has the sequence gets it as it is`() throws {
    #expect(try sent(clipboard("xterm-256color"), "org_1") == "\u{1B}]52;c;b3JnXzE=\u{7}")
    #expect(try sent(clipboard("xterm"), "株\n") == "\u{1B}]52;c;5qCqCg==\u{7}")
  }

  @Test func `tmux gets it both for itself and wrapped for who is outside`() throws {
    let plain = "\u{1B}]52;c;b3JnXzE=\u{7}"
    let wrapped = "\u{1B}Ptmux;\u{1B}\u{1B}]52;c;b3JnXzE=\u{7}\u{1B}\\"
    #expect(try sent(clipboard("tmux-256color"), "org_1") == plain + wrapped)
    #expect(
      try sent(clipboard("screen-256color", hasSequence: false, tmux: "/tmp/x"), "org_1") == plain + wrapped)
  }

  @Test func `screen gets it in pieces that it takes`() throws {
    let inside = clipboard("screen", hasSequence: false, screen: "1.pts")
    #expect(try sent(inside, "org_1") == "\u{1B}P\u{1B}]52;c;b3JnXzE=\u{7}\u{1B}\\")
    let text = String(repeating: "x", count: 5000)
    let pieces = try sent(inside, text).components(separatedBy: "\u{1B}\\")
    #expect(pieces.last == "")
    #expect(pieces.dropLast().allSatisfy { $0.hasPrefix("\u{1B}P") && $0.utf8.count <= 768 })
    let whole = pieces.map { $0.dropFirst(2) }.joined()
    #expect(whole == "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}")
  }

  @Test func `where it isn't known which of the two it is, both can take it`() throws {
    let text = try sent(clipboard("screen.xterm-256color"), "x")
    #expect(text.contains("\u{1B}Ptmux;") && text.contains("\u{1B}P\u{1B}]52;"))
  }

  @Test(arguments: ["linux", "vt100", "rxvt", "dumb"])
  func `a terminal without it is refused with a word`(name: String) {
    let result = clipboard(name, hasSequence: false, tmux: "/left/from/outside").bytes(copying: "x")
    #expect(
      result
        == .failure(
          Clipboard.Refusal(
            reason: "The terminal \(name) has no clipboard that programs can reach (OSC 52).")))
  }

  @Test func `what no terminal takes is refused with a word`() throws {
    let longest = String(repeating: "x", count: Clipboard.limit)
    #expect(try clipboard("xterm").bytes(copying: longest).get().count <= 100_000)
    #expect(
      clipboard("xterm").bytes(copying: longest + "x")
        == .failure(
          Clipboard.Refusal(
            reason: "That is too long to be copied: 74,995 bytes, where terminals take 74,994.")))
  }
}
