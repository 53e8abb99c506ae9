import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct ForeignChangeTests {
  @Test func `the selected record stays selected, on the same line of the screen, when rows come before it`()
  {
    var driver = Driver(rows: 4)
    driver.press(.moveToLast, .moveUp)
    let line = driver.model.selectedRow - driver.model.visibleRows.lowerBound
    driver.others { organizations, _ in
      organizations.append(Sample.organization("org_a", "Aaa"))
      organizations.append(Sample.organization("org_b", "Aab"))
    }
    #expect(driver.selected == "org_india")
    #expect(driver.model.selectedRow == 10)
    #expect(driver.model.selectedRow - driver.model.visibleRows.lowerBound == line)
    driver.othersRemove("org_acme")
    #expect(driver.selected == "org_india")
    driver.others { organizations, _ in organizations[8].name = "Zulu" }
    #expect(driver.selected == driver.model.organizationList.organization(at: driver.model.selectedRow).id)
  }

  @Test func `a renamed record takes the selection along, and the filter stays`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("o")
    driver.press(.accept, .moveDown)
    #expect(driver.selected == "org_bravo")
    driver.others { organizations, _ in organizations[1].name = "Zoo" }
    #expect(driver.selected == "org_bravo")
    #expect(driver.names.last == "Zoo")
    #expect(driver.model.query == "o")
  }

  @Test func `when the selected organization vanishes no key lands on another until the next move`() {
    var driver = Driver()
    driver.press(.moveDown)
    driver.othersRemove("org_bravo")
    #expect(driver.selected == nil)
    #expect(driver.message == "Bravo is no longer in this list: it was changed or removed.")
    for action in [Action.open, .edit, .remove, .changeRole] {
      driver.press(action)
      #expect(driver.model.context == .list)
      #expect(driver.model.message?.kind == .refusal, "\(action)")
    }
    #expect(driver.message == "Choose a member first: Enter opens the organization.")
    driver.press(.remove)
    #expect(driver.message == "That organization is gone; move to choose another.")
    driver.press(.confirm, .accept, .nextPane)
    #expect(driver.model.context == .list)
    #expect(driver.commits.isEmpty)
    driver.press(.moveDown)
    #expect(driver.selected == "org_charlie")
  }

  @Test func `when the last row vanishes the next move goes to the one before`() {
    var driver = Driver()
    driver.press(.moveToLast)
    driver.othersRemove("org_juliett")
    driver.press(.moveDown)
    #expect(driver.selected == "org_india")
  }

  @Test func `an organization that comes back is selected again`() {
    var driver = Driver()
    driver.press(.moveDown)
    driver.othersRemove("org_bravo")
    driver.others { organizations, _ in organizations.append(Sample.organization("org_bravo", "Bravo")) }
    #expect(driver.selected == "org_bravo")
  }

  @Test func `the detail closes when its organization vanishes`() {
    var driver = Driver()
    driver.press(.open)
    driver.othersRemove("org_acme")
    #expect(driver.model.context == .list)
    #expect(driver.model.detailLineCount == 0)
  }

  @Test func `the selected member stays selected when others come and go`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown)
    driver.others { _, members in members.insert(Sample.member("aaron", .member), at: 0) }
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.others { _, members in members.removeAll { $0.userID != "bob" } }
    #expect(driver.model.selectedMember?.userID == "bob")
  }

  @Test func `when the selected member vanishes no key lands on another until the next move`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown)
    driver.others { _, members in members.removeAll { $0.userID == "bob" } }
    #expect(driver.message == "bob is no longer a member here.")
    for action in [Action.changeRole, .remove, .open] {
      driver.press(action)
      #expect(driver.message == "That member is gone; move to choose another.")
      #expect(driver.model.context == .detail)
    }
    driver.press(.moveDown)
    #expect(driver.model.selectedMember?.userID == "carol")
  }

  @Test func `a question about a record that vanished is refused when it is answered`() {
    var driver = Driver()
    driver.press(.moveDown, .remove)
    driver.othersRemove("org_bravo")
    driver.press(.confirm)
    #expect(driver.model.message?.kind == .refusal)
    #expect(driver.names.count == 9)
  }

  @Test func `what others changed flashes until it has been seen`() {
    var driver = Driver(rows: 20)
    driver.press(.open)
    driver.othersSetRole("bob", .owner)
    #expect(driver.log.last == .terminal(.endFlashSoon))
    #expect(driver.model.listRow(0).hasChanged)
    let flashing = (9..<12).filter {
      if case .member(_, _, _, true, _) = driver.model.detailLine($0) { true } else { false }
    }
    #expect(flashing == [10])
    driver.others { organizations, _ in organizations[3].planTier = "starter" }
    #expect(driver.model.flashing == ["org_acme", "org_delta"])
    driver.model.endFlash()
    #expect(!driver.model.listRow(0).hasChanged)
    #expect(driver.model.workspace.flash.shownBefore == nil)
  }

  @Test func `own changes don't flash, and don't end what does`() {
    var driver = Driver()
    driver.others { organizations, _ in organizations[3].planTier = "starter" }
    driver.press(.open, .moveDown, .changeRole, .choose(.owner))
    #expect(driver.commits.count == 1)
    #expect(driver.model.flashing == ["org_delta"])
    var quiet = Driver()
    quiet.press(.open, .moveDown, .changeRole, .choose(.owner))
    #expect(quiet.model.flashing.isEmpty)
    #expect(!quiet.log.contains(.terminal(.endFlashSoon)))
  }

  @Test func `own changes that the watcher brings first stop flashing when they turn out to be own`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.remove, .confirm)
    guard case .runtime(.commit(let set)) = driver.held.removeFirst() else { return #expect(Bool(false)) }
    let commit = try? driver.store.commit(set)
    for effect in driver.model.refresh() { driver.perform(effect) }
    #expect(driver.model.flashing == ["org_acme"])
    if let commit { _ = driver.model.receive(.done(commit, driver.model.organizationList)) }
    #expect(driver.model.flashing.isEmpty)
    #expect(driver.message == "Status of Acme: active → deleted.")
  }
}
