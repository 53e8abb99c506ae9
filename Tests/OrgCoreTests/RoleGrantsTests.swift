import OrgCore
import Testing

@Suite struct RoleGrantsTests {
  /// A store with a history of the test's own.
  private struct Store: OrgStore {
    var entries: [HistoryEntry] = []
    var readOnlyReason: String? { nil }

    func reader() throws(OrgError) -> any StoreReader { InMemoryStore().reader() }
    func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
      throw OrgError(.readOnly, "Nothing can be changed.")
    }
    func history() throws(OrgError) -> [HistoryEntry] { entries }
  }

  private let add = Change.addMember(member(.member))

  private static func member(_ role: Role, in id: String = "org_a") -> OrgUser {
    OrgUser(organizationID: id, userID: "ann", role: role, joinedAt: Timestamp(microseconds: 0))
  }

  private func entry(
    _ generation: UInt64, _ changes: Change..., kind: HistoryEntry.Kind = .edit, writer: String? = nil
  ) -> HistoryEntry {
    HistoryEntry(
      generation: generation, time: Timestamp(microseconds: Int64(generation) * 1_000_000), kind: kind,
      actor: Actor(uid: 1, user: "ops", host: "here"),
      changes: changes.map { RecordedChange($0, organizationName: "A") },
      writer: writer.map { Actor(uid: 2, user: $0, host: "there") })
  }

  private func role(_ from: Role, _ to: Role) -> Change {
    .setRole(user: "ann", organization: "org_a", from: from, to: to)
  }

  @Test func `what happened last to a member counts, within a generation as well`() throws {
    let store = Store(entries: [
      entry(3, role(.member, .billingAdmin), role(.billingAdmin, .owner)), entry(2, add),
    ])
    let grants = try RoleGrants(in: store)
    #expect(grants.grant(of: Self.member(.owner))?.generation == 3)
    #expect(grants.grant(of: Self.member(.owner))?.actor?.user == "ops")
    // The history ends with another role, or is about another organization.
    #expect(grants.grant(of: Self.member(.member)) == nil)
    #expect(grants.grant(of: Self.member(.owner, in: "org_b")) == nil)
    #expect(try RoleGrants(in: store, of: ["org_b", "org_c"]).grant(of: Self.member(.owner)) == nil)
  }

  @Test func `a member who was removed since isn't granted anything`() throws {
    let removal = Change.removeMember(user: "ann", organization: "org_a", role: .member)
    let grants = try RoleGrants(in: Store(entries: [entry(2, removal), entry(1, add)]))
    #expect(grants.grant(of: Self.member(.member)) == nil)
  }

  @Test func `what another program gave isn't said to be from the one who noticed it`() throws {
    let foreign = try RoleGrants(in: Store(entries: [entry(1, add, kind: .foreign)]))
    #expect(try #require(foreign.grant(of: Self.member(.member))).actor == nil)
    let known = try RoleGrants(in: Store(entries: [entry(1, add, kind: .foreign, writer: "service")]))
    #expect(known.grant(of: Self.member(.member))?.actor?.user == "service")
  }

  @Test func `what is older than a generation that is missing doesn't count`() throws {
    let grants = try RoleGrants(
      in: Store(entries: [entry(5, role(.owner, .member)), entry(3, add), entry(2, add)]))
    #expect(grants.gap == 4)
    #expect(grants.grant(of: Self.member(.member))?.generation == 5)
    let older = try RoleGrants(in: Store(entries: [entry(5), entry(3, add)]))
    #expect(older.gap == 4)
    #expect(older.grant(of: Self.member(.member)) == nil)
  }
}
