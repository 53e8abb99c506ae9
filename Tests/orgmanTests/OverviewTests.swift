import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What the overview says needs attention, and the lists behind it.
  @Suite struct Overviews {
    private static var records: [Record] {
      var records = [
        Record("1", "Acme Corp", members: [("ann", "owner")]),
        Record("2", "ACME, Inc.", members: [("ann", "owner")]),
        Record("3", "Globex", members: [("ann", "owner")]),
        Record("4", "Initech", members: [("ann", "owner")]),
        Record("5", "Hooli", members: [("ann", "owner")]),
        Record("6", "Umbrella", members: [("eve", "billing_admin")]),
        Record("7", "Acme", members: [("ann", "owner")]),
      ]
      for place in [2, 3] { records[place].lago = "cus_1" }
      records[4].lago = "cus_10"
      records[5].status = "suspended"
      records[6].status = "deleted"
      return records
    }

    @Test(arguments: TestStore.allCases)
    func `each line that needs attention opens just what it counts`(store: TestStore) throws {
      let data = try store.data(Self.records)
      let orgman = try open(data)
      for (line, query, names) in [
        ("almost", "/duplicate:name", ["ACME, Inc.", "Acme Corp"]),
        ("cus_1", "/lago:cus_1", ["Globex", "Initech"]),
        ("suspended, only", "/status:suspended role:billing", ["Umbrella"]),
      ] {
        orgman.send("4")
        try orgman.waitForText("Share")
        orgman.send("/")
        orgman.press(.control("u"))
        orgman.send(line)
        orgman.press(.enter)
        try orgman.waitFor("the line alone") { screen in
          !screen.text.contains("Largest")
            && screen.lines.contains { $0.hasPrefix("▸") && $0.contains(line) }
        }
        orgman.press(.enter)
        let screen = try orgman.waitFor("the list of \(line)") {
          $0.status.contains(query) && $0.listed.count == names.count
        }
        #expect(Set(screen.listed) == Set(names), "\(screen)")
        orgman.press(.escape)
        try orgman.waitForText("Share")
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `list and doctor know similar names and billing ids`(store: TestStore) throws {
      let data = try store.data(Self.records)
      func orgman(_ arguments: String...) throws -> Output {
        try run(try builtProduct("orgman"), arguments + ["--data", data.address])
      }
      for (query, count) in [
        ("duplicate:name", 2), ("lago:cus_1", 2), ("lago:cus_10", 1), ("duplicate:lago", 2), ("lago:cus", 0),
        ("!duplicate:name", 5),
      ] {
        #expect(try orgman("list", query, "--count").stdout == "\(count)\n", "\(query)")
      }
      let refused = try orgman("list", "duplicate:plan")
      #expect(refused.stderr.contains("use duplicate:name, duplicate:stripe or duplicate:lago"), "\(refused)")
      let doctor = try orgman("doctor").stdout
      let names = ["\"Acme Corp\" and \"ACME, Inc.\"", "\"ACME, Inc.\" and \"Acme Corp\""]
      #expect(
        names.contains { doctor.contains("note: 2 organizations have similar names: \($0).") }, "\(doctor)")
    }
  }
}
