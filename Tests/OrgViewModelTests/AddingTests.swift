import OrgCore
import Testing

@testable import OrgViewModel

/// Members who are added, one or several, users who are offered, and organizations with all that they have.
@Suite struct AddingTests {
  private let known =
    Sample.members + [
      Sample.member("dave", .member, "org_bravo"), Sample.member("david", .owner, "org_bravo"),
      Sample.member("Old One", .member, "org_bravo"),
    ]

  /// The form for a member of Acme.
  private func adding(_ preferences: Preferences = Preferences()) -> Driver {
    var driver = Driver(Sample.organizations, known, rows: 20, preferences: preferences)
    driver.press(.open, .add)
    return driver
  }

  private func offered(_ driver: Driver) -> [String] { driver.form?.candidates.map(\.id) ?? [] }
  private func text(_ driver: Driver) -> String? { driver.form.map { $0.fields[$0.focus].input.text } }

  @Test(arguments: [
    ("ann", ["ann"]), (" ann ", ["ann"]),
    (
      "ann,bob;carl\ndora eve\r\nfay\t,; gil",
      "ann bob carl dora eve fay gil".split(separator: " ").map(String.init)
    ),
    ("ann, ann bob ann", ["ann", "bob"]), ("\"Old One\", ann", ["Old One", "ann"]), ("", []), (" ,;\n", []),
    ("\"a,b\"", ["a,b"]), ("a\"b c", ["a\"b", "c"]), ("\"open ann", ["\"open", "ann"]), ("\"\" ann", ["ann"]),
    ("ann\u{A0}bob", ["ann", "bob"]),
  ])
  func `ids are separated by line ends, commas, semicolons and blanks, and each is one`(
    text: String, ids: [String]
  ) {
    #expect(TypedUsers(text).ids == ids)
    #expect(TypedUsers(ids.map(TypedUsers.typed).joined(separator: ", ")).ids == ids)
  }

  @Test func `several users are added in one change set, after a preview, and undone together`() {
    var driver = adding()
    driver.press(.paste("eve,\nfay\r\nbob carol,eve"))
    #expect(driver.form?.hint(at: 0) == "4 users, who are shown before they are added")
    driver.press(.nextField, .moveLeft, .save)
    #expect(
      driver.question?.text
        == "bob (member) and carol (billing) are in Acme already. Add 2 users to Acme as owner: eve and fay?")
    #expect(driver.commits.isEmpty)
    driver.press(.confirm)
    #expect(driver.commits.map(\.count) == [2])
    #expect(driver.message == "Added 2 users to Acme as owner; 2 in it already.")
    #expect([driver.role("eve"), driver.role("fay"), driver.role("bob")] == [.owner, .owner, .member])
    driver.press(.undo)
    #expect(driver.role("eve") == nil && driver.role("fay") == nil && driver.role("bob") == .member)
  }

  @Test func `who can't be one is left out with the reason, but one who is known is right`() {
    var preferences = Preferences()
    preferences.idPatterns.user = "[a-z]+"
    var driver = adding(preferences)
    driver.press(.paste("eve, e\u{202E}ve \"Old One\" X1"), .save)
    #expect(
      driver.question?.text
        == "A user's id can't contain blanks or control characters, as \"e\\u{202E}ve\" does. "
        + "A user's id looks like [a-z]+, and \"X1\" doesn't; the configuration sets that under [ids]. "
        + "Add 2 users to Acme as member: eve and Old One?")
    driver.press(.confirm)
    #expect(driver.message == "Added 2 users to Acme as member; 2 refused.")
    #expect(driver.role("Old One") == .member && driver.role("eve") == .member && driver.role("X1") == nil)
  }

  @Test func `many are named as far as there is room`() {
    var driver = adding()
    driver.press(.paste((1...50).map { "u\($0)" }.joined(separator: "\n")), .save)
    #expect(
      driver.question?.text
        == "Add 50 users to Acme as member: u1, u2, u3, u4, u5, u6, u7 and 43 more?")
  }

  @Test func `no leads back to what was typed, and so does a set of which nothing can be added`() {
    var driver = adding()
    driver.press(.paste("eve fay"), .save, .decline)
    #expect(text(driver) == "eve fay" && driver.commits.isEmpty)
    driver.press(.save, .back)
    #expect(text(driver) == "eve fay")
    driver.press(.deleteToStart, .paste("bob, alice"), .nextField, .save)
    #expect(driver.form?.focus == 0)
    #expect(driver.form?.problem?.text == "bob (member) and alice (owner) are in Acme already.")
    #expect(driver.question == nil && driver.commits.isEmpty)
  }

  @Test func `what is typed is kept while it is asked about`() {
    var driver = adding()
    driver.press(.paste("eve fay"), .save)
    #expect(driver.question != nil)
    let dropped = driver.log.contains(.runtime(.dropDraft))
    #expect(!dropped)
    driver.press(.confirm)
    #expect(driver.log.contains(.runtime(.dropDraft)))
  }

  @Test func `a set that can't be saved leads back to what was typed`() {
    var driver = adding()
    driver.press(.paste("eve fay"), .save)
    driver.store.fail(OrgError(.system, "The disk is full."))
    driver.press(.confirm)
    #expect(text(driver) == "eve fay" && driver.form?.problem?.text == "The disk is full.")
    #expect(!driver.log.contains(.runtime(.dropDraft)))
    driver.press(.save, .confirm)
    #expect(driver.role("eve") == .member && driver.form == nil)
  }

  @Test func `cancelling leads back to what was typed, too`() {
    var driver = adding()
    driver.press(.paste("eve fay"))
    driver.holds = true
    driver.press(.save, .cancel)
    driver.release()
    #expect(driver.message == "Cancelled." && driver.question == nil)
    #expect(text(driver) == "eve fay")
  }

  @Test func `too much for the field is refused as a whole`() {
    var driver = adding()
    driver.type("ann ")
    driver.press(.paste((1...5000).map { "user_\($0)" }.joined(separator: " ")))
    #expect(text(driver) == "ann ")
    #expect(driver.form?.problem?.text.contains("orgman add reads as many as there are with -") == true)
  }

  @Test func `users are offered while one is typed, those who are members with their roles`() {
    var driver = adding()
    driver.type("DA")
    #expect(offered(driver) == ["dave", "david"])
    #expect(driver.model.context == .offering)
    driver.press(.takeUser)
    #expect(text(driver) == "dave")
    #expect(driver.model.context == .form)
    driver.type(", c")
    #expect(
      driver.form?.candidates == [
        UserCandidate("carol", detail: "already billing"), UserCandidate("alice", detail: "already owner"),
      ])
    driver.press(.back)
    #expect(driver.model.context == .form && driver.form != nil)
    #expect(TypedUsers.canBeTyped("Old, One") && !TypedUsers.canBeTyped("a\" b"))
    driver.press(.deleteWord)
    driver.type("a")
    // Who is named already isn't offered.
    #expect(offered(driver) == ["alice", "carol", "david"])
    driver.press(.undoTyping, .undoTyping)
  }

  @Test func `another one is chosen with the arrows, and taken with Enter`() {
    var driver = adding()
    driver.type("dav")
    driver.press(.moveDown, .moveDown, .accept)
    #expect(text(driver) == "david" && driver.commits.isEmpty)
    driver.press(.undoTyping)
    #expect(text(driver) == "dav")
    driver.type("i")
    #expect(offered(driver) == ["david"])
    driver.press(.previousField)
    #expect(driver.model.context == .choice)
  }

  @Test func `one with blanks is taken in quotes where several can be named`() {
    var driver = adding()
    driver.type("old")
    driver.press(.takeUser)
    #expect(text(driver) == "\"Old One\"")
    driver.press(.save)
    #expect(driver.role("Old One") == .member)
    #expect(driver.message == "Added Old One to Acme as member.")
  }

  @Test func `what comes for an earlier text is dropped, and what was offered goes on`() {
    var driver = adding()
    driver.type("dav")
    driver.holds = true
    driver.type("i")
    #expect(offered(driver) == ["david"])
    driver.press(.deleteBackward)
    driver.releaseOne()
    #expect(offered(driver) == ["david"])
    driver.release()
    #expect(offered(driver) == ["dave", "david"])
  }

  @Test func `users are offered for who takes over, but for those who go`() {
    var driver = Driver(Sample.organizations, known, rows: 20)
    driver.press(.showUsers, .moveDown, .removeEverywhere, .handOver)
    driver.type("a")
    #expect(offered(driver) == ["carol", "dave", "david"])
    driver.press(.moveDown, .moveDown, .accept)
    #expect(text(driver) == "dave")
  }

  @Test func `a new organization has its owner, plan, status and billing ids in one change set`() {
    var organizations = Sample.organizations
    organizations[1].stripeCustomerID = "cus_1"
    var driver = Driver(organizations, known, rows: 20)
    driver.press(.add)
    #expect(
      driver.form?.fields.map(\.title) == ["Name", "Owner", "Plan", "Status", "Lago id", "Stripe id"])
    driver.type("Neo")
    driver.press(.nextField)
    driver.type("dave")
    driver.press(.nextField, .moveRight, .nextField, .moveRight, .nextField)
    driver.type("lago 2")
    driver.press(.nextField)
    driver.type("cus_1")
    driver.press(.save)
    #expect(driver.form?.problem?.text.hasPrefix("A Lago id can't contain blanks") == true)
    driver.press(.deleteToStart)
    driver.type("lago_2")
    driver.press(.save)
    #expect(
      (driver.model.workspace.overlay as? SecondLookQuestion)?.text(driver.model.workspace)
        == "cus_1 is the Stripe id of Bravo, too. Use it all the same?")
    driver.press(.confirm)
    let made = driver.store.data.organization(id: "org_new")
    #expect(made?.planTier == "starter" && made?.status == .suspended)
    #expect(made?.lagoCustomerID == "lago_2" && made?.stripeCustomerID == "cus_1")
    #expect(driver.store.data.member("dave", of: "org_new")?.role == .owner)
    #expect(driver.commits.map(\.count) == [2])
    #expect(driver.message == "Created Neo on starter; Added dave to Neo as owner.")
    driver.press(.undo)
    #expect(driver.store.data.organization(id: "org_new") == nil)
  }

  @Test func `an owner who can't be one is refused, and none is needed`() {
    var driver = Driver(Sample.organizations, known, rows: 20)
    driver.press(.add)
    driver.type("Neo")
    driver.press(.nextField)
    driver.type("new one")
    driver.press(.save)
    #expect(driver.form?.focus == 1)
    #expect(driver.form?.problem?.text.hasPrefix("A user's id can't contain blanks") == true)
    driver.press(.deleteToStart)
    driver.type("  ")
    driver.press(.save)
    #expect(driver.store.data.organization(id: "org_new")?.lagoCustomerID == nil)
    #expect(driver.store.data.memberCount(of: "org_new") == 0)
  }
}

extension MemoryReader {
  fileprivate func memberCount(of id: String) -> Int { members(of: id, in: 0..<10).count }
}
