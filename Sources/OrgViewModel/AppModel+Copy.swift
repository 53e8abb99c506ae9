import OrgCore

// What is selected, for the clipboard.
extension AppModel {
  /// Copies an id or a value, or the whole row.
  mutating func copy(row isRow: Bool) -> [Effect] {
    guard let organization = selectedOrganization else { return refuse(nothingSelected) }
    let item = detail.isGone ? nil : detail.id
    switch (pane, item) {
    case (.list, _):
      return [.terminal(.copy(isRow ? row(organization) : organization.id.withVisibleControls))]
    case (.detail, .member):
      guard let member = selectedMember else { return refuse(noMember) }
      return [.terminal(.copy(isRow ? row(member) : member.userID.withVisibleControls))]
    case (.detail, .field(let field)):
      if isRow { return [.terminal(.copy(row(organization)))] }
      guard let value = organization[field] else {
        return refuse("There is nothing to copy: the \(field.title) is empty.")
      }
      return [.terminal(.copy(value.withVisibleControls))]
    case (.detail, nil): return refuse(noMember)
    }
  }

  /// The same on the other screens: what is selected there by its id first, then what else its row says.
  mutating func copyInSheet(row isRow: Bool) -> [Effect] {
    guard let sheet, let id = sheet.selectedID else { return [] }
    let values: [String]
    switch sheet.content {
    case .users(let users):
      let user = users.user(at: sheet.selectedRow)
      let counts = [user.organizationCount, user.roles.owner, user.roles.billingAdmin, user.roles.member]
      values = [id] + counts.map(String.init)
    case .person(let person):
      let row = person.row(at: sheet.selectedRow)
      values = [id, row.organization.name, row.member.role.rawValue, row.member.joinedAt.description]
    case .history(let history):
      if let change = selectedChange, sheet.place.pane == .detail {
        values = [change.change.organizationID, change.organizationName, change.summary]
      } else {
        let row = history.rows[sheet.selectedRow]
        values = [id, row.entry.time.description, row.actor, row.text]
      }
    case .overview(let overview):
      switch overview.lines[sheet.selectedRow] {
      case .count(let label, let count, _, let query, _): values = [query, label, String(count)]
      case .organization(let name, let id, let value): values = [id, name, value]
      case .heading, .blank, .more: return []
      }
    case nil: return []
    }
    return [.terminal(.copy(isRow ? Self.row(values) : values[0].withVisibleControls))]
  }

  /// The values of an organization in the order of its file, then how many members it has.
  private func row(_ organization: Organization) -> String {
    let contents = organizationList.snapshot.contents
    let count = contents.index(ofOrganization: organization.id).map { String(contents.memberCount(at: $0)) }
    return Self.row([
      organization.id, organization.name, organization.createdAt.description, organization.planTier,
      organization.lagoCustomerID, organization.stripeCustomerID, organization.status.rawValue, count,
    ])
  }

  private func row(_ member: OrgUser) -> String {
    Self.row([member.organizationID, member.userID, member.role.rawValue, member.joinedAt.description])
  }

  private static func row(_ values: [String?]) -> String {
    values.map { ($0 ?? "").withVisibleControls }.joined(separator: "\t")
  }

  /// Says that a text was copied, or why it wasn't.
  public mutating func receive(copied text: String, problem: String?) {
    if let problem {
      message = Message(text: problem, kind: .refusal)
    } else {
      let values = text.split(separator: "\t", omittingEmptySubsequences: false)
      let what = values.count > 1 ? "the row of \(values[1])" : text
      message = Message(text: "Copied \(what.escapedForDisplay).", kind: .note)
    }
  }
}

extension String {
  /// The text with control characters as visible escapes: where it is pasted, none of them should act.
  fileprivate var withVisibleControls: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    return unicodeScalars.map { Self.isControl($0) ? $0.visibleEscape : String($0) }.joined()
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
