import Foundation
import Testing

@testable import OrgTerminal

@Suite struct ReadmeTests {
  /// To record it anew, run with ORGMAN_RECORD=1.
  @Test func `the table of keys in the README is the key map's`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("README.md")
    let readme = try String(contentsOf: file, encoding: .utf8)
    let parts = readme.components(separatedBy: "<!-- keys -->\n")
    try #require(parts.count == 2)
    let rest = parts[1].components(separatedBy: "<!-- /keys -->")
    try #require(rest.count == 2)
    if ProcessInfo.processInfo.environment["ORGMAN_RECORD"] != nil {
      try "\(parts[0])<!-- keys -->\n\(Keymap.standard.sheet.markdown)<!-- /keys -->\(rest[1])".write(
        to: file, atomically: true, encoding: .utf8)
    }
    #expect(
      rest[0] == Keymap.standard.sheet.markdown, "Replace the table by:\n\(Keymap.standard.sheet.markdown)")
  }
}
