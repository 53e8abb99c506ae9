import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import Testing

extension Migrations {
  @Suite struct RoundTrips {
    @Test(arguments: Target.allCases)
    func `files that go to a database and back are the same, byte for byte`(target: Target) throws {
      for files in [
        try Files.reference(), try .odd(), try .generated(20, 100), try Files("{}", "{}"),
        try Files(" {\n }\n", "{}\n"),
      ] {
        let database = try target.database()
        defer { try? database.drop() }
        let before = try files.texts
        let report = try migrate(files, to: database)
        #expect(try files.texts == before)
        let result = try DatabaseMigration(from: try database.settings, toFilesIn: files.sibling("back"))
          .run()
        let after = try Files.names.map {
          try String(contentsOfFile: files.sibling("back") + "/" + $0, encoding: .utf8)
        }
        #expect(after == before)
        #expect(result.areFilesUnchanged == true)
        #expect(result.organizations == report.organizations)
        #expect(result.members == report.members)
        let (changes, impossible) = try differences(try files.store(), try database.store())
        #expect(changes == [])
        // These tables know no status but whether an organization is active.
        if target != .other { #expect(impossible == []) }
      }
    }

    @Test func `unknown fields, odd ids and what belongs to no organization can be asked for in SQL`() throws
    {
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try migrate(.odd(), to: database)
      #expect(
        try database.run(
          "select fields -> 'region' ->> 'code' from orgman.kept_organization where fields ? 'region'")
          == "eu-1")
      #expect(
        try database.run(
          "select k.member_fields -> 'ann' -> 'invited_by' ->> 'note' from orgman.kept_organization k join organizations o on o.id = k.organization where o.name like 'Zo%'"
        ) == "déjà vu")
      #expect(
        try database.run("select string_agg(id, ',' order by id) from orgman.kept_id")
          == "org_ABCDEF00-1111-4111-8111-111111111111,org_no list,org_twice,org_x")
      #expect(
        try database.run("select id from organizations where name like 'Usual%'")
          == "11111111-1111-4111-8111-111111111111")
      #expect(try database.run("select count(*) from orgman.kept_piece") == "2")
      #expect(try database.run("select count(*) from organization_members") == "6")
    }

    /// What is done to both, the files and the database, leaves the same files.
    @Test func `a change in the database changes in the files what it would have changed there`() throws {
      for files in [try Files.odd(), try .reference(), try .generated(20, 100)] {
        let database = try Target.empty.database()
        defer { try? database.drop() }
        try migrate(files, to: database)
        let (local, remote) = (OrgManager(store: try files.store()), OrgManager(store: try database.store()))
        func changes(_ manager: OrgManager) throws -> ChangeSet {
          let reader = try manager.store.reader()
          var changes: [Change] = []
          let created = Timestamp(microseconds: 1_800_000_000_000_000)
          for row in try reader.organizations().sorted(by: { $0.name < $1.name }) {
            let members = try reader.members(of: row.id)
            changes += [
              .setField(.planTier, organization: row.id, from: row.planTier, to: "professional"),
              .setField(
                .lagoCustomerID, organization: row.id, from: row.lagoCustomerID, to: "lago \(row.name)"),
              .setField(.name, organization: row.id, from: row.name, to: "New \(row.name)"),
            ]
            if let last = members.max(by: { $0.userID < $1.userID }) {
              changes.append(.removeMember(user: last.userID, organization: row.id, role: last.role))
            }
            if let first = members.min(by: { $0.userID < $1.userID }), members.count > 1,
              first.role != .billingAdmin
            {
              changes.append(
                .setRole(user: first.userID, organization: row.id, from: first.role, to: .billingAdmin))
            }
            changes.append(
              .addMember(OrgUser(organizationID: row.id, userID: "new é", role: .owner, joinedAt: created)))
          }
          return ChangeSet(changes, allowsOwnerless: true)
        }
        // A record that appears twice can't be edited in files.
        guard try local.store.reader().summary.recordProblems.isEmpty else { continue }
        _ = try local.store.commit(try changes(local))
        _ = try remote.store.commit(try changes(remote))
        #expect(try texts(of: database, at: files.sibling("back")) == files.texts)
      }
    }
  }
}
