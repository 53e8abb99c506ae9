import OrgCore
import Testing

@testable import OrgViewModel

/// Deleted organizations are hidden unless they are asked for.
@Suite struct DeletedTests {
  private var driver = Driver(organizations, Sample.members, showsDeleted: false)

  private static var organizations: [Organization] {
    Sample.organizations.map {
      var organization = $0
      if ["Bravo", "Echo"].contains($0.name) { organization.status = .deleted }
      return organization
    }
  }

  private var hidden: Int? { driver.model.organizationList.hiddenCount }

  @Test mutating func `they are hidden and counted, and a filter by status asks for them`() {
    #expect(driver.names.count == 8 && !driver.names.contains("Bravo") && hidden == 2)
    #expect(driver.model.shownCount == 8 && driver.model.totalCount == 8)
    driver.press(.filter)
    driver.type("o")
    #expect(!driver.names.contains("Bravo") && hidden == 2)
    driver.press(.insert(" status:deleted"))
    #expect(driver.names == ["Bravo", "Echo"] && hidden == nil)
    driver.press(.back)
    #expect(driver.names.count == 8 && hidden == 2)
  }

  @Test mutating func `a key shows them, and hides them again, and the selection stays`() {
    driver.press(.moveDown, .toggleDeleted)
    #expect(driver.names.count == 10 && driver.selected == "org_charlie" && hidden == nil)
    #expect(driver.message == "Deleted organizations are shown.")
    driver.press(.filter)
    driver.type("bravo")
    driver.press(.accept, .back, .toggleDeleted)
    #expect(driver.names.count == 8 && hidden == 2)
    #expect(driver.message == "Deleted organizations are hidden.")
  }

  @Test mutating func `who was deleted goes, and comes back with an undo`() {
    driver.press(.moveDown, .remove, .confirm)
    #expect(!driver.names.contains("Charlie") && hidden == 3)
    #expect(driver.message == "Status of Charlie: active → deleted.")
    driver.press(.undo)
    #expect(driver.names.contains("Charlie") && hidden == 2)
  }

  @Test mutating func `another screen leads to one that is hidden`() {
    driver.others { _, members in members.append(Sample.member("bob", .owner, "org_echo")) }
    driver.press(.open, .moveDown, .showPerson, .moveDown, .open)
    #expect(driver.selected == "org_echo" && driver.model.pane == .detail)
    #expect(driver.names.count == 10)
    driver.press(.back)
    #expect(driver.model.person != nil)
    driver.press(.back)
    #expect(driver.names.count == 8)
  }

  @Test func `data that were not read yet hide none, and their count is not kept`() throws {
    let request = ListRequest(showsDeleted: false)
    let unread = OrganizationList(MemoryReader.unread, for: request)
    var organization = Sample.organizations[0]
    organization.status = .deleted
    let store = InMemoryStore(
      organizations: [organization] + Sample.organizations.dropFirst(), members: Sample.members)
    let list = try OrganizationList(store.reader(), for: request, after: unread)
    #expect(list.revision == unread.revision && list.hiddenCount == 1)
  }
}
