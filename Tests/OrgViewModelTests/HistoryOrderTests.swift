import OrgCore
import Testing

@testable import OrgViewModel

/// Which generations come first, and where in them a person is.
@Suite struct HistoryOrderTests {
  private func generations(_ driver: Driver) -> [UInt64] {
    driver.model.history?.list.rows?.rows.map(\.entry.generation) ?? []
  }

  private func texts(_ driver: Driver) -> [String] {
    driver.model.history?.list.rows?.rows.map(\.text) ?? []
  }

  @Test func `the oldest come first where that is asked for, from the top, and the other way round`() {
    var driver = Driver()
    driver.store.fillHistory(5)
    driver.press(.showHistory)
    #expect(generations(driver) == [5, 4, 3, 2, 1])
    driver.press(.moveDown, .sort)
    #expect(driver.model.context == .historyOrderChoice)
    driver.press(.sortBy(.oldestFirst))
    #expect(generations(driver) == [1, 2, 3, 4, 5])
    #expect(driver.model.screen.position == 0)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
    driver.press(.moveToLast)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 5)
    driver.press(.invertOrder)
    #expect(generations(driver) == [5, 4, 3, 2, 1])
  }

  @Test func `a position says of how many, and that there are more`() {
    var driver = Driver()
    driver.store.fillHistory(700)
    driver.press(.showHistory, .moveDown)
    #expect(driver.model.screen.position == 1)
    #expect(driver.model.screen.shownCount < 700)
    #expect(driver.model.screen.goesOn)
    #expect(driver.model.screen.totalGoesOn)
    driver.press(.moveToLast)
    #expect(driver.model.screen.position == 699)
    #expect(driver.model.screen.shownCount == 700)
    #expect(!driver.model.screen.goesOn)
  }

  @Test func `the other end of a long history is shown without all of it being read`() {
    var driver = Driver()
    driver.store.fillHistory(2000, undoing: 3)
    driver.press(.showHistory, .sort, .sortBy(.oldestFirst))
    #expect(generations(driver).prefix(3) == [1, 2, 3])
    #expect(driver.model.screen.goesOn)
    #expect(driver.model.screen.shownCount < 1000)
    // What undid it comes last, and hasn't been read.
    #expect(texts(driver)[2].hasPrefix("undone: "))
    driver.press(.filter)
    driver.type("plan11")
    driver.press(.accept)
    #expect(generations(driver).first == 11)
    #expect(driver.model.screen.totalCount == 2001)
    #expect(!driver.model.screen.totalGoesOn)
  }

  @Test func `what happens meanwhile comes last where the oldest come first`() {
    var driver = Driver()
    driver.press(.changePlan, .choosePlan("starter"), .showHistory, .sortBy(.oldestFirst))
    #expect(generations(driver) == [1])
    driver.press(.undoEntry, .confirm)
    #expect(generations(driver) == [1, 2])
    #expect(texts(driver)[0].hasPrefix("undone: "))
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
  }

  @Test func `the overview says its position, without its headings`() {
    var driver = Driver()
    driver.press(.showOverview)
    #expect(driver.model.screen.position == 0)
    #expect(driver.model.screen.shownCount == driver.model.screen.totalCount)
    driver.press(.moveToLast)
    #expect(driver.model.screen.position == driver.model.screen.shownCount - 1)
    driver.press(.filter)
    driver.type("active")
    driver.press(.accept)
    #expect(driver.model.screen.position == 0)
    #expect(driver.model.screen.shownCount == 1)
  }
}
