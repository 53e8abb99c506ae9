import OrgCore
import Testing

@testable import OrgViewModel

/// Going from screen to screen.
@Suite struct PlaceTests {
  private var driver = Driver()

  @Test mutating func `each screen is as it was left`() {
    driver.press(.moveDown, .showHistory)
    #expect(driver.model.screen.identity == "history")
    #expect(driver.model.screen.context == .history)
    driver.press(.showOrganizations)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.selected == "org_bravo")
    driver.press(.showHistory, .filter)
    driver.type("bob")
    driver.press(.accept, .showOrganizations, .showHistory)
    #expect(driver.model.filterText == "bob")
  }

  @Test mutating func `back and forward lead through the places, with their filters and selections`() {
    driver.press(.filter)
    driver.type("a")
    driver.press(.accept, .moveDown)
    let second = driver.selected
    driver.press(.showHistory, .goBack)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.query == "a")
    #expect(driver.selected == second)
    driver.press(.goForward)
    #expect(driver.model.screen.identity == "history")
    driver.press(.goForward)
    #expect(driver.message == "There is no screen after this one.")
    driver.press(.goBack, .goBack)
    #expect(driver.message == "There is no screen before this one.")
    #expect(driver.model.screen.identity == "organizations")
  }

  @Test mutating func `the last place is one key away, and so is the way back from there`() {
    driver.press(.goToLast)
    #expect(driver.message == "This is the first screen; there is no last one.")
    driver.press(.showHistory, .goToLast)
    #expect(driver.model.screen.identity == "organizations")
    driver.press(.goToLast)
    #expect(driver.model.screen.identity == "history")
  }

  @Test mutating func `Escape closes the filter, then the screen, and never the program`() {
    driver.press(.showHistory, .filter)
    driver.type("zzz")
    driver.press(.accept, .back)
    #expect(driver.model.filterText == "")
    #expect(driver.model.screen.identity == "history")
    driver.press(.back)
    #expect(driver.model.screen.identity == "organizations")
    driver.press(.back)
    #expect(!driver.log.contains(.terminal(.quit)))
    driver.press(.showHistory, .close)
    #expect(driver.model.screen.identity == "organizations")
    driver.press(.close)
    #expect(driver.log.last == .terminal(.quit))
  }

  @Test mutating func `who comes back to the organizations needs nothing of the other screens any more`() {
    driver.press(.showUsers, .showHistory)
    #expect(!driver.log.contains(.runtime(.forgetRows)))
    driver.press(.showOrganizations)
    #expect(driver.log.last == .runtime(.forgetRows))
    driver.press(.showUsers, .open, .open)
    #expect(driver.log.last == .runtime(.forgetRows))
  }

  @Test mutating func `while another screen is shown the list of organizations says nothing of what it lost`()
  {
    driver.press(.showHistory)
    driver.othersRemove("org_acme")
    #expect(driver.message == nil)
    driver.press(.showOrganizations)
    #expect(driver.selected == nil)
  }
}
