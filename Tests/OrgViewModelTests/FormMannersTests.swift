import OrgCore
import Testing

@testable import OrgViewModel

/// One rule for Enter in every form, and what others do while one is open.
@Suite struct FormMannersTests {
  private func text(_ driver: Driver, _ field: Int) -> String? { driver.form?.fields[field].input.text }

  @Test func `Enter goes on from field to field and saves in the last one`() {
    var driver = Driver()
    driver.press(.add)
    driver.type("Neo")
    #expect(driver.form?.hint(for: .accept) == "next")
    #expect(driver.form?.hint(for: .save) == nil)
    driver.press(.accept)
    #expect(driver.form?.focus == 1)
    #expect(driver.commits.isEmpty)
    let last = (driver.form?.fields.count ?? 0) - 1
    while let form = driver.form, form.focus < last {
      #expect(form.hint(for: .accept) == "next")
      driver.press(.accept)
    }
    #expect(driver.form?.hint(for: .accept) == "save")
    #expect(driver.form?.hint(for: .save)?.isEmpty == true)
    driver.press(.accept)
    #expect(driver.form == nil)
    #expect(driver.store.data.organization(id: "org_new")?.name == "Neo")
  }

  @Test func `the same rule holds in choices and where something else is typed`() {
    var driver = Driver()
    driver.press(.edit)
    for field in 0..<4 {
      #expect(driver.form?.focus == field)
      #expect(driver.form?.hint(for: .accept) == "next")
      if field == 1 {
        // Another plan is typed.
        driver.press(.insert("x"))
        #expect(driver.form?.fields[1].isTyping == true)
        driver.press(.undoTyping, .deleteToStart)
        driver.type("professional")
      }
      driver.press(.accept)
    }
    #expect(driver.form?.hint(for: .accept) == "save")
    driver.press(.accept)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "professional")
  }

  @Test func `a form of one field saves with Enter, and any form with its own key from anywhere`() {
    var driver = Driver()
    driver.press(.mark, .mark, .changePlan, .chooseOtherPlan)
    #expect(driver.form?.fields.count == 1)
    #expect(driver.form?.hint(for: .accept) == "save")
    driver.press(.back)
    var other = Driver()
    other.press(.edit)
    other.type("2")
    other.press(.save)
    #expect(other.store.data.organization(id: "org_acme")?.name == "Acme2")
  }

  @Test func `a field that wasn't changed here shows what others put there, and saving leaves it`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.others { organizations, _ in
      organizations[0].planTier = "gold"
      organizations[0].lagoCustomerID = nil
    }
    #expect(text(driver, 0) == "Acme2")
    #expect(text(driver, 1) == "gold")
    #expect(driver.form?.fields[1].choices.contains("gold") == true)
    #expect(text(driver, 3) == "")
    #expect(
      driver.form?.externalChangeNotice == "Changed meanwhile: Plan is gold now, Lago id is none now.")
    #expect(driver.form?.fields[1].news == nil)
    driver.press(.save)
    #expect(driver.commits == [[.setField(.name, organization: "org_acme", from: "Acme", to: "Acme2")]])
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "gold")
  }

  @Test func `a field that was changed here keeps that, and says what others put there`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.others { organizations, _ in organizations[0].name = "Apex" }
    #expect(text(driver, 0) == "Acme2")
    #expect(driver.form?.fields[0].news == "Others put Apex there meanwhile; saving asks which to keep.")
    driver.press(.save)
    #expect(driver.model.context == .conflict)
    #expect(driver.form?.fields[0].news == nil)
    driver.press(.takeMine, .save)
    #expect(driver.store.data.organization(id: "org_acme")?.name == "Acme2")
  }

  @Test func `what is typed and taken back gives way to what others put there`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.others { organizations, _ in organizations[0].name = "Apex" }
    driver.press(.deleteBackward)
    #expect(text(driver, 0) == "Apex")
    #expect(driver.form?.fields[0].news == nil)
    #expect(driver.form?.isDirty == false)
    driver.press(.save)
    #expect(driver.commits.isEmpty)
  }

  @Test func `what others put there as well is no conflict`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.others { organizations, _ in organizations[0].name = "Acme2" }
    driver.press(.save)
    #expect(driver.message == "Nothing was changed.")
    #expect(driver.form == nil)
  }

  @Test func `a new member that others add meanwhile is said to be in, and a new name to be taken`() {
    var driver = Driver()
    driver.press(.open, .add)
    driver.type("dora")
    driver.others { organizations, members in
      organizations[0].name = "Apex"
      members.append(Sample.member("dora", .owner))
    }
    #expect(driver.form?.problem(at: 0) == "dora is in Apex already, as owner.")
    #expect(driver.form?.title == "Add a member to Apex")
    var other = Driver()
    other.press(.add)
    other.type("Neo")
    other.others { organizations, _ in organizations[1].name = "neo" }
    #expect(other.form?.problem(at: 0) == "The name \"Neo\" is taken by org_bravo; choose another.")
  }
}
