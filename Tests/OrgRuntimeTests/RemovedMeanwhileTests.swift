import OrgCore
import OrgRuntime
import OrgViewModel
import Testing

/// Keys about a member whom somebody else has just removed, where an organization is read only when it is looked at: the
/// notice of the removal, the organization, and the keys come in any order.
@Suite struct RemovedMeanwhileTests {
  private let store: LazyStore
  private let inbox = Inbox {}
  private let runtime: Runtime
  private var model: AppModel
  /// What was asked for and isn't carried out yet.
  private var asked: [RuntimeEffect] = []

  /// Bob, one of three members, is selected.
  init() throws {
    let time = Timestamp(microseconds: 0)
    store = LazyStore(
      ["Acme", "Bravo"].map { Organization(id: "org_\($0)", name: $0, createdAt: time) },
      ["ann", "bob", "cyd"].map {
        OrgUser(organizationID: "org_Acme", userID: $0, role: .owner, joinedAt: time)
      })
    runtime = Runtime(store: store, inbox: inbox, uid: nil)
    model = AppModel(
      try runtime.start(patience: 60_000),
      viewport: Viewport(isWide: true, listRows: 10, detailRows: 20, helpRows: 20))
    press(.redraw)
    settle()
    press(.open)
    press(.moveDown)
    settle()
    try #require(try screen.selectedMember?.userID == "bob")
  }

  private var screen: OrganizationsScreen {
    get throws { try #require(model.screen as? OrganizationsScreen) }
  }

  private mutating func press(_ action: Action) {
    ask(model.update(action))
  }

  private mutating func ask(_ effects: [Effect]) {
    for case .runtime(let effect) in effects { asked.append(effect) }
  }

  /// Carries out what was asked for so far, but not what follows from it.
  private mutating func carryOut() {
    let effects = asked
    asked = []
    for effect in effects { runtime.perform(effect) }
    runtime.waitUntilIdle()
    for event in inbox.take() { ask(model.receive(event)) }
  }

  private mutating func settle() {
    repeat { carryOut() } while !asked.isEmpty
  }

  private mutating func removeElsewhere() throws {
    let set = ChangeSet([.removeMember(user: "bob", organization: "org_Acme", role: .owner)])
    _ = try store.commit(set) { _ in true }
  }

  private var isFetching: Bool {
    asked.contains { if case .fetch = $0 { true } else { false } }
  }

  @Test mutating func `the notice first`() throws {
    try removeElsewhere()
    ask(model.refresh())
    carryOut()
    #expect(isFetching)
    #expect(model.holdsBack(.remove))
    settle()
    #expect(model.status?.text == "bob is no longer a member here.")
    #expect(!model.holdsBack(.remove))
    press(.remove)
    #expect(model.status?.text == "That member is gone; move to choose another.")
    #expect(try screen.pane == .detail && screen.selectedMember == nil)
    press(.copy)
    #expect(model.status?.text == "That member is gone; move to choose another.")
    #expect(model.workspace.overlays.isEmpty && asked.isEmpty)
  }

  @Test(arguments: [true, false])
  mutating func `the question first, and the notice while it is open`(isRead: Bool) throws {
    press(.remove)
    #expect(model.context == .question)
    try removeElsewhere()
    ask(model.refresh())
    carryOut()
    if isRead { settle() }
    press(.confirm)
    settle()
    #expect(model.status?.text == "No changes needed.")
    #expect(try screen.pane == .detail && screen.selectedMember == nil)
  }

  @Test mutating func `both keys first`() throws {
    try removeElsewhere()
    press(.remove)
    press(.confirm)
    settle()
    #expect(model.status?.text == "No changes needed.")
    ask(model.refresh())
    settle()
    #expect(model.status?.text == "No changes needed.")
    #expect(try screen.pane == .detail && screen.selectedMember == nil)
  }

  @Test(arguments: [true, false])
  mutating func `a change that is refused for it says why, whenever the removal is seen`(
    isSeenFirst: Bool
  ) throws {
    press(.changeRole)
    try removeElsewhere()
    if isSeenFirst {
      ask(model.refresh())
      carryOut()
    }
    press(.choose(.member))
    settle()
    if !isSeenFirst {
      ask(model.refresh())
      settle()
    }
    let reason = "bob is not a member of Acme."
    #expect(
      model.status?.text == (isSeenFirst ? reason : reason + " bob is no longer a member here."))
    #expect(model.status?.kind == .refusal)
    #expect(try screen.pane == .detail && screen.selectedMember == nil)
  }
}
