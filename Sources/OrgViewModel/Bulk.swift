import OrgCore

/// What becomes of many records at once.
package enum BulkEdit: Sendable, Hashable {
  /// Organizations are put on a plan.
  case plan(String)
  /// Organizations get a status.
  case status(Organization.Status)
  /// Members get a role.
  case role(Role)
  /// Members are removed.
  case removal
  /// What is wrong about billing is made right.
  case repair
}

/// All that is marked, to be edited in one go: it may be everything there is, so its changes are made off the
/// screen's thread.
package struct MarkedRecords: Sendable {
  package enum Records: Sendable {
    case organizations(OrganizationMarks)
    case members(of: String, Set<String>)
  }

  let records: Records
  /// The data in which they are marked, and the rows that the filter shows.
  let organizationList: OrganizationList

  /// How many organizations, or members.
  var count: String {
    switch records {
    case .organizations(let marks): Words.organizations(marks.count)
    case .members(_, let users): Words.members(users.count)
    }
  }

  /// How many of them the filter hides.
  var hiddenCount: Int {
    guard case .organizations(let marks) = records else { return 0 }
    return marks.count - marks.count(shownIn: organizationList.listing)
  }

  /// The changes that an edit comes to, in the order of the data.
  func changes(_ edit: BulkEdit) throws(OrgError) -> [Change] {
    let reader = organizationList.reader
    switch records {
    case .organizations(let marks):
      return try reader.organizations(ids: marks.allIDs()).compactMap { change($0, edit) }
    case .members(let id, let users):
      return try reader.members(of: id).compactMap { users.contains($0.userID) ? change($0, edit) : nil }
    }
  }

  private func change(_ organization: Organization, _ edit: BulkEdit) -> Change? {
    switch edit {
    case .plan(let plan):
      .setField(.planTier, organization: organization.id, from: organization.planTier, to: plan)
    case .status(let status):
      .setField(
        .status, organization: organization.id, from: organization.status.rawValue, to: status.rawValue)
    case .role, .removal, .repair: nil
    }
  }

  private func change(_ member: OrgUser, _ edit: BulkEdit) -> Change? {
    switch edit {
    case .role(let role):
      .setRole(user: member.userID, organization: member.organizationID, from: member.role, to: role)
    case .removal:
      .removeMember(user: member.userID, organization: member.organizationID, role: member.role)
    case .plan, .status, .repair: nil
    }
  }

  /// What an edit would be, for a question.
  func title(_ edit: BulkEdit) -> String {
    switch edit {
    case .plan(let plan): "Put \(count) on \(plan.escapedForDisplay)"
    case .status(let status): "Set \(count) to \(status.rawValue)"
    case .role(let role): "Give \(count) the role \(role.title)"
    case .removal: "Remove \(count)"
    case .repair: "Repair \(count)"
    }
  }
}
