import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct SecondLookTests {
  private var question: (Driver) -> String? {
    { driver in (driver.model.workspace.overlay as? SecondLookQuestion)?.text(driver.model.workspace) }
  }

  /// The form of Acme, with another organization that has a Stripe id.
  private func form(_ preferences: Preferences = Preferences()) -> Driver {
    var organizations = Sample.organizations
    organizations[1].stripeCustomerID = "cus_1"
    var driver = Driver(organizations, Sample.members, rows: 20, preferences: preferences)
    driver.press(.edit)
    return driver
  }

  private func field(_ name: OrganizationField, _ driver: Driver) -> Int {
    driver.form?.fields.firstIndex { $0.organizationField == name } ?? 0
  }

  private func go(to name: OrganizationField, _ driver: inout Driver) {
    while driver.form?.focus != field(name, driver) { driver.press(.nextField) }
  }

  @Test func `a plan is chosen of a list, and another can be typed`() {
    var driver = form()
    go(to: .planTier, &driver)
    #expect(driver.model.context == .openChoice)
    driver.press(.moveRight)
    #expect(driver.form?.fields[1].input.text == "starter")
    driver.press(.moveLeft, .moveLeft)
    #expect(driver.model.context == .form)
    // What it was is there to be changed, and Backspace in the empty field goes back to the list.
    #expect(driver.form?.fields[1].input.text == "founders_friend")
    driver.press(.deleteToStart, .deleteBackward)
    #expect(driver.model.context == .openChoice)
    #expect(driver.form?.fields[1].input.text == "founders_friend")
    // Space goes on to the next; what is typed takes the place of the choice.
    driver.type(" ")
    #expect(driver.form?.fields[1].input.text == "starter")
    driver.type("go ld")
    #expect(driver.form?.fields[1].input.text == "go ld")
    #expect(driver.model.context == .form)
  }

  @Test func `a plan that isn't configured is asked about with the nearest`() {
    var driver = form()
    go(to: .planTier, &driver)
    driver.press(.deleteToStart)
    driver.type("profesional")
    driver.press(.save)
    #expect(
      question(driver)
        == "The plan \"profesional\" isn't configured; the nearest is professional. Use it all the same?")
    #expect(driver.commits.isEmpty)
    driver.press(.decline)
    #expect(driver.model.context == .form && driver.form?.focus == 1)
    driver.press(.save, .confirm)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "profesional")
    #expect(driver.form == nil)
  }

  @Test func `so it is for all that are marked, and what is configured isn't asked about`() {
    var driver = Driver(rows: 20, preferences: Preferences(planTiers: ["basic", "gold"]))
    driver.press(.markAll, .changePlan, .chooseOtherPlan, .deleteToStart)
    driver.type("gld")
    driver.press(.save)
    #expect(
      question(driver) == "The plan \"gld\" isn't configured; the nearest is gold. Use it all the same?")
    driver.press(.decline, .deleteToStart)
    driver.type("gold")
    driver.press(.save)
    #expect(driver.question?.text.hasPrefix("Put 10 organizations on gold? ") == true)
  }

  @Test func `a billing id of another organization is asked about with its name`() {
    var driver = form()
    go(to: .stripeCustomerID, &driver)
    driver.press(.deleteToStart)
    driver.type("cus_1")
    driver.press(.save)
    #expect(question(driver) == "cus_1 is the Stripe id of Bravo, too. Use it all the same?")
    driver.press(.decline, .deleteBackward)
    driver.type("2")
    driver.press(.save)
    #expect(driver.store.data.organization(id: "org_acme")?.stripeCustomerID == "cus_2")
    driver.press(.edit)
    go(to: .stripeCustomerID, &driver)
    driver.press(.deleteBackward)
    driver.type("1")
    driver.press(.save, .confirm)
    #expect(driver.store.data.organization(id: "org_acme")?.stripeCustomerID == "cus_1")
    #expect(
      driver.store.data.overview().sharedBillingIDs.map(\.sentence) == [
        "2 organizations have the Stripe id cus_1: Acme and Bravo."
      ])
  }

  @Test func `a billing id that can't be one is refused where it is typed`() {
    var driver = form()
    go(to: .stripeCustomerID, &driver)
    driver.press(.deleteToStart)
    driver.type("sub 1")
    driver.press(.save)
    #expect(
      driver.form?.problem?.text
        == "A Stripe id can't contain blanks or control characters, as \"sub 1\" does.")
    #expect(driver.form?.problem?.field == field(.stripeCustomerID, driver))
    driver.press(.deleteToStart)
    driver.type("sub_1")
    driver.press(.save)
    #expect(driver.form?.problem?.text.hasPrefix("A Stripe id looks like cus_") == true)
    #expect(driver.commits.isEmpty)
  }

  @Test func `a new user's id has no blanks, but one that is known is taken`() {
    var preferences = Preferences()
    preferences.idPatterns.user = "[a-z]+"
    let known = Sample.members + [Sample.member("Old One", .owner, "org_bravo")]
    var driver = Driver(Sample.organizations, known, rows: 20, preferences: preferences)
    for (user, reason) in [
      ("\"new one\"", "A user's id can't contain blanks or control characters, as \"new one\" does."),
      (
        "new1",
        "A user's id looks like [a-z]+, and \"new1\" doesn't; the configuration sets that under [ids]."
      ),
      ("\"Old One\"", nil), ("newone", nil),
    ] {
      driver.press(.open, .add)
      driver.type(user)
      driver.press(.save)
      #expect(driver.form?.problem?.text == reason)
      let id = user.filter { $0 != "\"" }
      #expect((driver.role(id) == nil) == (reason != nil))
      driver.press(.back, .confirm, .back)
    }
  }
}
