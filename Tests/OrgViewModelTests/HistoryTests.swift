import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct HistoryTests {
  private var driver = Driver()

  /// Makes bob an owner and renames Acme, then shows the history.
  init() {
    driver.press(.open, .moveDown, .changeRole, .choose(.owner), .back, .edit)
    driver.type("!")
    driver.press(.save)
  }

  private var texts: [String] {
    guard let rows = (driver.model.screen as? HistoryScreen)?.list.rows else { return [] }
    return rows.rows.map(\.text)
  }

  private var entry: [EntryLine] { (driver.model.history?.visibleEntryLines ?? []) }

  @Test mutating func `it shows what happened, newest first`() {
    driver.press(.showHistory)
    #expect(texts == ["Renamed Acme → Acme!", "Role of bob in Acme: member → owner"])
    #expect(driver.model.history?.selectedEntry?.entry.generation == 2)
    driver.press(.undo)
    #expect(driver.model.context == .history)
  }

  @Test mutating func `a filter finds actor, organization, user and field`() {
    driver.press(.showHistory)
    for (words, count) in [
      ("memory", 2), ("BOB", 1), ("org_acme role", 1), ("acme!", 1), ("name", 1), ("bob name", 0), ("", 2),
    ] {
      driver.press(.filter, .deleteToStart)
      driver.type(words)
      driver.press(.accept)
      #expect(texts.count == count, "\(words)")
      #expect(driver.model.shownCount == count)
      #expect(driver.model.totalCount == 2)
    }
  }

  @Test mutating func `a filter asks for kind, actor, organization, user and time`() {
    driver.press(.showHistory, .undo)
    for (words, count) in [
      ("kind:undo", 1), ("kind:edit", 2), ("!kind:undo", 2), ("by:memory", 3), ("by:bob", 0), ("user:bob", 1),
      ("org:acme", 3), ("org:bravo", 0), ("since:yesterday", 3), ("until:yesterday", 0), ("kind:nonsense", 0),
    ] {
      driver.press(.filter, .deleteToStart)
      driver.type(words)
      driver.press(.accept)
      #expect(texts.count == count, "\(words)")
    }
  }

  @Test mutating func `times are shown in the configured zone, and an undo says whose it is and of when`()
    throws
  {
    var preferences = Preferences()
    preferences.timeZone = .fixed(seconds: 7200, name: "EET")
    driver = Driver(rows: 20, preferences: preferences)
    driver.press(.open, .moveDown, .changeRole, .choose(.owner), .undo)
    #expect(driver.message?.hasPrefix("Undid generation 1 by memory, 20") == true)
    #expect(driver.message?.contains(" EET: Role of bob") == true)
    driver.press(.showHistory, .open)
    let fields = entry.compactMap {
      if case .field(let label, let value) = $0 { "\(label) \(value)" } else { nil }
    }
    #expect(fields.contains { $0.hasPrefix("Time 20") && $0.hasSuffix(" EET") })
    #expect(fields.contains { $0.hasPrefix("Undid 1 by memory, 20") && $0.hasSuffix(" EET") })
  }

  @Test func `a message names both of two changes, and the first of more`() {
    #expect(Words.done(["a"]) == "a")
    #expect(Words.done(["a", "b"]) == "a; b")
    #expect(Words.done(["a", "b", "c"]) == "a, and 2 more")
  }

  @Test mutating func `what is selected stays so while a filter is typed and taken back`() {
    driver.press(.showHistory, .moveDown, .filter)
    driver.type("name")
    #expect(driver.model.history?.selectedEntry?.entry.generation == 2)
    driver.press(.back)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
  }

  @Test mutating func `new entries come on top, and the selection stays on its entry`() {
    driver.press(.showHistory, .moveDown)
    let set = ChangeSet([.setField(.planTier, organization: "org_bravo", from: "founders_friend", to: "x")])
    _ = try? driver.store.commit(set)
    driver.carryOut(driver.model.refresh())
    #expect(texts.count == 3)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
    #expect(driver.model.rows?.visible(5).lowerBound == 0)
  }

  @Test mutating func `the history of one organization or member leaves out what is about others`() {
    driver.press(.showItsHistory)
    #expect(driver.model.screen.identity == HistoryScreen(.organization("org_acme")).identity)
    #expect(texts.count == 2)
    driver.press(.goBack, .open, .showItsHistory)
    #expect(driver.model.screen.identity == HistoryScreen(.member("bob", organization: "org_acme")).identity)
    #expect(texts == ["Role of bob in Acme: member → owner"])
    driver.press(.showHistory)
    #expect(texts.count == 2)
  }

  @Test mutating func `Enter shows every change with before and after, and then the organization`() {
    driver.press(.showHistory, .moveDown, .open)
    #expect(driver.model.context == .entry)
    guard case .value("before", "member") = entry[entry.count - 2], case .value("after", "owner") = entry.last
    else { return #expect(Bool(false), "\(entry)") }
    driver.press(.open)
    #expect(driver.model.screen.identity == "organizations")
    #expect(driver.model.context == .detail)
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.press(.goBack)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
  }

  @Test mutating func `going to an organization clears a filter that hides it`() {
    driver.press(.filter)
    driver.type("bravo")
    driver.press(.accept, .showHistory, .moveToLast, .open, .open)
    #expect(driver.model.query == "")
    #expect(driver.selected == "org_acme")
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.press(.goBack, .goBack)
    #expect(driver.model.query == "bravo")
    #expect(driver.selected == "org_bravo")
  }

  @Test mutating func `an organization that is gone can't be gone to`() {
    driver.press(.showHistory)
    driver.othersRemove("org_acme")
    driver.press(.open, .open)
    #expect(driver.message == "Acme is no longer among the organizations.")
    #expect(driver.model.context == .entry)
  }

  @Test mutating func `an entry is undone after a question, and marked as such`() {
    driver.press(.showHistory, .moveDown, .undoEntry)
    guard let question = driver.question else { return #expect(Bool(false)) }
    #expect(question.text.hasPrefix("Undo generation 1 by memory, 20"))
    #expect(question.text.hasSuffix(" UTC (Role of bob in Acme: member → owner)?"))
    driver.press(.accept)
    #expect(driver.role("bob") == .owner)
    driver.press(.undoEntry, .confirm)
    #expect(driver.role("bob") == .member)
    #expect(driver.message == "Undid generation 1: Role of bob in Acme!: owner → member.")
    #expect(texts.first == "undid 1: Role of bob in Acme!: owner → member")
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
    #expect(driver.model.history?.selectedEntry?.fate == .undone(by: 3))
    driver.press(.undoEntry)
    #expect(driver.message == "No changes needed.")
    driver.press(.moveToFirst, .undoEntry, .confirm)
    #expect(driver.role("bob") == .owner)
    #expect(driver.message == "Redid generation 1: Role of bob in Acme!: member → owner.")
    driver.press(.moveToLast)
    #expect(driver.model.history?.selectedEntry?.fate == .holds)
  }

  @Test mutating func `what somebody changed since stands against undoing it`() {
    driver.press(.showHistory, .moveDown)
    driver.othersSetRole("bob", .billingAdmin)
    driver.press(.undoEntry)
    #expect(driver.message?.hasPrefix("bob is billing in Acme! now, no longer owner") == true)
    #expect(driver.model.context == .history)
  }

  @Test mutating func `of an entry that can be undone in part the question says what can't`() throws {
    _ = try driver.store.commit(
      ChangeSet([
        .setRole(user: "carol", organization: "org_acme", from: .billingAdmin, to: .member),
        .setField(.planTier, organization: "org_acme", from: "founders_friend", to: "x"),
      ]))
    driver.othersSetRole("carol", .owner)
    driver.press(.showHistory, .undoEntry)
    guard let question = driver.question else { return #expect(Bool(false)) }
    #expect(
      question.text.hasPrefix(
        "carol is owner in Acme! now, no longer member, so the role was not changed. Undo generation 3 by memory, "
      ))
    #expect(
      question.text.hasSuffix(
        " UTC (Role of carol in Acme!: billing → member; Plan of Acme!: founders_friend → x)? "
          + "1 will change, 1 can't be changed."))
    driver.press(.confirm)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "founders_friend")
    #expect(driver.role("carol") == .owner)
  }

  @Test mutating func `of a long history as much is read as is moved to`() throws {
    for number in 0..<700 {
      _ = try driver.store.commit(
        ChangeSet([
          .setField(
            .planTier, organization: "org_bravo", from: number == 0 ? "founders_friend" : "\(number)",
            to: "\(number + 1)")
        ]))
    }
    driver.press(.showHistory)
    #expect(texts.count == 400)
    for _ in 0..<60 { driver.press(.pageDown) }
    #expect(texts.count == 400)
    driver.holds = true
    driver.press(.moveToLast, .moveUp)
    driver.release()
    #expect(texts.count == 702)
    #expect(driver.model.rows?.selectedPlace == 398)
    driver.press(.showOrganizations, .showHistory, .moveToFirst)
    driver.press(.showOrganizations)
    driver.model.navigation = NavigationHistory()
    driver.press(.showHistory, .moveToLast)
    #expect(texts.count == 702)
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
    // On the way back to it the newest entries come first.
    driver.holds = true
    driver.press(.showOrganizations, .goBack)
    guard case .runtime(.show(let request)) = driver.held.last else { return #expect(Bool(false)) }
    let part = HistoryRows(
      Array(driver.store.history().prefix(100)), isComplete: false, subject: .all, query: "")
    driver.carryOut(driver.model.receive(part, for: request))
    #expect(driver.model.history?.selectedEntry == nil && driver.message == nil)
    driver.release()
    #expect(driver.model.history?.selectedEntry?.entry.generation == 1)
  }

  @Test mutating func `read-only, nothing is undone`() {
    var driver = Driver(readOnly: "it was opened so")
    driver.press(.showHistory, .undoEntry)
    #expect(driver.message == "Nothing can be changed: it was opened so.")
  }
}
