import OrgCore

// What becomes of changes that are saved.
extension AppModel {
  /// Whether a change set is being saved.
  package var isCommitting: Bool { !workspace.commits.isEmpty }

  /// Learns that a commit takes long enough to notice.
  package mutating func receiveSaving() {
    if isCommitting, !workspace.commits.isWaiting { workspace.status.note("Saving…") }
    workspace.noteLongCommit()
  }

  /// Learns that a commit waits for the holder of a lock.
  package mutating func receive(_ holder: Contention) {
    guard isCommitting else { return }
    workspace.commits.isWaiting = true
    workspace.commits.holder = holder
    workspace.status.note(workspace.waitingText(holder))
    workspace.noteLongCommit()
  }

  /// Learns that what is being saved is saved, before the data after it have been read.
  package mutating func receive(committed changes: [Change]) {
    guard let entry = workspace.commits.entries.first else { return }
    withOrganizations { (screen, _) in screen.forgetMember(removedBy: entry.changes + changes) }
    guard !entry.isForm, entry.conclusion == nil else { return }
    let summary = summary(of: changes, workspace.data.listing)
    workspace.status.report(entry.prefix(workspace.settings.preferences.timeZone) + summary, .note)
    workspace.status.message?.canBeUndone = entry.canBeUndone(changes)
    workspace.commits.receipt = workspace.status.message
  }

  /// Learns what the undo or redo that is being committed is about.
  package mutating func receive(reverting entry: HistoryEntry) {
    workspace.commits.note(reverted: entry)
  }

  /// Learns what became of a commit.
  package mutating func receive(_ outcome: CommitOutcome) -> [Effect] {
    finish(outcome)
    return takeEffects()
  }

  private mutating func finish(_ outcome: CommitOutcome) {
    guard let finished = workspace.commits.takeFirst() else { return }
    // What became of a change that wasn't made should be seen.
    if case .done = outcome {} else { workspace.stay() }
    switch outcome {
    case .done(let commit, let data):
      workspace.rebase(on: finished.step == nil ? finished.changes : commit.changes)
      // What was just done here needs no mark to be noticed.
      let own = Set(commit.changes.map(\.organizationID))
      workspace.flash.organizations.subtract(own)
      take(data, own: own)
      report(
        finished.conclusion ?? finished.prefix(workspace.settings.preferences.timeZone)
          + summary(of: commit.changes, data.listing) + finished.rest,
        canBeUndone: finished.canBeUndone(commit.changes))
      if !finished.refusals.sentences.isEmpty {
        workspace.status.refusals = finished.refusals
        workspace.status.message?.listsRefusals = true
      }
      if finished.isForm { workspace.closeForm() }
      withOrganizations { $0.receive(commit, of: finished.changes, &$1) }
    case .failed(let error):
      if error.code == .memberNotFound {
        withOrganizations { (screen, _) in
          screen.forgetMember(where: BulkEditPlan.Source.set(ChangeSet(finished.changes)).isAbout)
        }
      }
      if finished.isForm, var form = workspace.form {
        form.fail(error, workspace.settings.preferences.timeZone)
        form.follow(workspace.data.listing)
        workspace.form = form
        workspace.status.message = nil
      } else if let origin = finished.origin, error.isAboutTheData {
        // Others were faster: what is left of it is asked about.
        workspace.refresh()
        workspace.recount(origin, form: finished.form)
        break
      } else if let form = finished.form, workspace.overlays.isEmpty {
        workspace.status.message = nil
        workspace.open(form.refusing(error.message(in: workspace.settings.preferences.timeZone)))
      } else {
        workspace.status.report(
          error.message(in: workspace.settings.preferences.timeZone), .refusal)
      }
      // What is there instead should be on the screen.
      if !error.conflicts.isEmpty { workspace.refresh() }
    case .partial(let set, let error): workspace.requestPart(of: set, error)
    }
    workspace.sendNext()
    quitIfSaved()
  }

  /// Says what was saved, unless that has been said and a person went on.
  private mutating func report(_ text: String, canBeUndone: Bool) {
    let receipt = workspace.commits.takeReceipt()
    if let receipt, workspace.status.message != receipt { return }
    // What is said of it now takes the place of what was said first.
    if receipt?.kind == .note { workspace.status.message = nil }
    if receipt?.kind != .refusal { workspace.status.report(text, .note) }
    workspace.status.message?.canBeUndone = canBeUndone
  }

  private func summary(of changes: [Change], _ listing: any OrganizationListing) -> String {
    guard let first = changes.first else { return "No changes needed." }
    let isHidden =
      if case .createOrganization = first { workspace.data.row(of: first.organizationID) == nil } else {
        false
      }
    return changes.words(listing) + "." + (isHidden ? " The filter hides it." : "")
  }

  // MARK: Leaving

  /// Leaves the program, after what is being saved is saved.
  mutating func quit() {
    guard isCommitting else { return workspace.ask(.quit) }
    workspace.commits.isLeaving = true
    if workspace.commits.isWaiting || workspace.commits.isLong { workspace.noteLongCommit() }
  }

  /// Leaves after the last change was saved.
  private mutating func quitIfSaved() {
    (workspace.commits.isLong, workspace.commits.holder) = (false, nil)
    if workspace.commits.isLeaving, !isCommitting { workspace.ask(.quit) }
  }

  /// What isn't saved of what was asked for, in words, in order, with the reason where there is one; text of the data is
  /// escaped.
  package var unsavedChanges: [String] {
    workspace.commits.lost + workspace.commits.entries.map { $0.words(workspace.data.listing) }
  }

  /// Changes of which it isn't known whether they were saved, after nobody was left to be told; each with how to find out.
  package var unknownChanges: [String] { workspace.commits.unknown }

  /// Learns what became of a change after nobody was left to be asked or told. The effects save what was asked for after
  /// it, and keep what is typed.
  package mutating func receiveLast(_ outcome: CommitOutcome) -> [Effect] {
    let text = workspace.commits.entries.first?.words(workspace.data.listing)
    let holder = workspace.commits.holder
    workspace.stay()
    let effects = receive(outcome)
    switch outcome {
    case .failed(let error) where error.code == .unknownOutcome:
      if let text { workspace.commits.unknown.append("\(text). \(error.message)") }
    case .failed(let error), .partial(_, let error):
      let zone = workspace.settings.preferences.timeZone
      let reason =
        error.code == .cancelled
        ? holder.map { "the data are \($0.text(in: zone))" } : error.message(in: zone)
      if let text { workspace.commits.lost.append(text + (reason.map { " (\($0))" } ?? "")) }
    case .done: break
    }
    return effects.filter { effect in
      switch effect {
      case .runtime(.commit), .runtime(.undo), .runtime(.redo): true
      case .runtime(let effect): effect.isAboutDraft
      case .terminal: false
      }
    }
  }

  // MARK: What is shown

  /// Whether rows are being made, a question is being worked out, or the program is about to be left: keys that follow are
  /// about those, and should be held back for the moment that it takes.
  package var awaitsRows: Bool {
    if workspace.commits.isLeaving, !(workspace.overlay is LeaveQuestion) { return true }
    if workspace.pendingBulkEdit != nil || workspace.form?.awaited != nil { return true }
    return !(workspace.overlay is FilterPrompt) && screen.awaitsRows
  }

  /// Whether a key has to wait for the moment that it takes until what it is about is there; `nil` for a key that isn't one
  /// action.
  package func holdsBack(_ action: Action?) -> Bool {
    guard action != .cancel else { return false }
    if awaitsRows { return true }
    return workspace.requests.isFetching && workspace.overlays.isEmpty && screen.awaitsFetch(action)
  }

  /// What the status line says: what was just done or refused, else what is wrong with the data.
  package var status: StatusLine.Message? {
    if let message = workspace.status.message { return message }
    if let error = screen.queryError {
      return StatusLine.Message(text: error.message, kind: .refusal)
    }
    return workspace.data.listing.summary.problems.first.map {
      StatusLine.Message(text: "\($0)", kind: .refusal)
    }
  }
}

extension Workspace {
  /// Notes that a commit takes long: a person who wants to leave is asked now.
  fileprivate mutating func noteLongCommit() {
    commits.isLong = !commits.isEmpty
    if commits.isLeaving, !commits.isEmpty, !(overlay is LeaveQuestion) { open(LeaveQuestion()) }
  }

  /// Leaves the program no longer.
  fileprivate mutating func stay() {
    commits.isLeaving = false
    overlays.removeAll { $0 is LeaveQuestion }
  }
}
