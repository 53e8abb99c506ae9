/// Since when members have the roles that they have, and who gave them, as far as the history of a store says.
public struct RoleGrants: Sendable {
  /// The generation that gave a role.
  public struct Grant: Sendable, Hashable {
    /// The number of the generation.
    public let generation: UInt64
    /// When it was committed.
    public let time: Timestamp
    /// How it came about.
    public let kind: HistoryEntry.Kind
    /// Who gave the role; `nil` where another program or a repair did, and it isn't known for whom.
    public let actor: Actor?
  }

  private var grants: [Grant] = []
  /// What happened last to members, by organization and user: the role that they got, `nil` where they were removed, and the
  /// place of the grant.
  private var latest: [String: [String: (role: Role?, grant: Int)]] = [:]
  /// The newest generation that is missing from the history, though there are older ones: what they say isn't used, for it
  /// may be that it no longer holds.
  public private(set) var gap: UInt64?

  /// Reads the history once, newest first. What it takes of memory grows with the members, not with the history.
  ///
  /// - Parameters:
  ///   - store: whose history it is.
  ///   - organizations: the ids of those that matter; `nil` for all.
  ///   - read: is told how many generations have been read.
  /// - Throws: what the store throws.
  public init(
    in store: any OrgStore, of organizations: Set<String>? = nil, read: (Int) -> Void = { _ in }
  ) throws(OrgError) {
    var filter = HistoryFilter()
    if let organizations, organizations.count == 1 { filter.organization = organizations.first }
    // What is left out, or hidden from a user, isn't missing.
    let access = try store.reader().access
    let isWhole = filter.organization == nil && access == .platformAdmin
    var (position, count, last): (HistoryCursor?, Int, UInt64?) = (nil, 0, nil)
    reading: repeat {
      let page = try store.history(matching: filter, from: position, limit: 1000)
      for entry in page.entries {
        if isWhole, let last, last > entry.generation, last - entry.generation > 1 {
          gap = last - 1
          break reading
        }
        last = entry.generation
        add(entry, organizations)
      }
      count += page.entries.count
      read(count)
      position = page.next
    } while position != nil
  }

  private mutating func add(_ entry: HistoryEntry, _ organizations: Set<String>?) {
    var place: Int?
    for recorded in entry.changes.reversed() {
      let (user, role): (String, Role?)
      switch recorded.change {
      case .addMember(let member): (user, role) = (member.userID, member.role)
      case .setRole(let member, _, _, let to): (user, role) = (member, to)
      case .removeMember(let member, _, _): (user, role) = (member, nil)
      case .createOrganization, .removeOrganization, .setField: continue
      }
      let id = recorded.change.organizationID
      guard organizations?.contains(id) ?? true, latest[id]?[user] == nil else { continue }
      if place == nil {
        place = grants.count
        let isForeign = entry.kind == .foreign || entry.kind == .repair
        grants.append(
          Grant(
            generation: entry.generation, time: entry.time, kind: entry.kind,
            actor: isForeign ? entry.writer : entry.actor))
      }
      latest[id, default: [:]][user] = (role, place ?? 0)
    }
  }

  /// What gave a member the role that the member has; `nil` if the history doesn't say, or says something else.
  public func grant(of member: OrgUser) -> Grant? {
    guard let found = latest[member.organizationID]?[member.userID], found.role == member.role else {
      return nil
    }
    return grants[found.grant]
  }
}
