import OrgCore
import Testing

@testable import OrgFileStore

/// Listings of files, worked out with indexes, against those of the same records in memory, which are worked out plainly.
@Suite struct ListingTests {
  private static let queries = [
    "a", "ac", "acm", "acme 1", "acme", "cus_7", "straße", "zzz", "~ae9", "plan:starter",
    "!plan:starter acme",
    "members:>1", "owners:0", "user:bob", "role:owner", "no:stripe", "",
  ]

  @Test(arguments: [0, 1, 7, 1_000, 10_000])
  func `filters and sorts as a plain search does, one after another`(count: Int) throws {
    let (snapshot, memory) = Self.data(count)
    var listing: (any OrganizationListing)?
    for (place, text) in Self.queries.enumerated() {
      let columns = count > 1_000 ? [ListOrder.Column.name] : ListOrder.Column.allCases
      for column in columns {
        let order = ListOrder(column, isDescending: place % 2 == 1)
        let query = try Query(text)
        let next = snapshot.listing(query, order, after: listing)
        let plain = memory.listing(query, order, after: nil)
        let ids = (0..<next.count).map(next.id(at:))
        #expect(ids == (0..<plain.count).map(plain.id(at:)), "\(text) by \(column)")
        #expect(ids.enumerated().allSatisfy { next.position(of: $1) == $0 }, "\(text) by \(column)")
        let all = memory.organizations(matching: Query(), after: nil, limit: 50).map(\.organization.id)
        #expect(all.allSatisfy { next.position(of: $0) == plain.position(of: $0) })
        let found = try next.row(matching: Query("acme 1"), from: next.count / 2, isForward: place % 2 == 0)
        #expect(
          try found == plain.row(matching: Query("acme 1"), from: plain.count / 2, isForward: place % 2 == 0))
        listing = next
      }
    }
  }

  @Test func `many lookups in one organization give what single ones give`() throws {
    let (snapshot, _) = Self.data(7)
    let id = "org_0"
    let many = (0..<50).map {
      Change.addMember(
        OrgUser(organizationID: id, userID: "new\($0)", role: .member, joinedAt: Timestamp(microseconds: 0)))
    }
    let bob = try #require(snapshot.member("bob", of: id))
    let again = Change.setRole(user: "bob", organization: id, from: bob.role, to: .billingAdmin)
    let wrong = Change.setRole(user: "carol", organization: id, from: .owner, to: .member)
    let preview = Preview(of: ChangeSet(many + [again, wrong], allowsOwnerless: true), on: snapshot)
    #expect(preview.outcomes.prefix(51).allSatisfy { $0.outcome == .happens })
    #expect(preview.blocked.map(\.error.code) == [.memberNotFound])
  }

  @Test func `users, the organizations of one, and the overview are as in memory`() throws {
    let (snapshot, memory) = Self.data(1_000)
    for (place, text) in ["", "B", "al ice", "zzz", "~bo", "in:deleted", "role:owner", "owners:>1"]
      .enumerated()
    {
      let query = try UserQuery(text)
      for column in UserColumn.allCases {
        let order = UserOrder(column, isDescending: place % 2 == 1)
        let users = snapshot.users(matching: query, by: order, after: nil)
        let plain = memory.users(matching: query, by: order, after: nil)
        let ids = (0..<users.count).map { users.user(at: $0) }
        #expect(ids == (0..<plain.count).map { plain.user(at: $0) }, "\(text) by \(column)")
        #expect(ids.enumerated().allSatisfy { users.position(of: $1?.id ?? "") == $0 })
        #expect(users.total == plain.total)
      }
    }
    for (place, text) in ["", "B", "acme", "zzz", "plan:starter", "!role:owner", "members:>1"].enumerated() {
      let query = try MembershipQuery(text)
      for column in MembershipColumn.allCases {
        let order = MembershipOrder(column, isDescending: place % 2 == 1)
        let own = snapshot.memberships(of: "bob", matching: query, by: order)
        let plain = memory.memberships(of: "bob", matching: query, by: order)
        let rows = (0..<own.count).map { own.row(at: $0) }
        #expect(rows == (0..<plain.count).map { plain.row(at: $0) }, "\(text) by \(column)")
        #expect((0..<own.count).allSatisfy { own.position(of: own.id(at: $0)) == $0 })
      }
    }
    #expect(snapshot.memberships(of: "bob") == memory.memberships(of: "bob"))
    let (overview, plain) = (snapshot.overview(), memory.overview())
    #expect(overview.newest == plain.newest && overview.statuses == plain.statuses)
    #expect(overview.members?.ownerless == plain.members?.ownerless)
  }

  /// Names with much in common: many begin alike, some are the same, some aren't ASCII.
  private static func data(_ count: Int) -> (Snapshot, MemoryReader) {
    var random = SeededGenerator(seed: UInt64(count) + 1)
    let words = [
      "Acme", "ACME", "acme", "Ångström", "Straße", "株式会社", "Very Long And Alike Name", "\u{1B}[2J",
    ]
    let organizations = (0..<count).map { number in
      Organization(
        id: "org_\(number)",
        name:
          "\(words[Int.random(in: 0..<words.count, using: &random)]) \(Int.random(in: 0...count, using: &random))",
        createdAt: Timestamp(microseconds: Int64.random(in: 0..<1 << 50, using: &random)),
        planTier: ["enterprise", "starter", "Gold", "silver"][number % 4],
        stripeCustomerID: number % 3 == 0 ? nil : "cus_\(Int.random(in: 0..<1000, using: &random))",
        status: Organization.Status.allCases[number % 3])
    }
    let members = organizations.enumerated().map { number, organization in
      ["alice", "bob"].prefix(number % 3 == 0 ? 2 : number % 3).map { user in
        OrgUser(
          organizationID: organization.id, userID: user, role: Rules.files.roles[number % 2],
          joinedAt: organization.createdAt)
      }
    }
    func file(_ entries: [[UInt8]]) -> [UInt8] {
      Array("{\n  ".utf8) + Array(entries.joined(separator: JSONText.entrySeparator)) + Array("\n}".utf8)
    }
    let table = OrganizationTable(file(organizations.map { JSONText.entry($0) }))
    let lists = file(zip(organizations, members).map { JSONText.entry(organization: $0.id, members: $1) })
    let contents = FileContents(organizations: table, members: MemberTable(lists, of: table))
    return (
      Snapshot(generation: 1, contents: contents),
      MemoryReader(organizations: organizations, members: members.flatMap { $0 }, revision: Revision(1))
    )
  }
}
