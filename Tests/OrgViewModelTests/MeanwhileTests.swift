import OrgCore
import Testing

@testable import OrgViewModel

/// What one does while something else is on its way, or has changed.
@Suite struct MeanwhileTests {
  @Test func `who comes back to a filter that no longer has the selected one stands on its first row`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("plan:founders_friend")
    driver.press(.accept, .moveToLast)
    #expect(driver.selected == "org_juliett")
    driver.press(.showOverview, .open)
    #expect(driver.model.query == "status:active")
    driver.others { organizations, _ in
      for index in organizations.indices where index > 1 { organizations[index].planTier = "starter" }
    }
    driver.press(.moveToLast, .goBack, .goBack)
    #expect(driver.names == ["Acme", "Bravo"])
    #expect(driver.selected == "org_acme")
    #expect(driver.model.visibleRows == 0..<2)
    driver.press(.mark)
    #expect(driver.model.markCount == 1)
  }

  @Test func `what is asked about many expects what the commit before it has put there`() {
    var driver = Driver()
    driver.press(.mark, .mark, .moveToFirst)
    driver.holds = true
    driver.press(.unmarkAll, .changePlan, .choosePlan("professional"), .markAll, .changePlan)
    driver.press(.choosePlan("founders_friend"))
    // Nothing is looked at before that commit is done, and keys wait for it.
    #expect(!driver.log.contains { if case .runtime(.preview) = $0 { true } else { false } })
    #expect(driver.model.awaitsRows)
    driver.release()
    guard let question = driver.question else { return #expect(Bool(false)) }
    #expect(question.text.contains("1 will change, 9 need no change"))
    driver.press(.confirm)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "founders_friend")
  }

  @Test func `a bulk edit that waits can be cancelled`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.changePlan, .choosePlan("professional"), .markAll, .changePlan, .choosePlan("starter"))
    driver.press(.cancel)
    #expect(!driver.model.awaitsRows)
    driver.release()
    #expect(driver.model.context == .list)
    #expect(driver.commits.count == 1)
  }

  @Test func `a menu shows what others put there while it was open, and the choice expects that`() {
    var driver = Driver()
    driver.press(.changePlan)
    driver.others { organizations, _ in organizations[0].planTier = "enterprise" }
    let menu = driver.model.workspace.overlay as? PlanMenu
    #expect(
      menu?.question(driver.model.workspace) == "Plan of Acme, now enterprise (others changed it meanwhile):")
    driver.press(.choosePlan("founders_friend"))
    #expect(
      driver.commits == [
        [.setField(.planTier, organization: "org_acme", from: "enterprise", to: "founders_friend")]
      ])
  }

  @Test func `the menu of a role shows what others made of it`() {
    var driver = Driver()
    driver.press(.open, .moveDown, .changeRole)
    driver.othersSetRole("bob", .billingAdmin)
    let menu = driver.model.workspace.overlay as? RoleMenu
    #expect(
      menu?.question(driver.model.workspace)
        == "Role of bob in Acme, now billing (others changed it meanwhile):")
    driver.press(.choose(.owner))
    #expect(driver.role("bob") == .owner)
  }

  @Test func `since when something is held is said in the configured zone`() {
    var preferences = Preferences()
    preferences.timeZone = .fixed(seconds: 7200, name: "EET")
    var driver = Driver(preferences: preferences)
    let holder = Contention(
      program: "billingd", origin: .process(4121), user: "root", since: Sample.time, waitedMilliseconds: 3200)
    driver.holds = true
    driver.press(.changePlan, .choosePlan("starter"))
    driver.model.receive(holder)
    let clock = DisplayZone.fixed(seconds: 7200, name: "EET").clockText(Sample.time)
    #expect(
      driver.message == "The data are held by billingd, pid 4121 (root), since \(clock), 3.2 s. Esc cancels.")
    let error = OrgError(.locked, "The data are \(holder).", holder: holder)
    driver.held = []
    driver.carryOut(driver.model.receive(.failed(error)))
    #expect(driver.message?.contains("since \(clock), 3.2 s.") == true, "\(driver.message ?? "")")
  }

  @Test func `who went away isn't marked again by the range`() {
    var driver = Driver()
    driver.press(.open, .mark, .markRange)
    driver.others { _, members in members.removeAll { $0.userID == "alice" } }
    driver.press(.moveDown, .moveUp)
    #expect(driver.markedMembers == ["bob"])
    #expect(driver.model.markCount == 1)
    driver.press(.back)
    #expect(driver.model.markCount == 0)
  }

  @Test func `Esc takes a range back before it leads out`() {
    var driver = Driver()
    driver.press(.showOverview, .open)
    #expect(driver.model.screen.identity == "organizations")
    driver.press(.markRange, .moveDown, .back)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.markCount == 0)
    driver.press(.back)
    #expect(driver.model.screen.identity == "overview")
  }

  @Test func `the selected change of a generation stays selected when the generation is undone`() {
    var driver = Driver()
    driver.press(.open, .changeRole, .choose(.member))
    driver.press(.moveDown, .changeRole, .choose(.owner), .showHistory, .open)
    driver.press(.undoEntry, .confirm)
    let lines = (driver.model.history?.visibleEntryLines ?? [])
    let selected = lines.contains {
      if case .change(_, _, isSelected: true) = $0 { true } else { false }
    }
    #expect(selected, "\(lines)")
  }

  @Test func `a saved query leaves nothing of the screen from which it was asked for`() {
    var driver = Driver(preferences: Preferences(savedQueries: [SavedQuery(name: "a", text: "alpha")]))
    driver.press(.showUsers, .palette, .accept)
    #expect(driver.model.query == "alpha")
    #expect(driver.log.contains(.runtime(.forgetRows)))
  }

  @Test func `rows that can't be had hold no keys back`() {
    var driver = Driver()
    driver.press(.showHistory, .filter)
    driver.holds = true
    driver.type("x")
    driver.press(.accept)
    #expect(driver.model.awaitsRows)
    guard case .runtime(.show(let request))? = driver.held.last else { return #expect(Bool(false)) }
    driver.carryOut(driver.model.receive(OrgError(.system, "The journal can't be read."), for: request))
    #expect(!driver.model.awaitsRows)
    #expect(driver.message == "The journal can't be read.")
  }

  @Test func `a click goes on with a range`() {
    var driver = Driver()
    driver.press(.markRange, .point(.list, line: 2))
    #expect(driver.marked == ["Acme", "Bravo", "Charlie"])
  }
}
