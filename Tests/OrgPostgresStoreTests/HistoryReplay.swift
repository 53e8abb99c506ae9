import OrgCore
import Testing

@testable import OrgPostgresStore

/// The organizations and members of a database, or those that its history comes to.
struct Replay: Equatable {
  private(set) var organizations: [String: Organization] = [:]
  private(set) var members: [String: [String: OrgUser]] = [:]

  /// Nothing.
  init() {}

  /// What is there.
  init(_ reader: any StoreReader) throws {
    for organization in try reader.organizations() {
      organizations[organization.id] = organization
      for row in try reader.members(of: organization.id, in: 0..<10_000) {
        members[organization.id, default: [:]][row.member.userID] = row.member
      }
    }
  }

  /// Whether an organization has an owner.
  func isOwned(_ organization: String) -> Bool {
    members[organization]?.values.contains { $0.role == .owner } ?? false
  }

  /// Makes a change, which must find what it expects.
  mutating func make(_ recorded: RecordedChange) throws {
    switch recorded.change {
    case .createOrganization(let organization):
      try #require(organizations[organization.id] == nil)
      organizations[organization.id] = organization
    case .removeOrganization(let organization):
      try #require(organizations[organization.id] == organization)
      try #require(members[organization.id, default: [:]].isEmpty)
      organizations[organization.id] = nil
    case .setField(let field, let id, let from, let to):
      var organization = try #require(organizations[id])
      try #require(organization[field] == from)
      organization[field] = to
      organizations[id] = organization
    case .addMember(let member):
      try #require(members[member.organizationID]?[member.userID] == nil)
      members[member.organizationID, default: [:]][member.userID] = member
    case .removeMember(let user, let id, let role):
      try #require(members[id]?[user]?.role == role)
      members[id]?[user] = nil
      if members[id]?.isEmpty ?? false { members[id] = nil }
    case .setRole(let user, let id, let from, let to):
      try #require(members[id]?[user]?.role == from)
      members[id]?[user]?.role = to
    }
  }
}

extension StoreFixture {
  /// Checks that the history is complete: its generations have no gaps, each change finds what the one before left, they
  /// come to what is in the tables, and what is counted is right. Checks, too, that no change of orgman's took an
  /// organization's last owner.
  ///
  /// - Returns: the history, oldest first.
  @discardableResult
  func checkHistory(_ store: PostgresStore) throws -> [HistoryEntry] {
    let history = Array(try store.history().reversed())
    #expect(history.map(\.generation) == Array(1...UInt64(max(1, history.count))))
    var replay = Replay()
    for entry in history {
      let owned = Set(entry.changes.map(\.change.organizationID)).filter(replay.isOwned)
      for change in entry.changes { try replay.make(change) }
      guard entry.kind != .foreign else { continue }
      #expect(
        owned.allSatisfy { replay.organizations[$0] == nil || replay.isOwned($0) },
        "Generation \(entry.generation) took the last owner.")
    }
    #expect(try replay == Replay(try store.reader()))
    #expect(try store.newestGeneration() == UInt64(history.count))
    #expect(try database.run("select orgman.recount()") == "0")
    return history
  }
}
