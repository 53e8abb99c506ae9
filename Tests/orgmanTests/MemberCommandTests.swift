import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman add`, `remove` and `role`.
  @Suite struct MemberCommandTests {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases)
    func `members come and go; the last owner only when told`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      #expect(
        try orgman("add", "Globex", "eve", "mal\tlory", "--role", "billing_admin").stdout
          == "Added eve to Globex as billing\nAdded mal\\tlory to Globex as billing\n")
      #expect(try orgman("add", "Globex", "-", input: "x\ny\n").status == .exited(0))
      let added = try data.contents()
      let again = try orgman("add", "Globex", "new", "eve")
      #expect(again.status == .exited(1))
      #expect(
        again.stderr == "orgman: eve is in Globex already, as billing; orgman role changes that.\n")
      #expect(try orgman("remove", "Globex", "eve", "nobody").status == .exited(2))
      #expect(try data.contents() == added)
      #expect(try orgman("remove", "Globex", "-", input: "eve\nmal\tlory\nx\ny\n").status == .exited(0))
      #expect(try data.members(of: globex) == ["user_006 owner", "user_007 owner"])

      #expect(try orgman("role", "Globex", "user_006").stdout == "owner\n")
      #expect(try orgman("role", "Globex", "user_006", "--json").stdout == "\"owner\"\n")
      #expect(
        try orgman("role", "Globex", "user_006", "member").stdout
          == "Role of user_006 in Globex: owner → member\n")
      #expect(try orgman("role", "Globex", "user_006", "member").stdout == "No changes needed.\n")
      let before = try data.contents()
      for arguments in [["remove", "Globex", "user_007"], ["role", "Globex", "user_007", "member"]] {
        let refused = try run(try builtProduct("orgman"), arguments + ["--data", data.address])
        #expect(refused.status == .exited(1))
        #expect(refused.stderr.contains("user_007 is the last owner of Globex"))
      }
      #expect(try data.contents() == before)
      #expect(try orgman("remove", "Globex", "user_007", "--allow-ownerless").status == .exited(0))
      #expect(try data.members(of: globex) == ["user_006 member"])
    }
  }
}
