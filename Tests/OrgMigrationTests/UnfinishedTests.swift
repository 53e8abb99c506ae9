import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  /// A database to which not all data have come: a migration goes on, or was ended.
  @Suite struct Unfinished {
    private func halfMigrated(_ files: Files) throws -> Database {
      let database = try Target.empty.database()
      try migrate(files, to: database)
      try database.run(
        """
        update orgman.migration set finished = null, generation = null;
        update orgman.revision set organizations = 0, members = 0; delete from orgman.role_count
        """)
      return database
    }

    @Test func `it says so, nothing is changed there, and nothing counts it for whole`() throws {
      let files = try Files.generated(6, 20)
      let database = try halfMigrated(files)
      defer { try? database.drop() }
      let store = try database.store()
      let summary = try store.reader().summary
      #expect(summary.organizationCount == 6 && summary.memberCount == 20)
      let problem = try #require(summary.problems.first)
      #expect(problem.kind == .incomplete)
      let sentence = "\(problem)."
      #expect(sentence.contains("doesn't have all data of ") && sentence.contains(files.path))
      #expect(sentence.hasSuffix(" UTC, and goes on when it is run again."))
      let before = try database.run("select id, plan_tier from organizations order by 1")
      // Whatever a screen knows, and whenever it was opened.
      let error = #expect(throws: OrgError.self) {
        let id = try store.reader().organizations()[0].id
        _ = try store.commit(
          ChangeSet([.setField(.planTier, organization: id, from: "starter", to: "enterprise")]))
      }
      #expect(error?.code == .readOnly)
      #expect(error?.message == "Nothing is changed until the data are there. \(sentence)")

      let list = try orgman("list", "--data", database.url)
      #expect(list.status == .exited(1) && list.stderr == "orgman: \(sentence)\n", "\(list)")
      #expect(list.stdout.split(separator: "\n").count == 6)
      #expect(try orgman("list", "--allow-damaged", "--data", database.url).status == .exited(0))
      let missing = try orgman("show", "org_missing", "--data", database.url)
      #expect(missing.status == .exited(1) && missing.stderr.contains(sentence), "\(missing)")
      for arguments in [
        ["create", "New"], ["set", "Organization 1", "--plan", "enterprise"],
      ] {
        let output = try orgman(arguments + ["--data", database.url])
        #expect(output.status == .exited(1) && output.stderr.contains(sentence), "\(output)")
      }
      let export = try orgman("export", "--data", database.url)
      #expect(export.status == .exited(1) && export.stderr.contains("Data that aren't all there yet"))
      #expect(try orgman("info", "--data", database.url).stdout.contains("error: \(sentence)"))
      #expect(try orgman("doctor", "--data", database.url).stdout.hasPrefix("error: \(sentence)"))
      let back = try orgman("migrate", database.url, files.sibling("back"), "--yes")
      #expect(back.status == .exited(1) && back.stderr.contains("isn't all there yet"), "\(back)")
      let diff = try orgman("diff", files.path, database.url)
      #expect(diff.status == .exited(0) && diff.stderr == "orgman: \(sentence)\n", "\(diff)")
      #expect(try database.run("select id, plan_tier from organizations order by 1") == before)

      #expect(try orgman("migrate", files.path, database.url, "--yes").status == .exited(0))
      #expect(try store.reader().problems.isEmpty)
      #expect(try orgman("create", "New", "--data", database.url).status == .exited(0))
    }

    @Test func `a second migration into the same database is refused until the first ends`() throws {
      let files = try Files.generated(3, 6)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      var first: TableLoader? = try TableLoader(
        ConnectionSettings(database.url), actor: Actor(uid: 0, user: "first", host: "test"))
      try first?.begin(
        source: "\(Actor.current().host):\(try FileStore(path: files.path, isReadOnly: true).resolvedPath)",
        dropsIndexes: false)
      let refused = try orgman("migrate", files.path, database.url, "--yes")
      #expect(refused.status == .exited(1), "\(refused)")
      #expect(
        refused.stderr.contains("Another orgman migrate is moving data into ")
          && refused.stderr.contains(" of the server, of postgres, since 20")
          && refused.stderr.contains(" UTC): wait"),
        "\(refused.stderr)")
      #expect(try database.run("select count(*) from organizations") == "0")
      first = nil
      #expect(try orgman("migrate", files.path, database.url, "--yes").status == .exited(0))
      #expect(try database.run("select count(*) from organizations") == "3")
    }

    @Test func `the screen says so, and says when it is over`() throws {
      let files = try Files.generated(6, 20)
      let database = try halfMigrated(files)
      defer { try? database.drop() }
      let screen = try TerminalProcess(
        try builtProduct("orgman"), ["--data", database.url], environment: plainEnvironment, columns: 120,
        rows: 33)
      try screen.waitFor("the header") { $0.lines[0].hasSuffix("incomplete") }
      try screen.waitForText("doesn't have all data of")
      screen.send("a")
      try screen.waitForText("Nothing can be changed: ")
      try migrate(files, to: database)
      try screen.waitFor("the end") { $0.lines[0].hasSuffix("live") }
      screen.send("aNew\u{13}")
      try screen.waitForText("Created New")
      screen.send("q")
      #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `who may only read sees it, too`() throws {
      let files = try Files.generated(3, 5)
      let database = try halfMigrated(files)
      defer { try? database.drop() }
      let role = "reader_\(database.name)"
      try database.run("create role \(role) login")
      #expect(try orgman("init", database.url, "--reader", role).status == .exited(0))
      let store = try PostgresStore(
        try ConnectionSettings(database.url(user: role)), PostgresStore.Options(actor: tester))
      #expect(try store.reader().problems.map(\.kind) == [.incomplete])
    }

    @Test func `what others change meanwhile is found, and moved once more`() throws {
      let files = try Files.generated(8, 40)
      let database = try halfMigrated(files)
      defer { try? database.drop() }
      try database.run(
        """
        update organizations set plan_tier = 'byok' where name = 'Organization 1';
        delete from organizations where name = 'Organization 2';
        update organizations set name = 'Taken' where name = 'Organization 3';
        delete from organization_members m using organizations o where o.id = m.org_id and o.name = 'Organization 4';
        insert into organizations (name) values ('Of the service');
        """)
      let found = try orgman("migrate", files.path, database.url, "--yes")
      #expect(found.status == .exited(3), "\(found)")
      #expect(
        found.stderr.contains("4 organizations differ") && found.stderr.contains("1 of the tables isn't in"))
      #expect(try database.store().reader().problems.map(\.kind) == [.incomplete])
      // What isn't in the files isn't ours to delete.
      let again = try orgman("migrate", files.path, database.url, "--yes")
      #expect(again.status == .exited(3) && !again.stderr.contains("differ"), "\(again)")
      try database.run("delete from organizations where name = 'Of the service'")
      let done = try orgman("migrate", files.path, database.url, "--yes")
      #expect(done.status == .exited(0), "\(done)")
      #expect(try texts(of: database, at: files.sibling("back")) == files.texts)
    }
  }
}
