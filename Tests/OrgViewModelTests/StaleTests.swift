import OrgCore
import Testing

@testable import OrgViewModel

/// What was counted for a question is counted again where the data have changed since.
@Suite struct StaleTests {
  private func asked(_ driver: Driver) -> String? { driver.question?.text(driver.model.workspace) }

  /// The plan of the first three organizations is asked about.
  private func askingForPlan() -> Driver {
    var driver = Driver()
    driver.press(.mark, .mark, .mark, .changePlan, .choosePlan("starter"))
    return driver
  }

  @Test func `a bulk edit is counted again before it is made, and asked about with the new counts`() {
    var driver = askingForPlan()
    #expect(asked(driver) == "Put 3 organizations on starter? 3 will change.")
    driver.others { organizations, _ in organizations[1].planTier = "starter" }
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(
      asked(driver)
        == "The data changed meanwhile, so this was counted again. Put 3 organizations on starter? 2 will change, 1 needs no change."
    )
    driver.press(.nextField, .accept)
    #expect(driver.commits.map(\.count) == [2])
    #expect(driver.message == "Put 3 organizations on starter: done, 2 changed, 1 needed no change.")
  }

  @Test func `what comes to the same is made without being asked about twice`() {
    var driver = askingForPlan()
    driver.others { organizations, _ in organizations[7].planTier = "gold" }
    driver.press(.confirm)
    #expect(driver.commits.map(\.count) == [3])
    #expect(driver.question == nil)
  }

  @Test func `no means no, however stale`() {
    var driver = askingForPlan()
    driver.others { organizations, _ in organizations[1].planTier = "starter" }
    driver.press(.decline)
    #expect(driver.commits.isEmpty)
    #expect(driver.question == nil)
  }

  @Test func `nothing that is left to do is said, and not asked about`() {
    var driver = askingForPlan()
    driver.others { organizations, _ in for index in 0..<3 { organizations[index].planTier = "starter" } }
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(driver.message == "No changes needed.")
  }

  @Test func `the removal of a member is asked about again with the role that others gave it`() {
    var driver = Driver()
    driver.press(.open, .moveDown, .remove)
    #expect(asked(driver) == "Remove bob (member) from Acme?")
    driver.othersSetRole("bob", .billingAdmin)
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(asked(driver)?.hasSuffix("Remove bob (billing) from Acme?") == true)
    driver.press(.confirm)
    #expect(driver.role("bob") == nil)
  }

  @Test func `a member who became the last owner meanwhile isn't asked about again`() {
    var driver = Driver()
    driver.press(.open, .moveDown, .remove)
    driver.others { _, members in
      members = [Sample.member("bob", .owner), Sample.member("alice", .member)]
    }
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(driver.question == nil)
    #expect(driver.message == "bob is the last owner of Acme; make someone else an owner first.")
  }

  @Test func `what others removed or deleted meanwhile is said`() {
    var driver = Driver()
    driver.press(.remove)
    #expect(asked(driver) == "Set Acme to deleted? Its record and members stay.")
    driver.others { organizations, _ in organizations[0].status = .deleted }
    driver.press(.confirm)
    #expect(driver.message == "Acme is deleted already.")
    var other = Driver()
    other.press(.remove)
    other.othersRemove("org_acme")
    other.press(.confirm)
    #expect(other.message == "There is no organization \"org_acme\" any more.")
  }

  @Test func `an offboarding whose user joined another organization is counted again`() {
    var driver = Driver()
    driver.press(.open, .moveDown, .showUsers, .moveDown, .removeEverywhere)
    #expect(asked(driver) == "Remove bob from 1 organization?")
    driver.others { _, members in members.append(Sample.member("bob", .member, "org_bravo")) }
    driver.press(.confirm)
    #expect(driver.commits.isEmpty)
    #expect(asked(driver)?.contains("Remove bob from all 2 organizations?") == true)
    driver.press(.confirm)
    #expect(driver.commits.last?.count == 2)
  }

  @Test func `a successor who joins later than was asked is no reason to ask again`() {
    var (driver, now) = (Driver(), Sample.time)
    driver.press(.open, .moveDown, .showUsers, .removeEverywhere)
    driver.press(.handOver)
    driver.type("zoe")
    driver.press(.accept)
    guard let question = driver.question else { return #expect(Bool(false)) }
    var later = question
    now = now.adding(seconds: 60)
    later.changes = question.changes.map {
      guard case .addMember(var member) = $0 else { return $0 }
      member.joinedAt = now
      return .addMember(member)
    }
    #expect(later.changes != question.changes)
    #expect(later.isSame(as: question))
    driver.others { organizations, _ in organizations[7].planTier = "gold" }
    driver.press(.confirm)
    #expect(driver.role("zoe") == .owner)
    #expect(driver.role("alice") == nil)
  }

  @Test func `an undo of what others changed since says so instead of asking`() {
    var driver = Driver()
    driver.press(.changePlan, .choosePlan("starter"), .showHistory, .undoEntry)
    #expect(driver.question != nil)
    driver.others { organizations, _ in organizations[0].planTier = "gold" }
    driver.press(.confirm)
    #expect(driver.commits.count == 1)
    #expect(driver.question == nil)
    #expect(driver.model.message?.kind == .refusal)
  }

  @Test func `where others are faster than the commit, what is left is asked about`() {
    var driver = askingForPlan()
    // Not noticed yet.
    driver.store.change { organizations, _ in organizations[1].planTier = "gold" }
    driver.press(.confirm)
    #expect(
      asked(driver)
        == "The data changed meanwhile, so this was counted again. Put 3 organizations on starter? 3 will change."
    )
    driver.press(.confirm)
    #expect(driver.store.data.organization(id: "org_bravo")?.planTier == "starter")
  }

  // MARK: All that couldn't be done

  /// The roles of all members are asked about, of whom alice is the only owner.
  private func askingForRoles() -> Driver {
    var driver = Driver()
    driver.press(.open, .markAll, .changeRole, .choose(.member))
    return driver
  }

  @Test func `all that can't be changed is listed before and after the answer, and not the first alone`() {
    var driver = askingForRoles()
    #expect(driver.question?.hint(for: .showRefusals) == nil)
    driver.press(.showRefusals)
    var page = driver.model.workspace.overlay as? RefusalPage
    let sentence =
      "Role of alice in Acme: owner → member: alice is the last owner of Acme; make someone else an owner first."
    #expect(page?.refusals.sentences == [sentence])
    driver.press(.back, .confirm)
    #expect(driver.message?.hasSuffix("1 changed, 1 needed no change, 1 stayed as before.") == true)
    #expect(driver.model.message?.listsRefusals == true)
    driver.press(.showRefusals)
    page = driver.model.workspace.overlay as? RefusalPage
    #expect(page?.refusals.sentences == [sentence])
    driver.press(.back)
    #expect(driver.model.context == .detail)
  }

  @Test func `where nothing can't be changed, there is nothing to list`() {
    var driver = askingForPlan()
    #expect(driver.question?.hint(for: .showRefusals)?.isEmpty == true)
    driver.press(.showRefusals)
    #expect(driver.question != nil)
    driver.press(.confirm, .showRefusals)
    #expect(driver.message == "Nothing was refused.")
  }

  @Test func `all refusals are listed where nothing can be changed at all`() {
    let others = ["Bravo", "Charlie"].map { "org_\($0.lowercased())" }
    var driver = Driver(
      Sample.organizations,
      [Sample.member("eve", .owner), Sample.member("bob", .member)]
        + others.map { Sample.member("eve", .owner, $0) })
    driver.press(.showUsers, .moveDown, .open, .markAll, .remove)
    #expect(driver.question == nil)
    #expect(driver.model.message?.listsRefusals == true)
    driver.press(.showRefusals)
    let page = driver.model.workspace.overlay as? RefusalPage
    #expect(page?.refusals.sentences.count == 3)
    driver.press(.moveToLast)
    #expect((driver.model.workspace.overlay as? RefusalPage)?.top == 1)
    driver.press(.moveDown, .moveDown, .moveDown)
    #expect((driver.model.workspace.overlay as? RefusalPage)?.top == 2)
  }

  @Test func `an undo that can't be done as a whole says how much of it is left`() {
    var driver = Driver()
    driver.press(.mark, .mark, .changePlan, .choosePlan("starter"), .confirm)
    driver.others { organizations, _ in organizations[0].planTier = "gold" }
    driver.press(.showHistory, .undoEntry)
    #expect(asked(driver)?.contains("1 can't be changed") == true)
    driver.press(.confirm)
    #expect(driver.message?.hasSuffix("1 more couldn't be changed.") == true)
    #expect(driver.model.message?.listsRefusals == true)
  }
}
