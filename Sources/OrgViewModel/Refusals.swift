import OrgCore

// What would be refused in any case is refused before anything is asked.
extension Workspace {
  /// Whether a member can be removed or given another role, as far as the organization needs an owner.
  private enum OwnerGuard {
    case free
    /// The organization would be left without one.
    case refuses(String)
    /// The counts aren't there yet, or what is being saved may change them.
    case unknown
  }

  private func ownerGuard(_ member: OrgUser, of name: String) -> OwnerGuard {
    guard member.role == .owner else { return .free }
    guard commits.isEmpty, let detail = data.listing.detail(of: member.organizationID) else {
      return .unknown
    }
    guard detail.roleCounts.owner == 1 else { return .free }
    return .refuses(
      "\(member.userID.escapedForDisplay) is the last owner of \(name.escapedForDisplay); make someone else an owner first."
    )
  }

  /// Asks whether a member shall be removed, unless that would be refused.
  mutating func askToRemove(_ member: OrgUser, from organization: Organization) {
    let question = Question.removal(of: member, from: organization)
    switch ownerGuard(member, of: organization.name) {
    case .free: ask(question)
    case .refuses(let reason): status.refuse(reason)
    case .unknown:
      requestBulkEdit(
        .set(ChangeSet(question.changes), title: String(question.text.dropLast()), isCounted: false))
      pendingBulkEdit?.followsCommits = true
    }
  }

  /// Asks for the new role of a member, unless any other than the present one would be refused.
  mutating func askForRole(of member: OrgUser, in name: String) {
    let menu = RoleMenu(.member(member))
    switch ownerGuard(member, of: name) {
    case .free: open(menu)
    case .refuses(let reason): status.refuse(reason)
    case .unknown:
      let demotion = Change.setRole(
        user: member.userID, organization: member.organizationID, from: member.role, to: .member)
      requestBulkEdit(.set(ChangeSet([demotion]), title: "Change the role", isCounted: false))
      pendingBulkEdit?.menu = menu
      pendingBulkEdit?.followsCommits = true
    }
  }

  /// Why a record can't be edited, whatever becomes of it; `nil` where it can.
  func obstacle(to scopes: DataProblem.Scope...) -> String? {
    data.listing.summary.recordProblems.first { scopes.contains($0.scope) }?.refusal.message
  }

  /// Why a member can't be edited, whatever becomes of it; `nil` where it can.
  func obstacle(to member: OrgUser) -> String? {
    obstacle(
      to: .members(organization: member.organizationID),
      .member(user: member.userID, organization: member.organizationID))
  }
}
