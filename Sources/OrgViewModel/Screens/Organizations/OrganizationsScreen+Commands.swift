import OrgCore

// What keys do among the organizations.
extension OrganizationsScreen {
  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", in: [.list], .goingAbout, "open the organization", hint: "open",
        unless: needsOrganization
      ) { screen, _ in screen.enterDetail() },
      Command(
        .open, "Enter l Right", in: [.detail], .goingAbout, "edit the field, or the role of the member",
        hint: "edit", unless: { needsOrganization($0, $1) ?? $1.editingObstacle ?? $0.itemObstacle($1) }
      ) { $0.editSelected(&$1) },
      personCommand(in: contexts, refusal: "Choose a member first."), historyCommand(),
      Command(.nextPane, "Tab", .goingAbout, "the next pane") { screen, _ in screen.switchPane() },
      Command(.previousPane, "Shift-Tab", .goingAbout, "the previous pane") { screen, _ in
        screen.switchPane()
      },
    ] + editing + markingCommands() + finding
    + commonCommands(
      leavingFrom: [.list],
      filterHelp:
        "filter as you type: words, plan:, status:, user:, members:>10, no:stripe, !not, ~fuzzy")

  private static let editing: [Command<Self>] = [
    roleCommand(in: [.list], unless: roleObstacle) { $0.changeRole(&$1) },
    planCommand(in: [.list], marked: "plan"), planCommand(in: [.detail]),
    statusCommand(in: [.list], marked: "status"), statusCommand(in: [.detail]),
    Command(
      .add, "a", in: [.list], .changing, "a new organization", hint: "add", unless: { $1.editingObstacle }
    ) { $1.open(Form.create($1.settings.preferences)) },
    roleCommand(in: [.detail], hint: "role", unless: roleObstacle) { $0.changeRole(&$1) },
    Command(
      .add, "a", in: [.detail], .changing, "add a member", hint: "add",
      unless: { $1.editingObstacle ?? $0.obstacle($1) { .members(organization: $0) } }
    ) {
      guard let organization = $0.selectedOrganization else { return }
      $1.open(Form.addMember(to: organization, roles: $1.rules.roles))
    },
    Command(
      .edit, "e F2", in: [.list], .changing, "edit name, plan, status, Lago and Stripe id", hint: "edit",
      unless: editObstacle
    ) { $0.edit(&$1) },
    Command(
      .edit, "e F2", in: [.detail], .changing,
      unless: editObstacle
    ) { $0.edit(&$1) },
    Command(
      .remove, "d Del", in: [.list], .changing, "set the organization, or all marked, to deleted; asks",
      hint: "delete", marked: "delete", unless: needsOrganizations
    ) { $0.delete(&$1) },
    Command(
      .remove, "d Del", in: [.detail], .changing, "remove the member, or all marked; asks", hint: "remove",
      marked: "remove", unless: roleObstacle
    ) { $0.removeMember(&$1) },
    offboardCommand(in: [.detail]) { screen in
      if screen.editsMarkedMembers, let id = screen.list.selected {
        return screen.memberMarks[id]?.sorted() ?? []
      }
      return screen.selectedMember.map { [$0.userID] } ?? []
    },
    transferCommand(in: [.detail], unless: { $0.memberObstacle($1) }) { screen in
      guard let organization = screen.selectedOrganization else { return nil }
      return screen.selectedMember.map { (organization, $0) }
    },
  ]

  private static func planCommand(in contexts: [Context], marked: String? = nil) -> Command<Self> {
    Command(
      .changePlan, "p", in: contexts, .changing, "plan of the organization, or of all marked", marked: marked,
      unless: needsOrganizations
    ) {
      $1.open(
        PlanMenu(
          organization: $0.unmarkedOrganization, markedCount: $0.list.marks.count,
          plan: $0.selectedOrganization?.planTier))
    }
  }

  private static func statusCommand(in contexts: [Context], marked: String? = nil) -> Command<Self> {
    Command(
      .changeStatus, "S", in: contexts, .changing, "status of the organization, or of all marked",
      marked: marked, unless: needsOrganizations
    ) { $1.open(StatusMenu(organization: $0.unmarkedOrganization, markedCount: $0.list.marks.count)) }
  }

  private static let finding: [Command<Self>] =
    [
      Command(
        .nextMatch, "n", .finding,
        "the next match of the filter, also after it was cleared"
      ) { $0.find(isForward: true, &$1) },
      Command(
        .previousMatch, "N", .finding, "the previous match"
      ) { $0.find(isForward: false, &$1) },
      Command(.toggleDeleted, ".", in: [.list], .finding, "show deleted organizations, or hide them again") {
        $0.toggleDeleted(&$1)
      },
    ]
    + sortingCommands(in: [.list], { $0.order }) { $0.sort(by: $1, &$2) }
    + sortingCommands(in: [.detail], { $0.members.order }) { $0.sortMembers(by: $1, &$2) }

  // MARK: Obstacles

  private typealias Obstacle = @Sendable (Self, Workspace) -> String?

  private static let needsOrganization: Obstacle = { screen, _ in
    screen.selectedOrganization == nil ? screen.nothingSelected : nil
  }

  private static let editObstacle: Obstacle = { screen, workspace in
    workspace.editingObstacle ?? screen.obstacle(workspace) { .organization($0) }
  }

  private static let needsOrganizations: Obstacle = { screen, workspace in
    workspace.editingObstacle
      ?? (screen.editsMarked ? nil : screen.obstacle(workspace) { .organization($0) })
  }

  private static let roleObstacle: Obstacle = { screen, workspace in
    workspace.editingObstacle
      ?? (screen.editsMarkedMembers ? nil : screen.memberObstacle(workspace))
  }

  /// Why a part of the selected organization can't be edited.
  private func obstacle(_ workspace: Workspace, to scope: (String) -> DataProblem.Scope) -> String? {
    guard let organization = selectedOrganization else { return nothingSelected }
    return workspace.obstacle(to: scope(organization.id))
  }

  private func memberObstacle(_ workspace: Workspace) -> String? {
    guard pane == .detail, let member = selectedMember else { return noMember }
    return workspace.obstacle(to: member)
  }

  /// Why what is selected in the detail can't be edited.
  private func itemObstacle(_ workspace: Workspace) -> String? {
    switch detail.isGone ? nil : detail.id {
    case .field: selectedOrganization.flatMap { workspace.obstacle(to: .organization($0.id)) }
    case .member: selectedMember.flatMap { workspace.obstacle(to: $0) }
    case nil: nil
    }
  }

  var nothingSelected: String {
    list.selection.isGone
      ? "That organization is gone; move to choose another." : "There is no organization to choose."
  }

  var noMember: String {
    detail.isGone
      ? "That member is gone; move to choose another."
      : "Choose a member first: Enter opens the organization."
  }

  // MARK: What is edited

  /// Whether an edit of organizations is about all that are marked, and not about the selected one alone.
  var editsMarked: Bool {
    guard list.marks.count == 1, let id = list.selected else { return !list.marks.isEmpty }
    return !list.marks.contains(id)
  }

  /// Whether an edit of members is about all that are marked, and not about the selected one alone.
  private var editsMarkedMembers: Bool {
    guard pane == .detail, let id = list.selected, let users = memberMarks[id] else { return false }
    return !users.isEmpty && users != selectedMember.map { [$0.userID] }
  }

  /// The organization that an edit is about; `nil` for all that are marked.
  private var unmarkedOrganization: Organization? { editsMarked ? nil : selectedOrganization }

  /// Puts the focus on the organization, which chooses it.
  private mutating func enterDetail() {
    pane = .detail
    list.chosen = list.selected
  }

  private mutating func switchPane() {
    endRange()
    if pane == .list, selectedOrganization != nil { enterDetail() } else { pane = .list }
  }

  private func edit(_ workspace: inout Workspace) {
    guard let organization = selectedOrganization else { return }
    var focus = OrganizationField.name
    if pane == .detail, case .field(let field) = detail.id { focus = field }
    workspace.open(Form.edit(organization, focus: focus, workspace.settings.preferences))
  }

  private func editSelected(_ workspace: inout Workspace) {
    switch detail.isGone ? nil : detail.id {
    case .field: edit(&workspace)
    case .member:
      if let member = selectedMember {
        workspace.askForRole(of: member, in: selectedOrganization?.name ?? member.organizationID)
      }
    case nil: workspace.status.refuse(noMember)
    }
  }

  private func changeRole(_ workspace: inout Workspace) {
    if editsMarkedMembers {
      let name = selectedOrganization?.name.escapedForDisplay ?? ""
      workspace.open(RoleMenu(.marked("\(Words.members(markCount)) of \(name)", in: list.selection.id)))
    } else if let member = selectedMember {
      workspace.askForRole(of: member, in: selectedOrganization?.name ?? member.organizationID)
    }
  }

  private mutating func removeMember(_ workspace: inout Workspace) {
    if editsMarkedMembers {
      workspace.requestBulkEdit(.marked(.removal, in: list.selection.id))
    } else if let organization = selectedOrganization, let member = selectedMember {
      workspace.askToRemove(member, from: organization)
    }
  }

  private mutating func delete(_ workspace: inout Workspace) {
    if editsMarked {
      workspace.requestBulkEdit(.marked(.status(.deleted), in: nil))
    } else if let organization = selectedOrganization {
      workspace.askToDelete(organization)
    }
  }

  package func source(
    of edit: BulkEdit, in organization: String?
  ) -> (BulkEditPlan.Source, title: String)? {
    let records: MarkedRecords.Records
    switch edit {
    case .plan, .status: records = .organizations(list.marks)
    case .role, .removal:
      guard let id = organization, let users = memberMarks[id] else { return nil }
      records = .members(of: id, users)
    case .repair: return nil
    }
    let marked = MarkedRecords(records: records, organizationList: data)
    return (.marked(marked, edit), marked.title(edit))
  }

  package func copied(isRow: Bool, _ workspace: Workspace) -> Result<[String?], CopyRefusal> {
    guard let organization = selectedOrganization else {
      return .failure(CopyRefusal(reason: nothingSelected))
    }
    let item = detail.isGone ? nil : detail.id
    switch (pane, item) {
    case (.list, _): return .success(isRow ? values(organization) : [organization.id])
    case (.detail, .field) where isRow: return .success(values(organization))
    case (.detail, .field(let field)):
      guard let value = organization[field] else {
        return .failure(CopyRefusal(reason: "There is nothing to copy: the \(field.title) is empty."))
      }
      return .success([value])
    case (.detail, _):
      guard let member = selectedMember else { return .failure(CopyRefusal(reason: noMember)) }
      return .success(isRow ? values(member) : [member.userID])
    }
  }

  /// The values of an organization in the order of its file, then how many members it has.
  private func values(_ organization: Organization) -> [String?] {
    let row = data.row(of: organization.id).flatMap(data.listing.row(at:))
    let count = (data.listing.detail(of: organization.id)?.memberCount ?? row?.memberCount).map { String($0) }
    return OrganizationKey.all.map(organization.text) + [count]
  }

  private func values(_ member: OrgUser) -> [String?] {
    [member.organizationID, member.userID, member.role.rawValue, member.joinedAt.description]
  }
}

extension Action {
  package static let changePlan = Action(
    "change-plan", "Change the plan of the organization, or of all marked",
    synonyms: "upgrade downgrade tier")
  package static let changeStatus = Action(
    "change-status", "Change the status of the organization, or of all marked",
    synonyms: "suspend activate reactivate restore block delete")
  package static let toggleDeleted = Action("toggle-deleted", "Show or hide deleted organizations")
  package static let nextMatch = Action("next-match", "To the next match of the filter")
  package static let previousMatch = Action("previous-match", "To the previous match of the filter")
  package static let sort = Action(
    "sort", "Sort by a column",
    synonyms: "order arrange")
}
