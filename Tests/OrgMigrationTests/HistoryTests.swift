import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import Testing

extension Migrations {
  @Suite struct Histories {
    private func edited() throws -> Files {
      let files = try Files.odd()
      let manager = OrgManager(store: try files.store())
      let new = try manager.createOrganization(name: "New", planTier: "starter")
      try manager.addUser("ann", to: new, role: .owner)
      try manager.addUser("bob", to: new, role: .member)
      _ = try manager.updateRole(of: "bob", in: new, to: .billingAdmin)
      _ = try manager.updatePlan(of: "org_11111111-1111-4111-8111-111111111111", to: "professional")
      let entry = try #require(try manager.store.undoable(by: nil))
      _ = try manager.store.commit(entry.inverse)
      return files
    }

    @Test func `the history goes along, with the ids of either side`() throws {
      let files = try edited()
      let database = try Target.empty.database()
      defer { try? database.drop() }
      let before = try files.store().history()
      #expect(before.count == 6)
      try migrate(files, to: database)
      let store = try database.store()
      let there = try store.history()
      #expect(there.count == before.count + 1)
      #expect(there.first?.note?.contains(files.path) == true)
      for (entry, original) in zip(there.dropFirst(), before) {
        #expect(entry.generation == original.generation)
        #expect(entry.time == original.time)
        #expect(entry.kind == original.kind)
        #expect(entry.actor == original.actor)
        #expect(entry.changes.map(\.summary) == original.changes.map(\.summary))
      }
      _ = try texts(of: database, at: files.sibling("back"))
      let back = try FileStore(path: files.sibling("back"))
      #expect(try Array(back.history().dropFirst()) == before)
      #expect(try back.historyEntry(generation: 3) == before[3])
      #expect(try back.newestGeneration() == 7)
      func findings(_ store: FileStore) throws -> [String] {
        try store.examine().filter { $0.severity != .note && !$0.text.hasPrefix("Users outside") }.map(\.text)
      }
      #expect(try findings(back) == findings(try files.store()))
    }

    @Test func `what was done on one side can be undone on the other`() throws {
      let files = try edited()
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try migrate(files, to: database)
      let store = try database.store()
      let entry = try #require(try store.historyEntry(generation: 4))
      _ = try store.commit(entry.inverse)
      let id = try #require(try store.reader().organizations().first { $0.name == "New" }?.id)
      #expect(try store.reader().role(of: "bob", in: id) == .member)
      #expect(try store.newestGeneration() == 8)

      _ = try texts(of: database, at: files.sibling("back"))
      let back = try FileStore(path: files.sibling("back"))
      let undo = try #require(try back.historyEntry(generation: 8))
      #expect(undo.kind == .undo(of: 4))
      _ = try back.commit(undo.inverse)
      let role = try back.reader().role(of: "bob", in: "org_" + id)
      #expect(role == .billingAdmin)
      // Further than that, the bytes of files aren't known.
      #expect(throws: OrgError.self) { try back.restore(to: .generation(2), isTrial: true) }
      let restoration = try back.restore(to: .generation(8), isTrial: true)
      #expect(restoration.changes.count == 1)
    }
  }
}
