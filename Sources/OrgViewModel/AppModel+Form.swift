import OrgCore

/// What actions do to the form that is open, and to what it asks before it is closed.
extension AppModel {
  mutating func fill(_ form: Form, _ action: Action) -> [Effect] {
    var form = form
    defer { if case .form = mode { mode = .form(form) } }
    if form.isSaving { return action == .cancel || action == .back ? [.runtime(.cancelCommit)] : [] }
    if form.asksToDiscard {
      switch action {
      case .confirm: mode = .browse
      case .accept where form.discards: mode = .browse
      case .decline, .accept, .back, .cancel, .close: form.asksToDiscard = false
      case .moveLeft, .moveRight, .nextField, .previousField, .moveUp, .moveDown: form.discards.toggle()
      default: break
      }
      return []
    }
    let count = form.fields.count
    switch action {
    case .nextField, .moveDown: form.focus = (form.focus + 1) % count
    case .previousField, .moveUp: form.focus = (form.focus + count - 1) % count
    case .back, .cancel:
      if form.isDirty { (form.asksToDiscard, form.discards) = (true, false) } else { mode = .browse }
    case .accept, .save: return save(&form)
    case .keepTheirs, .takeMine: form.resolve(takingMine: action == .takeMine)
    case _ where form.fields[form.focus].conflict != nil && action != .help: break
    case .help: mode = .help(top: 0, behind: .form(form))
    default:
      if form.fields[form.focus].choices.isEmpty {
        let before = form.fields[form.focus].input
        if form.fields[form.focus].input.apply(action) {
          form.noteTyping(in: organizationList, before: before)
        }
      } else if action == .moveRight || action == .insert(" ") {
        form.fields[form.focus].choose(by: 1)
      } else if action == .moveLeft {
        form.fields[form.focus].choose(by: -1)
      }
    }
    return []
  }

  private mutating func save(_ form: inout Form) -> [Effect] {
    guard !form.hasConflict(), form.check(on: organizationList.snapshot) else { return [] }
    do throws(OrgError) {
      if form.purpose == .plan {
        mode = .browse
        return preview(.plan(try form.plan))
      }
      let changes = try form.changes(environment)
      guard !changes.isEmpty else {
        mode = .browse
        message = Message(text: "Nothing was changed.", kind: .note)
        return []
      }
      form.isSaving = true
      return commit(changes, isForm: true)
    } catch {
      form.fail(error)
      return []
    }
  }
}
