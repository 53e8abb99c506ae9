import OrgCore

// What comes from outside: results of what was asked for, and what others did.
extension AppModel {
  // MARK: Terminal and store

  /// Fits everything to a screen of another size.
  package mutating func receive(_ viewport: Viewport) {
    workspace.viewport = viewport
    screen.resize(viewport)
    for index in residents.indices { residents[index].resize(viewport) }
    for index in workspace.overlays.indices { workspace.overlays[index].resize(viewport) }
  }

  /// The mouse; what the terminal has is said once it is known.
  package var mouse: Surroundings.Mouse {
    get { workspace.surroundings.mouse }
    set { workspace.surroundings.mouse = newValue }
  }

  /// Learns whether other programs can be kept from writing while a change is saved.
  package mutating func receive(hasLeases: Bool) { workspace.surroundings.hasLeases = hasLeases }

  /// Learns why nothing is read from the replica, in a word or two; `nil` when it is read from.
  package mutating func receive(replicaWarning: String?) {
    workspace.surroundings.replicaWarning = replicaWarning
  }

  /// Learns how soon changes of others are noticed.
  package mutating func receive(_ liveness: Liveness) -> [Effect] {
    workspace.surroundings.liveness = liveness
    if case .stale = liveness {} else { workspace.requests.fetch = nil }
    return takeEffects()
  }

  /// Learns how far reading the data has come, where that takes long enough to notice; `nil` when it is over.
  package mutating func receive(_ progress: ReadingProgress?) { workspace.surroundings.reading = progress }

  /// Says that a text was copied, or why it wasn't.
  package mutating func receive(copied text: String, problem: String?) {
    if let problem { return workspace.status.refuse(problem) }
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    let values = text.split(separator: "\t", omittingEmptySubsequences: false)
    let what =
      rows.count > 1 ? "\(rows.count.grouped) rows" : values.count > 1 ? "the row of \(values[1])" : text
    workspace.status.note("Copied \(what.escapedForDisplay).")
  }

  /// Learns that a view was kept, or why it wasn't.
  package mutating func receive(saved view: SavedView, _ error: OrgError?) {
    guard let error else { return workspace.receive(saved: view) }
    workspace.status.message = nil
    workspace.status.refuse(error.message)
  }

  /// Learns how many rows were exported so far.
  package mutating func receive(exporting request: ExportRequest, count: Int) {
    workspace.receive(exporting: request, count: count)
  }

  /// Learns what became of an export.
  package mutating func receive(
    _ request: ExportRequest, _ result: Result<ExportOutcome, OrgError>
  ) -> [Effect] {
    workspace.receive(request, result)
    return takeEffects()
  }

  /// What changed has been seen.
  package mutating func endFlash() {
    (workspace.flash.organizations, workspace.flash.shownBefore) = ([], nil)
  }

  /// Offers to go on with what was typed when the program last ended.
  package mutating func offer(_ draft: Draft) { workspace.open(DraftQuestion(draft)) }

  // MARK: Data

  /// Asks for the data as they are now: something says that they may have changed.
  package mutating func refresh() -> [Effect] {
    workspace.refresh()
    return takeEffects()
  }

  /// Receives data, or rows, that were asked for or came by themselves.
  package mutating func receive(_ new: OrganizationList) -> [Effect] {
    take(new)
    return takeEffects()
  }

  /// Learns that the data couldn't be read again. What was read before stays.
  package mutating func receive(_ error: OrgError) -> [Effect] {
    workspace.requests.reload = nil
    workspace.pendingBulkEdit?.awaited = nil
    workspace.status.report(error.message, .refusal)
    let (asked, shown) = (workspace.requests.arranged, workspace.data.request)
    if !asked.isSame(as: shown) { workspace.arrangeAgain() }
    return takeEffects()
  }

  /// Learns that rows that were asked for are there, or why they aren't.
  package mutating func receive(_ fetch: RowFetch, _ error: OrgError?) -> [Effect] {
    if fetch == workspace.requests.fetch { workspace.requests.isFetching = false }
    if let error { workspace.status.report(error.message, .refusal) }
    workspace.followData()
    withOrganizations { $0.receive(fetch, &$1) }
    if !(screen is OrganizationsScreen) { screen.receive(fetch, &workspace) }
    return takeEffects()
  }

  /// Receives rows of a screen.
  package mutating func receive(_ rows: any ListRows, for request: ScreenRequest) -> [Effect] {
    screen.receive(rows, for: request, &workspace)
    return takeEffects()
  }

  /// Learns that the rows of a screen couldn't be made. What was shown before stays.
  package mutating func receive(_ error: OrgError, for request: ScreenRequest) -> [Effect] {
    screen.receive(error, for: request, &workspace)
    return takeEffects()
  }

  /// Goes to what was found.
  package mutating func receive(_ found: Found) {
    withOrganizations { $0.receive(found, &$1) }
    if !(screen is OrganizationsScreen) { screen.receive(found, &workspace) }
  }

  /// Learns what proposed changes would do.
  @discardableResult
  package mutating func receive(
    _ preview: BulkEditPlan.BulkEditPreview, for plan: BulkEditPlan
  ) -> [Effect] {
    show(preview, for: plan)
    return takeEffects()
  }

  private mutating func show(_ preview: BulkEditPlan.BulkEditPreview, for plan: BulkEditPlan) {
    guard workspace.pendingBulkEdit?.plan == plan else { return }
    let (menu, form) = (workspace.pendingBulkEdit?.menu, workspace.pendingBulkEdit?.form)
    workspace.pendingBulkEdit = nil
    workspace.status.message = nil
    guard workspace.overlays.isEmpty else {
      // What was typed is there again below what has to be answered first.
      if let form { workspace.overlays.insert(form, at: 0) }
      return
    }
    switch preview {
    case .ask(var question):
      question.form = form
      if let menu { workspace.open(menu) } else { workspace.open(question) }
    case .confirmed(var question):
      question.form = form
      question.commit(&workspace)
    case .choose(let menu): workspace.open(menu)
    // What was saved meanwhile may have made the member one who isn't guarded.
    case .refuse(let message, _) where message.kind == .note && menu != nil:
      if let menu { workspace.open(menu) }
    case .refuse(let message, let refusals):
      if !refusals.sentences.isEmpty { workspace.status.refusals = refusals }
      if let form { return workspace.open(form.refusing(message.text)) }
      workspace.status.message = message
      workspace.status.message?.listsRefusals = refusals.sentences.count > 1
    }
  }

  /// Learns what other programs did, as far as a person should know: what they broke, and what they reverted without
  /// knowing of it.
  package mutating func receive(_ entries: [HistoryEntry]) -> [Effect] {
    for entry in entries { workspace.note(entry) }
    screen.historyChanged(&workspace)
    return takeEffects()
  }

  // MARK: Commits

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
    guard let entry = workspace.commits.entries.first, !entry.isForm, entry.conclusion == nil else { return }
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

  /// Says what another program did, where a person should know.
  fileprivate mutating func note(_ entry: HistoryEntry) {
    let removed = entry.refused.filter { if case .removeOrganization = $0.change { true } else { false } }
    if let first = removed.first {
      let name = first.organizationName.escapedForDisplay
      let what = removed.count == 1 ? name : "\(name) and \(removed.count - 1) more"
      let it = removed.count == 1 ? "it" : "them"
      let text = "Another program removed \(what). orgman put \(it) back."
      if overlays.isEmpty, settings.preferences.externalDeletions == .ask {
        var question = Question(
          text: "\(text) Remove \(it) after all, with all members?", changes: entry.refused.map(\.change))
        question.allowsOwnerless = true
        question.origin = .set(entry.acceptance, title: String(question.text.dropLast()), isCounted: false)
        ask(question)
      } else {
        status.refuse("\(text) To remove \(it): orgman accept \(entry.generation)")
      }
    } else if let reverted = entry.reverted.last {
      let what = entry.changes.first.map { ": \($0.summary)" } ?? ""
      status.refuse(
        "Another program took back what was changed here\(what). To do it again: orgman redo \(reverted)")
    } else if entry.kind == .repair {
      status.refuse(
        "Repaired what another program broke: \((entry.note ?? "nothing is lost").escapedForDisplay).")
    }
  }
}
