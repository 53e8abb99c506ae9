import OrgCore

/// The state of the whole program, as far as it can be seen, and how every action changes it: a screen, what covers it, and
/// the way here. Pure and synchronous: it knows no clock, no file, no key and no cell.
package struct AppModel: Sendable {
  /// What is shared by all screens and overlays.
  package internal(set) var workspace: Workspace
  /// The screen that is shown.
  package internal(set) var screen: any Screen
  /// Screens that live on while another one is shown.
  var residents: [any Screen] = []
  /// The way here, and back.
  var navigation = NavigationHistory()
  /// What was last asked to be kept of what is typed.
  private var keptDraft: Draft?

  /// A model that shows the organizations from the top.
  package init(
    _ data: OrganizationList, viewport: Viewport, settings: Settings = Settings(),
    message: StatusLine.Message? = nil
  ) {
    workspace = Workspace(data, viewport: viewport, settings: settings)
    workspace.status.message = message
    screen = OrganizationsScreen(data, viewport)
  }

  // MARK: Keys

  /// Where keys go.
  package var context: Context { workspace.overlay?.context ?? screen.context }

  /// Changes the state as an action asks, and says what the world has to do.
  package mutating func update(_ action: Action) -> [Effect] {
    act(action)
    return takeEffects()
  }

  private mutating func act(_ action: Action) {
    if action == .unreadable { return workspace.status.refuse(StatusLine.unreadable) }
    let isCancelling = action == .cancel
    if workspace.commits.isLeaving, !(workspace.overlay is LeaveQuestion) {
      // Keys wait until what is being saved is saved.
      if isCancelling { workspace.commits.isLeaving = false }
      if isCancelling || !Self.isAlwaysDone.contains(action) { return }
    }
    if workspace.overlay == nil {
      if workspace.commits.isWaiting, isCancelling {
        _ = workspace.takeBackNewest()
        return
      }
      if workspace.commits.isWaiting, action == .back { return workspace.takeBackAll() }
      if isCancelling, workspace.cancelExport() || workspace.endVerification() { return }
      if isCancelling, workspace.pendingBulkEdit != nil || screen.cancelWait() {
        let form = workspace.pendingBulkEdit?.form
        workspace.pendingBulkEdit = nil
        workspace.status.note("Cancelled.")
        if let form { workspace.open(form) }
        return
      }
    }
    if !workspace.performOnOverlay(action) { screen.perform(action, &workspace) }
    followTransition()
  }

  private static let isAlwaysDone: Set<Action> = [.redraw, .suspend]

  /// Why an action can't be done on the screen now; `nil` where it can.
  package func obstacle(to action: Action) -> String? { screen.obstacle(to: action, workspace) }

  /// Why what a line of the palette offers can't be done now; `nil` where it can.
  package func obstacle(to choice: Palette.Choice) -> String? {
    if case .action(let action) = choice { obstacle(to: action) } else { nil }
  }

  /// What the world has to do.
  mutating func takeEffects() -> [Effect] {
    if workspace.pendingBulkEdit != nil { screen.endRange() }
    workspace.sendPendingBulkEdit(from: screen)
    if let fetch = screen.missingRows, fetch != workspace.requests.fetch {
      workspace.requests.fetch = fetch
      workspace.requests.isFetching = true
      workspace.ask(.fetch(fetch))
    }
    askForNames()
    let draft = workspace.typedForm.flatMap { Draft($0) }
    if draft != keptDraft {
      keptDraft = draft
      workspace.ask(draft.map(RuntimeEffect.saveDraft) ?? .dropDraft)
    }
    return workspace.takeEffects()
  }

  // MARK: Going about

  /// Goes where a command leads.
  private mutating func followTransition() {
    switch workspace.takeTransition() {
    case nil: break
    case .filter(let step): screen.take(step, &workspace)
    case .perform(let action): screen.perform(action, &workspace)
    case .choose(let choice): return choose(choice)
    case .show(let shortcut): show(shortcut.screen())
    case .view(let view): show(view)
    case .visit(let screen): if screen.identity != self.screen.identity { leave(for: screen) }
    case .organizations(let query): showOrganizations(matching: query, isVisit: true)
    case .organization(let id, let name, let item): showOrganization(id, named: name, item)
    case .back: follow(navigation.goBack(from: screen), "There is no screen before this one.")
    case .forward: follow(navigation.goForward(from: screen), "There is no screen after this one.")
    case .last:
      guard let last = navigation.last else {
        return workspace.status.refuse("This is the first screen; there is no last one.")
      }
      leave(for: last)
    case .leaveScreen:
      if let target = navigation.goBack(from: screen) { enter(target) } else { showOrganizations() }
    case .quit: quit()
    }
    // A command that is run by another one may lead somewhere, too.
    if workspace.hasTransition { followTransition() }
  }

  /// Runs what was chosen in the palette, which stays open if that can't be done.
  private mutating func choose(_ choice: Palette.Choice) {
    if let reason = obstacle(to: choice) { return workspace.status.refuse(reason) }
    workspace.closePalette()
    switch choice {
    case .action(let action): act(action)
    case .view(let view): show(view)
    }
  }

  /// Shows a list as a view has it.
  private mutating func show(_ view: SavedView) {
    workspace.status.message = nil
    switch view.list {
    case .organizations:
      workspace.columns = view.columns ?? workspace.settings.preferences.columns
      if !(screen is OrganizationsScreen) { showOrganizations() }
      withOrganizations { $0.show(view, &$1) }
    case .users: show(UsersScreen())
    case .history: show(HistoryScreen())
    }
    guard view.list != .organizations else { return }
    screen.sort(as: view, &workspace)
    screen.take(.type(view.filter), &workspace)
    screen.take(.accept, &workspace)
  }

  /// Goes to a screen with a shortcut, as it was left.
  private mutating func show(_ new: any Screen) {
    guard new.identity != screen.identity else { return }
    if type(of: new).isResident {
      leave()
      take(residentLike: new)
      screen.resume(&workspace)
    } else {
      leave(for: navigation.left[new.identity] ?? new)
    }
  }

  /// Goes to a screen, with the way back.
  mutating func leave(for new: any Screen) {
    leave()
    enter(new)
  }

  private mutating func leave() {
    screen.endRange()
    navigation.leave(screen)
  }

  private mutating func follow(_ target: (any Screen)?, _ refusal: String) {
    guard let target else { return workspace.status.refuse(refusal) }
    enter(target)
  }

  /// Shows a screen that was remembered, or is new.
  private mutating func enter(_ new: any Screen) {
    screen.endRange()
    if type(of: new).isResident {
      take(residentLike: new)
      screen.unfold(anyScreen: new, &workspace)
    } else {
      keepResident()
      screen = new
      screen.resize(workspace.viewport)
      screen.resume(&workspace)
    }
  }

  /// Keeps the screen alive while another one is shown, if it is one that lives on.
  private mutating func keepResident() {
    if type(of: screen).isResident { residents.append(screen) }
  }

  /// Shows the screen of a type that lives on.
  private mutating func take(residentLike new: any Screen) {
    guard let index = residents.firstIndex(where: { $0.identity == new.identity }) else { return }
    keepResident()
    screen = residents.remove(at: index)
    workspace.ask(.forgetRows)
  }

  // MARK: The organizations

  /// Lets the screen of the organizations, shown or not, do something.
  mutating func withOrganizations(
    _ body: (inout OrganizationsScreen, inout Workspace) -> Void
  ) {
    if var organizations = screen as? OrganizationsScreen {
      body(&organizations, &workspace)
      screen = organizations
    } else if let index = residents.firstIndex(where: { $0 is OrganizationsScreen }),
      var organizations = residents[index] as? OrganizationsScreen
    {
      body(&organizations, &workspace)
      residents[index] = organizations
    }
  }

  private mutating func showOrganizations() {
    leave()
    take(residentLike: OrganizationsScreen(.unread, workspace.viewport))
    screen.resume(&workspace)
  }

  private mutating func showOrganizations(matching query: String, isVisit: Bool) {
    if !(screen is OrganizationsScreen) { showOrganizations() }
    withOrganizations { $0.show(matching: query, isVisit: isVisit, &$1) }
  }

  private mutating func showOrganization(_ id: String, named name: String, _ item: DetailItem?) {
    guard workspace.data.listing.contains(id) else {
      return workspace.status.refuse("\(name.escapedForDisplay) is no longer among the organizations.")
    }
    showOrganizations()
    withOrganizations { $0.show(organization: id, item, &$1) }
  }

  // MARK: New data

  /// Receives data, or rows, that were asked for or came by themselves. Everything that is selected, and its place on the
  /// screen, stays on the same records.
  ///
  /// - Parameter own: organizations that were changed here, which need no mark to be noticed.
  mutating func take(_ new: OrganizationList, own: Set<String> = []) {
    workspace.flash.unseen.formUnion(new.changed.subtracting(own))
    let old = workspace.data
    let isOlder = new.revision < old.revision
    guard !isOlder, new.request.serial >= old.request.serial else {
      if !isOlder { workspace.requests.superseded.append(new.step) }
      // Of two that were made at the same time, each can be newer in one way: then neither will do.
      let isNewer = !isOlder || new.request.serial > old.request.serial
      if isNewer, new.revision != old.revision { workspace.arrangeAgain() }
      return
    }
    workspace.accept(new)
    for index in residents.indices { residents[index].follow(old, isShown: false, &workspace) }
    screen.follow(old, isShown: true, &workspace)
    workspace.requests.superseded = []
    workspace.noteNewData(since: old)
  }
}
