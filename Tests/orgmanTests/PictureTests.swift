import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The pictures in the README.
  @Suite struct Pictures {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    private let folder = "Resources/Pictures"
    private let schemes = [Scheme.light, .dark]
    private let isRecording = ProcessInfo.processInfo.environment["ORGMAN_RECORD"] != nil

    /// To record them anew, run with ORGMAN_RECORD=1, and look at them.
    @Test func `the pictures show what the program shows`() throws {
      let directory = try TemporaryDirectory()
      let environment = plainEnvironment.merging(["TMPDIR": directory.path]) { $1 }
      let orgman = try start(["--demo"], environment: environment, columns: 100, rows: 26)
      try orgman.waitForText("200 orgs, 25 hidden  2,000 members   live")
      orgman.send("/plan:enterprise no:stripe")
      orgman.press(.enter)
      orgman.send("G g  jjjjj jj")
      try check("organizations", orgman) {
        $0.text.contains("4 marked") && $0.lines[$0.cursor.row].hasPrefix("▸Stark Health 14")
          && $0.text.contains("Members 13")
      }

      try orgman.enter()
      orgman.send("   kro")
      try check("question", orgman) { $0.text.contains("Give 3 members the role owner?") }
      orgman.press(.escape)
      try orgman.waitFor("the question to go") { !$0.text.contains("Give 3 members") }

      orgman.send("4")
      try check("overview", orgman) { $0.lines[0].contains("Overview") && $0.text.contains("Largest") }

      orgman.send("1")
      try orgman.waitForText("Created")
      orgman.resize(columns: 80, rows: 24)
      try orgman.waitFor("the narrow screen") { $0.lines[0].count <= 80 && !$0.text.contains("│") }
      orgman.send("e")
      try orgman.waitForText("Edit")
      orgman.send(" Ltd")
      try check("edit", orgman) { $0.text.contains("Ltd") }
      orgman.press(.control("c"))
      try orgman.waitForText("Throw away what you typed?")
      orgman.send("y")
      try orgman.waitFor("the pane to close") { !$0.text.contains("Edit") }
      try orgman.quit()
    }

    @Test func `the README shows each picture, light and dark, and says in words what is on it`() throws {
      let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
      let element =
        #/
        <source\ media="\(prefers-color-scheme:\ dark\)"\ srcset="Resources/Pictures/([a-z]+)-dark\.svg">\s*
        <img\ alt="[^"]{40,}"\ src="Resources/Pictures/([a-z]+)-light\.svg">
        /#
      let names = readme.matches(of: element).map { match in
        #expect(match.1 == match.2)
        return String(match.1)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      #expect(Set(names.flatMap { name in schemes.map { "\(name)-\($0.name).svg" } }) == Set(files))
    }

    /// Waits until the screen is ready and as it was recorded.
    private func check(_ name: String, _ orgman: TerminalProcess, _ isReady: (Screen) -> Bool) throws {
      let files = schemes.map { root.appending(path: "\(folder)/\(name)-\($0.name).svg") }
      if isRecording {
        let screen = try orgman.waitFor("the screen of the picture \(name)", isReady)
        try FileManager.default.createDirectory(
          at: root.appending(path: folder), withIntermediateDirectories: true)
        for (file, scheme) in zip(files, schemes) { try Data(screen.picture(scheme).utf8).write(to: file) }
      }
      let recorded = try files.map { try String(contentsOf: $0, encoding: .utf8) }
      try orgman.waitFor("the screen of the picture \(name), as recorded; see how to record it") {
        isReady($0) && schemes.map($0.picture) == recorded
      }
    }
  }
}
