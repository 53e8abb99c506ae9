import OrgCore

// What keys do in the edit pane.
extension Form: TextOverlay {
  /// Where keys go in it.
  package static let contexts = [Context.form, .choice, .openChoice, .conflict, .offering]
  /// Those in which no users are offered.
  private static let plainContexts = contexts.filter { $0 != .offering }

  /// Where keys go in it.
  package var context: Context {
    let field = fields[focus]
    if field.conflict != nil { return .conflict }
    if !candidates.isEmpty { return .offering }
    return !field.isChoice ? .form : field.takesOthers ? .openChoice : .choice
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
      command(.accept, "Enter", "the next field; in the last one, save", hint: "save") { $0.accept(&$1) },
      command(.save, "^S", "save, from any field", hint: "save") { if $0.submit(&$1) { $1.dismiss() } },
      command(.nextField, "Tab Down", in: plainContexts, "the next field") { form, _ in
        form.moveFocus(by: 1)
      },
      command(.previousField, "Shift-Tab Up", in: plainContexts, "the previous field") { form, _ in
        form.moveFocus(by: -1)
      },
      command(.previousField, "Shift-Tab", in: [.offering], "the previous field") { form, _ in
        form.moveFocus(by: -1)
      },
      command(.moveRight, "Space Right", in: [.choice], "the next choice", hint: "change") { form, _ in
        form.fields[form.focus].choose(by: 1)
      },
      command(.moveRight, "Right", in: [.openChoice], "the next choice, as with Space", hint: "change") {
        form, _ in form.fields[form.focus].choose(by: 1)
      },
      command(.moveLeft, "Left", in: [.choice, .openChoice], "the previous choice") { form, _ in
        form.fields[form.focus].choose(by: -1)
      },
      command(.help, "F1", "the keys", hint: "help") {
        $1.open(Help($0.context, $1.settings.keys, $1.viewport))
      },
      Command(
        .back, "Esc", in: plainContexts, .form, "cancel; asks if something was typed", hint: "cancel"
      ) { $0.cancel(&$1) },
      Command(.cancel, "^C", .program, "cancel what is going on") { $0.cancel(&$1) },
    ] + offeringCommands + textCommands(in: [.form, .offering])
    + textCommands(in: [.openChoice]).filter { ![.moveLeft, .moveRight].contains($0.action) } + commonCommands

  /// A command that waits while the form is being saved.
  private static func command(
    _ action: Action, _ keys: String, in contexts: [Context] = Self.contexts, _ help: String,
    hint: String? = nil, run: @escaping @Sendable (inout Form, inout Workspace) -> Void
  ) -> Command<Self> {
    Command(action, keys, in: contexts, .form, help, hint: hint) { form, workspace in
      guard !form.isSaving else { return }
      form.awaited = nil
      run(&form, &workspace)
    }
  }

  package mutating func type(_ text: String, isPasted: Bool, _ workspace: inout Workspace) {
    guard !isSaving else { return }
    if context == .openChoice {
      if text == " ", !isPasted { return fields[focus].choose(by: 1) }
      // What is typed takes the place of what is chosen.
      fields[focus].input = TextField()
      fields[focus].typeOther()
    }
    edit({ isPasted ? $0.paste(text) : $0.insert(text) }, &workspace)
    // What is pasted is whole.
    if isPasted { offered = nil }
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    guard !isSaving, [.form, .openChoice, .offering].contains(context) else { return }
    fields[focus].typeOther()
    awaited = nil
    let before = fields[focus].input
    change(&fields[focus].input)
    if before.text.isEmpty, fields[focus].input.text.isEmpty { fields[focus].endTyping() }
    noteTyping(in: workspace.data.listing, before: before)
    offerUsers(&workspace)
  }

  /// Whether Enter saves: there is no field after this one.
  private var isLastField: Bool { focus == fields.count - 1 }

  /// Goes on to the next field, or saves where there is none.
  private mutating func accept(_ workspace: inout Workspace) {
    if takeChosenCandidate(&workspace) { return }
    guard isLastField else {
      let field = fields[focus]
      // What is left behind says what is wrong with it.
      if field.value == nil || !field.isUntouched, field.conflict == nil {
        noteFlaw(at: focus, in: workspace.data.listing)
      }
      return moveFocus(by: 1)
    }
    if submit(&workspace) { workspace.dismiss() }
  }

  /// What Enter does in the field with the focus; the key that saves as well is named where Enter doesn't.
  package func hint(for action: Action) -> String? {
    switch action {
    case .accept: chosenCandidate != nil && !candidates.isEmpty ? "take" : isLastField ? "save" : "next"
    case .save where isLastField: ""
    default: nil
    }
  }

  private mutating func moveFocus(by step: Int) {
    focus = (focus + step + fields.count) % fields.count
  }

  private mutating func cancel(_ workspace: inout Workspace) {
    if isSaving {
      // What is saved last is the form's.
      if workspace.takeBackNewest() != nil { isSaving = false }
    } else if isDirty {
      workspace.open(DiscardQuestion())
    } else {
      workspace.dismiss()
    }
  }

  /// Saves what was typed, or says or asks what is in the way.
  ///
  /// - Returns: whether the form is done.
  mutating func submit(_ workspace: inout Workspace) -> Bool {
    guard !hasConflict(), check(on: workspace.data.listing) else { return false }
    guard passesSecondLook(&workspace) else { return false }
    do throws(OrgError) {
      if case .plan = purpose {
        workspace.requestBulkEdit(.marked(.plan(try plan(workspace.rules)), in: nil))
        return true
      }
      if case .successor(let users) = purpose {
        workspace.requestBulkEdit(.offboarding(users, .successor(user)))
        return true
      }
      if let transfer = try transfer(workspace.rules) {
        workspace.requestBulkEdit(.transfer(transfer), from: self)
        return true
      }
      if let additions = try additions(
        workspace.settings.preferences, workspace.rules, workspace.surroundings.names)
      {
        workspace.requestBulkEdit(.additions(additions), from: self)
        return true
      }
      let changes = try changes(workspace.settings.environment, workspace.rules)
      guard !changes.isEmpty else {
        workspace.status.note("Nothing was changed.")
        return true
      }
      isSaving = true
      workspace.commit(CommitQueue.Entry(changes: changes, isForm: true))
    } catch {
      fail(error)
    }
    return false
  }

  /// Looks at what was typed once more: what can't be an id is refused, and what is unusual is asked about.
  private mutating func passesSecondLook(_ workspace: inout Workspace) -> Bool {
    let preferences = workspace.settings.preferences
    for index in fields.indices where fields[index].input.text != fields[index].original {
      let look =
        switch fields[index].name {
        case .organization(let field) where field.isOptional: billingLook(index, field, preferences)
        case .user:
          userLook(
            preferences, asksDirectory: workspace.settings.hasDirectory, workspace.surroundings.names)
        default: SecondLook.passed
        }
      switch look {
      case .passed: continue
      case .refused(let reason): problem = (index, reason)
      case .awaits(let lookup):
        awaited = lookup
        workspace.ask(.lookUp(lookup))
      case .asks(let question): workspace.open(question)
      }
      focus = index
      return false
    }
    if let question = planLook(preferences) {
      workspace.open(question)
      return false
    }
    return true
  }

  private enum SecondLook {
    case passed
    case refused(String)
    /// It depends on who has the id.
    case awaits(IDLookup)
    case asks(SecondLookQuestion)
  }

  private func billingLook(
    _ index: Int, _ field: OrganizationField, _ preferences: Preferences
  ) -> SecondLook {
    let value = fields[index].input.text.withoutSurroundingSpace
    guard !value.isEmpty else { return .passed }
    do throws(OrgError) { try preferences.idPatterns.check(value, for: field) } catch {
      return .refused(error.message)
    }
    let id = if case .edit(let base) = purpose { base.id } else { nil as String? }
    let lookup = IDLookup.billing(field, value, except: id)
    guard let names = found[lookup] else { return .awaits(lookup) }
    let confirmation = "\(field.rawValue) \(value)"
    guard let first = names.first, !confirmed.contains(confirmation) else { return .passed }
    let others = names.count == 1 ? "" : " and of \((names.count - 1).grouped) more"
    return .asks(
      SecondLookQuestion(
        question:
          "\(value.escapedForDisplay) is the \(field.title) of \(first.escapedForDisplay)\(others), too. Use it all the same?",
        confirmation: confirmation))
  }

  /// The id of a new user; one that is in the data is known to be right. What a directory has against several is said when
  /// they are shown.
  private func userLook(
    _ preferences: Preferences, asksDirectory: Bool, _ names: NameBook
  ) -> SecondLook {
    let isKnown = asksDirectory && names.person(typed: user) != nil
    if users.count == 1, !isKnown, !(asksDirectory && user.contains("@") && found[.directory(users)] == nil) {
      do throws(OrgError) { try preferences.idPatterns.checkUserID(user) } catch {
        guard let names = found[.user(user)] else { return .awaits(.user(user)) }
        if names.isEmpty { return .refused(error.message) }
      }
    }
    guard asksDirectory, !users.isEmpty else { return .passed }
    guard let doubts = found[.directory(users)] else { return .awaits(.directory(users)) }
    if users.count == 1, let person = names.person(typed: user) {
      let detail = person.detail.escapedForDisplay
      return .asks(
        SecondLookQuestion(
          question:
            "\(user.escapedForDisplay) is the user \(person.id.escapedForDisplay)\(detail.isEmpty ? "" : " (\(detail))"). Use \(person.id.escapedForDisplay)?",
          confirmation: "", user: person.id))
    }
    let confirmation = "user \(user)"
    guard users.count == 1, !doubts.isEmpty, !confirmed.contains(confirmation) else { return .passed }
    return .asks(
      SecondLookQuestion(
        question: (doubts + ["Use \(user.escapedForDisplay) anyway?"]).joined(separator: " "),
        confirmation: confirmation))
  }

  /// What to ask about a plan; `nil` for nothing.
  private mutating func planLook(_ preferences: Preferences) -> SecondLookQuestion? {
    for (index, field) in fields.enumerated() where field.organizationField == .planTier {
      let plan = field.input.text.withoutSurroundingSpace
      guard plan != field.original, !preferences.planTiers.contains(plan), !confirmed.contains("plan \(plan)")
      else { continue }
      focus = index
      let near = preferences.planTiers.near(plan, limit: 1).first
      let others = preferences.planTiers.map(\.escapedForDisplay).joined(separator: ", ")
      return SecondLookQuestion(
        question:
          "The plan \(plan.quoted) isn't configured; \(near.map { "the nearest is \($0.escapedForDisplay)" } ?? "there are \(others)"). Use it all the same?",
        confirmation: "plan \(plan)")
    }
    return nil
  }

  /// Expects what changes that were made here have set.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) { rebase(on: done) }
}

extension Context {
  package static let form = Context("form", "The edit pane, where text is typed", .text)
  package static let choice = Context("choice", "The edit pane, where there are choices", .other)
  package static let openChoice = Context(
    "open-choice", "The edit pane, where there are choices and others can be typed", .text)
  package static let conflict = Context(
    "conflict", "The edit pane, where others changed the field as well", .other)
}

extension Action {
  package static let save = Action("save", "Save the form", isCommand: false)
  package static let keepTheirs = Action("keep-theirs", "Keep what others put there", isCommand: false)
  package static let takeMine = Action("take-mine", "Set it to what was typed here", isCommand: false)
}
