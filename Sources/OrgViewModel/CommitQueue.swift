import OrgCore

/// Changes that are being saved, in order: the first are being committed. The others expect what was shown when they
/// were asked for, and what those before them have set since.
struct CommitQueue: Sendable {
  struct Entry: Sendable {
    var changes: [Change] = []
    var isForm = false
    /// The form that they were typed in, which is there again where they can't be saved.
    var form: Form?
    var purpose = ChangeSet.Purpose.edit
    var allowsOwnerless = false
    /// What to say when they are done, where there is more to say than what they are.
    var conclusion: String?
    /// How they are found out once more, where others were faster.
    var origin: BulkEditRequest?
    /// What couldn't be changed of all that was asked for.
    var refusals = Refusals()
    /// Undo or redo, where it is that: what it changes is known when it is done.
    var step: RuntimeEffect?

    /// What is taken back by it, or done again, once that is known.
    var reverted: HistoryEntry?

    /// What its outcome begins with: which generation it takes back, whose that is, and of when.
    func prefix(_ zone: DisplayZone) -> String {
      guard let reverted else {
        return switch (step, purpose) {
        case (.undo, _): "Undone: "
        case (.redo, _): "Redone: "
        case (_, .undo(let generation)): "Undid generation \(generation): "
        case (_, .redo(let generation)): "Redid generation \(generation): "
        default: ""
        }
      }
      if case .undo(let generation) = reverted.kind {
        return "Redid generation \(generation), undone by \(reverted.origin(zone)): "
      }
      return "Undid generation \(reverted.generation) by \(reverted.origin(zone)): "
    }

    /// How much couldn't be changed, in a sentence; empty where everything was.
    var rest: String {
      let count = refusals.sentences.count
      return count == 0 ? "" : " \(count.grouped) more couldn't be changed."
    }

    /// Whether an undo reverts what was changed of it.
    func canBeUndone(_ changes: [Change]) -> Bool { step == nil && purpose == .edit && !changes.isEmpty }

    var effect: RuntimeEffect {
      step ?? .commit(ChangeSet(changes, allowsOwnerless: allowsOwnerless, purpose: purpose))
    }

    /// What was asked for, in words; text of the data is escaped.
    func words(_ listing: any OrganizationListing) -> String {
      switch step {
      case .undo: return "Undo of your latest change"
      case .redo: return "Redo of your latest undo"
      default: break
      }
      return changes.isEmpty ? "A change of nothing" : changes.words(listing)
    }
  }

  /// What isn't saved yet.
  private(set) var entries: [Entry] = []
  /// Whether the commit that is going on waits for the holder of a lock.
  var isWaiting = false
  /// Whether the change that is being saved has taken long enough to notice.
  var isLong = false
  /// What was said when the first was saved, before the data after it were read.
  var receipt: StatusLine.Message?
  /// Who held up the change that is being saved, if anyone did.
  var holder: Contention?
  /// Whether the program is left as soon as everything is saved.
  var isLeaving = false
  /// What failed after nobody was left to be told.
  var lost: [String] = []
  /// What was lost on its way after nobody was left to be told, so that it isn't known whether it was saved.
  var unknown: [String] = []

  var isEmpty: Bool { entries.isEmpty }

  /// Adds changes; true if they are the first, so that they can be committed now.
  mutating func append(_ entry: Entry) -> Bool {
    entries.append(entry)
    return entries.count == 1
  }

  /// What was said of the entry whose commit has ended, if anything.
  mutating func takeReceipt() -> StatusLine.Message? {
    defer { receipt = nil }
    return receipt
  }

  /// Learns what the undo or redo that is going on is about.
  mutating func note(reverted entry: HistoryEntry) {
    guard !entries.isEmpty else { return }
    entries[0].reverted = entry
  }

  /// Takes back the newest, unless it is the one that is being committed.
  mutating func takeNewest() -> Entry? { entries.count > 1 ? entries.removeLast() : nil }

  /// Takes back all but the one that is being committed.
  mutating func takeLater() { entries.removeSubrange(min(1, entries.count)...) }

  /// The first entry, whose commit has ended.
  mutating func takeFirst() -> Entry? {
    guard !entries.isEmpty else { return nil }
    isWaiting = false
    return entries.removeFirst()
  }

  /// Lets what waits expect what earlier changes have set.
  mutating func rebase(on latest: Change.Latest) {
    for index in entries.indices {
      entries[index].changes = entries[index].changes.map { $0.expecting(latest) }
    }
  }

  /// Begins to commit the first entry that has anything left to do.
  ///
  /// - Returns: what to ask for, if anything, and the entries before it that needed no change.
  mutating func next() -> (effect: RuntimeEffect?, idle: [Entry]) {
    var idle: [Entry] = []
    while var entry = entries.first {
      if entry.step != nil { return (entry.effect, idle) }
      entry.changes.removeAll(where: \.isDone)
      if !entry.changes.isEmpty { return (entry.effect, idle) }
      idle.append(entries.removeFirst())
    }
    return (nil, idle)
  }
}

extension [Change] {
  /// What they do: both of two, the first of more. Text of the data is escaped.
  func words(_ listing: any OrganizationListing) -> String {
    // There may be many.
    let words = prefix(2).map { change in
      let name = listing.organization(id: change.organizationID)?.name ?? change.organizationID
      return change.summary(organizationName: name)
    }
    return count > 2 ? "\(words[0]), and \((count - 1).grouped) more" : Words.done(words)
  }
}

extension HistoryEntry {
  /// Whose it is, and of when: `alice, 2026-11-22 21:51 UTC`
  func origin(_ zone: DisplayZone) -> String { "\(origin), \(zone.shortText(time))" }

  private var origin: String {
    kind == .foreign ? writer?.description ?? "another program" : actor.description
  }
}

extension Change {
  /// The last change of each value.
  package struct Latest {
    fileprivate let changes: [[String?]: Change]

    init(_ done: [Change]) {
      changes = Dictionary(done.map { ($0.target, $0) }) { $1 }
    }
  }

  /// The same change after earlier ones: it expects what they have set.
  func expecting(_ latest: Latest) -> Change {
    guard let change = latest.changes[target] else { return self }
    switch (change, self) {
    case (.setField(_, _, _, let present), .setField(let field, let id, _, let mine)):
      return .setField(field, organization: id, from: present, to: mine)
    case (.setRole(_, _, _, let present), .setRole(let user, let id, _, let mine)):
      return .setRole(user: user, organization: id, from: present, to: mine)
    case (.setRole(_, _, _, let present), .removeMember(let user, let id, _)):
      return .removeMember(user: user, organization: id, role: present)
    default: return self
    }
  }

  /// Whether it sets what it expects.
  fileprivate var isDone: Bool {
    switch self {
    case .setField(_, _, let from, let to): from == to
    case .setRole(_, _, let from, let to): from == to
    default: false
    }
  }

  /// What is changed: two changes with the same target are about the same value.
  private var target: [String?] {
    switch self {
    case .setField(let field, let id, _, _): [id, nil, field.rawValue]
    default: [organizationID, userID, nil]
    }
  }
}

// Saving changes.
extension Workspace {
  /// Takes back the newest change that waits; the last one is given up where that is possible.
  ///
  /// - Returns: what was taken back, in words; `nil` for the last one.
  mutating func takeBackNewest() -> String? {
    guard let entry = commits.takeNewest() else {
      ask(.cancelCommit)
      return nil
    }
    let words = entry.words(data.listing)
    status.note("Taken back: \(words).")
    return words
  }

  /// Takes back all changes that wait.
  mutating func takeBackAll() {
    let hasForm = commits.entries.dropFirst().contains(where: \.isForm)
    commits.takeLater()
    if hasForm, var form {
      form.isSaving = false
      self.form = form
    }
    ask(.cancelCommit)
  }

  /// What waits, and for whom, in a sentence or two.
  func waitingText(_ holder: Contention) -> String {
    guard holder.outcomeSource == nil else {
      return
        "The server can't be reached, so it isn't known whether the change was saved, \(holder.waitedSeconds). Esc stops asking."
    }
    let entries = commits.entries
    let who = holder.text(in: settings.preferences.timeZone)
    guard entries.count > 1 else { return "The data are \(who). Esc cancels." }
    let shown = entries.count > 3 ? entries.prefix(2) : entries[...]
    let more = entries.count - shown.count
    let list = shown.map { $0.words(data.listing) } + (more > 0 ? ["\(more.grouped) more"] : [])
    return "\(entries.count.grouped) changes wait (^C takes back the newest, Esc all): "
      + "\(list.joined(separator: "; ")). The data are \(who)."
  }

  /// Commits changes, after those that are being saved.
  mutating func commit(_ entry: CommitQueue.Entry) {
    if commits.append(entry) { sendNext() }
  }

  /// Commits a change.
  mutating func commit(_ change: Change) { commit(CommitQueue.Entry(changes: [change])) }

  /// Undoes or redoes, after the changes that are being saved.
  mutating func step(_ effect: RuntimeEffect) { commit(CommitQueue.Entry(step: effect)) }

  /// Commits the first changes that have anything left to do.
  mutating func sendNext() {
    let (effect, idle) = commits.next()
    for entry in idle {
      if entry.isForm { closeForm() }
      if status.message == nil { status.note("No changes needed.") }
    }
    if let effect { ask(effect) }
  }

  /// Lets everything that was begun before changes were made here expect what these have set.
  mutating func rebase(on done: [Change]) {
    // There may be many, so they are sorted by value only where that is needed.
    let isNeeded = !commits.isEmpty || overlays.contains { $0 is Question } || pendingBulkEdit != nil
    let latest = Change.Latest(isNeeded ? done : [])
    commits.rebase(on: latest)
    pendingBulkEdit?.rebase(on: done, latest)
    for index in overlays.indices { overlays[index].rebase(on: done, latest) }
  }
}
