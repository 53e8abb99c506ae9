import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  /// What can't be moved, compared or applied is said.
  @Suite struct Said {
    private let ids = (1...4).map { "00000000-0000-4000-8000-00000000000\($0)" }

    private func database(_ rows: String) throws -> Database {
      let database = try HandMadeTables.unchecked.database()
      try database.run(rows)
      return database
    }

    @Test func `names that differ in case alone are said, and only the first can be applied`() throws {
      let source = try database(
        """
        insert into organizations (id, name) values ('\(ids[0])', 'Acme'), ('\(ids[1])', 'ACME '), ('\(ids[2])', 'acme'),
          ('\(ids[3])', 'Globex')
        """)
      defer { try? source.drop() }
      let target = try database(
        "insert into organizations (id, name) values ('\(ids[1])', 'ACME '), ('\(ids[3])', 'Old')")
      defer { try? target.drop() }
      for database in [source, target] {
        try database.run("update organizations set created_at = '2026-01-01'")
      }
      let (changes, impossible) = try differences(try source.store(), try target.store())
      #expect(changes.count == 1)
      #expect(
        impossible
          == [ids[0], ids[2]].map {
            "\($0 == ids[0] ? "\"Acme\"" : "\"acme\"") (\($0)) can't be there beside \"ACME \" (\(ids[1])), for the names differ in case or white space alone, and neither can its members."
          })
      let lines = try orgman("diff", source.url, target.url)
      #expect(lines.status == .exited(3))
      #expect(lines.stderr.split(separator: "\n").count == 2)
      let document = try orgman("diff", source.url, target.url, "--json")
      let files = try Files("{}", "{}")
      try Data(document.stdoutBytes).write(to: URL(filePath: files.sibling("changes.json")))
      #expect(try orgman("apply", files.sibling("changes.json"), "--data", target.url).status == .exited(0))
      // What can't be applied is still there, and nothing else.
      let rest = try orgman("diff", source.url, target.url)
      #expect(rest.status == .exited(3) && rest.stdout == "", "\(rest)")

      let moved = try orgman("migrate", source.url, files.sibling("back"), "--dry-run")
      #expect(
        moved.stderr.hasSuffix(
          "The names of \"Acme\" (\(ids[0])), \"ACME \" (\(ids[1])), \"acme\" (\(ids[2])) differ in case or white space alone.\n"
        ),
        "\(moved)")
      #expect(try orgman("migrate", source.url, files.sibling("back"), "--yes").status == .exited(0))
      let again = try Target.texts.database()
      defer { try? again.drop() }
      let back = try orgman("migrate", files.sibling("back"), again.url, "--dry-run")
      #expect(back.stderr.contains(" differ in case or white space alone.\n"), "\(back)")
    }

    @Test func `values that are shown as others are differences, and are said`() throws {
      let source = try database(
        """
        insert into organizations (id, name, status) values ('\(ids[0])', 'Acme', 'archived');
        insert into organization_members (org_id, user_id, role) values ('\(ids[0])', 'ann', 'guest');
        """)
      defer { try? source.drop() }
      let target = try database(
        """
        insert into organizations (id, name, created_at) values ('\(ids[0])', 'Acme', '2026-01-01');
        insert into organization_members (org_id, user_id, role, joined_at) values ('\(ids[0])', 'ann', 'member', '2026-01-01');
        """)
      defer { try? target.drop() }
      for database in [source, target] {
        try database.run(
          "update organizations set created_at = '2026-01-01'; update organization_members set joined_at = '2026-01-01'"
        )
      }
      for (from, to) in [(source, target), (target, source)] {
        let (changes, impossible) = try differences(try from.store(), try to.store())
        #expect(changes == [])
        #expect(
          impossible
            == [
              "postgres:///\(source.name): 1 organization has the status \"archived\", which is shown as active; \(ids[0]) is one of them.",
              "postgres:///\(source.name): 1 member has the role \"guest\", which is shown as member; ann in \(ids[0]) is one of them.",
            ])
      }
      let lines = try orgman("diff", source.url, target.url)
      #expect(lines.status == .exited(3) && lines.stdout == "")
    }

    @Test func `what isn't compared is said, and is no difference`() throws {
      let files = try Files.odd()
      let database = try Target.other.database()
      defer { try? database.drop() }
      let usual = try Files.generated(3, 6)
      try migrate(usual, to: database)
      try database.run("alter table organization_members drop column created_at cascade")
      let lines = try orgman("diff", usual.path, database.url)
      #expect(lines.status == .exited(0), "\(lines)")
      for text in [
        " has no plan_tier, lago_customer_id, stripe_customer_id, so nothing of that is compared.",
        " doesn't have when members joined, so that isn't compared.",
      ] {
        #expect(lines.stderr.contains(text), "\(lines)")
      }
      let orphans = try orgman("diff", files.path, files.path)
      #expect(orphans.status == .exited(0))
      #expect(
        orphans.stderr.contains(
          "1 list of members in \(files.path) belongs to no organization, and can't be compared."),
        "\(orphans)")
    }

    @Test func `records that files can't hold are said before anything is moved`() throws {
      let database = try database(
        """
        insert into organizations (id, name) values ('\(ids[0])', ''), ('\(ids[1])', repeat('x', 201));
        """)
      defer { try? database.drop() }
      let files = try Files("{}", "{}")
      let moved = try orgman("migrate", database.url, files.sibling("back"), "--yes")
      #expect(moved.status == .exited(1))
      #expect(
        moved.stderr.hasSuffix(
          "The data can't be moved. 2 organizations have no name, or one of over 200 characters, which files can't hold.\n"
        ),
        "\(moved)")
      #expect(!FileManager.default.fileExists(atPath: files.sibling("back") + "/organizations.json"))
    }

    @Test func `a history with roles that files don't have is carried whole`() throws {
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try SchemaInstaller(try database.settings).install()
      let manager = OrgManager(store: try database.store())
      let id = try manager.createOrganization(name: "Acme")
      try manager.addUser("ann", to: id, role: .admin)
      _ = try manager.updateRole(of: "ann", in: id, to: .member)
      let before = try manager.store.history()
      let files = try Files("{}", "{}")
      _ = try texts(of: database, at: files.sibling("back"))
      let back = try FileStore(path: files.sibling("back"))
      let after = try back.history()
      #expect(after.map { $0.changes.map(\.summary) } == before.map { $0.changes.map(\.summary) })
      #expect(after[1].changes.first?.summary.contains("admin") == true)
      // It can't be done again there, and says so.
      let error = #expect(throws: OrgError.self) { try back.commit(after[0].inverse) }
      #expect(error?.message == "There is no role \"admin\"; use owner, member or billing.")
    }
  }
}
