import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman create`.
  @Suite struct CreateCommandTests {
    @Test(arguments: TestStore.allCases)
    func `create prints the new id alone`(store: TestStore) throws {
      let data = try store.data()
      let orgman = Script(data: data)
      let output = try orgman("create", "  Acme ", "--plan", "starter", "--owner", "alice")
      #expect(
        output.stdout.wholeMatch(
          of: /(?:org_)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n/) != nil)
      let id = output.stdout.trimmingCharacters(in: .newlines)
      let made = try data.organization(named: "Acme")
      #expect(made["id"] as? String == id)
      #expect(made["plan_tier"] as? String == "starter")
      #expect(try data.members(of: id) == ["alice owner"])

      #expect(try orgman("create", "--", "-dash").status == .exited(0))
      #expect(try data.organization(named: "-dash")["plan_tier"] as? String == "founders_friend")
      let hostile: [String: Any] = try orgman("create", "a\t\u{1B}\u{202E}\"", "--json").json()
      #expect(hostile["name"] as? String == "a\t\u{1B}\u{202E}\"")
      #expect((hostile["users"] as? [Any])?.count == 0)
      #expect(hostile.count == 8)

      let before = try data.contents()
      for (arguments, sentence) in [
        (["create", "acme"], "is taken by \(id)"), (["create", " "], "can't be empty"),
        (["create", "x", "--plan", ""], "plan can't be empty"),
        (["create", "x", "--owner", " "], "can't be empty"),
        (["create", String(repeating: "é", count: 201)], "at most 200"),
      ] {
        let refused = try run(try builtProduct("orgman"), arguments + ["--data", data.address])
        #expect(refused.status == .exited(1))
        #expect(refused.stderr.contains(sentence) && refused.stderr.split(separator: "\n").count == 1)
        #expect(refused.stdout == "")
      }
      #expect(try data.contents() == before)
    }
  }
}
