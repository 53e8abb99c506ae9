import Foundation
import PostgresTesting
import TerminalTesting
import Testing

extension EndToEnd {
  /// Commands on a database, where what they say isn't about files.
  @Suite struct DatabaseCommands {
    private let ids = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]

    @Test func `orgman doctor names each row that it can't show as it is, and what to do about it there`()
      throws
    {
      let database = try HandMadeTables.unchecked.database()
      defer { try? database.drop() }
      func orgman(_ arguments: String...) throws -> Output {
        try run(try builtProduct("orgman"), arguments + ["--data", database.url])
      }
      #expect(try run(try builtProduct("orgman"), ["init", database.url]).status == .exited(0))
      let good = try orgman("doctor")
      #expect(good.stdout == "Everything is as it should be.\n" && good.status == .exited(0), "\(good)")
      try database.run(
        """
        insert into organizations (id, name, status) values
          ('\(ids[0])', 'Acme', 'archived'), ('\(ids[1])', ' ACME', 'active'), (default, '', 'active');
        insert into organization_members (org_id, user_id, role) values
          ('\(ids[0])', 'ann', 'guest'), ('\(ids[0])', 'bob', 'guest'), ('\(ids[1])', ' ', 'member');
        set session_replication_role = replica;
        insert into organization_members (org_id, user_id, role) values ('\(ids[1])', 'unseen', 'member');
        """)
      let bad = try orgman("doctor")
      #expect(bad.status == .exited(1))
      for text in [
        "warning: 1 organization has the status \"archived\", which is shown as active; \(ids[0]) is one of them.",
        "orgman set \(ids[0]) --status",
        "update public.organizations set status = 'active' where id = '\(ids[0])';",
        "warning: 2 members have the role \"guest\", which is shown as member; ann in \(ids[0]) is one of them.",
        "where org_id = '\(ids[0])' and user_id = 'ann';",
        "warning: 1 organization has no name",
        "warning: 2 organizations are named ",
        "Rename one with e on the screen, with orgman set \(ids[1]) --name",
        "warning: 1 member has no user id; \(ids[1]) has one of them.",
        "select orgman.recount();",
      ] {
        #expect(bad.stdout.contains(text), "\(text)\n\(bad.stdout)")
      }
      #expect(!bad.stdout.contains("--fix") && !bad.stdout.contains(".json"))
      let findings = try #require(
        JSONSerialization.jsonObject(with: Data(try orgman("doctor", "--json").stdoutBytes))
          as? [[String: String]])
      // What is similar is a note, without a remedy.
      let problems = findings.filter { $0["severity"] != "note" }
      #expect(problems.count == 6 && problems.allSatisfy { $0["remedy"]?.isEmpty == false })
      try database.run(
        """
        select orgman.recount();
        update organizations set name = id::text, status = 'active'; update organization_members set role = 'member';
        update organization_members set user_id = 'eve' where user_id = ' ';
        """)
      let repaired = try orgman("doctor")
      #expect(repaired.status == .exited(0), "\(repaired)")
      #expect(repaired.stdout == "Everything is as it should be.\n")
    }

    @Test func `what is done to files alone says what to do in a database`() throws {
      let data = try DataTables.reference()
      for (arguments, advice) in [
        (["doctor", "--fix"], "orgman doctor says what to do about each finding there"),
        (["backup", "/nowhere/backup"], "use pg_dump"),
        (["restore", "/nowhere/backup"], "use pg_restore, or orgman undo for single changes"),
        (["accept"], "orgman puts nothing back there"),
      ] {
        let output = try run(try builtProduct("orgman"), arguments + ["--data", data.address])
        #expect(output.status == .exited(1), "\(output)")
        #expect(
          output.stderr.hasPrefix("orgman: orgman \(arguments[0])")
            && output.stderr.hasSuffix("; \(advice).\n")
            && output.stderr.contains(" is a database"), "\(output.stderr)")
      }
    }

    @Test func `orgman erase and orgman history prune remove from a database for good`() throws {
      let data = try DataTables.reference()
      func orgman(_ arguments: String...) throws -> Output {
        try run(try builtProduct("orgman"), arguments + ["--data", data.address])
      }
      let user = try data.database.run(
        "select user_id from organization_members where role = 'member' limit 1")
      try data.database.run(
        "update organization_members set role = 'billing_admin' where user_id = '\(user)' and role = 'member'"
      )
      #expect(try orgman("erase", user).status == .exited(1))
      let trial = try orgman("erase", user, "--dry-run")
      #expect(
        trial.stdout.contains("organization_members") && trial.stdout.contains("orgman.history"), "\(trial)")
      let erased = try orgman("erase", user, "--yes")
      #expect(erased.status == .exited(0) && erased.stdout.hasSuffix("Erased.\n"), "\(erased)")
      #expect(erased.stderr.contains("The service's other tables"))
      #expect(try data.database.run("select count(*) from orgman.change where member = '\(user)'") == "0")
      #expect(try orgman("erase", user, "--yes").status == .exited(2))
      #expect(try orgman("history").stdout.contains("a user was erased"))

      let last = try data.database.run("select max(generation) from orgman.history")
      let none = try orgman("history", "prune", "--before", "2020-01-01")
      #expect(none.stdout == "Nothing is older than 2020-01-01 00:00:00.\n", "\(none)")
      let pruned = try orgman("history", "prune", "--before", "2099-01-01", "--yes")
      #expect(pruned.stdout.hasPrefix("Removed generation") && pruned.stdout.contains("change"), "\(pruned)")
      let rest = try orgman("history")
      #expect(rest.stdout == "There is no history yet.\n" && rest.status == .exited(0), "\(rest)")
      try data.database.run("update organizations set plan_tier = 'a'")
      let entry = try orgman("history", "--json")
      #expect(entry.status == .exited(0) && entry.stdout.contains("\((Int(last) ?? 0) + 1)"), "\(entry)")
      #expect(try orgman("doctor").status == .exited(0))
    }

    @Test func `a history of which somebody removed a part says where it was`() throws {
      let data = try DataTables.reference()
      for plan in ["a", "b", "c"] { try data.database.run("update organizations set plan_tier = '\(plan)'") }
      try data.database.run("delete from orgman.history where generation = 2")
      let output = try run(try builtProduct("orgman"), ["history", "--data", data.address])
      #expect(output.status == .exited(1))
      #expect(
        output.stderr
          == "orgman: The history isn't whole: generation 2 isn't in the table orgman.history any more.\n")
    }
  }
}
