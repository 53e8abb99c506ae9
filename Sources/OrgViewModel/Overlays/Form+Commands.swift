import OrgCore

// What keys do in the edit pane.
extension Form: TextOverlay {
  /// Where keys go in it.
  package static let contexts = [Context.form, .choice, .conflict]

  /// Where keys go in it.
  package var context: Context {
    let field = fields[focus]
    return field.conflict != nil ? .conflict : field.choices.isEmpty ? .form : .choice
  }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      command(.keepTheirs, "t", in: [.conflict], "keep what others put there", hint: "theirs") { form, _ in
        form.resolve(takingMine: false)
      },
      command(.takeMine, "m", in: [.conflict], "set it to what you typed", hint: "mine") { form, _ in
        form.resolve(takingMine: true)
      },
      command(.accept, "Enter", "save") { $0.save(&$1) },
      command(.save, "^S", "save", hint: "save") { $0.save(&$1) },
      command(.nextField, "Tab Down", "the next field", hint: "next") { form, _ in form.moveFocus(by: 1) },
      command(.previousField, "Shift-Tab Up", "the previous field") { form, _ in form.moveFocus(by: -1) },
      command(.moveRight, "Space Right", in: [.choice], "the next choice", hint: "change") { form, _ in
        form.fields[form.focus].choose(by: 1)
      },
      command(.moveLeft, "Left", in: [.choice], "the previous choice") { form, _ in
        form.fields[form.focus].choose(by: -1)
      },
      command(.help, "F1", "the keys", hint: "help") {
        $1.open(Help($0.context, $1.settings.keys, $1.viewport))
      },
      Command(.back, "Esc", .form, "cancel; asks if something was typed", hint: "cancel") { $0.cancel(&$1) },
      Command(.cancel, "^C", .program, "cancel what is going on") { $0.cancel(&$1) },
    ] + textCommands(in: [.form]) + commonCommands

  /// A command that waits while the form is being saved.
  private static func command(
    _ action: Action, _ keys: String, in contexts: [Context] = Self.contexts, _ help: String,
    hint: String? = nil, run: @escaping @Sendable (inout Form, inout Workspace) -> Void
  ) -> Command<Self> {
    Command(action, keys, in: contexts, .form, help, hint: hint) { form, workspace in
      if !form.isSaving { run(&form, &workspace) }
    }
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    guard !isSaving, context == .form else { return }
    let before = fields[focus].input
    change(&fields[focus].input)
    noteTyping(in: workspace.data.listing, before: before)
  }

  private mutating func moveFocus(by step: Int) {
    focus = (focus + step + fields.count) % fields.count
  }

  private func cancel(_ workspace: inout Workspace) {
    if isSaving {
      workspace.ask(.cancelCommit)
    } else if isDirty {
      workspace.open(DiscardQuestion())
    } else {
      workspace.dismiss()
    }
  }

  private mutating func save(_ workspace: inout Workspace) {
    guard !hasConflict(), check(on: workspace.data.listing) else { return }
    do throws(OrgError) {
      if purpose == .plan {
        let plan = try plan(workspace.rules)
        workspace.dismiss()
        return workspace.requestBulkEdit(.marked(.plan(plan), in: nil))
      }
      if case .successor(let users) = purpose {
        let user = user
        workspace.dismiss()
        return workspace.requestBulkEdit(.offboarding(users, .successor(user)))
      }
      let changes = try changes(workspace.settings.environment, workspace.rules)
      guard !changes.isEmpty else {
        workspace.dismiss()
        return workspace.status.note("Nothing was changed.")
      }
      isSaving = true
      workspace.commit(CommitQueue.Entry(changes: changes, isForm: true))
    } catch {
      fail(error)
    }
  }

  /// Expects what changes that were made here have set.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) { rebase(on: done) }
}

extension Context {
  package static let form = Context("form", "The edit pane, where text is typed", .text)
  package static let choice = Context("choice", "The edit pane, where there are choices", .other)
  package static let conflict = Context(
    "conflict", "The edit pane, where others changed the field as well", .other)
}

extension Action {
  package static let save = Action("save", "Save the form", isCommand: false)
  package static let keepTheirs = Action("keep-theirs", "Keep what others put there", isCommand: false)
  package static let takeMine = Action("take-mine", "Set it to what was typed here", isCommand: false)
}
