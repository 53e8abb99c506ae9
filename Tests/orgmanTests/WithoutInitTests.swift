import Foundation
import PostgresTesting
import TerminalTesting
import Testing

extension EndToEnd {
  /// Tables of a service with nothing of orgman's beside them.
  @Suite struct WithoutInit {
    private let ids = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]

    private func database(_ tables: HandMadeTables) throws -> Database {
      let database = try tables.database()
      try database.run(
        """
        insert into organizations (id, name, plan_tier, created_at) values
          ('\(ids[0])', 'Acme', 'vip_founder', '2026-01-02'), ('\(ids[1])', 'Globex', null, null);
        insert into organization_members (id, \(tables.organizationColumn), user_id, role, joined_at) values
          ('\(ids[0])', '\(ids[0])', 'ann', '\(tables.role("owner"))', '2026-01-02'),
          ('\(ids[1])', '\(ids[0])', 'bob', '\(tables.role("admin"))', '2026-01-03');
        """)
      return database
    }

    private func members(_ database: Database, _ tables: HandMadeTables) throws -> String {
      try database.run(
        "select user_id || ' ' || role from organization_members where \(tables.organizationColumn) = '\(ids[0])' order by 1"
      ).replacing("\n", with: ", ")
    }

    @Test(arguments: HandMadeTables.allCases)
    func `they are looked at and edited on the screen, and changes of others are seen`(tables: HandMadeTables)
      throws
    {
      let database = try database(tables)
      defer { try? database.drop() }
      let orgman = try start(["--data", database.url])
      try orgman.waitFor("the polling") { $0.lines[0].contains("2 orgs  2 members   polling 5 s") }
      #expect(orgman.screen.selected == "Acme" && orgman.screen.text.contains("vip_founder"))
      try orgman.enter()
      orgman.send("j")
      try orgman.waitFor("bob") { $0.selectedDetail?.contains("admin") == true }
      orgman.send("ro")
      try orgman.waitForText("Role of bob in Acme: admin → owner.")
      orgman.send("acy")
      orgman.press(.control("s"))
      try orgman.waitForText("Added cy to Acme as member.")
      try orgman.waitFor("the new member") { $0.selectedDetail?.hasPrefix("cy") == true }
      orgman.send("dy")
      try orgman.waitForText("Removed cy (member) from Acme.")
      orgman.send("hpeSs")
      try orgman.waitForText("Status of Acme: active → suspended.")
      orgman.send("aInitech\u{13}")
      try orgman.waitForText("Created Initech on founders_friend.")
      #expect(orgman.screen.selected == "Initech")
      try database.run("update organizations set plan_tier = 'managed' where name = 'Globex'")
      try orgman.waitForText("managed")
      #expect(orgman.screen.selected == "Initech")
      try orgman.quit()
      #expect(
        try members(database, tables) == "ann \(tables.role("owner")), bob \(tables.role("owner"))")
      #expect(
        try database.run(
          """
          select string_agg(name || ' ' || plan_tier || ' ' || litellm_gateway_key_encrypted, ', ' order by name)
          from organizations
          """)
          == "Acme enterprise the secret, Globex managed the secret, Initech founders_friend the secret")
      #expect(try database.run("select count(*) from pg_namespace where nspname = 'orgman'") == "0")
    }

    @Test(arguments: HandMadeTables.allCases)
    func `they are listed and edited by commands, before orgman init and after`(tables: HandMadeTables) throws
    {
      let database = try database(tables)
      defer { try? database.drop() }
      func orgman(_ arguments: String..., input: String = "") throws -> Output {
        try run(try builtProduct("orgman"), arguments + ["--data", database.url], input: input)
      }
      for plan in ["byok", "client"] {
        let list = try orgman("list").stdout
        #expect(list.hasPrefix("\(ids[1])\tGlobex\t\tfounders_friend\t"), "\(list)")
        #expect(try orgman("set", "Acme", "--plan", plan, "--new-plan").status == .exited(0))
        #expect(try orgman("show", ids[0]).stdout.contains("plan_tier\t\(plan)\n"))
        #expect(try orgman("role", "Acme", "bob").stdout == "admin\n")
        #expect(try orgman("add", "Acme", "cy", "--role", "owner").status == .exited(0))
        #expect(try orgman("user", "cy").stdout.contains("Acme"))
        #expect(try orgman("remove", "Acme", "cy").status == .exited(0))
        let created = try orgman("create", "New \(plan)", "--owner", "ann")
        #expect(created.status == .exited(0), "\(created.stderr)")
        let plans = try orgman("plans")
        #expect(plans.stdout.contains("\(plan)\t1\t0\t0\t1\n"), "\(plans.stdout)")
        let undone = try orgman("undo", "--yes")
        if plan == "byok" {
          #expect(undone.status == .exited(2) && undone.stderr.hasPrefix("orgman: "))
          #expect(try orgman("history").status == .exited(0))
          let output = try run(try builtProduct("orgman"), ["init", database.url])
          #expect(output.status == .exited(0), "\(output.stderr)")
        } else {
          #expect(undone.status == .exited(0), "\(undone.stderr)")
          #expect(try orgman("history").stdout.contains("Created New client"))
        }
      }
      #expect(try database.run("select count(*) from organizations") == "3")
      #expect(
        try members(database, tables) == "ann \(tables.role("owner")), bob \(tables.role("admin"))")
    }
  }
}
