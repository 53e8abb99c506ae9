import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman show`, `members` and `user`, and how organizations are named.
  @Suite struct ShowCommandTests {
    let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

    @Test(arguments: TestStore.allCases)
    func `show, members and user have the shapes that scripts rely on`(store: TestStore) throws {
      for data in [try store.reference(), try store.data(hostileRecords())] {
        let orgman = Script(data: data)
        // Each is a handful of processes.
        for organization in try data.organizations().prefix(4) {
          let id = try #require(organization["id"] as? String)
          let members = try data.memberRecords(of: id)
          var shown: [String: Any] = try orgman("show", id, "--json").json()
          #expect(shown.removeValue(forKey: "users") as? [[String: String]] == members)
          #expect(shown as NSDictionary == organization as NSDictionary)
          let listed: [[String: String]] = try orgman("members", id, "--json").json()
          #expect(listed == members)
          for member in members {
            let user = try #require(member["user_id"])
            let mine: [[String: Any]] = try orgman("user", "--json", "--", user).json()
            var own = try #require(mine.first { $0["id"] as? String == id })
            #expect(own.removeValue(forKey: "role") as? String == member["role"])
            #expect(own as NSDictionary == organization as NSDictionary)
            #expect(try orgman("role", "--", id, user).stdout == (member["role"] ?? "") + "\n")
          }
        }
      }
    }

    @Test func `an organization is named by id, unique start of one, or exact name`() throws {
      let data = try DataFiles([
        Record("10", "one"), Record("11", "two"), Record("2", "org_1"), Record("3", "two"),
        Record("4", "Two"),
      ])
      let orgman = Script(data: data)
      for (name, id) in [
        ("org_10", "org_10"), ("org_2", "org_2"), ("one", "org_10"), ("Two", "org_4"), ("org_1", "org_2"),
      ] {
        #expect(try orgman("show", name).stdout.hasPrefix("id\t\(id)\n"), "\(name)")
      }
      for (name, sentence) in [
        ("two", #""two" fits 2 organizations: org_11 (two), org_3 (two)."#), ("org_", "fits 5 organizations"),
        ("None", "There is no organization \"None\""), ("", "There is no organization \"\""),
        ("tw", "no organization"),
      ] {
        let output = try orgman("show", name)
        #expect(output.status == .exited(2))
        #expect(output.stdout == "")
        #expect(output.stderr.contains(sentence), "\(output.stderr)")
        #expect(output.stderr.split(separator: "\n").count == 1)
      }
    }

    @Test(arguments: TestStore.allCases)
    func `what isn't there exits with 2`(store: TestStore) throws {
      let orgman = Script(data: try store.reference())
      for arguments in [
        ["user", "nobody"], ["role", "Globex", "nobody"], ["members", "None"],
        ["remove", "Globex", "nobody"],
        ["set", "None", "--plan", "x", "--new-plan"], ["apply", "none"], ["import", "none"],
      ] {
        let output = try run(try builtProduct("orgman"), arguments + ["--data", orgman.data.address])
        #expect(output.status == .exited(2), "\(arguments) \(output.stderr)")
        #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.split(separator: "\n").count == 1)
      }
      #expect(try orgman("user", "nobody", "--json").stdout == "[]\n")
      let address = orgman.data.address
      let missing = store == .files ? address + "/none" : address.replacing("?", with: "_none?")
      let output = try run(try builtProduct("orgman"), ["list", "--data", missing])
      // A server's refusal is no word about the data.
      #expect(output.status == .exited(store == .files ? 2 : 1))
      #expect(output.stderr.hasPrefix("orgman: ") && output.stderr.split(separator: "\n").count == 1)
    }

    @Test(arguments: TestStore.allCases)
    func `ids come from standard input`(store: TestStore) throws {
      let orgman = Script(data: try store.reference())
      let piped = try orgman.shell("orgman list role:owner | orgman show - --json")
      #expect(piped.status == .exited(0), "\(piped.stderr)")
      let ids = try (piped.json() as [[String: Any]]).compactMap { $0["id"] as? String }
      #expect(
        ids
          == (try orgman("list", "role:owner", "--json").json() as [[String: Any]]).compactMap {
            $0["id"] as? String
          })
      let wrong = try orgman("members", "-", input: "\n\(orgman.data.id(globex))\r\norg_none\tx\n")
      #expect(wrong.status == .exited(2))
      #expect(
        wrong.stderr == "orgman: Standard input, line 3: there is no organization with the id \"org_none\".\n"
      )
    }
  }
}
