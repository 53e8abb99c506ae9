import OrgCore

/// What a screen shows of users, and looks for among them: names beside ids come of that.
package protocol NamingScreen: CommandTarget {
  /// The user whom a directory is asked about for the line above the hints: the one that is selected, or that the screen is
  /// about.
  var namedUser: String? { get }
  /// The users who are on the screen.
  func shownUsers(_ workspace: Workspace) -> [String]
  /// Those who are there soon, as a person goes on.
  func usersAround(_ workspace: Workspace) -> [String]
  /// What a directory of users is to be asked because the filter has it.
  func nameSearch(_ workspace: Workspace) -> NameSearch
  /// Learns that a directory knows users by what the filter says.
  mutating func namesCame(_ workspace: inout Workspace)
}

// Names beside ids: a screen says which users it shows, and which texts may be names.
extension AppModel {
  /// Asks a directory of users for what the screen shows and isn't known yet.
  mutating func askForNames() {
    guard workspace.settings.hasDirectory else { return }
    let time = workspace.settings.environment.now()
    let shown = screen.shownUsers(workspace)
    let asked = workspace.overlays.flatMap(\.namedUsers).prefix(20)
    var names = workspace.surroundings.names
    let request = names.request(asked + shown, at: time) { screen.usersAround(workspace) }
    if let request {
      workspace.surroundings.names = names
      workspace.ask(.name(request))
    }
    let search = screen.nameSearch(workspace)
    if !search.isEmpty, let search = workspace.surroundings.names.search(search) {
      workspace.ask(.searchNames(search))
    }
  }

  /// Asks for what the first screen lacks.
  package mutating func begin() -> [Effect] { takeEffects() }

  /// Learns what a directory of users says of ids.
  package mutating func receive(_ answers: [String: NamedUser]) {
    workspace.surroundings.names.receive(answers, at: workspace.settings.environment.now())
  }

  /// Learns whom a directory knows by texts.
  package mutating func receive(_ found: DirectoryTerms, for search: NameSearch) -> [Effect] {
    workspace.surroundings.names.receive(found)
    let names = workspace.surroundings.names.terms(of: screen.nameSearch(workspace))
    let isNews =
      found.users.contains { !$0.value.isEmpty && names.users[$0.key] != nil }
      || found.states.keys.contains { names.states[$0] != nil }
    if isNews { screen.namesCame(&workspace) }
    return takeEffects()
  }

  /// Learns that a directory couldn't be asked; it is said once, and again when it could be asked meanwhile.
  ///
  /// - Parameter search: what it was to find; `nil` for names of ids.
  package mutating func receive(namesFailure message: String, for search: NameSearch?) {
    if let search { workspace.surroundings.names.giveUp(search) }
    if let search, !search.states.isEmpty { return workspace.status.report(message, .refusal) }
    guard !workspace.surroundings.names.isFailureTold, workspace.status.message == nil else { return }
    workspace.surroundings.names.isFailureTold = true
    workspace.status.note(message)
  }

  /// Learns whom e-mail addresses that were typed belong to.
  package mutating func receive(typed people: [String: Person]) {
    workspace.surroundings.names.receive(typed: people)
  }

  /// Whom the selected user's id belongs to: `u-1: Jane Doe, jane@example.org`; `nil` where that isn't known. Escaped.
  package var namedSelection: String? {
    guard workspace.settings.hasDirectory, let user = screen.namedUser,
      let detail = workspace.surroundings.names[user]?.detail(of: user)
    else { return nil }
    return "\(user.escapedForDisplay): \(detail)"
  }
}

extension Workspace {
  /// The names beside ids; `nil` without a directory of users.
  package var names: NameBook? { settings.hasDirectory ? surroundings.names : nil }
}

extension Screen {
  package func shownUsers(_ workspace: Workspace) -> [String] { [] }
  package func usersAround(_ workspace: Workspace) -> [String] { [] }
  package var namedUser: String? { selectedUser }
  package func nameSearch(_ workspace: Workspace) -> NameSearch { NameSearch() }
  package mutating func namesCame(_ workspace: inout Workspace) {}
}

extension RowsScreen {
  /// The ids of the rows on the screen, and of those of some pages before and after.
  func ids(_ workspace: Workspace, pages: Int = 0) -> [String] {
    guard let rows = list.rows else { return [] }
    let room = workspace.viewport.listRows
    let visible = list.visible(room)
    let range = max(0, visible.lowerBound - pages * room)..<min(rows.count, visible.upperBound + pages * room)
    return range.compactMap { rows.isAwaited($0) ? nil : rows.id(at: $0) }
  }
}

extension Overlay {
  package var namedUsers: [String] { [] }
}
