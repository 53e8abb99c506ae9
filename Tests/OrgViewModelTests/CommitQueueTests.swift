import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct CommitQueueTests {
  private func role(_ from: Role, _ to: Role, of user: String = "bob") -> Change {
    .setRole(user: user, organization: "org_acme", from: from, to: to)
  }

  private func entry(_ changes: Change...) -> CommitQueue.Entry { CommitQueue.Entry(changes: changes) }

  @Test func `the first entry is sent at once, and the others in order`() {
    var queue = CommitQueue()
    let isFirst = queue.append(entry(role(.member, .owner)))
    let isSecondFirst = queue.append(entry(role(.member, .owner, of: "carol")))
    #expect(isFirst && !isSecondFirst)
    var effect = queue.next().effect
    #expect(effect == .commit(ChangeSet([role(.member, .owner)])))
    let finished = queue.takeFirst()
    #expect(finished?.changes == [role(.member, .owner)])
    effect = queue.next().effect
    #expect(effect == .commit(ChangeSet([role(.member, .owner, of: "carol")])))
    _ = queue.takeFirst()
    effect = queue.next().effect
    let rest = queue.takeFirst()
    #expect(queue.isEmpty && rest == nil && effect == nil)
  }

  @Test func `what waits expects what was set before it, and is dropped where nothing is left to do`() {
    var queue = CommitQueue()
    _ = queue.append(entry(role(.member, .owner)))
    _ = queue.append(entry(role(.member, .billingAdmin)))
    _ = queue.append(entry(role(.member, .owner)))
    let first = queue.takeFirst()
    queue.rebase(on: Change.Latest(first?.changes ?? []))
    let effect = queue.next().effect
    #expect(effect == .commit(ChangeSet([role(.owner, .billingAdmin)])))
    // The next one would set what is there already.
    _ = queue.takeFirst()
    queue.rebase(on: Change.Latest([role(.billingAdmin, .owner)]))
    let idle = queue.next().idle
    #expect(idle.count == 1 && queue.isEmpty)
  }

  @Test func `removing a member expects the role that was set just now`() {
    let removal = Change.removeMember(user: "bob", organization: "org_acme", role: .member)
    #expect(
      removal.expecting(Change.Latest([role(.member, .owner)]))
        == .removeMember(user: "bob", organization: "org_acme", role: .owner))
    #expect(removal.expecting(Change.Latest([role(.member, .owner, of: "carol")])) == removal)
  }

  @Test func `an undo is sent as it is, and named in words`() {
    var queue = CommitQueue()
    _ = queue.append(CommitQueue.Entry(step: .undo))
    let effect = queue.next().effect
    #expect(effect == .undo)
    #expect(queue.entries[0].prefix(.utc) == "Undone: ")
    #expect(queue.entries[0].words(nothing) == "Undo of your latest change")
    #expect(entry(role(.member, .owner)).words(nothing) == "Role of bob in org_acme: member → owner")
  }
}

/// No organizations.
private let nothing = OrganizationList.unread.listing

@Suite struct StatusLineTests {
  @Test func `a refusal isn't lost in what is said after it`() {
    var line = StatusLine()
    line.refuse("The disk is full.")
    line.report("Role of bob: owner.", .note)
    #expect(line.message?.text == "The disk is full. Role of bob: owner.")
    #expect(line.message?.kind == .refusal)
    line.note("Marked 2.")
    #expect(line.message == StatusLine.Message(text: "Marked 2.", kind: .note))
    line.add("One went away.")
    #expect(line.message?.text == "Marked 2. One went away.")
  }
}

@Suite struct NavigationHistoryTests {
  @Test func `the way back leads through all screens, and forward again`() {
    var navigation = NavigationHistory()
    navigation.leave(UsersScreen())
    navigation.leave(PersonScreen("bob"))
    let person = navigation.goBack(from: OverviewScreen())
    #expect(person?.identity == "person bob")
    let users = navigation.goBack(from: PersonScreen("bob"))
    #expect(users?.identity == "users")
    let none = navigation.goBack(from: UsersScreen())
    #expect(none == nil)
    let again = navigation.goForward(from: UsersScreen())
    #expect(again?.identity == "person bob")
    let overview = navigation.goForward(from: PersonScreen("bob"))
    #expect(overview?.identity == "overview")
    #expect(navigation.last?.identity == "person bob")
  }

  @Test func `a new way forgets the old one, and the first hundred are enough`() {
    var navigation = NavigationHistory()
    for number in 0..<150 { navigation.leave(PersonScreen("\(number)")) }
    var count = 0
    while navigation.goBack(from: UsersScreen()) != nil { count += 1 }
    #expect(count == 100)
    navigation.leave(UsersScreen())
    let forward = navigation.goForward(from: UsersScreen())
    #expect(forward == nil)
  }

  @Test func `only screens with a shortcut are remembered as they were left`() {
    var navigation = NavigationHistory()
    var users = UsersScreen()
    users.list.state.filter = "bob"
    navigation.leave(users)
    navigation.leave(HistoryScreen(.user("bob")))
    #expect((navigation.left["users"] as? UsersScreen)?.filter == "bob")
    #expect(navigation.left.count == 1)
  }
}

@Suite struct ListStateTests {
  private func state(_ row: Int) -> ListState<String, Set<String>> {
    var state = ListState<String, Set<String>>()
    state.selection.row = row
    return state
  }
  private let ids = ["a", "b", "c", "d"]

  @Test func `a range grows and shrinks with the selection, and keeps what was marked before`() {
    var list = state(1)
    list.toggle("d")
    list.beginRange(at: "b")
    list.selection.row = 2
    list.extendRange(from: 1) { ids[$0] }
    #expect(list.marks == ["b", "c", "d"])
    list.selection.row = 0
    list.extendRange(from: 1) { ids[$0] }
    #expect(list.marks == ["a", "b", "d"])
    let isDropped = list.dropRange()
    #expect(isDropped && list.marks == ["d"])
    let isDroppedAgain = list.dropRange()
    #expect(!isDroppedAgain)
  }

  @Test func `a range whose start is gone ends`() {
    var list = state(1)
    list.beginRange(at: "b")
    list.extendRange(from: nil) { ids[$0] }
    #expect(list.range == nil && list.marks.isEmpty)
  }
}
