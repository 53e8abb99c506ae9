import OrgCore
import Synchronization
import Testing

@testable import OrgViewModel

/// A directory of users in memory, which fails when told to, and remembers what it was asked.
final class TestPeople: PeopleDirectory {
  private let state: Mutex<(people: [Person], failure: OrgError?, log: [[String]])>

  init(_ people: [Person]) { state = Mutex((people, nil, [])) }

  let title = "the directory people.csv"

  /// What it was asked: ids, or a text after a `?`.
  var log: [[String]] { state.withLock { $0.log } }

  func fail(_ message: String?) {
    state.withLock { $0.failure = message.map { OrgError(.system, $0) } }
  }

  private func answer(_ question: [String]) throws(OrgError) -> [Person] {
    try state.withLock { state throws(OrgError) in
      state.log.append(question)
      if let failure = state.failure { throw failure }
      return state.people
    }
  }

  func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let people = try answer(ids)
    var found: [String: Person] = [:]
    for id in ids { found[id] = people.first { $0.ids.contains(id) } }
    return found
  }

  func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    let text = text.lowercased()
    return try answer(["?" + text]).filter { person in
      (person.ids + [person.name ?? ""]).contains { $0.lowercased().contains(text) }
    }
  }
}

/// Names beside ids, and what is found by them.
@Suite struct NameTests {
  private let people = TestPeople([
    Person(id: "alice", email: "alice@example.org", name: "Alice Liddell"),
    Person(id: "bob", email: "bob@example.org", name: "Robert \u{1B}[2J", isEnabled: false),
    Person(id: "u-jane", userName: "jane", email: "jane@example.org", name: "Jane Doe"),
  ])
  private var driver: Driver

  init() { driver = Driver(people: people) }

  private func name(_ id: String) -> String? { driver.model.workspace.names?[id]?.name }

  private var users: [String] {
    guard let rows = (driver.model.screen as? UsersScreen)?.list.rows else { return [] }
    return (0..<rows.count).map { rows.user(at: $0)?.id ?? "" }
  }

  private var members: [String] {
    driver.model.detailLines.compactMap {
      if case .member(let member, _, _, _, _) = $0 { member.userID } else { nil }
    }
  }

  // MARK: Names

  @Test mutating func `names come beside the ids on the screen, and each state looks different`() {
    #expect(name("alice") == nil)
    driver.carryOut(driver.model.begin())
    #expect(name("alice") == "Alice Liddell")
    #expect(name("bob") == "disabled: Robert \\u{1B}[2J")
    #expect(name("carol") == "not in the directory")
    #expect(people.log == [["alice", "bob", "carol"]])
    driver.press(.open, .moveDown)
    #expect(driver.model.namedSelection == "bob: Robert \\u{1B}[2J, bob@example.org, disabled")
    #expect(people.log.count == 1)
    driver.press(.reload)
    #expect(people.log.count == 2)
  }

  @Test mutating func `without a directory nothing is asked`() {
    driver = Driver()
    driver.press(.showUsers, .filter)
    driver.type("ali")
    #expect(driver.model.workspace.names == nil && driver.model.namedSelection == nil)
    let isAsked = driver.log.contains {
      switch $0 {
      case .runtime(.name), .runtime(.searchNames): true
      default: false
      }
    }
    #expect(!isAsked)
  }

  @Test mutating func `a directory that can't be asked says so once, and what is known stays`() {
    people.fail("The directory is gone.")
    driver.press(.showUsers)
    #expect(driver.message == "The directory is gone. Ids are shown without names.")
    #expect(name("alice") == "?")
    #expect(driver.model.namedSelection == nil)
    driver.press(.moveDown, .moveDown)
    #expect(driver.message == nil)
    people.fail(nil)
    driver.press(.reload)
    #expect(name("alice") == "Alice Liddell")
    people.fail("The directory is gone.")
    driver.press(.reload)
    #expect(name("alice") == "Alice Liddell")
  }

  @Test mutating func `a question about a user says whose the id is`() {
    driver.press(.open, .remove)
    #expect(driver.question == nil)
    driver.press(.moveDown, .remove)
    #expect(
      driver.question?.text(driver.model.workspace)
        == "bob: Robert \\u{1B}[2J, bob@example.org, disabled. Remove bob (member) from Acme?")
    driver.press(.back, .changeRole)
    let menu = driver.model.workspace.overlay as? RoleMenu
    #expect(
      menu?.question(driver.model.workspace)
        == "bob: Robert \\u{1B}[2J, bob@example.org, disabled. Role of bob in Acme, now member:")
    driver.press(.back, .moveUp, .showPerson)
    #expect(driver.model.screen.title(driver.model.workspace) == "User alice (Alice Liddell)")
  }

  // MARK: Finding

  @Test(arguments: ["robert", "BOB@example", "rob bob@example", "!liddell !carol"])
  mutating func `users are found by name and by e-mail address`(filter: String) {
    driver.press(.showUsers, .filter)
    driver.type(filter)
    driver.press(.accept)
    #expect(users == ["bob"])
    driver.press(.back)
    #expect(users == ["alice", "bob", "carol"])
    driver.press(.nextMatch)
    #expect(driver.model.rows?.selectedID == "bob")
  }

  @Test mutating func `what an id has is there at once, and what a name has later`() {
    driver.press(.showUsers, .filter)
    driver.type("l")
    #expect(users == ["alice", "carol"])
    driver.holds = true
    driver.press(.insert("i"))
    let names = driver.held.removeLast()
    #expect(names == .runtime(.searchNames(NameSearch(texts: ["li"]))))
    driver.release()
    #expect(users == ["alice"])
    driver.perform(names)
    #expect(users == ["alice"])
    driver.press(.back, .filter)
    people.fail("The directory is gone.")
    driver.type("bo")
    #expect(users == ["bob"])
    #expect(driver.message == "The directory is gone. Users are found by their ids alone.")
  }

  @Test mutating func `members are found by name, in the detail alone`() {
    driver.press(.open, .filter)
    driver.type("robert")
    driver.press(.accept)
    #expect(members == ["bob"])
    driver.press(.markAll)
    #expect(driver.model.markCount == 1)
    driver.press(.back, .nextMatch)
    #expect(driver.model.selectedMember?.userID == "bob")
  }

  @Test mutating func `the organizations of a user are found by an e-mail address`() {
    driver.press(.filter)
    driver.type("user:alice@example.org")
    driver.press(.accept)
    #expect(driver.names == ["Acme"])
  }

  @Test mutating func `single letters are no names`() {
    driver.press(.showUsers, .filter)
    driver.type("b")
    #expect(!people.log.contains(["?b"]))
    #expect(users == ["bob"])
  }

  // MARK: Accounts that aren't in use

  @Test mutating func `the overview counts users who are disabled or gone, and leads to them`() {
    driver.press(.showOverview)
    let lines = (driver.model.screen as? OverviewScreen)?.list.rows?.lines ?? []
    let counts = lines.compactMap { line -> String? in
      if case .users(let text, let count, _) = line { "\(text) \(count)" } else { nil }
    }
    #expect(counts == ["users disabled in the directory 1", "users not in the directory 1"])
    driver.press(.filter)
    driver.type("gone")
    driver.press(.accept, .open)
    #expect(driver.model.screen.filter == "directory:gone")
    #expect(users == ["carol"])
    driver.press(.removeEverywhere, .confirm, .showOverview)
    let after = (driver.model.screen as? OverviewScreen)?.list.rows?.lines ?? []
    #expect(after.contains { if case .users(_, 0, query: "directory:gone") = $0 { true } else { false } })
  }

  @Test mutating func `accounts of which nothing is known aren't counted`() {
    people.fail("The directory is gone.")
    driver.press(.showOverview)
    let lines = (driver.model.screen as? OverviewScreen)?.list.rows?.lines ?? []
    #expect(!lines.isEmpty)
    #expect(!lines.contains { if case .users = $0 { true } else { false } })
    #expect(driver.message == "The directory is gone. So it isn't known whose accounts are in use.")
  }

  // MARK: Adding

  @Test mutating func `an e-mail address that is typed becomes the user's id, after a question`() {
    driver.press(.open, .add)
    driver.type("jane@example.org")
    driver.press(.save)
    let question = driver.model.workspace.overlay as? SecondLookQuestion
    #expect(
      question?.question
        == "jane@example.org is the user u-jane (Jane Doe, jane@example.org). Use u-jane?")
    driver.press(.decline)
    #expect(driver.form?.users == ["jane@example.org"])
    driver.press(.save, .confirm)
    #expect(driver.message == "Added u-jane to Acme as member.")
  }

  @Test mutating func `pasted e-mail addresses become ids, and the preview shows both`() {
    driver.press(.open, .add)
    driver.press(.paste("jane@example.org\nbob@example.org;eve@example.org alice@example.org"))
    driver.press(.save)
    let text = driver.question?.text(driver.model.workspace) ?? ""
    #expect(text.contains("eve@example.org isn't in the directory people.csv."), "\(text)")
    #expect(text.contains("bob@example.org is disabled in the directory people.csv."), "\(text)")
    #expect(text.contains("bob (member) and alice (owner) are in Acme already."), "\(text)")
    #expect(
      text.hasSuffix(
        "Add 2 users to Acme as member: u-jane (Jane Doe, jane@example.org) and eve@example.org?"), "\(text)")
    driver.press(.confirm)
    #expect(driver.commits.last?.map(\.userID) == ["u-jane", "eve@example.org"])
  }

  @Test mutating func `an address that is an id in the data is meant as one`() {
    driver = Driver(
      Sample.organizations, Sample.members + [Sample.member("jane@example.org", .member, "org_golf")],
      people: people)
    driver.press(.open, .add)
    driver.type("jane@example.org")
    driver.press(.save)
    #expect(driver.message == "Added jane@example.org to Acme as member.")
  }
}

extension AppModel {
  fileprivate var detailLines: [DetailLine] {
    organizations.detailLines(0..<detailLineCount, workspace.flash)
  }
}
