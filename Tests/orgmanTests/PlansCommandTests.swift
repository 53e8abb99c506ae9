import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman plans`.
  @Suite struct PlansCommandTests {
    @Test(arguments: TestStore.allCases)
    func `plans are counted by status, the known ones first`(store: TestStore) throws {
      let orgman = Script(data: try store.data(hostileRecords()))
      #expect(
        try orgman("plans").stdout == """
          founders_friend\t0\t0\t0\t0
          starter\t3\t0\t1\t4
          professional\t0\t0\t0\t0
          enterprise\t0\t0\t0\t0
          my "plan"\t1\t0\t0\t1

          """)
      let json: [[String: Any]] = try orgman("plans", "--json").json()
      #expect(Set(try #require(json.first).keys) == ["plan_tier", "active", "suspended", "deleted", "total"])
      #expect(json[1]["total"] as? Int == 4)
    }
  }
}
