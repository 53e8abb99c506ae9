import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman transfer`, and the same on the screen.
  @Suite struct Ownership {
    private func data(_ store: TestStore) throws -> any TestData {
      try store.data([
        Record("1", "Acme", members: [("ann", "owner"), ("bob", "member"), ("max", "member")]),
        Record("2", "Globex", members: [("ann", "owner"), ("eve", "owner")]),
      ])
    }

    @Test(arguments: TestStore.allCases)
    func `an owner hands over in one step, and undo takes it back`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let before = try data.contents()
      for (arguments, status, sentence) in [
        (
          ["Acme", "bob", "max"], 1,
          "\"bob\" is not an owner of Acme but member there; only an owner can hand it over."
        ),
        (["Acme", "nobody", "max"], 2, "\"nobody\" is not a member of Acme."),
        (["Nowhere", "ann", "max"], 2, "There is no organization \"Nowhere\""),
        (["Acme", "ann", "a b"], 1, "A user's id can't contain blanks"),
        (["Acme", "ann", "ann"], 64, "FROM and TO are the same user; name another one who takes over."),
        (["Acme", "ann", "bob", "--role", "owner"], 64, "With --role owner nothing is handed over"),
        (["Acme", "ann", "bob", "--role", "member", "--leave"], 64, "Say --role or --leave, not both."),
        (["Acme", "ann", ""], 64, "TO names no user; it is empty."),
      ] as [([String], Int32, String)] {
        let output = try orgman(["transfer"] + arguments)
        #expect(output.status == .exited(status), "\(output)")
        #expect(output.stderr.hasPrefix("orgman: \(sentence)"), "\(output)")
      }
      let trial = try orgman("transfer", "Acme", "ann", "zoe", "--leave", "--dry-run")
      #expect(
        trial.stdout == "Added zoe to Acme as owner\nRemoved ann from Acme (was owner)\n"
          || trial.stdout.hasPrefix("Added zoe to Acme as owner\nRemoved ann "), "\(trial)")
      #expect(try data.contents() == before)

      let done = try orgman("transfer", "Acme", "ann", "bob")
      #expect(done.status == .exited(0), "\(done)")
      #expect(done.stdout == "Role of bob in Acme: member → owner\nRole of ann in Acme: owner → member\n")
      let after = try data.contents()
      #expect(try orgman("transfer", "Acme", "ann", "bob").stdout == "No changes needed.\n")
      #expect(try data.contents() == after)
      #expect(try data.members(of: data.id("org_1")).sorted() == ["ann member", "bob owner", "max member"])
      #expect(try orgman("undo", "--yes").status == .exited(0))
      #expect(try data.contents() == before)

      // Of all that have the owner, after a question.
      let ids = ["org_1", "org_2"].map(data.id).joined(separator: "\n")
      #expect(
        try orgman(["transfer", "-", "ann", "zoe", "--role", "billing"], input: ids).status == .exited(1))
      let all = try orgman(["transfer", "-", "ann", "zoe", "--role", "billing", "--yes"], input: ids)
      #expect(all.status == .exited(0), "\(all)")
      for id in ["org_1", "org_2"] {
        let members = try data.members(of: data.id(id))
        #expect(members.contains("zoe owner") && members.contains("ann billing_admin"), "\(members)")
      }
      try data.check()
    }

    @Test(arguments: TestStore.allCases)
    func `an owner hands over what is hers with her own rights, and nothing else`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let before = try data.contents()
      let refused = try orgman("transfer", "Acme", "ann", "bob", "--as", "max")
      #expect(refused.status == .exited(1), "\(refused)")
      #expect(refused.stderr.contains("takes an owner (ann); you act as max, a member there."), "\(refused)")
      #expect(try orgman("transfer", "Globex", "eve", "bob", "--as", "max").status == .exited(2))
      #expect(try data.contents() == before)
      // She isn't an owner, nor a member, after it: her rights are those before.
      let done = try orgman("transfer", "Acme", "ann", "bob", "--leave", "--as", "ann")
      #expect(done.status == .exited(0), "\(done)")
      #expect(try data.members(of: data.id("org_1")).sorted() == ["bob owner", "max member"])
      #expect(try orgman("transfer", "Acme", "bob", "max", "--as", "ann").status == .exited(2))
      #expect(try orgman("history", "--limit", "1").stdout.contains(" as ann"))
    }

    @Test(arguments: TestStore.allCases)
    func `whom users would orphan who go together is told before they go`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let before = try data.contents()
      let one = try orgman("offboard", "eve", "--dry-run")
      #expect(
        one.status == .exited(0) && one.stdout == "Removed eve from Globex\n"
          || one.stdout.hasPrefix("Removed eve "))
      // Each of two owners could go, but not both.
      let both = try orgman("offboard", "ann", "eve", "--dry-run")
      #expect(both.status == .exited(1))
      #expect(
        both.stderr.hasPrefix("orgman: These 2 users are the only owners of Acme and Globex: "), "\(both)")
      // All of many are listed.
      let names = (1...6).map { "Solo \($0)" }
      for name in names { #expect(try orgman("create", name, "--owner", "sam").status == .exited(0)) }
      let many = try orgman("offboard", "sam", "--dry-run")
      #expect(many.stderr.contains("the only owner of Solo 1, Solo 2, Solo 3 and 3 more: "), "\(many)")
      for name in names { #expect(many.stderr.contains("  \(name)\n"), "\(many)") }
      for name in names { #expect(try orgman("undo", "--yes").status == .exited(0), "\(name)") }
      let json = try orgman("offboard", "ann", "eve", "--leave-owners", "--dry-run", "--json")
      #expect(json.status == .exited(0))
      #expect(try json.json([String: Any].self)["changes"] is [Any])
      #expect(try data.contents() == before)
    }

    @Test(arguments: TestStore.allCases)
    func `an owner hands over on the screen, and undo takes it back`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data)
      try orgman.enter()
      orgman.send("t")
      try orgman.waitFor("the form") {
        $0.text.contains("Hand Acme over from ann") && $0.text.contains("New owner")
      }
      orgman.send("bob\r\r")
      try orgman.waitForText("Hand Acme over from ann to bob and make ann member?")
      orgman.send("y")
      try orgman.waitForText("Role of bob in Acme: member → owner; Role of ann in Acme: owner → member.")
      #expect(try data.members(of: data.id("org_1")).sorted() == ["ann member", "bob owner", "max member"])
      orgman.send("u")
      try orgman.waitForText("Undid")
      #expect(try data.members(of: data.id("org_1")).sorted() == ["ann owner", "bob member", "max member"])
      try orgman.quit()
    }
  }
}
