import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What `orgman list` and `orgman users` print, how much of it, and what they suggest where there is nothing.
  @Suite struct Listings {
    private func data(_ store: TestStore) throws -> any TestData {
      var records = [
        Record("1", "Acme Corp", members: [("ann", "owner"), ("bob", "billing_admin"), ("cid", "member")]),
        Record("2", "Globex", members: [("ann", "owner"), ("bob", "member")]),
        Record("3", "Initech", members: [("ann", "member")]), Record("4", "Umbrella"),
      ]
      records[1].plan = "enterprise"
      records[3].plan = "legacy"
      records[3].status = "deleted"
      return try store.data(records)
    }

    @Test(arguments: TestStore.allCases)
    func `list sorts, limits, counts, and prints the columns that are asked for`(store: TestStore) throws {
      let orgman = Script(data: try data(store))
      for (arguments, expected) in [
        (["--sort", "name", "--columns", "name"], "Acme Corp\nGlobex\nInitech\nUmbrella\n"),
        (["--sort", "members", "--columns", "name,members", "--limit", "2"], "Acme Corp\t3\nGlobex\t2\n"),
        (["--sort=-members", "--columns", "Name", "--limit", "1"], "Umbrella\n"),
        (["--sort=-plan", "--columns", "plan_tier", "--limit", "2"], "legacy\nenterprise\n"),
        (["--columns", "status, name", "status:deleted"], "deleted\tUmbrella\n"),
        (["--count"], "4\n"), (["--count", "members:>0"], "3\n"),
        (["--count", "--json", "members:>0"], "3\n"),
        (["--count", "nothing"], "0\n"),
        (
          ["--csv", "--columns", "name,lago", "--limit", "1", "acme"],
          "name,lago_customer_id\r\nAcme Corp,\r\n"
        ),
        (
          ["--json", "--columns", "name,members", "acme"], "[\n{\"name\": \"Acme Corp\", \"members\": 3}\n]\n"
        ),
      ] {
        let output = try run(
          try builtProduct("orgman"), ["list", "--data", orgman.data.address] + arguments)
        #expect(output.status == .exited(0) && output.stdout == expected, "\(arguments): \(output)")
      }
      #expect(try orgman("list", "--limit", "3").stdout.split(separator: "\n").count == 3)
      for (arguments, sentence) in [
        (["--columns", "nme"], "There is no column \"nme\". Did you mean name?"),
        (["--columns", "x"], "There is no column \"x\"; use id, name, created, plan,"),
        (["--columns", ""], "There is no column \"\"; use id,"),
        (["--sort", "size"], "use name, plan, status, members or created"),
        (["--sort=--name"], "use name, plan, status, members or created"),
        (["--count", "--limit", "1"], "--count prints a number alone"),
      ] {
        let output = try run(
          try builtProduct("orgman"), ["list", "--data", orgman.data.address] + arguments)
        #expect(output.status == .exited(64) && output.stderr.contains(sentence), "\(output)")
      }
    }

    @Test(arguments: TestStore.allCases)
    func `users are sorted by any column, the other way round, and as many as are asked for`(
      store: TestStore
    ) throws {
      let data = try store.data([
        Record("1", "Acme", members: [("ann", "owner"), ("bob", "member"), ("cid", "member")]),
        Record("2", "Globex", members: [("cid", "owner"), ("bob", "billing_admin")]),
        Record("3", "Initech", members: [("cid", "owner")]),
      ])
      let orgman = Script(data: data)
      for (arguments, expected) in [
        (["--sort", "user"], "ann bob cid"), (["--sort=-user"], "cid bob ann"),
        (["--sort", "organizations"], "cid bob ann"), (["--sort=-organizations"], "ann bob cid"),
        (["--sort", "owner", "--limit", "2"], "cid ann"), (["--sort", "MEMBER", "owners:0"], "bob"),
      ] {
        let output = try orgman(["users"] + arguments)
        let users = output.stdout.split(separator: "\n").map { $0.split(separator: "\t")[0] }
        #expect(
          output.status == .exited(0) && users.joined(separator: " ") == expected, "\(arguments): \(output)")
      }
      for (arguments, sentence) in [
        (["--sort", "size"], "use user, organizations, owner, "),
        (["--sort=--user"], "use user, organizations, "),
        (["--count", "--sort", "user"], "--count prints a number alone"),
      ] {
        let output = try orgman(["users"] + arguments)
        #expect(output.status == .exited(64) && output.stderr.contains(sentence), "\(output)")
      }
    }

    @Test(arguments: [120, 80, 40])
    func `a table is no wider than the terminal, and ids are cut last, in the middle`(columns: Int) throws {
      let data = try DataFiles.reference()
      for arguments in [
        ["list"], ["list", "--columns", "id,name,created,stripe,lago"], ["users"], ["plans"],
      ] {
        let terminal = try start(arguments + ["--data", data.path], columns: columns)
        #expect(try terminal.waitForExit() == .exited(0))
        let lines = String(decoding: terminal.outputBytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        #expect(!lines.isEmpty)
        let screen = terminal.screen.lines.filter { !$0.isEmpty }
        // Nothing wrapped.
        #expect(screen.count == lines.count, "\(arguments) \(screen)")
      }
      let terminal = try start(["list", "--data", data.path], columns: columns)
      #expect(try terminal.waitForExit() == .exited(0))
      let first = terminal.screen.lines[1]
      #expect(first.hasPrefix(columns == 120 ? "org_41fca4d6-a659-4198-a016-f2c5f25d861a  Acme Corp" : "org"))
      if columns == 80 {
        #expect(first.hasPrefix("org_41fca4d6…f2c5f25d861a  Acme Corp         founders_friend  active"))
      }
    }

    @Test(arguments: TestStore.allCases)
    func `users lists everyone with counts by role`(store: TestStore) throws {
      let orgman = Script(data: try data(store))
      let users: [[String: Any]] = try orgman("users", "--json").json()
      #expect(users.compactMap { $0["user_id"] as? String } == ["ann", "bob", "cid"])
      #expect(users.compactMap { $0["organizations"] as? Int } == [3, 2, 1])
      #expect(users.compactMap { $0["billing_admin"] as? Int } == [0, 1, 0])
      let csv = try orgman("users", "--csv").stdout
      #expect(csv.hasPrefix("user_id,organizations,owner,"))
      #expect(csv.contains(",billing_admin,") && csv.contains(",member\r\nann,3,2,"))
      #expect(try orgman("users", "B", "--limit", "1").stdout.hasPrefix("bob\t2\t"))
      #expect(try orgman("users", "--count").stdout == "3\n")
      let none = try orgman("users", "bbo")
      #expect(none.status == .exited(0) && none.stdout == "")
    }

    @Test(arguments: TestStore.allCases)
    func `what matches nothing suggests what is nearly so`(store: TestStore) throws {
      let orgman = Script(data: try data(store))
      for (query, sentence) in [
        ("golbex", "No organization has \"golbex\" in its name or ids. Did you mean Globex?"),
        ("acmee", "No organization has \"acmee\" in its name or ids. Did you mean Acme Corp?"),
        ("xyzzy", "No organization has \"xyzzy\" in its name or ids."),
        ("plan:enterprize", "No organization is on a plan \"enterprize\". Did you mean enterprise?"),
        ("plan:legcay", "No organization is on a plan \"legcay\". Did you mean legacy?"),
        ("members:>0 plan:nope", "No organization is on a plan \"nope\"."),
      ] {
        for more in [[], ["--count"]] {
          let output = try run(
            try builtProduct("orgman"), ["list", query, "--data", orgman.data.address] + more)
          #expect(output.status == .exited(0) && output.stderr == "orgman: \(sentence)\n", "\(output)")
        }
      }
      // These are known, or match something by themselves.
      for query in ["plan:professional", "plan:LEGACY status:active", "globex members:>9"] {
        #expect(try orgman("list", query).stderr == "", "\(query)")
      }
      let show = try orgman("show", "Golbex")
      #expect(show.status == .exited(2))
      #expect(show.stderr == "orgman: There is no organization \"Golbex\". Did you mean Globex?\n")
      #expect(
        try orgman("show", "zzz").stderr
          == "orgman: There is no organization \"zzz\"; name it by its id, the unique start of one, or its exact name.\n"
      )
    }

    @Test(arguments: TestStore.allCases)
    func `billing is one word for a role, and the data have billing_admin`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      for typed in ["billing", "billing_admin", "Billing"] {
        #expect(
          try orgman("role", "Globex", "bob", typed).stdout == "Role of bob in Globex: member → billing\n")
        #expect(try data.members(of: data.id("org_2")) == ["ann owner", "bob billing_admin"])
        #expect(try orgman("role", "Globex", "bob").stdout == "billing_admin\n")
        #expect(try orgman("list", "role:\(typed)", "--count").stdout == "2\n")
        #expect(try orgman("undo", "--yes").status == .exited(0))
      }
      #expect(
        try orgman("add", "Umbrella", "zoe", "--role", "billing").stdout
          == "Added zoe to Umbrella as billing\n")
      let terminal = try start(["members", "Umbrella", "--data", data.address])
      #expect(try terminal.waitForExit() == .exited(0))
      #expect(terminal.screen.lines[1].contains(/zoe +billing +20/))
      let wrong = try orgman("add", "Umbrella", "yan", "--role", "boss")
      #expect(wrong.stderr.contains("Please provide one of 'owner', 'member' or 'billing'."))
      #expect(try orgman("list", "role:boss").stderr.contains("There is no role \"boss\"; use owner, "))
    }

    @Test func `orgman browse opens the screens, as orgman does`() throws {
      let data = try DataFiles.reference()
      for arguments in [
        ["browse", "--data", data.path], ["--data", data.path, "browse"], ["--data", data.path],
      ] {
        let orgman = try start(arguments)
        try orgman.waitForText("10 orgs")
        try orgman.quit()
      }
    }
  }
}
