import Foundation
import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct DraftTests {
  /// What is kept outside after everything that was asked for; `nil` for nothing.
  private func kept(_ driver: Driver) -> Draft? {
    var kept: Draft?
    for effect in driver.log {
      if case .runtime(.saveDraft(let draft)) = effect { kept = draft }
      if effect == .runtime(.dropDraft) { kept = nil }
    }
    return kept
  }

  /// The draft as it comes back from a file.
  private func restored(_ draft: Draft?) throws -> Draft {
    try JSONDecoder().decode(Draft.self, from: JSONEncoder().encode(#require(draft)))
  }

  private func question(_ driver: Driver) -> DraftQuestion? {
    driver.model.workspace.overlay as? DraftQuestion
  }

  @Test func `what is typed is kept, and dropped when it is saved, thrown away or taken back`() {
    var driver = Driver()
    driver.press(.edit)
    #expect(kept(driver) == nil)
    driver.type("2")
    #expect(kept(driver) != nil)
    driver.press(.help)
    #expect(kept(driver) != nil)
    driver.press(.back, .save)
    #expect(driver.form == nil)
    #expect(kept(driver) == nil)
    driver.press(.add, .insert("x"), .back)
    #expect(kept(driver) != nil)
    driver.press(.confirm)
    #expect(kept(driver) == nil)
    driver.press(.add, .insert("x"), .deleteBackward)
    #expect(kept(driver) == nil)
  }

  @Test func `a form that couldn't be saved is still kept`() {
    var driver = Driver()
    driver.press(.add, .insert("Bravo"), .save)
    #expect(driver.form != nil)
    #expect(kept(driver) != nil)
  }

  @Test func `each kind of form comes back as it was left`() throws {
    let ways: [[Action]] = [
      [.add, .insert("New \u{202E}"), .nextField, .deleteToStart, .paste("custom")],
      [.edit, .insert("2"), .nextField, .nextField, .moveRight],
      [.open, .add, .insert("dave"), .nextField, .moveLeft],
    ]
    for way in ways {
      var driver = Driver(rows: 20)
      for action in way { driver.press(action) }
      let left = try #require(driver.form)
      var next = Driver(rows: 20)
      next.model.offer(try restored(kept(driver)))
      #expect(question(next)?.isYes == true)
      next.press(.accept)
      let form = try #require(next.form)
      #expect(form.purpose == left.purpose)
      #expect(form.fields.map(\.input.text) == left.fields.map(\.input.text))
      #expect(form.fields.map(\.original) == left.fields.map(\.original))
      #expect(form.focus == left.focus)
      #expect(kept(next) != nil)
    }
  }

  @Test func `a draft that goes on is a conflict where others changed the same meanwhile`() throws {
    var driver = Driver()
    driver.press(.edit, .nextField, .insert("x"))
    var next = Driver()
    next.others { organizations, _ in organizations[0].planTier = "starter" }
    next.model.offer(try restored(kept(driver)))
    #expect(
      question(next)?.text(next.model.workspace) == "You were editing Acme when orgman ended. Go on with it?")
    next.press(.confirm)
    #expect(next.form?.externalChangeNotice == "Changed meanwhile: Plan is starter now.")
    next.press(.save, .confirm)
    #expect(next.model.context == .conflict)
  }

  @Test func `a draft is thrown away on no, and left for the next start on Esc`() throws {
    var driver = Driver()
    driver.press(.edit, .insert("2"))
    let draft = try restored(kept(driver))
    var no = Driver()
    no.model.offer(draft)
    no.press(.decline)
    #expect(no.log == [.runtime(.dropDraft)])
    #expect(no.message == "What you typed was thrown away.")
    var esc = Driver()
    esc.model.offer(draft)
    esc.press(.back)
    #expect(esc.log == [.runtime(.leaveDraft)])
    #expect(esc.model.context == .list)
  }

  @Test func `a draft of an organization that is gone says so`() throws {
    var driver = Driver()
    driver.press(.edit, .insert("2"))
    var next = Driver(Array(Sample.organizations.dropFirst()), [])
    next.model.offer(try restored(kept(driver)))
    next.press(.accept)
    #expect(
      next.form?.externalChangeNotice
        == "Acme was removed meanwhile; what you typed is kept, but can't be saved.")
  }
}
