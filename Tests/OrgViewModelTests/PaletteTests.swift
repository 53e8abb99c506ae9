import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct PaletteTests {
  private func palette(_ driver: Driver) -> Palette? {
    driver.model.workspace.overlay as? Palette
  }

  private func driver(_ queries: SavedQuery..., readOnly: String? = nil) -> Driver {
    Driver(readOnly: readOnly, preferences: Preferences(savedQueries: queries))
  }

  @Test func `it has every command, and nothing else`() {
    var driver = Driver()
    driver.press(.palette)
    let actions = palette(driver)?.items.compactMap {
      if case .action(let action) = $0.choice { action } else { nil }
    }
    #expect(
      Set(actions ?? []) == Set(CommandTable.standard.actions.filter(\.isCommand)).subtracting([.palette]))
  }

  @Test func `what is typed finds names and titles, the nearest first`() {
    var driver = Driver()
    driver.press(.palette)
    driver.type("role")
    #expect(palette(driver)?.selected?.name == "change-role")
    driver.press(.deleteToStart)
    driver.type("hpd")
    #expect(palette(driver)?.items.first?.name == "half-page-down")
    driver.press(.deleteToStart)
    driver.type("QUIT")
    #expect(palette(driver)?.items.first?.name == "quit")
    driver.press(.deleteToStart)
    driver.type("zzz")
    #expect(palette(driver)?.items.isEmpty == true)
    driver.press(.accept)
    #expect(driver.message == "No action fits that.")
    #expect(palette(driver) != nil)
  }

  @Test func `Enter runs the selected one, Esc runs none`() {
    var driver = Driver()
    driver.press(.palette)
    driver.type("new organ")
    driver.press(.accept)
    #expect(driver.form?.title == "New organization")
    driver.press(.back, .palette)
    driver.type("quit")
    driver.press(.back)
    #expect(driver.model.context == .list)
    #expect(!driver.log.contains(.terminal(.quit)))
    driver.press(.palette, .accept)
    #expect(driver.model.pane == .detail)
  }

  @Test func `what can't be done now says why, and isn't done`() {
    var driver = driver(readOnly: "it was opened so")
    driver.press(.palette)
    driver.type("undo")
    guard let item = palette(driver)?.selected else { return #expect(Bool(false)) }
    #expect(driver.model.obstacle(to: item.choice) == "Nothing can be changed: it was opened so.")
    driver.press(.accept)
    #expect(driver.message == "Nothing can be changed: it was opened so.")
    #expect(palette(driver) != nil)
    #expect(driver.log == [])
  }

  @Test func `saved queries come first, and filter`() {
    var driver = driver(SavedQuery(name: "without \u{1B}stripe", text: "no:stripe bravo"))
    driver.press(.open, .palette)
    #expect(palette(driver)?.items.first?.title == "View: without \\u{1B}stripe")
    driver.press(.accept)
    #expect(driver.names == ["Bravo"])
    #expect(driver.model.query == "no:stripe bravo")
    #expect(driver.model.context == .list)
  }

  @Test func `what can be done now comes first, and what can't after it, with where it can`() throws {
    var driver = Driver()
    driver.press(.palette)
    let items = try #require(palette(driver)?.items)
    let count = try #require(palette(driver)?.possibleCount)
    for (place, item) in items.enumerated() {
      #expect((driver.model.obstacle(to: item.choice) == nil) == (place < count), "\(item.name)")
    }
    driver.type("undo")
    #expect(palette(driver)?.items.map(\.name) == ["undo", "undo-entry"])
    driver.press(.deleteToStart)
    driver.type("undo-entry")
    let entry = try #require(palette(driver)?.selected)
    #expect(
      driver.model.obstacle(to: entry.choice)
        == "This can't be done here; go to the history or one entry of the history.")
  }

  @Test(arguments: [
    ("rename", "edit"), ("offboard", "remove-everywhere"), ("journal", "show-history"), ("exit", "quit"),
    ("refresh", "reload"), ("promote", "change-role"), ("search", "filter"), ("revert", "undo"),
    ("invite", "add"), ("suspend", "suspend"), ("upgrade", "change-plan"), ("select everything", "mark-all"),
    ("dashboard", "show-overview"), ("shortcuts", "help"), ("hand over", "transfer-ownership"),
    ("transfer", "transfer-ownership"),
  ])
  func `words that people use find the command`(words: String, name: String) {
    var driver = Driver()
    driver.press(.open, .moveToLast, .palette)
    driver.type(words)
    #expect(palette(driver)?.items.first?.name == name)
  }

  @Test func `the selection moves and scrolls with the lines`() {
    var driver = Driver(rows: 4)
    driver.press(.palette, .moveUp)
    #expect(palette(driver)?.selectedRow == 0)
    for _ in 0..<6 { driver.press(.moveDown) }
    #expect(palette(driver)?.selectedRow == 6)
    #expect(palette(driver)?.visible(4) == 3..<7)
    driver.press(.pageDown, .pageUp)
    #expect(palette(driver)?.selectedRow == 6)
    driver.type("undo")
    #expect(palette(driver)?.selectedRow == 0)
    #expect(driver.selected == "org_acme")
  }
}
