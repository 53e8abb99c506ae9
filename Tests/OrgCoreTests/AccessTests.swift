import Foundation
import OrgCore
import Testing

/// The rules of the service, written down once more: the program's table has to agree with this one.
private func ruleAllows(_ operation: Access.Operation, _ role: Role?) -> Bool {
  switch role {
  case .owner: operation != .existence
  case .billingAdmin: operation == .look || operation == .billing
  case .member, .viewer: operation == .look
  case .admin, nil: false
  }
}

@Suite struct AccessTests {
  @Test(arguments: Access.Operation.allCases, Role.allCases)
  func `the table is that of the service`(operation: Access.Operation, role: Role) {
    #expect(Access.allows(operation, to: role) == ruleAllows(operation, role))
    #expect(Access.roles(allowing: operation).contains(role) == ruleAllows(operation, role))
  }

  @Test func `no change set of a user does what the user's role doesn't allow`() throws {
    var (made, refused) = (0, 0)
    for seed in 0..<60 {
      var random = SplitMix(state: UInt64(seed))
      let world = World(&random)
      let store: any OrgStore = world.store
      for _ in 0..<200 {
        let before = try store.reader()
        let user = World.users.randomElement(using: &random) ?? ""
        var set = ChangeSet([], allowsOwnerless: Bool.random(using: &random))
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          set.changes.append(try world.change(of: before, &random))
        }
        if Bool.random(using: &random), let entry = try store.history().randomElement(using: &random) {
          set = entry.inverse
        }
        do {
          _ = try store.acting(as: user).commit(set)
        } catch {
          refused += 1
          #expect(try store.reader().revision == before.revision)
          continue
        }
        made += 1
        for (id, operation) in try operations(from: before, to: try store.reader()) {
          let role = try before.role(of: user, in: id)
          #expect(
            ruleAllows(operation, role), "\(user), \(role.map(\.title) ?? "a stranger"): \(set.changes)")
        }
        for organization in try store.reader().organizations() {
          let (old, new) = (
            try before.roleCounts(of: organization.id), try store.reader().roleCounts(of: organization.id)
          )
          #expect(old.owner == 0 || new.owner > 0)
        }
      }
    }
    #expect(made > 1000 && refused > 1000)
  }

  @Test(arguments: 0..<20)
  func `what a user reads is what the user's roles let the user see`(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) + 1000)
    let world = World(&random)
    let store: any OrgStore = world.store
    for user in World.users {
      let (all, shown) = (try store.reader(), try store.acting(as: user).reader())
      let visible = try all.organizations().filter { ruleAllows(.look, try all.role(of: user, in: $0.id)) }
      #expect(try shown.organizations().map(\.id) == visible.map(\.id))
      for organization in try all.organizations() {
        let role = try all.role(of: user, in: organization.id)
        let found = try shown.organization(id: organization.id)
        #expect((found != nil) == ruleAllows(.look, role))
        #expect(
          found == nil
            || found?.stripeCustomerID == (ruleAllows(.billing, role) ? organization.stripeCustomerID : nil))
        #expect(
          try shown.members(of: organization.id)
            == (ruleAllows(.look, role) ? try all.members(of: organization.id) : []))
      }
    }
  }

  /// What differs between two states, and the rights that it takes.
  private func operations(
    from before: any StoreReader, to after: any StoreReader
  ) throws -> [(String, Access.Operation)] {
    var found: [(String, Access.Operation)] = []
    let ids = Set(try before.organizations().map(\.id) + after.organizations().map(\.id))
    for id in ids {
      guard let old = try before.organization(id: id), let new = try after.organization(id: id) else {
        found.append((id, .existence))
        continue
      }
      if old.name != new.name || old.planTier != new.planTier || old.status != new.status {
        found.append((id, .settings))
      }
      if old.lagoCustomerID != new.lagoCustomerID || old.stripeCustomerID != new.stripeCustomerID {
        found.append((id, .billing))
      }
      if try before.members(of: id) != after.members(of: id) { found.append((id, .members)) }
    }
    return found
  }
}

extension Rules {
  /// Rules that let members have each role.
  fileprivate static let everyRole = Rules(roles: Role.allCases)
}

/// Some organizations and users, and what may be tried with them.
private struct World {
  static let users = ["ann", "bob", "eve", "joe", "kim"]
  let organizations: [Organization]
  let members: [OrgUser]

  init(_ random: inout SplitMix) {
    let time = Timestamp(microseconds: 1_760_000_000_000_000)
    organizations = ["org_1", "org_2", "org_3"].map {
      Organization(
        id: $0, name: "Name of \($0)", createdAt: time, stripeCustomerID: "cus_\($0)",
        status: Organization.Status.allCases.randomElement(using: &random) ?? .active)
    }
    var members: [OrgUser] = []
    for organization in organizations {
      for user in Self.users where Int.random(in: 0..<4, using: &random) > 0 {
        let role = Role.allCases.randomElement(using: &random) ?? .member
        members.append(OrgUser(organizationID: organization.id, userID: user, role: role, joinedAt: time))
      }
    }
    self.members = members
  }

  var store: InMemoryStore {
    InMemoryStore(organizations: organizations, members: members, rules: .everyRole)
  }

  /// Some change, most often one that the data allow.
  func change(of reader: any StoreReader, _ random: inout SplitMix) throws -> Change {
    let organization = try reader.organizations().randomElement(using: &random) ?? organizations[0]
    let id = organization.id
    let user = Self.users.randomElement(using: &random) ?? ""
    let role = Role.allCases.randomElement(using: &random) ?? .member
    let present = try reader.role(of: user, in: id)
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      let field = OrganizationField.allCases.randomElement(using: &random) ?? .name
      let statuses = Organization.Status.allCases.map(\.rawValue)
      let value =
        field == .status
        ? statuses.randomElement(using: &random) : "value \(Int.random(in: 0..<9, using: &random))"
      return .setField(field, organization: id, from: organization[field], to: value)
    case 2:
      return .createOrganization(
        Organization(
          id: "org_new\(Int.random(in: 0..<9, using: &random))", name: "New",
          createdAt: organization.createdAt))
    case 3: return .removeOrganization(organization)
    case 4, 5:
      return present.map { .setRole(user: user, organization: id, from: $0, to: role) }
        ?? .addMember(OrgUser(organizationID: id, userID: user, role: role, joinedAt: organization.createdAt))
    case 6: return .removeMember(user: user, organization: id, role: present ?? role)
    default:
      return .addMember(
        OrgUser(organizationID: id, userID: user, role: role, joinedAt: organization.createdAt))
    }
  }
}

extension AccessTests {
  @Test func `the table in the documentation is the one that counts`() throws {
    let path = #filePath.replacing(
      "Tests/OrgCoreTests/AccessTests.swift", with: "Sources/OrgCore/OrgCore.docc/Rights.md")
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let header = try #require(rows.first)
    for operation in Access.Operation.allCases {
      let row = try #require(rows.first { $0[0].hasPrefix("\(operation.rawValue):") })
      for role in Role.allCases {
        let name = role == .billingAdmin ? "billing admin" : role.title
        let column = try #require(header.firstIndex { $0.components(separatedBy: ", ").contains(name) })
        #expect(row[column] == (Access.allows(operation, to: role) ? "yes" : "no"))
      }
      #expect(row.last == "yes")
    }
  }
}
