import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct UserTests {
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
    guard let rows = (driver.model.screen as? PersonScreen)?.list.rows else { return [] }
    return (0..<rows.count).map { rows.row(at: $0)?.organization.name ?? "" }
  }

  @Test mutating func `everybody is listed by their ids, and found by a part of them`() {
    driver.press(.showUsers)
    #expect(users == ["Bert", "alice", "bob", "carol", "dan"])
    driver.press(.filter)
    driver.type("B")
    driver.press(.accept)
    #expect(users == ["Bert", "bob"])
    #expect(driver.model.shownCount == 2 && driver.model.totalCount == 5)
    driver.press(.moveDown)
    #expect(driver.model.rows?.selectedID == "bob")
    driver.press(.back)
    #expect(driver.model.rows?.selectedID == "bob")
    #expect(users.count == 5)
  }

  @Test mutating func `Enter shows a user's organizations, and those lead to the organization`() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
    #expect(driver.model.screen.identity == PersonScreen("bob").identity)
    #expect(organizations == ["Acme", "Delta", "Golf"])
    driver.press(.moveDown, .open)
    #expect(driver.selected == "org_delta")
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.press(.back)
    #expect(driver.model.screen.identity == PersonScreen("bob").identity)
    #expect(driver.model.rows?.selectedID == "org_delta")
    driver.press(.back)
    #expect(driver.model.screen.identity == "users")
    #expect(driver.model.rows?.selectedID == "bob")
  }

  @Test mutating func `a member leads to all organizations of the user`() {
    driver.press(.showPerson)
    #expect(driver.message == "Choose a member first.")
    driver.press(.open, .moveDown, .showPerson)
    #expect(driver.model.screen.identity == PersonScreen("bob").identity)
    driver.press(.goBack)
    #expect(driver.model.context == .detail)
    #expect(driver.model.selectedMember?.userID == "bob")
  }

  @Test mutating func `a user's history is one key away`() {
    driver.press(.showUsers, .moveDown, .moveDown, .showItsHistory)
    #expect(driver.model.screen.identity == HistoryScreen(.user("bob")).identity)
    driver.press(.goBack, .open, .showItsHistory)
    #expect(driver.model.screen.identity == HistoryScreen(.user("bob")).identity)
  }

  @Test mutating func `the selection stays on its user while others come and go`() {
    driver.press(.showUsers, .moveDown, .moveDown)
    driver.others { _, members in members.append(Sample.member("aaron", .member)) }
    #expect(driver.model.rows?.selectedID == "bob")
    #expect(driver.model.rows?.selectedPlace == 2 || users[2] == "alice")
    driver.others { _, members in members.removeAll { $0.userID == "bob" } }
    #expect(driver.model.rows?.selectedID == nil)
    driver.press(.open)
    #expect(driver.message == StatusLine.nothingIsSelected)
    driver.press(.moveDown)
    #expect(driver.model.rows?.selectedID == "carol")
  }

  // MARK: Editing a person

  /// Acme has alice as an owner, too; in Delta dan is another; in Golf bob is the last one.
  private mutating func openBob() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
  }

  private var question: String? {
    driver.question?.text
  }

  private func roles(of user: String) -> [Role?] {
    ["org_acme", "org_delta", "org_golf"].map { driver.store.data.member(user, of: $0)?.role }
  }

  @Test mutating func `the role in one organization changes as elsewhere`() {
    openBob()
    driver.press(.changeRole, .choose(.owner))
    #expect(driver.message == "Role of bob in Acme: member → owner.")
    #expect(roles(of: "bob") == [.owner, .owner, .owner])
    driver.press(.moveToLast, .changeRole)
    #expect(driver.message?.contains("bob is the last owner of Golf") == true)
    driver.press(.moveUp, .remove)
    #expect(question == "Remove bob (owner) from Delta?")
    driver.press(.confirm)
    #expect(organizations == ["Acme", "Golf"])
  }

  @Test mutating func `the role in all marked organizations changes at once, but for the last owner's`() {
    openBob()
    driver.press(.mark, .mark, .mark)
    #expect(driver.model.markCount == 3)
    driver.press(.changeRole)
    #expect(
      (driver.model.workspace.overlay as? RoleMenu)?.question(driver.model.workspace)
        == "Role of bob in 3 organizations, all marked:")
    driver.press(.choose(.member))
    #expect(
      question == "bob is the last owner of Golf; make someone else an owner first. "
        + "Give bob the role member in 3 organizations? 1 will change, 1 needs no change, 1 can't be changed."
    )
    driver.press(.accept)
    #expect(roles(of: "bob") == [.member, .owner, .owner])
    driver.press(.changeRole, .choose(.member), .confirm)
    #expect(roles(of: "bob") == [.member, .member, .owner])
    #expect(driver.commits.last?.count == 1)
    #expect(driver.model.markCount == 3)
  }

  @Test mutating func `what the filter hides is counted before marked ones are changed`() {
    openBob()
    driver.press(.markAll, .filter)
    driver.type("acme")
    driver.press(.accept, .changeRole, .choose(.billingAdmin))
    #expect(question?.contains("2 will change, 1 can't be changed, the filter hides 2 of them.") == true)
  }

  @Test mutating func `who is the only owner somewhere is offboarded once it is said who takes over`() {
    openBob()
    driver.press(.filter)
    driver.type("acme")
    driver.press(.accept, .removeEverywhere)
    let menu = driver.model.workspace.overlay as? HandoverMenu
    #expect(
      menu?.question(driver.model.workspace)
        == "bob is the only owner of Golf, and is in 3 organizations:")
    driver.press(.back)
    #expect(roles(of: "bob") == [.member, .owner, .owner])
    driver.press(.removeEverywhere, .leaveOwners)
    #expect(
      question == "Remove bob from all 3 organizations, but leave owners in 1 organization without another? "
        + "2 will change.")
    driver.press(.decline, .removeEverywhere, .handOver)
    driver.type("bob")
    driver.press(.accept)
    #expect(
      (driver.model.workspace.overlay as? Form)?.problem(at: 0)
        == "bob is to be removed and can't take over; name another user.")
    driver.press(.deleteToStart)
    driver.type("zoe")
    driver.press(.accept)
    #expect(
      question == "Remove bob from all 3 organizations, and make zoe owner of 1 organization? 4 will change.")
    driver.press(.confirm)
    #expect(roles(of: "bob") == [nil, nil, nil])
    #expect(driver.store.data.records.members.first { $0.userID == "zoe" }?.role == .owner)
    driver.press(.removeEverywhere)
    #expect(driver.message == "\"bob\" is in no organization.")
    driver.press(.undo)
    #expect(roles(of: "bob") == [.member, .owner, .owner])
  }

  @Test mutating func `marked users are offboarded together, and owners left where there are no others`() {
    driver.press(.showUsers, .markAll, .removeEverywhere)
    #expect(driver.model.context == .handoverChoice)
    driver.press(.leaveOwners, .confirm)
    let members = driver.store.data.records.members
    #expect(!members.isEmpty && members.allSatisfy { $0.role == .owner })
  }

  @Test mutating func `many organizations without another owner are named by the first`() {
    var members = Sample.members
    for id in ["bravo", "charlie", "delta", "echo", "foxtrot"] {
      members.append(Sample.member("bob", .owner, "org_" + id))
    }
    driver = Driver(Sample.organizations, members)
    driver.press(.showUsers, .moveDown, .removeEverywhere)
    let menu = driver.model.workspace.overlay as? HandoverMenu
    #expect(
      menu?.question(driver.model.workspace)
        == "bob is the only owner of Bravo, Charlie, Delta and 2 more, and is in 6 organizations:")
  }

  @Test mutating func `while it is found out what would change, that is said`() {
    openBob()
    driver.holds = true
    driver.press(.removeEverywhere)
    #expect(driver.message == "Finding out what would change…")
    #expect(driver.model.awaitsRows)
    driver.release()
    #expect(driver.model.context == .handoverChoice && driver.message == nil)
  }

  @Test mutating func `a range marks what is moved over, and Esc takes it back`() {
    openBob()
    driver.press(.moveToLast, .mark, .moveToFirst, .markRange, .moveDown)
    #expect(driver.model.markCount == 3 && driver.model.isMarkingRange)
    driver.press(.moveUp)
    #expect(driver.model.markCount == 2)
    driver.press(.back)
    #expect(driver.model.markCount == 1 && !driver.model.isMarkingRange)
    #expect(driver.model.screen.identity == PersonScreen("bob").identity)
    driver.press(.markRange, .moveToLast, .markRange, .moveToFirst)
    #expect(driver.model.markCount == 3)
    driver.press(.unmarkAll)
    #expect(driver.model.markCount == 0)
  }

  @Test mutating func `marks stay on their organizations, and those that go are counted`() {
    openBob()
    driver.press(.mark, .mark)
    driver.others { organizations, members in
      organizations.swapAt(0, 3)
      members.removeAll { $0.userID == "bob" && $0.organizationID == "org_delta" }
    }
    #expect(driver.model.person?.list.state.marks == ["org_acme"])
    #expect(driver.message == "Of the marked organizations, 1 went.")
  }

  @Test mutating func `ids and rows can be copied`() {
    driver.press(.showUsers, .moveDown, .moveDown, .copy, .copyRow, .open, .copy, .copyRow)
    let copied = driver.log.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }
    #expect(copied.prefix(3) == ["bob", "bob\t3\t2\t0\t1", "org_acme"])
    #expect(copied.last?.hasPrefix("org_acme\tAcme\tmember\t") == true)
  }

  @Test mutating func `generations, changes and queries can be copied, too`() {
    driver.press(.open, .moveDown, .changeRole, .choose(.owner), .showHistory, .copy, .open, .copy)
    driver.press(.copyRow, .showOverview, .copy)
    let copied = driver.log.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }
    #expect(
      copied == ["1", "org_acme", "org_acme\tAcme\tRole of bob in Acme: member → owner", "status:active"])
  }

  @Test mutating func `what a screen can't do is said, and read-only data stay`() {
    driver.press(.showUsers, .changeRole)
    #expect(driver.message == CommandTable.standard.elsewhere(.changeRole))
    var driver = Driver(readOnly: "it was opened so")
    driver.press(.showUsers, .open, .changeRole)
    #expect(driver.message == "Nothing can be changed: it was opened so.")
    driver.press(.removeEverywhere)
    #expect(driver.message == "Nothing can be changed: it was opened so.")
  }

  @Test mutating func `a person is filtered by name, plan, status and role`() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
    for (words, names) in [
      ("del", ["Delta"]), ("role:owner", ["Delta", "Golf"]), ("status:active acme", ["Acme"]), ("zz", []),
    ] {
      driver.press(.filter, .deleteToStart)
      driver.type(words)
      driver.press(.accept)
      #expect(organizations == names)
    }
  }
}
