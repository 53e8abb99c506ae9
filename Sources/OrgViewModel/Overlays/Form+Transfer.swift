import OrgCore

// The form in which an owner hands an organization over.
extension Form {
  /// What is chosen for an owner who doesn't stay.
  private static let leaving = "leaves"

  static func transfer(_ organization: Organization, from owner: String, roles: [Role]) -> Form {
    let others = roles.filter { $0 != .owner }
    return Form(
      purpose: .transfer(organization: organization.id, name: organization.name, owner: owner),
      fields: [
        Field(.user, "New owner", "", hint: "the id of a user, a member or a new one"),
        Field(
          .role, "Old owner", (others.contains(.member) ? .member : others.first)?.title ?? leaving,
          choices: others.map(\.title) + [leaving], hint: "what \(owner.escapedForDisplay) becomes"),
      ])
  }

  /// Whether the owner who hands over leaves the organization.
  var isLeaving: Bool {
    guard case .transfer = purpose else { return false }
    return fields.last?.input.text == Self.leaving
  }

  /// The transfer that was typed; `nil` in other forms.
  func transfer(_ rules: Rules) throws(OrgError) -> OwnershipTransfer? {
    guard case .transfer(let organization, _, let owner) = purpose else { return nil }
    return OwnershipTransfer(
      of: organization, from: owner, to: user,
      isLeaving ? .leaves : .role(try rules.role(fields.last?.input.text ?? "")))
  }
}

extension OwnershipTransfer {
  /// What to ask before it is done; text of the data is escaped.
  ///
  /// - Parameter isAddition: whether the successor isn't a member yet.
  func question(_ name: String, adding isAddition: Bool) -> String {
    let (who, next) = (owner.escapedForDisplay, successor.escapedForDisplay)
    let end =
      switch afterwards {
      case .role(let role): "make \(who) \(role.title)"
      case .leaves: "remove \(who) from it"
      }
    return
      "Hand \(name.escapedForDisplay) over from \(who) to \(next)\(isAddition ? ", who is new there," : "") and \(end)?"
  }
}

extension Change {
  /// Whether it adds a member.
  var isAddition: Bool { if case .addMember = self { true } else { false } }
}

extension Screen {
  /// Hands an organization over from an owner to another user.
  ///
  /// - Parameters:
  ///   - obstacle: why the member can't be edited.
  ///   - subject: the organization and the member that are selected.
  static func transferCommand(
    in contexts: [Context] = Self.contexts,
    unless obstacle: @escaping @Sendable (Self, Workspace) -> String? = { _, _ in nil },
    _ subject: @escaping @Sendable (Self) -> (Organization, OrgUser)?
  ) -> Command<Self> {
    Command(
      .transferOwnership, "t", in: contexts, .changing, "hand ownership over to another user; asks",
      unless: { screen, workspace in
        if let obstacle = workspace.editingObstacle ?? obstacle(screen, workspace) { return obstacle }
        guard let (organization, member) = subject(screen) else { return StatusLine.nothingIsSelected }
        guard member.role != .owner else { return workspace.obstacle(to: member) }
        return
          "\(member.userID.escapedForDisplay) is \(member.role.title) of \(organization.name.escapedForDisplay), not an owner; choose an owner."
      }
    ) {
      guard let (organization, member) = subject($0) else { return }
      $1.open(Form.transfer(organization, from: member.userID, roles: $1.rules.roles))
    }
  }
}

extension Action {
  package static let transferOwnership = Action(
    "transfer-ownership", "Hand ownership over to another user",
    synonyms: "transfer hand over owner successor give")
}
