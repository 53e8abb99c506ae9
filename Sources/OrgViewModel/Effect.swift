import OrgCore

/// What the model asks for outside of itself.
package enum Effect: Sendable, Hashable {
  /// Something that takes time: it is carried out off the screen's thread.
  case runtime(RuntimeEffect)
  /// Something about the terminal, or the end of the program.
  case terminal(TerminalEffect)
}

/// What is carried out off the screen's thread. Its result comes back through one of the model's `receive` functions.
package enum RuntimeEffect: Sendable, Hashable {
  /// Commit; the outcome comes to `receive(_: CommitOutcome)`.
  case commit(ChangeSet)
  /// Find out what changes would do; it comes to `receive(_:for:)`.
  case preview(BulkEditPlan)
  /// Undo the user's latest edit, as the history has it; the outcome comes to `receive(_: CommitOutcome)`.
  case undo
  /// Redo the user's latest undo; the outcome comes there, too.
  case redo
  /// Give up a commit that waits for a lock.
  case cancelCommit
  /// Find the rows that a request asks for; they come to `receive(_: OrganizationList)`. Requests that are still
  /// waiting when a newer one comes may be dropped.
  case arrange(ListRequest)
  /// Fetch rows that are shown and aren't there yet; `receive` is told of it.
  case fetch(RowFetch)
  /// Make the rows of a screen; they come to `receive(_:for:)`, and may come several times, more each time. Requests that
  /// are still waiting when a newer one comes may be dropped.
  case show(ScreenRequest)
  /// Forget what was kept to make rows for `show`: a screen is shown that needs none.
  case forgetRows
  /// Find the next row that a query matches, or all rows; what is found comes to `receive(_: Found)`.
  case find(MatchSearch)
  /// Look up who has an id that was typed; it comes to `receive(_:for: IDLookup)`.
  case lookUp(IDLookup)
  /// Look for users who may be the one that is being typed; they come to `receive(_:for: UserLookup)`. Requests that are
  /// still waiting when a newer one comes may be dropped.
  case complete(UserLookup)
  /// Ask a directory of users for names; they come to `receive(_: [String: NamedUser])`, those on the screen first. Requests
  /// that are still waiting when a newer one comes may be dropped.
  case name(NameRequest)
  /// Ask a directory of users for those whom texts name; they come to `receive(_: DirectoryTerms, for:)`. Requests that are
  /// still waiting when a newer one comes may be dropped.
  case searchNames(NameSearch)
  /// Read the data again, then arrange them.
  case reload(ListRequest)
  /// Keep a view; what came of it comes to `receive(saved:_:)`.
  case saveView(SavedView)
  /// Write rows for other programs; what came of it comes to `receive(_: ExportRequest, _:)`.
  case export(ExportRequest)
  /// Give up the export that is going on.
  case cancelExport
  /// Compare billing with the services, unless that is going on; how far it is comes to `receive(verifying:)`, what it found
  /// to `receive(verified:)`.
  case verifyBilling
  /// End that comparison with what it has.
  case endVerification
  /// Keep what is typed, so that it survives the end of the program.
  case saveDraft(Draft)
  /// Drop what was kept: it was saved, or thrown away.
  case dropDraft
  /// Leave what was offered for the next start.
  case leaveDraft
}

/// What the terminal does, and the loop that shows the model there.
package enum TerminalEffect: Sendable, Hashable {
  /// Copy a text to the clipboard of the person at the terminal; `receive(copied:problem:)` says what became of it.
  case copy(String)
  /// Call `endFlash` in a moment long enough to notice what changed.
  case endFlashSoon
  /// Let the mouse be ours, or the terminal's.
  case setMouse(Bool)
  /// Draw the screen again.
  case redraw
  /// Stop the program and give the shell the terminal.
  case suspend
  /// Leave the program.
  case quit
}

extension RuntimeEffect {
  /// Whether it is about what is kept of what is being typed.
  package var isAboutDraft: Bool {
    switch self {
    case .saveDraft, .dropDraft, .leaveDraft: true
    default: false
    }
  }
}

/// Carries out what the model asks for off the screen's thread, and hands back what came of it.
package protocol EffectHandler {
  /// What is done to the model with a result, and what follows from that.
  typealias Result = (inout AppModel) -> [Effect]

  /// Begins to carry an effect out.
  func perform(_ effect: RuntimeEffect)

  /// The results since the last time, in order.
  func takeResults() -> [Result]

  /// What became of changes since the last time, where keys no longer count: nobody can be asked or told.
  func takeLastOutcomes() -> [Result]

  /// Waits for a change that is being saved, and gives up what waits for others.
  func finish()
}

/// What became of a commit.
package enum CommitOutcome: Sendable {
  /// It is durable; the data as they are now, arranged.
  case done(Commit, OrganizationList)
  /// Nothing was changed.
  case failed(OrgError)
  /// Nothing was changed: an undo or a redo can't be done as a whole.
  case partial(ChangeSet, OrgError)
}

/// The rows that the list should have.
package struct ListRequest: Sendable, Hashable {
  /// Rises with every request; a result with a lower number than the one shown is dropped.
  package var serial: Int
  /// What is filtered by.
  package var query: String
  /// What is sorted by.
  package var order: ListOrder
  /// Whether deleted organizations are there, too, where the query doesn't name a status.
  package var showsDeleted: Bool
  /// Users whom a directory knows by what the query says.
  package var directory: DirectoryTerms

  /// The first request: everything.
  package init(
    serial: Int = 0, query: String = "", order: ListOrder = ListOrder(), showsDeleted: Bool = true,
    directory: DirectoryTerms = DirectoryTerms()
  ) {
    self.serial = serial
    self.query = query
    self.order = order
    self.showsDeleted = showsDeleted
    self.directory = directory
  }
}

extension ListRequest {
  /// Whether it asks for the same rows, in the same order.
  package func isSame(as other: ListRequest) -> Bool {
    query == other.query && order == other.order && showsDeleted == other.showsDeleted
      && directory == other.directory
  }
}
