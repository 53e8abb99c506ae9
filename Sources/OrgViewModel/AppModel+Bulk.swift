import OrgCore

// Plan, status, role and removal: of what is selected at once, of all that is marked after a question.
extension AppModel {
  /// Whether an edit of organizations is about all that are marked, and not about the selected one alone.
  var editsMarkedOrganizations: Bool {
    guard marks.count == 1, !list.isGone, !organizationList.rows.isEmpty else { return !marks.isEmpty }
    return !marks.contains(Int(organizationList.rows[list.row]))
  }

  /// Whether an edit of members is about all that are marked, and not about the selected one alone.
  var editsMarkedMembers: Bool {
    guard pane == .detail, let id = list.id, !list.isGone, let users = memberMarks[id] else { return false }
    return !users.isEmpty && users != selectedMember.map { [$0.userID] }
  }

  /// What a menu asks about, with what there is now, as far as it is about one record.
  ///
  /// - Parameter organization: the one that it is about; `nil` for all that are marked.
  public func subject(of field: OrganizationField, _ organization: Organization?) -> String {
    guard let organization else { return "\(field.title) of \(Self.organizations(marks.count)), all marked:" }
    let now = organization[field]?.escapedForDisplay ?? "none"
    return "\(field.title) of \(organization.name.escapedForDisplay), now \(now):"
  }

  mutating func choosePlan(_ action: Action, of organization: Organization?) -> [Effect] {
    switch action {
    case .choosePlan(let plan): return set(.planTier, of: organization, to: plan, .plan(plan))
    case .chooseOtherPlan:
      mode = .form(
        organization.map { .edit($0, focus: .planTier, preferences) } ?? .plan(ofMarked: marks.count))
    case .back, .cancel, .decline, .close: mode = .browse
    default: break
    }
    return []
  }

  mutating func chooseStatus(_ action: Action, of organization: Organization?) -> [Effect] {
    switch action {
    case .chooseStatus(.deleted) where organization != nil:
      mode = .browse
      return remove(organization)
    case .chooseStatus(let status):
      return set(.status, of: organization, to: status.rawValue, .status(status))
    case .back, .cancel, .decline, .close: mode = .browse
    default: break
    }
    return []
  }

  /// Sets a field of one organization, or of all that are marked.
  private mutating func set(
    _ field: OrganizationField, of organization: Organization?, to value: String, _ edit: BulkEdit
  ) -> [Effect] {
    mode = .browse
    guard let organization else { return preview(edit) }
    if !isCommitting, let present = organizationList.snapshot.organization(id: organization.id) {
      let what = "\(field.title) of \(organization.name.escapedForDisplay)"
      guard present[field] != value else {
        message = Message(text: "\(what) is \(value.escapedForDisplay) already.", kind: .note)
        return []
      }
      guard present[field] == organization[field] else {
        let (now, before) = (present[field] ?? "none", organization[field] ?? "none")
        return refuse(
          "\(what) is \(now.escapedForDisplay) now, no longer \(before.escapedForDisplay), so it was not changed."
        )
      }
    }
    return commit([
      .setField(field, organization: organization.id, from: organization[field], to: value)
    ])
  }

  /// Whose role a menu asks about, where it is about all that are marked.
  public var markedRoles: String {
    if case .person(let user) = screen {
      return "Role of \(user.escapedForDisplay) in \(Self.organizations(markCount)), all marked:"
    }
    let name = selectedOrganization?.name.escapedForDisplay ?? ""
    return "Role of \(Self.members(markCount)) of \(name), all marked:"
  }

  /// Asks what an edit of all that is marked would do.
  mutating func preview(_ edit: BulkEdit) -> [Effect] {
    if sheet != nil { return editPerson(edit) }
    range = nil
    switch edit {
    case .role, .removal:
      guard let id = list.id, memberMarks[id] != nil else { return [] }
      return propose(.members(of: id, edit))
    case .plan, .status: return propose(.organizations(edit))
    }
  }
}
