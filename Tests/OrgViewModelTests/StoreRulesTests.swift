import OrgCore
import Testing

@testable import OrgViewModel

/// Roles that other data than files have.
@Suite struct StoreRulesTests {
  private static let rules = Rules(roles: [.owner, .member, .billingAdmin, .admin])

  private func driver(_ rules: Rules = rules, _ members: [OrgUser] = Sample.members) -> Driver {
    Driver(Sample.organizations, members, rules: rules, rows: 12)
  }

  private func select(_ user: String, in driver: inout Driver) {
    driver.press(.open)
    for _ in 0..<20 where driver.model.selectedMember?.userID != user { driver.press(.moveDown) }
  }

  @Test func `the menu gives the roles that the data let be given, and no others`() {
    var driver = driver()
    select("bob", in: &driver)
    driver.press(.changeRole, .choose(.admin))
    #expect(driver.role("bob") == .admin)
    #expect(driver.message == "Role of bob in Acme: member → admin.")
    driver = self.driver(.files)
    select("bob", in: &driver)
    driver.press(.changeRole, .choose(.admin))
    #expect(driver.model.context == .roleChoice)
    #expect(driver.commits.isEmpty)
  }

  @Test func `a new member may have any role that can be given`() {
    for (rules, count) in [(Self.rules, 4), (Rules.files, 3)] {
      var driver = driver(rules)
      driver.press(.open, .add)
      #expect(driver.form?.fields.last?.choices == rules.roles.map(\.title))
      #expect(driver.form?.fields.last?.choices.count == count)
    }
  }

  @Test func `a role that some members have is counted and found, though nobody can be given it`() {
    var driver = driver(.files, Sample.members + [Sample.member("eve", .viewer)])
    let members = (0..<20).lazy.compactMap { line -> [Role]? in
      if case .members(_, let roles) = driver.model.detailLine(line) { roles } else { nil }
    }.first
    #expect(members == [.owner, .billingAdmin, .viewer, .member])
    driver.press(.filter)
    driver.type("role:viewer")
    driver.press(.accept)
    #expect(driver.names == ["Acme"])
    driver.press(.filter)
    driver.type(" role:admin")
    #expect(
      driver.model.organizationList.queryError?.message
        == "There is no role \"admin\"; use owner, member, billing or viewer.")
    driver.press(.accept, .showUsers)
    #expect(
      (driver.model.screen as? UsersScreen)?.list.rows?.roles == [.owner, .billingAdmin, .viewer, .member])
  }

  @Test func `an id of a new organization has the form that the data want`() {
    let environment = Environment.live
    for rules in [Rules.files, Rules(idForm: .uuid)] {
      #expect(throws: Never.self) { try rules.checkOrganizationID(environment.newID(rules)) }
    }
  }

  @Test func `commands name the roles, and each has a key`() {
    let table = CommandTable(roles: [.owner, .admin, .member, .viewer])
    let keys = table.bindings.filter { $0.contexts == [.roleChoice] && $0.section == .answering }
    #expect(keys.map(\.keys).prefix(4) == [["o"], ["a"], ["m"], ["v"]])
    #expect(
      table.bindings.filter { $0.action == .changeRole }.map(\.help).unique
        == ["role of the member, or of all marked: then o owner, a admin, m member, v viewer"])
    #expect(CommandTable.standard.action(named: Action.choose(.admin).name) == nil)
  }
}
