/// A part of the history: what is `nil` leaves nothing out.
public struct HistoryFilter: Sendable, Hashable {
  /// Generations that changed this organization or its members, by its id.
  public var organization: String?
  /// Generations that changed a membership of this user; with an organization, the membership in that one.
  public var user: String?
  /// Generations of this time and later ones.
  public var since: Timestamp?
  /// Generations from before this time.
  public var until: Timestamp?

  /// Asks for a part of the history.
  public init(
    organization: String? = nil, user: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil
  ) {
    self.organization = organization
    self.user = user
    self.since = since
    self.until = until
  }

  /// Whether it leaves nothing out.
  public var isEmpty: Bool { self == HistoryFilter() }

  /// Whether a generation is asked for.
  public func includes(_ entry: HistoryEntry) -> Bool {
    if let since, entry.time < since { return false }
    if let until, entry.time >= until { return false }
    guard organization != nil || user != nil else { return true }
    return entry.changes.contains { includes($0.change) }
  }

  /// Whether a change is to what is asked for, whenever it was.
  public func includes(_ change: Change) -> Bool {
    (organization == nil || change.organizationID == organization) && (user == nil || change.userID == user)
  }
}
