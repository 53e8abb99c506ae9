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
    guard case .users(let rows) = driver.model.sheet?.content else { return [] }
    return (0..<rows.count).map { rows.user(at: $0).id }
  }

  private var organizations: [String] {
    guard case .person(let rows) = driver.model.sheet?.content else { return [] }
    return (0..<rows.count).map { rows.row(at: $0).organization.name }
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
    #expect(driver.model.sheet?.selectedID == "bob")
    driver.press(.back)
    #expect(driver.model.sheet?.selectedID == "bob")
    #expect(users.count == 5)
  }

  @Test mutating func `Enter shows a user's organizations, and those lead to the organization`() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
    #expect(driver.model.screen == .person("bob"))
    #expect(organizations == ["Acme", "Delta", "Golf"])
    driver.press(.moveDown, .open)
    #expect(driver.selected == "org_delta")
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.press(.back)
    #expect(driver.model.screen == .person("bob"))
    #expect(driver.model.sheet?.selectedID == "org_delta")
    driver.press(.back)
    #expect(driver.model.screen == .users)
    #expect(driver.model.sheet?.selectedID == "bob")
  }

  @Test mutating func `a member leads to all organizations of the user`() {
    driver.press(.showPerson)
    #expect(driver.message == "Choose a member first.")
    driver.press(.open, .moveDown, .showPerson)
    #expect(driver.model.screen == .person("bob"))
    driver.press(.goBack)
    #expect(driver.model.context == .detail)
    #expect(driver.model.selectedMember?.userID == "bob")
  }

  @Test mutating func `a user's history is one key away`() {
    driver.press(.showUsers, .moveDown, .moveDown, .showItsHistory)
    #expect(driver.model.screen == .history(.user("bob")))
    driver.press(.goBack, .open, .showItsHistory)
    #expect(driver.model.screen == .history(.user("bob")))
  }

  @Test mutating func `the selection stays on its user while others come and go`() {
    driver.press(.showUsers, .moveDown, .moveDown)
    driver.others { _, members in members.append(Sample.member("aaron", .member)) }
    #expect(driver.model.sheet?.selectedID == "bob")
    #expect(driver.model.sheet?.selectedRow == 2 || users[2] == "alice")
    driver.others { _, members in members.removeAll { $0.userID == "bob" } }
    #expect(driver.model.sheet?.selectedID == nil)
    driver.press(.open)
    #expect(driver.message == AppModel.nothingIsSelected)
    driver.press(.moveDown)
    #expect(driver.model.sheet?.selectedID == "carol")
  }

  @Test mutating func `a person is filtered by name, plan, status and role`() {
    driver.press(.showUsers, .moveDown, .moveDown, .open)
    for (words, names) in [
      ("del", ["Delta"]), ("owner", ["Delta", "Golf"]), ("active acme", ["Acme"]), ("zz", []),
    ] {
      driver.press(.filter, .deleteToStart)
      driver.type(words)
      driver.press(.accept)
      #expect(organizations == names)
    }
  }
}
