import OrgCore
import Testing

@testable import OrgFileStore

/// The index of users against going through all members.
@Suite struct UserIndexTests {
  @Test(arguments: [1, 2, 3])
  func `says the same as going through all members, after any edits`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var contents = FileContents(Fixture.organizations, Fixture.users)
    var index = UserIndex(Snapshot(generation: 0, contents: contents))
    for step in 1...120 {
      let change = try contents.randomChange(&random, "\(step)")
      contents = try contents.making(change)
      let snapshot = Snapshot(generation: UInt64(step), contents: contents)
      index = UserIndex(snapshot, after: index)
      try check(index, contents)
    }
  }

  @Test func `ids of any kind are found, sorted by their bytes, and looked for whatever the case`() throws {
    let users = ["bob", "Bob", "böb", "BÖB", "b", "", "bob\\u0000", "\\ud83d\\ude80", "a\\\"b", "bob"]
    let list = users.map { Fixture.member($0, "owner") }.joined(separator: ",\n")
    let contents = FileContents(
      Fixture.file(Fixture.organization()), Fixture.file("  \"org_1\": [\n\(list)\n  ]"))
    let index = UserIndex(Snapshot(generation: 0, contents: contents))
    let ids = (0..<index.count).map { index.user(at: $0).id }
    #expect(ids == ["", "Bob", "BÖB", "a\"b", "b", "bob", "bob\0", "böb", "🚀"])
    #expect(ids.allSatisfy { id in index.row(of: id).map { ids[$0] } == id })
    #expect(index.row(of: "bo") == nil && index.row(of: "zoe") == nil)
    #expect(try index.rows(matching: UserQuery("BO")).map { ids[Int($0)] } == ["Bob", "bob", "bob\0"])
    #expect(try index.rows(matching: UserQuery("ö B")).map { ids[Int($0)] } == ["BÖB", "böb"])
    #expect(index.rows(matching: UserQuery()).count == ids.count)
    // Who stands in a list twice is in one organization.
    #expect(index.user(at: 5).roles.owner == 1)
  }

  private func check(_ index: UserIndex, _ contents: FileContents) throws {
    var organizations: [String: [Int]] = [:]
    var roles: [String: RoleCounts] = [:]
    for place in 0..<contents.organizationCount {
      for member in 0..<contents.memberCount(at: place) {
        let member = contents.member(member, at: place)
        organizations[member.userID, default: []].append(place)
        roles[member.userID, default: RoleCounts()].add(member.role)
      }
    }
    #expect(index.count == organizations.count)
    let ids = (0..<index.count).map { index.user(at: $0).id }
    #expect(ids == organizations.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    for (row, id) in ids.enumerated() {
      #expect(index.row(of: id) == row)
      #expect(index.organizations(at: row) == organizations[id])
      #expect(index.user(at: row).roles == roles[id])
    }
  }
}
