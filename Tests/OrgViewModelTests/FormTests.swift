import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct FormTests {
  private func text(_ driver: Driver, _ field: Int) -> String? { driver.form?.fields[field].input.text }

  @Test func `a organization is created with the environment given, selected and said`() {
    var driver = Driver()
    driver.press(.add)
    driver.type("Neo")
    driver.press(.nextField, .nextField, .deleteToStart)
    driver.type("starter")
    driver.press(.save)
    let made = driver.store.data.organization(id: "org_new")
    #expect(made?.name == "Neo")
    #expect(made?.planTier == "starter")
    #expect(made?.createdAt == Sample.time)
    #expect(driver.selected == "org_new")
    #expect(driver.model.context == .list)
    #expect(driver.message == "Created Neo on starter.")
  }

  @Test func `one that the filter hides is said to be hidden`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("acme")
    driver.press(.accept, .add)
    driver.type("Neo")
    driver.press(.save)
    #expect(driver.message == "Created Neo on founders_friend. The filter hides it.")
    #expect(driver.selected == "org_acme")
  }

  @Test func `only changed fields become changes`() {
    var driver = Driver()
    driver.press(.edit)
    #expect(driver.form?.fields.map(\.title) == ["Name", "Plan", "Status", "Lago id", "Stripe id"])
    driver.press(.nextField, .nextField)
    #expect(driver.model.context == .choice)
    driver.press(.moveRight, .nextField, .deleteToStart)
    driver.press(.accept, .accept)
    #expect(
      driver.commits == [
        [
          .setField(.status, organization: "org_acme", from: "active", to: "suspended"),
          .setField(.lagoCustomerID, organization: "org_acme", from: "lago_1", to: nil),
        ]
      ])
    #expect(driver.store.data.organization(id: "org_acme")?.lagoCustomerID == nil)
    #expect(driver.message == "Status of Acme: active → suspended; Lago id of Acme: lago_1 → none.")
  }

  @Test func `a choice goes round in both directions and takes no text`() {
    var driver = Driver()
    driver.press(.edit, .nextField, .nextField, .moveLeft)
    #expect(text(driver, 2) == "deleted")
    driver.press(.moveRight, .moveRight)
    #expect(text(driver, 2) == "suspended")
    driver.press(.insert("gone"), .paste("gone"), .deleteBackward, .deleteToStart)
    #expect(text(driver, 2) == "suspended")
  }

  @Test func `a form in which nothing was changed saves nothing, white space at the ends included`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type(" ")
    driver.press(.save)
    #expect(driver.commits.isEmpty)
    #expect(driver.message == "Nothing was changed.")
    #expect(driver.model.context == .list)
  }

  @Test func `a clean form closes on Esc, a typed one asks first`() {
    var driver = Driver()
    driver.press(.edit, .back)
    #expect(driver.model.context == .list)
    driver.press(.edit)
    driver.type("x")
    driver.press(.back)
    #expect(driver.model.context == .question)
    driver.press(.accept)
    #expect(text(driver, 0) == "Acmex")
    driver.press(.back, .nextField, .accept)
    #expect(driver.model.context == .list)
    #expect(driver.commits.isEmpty)
    driver.press(.edit)
    driver.type("x")
    driver.press(.cancel, .confirm)
    #expect(driver.model.context == .list)
  }

  @Test func `the safe answer has the focus each time that a form asks`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("x")
    driver.press(.back, .nextField, .back, .back, .accept)
    #expect(driver.model.context == .form)
  }

  @Test func `a name of no or 201 scalars is refused, with what was typed kept and focused`() {
    for name in ["", "  ", String(repeating: "n", count: 201)] {
      var driver = Driver()
      driver.press(.edit, .deleteToStart)
      driver.model.workspace.form = driver.withLimit(1000)
      driver.press(.paste(name), .nextField, .save)
      #expect(driver.form?.focus == 0)
      #expect(driver.form?.problem?.field == 0)
      #expect(text(driver, 0) == name)
      #expect(driver.commits.isEmpty)
      driver.press(.moveLeft)
      #expect((driver.form?.problem == nil) == false)
      driver.press(.deleteToEnd, .insert("A"))
      #expect(driver.form?.problem == nil)
    }
  }

  @Test func `text beyond the limit is cut, and said to be`() {
    var driver = Driver()
    driver.press(.add, .paste(String(repeating: "é", count: 250)))
    #expect(text(driver, 0)?.unicodeScalars.count == 200)
    #expect(driver.form?.problem?.text == "That was cut: at most 200 characters fit here.")
    driver.press(.save)
    #expect(driver.store.data.organization(id: "org_new")?.name.count == 200)
  }

  @Test func `a taken name is refused, and the form stays open with the focus on it`() {
    var driver = Driver()
    driver.press(.add)
    driver.type(" bRAVO ")
    driver.press(.nextField, .save)
    #expect(driver.form?.focus == 0)
    #expect(driver.form?.isSaving == false)
    #expect(driver.form?.problem?.text == "The name \"bRAVO\" is taken by org_bravo; choose another.")
    driver.type("2")
    driver.press(.save)
    #expect(driver.message == "Created bRAVO 2 on founders_friend.")
  }

  @Test func `an empty plan is refused`() {
    var driver = Driver()
    driver.press(.edit, .nextField, .deleteToStart, .save)
    #expect(driver.form?.problem?.text == "A plan can't be empty.")
    #expect(driver.form?.focus == 1)
  }

  @Test func `a member is added with the role chosen, and selected`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .add, .paste(" dave "), .nextField)
    #expect(driver.model.context == .choice)
    driver.press(.moveLeft, .save)
    let dave = driver.store.data.member("dave", of: "org_acme")
    #expect(dave?.role == .owner)
    #expect(dave?.joinedAt == Sample.time)
    #expect(driver.model.selectedMember?.userID == "dave")
    #expect(driver.message == "Added dave to Acme as owner.")
  }

  @Test func `only roles that there are can be chosen`() {
    var driver = Driver()
    driver.press(.open, .add)
    #expect(driver.form?.fields[1].choices == ["owner", "member", "billing"])
  }

  @Test func `a user can't be added twice, whether seen or not, nor one without an id`() {
    var driver = Driver()
    driver.press(.open, .add, .save)
    #expect(driver.form?.problem?.text == "A user's id can't be empty.")
    driver.type("bob")
    driver.press(.nextField, .save)
    #expect(driver.form?.problem?.text == "bob is in Acme already, as member.")
    #expect(driver.form?.focus == 0)
    driver.type("by")
    driver.store.change { _, members in members.append(Sample.member("bobby", .owner)) }
    driver.press(.save)
    #expect(driver.form?.problem?.text == "bobby is in Acme already, as owner.")
    #expect(driver.form?.focus == 0)
  }

  @Test func `changes underneath are told, and those of other fields survive`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.others { organizations, _ in organizations[0].planTier = "enterprise" }
    #expect(driver.form?.externalChangeNotice == "Changed meanwhile: Plan is enterprise now.")
    #expect(text(driver, 0) == "Acme2")
    driver.press(.save)
    let saved = driver.store.data.organization(id: "org_acme")
    #expect(saved?.name == "Acme2")
    #expect(saved?.planTier == "enterprise")
  }

  /// A form in which the plan and the Lago id were edited, while others edited plan and name.
  private func conflicting() -> Driver {
    var driver = Driver()
    driver.press(.edit, .nextField, .deleteToStart)
    driver.type("starter")
    driver.press(.nextField, .nextField, .insert("0"))
    driver.store.change { organizations, _ in
      organizations[0].planTier = "enterprise"
      organizations[0].name = "Apex"
    }
    driver.press(.save)
    return driver
  }

  @Test func `a conflict shows base, theirs and mine, and saves nothing until somebody has chosen`() {
    var driver = conflicting()
    #expect(driver.form?.focus == 1)
    #expect(driver.model.context == .conflict)
    #expect(driver.form?.fields[1].conflict == .init(base: "founders_friend", theirs: "enterprise"))
    #expect(text(driver, 1) == "starter")
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "enterprise")
    #expect(
      driver.form?.problem?.text
        == "Not saved, others changed it: choose.")
    driver.press(.nextField, .save)
    #expect(driver.commits.count == 1)
    #expect(driver.form?.focus == 1)
    #expect(driver.form?.problem?.text == "Choose theirs or mine first: others changed Plan, too.")
    driver.press(.insert("x"), .deleteToStart, .paste("x"), .moveRight, .undoTyping)
    #expect(text(driver, 1) == "starter")
  }

  @Test func `mine overwrites theirs knowingly, and what others changed elsewhere survives`() {
    var driver = conflicting()
    driver.press(.takeMine)
    #expect(driver.model.context == .form)
    #expect(driver.form?.problem == nil)
    driver.press(.save)
    let saved = driver.store.data.organization(id: "org_acme")
    #expect(saved?.planTier == "starter")
    #expect(saved?.lagoCustomerID == "lago_10")
    #expect(saved?.name == "Apex")
    #expect(driver.form == nil)
  }

  @Test func `theirs stays, and the rest of mine is saved`() {
    var driver = conflicting()
    driver.press(.keepTheirs)
    #expect(text(driver, 1) == "enterprise")
    driver.press(.save)
    let saved = driver.store.data.organization(id: "org_acme")
    #expect(saved?.planTier == "enterprise")
    #expect(saved?.lagoCustomerID == "lago_10")
    #expect(driver.commits.last?.count == 1)
  }

  @Test func `what others change while somebody chooses is what is chosen from`() {
    var driver = conflicting()
    driver.others { organizations, _ in organizations[0].planTier = "professional" }
    #expect(driver.form?.fields[1].conflict?.theirs == "professional")
    driver.press(.takeMine, .save)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "starter")
  }

  @Test func `what is wrong is said while it is typed, a taken name too`() {
    var driver = Driver()
    driver.press(.add)
    #expect(driver.form?.problem(at: 0) == nil)
    driver.type("bravo")
    #expect(
      driver.form?.problem(at: 0) == "The name \"bravo\" is taken by org_bravo; choose another.")
    driver.type("!")
    #expect(driver.form?.problem(at: 0) == nil)
    driver.press(.deleteToStart)
    #expect(driver.form?.problem(at: 0) == "A name can't be empty.")
    driver.press(.nextField, .nextField, .deleteToStart)
    #expect(driver.form?.problem(at: 2) == "A plan can't be empty.")
    #expect(driver.form?.problem(at: 0) == "A name can't be empty.")
    var edit = Driver()
    edit.press(.edit, .deleteToStart)
    edit.type("ACME")
    #expect(edit.form?.problem(at: 0) == nil)
    var member = Driver()
    member.press(.open, .add, .insert("bob"))
    #expect(member.form?.problem(at: 0) == "bob is in Acme already, as member.")
  }

  @Test func `an organization removed underneath can't be saved, and what was typed is kept`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.othersRemove("org_acme")
    #expect(
      driver.form?.externalChangeNotice
        == "Acme was removed meanwhile; what you typed is kept, but can't be saved.")
    driver.press(.save)
    #expect(driver.form?.problem?.text == "There is no organization \"org_acme\".")
    #expect(text(driver, 0) == "Acme2")
    driver.press(.back, .confirm)
    #expect(driver.selected == nil)
  }

  @Test func `a form that can't be saved stays open and says why`() {
    var driver = Driver()
    driver.store.fail(OrgError(.system, "The disk is full."))
    driver.press(.edit)
    driver.type("2")
    driver.press(.save)
    #expect(driver.form?.problem?.text == "The disk is full.")
    #expect(driver.form?.problem?.field == nil)
    #expect(driver.form?.isSaving == false)
    #expect(driver.message == nil)
    driver.press(.save)
    #expect(driver.message == "Renamed Acme → Acme2.")
  }

  @Test func `while a form is being saved it takes no keys but Esc, which cancels`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("2")
    driver.holds = true
    driver.press(.save, .insert("3"), .save, .nextField, .help, .back)
    #expect(driver.form?.isSaving == true)
    #expect(text(driver, 0) == "Acme2")
    #expect(driver.log.last == .runtime(.cancelCommit))
    #expect(driver.commits.count == 1)
    driver.release()
    #expect(driver.form == nil)
  }

  @Test func `a form that wants what is on its way already doesn't wait for ever`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.remove, .confirm, .edit, .nextField, .nextField, .moveLeft)
    #expect(text(driver, 2) == "deleted")
    driver.press(.save)
    driver.release()
    #expect(driver.form == nil)
    #expect(driver.message == "Status of Acme: active → deleted.")
    #expect(driver.commits.count == 1)
  }

  @Test func `an own change that finishes under a form is no news in it`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.remove, .confirm, .edit)
    driver.type("2")
    driver.release()
    #expect(driver.form?.externalChangeNotice == nil)
    #expect(text(driver, 2) == "deleted")
    driver.press(.save)
    #expect(driver.store.data.organization(id: "org_acme")?.status == .deleted)
    #expect(driver.commits.last == [.setField(.name, organization: "org_acme", from: "Acme", to: "Acme2")])
  }

  @Test func `editing in the detail begins with the field that is selected`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveUp, .open)
    #expect(driver.form?.focus == 4)
    driver.press(.back, .edit)
    #expect(driver.form?.focus == 4)
    driver.press(.back, .moveDown, .edit)
    #expect(driver.form?.focus == 0)
  }
}

extension Driver {
  /// The form with another limit in its first field, as if text came from elsewhere.
  fileprivate func withLimit(_ limit: Int) -> Form {
    var form = self.form ?? .create()
    form.fields[0].input.limit = limit
    return form
  }
}

@Suite struct TextFieldTests {
  private func field(_ text: String, _ actions: Action...) -> TextField {
    var field = TextField(text)
    for action in actions { field.apply(action) }
    return field
  }

  @Test func `characters are moved over and deleted whole`() {
    for character in ["👩\u{200D}💻", "e\u{301}", "株", "🇩🇪", "z\u{300}\u{301}\u{302}\u{303}\u{304}"] {
      #expect(field("a\(character)", .deleteBackward).text == "a")
      #expect(field("a\(character)b", .moveLeft, .moveLeft, .deleteForward).text == "ab")
      #expect(field("a\(character)b", .moveLeft, .insert("x")).text == "a\(character)xb")
    }
  }

  @Test func `a mark that is typed joins the character before it`() {
    let typed = field("ae", .insert("\u{301}"))
    #expect(typed.cursor == 2)
    #expect(field("ae", .insert("\u{301}"), .deleteBackward).text == "a")
  }

  @Test func `words and ends are deleted as in readline`() {
    #expect(field("one two  ", .deleteWord).text == "one ")
    #expect(field("one two", .moveToFirst, .deleteWord).text == "one two")
    #expect(field("one two", .moveLeft, .deleteToStart).text == "o")
    #expect(field("one two", .moveToFirst, .moveRight, .deleteToEnd).text == "o")
    #expect(field("ab", .moveToFirst, .deleteBackward, .moveLeft).text == "ab")
    #expect(field("ab", .deleteForward, .moveRight).cursor == 2)
  }

  @Test func `the limit counts scalars, cuts between characters and says so`() {
    var field = TextField("", limit: 4)
    field.apply(.paste("ab👩\u{200D}💻c"))
    #expect(field.text == "ab")
    #expect(field.wasCut)
    field.apply(.paste("cd"))
    #expect(field.text == "abcd")
    #expect(!field.wasCut)
    field.apply(.insert("e"))
    #expect(field.text == "abcd")
    #expect(field.wasCut)
  }

  @Test func `edits are undone one by one, a word at a time`() {
    var field = TextField("Acme")
    for action in " Corp of" { field.apply(.insert(String(action))) }
    field.apply(.moveLeft)
    field.apply(.deleteBackward)
    field.apply(.deleteBackward)
    field.apply(.paste("one two"))
    field.apply(.deleteWord)
    var seen: [String] = []
    for _ in 0..<6 {
      seen.append(field.text)
      field.apply(.undoTyping)
    }
    #expect(
      seen == [
        "Acme Corpone f", "Acme Corpone twof", "Acme Corpf", "Acme Corp of", "Acme Corp", "Acme",
      ])
    #expect(field.text == "Acme")
    #expect(field.cursor == 4)
  }

  @Test func `motions go by words of letters and digits`() {
    var field = TextField("lago_cust-12  x")
    var places: [Int] = []
    for action in [Action.moveWordLeft, .moveWordLeft, .moveWordLeft, .moveWordLeft, .moveWordLeft] {
      field.apply(action)
      places.append(field.cursor)
    }
    for _ in 0..<5 {
      field.apply(.moveWordRight)
      places.append(field.cursor)
    }
    #expect(places == [14, 10, 5, 0, 0, 4, 9, 12, 15, 15])
  }

  @Test func `a paste of a megabyte is cut in no time`() {
    var field = TextField("a")
    let paste = String(repeating: "é👩\u{200D}💻", count: 100_000)
    let time = ContinuousClock().measure { field.apply(.paste(paste)) }
    #expect(field.wasCut)
    #expect(field.text.unicodeScalars.count <= 200)
    #expect(time < .milliseconds(100), "\(time)")
  }
}

extension TextField {
  /// What an action does in an overlay in which text is typed.
  fileprivate mutating func apply(_ action: Action) {
    if let (text, isPasted) = action.text {
      if isPasted { paste(text) } else { insert(text) }
    } else {
      Self.edits.first { $0.action == action }?.change(&self)
    }
  }
}
