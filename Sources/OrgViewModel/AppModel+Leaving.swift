import OrgCore

/// Leaving the program while changes are on their way: none of them is given up without a word.
struct Departure: Sendable {
  enum Stage: Sendable, Hashable {
    /// The changes are about to be saved: that takes a moment, in which keys wait and nothing is asked.
    case saving
    /// It takes longer, so it is asked whether to discard them; whether yes has the focus.
    case asking(isYes: Bool)
  }

  /// How far it has come; `nil` where nobody wants to leave.
  var stage: Stage?
  /// Whether the change that is being saved has taken long enough to notice.
  var isLong = false
  /// Who held up the change that is being saved, as far as somebody did.
  var holder: LockHolder?
  /// What failed after nobody was left to be told.
  var lost: [String] = []
}

extension AppModel {
  /// What is asked before changes that are being saved are discarded, and whether yes has the focus; `nil` if nothing is.
  public var leaving: (text: String, isYes: Bool)? {
    guard case .asking(let isYes) = departure.stage else { return nil }
    return pending.count == 1
      ? ("A change is still being saved. Quit and discard it?", isYes)
      : ("\(pending.count.grouped) changes are still being saved. Quit and discard them?", isYes)
  }

  /// What isn't saved of what was asked for, in words, in order, with the reason where there is one; text of the data is
  /// escaped.
  public var unsavedChanges: [String] { departure.lost + pending.map(words) }

  private func words(for pending: Pending) -> String {
    switch pending.step {
    case .undo: return "Undo of your latest change"
    case .redo: return "Redo of your latest undo"
    default: break
    }
    guard let first = pending.changes.first else { return "A change of nothing" }
    let name = organizationList.snapshot.organization(id: first.organizationID)?.name ?? first.organizationID
    let text = first.summary(organizationName: name)
    let more = pending.changes.count - 1
    return more == 0 ? text : "\(text), and \(more.grouped) more"
  }

  /// Leaves the program, after what is being saved is saved.
  mutating func leave() -> [Effect] {
    guard isCommitting else { return [.terminal(.quit)] }
    departure.stage = .saving
    if isWaiting || departure.isLong { askBeforeLeaving() }
    return []
  }

  /// Takes in that saving takes long enough to notice: whoever wants to leave is asked now.
  mutating func askBeforeLeaving() {
    departure.isLong = isCommitting
    if departure.stage == .saving, isCommitting { departure.stage = .asking(isYes: false) }
  }

  /// What an action means while the program is being left; `nil` if it means what it always does.
  mutating func answerLeaving(_ action: Action) -> [Effect]? {
    switch (departure.stage, action) {
    case (_, .redraw), (_, .suspend): return nil
    case (.asking, .confirm), (.asking(isYes: true), .accept): return [.terminal(.quit)]
    case (_, .cancel), (.asking, .accept), (.asking, .decline), (.asking, .back), (.asking, .close):
      departure.stage = nil
    case (.asking(let isYes), .moveLeft), (.asking(let isYes), .moveRight), (.asking(let isYes), .nextField),
      (.asking(let isYes), .previousField), (.asking(let isYes), .moveUp), (.asking(let isYes), .moveDown):
      departure.stage = .asking(isYes: !isYes)
    default: break
    }
    return []
  }

  /// Leaves after the last change was saved, and stays after one wasn't: what became of it should be seen.
  mutating func departIfSaved(_ outcome: CommitOutcome) -> [Effect] {
    (departure.isLong, departure.holder) = (false, nil)
    guard departure.stage != nil else { return [] }
    guard case .done = outcome else {
      departure.stage = nil
      return []
    }
    return isCommitting ? [] : [.terminal(.quit)]
  }

  /// Takes in what became of a change after nobody was left to be asked or told. The effects save what was asked for after
  /// it, and keep what is typed.
  public mutating func receiveLast(_ outcome: CommitOutcome) -> [Effect] {
    let text = pending.first.map(words)
    let holder = departure.holder
    departure.stage = nil
    let effects = receive(outcome)
    switch outcome {
    case .failed(let error), .partial(_, let error):
      let reason = error.code == .cancelled ? holder.map { "the data are \($0)" } : error.message
      if let text { departure.lost.append(text + (reason.map { " (\($0))" } ?? "")) }
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
}
