import OrgCore
import Testing

@testable import OrgViewModel

/// Quitting while changes are on their way.
@Suite struct LeavingTests {
  private static let holder = Contention(
    program: "billingd", origin: .process(7), user: "root", waitedMilliseconds: 2100)

  /// A driver whose change of bob's role is on its way.
  private func saving() -> Driver {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown)
    driver.holds = true
    driver.press(.changeRole, .choose(.owner))
    return driver
  }

  @Test func `Q waits for the moment that saving takes, and leaves then`() {
    var driver = saving()
    driver.press(.quit)
    #expect(!driver.log.contains(.terminal(.quit)))
    #expect(driver.model.leaving == nil)
    // What is typed behind it isn't for this program.
    #expect(driver.model.awaitsRows)
    driver.release()
    #expect(driver.role("bob") == .owner)
    #expect(driver.log.contains(.terminal(.quit)))
    #expect(driver.model.unsavedChanges == [])
  }

  @Test func `with nothing on its way Q leaves at once`() {
    var driver = Driver()
    driver.press(.quit)
    #expect(driver.log == [.terminal(.quit)])
    driver.press(.close)
    #expect(driver.log == [.terminal(.quit), .terminal(.quit)])
  }

  @Test func `when saving takes longer, it is asked, and No has the focus`() throws {
    var driver = saving()
    driver.press(.quit)
    driver.model.receiveSaving()
    let asked = try #require(driver.model.leaving)
    #expect(asked.text == "A change is still being saved. Quit and discard it?")
    #expect(!asked.isYes)
    #expect(driver.model.context == .question)
    #expect(!driver.model.awaitsRows)
    driver.press(.accept)
    #expect(driver.model.leaving == nil && driver.model.context == .detail)
    driver.release()
    #expect(driver.role("bob") == .owner)
    #expect(!driver.log.contains(.terminal(.quit)))
  }

  @Test(arguments: [Action.decline, .back, .cancel, .close])
  func `every way to say no stays`(action: Action) {
    var driver = saving()
    driver.model.receive(Self.holder)
    driver.press(.quit)
    #expect(driver.model.leaving?.isYes == false)
    driver.press(.nextField)
    #expect(driver.model.leaving?.isYes == true)
    driver.press(action)
    #expect(driver.model.leaving == nil)
    #expect(!driver.log.contains(.terminal(.quit)) && !driver.log.contains(.runtime(.cancelCommit)))
  }

  @Test func `yes leaves, and what isn't saved is named`() {
    var driver = saving()
    driver.press(.changeRole, .choose(.billingAdmin))
    driver.model.receive(Self.holder)
    driver.press(.quit)
    #expect(driver.model.leaving?.text == "2 changes are still being saved. Quit and discard them?")
    driver.press(.confirm)
    #expect(driver.log.contains(.terminal(.quit)))
    let second = "Role of bob in Acme: member → billing"
    #expect(driver.model.unsavedChanges == ["Role of bob in Acme: member → owner", second])
    let cancelled = OrgError(.cancelled, "Cancelled; nothing was changed.")
    _ = driver.model.receiveLast(.failed(cancelled))
    #expect(
      driver.model.unsavedChanges == [
        "Role of bob in Acme: member → owner (the data are held by billingd, pid 7 (root), 2.1 s)", second,
      ])
  }

  @Test func `where it isn't known whether a change was saved, the question and the end say so`() {
    var driver = saving()
    driver.model.receive(
      Contention(
        program: "a server that doesn't answer", origin: .host("db"), user: "", waitedMilliseconds: 3400,
        outcomeSource: "orgman history shows the change if it was saved"))
    let start = "The server can't be reached, so it isn't known whether the change was saved"
    #expect(driver.message == start + ", 3.4 s. Esc stops asking.")
    driver.press(.quit)
    let question = start + ". Once it can be, orgman history shows the change if it was saved. "
    #expect(driver.model.leaving?.text == question + "Quit?")
    driver.press(.decline, .changeRole, .choose(.billingAdmin), .quit)
    #expect(driver.model.leaving?.text == question + "Quit and discard the change after it?")
    driver.press(.confirm)
    _ = driver.model.receiveLast(.failed(OrgError(.unknownOutcome, "Ask the server.")))
    #expect(driver.model.unknownChanges == ["Role of bob in Acme: member → owner. Ask the server."])
    #expect(driver.model.unsavedChanges == ["Role of bob in Acme: member → billing"])
  }

  @Test func `the close key leaves the list in the same way`() {
    var driver = saving()
    driver.press(.close)
    #expect(driver.model.pane == .list && !driver.log.contains(.terminal(.quit)))
    driver.press(.close)
    driver.model.receiveSaving()
    #expect(driver.model.leaving != nil)
    driver.release()
    #expect(driver.log.contains(.terminal(.quit)))
  }

  @Test func `all that is in the queue is saved before it leaves`() {
    var driver = saving()
    driver.press(.changeRole, .choose(.billingAdmin), .changeRole, .choose(.member), .quit)
    driver.releaseOne()
    #expect(!driver.log.contains(.terminal(.quit)))
    driver.release()
    #expect(driver.log.contains(.terminal(.quit)))
    #expect(driver.commits.count == 3)
    #expect(driver.role("bob") == .member)
  }

  @Test func `a change that can't be saved keeps it from leaving, and is said`() {
    var driver = saving()
    driver.press(.quit)
    driver.store.fail(OrgError(.system, "The disk is full."))
    driver.release()
    #expect(!driver.log.contains(.terminal(.quit)))
    #expect(driver.message == "The disk is full.")
    #expect(!driver.model.awaitsRows)
  }

  @Test func `after the last key what is left is saved on, and what fails is listed`() {
    var driver = saving()
    driver.press(.changeRole, .choose(.billingAdmin), .undo)
    #expect(driver.model.unsavedChanges.last == "Undo of your latest change")
    let more = driver.model.receiveLast(.failed(OrgError(.system, "The disk is full.")))
    #expect(
      more == [
        .runtime(
          .commit(
            ChangeSet([.setRole(user: "bob", organization: "org_acme", from: .member, to: .billingAdmin)])))
      ])
    #expect(driver.model.unsavedChanges.count == 3)
    #expect(driver.model.unsavedChanges[0] == "Role of bob in Acme: member → owner (The disk is full.)")
  }
}
