import OrgCore
import Testing

@testable import OrgViewModel

/// Words, as rows.
private struct WordRows: ListRows {
  let words: [String]
  let total: Int

  var count: Int { words.count }
  func id(at row: Int) -> String? { words[row] }
  func row(of id: String) -> Int? { words.firstIndex(of: id) }
}

/// All that a new screen needs.
private struct WordsScreen: RowsScreen, MarkingScreen {
  var list = RowList<WordRows>()

  static let contexts = [Context("words", "Words", .screen)]
  static let commands: [Command<Self>] =
    [
      Command(
        Action("shout", "Say the word out loud"), "x", .changing, "say the word out loud", hint: "shout",
        unless: { screen, _ in screen.list.selectedID == "quiet" ? "This one is quiet." : nil }
      ) { if let word = $0.list.selectedID { $1.status.note(word.uppercased()) } }
    ] + markingCommands() + commonCommands(filterHelp: filterHelp)

  func title(_ workspace: Workspace) -> String { "Words" }

  func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    let all = ["alpha", "beta", "gamma", "quiet"]
    source.post(
      WordRows(words: all.filter { request.query.isEmpty || $0.contains(request.query) }, total: all.count))
  }

  func values(_ row: Int, of rows: WordRows) -> [String?] { [rows.words[row]] }
}

@Suite struct ToyScreenTests {
  private var driver = Driver()

  init() {
    driver.model.leave(for: WordsScreen())
    driver.carryOut(driver.model.takeEffects())
  }

  private var words: [String] { (driver.model.screen as? WordsScreen)?.list.rows?.words ?? [] }
  private var selected: String? { driver.model.rows?.selectedID }
  private let shout = Action("shout", "")

  @Test mutating func `it has rows that can be moved through, filtered and left`() {
    #expect(driver.model.screen.title(driver.model.workspace) == "Words")
    #expect(words == ["alpha", "beta", "gamma", "quiet"] && selected == "alpha")
    driver.press(.moveDown, .filter)
    driver.type("mma")
    #expect(words == ["gamma"] && driver.model.screen.shownCount == 1)
    #expect(driver.model.screen.totalCount == 4)
    // What was selected before the filter is selected again.
    driver.press(.back)
    #expect(words.count == 4 && selected == "beta")
    driver.press(.close)
    #expect(driver.model.screen.identity == "organizations")
    driver.press(.goForward)
    #expect(words.count == 4 && selected == "beta")
  }

  @Test mutating func `its rows can be marked one by one, by moving and all at once`() {
    driver.press(.mark, .markRange, .moveDown, .moveDown)
    #expect(driver.model.markCount == 4 && driver.model.isMarkingRange)
    driver.press(.back)
    #expect(driver.model.markCount == 1 && !driver.model.isMarkingRange)
    driver.press(.markAll)
    #expect(driver.model.markCount == 4)
    driver.press(.unmarkAll)
    #expect(driver.model.markCount == 0)
  }

  @Test mutating func `its own command runs, and says why it doesn't`() {
    driver.press(shout)
    #expect(driver.message == "ALPHA")
    driver.press(.moveToLast, shout)
    #expect(driver.message == "This one is quiet.")
    #expect(driver.model.obstacle(to: shout) == "This one is quiet.")
    driver.press(.changePlan)
    #expect(driver.message == CommandTable.standard.elsewhere(.changePlan))
  }

  @Test mutating func `text and pastes run no command there`() {
    driver.press(.insert("x"), .paste("x"))
    #expect(driver.message == nil)
  }

  @Test func `its commands have keys, help and hints, as data`() throws {
    let binding = try #require(WordsScreen.bindings.first { $0.action == shout })
    #expect(binding.keys == ["x"] && binding.hint == "shout" && binding.contexts.map(\.name) == ["words"])
  }
}

/// Going from one screen to another, and from a menu to a question, with something going on.
@Suite struct RangeAndMenuTests {
  @Test func `a range ends where the screen is left, and keeps what it has marked`() {
    var driver = Driver()
    driver.press(.markRange, .moveDown, .showUsers, .showOrganizations, .moveDown)
    #expect(driver.model.markCount == 2 && !driver.model.isMarkingRange)
    driver.press(.unmarkAll, .moveToFirst, .open, .showPerson, .markRange, .open, .goBack, .moveDown)
    #expect(!driver.model.isMarkingRange)
  }

  @Test func `a range ends where all that is marked is edited, whichever key does it`() {
    var driver = Driver()
    driver.press(.markRange, .moveDown, .changePlan, .choosePlan("starter"), .confirm, .moveDown)
    #expect(driver.model.markCount == 2 && !driver.model.isMarkingRange)
  }

  @Test func `plans whose names look alike are told apart`() {
    let preferences = Preferences(planTiers: ["pro_plus", "pro-plus", "other_plan"])
    for plan in preferences.planTiers {
      var driver = Driver(preferences: preferences)
      driver.press(.changePlan, .choosePlan(plan))
      #expect(driver.store.data.organization(id: "org_acme")?.planTier == plan)
    }
    var driver = Driver(preferences: preferences)
    driver.press(.changePlan, .chooseOtherPlan)
    #expect(driver.form?.fields[driver.form?.focus ?? 0].title == "Plan")
  }

  @Test func `members that were marked and are gone are said to be, and nothing else is edited`() {
    var driver = Driver()
    driver.press(.open, .mark, .mark, .changeRole)
    driver.othersRemove("org_acme")
    driver.press(.choose(.owner))
    #expect(driver.message == "What was to be changed is gone.")
    #expect(!driver.model.awaitsRows && driver.commits.isEmpty)
  }

  @Test func `the latest change can be undone on every screen`() {
    var driver = Driver()
    driver.press(.open, .moveDown, .changeRole, .choose(.owner), .showHistory)
    #expect(driver.model.obstacle(to: .undo) == nil)
    driver.press(.palette)
    driver.type("undo your latest")
    driver.press(.accept)
    #expect(driver.role("bob") == .member)
  }

  @Test func `drawing the screen again leaves what was said`() {
    var driver = Driver()
    driver.press(.undo)
    let message = driver.message
    driver.press(.redraw)
    #expect(message != nil && driver.message == message)
  }
}
