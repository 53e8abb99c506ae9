import OrgCore

/// How much fits on the screen.
package struct Viewport: Sendable, Hashable {
  /// Whether list and detail are side by side.
  package var isWide: Bool
  /// Rows of the list.
  package var listRows: Int
  /// Lines of the detail.
  package var detailRows: Int
  /// Lines of the help page that fit.
  package var helpRows: Int
  /// Cells in a line.
  package var columns: Int

  /// The measures of a screen; each count is at least 1.
  package init(isWide: Bool, listRows: Int, detailRows: Int, helpRows: Int, columns: Int = 80) {
    self.isWide = isWide
    self.listRows = max(1, listRows)
    self.detailRows = max(1, detailRows)
    self.helpRows = max(1, helpRows)
    self.columns = columns
  }
}

/// Where new ids and the time come from: what a pure model can't know by itself.
package struct Environment: Sendable {
  let newID: @Sendable (Rules) -> String
  let now: @Sendable () -> Timestamp

  /// Takes ids of new organizations, which the rules of the data say the form of, and the time from where the caller says.
  package init(newID: @escaping @Sendable (Rules) -> String, now: @escaping @Sendable () -> Timestamp) {
    self.newID = newID
    self.now = now
  }

  /// Random ids and the system's clock.
  package static let live = Environment(newID: { $0.newID() }, now: Timestamp.now)
}

/// What doesn't change while the program runs.
package struct Settings: Sendable {
  /// What is configured.
  package let preferences: Preferences
  /// Why nothing can be changed, if nothing can, as the store says.
  package let readOnlyReason: String?
  /// The same in a word or two, for the header; empty where there is no more to say.
  package let readOnlySummary: String
  /// What is weaker about the connection to the data than it should be; `nil` for nothing.
  package let connectionWarning: String?
  /// Whether a directory of users is configured.
  package let hasDirectory: Bool
  /// Why billing can't be compared with the services, and how to configure that; `nil` where it can.
  package let billingObstacle: String?
  /// The keys as they are configured.
  let keys: KeySheet
  let environment: Environment

  package init(
    preferences: Preferences = Preferences(), readOnlyReason: String? = nil, readOnlySummary: String = "",
    connectionWarning: String? = nil, hasDirectory: Bool = false,
    billingObstacle: String? = "No key to a billing service is configured.", keys: KeySheet = .standard,
    environment: Environment = .live
  ) {
    (self.preferences, self.keys, self.environment) = (preferences, keys, environment)
    (self.readOnlyReason, self.readOnlySummary) = (readOnlyReason, readOnlySummary)
    (self.connectionWarning, self.hasDirectory) = (connectionWarning, hasDirectory)
    self.billingObstacle = billingObstacle
  }
}

/// What is known of the terminal, the store, the services that bill, and a directory of users.
package struct Surroundings: Sendable {
  /// Whether keys can be spared by pointing.
  package enum Mouse: Sendable, Hashable {
    /// The terminal has none.
    case absent
    /// It is the terminal's: text that is selected with it can be copied there.
    case off
    /// It is ours.
    case on
  }

  /// The mouse; what the terminal has is said once it is known.
  package var mouse = Mouse.absent
  /// Whether other programs can be kept from writing while a change is saved.
  package internal(set) var hasLeases = true
  /// How soon changes of others are noticed.
  package internal(set) var liveness = Liveness.live
  /// Why nothing is read from the replica, in a word or two; `nil` where there is none, and when it is read from.
  package internal(set) var replicaWarning: String?
  /// How far reading the data has come, where that takes long enough to notice.
  package internal(set) var reading: ReadingProgress?
  /// What is known of billing.
  package internal(set) var billing = BillingCheck()
  /// What a directory of users says, if one is configured.
  package internal(set) var names = NameBook()
}

/// What all screens and overlays share: the data, what is open, what is being saved, what is said, and what is asked of the
/// world.
package struct Workspace: Sendable {
  /// The data, with the organizations arranged as they were asked for.
  package internal(set) var data: OrganizationList
  /// How much fits on the screen.
  package internal(set) var viewport: Viewport
  /// What doesn't change while the program runs.
  package let settings: Settings
  /// What is known of the terminal, the store and the services that bill.
  package internal(set) var surroundings = Surroundings()
  /// What the line above the hints says.
  package internal(set) var status = StatusLine()
  /// What covers the screen, the topmost last; keys go there.
  package internal(set) var overlays: [any Overlay] = []
  /// Views that can be opened.
  package internal(set) var views: [SavedView]
  /// The columns of the organizations, after the name.
  package internal(set) var columns: [ListColumn]
  /// Changes that are being saved.
  var commits = CommitQueue()
  /// Changes that are to be asked about.
  var pendingBulkEdit: PendingBulkEdit?
  /// What others changed a moment ago.
  package internal(set) var flash = Flash()
  /// Numbers of requests.
  var requests: Requests
  /// What follows from the command that runs.
  private var outcome = Outcome()

  init(_ data: OrganizationList, viewport: Viewport, settings: Settings) {
    (self.data, self.viewport, self.settings) = (data, viewport, settings)
    views = settings.preferences.allViews
    columns = settings.preferences.columns
    requests = Requests(last: data.request.serial, arranged: data.request)
  }

  /// Numbers of requests: what comes for an earlier one is dropped.
  struct Requests: Sendable {
    var last: Int
    /// What organizations were asked for last.
    var arranged: ListRequest
    /// What happened to data that were superseded before they were shown.
    var superseded: [OrganizationList.Step] = []
    /// What rows were fetched last.
    var fetch: RowFetch?
    /// Whether they aren't there yet.
    var isFetching = false
    /// The export that is going on.
    var export: ExportRun?
    /// The request by which a person asked to read the data again.
    var reload: Int?

    mutating func next() -> Int {
      last += 1
      return last
    }
  }

  /// What follows from a command.
  private struct Outcome: Sendable {
    var effects: [Effect] = []
    var transition: Transition?
    var isDismissed = false
  }

  // MARK: Asking the world

  mutating func ask(_ effect: RuntimeEffect) { outcome.effects.append(.runtime(effect)) }

  mutating func ask(_ effect: TerminalEffect) { outcome.effects.append(.terminal(effect)) }

  /// What was asked of the world since the last time.
  mutating func takeEffects() -> [Effect] {
    defer { outcome.effects = [] }
    return outcome.effects
  }

  /// Goes somewhere once the command has run.
  mutating func go(_ transition: Transition) { outcome.transition = transition }

  /// Where to go after a command.
  mutating func takeTransition() -> Transition? {
    defer { outcome.transition = nil }
    return outcome.transition
  }

  var hasTransition: Bool { outcome.transition != nil }

  // MARK: Overlays

  /// What keys go to, where something covers the screen.
  package var overlay: (any Overlay)? { overlays.last }

  /// What covers the screen below a question.
  package var cover: (any Overlay)? { overlays.last { !($0 is any YesNoQuestion) } }

  mutating func open(_ overlay: some Overlay) { overlays.append(overlay) }

  /// Closes the overlay whose command runs.
  mutating func dismiss() { outcome.isDismissed = true }

  /// Lets the topmost overlay do what an action asks for.
  ///
  /// - Returns: false if there is none.
  mutating func performOnOverlay(_ action: Action) -> Bool {
    guard var overlay = overlays.popLast() else { return false }
    let index = overlays.count
    outcome.isDismissed = false
    overlay.perform(action, &self)
    // What it opened covers it.
    if !outcome.isDismissed { overlays.insert(overlay, at: min(index, overlays.count)) }
    return true
  }

  /// The form that is open, whatever covers it.
  package internal(set) var form: Form? {
    get { overlays.lazy.compactMap { $0 as? Form }.first }
    set {
      guard let newValue, let index = overlays.firstIndex(where: { $0 is Form }) else { return }
      overlays[index] = newValue
    }
  }

  /// The form that is open, or whose changes are asked about or being saved.
  var typedForm: Form? {
    form ?? pendingBulkEdit?.form ?? overlays.lazy.compactMap { ($0 as? Question)?.form }.first
      ?? commits.entries.lazy.compactMap(\.form).first
  }

  mutating func closeForm() { overlays.removeAll { $0 is Form } }

  mutating func closePalette() { overlays.removeAll { $0 is Palette } }

  // MARK: The data

  /// Whether the data are being read for the first time.
  package var isReading: Bool { !data.listing.summary.hasMembers }

  /// The roles that members have or can be given.
  var roles: [Role] { data.listing.summary.roles }
  /// What values the data may hold.
  var rules: Rules { data.listing.summary.rules }

  /// Why nothing can be changed at the moment; `nil` where it can.
  package var editingObstacle: String? {
    if let reason = settings.readOnlyReason { return "Nothing can be changed: \(reason)." }
    if let problem = data.listing.summary.problems.first {
      return problem.editingObstacle
    }
    if case .stale(_, let reason) = surroundings.liveness {
      return "Nothing can be changed while the server can't be reached: \(reason)"
    }
    return isReading ? "The members are still being read." : nil
  }

  /// Asks for the organizations that a query finds, in some order.
  mutating func arrange(_ query: String, _ order: ListOrder, showsDeleted: Bool) {
    requests.arranged = ListRequest(
      serial: requests.next(), query: query, order: order, showsDeleted: showsDeleted,
      directory: surroundings.names.terms(of: OrganizationsScreen.nameSearch(query, roles: roles)))
    ask(.arrange(requests.arranged))
  }

  /// Asks for them once more: what came is no use.
  mutating func arrangeAgain() {
    let last = requests.arranged
    arrange(last.query, last.order, showsDeleted: last.showsDeleted)
  }

  /// Asks for the data as they are now.
  mutating func refresh() {
    requests.arranged.serial = requests.next()
    ask(.reload(requests.arranged))
  }

  /// Reads the data again because a person asked for it.
  mutating func reload() {
    surroundings.names.expire()
    refresh()
    requests.reload = requests.last
  }
}

// New data.
extension Workspace {
  /// Shows new data.
  mutating func accept(_ new: OrganizationList) {
    let wasReading = isReading
    data = new
    if wasReading, !isReading { surroundings.reading = nil }
  }

  /// Lets what is open follow the data.
  mutating func followData() {
    for index in overlays.indices { overlays[index].follow(data.listing) }
  }

  /// Says what new data bring, once the screens have followed.
  mutating func noteNewData(since old: OrganizationList) {
    if let reload = requests.reload, data.request.serial >= reload {
      requests.reload = nil
      status.note("Read again.")
    }
    if data.revision != old.revision {
      followData()
    }
    guard !flash.unseen.isEmpty else { return }
    if flash.organizations.isEmpty { flash.shownBefore = old.listing }
    flash.organizations.formUnion(flash.unseen)
    flash.unseen = []
    ask(.endFlashSoon)
  }
}

/// Where a command leads, once it has done its part.
enum Transition: Sendable {
  /// A step of typing a filter.
  case filter(FilterStep)
  /// The screen does what an action asks for, as if its key had been pressed.
  case perform(Action)
  /// What was chosen in the palette, which stays open if that can't be done.
  case choose(Palette.Choice)
  /// To a screen as it was left.
  case show(Shortcut)
  /// To a list as a view has it.
  case view(SavedView)
  /// To a screen of its own, with the way back.
  case visit(any Screen)
  /// To the organizations that a query finds, with the way back.
  case organizations(matching: String)
  /// To an organization, and to something in it; the name is what it was called, should it be gone.
  case organization(String, named: String, DetailItem?)
  /// To the screen before, after, or last.
  case back, forward, last
  /// Back from a screen in which nothing is left to close.
  case leaveScreen
  /// Out of the program.
  case quit
}

/// What others changed a moment ago.
package struct Flash: Sendable {
  /// Organizations that are marked as changed.
  package internal(set) var organizations: Set<String> = []
  /// What was shown before.
  var shownBefore: (any OrganizationListing)?
  /// What changed in data that were superseded before they were shown.
  var unseen: Set<String> = []

  /// An organization that changed, as it was before.
  func before(_ id: String) -> EarlierMembers? {
    guard let shownBefore, organizations.contains(id) else { return nil }
    return EarlierMembers(detail: shownBefore.detail(of: id))
  }

  /// The members of an organization that changed, as they were before; none, if it is new.
  struct EarlierMembers {
    let detail: (any OrganizationDetail)?

    func member(_ user: String) -> OrgUser? { detail?.member(user) }
  }
}

extension OrganizationDetail {
  /// A member by the user's id; `nil` where the user isn't one, or isn't there yet.
  func member(_ user: String) -> OrgUser? { place(of: user).flatMap(member(at:))?.member }
}

extension OrganizationListing {
  /// The role of a user in an organization; `nil` where the user isn't a member, or isn't there yet.
  func role(of user: String, in organization: String) -> Role? {
    detail(of: organization)?.member(user)?.role
  }
}
