import Foundation
import OrgCore
import OrgFileStore
import TerminalTesting
import Testing

@testable import orgman_examples

extension EndToEnd {
  /// An operation is the same operation as a command, in an example, and as a call of the library.
  @Suite struct ThreeWays {
    /// One of the examples, and what comes to the same.
    private struct Story: Sendable {
      let example: @Sendable (String) throws -> Void
      let commands: [[String]]
      let calls: @Sendable (OrgManager) throws -> Void
    }

    private static let stories = [
      Story(
        example: { try manageRoles(in: $0) { _ in } },
        commands: [
          ["create", "Acme Corp", "--owner", "ann"], ["add", "Acme Corp", "bob"],
          ["add", "Acme Corp", "carol", "--role", "billing_admin"], ["role", "Acme Corp", "bob", "owner"],
          ["role", "Acme Corp", "ann", "member"], ["remove", "Acme Corp", "bob", "--allow-ownerless"],
        ],
        calls: { manager in
          let id = try manager.createOrganization(name: "Acme Corp")
          try manager.addUser("ann", to: id, role: .owner)
          try manager.addUser("bob", to: id)
          try manager.addUser("carol", to: id)
          try manager.updateRole(of: "carol", in: id, to: .billingAdmin)
          try manager.updateRole(of: "bob", in: id, to: .owner)
          try manager.updateRole(of: "ann", in: id, to: .member)
          try manager.removeUser("bob", from: id, allowingOwnerless: true)
        }),
      Story(
        example: { try liveAndDie(in: $0) { _ in } },
        commands: [
          ["create", "Acme", "--owner", "ann"],
          ["set", "Acme", "--name", "Acme Corp", "--plan", "starter", "--status", "suspended"],
          ["set", "Acme Corp", "--status", "active"], ["set", "Acme Corp", "--status", "deleted"],
          ["undo", "--yes"],
        ],
        calls: { manager in
          let id = try manager.createOrganization(name: "Acme")
          try manager.addUser("ann", to: id, role: .owner)
          try manager.rename(id, to: "Acme Corp")
          try manager.updatePlan(of: id, to: "starter")
          try manager.updateStatus(of: id, to: .suspended)
          try manager.updateStatus(of: id, to: .active)
          try manager.updateStatus(of: id, to: .deleted)
          try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
        }),
      Story(
        example: { try setBillingIDs(in: $0) { _ in } },
        commands: [
          ["create", "Acme Corp"], ["set", "Acme Corp", "--lago", "lago_cust_1001", "--stripe", "cus_5f3a"],
          ["set", "Acme Corp", "--stripe", "cus_77b0", "--clear", "lago"],
        ],
        calls: { manager in
          let id = try manager.createOrganization(name: "Acme Corp")
          try manager.updateBillingIDs(of: id, lago: "lago_cust_1001", stripe: "cus_5f3a")
          try manager.updateBillingIDs(of: id, lago: "", stripe: "cus_77b0")
        }),
    ]

    @Test func `every operation leaves the same, and finds the same, as a command, an example and a call`()
      throws
    {
      for story in Self.stories {
        let places = try (0..<3).map { _ in try DataFiles() }
        try story.example(places[0].path)
        let orgman = Script(data: places[1])
        for command in story.commands {
          let output = try run(
            try builtProduct("orgman"), command.prefix(1) + ["--data", places[1].path] + command.dropFirst())
          #expect(output.status == .exited(0), "\(command): \(output.stderr)")
        }
        try story.calls(OrgManager(store: try FileStore(path: places[2].path)))
        let left = try places.map { try Self.left(in: $0.path) }
        #expect(left[0] == left[1] && left[1] == left[2])

        // What is looked up in one of them with the command and with a call.
        let manager = OrgManager(store: try FileStore(path: places[1].path))
        let id = try #require(try manager.organizations().first?.id)
        let found = try #require(try manager.organization(id: id))
        func names(_ arguments: String...) throws -> [String] {
          let output = try run(
            try builtProduct("orgman"),
            arguments.prefix(1) + ["--data", places[1].path, "--json"] + arguments.dropFirst())
          let records: [[String: Any]] = try output.json()
          return records.map { "\($0["name"] ?? $0["user_id"] ?? "") \($0["role"] ?? "")" }
        }
        #expect(try names("list") == manager.organizations().map { "\($0.name) " })
        #expect(try names("list", "acme") == manager.organizations(matching: "acme").map { "\($0.name) " })
        #expect(
          try names("list", "plan:\(found.planTier)")
            == manager.organizations(onPlan: found.planTier).map { "\($0.name) " })
        #expect(try names("members", id) == manager.users(of: id).map { "\($0.userID) \($0.role.rawValue)" })
        #expect(try orgman("show", id, "--json").json([String: Any].self)["name"] as? String == found.name)
        for member in try manager.users(of: id) {
          let role = try #require(try manager.role(of: member.userID, in: id))
          #expect(try orgman("role", id, member.userID).stdout == role.rawValue + "\n")
          #expect(
            try names("user", member.userID)
              == manager.organizations(ofUser: member.userID).map { "\($0.name) \(role.rawValue)" })
        }
      }
    }

    /// What is in a data directory, without ids and times, which differ from run to run.
    private static func left(in directory: String) throws -> [String] {
      let reader = try FileStore(path: directory, isReadOnly: true).reader()
      return try reader.organizations().map { organization in
        let fields = OrganizationField.allCases.map { organization[$0] ?? "none" }
        let members = try reader.members(of: organization.id).map { "\($0.userID) \($0.role.rawValue)" }
        return (fields + members.sorted()).joined(separator: ", ")
      }
    }
  }
}
