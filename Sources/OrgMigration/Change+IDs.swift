import OrgCore

extension Change {
  /// The same change to an organization with another id.
  func withIDs(_ id: (String) -> String) -> Change {
    switch self {
    case .createOrganization(var organization):
      organization.id = id(organization.id)
      return .createOrganization(organization)
    case .removeOrganization(var organization):
      organization.id = id(organization.id)
      return .removeOrganization(organization)
    case .setField(let field, let organization, let from, let to):
      return .setField(field, organization: id(organization), from: from, to: to)
    case .addMember(var member):
      member.organizationID = id(member.organizationID)
      return .addMember(member)
    case .removeMember(let user, let organization, let role):
      return .removeMember(user: user, organization: id(organization), role: role)
    case .setRole(let user, let organization, let from, let to):
      return .setRole(user: user, organization: id(organization), from: from, to: to)
    }
  }
}

extension HistoryEntry {
  /// The same entry with other ids of organizations.
  func withIDs(_ id: (String) -> String) -> HistoryEntry {
    func change(_ recorded: RecordedChange) -> RecordedChange {
      RecordedChange(
        recorded.change.withIDs(id), organizationName: recorded.organizationName, joinedAt: recorded.joinedAt)
    }
    return HistoryEntry(
      generation: generation, time: time, kind: kind, actor: actor, changes: changes.map(change),
      reverted: reverted, refused: refused.map(change), note: note, erasedCount: erasedCount)
  }
}
