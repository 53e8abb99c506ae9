import OrgCore
import OrgRuntime
import OrgViewModel
import Testing

/// Rows that a store reads only when they are looked at.
@Suite struct FetchTests {
  @Test func `rows that aren't there yet are fetched around those that are shown, and then they are shown`()
    throws
  {
    let store = LazyStore(count: 1000)
    let inbox = Inbox {}
    let runtime = Runtime(store: store, inbox: inbox, uid: nil)
    var model = AppModel(
      try runtime.start(patience: 60_000),
      viewport: Viewport(isWide: true, listRows: 10, detailRows: 20, helpRows: 20))
    runtime.waitUntilIdle()
    _ = inbox.take()
    func screen() throws -> OrganizationsScreen { try #require(model.screen as? OrganizationsScreen) }
    func names() throws -> [String?] {
      let screen = try screen()
      return screen.visibleRows.map { screen.listRow($0, model.workspace.flash).content?.organization.name }
    }
    /// Carries everything out that follows from something.
    func carryOut(_ effects: [Effect]) {
      for case .runtime(let effect) in effects { runtime.perform(effect) }
      runtime.waitUntilIdle()
      for event in inbox.take() { carryOut(model.receive(event)) }
    }
    #expect(try names().allSatisfy { $0 == nil })
    // The organization beside the list is read with the list.
    #expect(try screen().selectedMember?.userID == "ann")
    carryOut(model.update(.redraw))
    #expect(try names() == (0..<10).map { "Name \(1000 + $0)" })
    #expect(try screen().selectedMember?.userID == "ann")
    #expect(store.fetched == [0..<210])
    // What is near is there at once.
    carryOut(model.update(.pageDown))
    #expect(try names().allSatisfy { $0 != nil })
    #expect(store.fetched.count == 1)
    carryOut(model.update(.moveToLast))
    #expect(try names().last == "Name 1999")
    #expect(store.fetched.count == 2)
    // Marks are on ids, which are there before the rows.
    carryOut(model.update(.markAll))
    #expect(model.screen.markCount == 1000)
  }
}
