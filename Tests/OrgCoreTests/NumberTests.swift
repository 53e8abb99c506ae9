import Testing

@testable import OrgCore

/// Numbers that grow beyond what is usual.
@Suite struct NumberTests {
  @Test func `a list of numbers holds those that need more than 32 bits`() {
    var list: NumberList = [0, 7]
    list.append(Int(UInt32.max))
    #expect((0..<list.count).map { list[$0] } == [0, 7, 4_294_967_295])
    list.append(Int(UInt32.max) + 1)
    list.append(3)
    list.append(Int.max)
    #expect((0..<list.count).map { list[$0] } == [0, 7, 4_294_967_295, 4_294_967_296, 3, .max])
    list.sort(from: 3)
    #expect((0..<list.count).map { list[$0] } == [0, 7, 4_294_967_295, 3, 4_294_967_296, .max])
  }

  @Test(arguments: [1, 3, 4, 5, 200])
  func `a membership keeps its role, however many roles there are`(roles: Int) {
    for organization in [0, 1, 1 << 30, 1 << 40] {
      for role in Set([0, roles / 2, roles - 1]) {
        let membership = UserIndex.Membership(organization: organization, role: role)
        #expect(UserIndex.Membership(number: membership.number(roles: roles), roles: roles) == membership)
        let next = UserIndex.Membership(organization: organization + 1, role: 0)
        #expect(membership.number(roles: roles) < next.number(roles: roles))
      }
    }
  }

  @Test func `progress is a number of hundredths, whatever the sizes`() {
    #expect(ReadingProgress(done: 0, total: 0).percent == 0)
    #expect(ReadingProgress(done: 999, total: 1000).percent == 99)
    #expect(ReadingProgress(done: Int.max - 1, total: Int.max).percent == 99)
    #expect(ReadingProgress(done: Int.max, total: 1).percent == 100)
    #expect(ReadingProgress(done: -1, total: 10).percent == 0)
    #expect(ReadingProgress(done: 1, total: -10).percent == 0)
  }

  @Test func `a page of the history of any length is cut out`() throws {
    let store = InMemoryStore()
    let manager = OrgManager(store: store)
    for name in ["a", "b", "c"] { try manager.createOrganization(name: name) }
    #expect(try store.history(from: nil, limit: -1).entries.isEmpty)
    let first = try store.history(from: nil, limit: 2)
    #expect(first.entries.map(\.generation) == [3, 2])
    let rest = try store.history(from: first.next, limit: Int.max)
    #expect(rest.entries.map(\.generation) == [1] && rest.next == nil)
  }
}
