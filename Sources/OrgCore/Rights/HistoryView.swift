/// What a user may see of the history: what happened to the organizations that the user may look at.
struct HistoryView {
  /// The role of the user in each organization that the user may look at.
  private let roles: [String: Role]

  /// - Parameter reader: what the user may see of the data.
  init(_ reader: MemoryReader, user: String) {
    roles = reader.records.reduce(into: [:]) { roles, record in
      roles[record.key] = record.value.members.first { $0.userID == user }?.role
    }
  }

  /// Whether the user may look at no organization.
  var isEmpty: Bool { roles.isEmpty }

  /// The only organization that the user may look at; `nil` if there are others, or none.
  var onlyOrganization: String? { roles.count == 1 ? roles.keys.first : nil }

  /// The visible part of an entry; `nil` if there is none.
  func visible(_ entry: HistoryEntry) -> HistoryEntry? {
    let (changes, refused) = (entry.changes.compactMap(visible), entry.refused.compactMap(visible))
    guard !changes.isEmpty || !refused.isEmpty else { return nil }
    let hiddenCount =
      entry.changes.count(where: { visible($0) != $0 }) + entry.refused.count(where: { visible($0) != $0 })
    return HistoryEntry(
      generation: entry.generation, time: entry.time, kind: entry.kind, actor: entry.actor, changes: changes,
      reverted: entry.reverted, refused: refused, note: hiddenCount == 0 ? entry.note : nil,
      erasedCount: entry.erasedCount, hiddenCount: hiddenCount, writer: entry.writer)
  }

  private func visible(_ recorded: RecordedChange) -> RecordedChange? {
    let id = recorded.change.organizationID
    guard let role = roles[id] else { return nil }
    let seesBilling = Access.allows(.billing, to: role)
    var change = recorded.change
    switch change {
    case .setField(let field, _, _, _): if field.operation == .billing, !seesBilling { return nil }
    case .createOrganization(let organization):
      if !seesBilling { change = .createOrganization(organization.withoutBilling) }
    case .removeOrganization(let organization):
      if !seesBilling { change = .removeOrganization(organization.withoutBilling) }
    case .addMember, .removeMember, .setRole: break
    }
    return RecordedChange(
      change, organizationName: recorded.organizationName, joinedAt: recorded.joinedAt)
  }
}

extension HistoryFilter.Condition {
  /// Whether it looks at what was changed, of which a part may be hidden.
  var isAboutChanges: Bool {
    switch self {
    case .text, .fuzzy, .organization, .user: true
    case .by, .kind, .time: false
    }
  }
}
