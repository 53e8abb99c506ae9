import Foundation
import OrgCore
import OrgFileStore
import TerminalTesting
import Testing

extension EndToEnd {
  /// A history that is longer than what is read at once.
  @Suite struct LongHistories {
    private static let count = 450

    /// Acme's plan, changed many times.
    private func data(_ store: TestStore) throws -> any TestData {
      let data = try store.data([Record("1", "Acme", members: [("ann", "owner")])])
      let id = data.id("org_1")
      if store == .files {
        let manager = OrgManager(store: try FileStore(path: data.directory))
        for number in 1...Self.count { try manager.updatePlan(of: id, to: "plan\(number)") }
      } else {
        // The first one prepares the database.
        #expect(try Script(data: data)("set", "Acme", "--plan", "plan1", "--new-plan").status == .exited(0))
        for number in 2...Self.count { try data.set("plan_tier", of: id, to: "plan\(number)") }
      }
      return data
    }

    @Test(arguments: TestStore.allCases)
    func `its position goes on, either end comes first, and all of it is exported`(store: TestStore) throws {
      let data = try data(store)
      let lines = try Script(data: data)("history", "--jsonl").stdout.split(separator: "\n")
      let total = lines.count
      let orgman = try open(data)
      orgman.send("3")
      try orgman.waitFor("the first of some") { $0.lines.contains { $0.trimmed.contains(#/^1/[0-9]+\+$/#) } }
      #expect(orgman.screen.lines[1].contains("Time UTC ▼"))
      #expect(orgman.screen.lines[2].contains("plan450"))
      orgman.send("so")
      try orgman.waitFor("the oldest first") {
        $0.lines[1].contains("Time UTC ▲") && $0.lines[2].hasPrefix("▸") && $0.lines[2].contains(#/^▸ +1 /#)
      }
      try orgman.waitFor("the first of some") { $0.lines.contains { $0.trimmed.contains(#/^1/[0-9]+\+$/#) } }
      let path = "\(FileManager.default.temporaryDirectory.path)/orgman-\(UUID().uuidString).csv"
      defer { try? FileManager.default.removeItem(atPath: path) }
      orgman.send("xc\u{15}\(path)\r")
      try orgman.waitFor("the end") { $0.text.contains("Wrote \(total) rows to ") }
      let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
      #expect(rows.count == total + 1)
      #expect(rows[1].hasPrefix("1,"))
      orgman.send("G")
      try orgman.waitFor("the last of all") { $0.lines.contains { $0.trimmed == "\(total)/\(total)" } }
      orgman.send("4")
      try orgman.waitFor("the overview's position") {
        $0.lines.contains { $0.trimmed.contains(#/^1/[0-9]+$/#) }
      }
      orgman.send("j")
      try orgman.waitFor("the next") { $0.lines.contains { $0.trimmed.contains(#/^2/[0-9]+$/#) } }
      try orgman.quit()
    }
  }
}
