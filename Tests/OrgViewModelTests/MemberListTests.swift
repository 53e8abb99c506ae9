import OrgCore
import Testing

@testable import OrgViewModel

/// Members are a list as the organizations are: filtered, sorted, searched and marked where the focus is.
@Suite struct MemberListTests {
  private var driver = Driver(Sample.organizations, members, rows: 40)

  private static var members: [OrgUser] {
    (0..<30).map(member) + [
      Sample.member("ann", .owner, "org_bravo"), Sample.member("bob", .member, "org_bravo"),
    ]
  }

  /// Who joined on each of thirty days: every tenth is an owner.
  private static func member(_ day: Int) -> OrgUser {
    let role: Role = day % 10 == 3 ? .owner : day % 10 == 5 ? .billingAdmin : .member
    return OrgUser(
      organizationID: "org_acme", userID: "user\(100 + 7 * day % 30)", role: role,
      joinedAt: Timestamp(microseconds: Int64(day) * 86_400_000_000))
  }

  private var users: [String] {
    let lines = 0..<driver.model.detailLineCount
    return driver.model.organizations.detailLines(lines, Flash()).compactMap {
      if case .member(let member, _, _, _, _) = $0 { member.userID } else { nil }
    }
  }

  private var selected: String? { driver.model.selectedMember?.userID }

  @Test mutating func `a filter in the detail is about its members, and Esc clears it before it leads back`()
  {
    driver.press(.open, .filter)
    driver.type("role:owner")
    #expect(users == ["user121", "user101", "user111"])
    #expect(selected == "user121")
    #expect(driver.names.count == 10 && driver.model.organizations.listFilter.isEmpty)
    #expect(driver.model.shownCount == 3 && driver.model.totalCount == 30)
    driver.press(.accept, .moveDown)
    #expect(driver.model.screen.position == 1)
    driver.press(.back)
    #expect(users.count == 30 && driver.model.pane == .detail && selected == "user101")
    driver.press(.back)
    #expect(driver.model.pane == .list)
  }

  @Test mutating func `a filter that is given up leaves everything as it was`() {
    driver.press(.open, .moveDown, .moveDown)
    let before = selected
    driver.press(.filter)
    driver.type("role:owner")
    #expect(selected != before)
    driver.press(.back)
    #expect(selected == before && users.count == 30 && driver.model.context == .detail)
  }

  @Test mutating func `a filter that isn't right says so, and the members stay`() {
    driver.press(.open, .filter)
    driver.press(.insert("plan:x"))
    #expect(users.count == 30)
    #expect(driver.model.status?.text.contains(#"no field "plan" in this list"#) == true)
    driver.press(.accept)
    #expect(!driver.model.awaitsRows)
    driver.press(.back)
    #expect(driver.model.status == nil)
  }

  @Test mutating func `members are sorted by role, id and joining, from the top`() {
    driver.press(.open, .moveDown, .moveDown, .sort)
    #expect(driver.model.context == MemberColumn.choice)
    driver.press(.sortBy(MemberColumn.user))
    #expect(users == users.sorted() && selected == "user100")
    driver.press(.sort, .sortBy(MemberColumn.role))
    #expect(Array(users.prefix(3)) == ["user121", "user101", "user111"] && selected == "user121")
    driver.press(.invertOrder)
    #expect(Array(users.suffix(3)) == ["user121", "user101", "user111"])
    // The order holds for the next organization, the filter doesn't.
    driver.press(.filter)
    driver.type("user1")
    driver.press(.accept, .previousPane, .moveDown, .nextPane)
    #expect(users == ["bob", "ann"] && driver.model.filterText.isEmpty)
  }

  @Test mutating func `a marked member stays selected when the order changes`() {
    driver.press(.open, .moveDown, .mark, .moveUp)
    let marked = selected
    driver.press(.sort, .sortBy(MemberColumn.user))
    #expect(selected == marked && driver.model.screen.position == users.firstIndex(of: marked ?? ""))
  }

  @Test mutating func `n goes from match to match, also after the filter was cleared`() {
    driver.press(.open, .nextMatch)
    #expect(driver.message == StatusLine.nothingToFind)
    driver.press(.filter)
    driver.type("role:owner")
    driver.press(.accept, .back, .moveToFirst)
    var found: [String?] = []
    for _ in 0..<4 {
      driver.press(.nextMatch)
      found.append(selected)
    }
    #expect(found == ["user121", "user101", "user111", "user121"])
    #expect(driver.message == "On from the start.")
    driver.press(.previousMatch)
    #expect(selected == "user111" && driver.message == "On from the end.")
    #expect(driver.model.pane == .detail && users.count == 30)
  }

  @Test mutating func `all that the filter shows are marked, and keep their marks`() {
    driver.press(.open, .filter)
    driver.type("role:owner")
    driver.press(.accept, .markAll)
    #expect(driver.message == "Marked 3 members." && driver.model.markCount == 3)
    driver.press(.back, .markAll)
    #expect(driver.message == "Marked 30 members.")
    driver.press(.unmarkAll, .filter)
    driver.type("role:billing_admin")
    driver.press(.accept, .markRange, .moveDown)
    #expect(driver.model.markCount == 2)
  }

  @Test mutating func `what others change is found at once`() {
    driver.press(.open, .filter)
    driver.type("role:owner")
    driver.press(.accept, .moveDown)
    #expect(selected == "user101")
    driver.others { _, members in
      for index in members.indices where members[index].userID == "user121" { members[index].role = .member }
    }
    #expect(users == ["user101", "user111"] && selected == "user101")
    driver.press(.changeRole, .choose(.member))
    #expect(users == ["user111"])
  }
}

/// Users and the organizations of one are sorted by any column, and searched.
@Suite struct SortedListTests {
  private var driver = Driver(
    Sample.organizations,
    Sample.members + [
      Sample.member("bob", .owner, "org_golf"), Sample.member("bob", .owner, "org_delta"),
      Sample.member("dan", .owner, "org_delta"), Sample.member("Bert", .member, "org_hotel"),
    ])

  private var users: [String] {
    guard let rows = (driver.model.screen as? UsersScreen)?.list.rows else { return [] }
    return (0..<rows.count).map { rows.user(at: $0)?.id ?? "" }
  }

  private var organizations: [String] {
    guard let rows = driver.model.person?.list.rows else { return [] }
    return (0..<rows.count).map { rows.row(at: $0)?.organization.name ?? "" }
  }

  @Test mutating func `users are sorted by their counts, the most first`() {
    driver.press(.showUsers, .moveDown, .sort, .sortBy(UserColumn.organizations))
    #expect(users == ["bob", "Bert", "alice", "carol", "dan"])
    #expect(driver.model.rows?.selectedID == "bob" && driver.model.screen.position == 0)
    driver.press(.sort, .sortBy(UserColumn.owner))
    #expect(users == ["bob", "alice", "dan", "Bert", "carol"])
    driver.press(.invertOrder)
    #expect(users == ["Bert", "carol", "alice", "dan", "bob"])
    driver.press(.sort, .sortBy(UserColumn.viewer))
    #expect(driver.message == "No user here has the role viewer.")
  }

  @Test mutating func `users are found by what they are, and searched from match to match`() {
    driver.press(.showUsers, .filter)
    driver.type("owners:>1")
    driver.press(.accept)
    #expect(users == ["bob"])
    driver.press(.back, .moveToFirst, .nextMatch)
    #expect(driver.model.rows?.selectedID == "bob" && users.count == 5)
    driver.press(.nextMatch)
    #expect(driver.message == #"This is the only one that matches "owners:>1"."#)
    driver.press(.filter)
    driver.press(.insert("plan:x"))
    #expect(driver.model.status?.text.contains("in this list") == true && users.count == 5)
  }

  @Test mutating func `users are marked, and counted`() {
    driver.press(.showUsers, .mark, .markAll)
    #expect(driver.model.markCount == 5 && driver.message == "Marked 5 users.")
    driver.press(.unmarkAll, .markRange, .moveDown)
    #expect(driver.model.markCount == 2)
  }

  @Test mutating func `the organizations of a user are sorted and filtered as others are`() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
    #expect(organizations == ["Acme", "Delta", "Golf"])
    driver.press(.sort, .sortBy(MembershipColumn.role))
    #expect(organizations == ["Delta", "Golf", "Acme"])
    driver.press(.filter)
    driver.type("role:owner")
    driver.press(.accept, .invertOrder)
    #expect(organizations == ["Delta", "Golf"] && driver.model.shownCount == 2)
    driver.press(.back, .moveToFirst, .nextMatch, .nextMatch)
    #expect(driver.model.rows?.selectedID == "org_golf")
  }

  @Test mutating func `sorting shows the top, unless what is selected was chosen on purpose`() {
    driver.press(.moveDown, .moveDown, .invertOrder)
    #expect(driver.selected == "org_juliett" && driver.model.selectedRow == 0)
    driver.press(.moveDown, .open, .back, .invertOrder)
    #expect(driver.selected == "org_india")
    driver.press(.moveToFirst, .moveDown, .mark, .moveUp, .invertOrder)
    #expect(driver.selected == "org_bravo")
  }
}
