import Foundation
import Testing

@testable import OrgTerminal

@Suite struct ReadmeTests {
  @Test func `the table of keys in the README is the key map's`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let parts = readme.components(separatedBy: "<!-- keys -->\n")
    let table = try #require(parts.last?.components(separatedBy: "<!-- /keys -->").first)
    #expect(table == Keymap.standard.markdown, "Replace the table by:\n\(Keymap.standard.markdown)")
  }
}
