import OrgCore
import Testing

@testable import OrgViewModel

/// An owner hands an organization over.
@Suite struct OwnershipTransferTests {
  /// The detail with alice, the owner, selected.
  private func onAlice() -> Driver {
    var driver = Driver(rows: 20)
    driver.press(.open)
    return driver
  }

  private func asked(_ driver: Driver) -> String? { driver.question?.text(driver.model.workspace) }

  @Test func `an owner hands over to a member, and undo takes all of it back`() {
    var driver = onAlice()
    driver.press(.transferOwnership)
    #expect(driver.form?.title == "Hand Acme over from alice")
    #expect(driver.form?.fields.map(\.title) == ["New owner", "Old owner"])
    #expect(driver.form?.fields.last?.choices == ["member", "billing", "leaves"])
    driver.type("bob")
    driver.press(.accept, .accept)
    #expect(asked(driver) == "Hand Acme over from alice to bob and make alice member?")
    #expect(driver.commits.isEmpty)
    driver.press(.confirm)
    #expect(driver.commits.map(\.count) == [2])
    #expect(driver.role("bob") == .owner && driver.role("alice") == .member)
    #expect(driver.message == "Role of bob in Acme: member → owner; Role of alice in Acme: owner → member.")
    driver.press(.undo)
    #expect(driver.role("bob") == .member && driver.role("alice") == .owner)
  }

  @Test func `a user who is new takes over from one who leaves, also from the list of a user`() {
    var driver = onAlice()
    driver.press(.showPerson, .transferOwnership)
    driver.type("zoe")
    driver.press(.nextField, .moveLeft, .accept)
    #expect(
      asked(driver) == "Hand Acme over from alice to zoe, who is new there, and remove alice from it?")
    driver.press(.confirm)
    #expect(driver.role("zoe") == .owner && driver.role("alice") == nil)
  }

  @Test func `no leads back to the form, and what can't be is said there`() {
    var driver = onAlice()
    driver.press(.transferOwnership)
    driver.type("bob")
    driver.press(.save, .decline)
    #expect(driver.form?.user == "bob")
    driver.press(.deleteToStart)
    driver.type("alice")
    driver.press(.save)
    #expect(driver.form?.problem(at: 0) == "alice is to hand over; name another user who takes over.")
    #expect(driver.commits.isEmpty)
  }

  @Test func `only owners hand over, and not where nothing can be changed`() {
    var driver = onAlice()
    driver.press(.moveDown, .transferOwnership)
    #expect(driver.message == "bob is member of Acme, not an owner; choose an owner.")
    #expect(driver.form == nil)
    var readOnly = Driver(rows: 20, readOnly: "it was opened so")
    readOnly.press(.open, .transferOwnership)
    #expect(readOnly.message == "Nothing can be changed: it was opened so.")
  }

  @Test func `what others did meanwhile is counted again`() {
    var driver = onAlice()
    driver.press(.transferOwnership)
    driver.type("bob")
    driver.press(.save)
    driver.othersSetRole("bob", .owner)
    driver.press(.confirm)
    #expect(driver.role("alice") == .member && driver.role("bob") == .owner || driver.question != nil)
    driver.others { _, members in members.removeAll { $0.userID == "alice" } }
    if driver.question != nil { driver.press(.confirm) }
    #expect(driver.role("bob") == .owner)
  }
}
