import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What the screen shows, written to files.
  @Suite struct Exporting {
    private func export(_ format: String, to path: String, _ orgman: TerminalProcess) throws {
      orgman.send("x")
      try orgman.waitForText("Export the ")
      orgman.send(format)
      try orgman.waitForText(" to: ")
      orgman.press(.control("u"))
      orgman.send(path)
      try orgman.waitForText(path)
      orgman.press(.enter)
    }

    private func rows(of path: String) throws -> [[String: Any]] {
      try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [[String: Any]])
    }

    @Test(arguments: TestStore.allCases)
    func `marked rows and filtered rows are written to CSV and JSON`(store: TestStore) throws {
      let data = try store.reference()
      let home = try TemporaryDirectory()
      let orgman = try open(data)
      let names = orgman.screen.listed
      // The third, then the first: they are written as the list has them.
      orgman.send("jj gg ")
      try orgman.waitForText("2 marked")
      let marked = home.path + "/m.csv"
      try export("c", to: marked, orgman)
      try orgman.waitForText("Wrote 2 rows to ")
      let lines = try String(contentsOfFile: marked, encoding: .utf8).split(separator: "\r\n").map(
        String.init)
      try #require(lines.count == 3, "\(lines)")
      #expect(lines[0] == "id,name,created_at,plan_tier,lago_customer_id,stripe_customer_id,status,members")
      let expected = [names[0], names[2]].map { $0.prefix(20) }
      #expect(zip(lines.dropFirst(), expected).allSatisfy { $0.contains($1) }, "\(lines)")
      let mode = try FileManager.default.attributesOfItem(atPath: marked)[.posixPermissions] as? Int
      #expect(mode == 0o600)

      orgman.send("x")
      try orgman.waitForText("Export the ")
      orgman.send("y")
      try orgman.waitForText("Copied 2 rows.")
      #expect(String(decoding: orgman.outputBytes, as: UTF8.self).contains("\u{1B}]52;"))

      // Marked rows that the filter hides are marked all the same.
      try orgman.choose(String(names[4].prefix(12)))
      let hidden = home.path + "/h.json"
      try export("j", to: hidden, orgman)
      try orgman.waitForText("Wrote 2 rows to ")
      #expect(try rows(of: hidden).map { ($0["name"] as? String ?? "").prefix(20) } == expected)

      orgman.send("U")
      try orgman.waitFor("no marks") { !$0.text.contains("2 marked") }
      let filtered = home.path + "/f.json"
      try export("j", to: filtered, orgman)
      try orgman.waitForText("Wrote 1 row to ")
      let row = try #require(try rows(of: filtered).first)
      let organization = try data.organization(named: row["name"] as? String ?? "")
      for key in ["plan_tier", "status"] { #expect(row[key] as? String == organization[key] as? String) }
      #expect(row["members"] as? Int == (try data.memberRecords(of: row["id"] as? String ?? "")).count)
      #expect(row["lago_customer_id"] is NSNull == (organization["lago_customer_id"] is NSNull))

      // Nothing is replaced unasked.
      try export("j", to: filtered, orgman)
      try orgman.waitForText("already exists; press Enter again to replace it.")
      orgman.press(.escape)
      try orgman.waitFor("no question") { !$0.text.contains("Write JSON to") }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `all rows are written, however few are read yet`(store: TestStore) throws {
      let data = try store.data(
        (0..<1200).map { Record("\($0)", "Org \($0)", members: [("user\($0)", "owner")]) })
      let home = try TemporaryDirectory()
      let orgman = try open(data)
      try export("j", to: home.path + "/o.json", orgman)
      try orgman.waitForText("Wrote 1,200 rows to ")
      let rows = try rows(of: home.path + "/o.json")
      #expect(Set(rows.compactMap { $0["name"] as? String }).count == 1200)
      #expect(
        rows.map { $0["name"] as? String ?? "" }
          == rows.map { $0["name"] as? String ?? "" }.sorted { $0.lowercased() < $1.lowercased() })
      orgman.send("2")
      try orgman.waitForText("user0")
      try export("c", to: home.path + "/u.csv", orgman)
      try orgman.waitForText("Wrote 1,200 rows to ")
      #expect(
        try String(contentsOfFile: home.path + "/u.csv", encoding: .utf8).contains("\r\nuser1199,1,1,0,0"))
      // All marked, but one.
      orgman.send("1*")
      try orgman.waitForText("1,200 marked")
      orgman.send("g ")
      try orgman.waitForText("1,199 marked")
      try export("c", to: home.path + "/m.csv", orgman)
      try orgman.waitForText("Wrote 1,199 rows to ")
      try orgman.quit()
    }
  }
}
