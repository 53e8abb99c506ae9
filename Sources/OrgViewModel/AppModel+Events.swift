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
      withOrganizations { (screen, _) in screen.forgetMember(where: plan.source.isAbout) }
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
}

extension Workspace {
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
