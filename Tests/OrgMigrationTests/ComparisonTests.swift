import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  @Suite struct Comparisons {
    /// Does something of every kind to a store.
    private func change(_ store: any OrgStore) throws {
      let organizations = try store.reader().organizations().sorted { $0.name < $1.name }
      let manager = OrgManager(store: store)
      try #require(organizations.count >= 8)
      // Two take each other's names.
      _ = try store.commit(
        ChangeSet([
          .setField(.name, organization: organizations[0].id, from: organizations[0].name, to: "Between"),
          .setField(
            .name, organization: organizations[1].id, from: organizations[1].name, to: organizations[0].name),
          .setField(.name, organization: organizations[0].id, from: "Between", to: organizations[1].name),
        ]))
      _ = try manager.updatePlan(of: organizations[2].id, to: "enterprise")
      _ = try manager.updateStatus(of: organizations[3].id, to: .suspended)
      let members = try store.reader().members(of: organizations[4].id)
      _ = try store.commit(
        ChangeSet(
          members.map { .removeMember(user: $0.userID, organization: $0.organizationID, role: $0.role) }
            + [.removeOrganization(organizations[4])], allowsOwnerless: true))
      let new = try manager.createOrganization(name: organizations[4].name, planTier: "starter")
      try manager.addUser("ann", to: new, role: .owner)
      let others = try store.reader().members(of: organizations[5].id)
      if let member = others.first {
        _ = try store.commit(
          ChangeSet(
            [
              .setRole(
                user: member.userID, organization: member.organizationID, from: member.role, to: .billingAdmin
              )
            ],
            allowsOwnerless: true))
      }
      try manager.addUser("zoë", to: organizations[6].id, role: .member)
    }

    @Test(arguments: [Target.empty, .texts])
    func `what differs, applied to the other side, makes both equal, in both directions`(target: Target)
      throws
    {
      for isFileChanged in [true, false] {
        let files = try Files.generated(12, 40)
        let database = try target.database()
        defer { try? database.drop() }
        try migrate(files, to: database)
        try change(isFileChanged ? try files.store() : try database.store())
        let stores: [any OrgStore] = [try files.store(), try database.store()]
        for (from, to) in [(stores[0], stores[1]), (stores[1], stores[0])] {
          let (changes, impossible) = try differences(from, to)
          #expect(changes.count >= 9)
          #expect(impossible == [])
        }
        let (from, to) = isFileChanged ? (stores[0], stores[1]) : (stores[1], stores[0])
        _ = try to.commit(ChangeSet(try differences(from, to).changes, allowsOwnerless: true))
        #expect(try differences(from, to).changes == [])
        #expect(try differences(to, from).changes == [])
      }
    }

    @Test func `orgman diff prints what orgman apply makes`() throws {
      let files = try Files.generated(12, 40)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try migrate(files, to: database)
      let same = try orgman("diff", files.path, database.url)
      #expect(same.status == .exited(0))
      #expect(same.stdout == "No differences.\n")
      try change(try files.store())
      let lines = try orgman("diff", files.path, database.url)
      #expect(lines.status == .exited(3))
      #expect(lines.stdout.contains("Plan of ") && lines.stdout.contains("Added zoë to"))
      let document = try orgman("diff", files.path, database.url, "--json")
      #expect(document.status == .exited(3))
      let path = files.sibling("changes.json")
      try Data(document.stdoutBytes).write(to: URL(filePath: path))
      let applied = try orgman("apply", path, "--data", database.url)
      #expect(applied.status == .exited(0), "\(applied.stderr)")
      #expect(try orgman("diff", files.path, database.url).status == .exited(0))
      let empty = try orgman("diff", files.path, database.url, "--json")
      #expect(empty.status == .exited(0))
      try Data(empty.stdoutBytes).write(to: URL(filePath: path))
      #expect(try orgman("apply", path, "--data", database.url).stdout == "No changes needed.\n")
    }
  }
}
