import Foundation
import Glibc
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  @Suite struct CutOvers {
    private func migration(_ files: Files, _ database: Database) throws -> FileMigration {
      try FileMigration(from: try files.store(), to: try database.settings, actor: tester)
    }

    @Test
    func `what others wrote meanwhile is moved while the lock is held, and the files can't be changed then`()
      throws
    {
      let files = try Files.generated(40, 200)
      _ = try OrgManager(store: try files.store()).createOrganization(name: "Early")
      let database = try Target.empty.database()
      defer { try? database.drop() }
      _ = try migration(files, database).run()
      // The service goes on: it swaps names, removes, adds, and writes everything anew.
      let users = try files.text(Files.names[1])
      try files.write(
        Files.names[0],
        try files.text(Files.names[0]).replacing("\"Organization 3\"", with: "\"between\"")
          .replacing("\"Organization 4\"", with: "\"Organization 3\"").replacing(
            "\"between\"", with: "\"Organization 4\""))
      try files.write(
        Files.names[1],
        users.replacing("\"user_7_0\"", with: "\"somebody else\"").replacing("    ", with: "     "))
      let manager = OrgManager(store: try files.store())
      let new = try manager.createOrganization(name: "Late")
      try manager.addUser("late", to: new, role: .owner)

      let report = try migration(files, database).run(isCutOver: true, leavesReadOnly: true)
      #expect(report.organizations == 42)
      #expect(try differences(try files.store(isReadOnly: true), try database.store()).changes == [])
      #expect(try texts(of: database, at: files.sibling("back")) == files.texts)
      for name in Files.names {
        let mode =
          try FileManager.default.attributesOfItem(atPath: "\(files.path)/\(name)")[.posixPermissions] as? Int
        #expect((mode ?? 0o777) & 0o222 == 0)
      }
      let error = #expect(throws: OrgError.self) {
        try OrgManager(store: try files.store()).createOrganization(name: "More")
      }
      #expect(error?.code == .readOnly)
      #expect(error?.message.contains("the data were moved to postgres://") == true)
      let history = try database.store().history()
      #expect(history.map(\.generation) == [5, 4, 3, 2, 1])
      #expect(history.map(\.kind) != Array(repeating: .edit, count: 5))
      #expect(history.filter { $0.note?.contains("the data came from") == true }.count == 1)
    }

    @Test func `a database that was changed since isn't overwritten`() throws {
      let files = try Files.generated(5, 10)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      _ = try migration(files, database).run()
      _ = try OrgManager(store: try database.store()).createOrganization(name: "There")
      let error = #expect(throws: OrgError.self) {
        try migration(files, database).run(isCutOver: true, leavesReadOnly: true)
      }
      #expect(error?.message.contains("has been changed since") == true)
      // The files are as they were.
      _ = try OrgManager(store: try files.store()).createOrganization(name: "Here")
    }

    @Test func `a service that can't be moved leaves the files as they were`() throws {
      let files = try Files.generated(5, 10)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      _ = try migration(files, database).run()
      // Somebody writes to the tables without orgman's noticing.
      try database.run(
        "alter table organization_members disable trigger all; update organization_members set role = 'owner'"
      )
      let error = #expect(throws: OrgError.self) {
        try migration(files, database).run(isCutOver: true, leavesReadOnly: true)
      }
      #expect(error?.code == .conflict)
      #expect(error?.message.contains("organizations differ") == true, "\(error?.message ?? "")")
      _ = try OrgManager(store: try files.store()).createOrganization(name: "Here")
    }
  }

  @Suite struct Refusals {
    @Test func `what the tables have no room for is named before anything is written`() throws {
      let files = try Files.generated(3, 3)
      let plan = String(repeating: "p", count: 51)
      let user = String(repeating: "u", count: 256)
      try files.write(
        Files.names[0],
        try files.text(Files.names[0]).replacing("\"Organization 1\"", with: "\"Organization 0\"")
          .replacing("\"lago_1\"", with: #""\u0000""#)
          .replacingFirst("\"starter\"", with: "\"\(plan)\""))
      try files.write(
        Files.names[1], try files.text(Files.names[1]).replacing("\"user_2_0\"", with: "\"\(user)\""))
      let database = try Target.empty.database()
      defer { try? database.drop() }
      let output = try orgman("migrate", files.path, database.url, "--dry-run")
      #expect(output.status == .exited(1))
      for part in [
        "plan_tier has 51 characters, and the column takes 50", "has the same name as",
        "lago_customer_id has the character U+0000",
        "the user's id has 256 characters, and the column takes 255",
      ] {
        #expect(output.stderr.contains(part), "\(output.stderr)")
      }
      #expect(try orgman("migrate", files.path, database.url, "--yes").status == .exited(1))
      #expect(
        try database.run("select to_regclass('organizations') is null and to_regnamespace('orgman') is null")
          == "t")
    }

    @Test func `a target with data is refused`() throws {
      let files = try Files.generated(3, 3)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try migrate(files, to: database)
      func refusal(_ arguments: String...) throws -> String {
        let output = try run(
          try builtProduct("orgman"), ["migrate"] + arguments + ["--yes"], environment: plainEnvironment,
          timeout: .seconds(120))
        #expect(output.status == .exited(1))
        return output.stderr
      }
      #expect(
        try refusal(files.path, database.url).contains(
          "has these data already; --cut-over moves what changed since"))
      let others = try Files.generated(2, 2)
      #expect(try refusal(others.path, database.url).contains("has the data of "))
      #expect(try refusal(database.url, others.path).contains("isn't empty: it has organizations.json"))
      let used = try Target.texts.database()
      defer { try? used.drop() }
      try used.run("insert into organizations (id, name) values ('org_1', 'there')")
      #expect(try refusal(files.path, used.url).contains("isn't empty: it has 1 organization."))
      try database.run("update organization_members set role = 'admin' where user_id = 'user_0_0'")
      #expect(
        try refusal(database.url, files.sibling("back")).contains(
          "1 member has the role \"admin\", which files can't hold; give it another one first."))
      #expect(try refusal(files.path, others.path).contains("Both are directories"))
      #expect(try refusal(database.url, used.url).contains("Both are databases"))
      try files.write(Files.names[1], "{ torn")
      #expect(try refusal(files.path, used.url).contains("Damaged data"))
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, with other: String) -> String {
    firstRange(of: text).map { replacingCharacters(in: $0, with: other) } ?? self
  }
}
