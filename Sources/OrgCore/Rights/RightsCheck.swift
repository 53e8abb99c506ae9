/// Finds the changes of a set that the user whose rights count may not make. Roles count as they are before the set: what it
/// changes gives nobody rights within it, and takes none.
struct RightsCheck {
  private let access: Access
  private let records: any RecordLookup

  init(_ access: Access, _ records: any RecordLookup) { (self.access, self.records) = (access, records) }

  /// Why a change may not be made; `nil` if it may. What a user may not see isn't there for that user.
  func refusal(of change: Change) -> OrgError? {
    guard let user = access.user else { return nil }
    let (id, operation) = (change.organizationID, change.operation)
    if case .createOrganization = change {
      return OrgError(
        .notAllowed,
        "Only a platform admin creates organizations; you act as \(user.escapedForDisplay).")
    }
    guard let organization = records.organization(id: id), let role = records.member(user, of: id)?.role,
      Access.allows(.look, to: role)
    else { return .noOrganization(id) }
    guard !Access.allows(operation, to: role) else { return nil }
    let name = organization.name.escapedForDisplay
    return OrgError(
      .notAllowed,
      "\(change.gerund(in: name)) takes \(needed(for: operation, in: id)); you act as \(user.escapedForDisplay), \(role.noun) there."
    )
  }

  /// `an owner: alice, bob`
  private func needed(for operation: Access.Operation, in id: String) -> String {
    let roles = Access.roles(allowing: operation)
    guard !roles.isEmpty else { return "a platform admin" }
    let limit = 3
    let users = records.users(with: roles, in: id, limit: limit + 1)
    let shown = users.prefix(limit).map(\.escapedForDisplay) + (users.count > limit ? ["and others"] : [])
    let titles = roles.map(\.noun).joined(separator: " or ")
    return "\(titles) (\(users.isEmpty ? "it has none" : shown.joined(separator: ", ")))"
  }
}

extension OrgError {
  /// No organization has an id, or none that may be seen.
  static func noOrganization(_ id: String) -> OrgError {
    OrgError(.organizationNotFound, "There is no organization \(id.quoted).")
  }
}

extension Role {
  /// What someone is who has it: `an owner`.
  fileprivate var noun: String {
    switch self {
    case .owner, .admin: "an \(title)"
    case .billingAdmin: "a billing admin"
    case .member, .viewer: "a \(title)"
    }
  }
}

extension Change {
  /// What it does, to begin a sentence with.
  fileprivate func gerund(in name: String) -> String {
    switch self {
    case .createOrganization: "Creating \(name)"
    case .removeOrganization: "Removing \(name) altogether"
    case .setField(let field, _, _, _):
      "Changing the \(field.isOptional ? field.title : field.descriptor.word) of \(name)"
    case .addMember(let member): "Adding \(member.userID.escapedForDisplay) to \(name)"
    case .removeMember(let user, _, _): "Removing \(user.escapedForDisplay) from \(name)"
    case .setRole(let user, _, _, _): "Changing the role of \(user.escapedForDisplay) in \(name)"
    }
  }
}
