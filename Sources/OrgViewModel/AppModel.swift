import OrgCore

/// The state of the whole program, as far as it can be seen, and how every action changes it. Pure and
/// synchronous: it knows no clock, no file, no key and no cell.
public struct AppModel: Sendable {
  /// What is shown right now.
  public enum Mode: Sendable {
    /// The list and the detail.
    case browse
    /// A filter is being typed.
    case filter(TextField, before: String)
    /// A member's role is being chosen.
    case chooseRole(OrgUser)
    /// The role of all members that are marked is being chosen.
    case chooseRoles
    /// An organization's plan is being chosen; `nil` for that of all that are marked.
    case choosePlan(Organization?)
    /// An organization's status is being chosen; `nil` for that of all that are marked.
    case chooseStatus(Organization?)
    /// The column to sort by is being chosen.
    case chooseOrder
    /// Something is asked, with a safe answer that has the focus at first.
    case ask(Question)
    /// The edit pane.
    case form(Form)
    /// The page with the keys, from a line on, and what comes back when it is closed.
    indirect case help(top: Int, behind: Mode)
    /// The command palette.
    case palette(Palette)
  }

  /// The two panes.
  public enum Pane: Sendable, Hashable {
    /// The organizations.
    case list
    /// One organization and its members.
    case detail
  }

  /// A question that is answered by yes or no.
  public struct Question: Sendable {
    /// What is asked.
    public let text: String
    /// What happens on yes.
    var changes: [Change]
    /// What the changes are for.
    var purpose = ChangeSet.Purpose.edit
    /// Whether an organization may lose its last owner by them.
    var allowsOwnerless = false
    /// What to say when it is done, where it is about many.
    var conclusion: String?
    /// What to go on with on yes, where that is asked.
    var draft: Draft?
    /// Whether yes has the focus; no has it at first.
    public internal(set) var isYes = false
  }

  /// A sentence for the status line.
  public struct Message: Sendable, Hashable {
    /// What it is about.
    public enum Kind: Sendable, Hashable {
      /// Something was done, or is going on.
      case note
      /// Something couldn't be done.
      case refusal
    }

    /// The sentence; text of the data in it is escaped.
    public let text: String
    /// What it is about.
    public let kind: Kind
    /// Whether it is about something that an undo takes back.
    public var canBeUndone = false

    /// A sentence; text of the data in it must be escaped.
    public init(text: String, kind: Kind) {
      self.text = text
      self.kind = kind
    }
  }

  /// Whether keys can be spared by pointing.
  public enum Mouse: Sendable, Hashable {
    /// The terminal has none.
    case absent
    /// It is the terminal's: what is marked with it can be copied there.
    case off
    /// It is ours.
    case on
  }

  /// How much fits on the screen.
  public struct Viewport: Sendable, Hashable {
    /// Whether list and detail stand side by side.
    public var isWide: Bool
    /// Rows of the list.
    public var listRows: Int
    /// Lines of the detail.
    public var detailRows: Int
    /// Lines of the page with the keys that fit, and all of them.
    public var helpRows: Int
    /// How many lines the page with the keys has.
    public var helpLines: Int

    /// The measures of a screen; each count is at least 1.
    public init(isWide: Bool, listRows: Int, detailRows: Int, helpRows: Int, helpLines: Int) {
      self.isWide = isWide
      self.listRows = max(1, listRows)
      self.detailRows = max(1, detailRows)
      self.helpRows = max(1, helpRows)
      self.helpLines = helpLines
    }
  }

  /// The data that are shown.
  public private(set) var organizationList: OrganizationList
  /// What the list is filtered by, applied or being typed.
  public internal(set) var query = ""
  /// What the list is sorted by, or will be in a moment.
  public internal(set) var order = ListOrder()
  /// What keys go to.
  public internal(set) var mode = Mode.browse
  /// Which pane has the focus.
  public internal(set) var pane = Pane.list
  /// The list's selection and scroll.
  var list = Selection<String>()
  /// The detail's selection and scroll, for the organization that the list has selected.
  var detail = Selection<DetailItem>()
  /// The screen that stands before the organizations, if there is one.
  public internal(set) var sheet: Sheet?
  /// The way here, and from here back.
  var navigation = NavigationHistory()
  /// What somebody came to the organizations for, from another screen.
  var arrival: Location.Arrival?
  /// What to select among the organizations once their rows are there.
  var destination: Destination?
  /// Changes that somebody wants and that are to be asked about.
  var bulkEditRequest: BulkEditRequest?
  /// The same while the question is being worked out.
  var bulkEditPlan: BulkEditPlan?
  /// Organizations that are marked, by their places in the data that are shown.
  var marks = Marks()
  /// Members that are marked, by the organization's id.
  var memberMarks: [String: Set<String>] = [:]
  /// What is marked by moving.
  var range: MarkedRange?
  /// How organizations moved in data that came with rows of no use.
  var unfollowed: [Moves] = []
  /// What the status line says.
  public internal(set) var message: Message?
  /// How far reading the data has come, where that takes long enough to notice.
  public private(set) var reading: ReadingProgress?
  /// What was selected when a filter began to be typed: it is selected again when the rows show it again.
  var anchor: String?
  /// Organizations that others changed a moment ago.
  public private(set) var flashing: Set<String> = []
  /// What was shown before the flash.
  var beforeFlash: Snapshot?
  /// How much fits on the screen.
  public private(set) var viewport: Viewport
  /// Why nothing can be changed, if nothing can: who opened the data said so.
  public let readOnlyReason: String?
  /// The same in a word or two, for the header; empty where there is no more to say.
  public let readOnlySummary: String
  /// Whether other programs can be kept from writing while a change is saved.
  public private(set) var hasLeases = true
  /// The mouse; what the terminal has is said once it is known.
  public var mouse = Mouse.absent
  /// Where new ids and the time come from.
  let environment: Environment
  /// What somebody wants otherwise than out of the box.
  public let preferences: Preferences
  /// What changed in data that came with rows of no use.
  private var unseen: Set<String> = []
  /// Changes on their way, in order; the first are being committed. The others expect what was shown when they
  /// were asked for, and what those before them have put there since.
  var pending: [Pending] = []
  /// Leaving the program, while changes are on their way.
  var departure = Departure()

  struct Pending {
    var changes: [Change] = []
    var isForm = false
    var purpose = ChangeSet.Purpose.edit
    var allowsOwnerless = false
    /// What to say when they are done, where there is more to say than what they are.
    var conclusion: String?
    /// Undo or redo, where it is that: what it changes is known when it is done.
    var step: RuntimeEffect?
  }

  /// Whether the commit that is going on waits for somebody who holds the lock.
  public private(set) var isWaiting = false
  var lastSerial: Int
  /// The row that keys wait for, by the number of the request to look for it.
  var awaited: Int?
  /// What was last asked to be kept.
  var keptDraft: Draft?
  /// The latest query that rows were filtered by.
  var lastQuery = ""
  /// The request that somebody asked for to read the data again.
  private var reloadSerial: Int?

  /// A model that shows the data from the top.
  public init(
    _ organizationList: OrganizationList, viewport: Viewport, readOnlyReason: String? = nil,
    readOnlySummary: String = "",
    preferences: Preferences = Preferences(), message: Message? = nil, environment: Environment = .live
  ) {
    self.organizationList = organizationList
    self.environment = environment
    self.preferences = preferences
    self.viewport = viewport
    self.readOnlyReason = readOnlyReason
    self.readOnlySummary = readOnlySummary
    lastSerial = organizationList.request.serial
    self.message = message
    order = organizationList.request.order
    selectRow(0)
  }

  // MARK: The world

  /// Learns whether other programs can be kept from writing while a change is saved.
  public mutating func receive(hasLeases: Bool) {
    self.hasLeases = hasLeases
  }

  /// Takes in how much fits on the screen.
  public mutating func receive(_ viewport: Viewport) {
    self.viewport = viewport
    list.scroll(rows: viewport.listRows, of: organizationList.rows.count)
    detail.scroll(rows: viewport.detailRows, of: detailLineCount)
    sheet?.scroll(viewport)
    keepEntryLine()
    switch mode {
    case .help(let top, let behind): mode = .help(top: min(top, lastHelpTop), behind: behind)
    case .palette(var palette):
      palette.move(to: palette.selectedRow, rows: viewport.helpRows)
      mode = .palette(palette)
    default: break
    }
  }

  /// Takes in data, or rows, that were asked for or came by themselves. Everything that is selected, and where
  /// it stands on the screen, stays on the same records.
  public mutating func receive(_ new: OrganizationList) -> [Effect] {
    take(new, own: [])
  }

  private mutating func take(_ new: OrganizationList, own: Set<String>) -> [Effect] {
    unseen.formUnion(new.changed.subtracting(own))
    let isOlder = new.snapshot.generation < organizationList.snapshot.generation
    guard !isOlder, new.request.serial >= organizationList.request.serial else {
      if !isOlder { unfollowed.append(new.moves) }
      // Two that were made at the same time can each be newer in one way: then neither will do.
      let isNewer = !isOlder || new.request.serial > organizationList.request.serial
      return isNewer && new.snapshot.generation != organizationList.snapshot.generation ? [requestRows()] : []
    }
    let old = organizationList
    let wasReading = isReading
    organizationList = new
    keepMarks(old)
    if wasReading, !isReading { reading = nil }
    keepSelection(old)
    if let serial = reloadSerial, new.request.serial >= serial {
      reloadSerial = nil
      message = Message(text: "Read again from disk.", kind: .note)
    }
    var effects: [Effect] = []
    if new.snapshot.generation != old.snapshot.generation {
      updateForm { if !$0.isSaving { $0.notice(new.snapshot) } }
      if sheet != nil { effects.append(requestSheet()) }
    }
    guard !unseen.isEmpty else { return effects }
    if flashing.isEmpty { beforeFlash = old.snapshot }
    flashing.formUnion(unseen)
    unseen = []
    return effects + [.terminal(.endFlashSoon)]
  }

  /// Changes the form that is open, if the page with the keys covers it too.
  private mutating func updateForm(_ update: (inout Form) -> Void) {
    switch mode {
    case .form(var form):
      update(&form)
      mode = .form(form)
    case .help(let top, .form(var form)):
      update(&form)
      mode = .help(top: top, behind: .form(form))
    default: break
    }
  }

  /// What changed has been seen.
  public mutating func endFlash() {
    flashing = []
    beforeFlash = nil
  }

  /// Takes in what became of a commit.
  public mutating func receive(_ outcome: CommitOutcome) -> [Effect] {
    let effects = finish(outcome)
    return keepingDraft(effects)
  }

  private mutating func finish(_ outcome: CommitOutcome) -> [Effect] {
    guard !pending.isEmpty else { return [] }
    let finished = pending.removeFirst()
    isWaiting = false
    var effects: [Effect] = []
    switch outcome {
    case .done(let commit, let organizationList):
      rebase(on: finished.step == nil ? finished.changes : commit.changes)
      // What was just done here needs no mark to be noticed.
      let own = Set(commit.changes.map(\.organizationID))
      flashing.subtract(own)
      effects += take(organizationList, own: own)
      let what =
        switch (finished.step, finished.purpose) {
        case (.undo, _), (_, .undo): "Undone: "
        case (.redo, _), (_, .redo): "Redone: "
        default: ""
        }
      report(finished.conclusion ?? what + summary(of: commit), .note)
      message?.canBeUndone =
        finished.step == nil && finished.purpose == .edit && !commit.changes.isEmpty
      if case .form = mode, finished.isForm { mode = .browse }
      select(commit.changes.first)
    case .failed(let error):
      if case .form(var form) = mode, finished.isForm {
        form.fail(error)
        mode = .form(form)
        message = nil
      } else {
        report(error.message, .refusal)
      }
      // What is there instead should be on the screen.
      if !error.conflicts.isEmpty { effects.append(refresh()) }
    case .partial(let set, let error): effects += proposePart(of: set, error)
    }
    effects += sendNext() + proposeNow()
    return effects + departIfSaved(outcome)
  }

  /// Says what became of something. What went wrong a moment ago isn't lost in what went well after it.
  mutating func report(_ text: String, _ kind: Message.Kind) {
    if let message, message.kind == .refusal, message.text != text {
      self.message = Message(text: "\(message.text) \(text)", kind: .refusal)
    } else {
      message = Message(text: text, kind: kind)
    }
  }

  /// Takes in how far reading the data has come, where that takes long enough to notice; `nil` when it is over.
  public mutating func receive(_ progress: ReadingProgress?) { reading = progress }

  /// Takes in that a commit is taking long enough to notice.
  public mutating func receiveSaving() {
    if isCommitting, !isWaiting { message = Message(text: "Saving…", kind: .note) }
    askBeforeLeaving()
  }

  /// Whether the data are being read for the first time.
  public var isReading: Bool { !organizationList.snapshot.contents.hasMembers }

  /// Takes in that the data couldn't be read again. What was read before stays.
  public mutating func receive(_ error: OrgError) -> [Effect] {
    reloadSerial = nil
    report(error.message, .refusal)
    return organizationList.request.query == query && organizationList.request.order == order
      ? [] : [requestRows()]
  }

  /// Takes in what other programs did, as far as it needs a word: what they broke, and what they took back
  /// without knowing of it.
  public mutating func receive(_ entries: [HistoryEntry]) -> [Effect] {
    for entry in entries {
      let removed = entry.refused.filter { if case .removeOrganization = $0.change { true } else { false } }
      if let first = removed.first {
        let name = first.organizationName.escapedForDisplay
        let what = removed.count == 1 ? name : "\(name) and \(removed.count - 1) more"
        let it = removed.count == 1 ? "it" : "them"
        let text = "Another program removed \(what). orgman put \(it) back."
        if case .browse = mode, preferences.externalDeletions == .ask {
          mode = .ask(
            Question(
              text: "\(text) Remove \(it) after all, with all members?", changes: entry.refused.map(\.change),
              allowsOwnerless: true))
        } else {
          message = Message(
            text: "\(text) To remove \(it): orgman accept \(entry.generation)", kind: .refusal)
        }
      } else if let reverted = entry.reverted.last {
        let what = entry.changes.first.map { ": \($0.summary)" } ?? ""
        message = Message(
          text:
            "Another program took back what was changed here\(what). To do it again: orgman redo \(reverted)",
          kind: .refusal)
      } else if entry.kind == .repair {
        message = Message(
          text:
            "Repaired what another program broke: \((entry.note ?? "nothing is lost").escapedForDisplay).",
          kind: .refusal)
      }
    }
    if case .history = screen { return [requestSheet()] }
    return []
  }

  /// Takes in that a commit waits for somebody.
  public mutating func receive(_ holder: LockHolder) {
    guard isCommitting else { return }
    isWaiting = true
    departure.holder = holder
    message = Message(text: "The data are \(holder). Esc cancels.", kind: .note)
    askBeforeLeaving()
  }

  /// Whether a filter was accepted whose rows aren't there yet, a question is being worked out, a row is being
  /// looked for, or the program is about to be left: keys that follow are about those, and should be held back for the moment that it takes.
  public var awaitsRows: Bool {
    if departure.stage == .saving { return true }
    if bulkEditRequest != nil || awaited != nil { return true }
    if case .filter = mode { return false }
    return sheet?.awaitsRows ?? (organizationList.request.query != query)
  }

  // MARK: Asking the world

  /// Asks for the rows of the present query, in the present order.
  mutating func requestRows() -> Effect {
    lastSerial += 1
    return .runtime(.arrange(ListRequest(serial: lastSerial, query: query, order: order)))
  }

  /// Asks for the data as they are now: something says that they may have changed.
  public mutating func refresh() -> Effect {
    lastSerial += 1
    return .runtime(.reload(ListRequest(serial: lastSerial, query: query, order: order)))
  }

  /// Reads the data again because somebody asked for it.
  mutating func reload() -> [Effect] {
    let effect = refresh()
    reloadSerial = lastSerial
    return [effect]
  }

  /// Commits changes, after those that are on their way.
  mutating func commit(
    _ changes: [Change], isForm: Bool = false, purpose: ChangeSet.Purpose = .edit,
    allowsOwnerless: Bool = false, conclusion: String? = nil
  ) -> [Effect] {
    pending.append(
      Pending(
        changes: changes, isForm: isForm, purpose: purpose, allowsOwnerless: allowsOwnerless,
        conclusion: conclusion))
    return pending.count == 1 ? sendNext() : []
  }

  /// Undoes or redoes, after the changes that are on their way.
  mutating func step(_ effect: RuntimeEffect) -> [Effect] {
    pending.append(Pending(step: effect))
    return pending.count == 1 ? sendNext() : []
  }

  /// Commits the first changes that have anything left to do.
  private mutating func sendNext() -> [Effect] {
    while let next = pending.first {
      if let step = next.step { return [.runtime(step)] }
      let changes = next.changes.filter { !$0.isDone }
      if !changes.isEmpty {
        return [
          .runtime(
            .commit(ChangeSet(changes, allowsOwnerless: next.allowsOwnerless, purpose: next.purpose)))
        ]
      }
      pending.removeFirst()
      if case .form = mode, next.isForm { mode = .browse }
      if message == nil { message = Message(text: "No changes needed.", kind: .note) }
    }
    return []
  }

  /// Lets everything that was begun before changes were made here expect what these have put there.
  private mutating func rebase(on done: [Change]) {
    let isAsked = if case .ask = mode { true } else { false }
    if !pending.isEmpty || isAsked {
      // There may be many of both.
      let latest = Dictionary(done.map { ($0.target, $0) }) { $1 }
      for index in pending.indices {
        pending[index].changes = pending[index].changes.map { $0.expecting(latest) }
      }
      if case .ask(var question) = mode {
        question.changes = question.changes.map { $0.expecting(latest) }
        mode = .ask(question)
      }
    }
    switch mode {
    case .chooseRole(var member):
      for case .setRole(member.userID, member.organizationID, _, let role) in done { member.role = role }
      mode = .chooseRole(member)
    case .choosePlan(var organization?):
      for case .setField(let field, organization.id, _, let value) in done { organization[field] = value }
      mode = .choosePlan(organization)
    case .chooseStatus(var organization?):
      for case .setField(let field, organization.id, _, let value) in done { organization[field] = value }
      mode = .chooseStatus(organization)
    default: updateForm { $0.rebase(on: done) }
    }
  }

  /// Whether a change set is on its way.
  public var isCommitting: Bool { !pending.isEmpty }

  /// Why nothing can be changed at the moment; `nil` where it can.
  public var editingObstacle: String? {
    if let readOnlyReason { return "Nothing can be changed: \(readOnlyReason)." }
    if let problem = organizationList.snapshot.problems.first {
      return "Nothing can be changed; run orgman doctor --fix: \(problem)"
    }
    return isReading ? "The members are still being read." : nil
  }

  /// What the status line says: what was just done or refused, else what is wrong with the data.
  public var status: Message? {
    if let message { return message }
    if let error = organizationList.queryError { return Message(text: error.message, kind: .refusal) }
    return organizationList.snapshot.problems.first.map { Message(text: "\($0)", kind: .refusal) }
  }

  private func summary(of commit: Commit) -> String {
    guard let first = commit.changes.first else { return "No changes needed." }
    let name = commit.snapshot.organization(id: first.organizationID)?.name ?? first.organizationID
    let more = commit.changes.count - 1
    let isHidden =
      if case .createOrganization = first { organizationList.row(of: first.organizationID) == nil } else {
        false
      }
    return first.summary(organizationName: name) + (more == 0 ? "." : ", and \(more) more.")
      + (isHidden ? " The filter hides it." : "")
  }

  /// Goes to what was just added, where it is shown.
  private mutating func select(_ change: Change?) {
    switch change {
    case .createOrganization(let organization):
      if let row = organizationList.row(of: organization.id) { selectRow(row) }
    case .addMember(let member) where member.organizationID == list.id:
      select(.member(member.userID))
    default: break
    }
  }
}

extension Change {
  /// The same change after earlier ones, of which the last about each value are given: it expects what they have
  /// put there.
  fileprivate func expecting(_ latest: [[String?]: Change]) -> Change {
    guard let change = latest[target] else { return self }
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
  fileprivate var target: [String?] {
    switch self {
    case .setField(let field, let id, _, _): [id, nil, field.rawValue]
    default: [organizationID, userID, nil]
    }
  }
}

/// Where new ids and the time come from: what a pure model can't know by itself.
public struct Environment: Sendable {
  let newID: @Sendable () -> String
  let now: @Sendable () -> Timestamp

  /// Takes ids of new organizations, and the time, from where the caller says.
  public init(newID: @escaping @Sendable () -> String, now: @escaping @Sendable () -> Timestamp) {
    self.newID = newID
    self.now = now
  }

  /// Random ids and the system's clock.
  public static let live = Environment(newID: Organization.newID, now: Timestamp.now)
}
