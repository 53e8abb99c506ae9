import Testing

@testable import OrgFileStore

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
}
