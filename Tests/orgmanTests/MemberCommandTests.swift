import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman add`, `remove` and `role`.
  @Suite struct MemberCommandTests {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases)
    func `a user is offboarded as a whole, and someone takes over where there is no other owner`(
      store: TestStore
    )
      throws
    {
      let data = try store.reference()
      let orgman = Script(data: data)
      for name in ["Solo", "Duo"] {
        #expect(try orgman("create", name, "--owner", "leaver").status == .exited(0))
      }
      #expect(try orgman("add", "Globex", "leaver").status == .exited(0))
      let before = try data.contents()
      let count = try orgman("list", "user:leaver", "--count").stdout
      let refused = try orgman("offboard", "leaver")
      #expect(refused.status == .exited(1), "\(refused)")
      #expect(
        refused.stderr.hasPrefix("orgman: leaver is the only owner of Solo and Duo: ")
          && refused.stderr.contains("--successor USER"), "\(refused.stderr)")
      #expect(try orgman("offboard", "nobody").status == .exited(2))
      #expect(try orgman("offboard", "leaver", "--successor", "leaver").status == .exited(1))
      let blank = try orgman("offboard", "leaver", "--successor", "a b", "--yes")
      #expect(blank.status == .exited(1), "\(blank)")
      #expect(try orgman("offboard", "leaver", "--successor", "x", "--leave-owners").status == .exited(64))
      let trial = try orgman("offboard", "leaver", "--successor", "heir", "--dry-run")
      #expect(
        trial.stdout.contains("Added heir to ") && trial.stdout.contains("Removed leaver "), "\(trial)")
      // Several organizations are asked about, and there is nobody to ask.
      #expect(try orgman("offboard", "leaver", "--successor", "heir").status == .exited(1))
      #expect(try data.contents() == before)
      #expect(try orgman("offboard", "leaver", "--leave-owners", "--yes").status == .exited(0))
      let left = try orgman("list", "user:leaver", "--count").stdout
      #expect(count == "3\n" && left == "2\n", "\(left) of \(count)")
      #expect(
        try orgman("offboard", "-", "--successor", "heir", "--yes", input: "leaver\n").status == .exited(0))
      #expect(try orgman("list", "user:leaver", "--count").stdout == "0\n")
      #expect(try orgman("list", "user:heir", "role:owner", "--count").stdout == left)
      #expect(try orgman("undo", "--yes").status == .exited(0))
      #expect(try orgman("list", "user:leaver", "--count").stdout == left)
    }

    @Test(arguments: TestStore.allCases)
    func `members come and go; the last owner only when told`(store: TestStore) throws {
      let data = try store.reference()
      let orgman = Script(data: data)
      #expect(
        try orgman("add", "Globex", "eve", "mallory", "--role", "billing_admin").stdout
          == "Added eve to Globex as billing\nAdded mallory to Globex as billing\n")
      #expect(try orgman("add", "Globex", "-", input: "x\ny\n").status == .exited(0))
      let added = try data.contents()
      let again = try orgman("add", "Globex", "new", "eve")
      #expect(again.status == .exited(1))
      #expect(
        again.stderr == "orgman: eve is in Globex already, as billing; orgman role changes that.\n")
      #expect(try orgman("remove", "Globex", "eve", "nobody").status == .exited(2))
      #expect(try data.contents() == added)
      #expect(try orgman("remove", "Globex", "-", input: "eve\nmallory\nx\ny\n").status == .exited(0))
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
