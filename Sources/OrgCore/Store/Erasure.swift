/// A store that can erase a record for good, from the data and from all that it keeps of them.
public protocol ErasingStore: OrgStore {
  /// Permanently erases an organization or a user from the data, their history, and whatever else the store keeps. The
  /// history says that something was erased, but not what. Earlier states can no longer be restored.
  ///
  /// - Parameters:
  ///   - subject: the organization or user to erase.
  ///   - allowingOwnerless: proceed even if an organization loses its last owner.
  ///   - isTrial: only determine what would be erased.
  /// - Returns: what is erased, and where traces seem to remain.
  /// - Throws: `damagedData` while the data are damaged; `lastOwner`, `readOnly`, `locked`, or `system`.
  @discardableResult
  func erase(_ subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool) throws(OrgError) -> Erasure
}

extension ErasingStore {
  /// Erases an organization or a user.
  @discardableResult
  public func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool = false
  ) throws(OrgError) -> Erasure {
    try erase(subject, allowingOwnerless: allowingOwnerless, isTrial: false)
  }
}

/// What can be erased.
public enum ErasureSubject: Sendable, Hashable {
  /// An organization and its members, by its ID.
  case organization(String)
  /// A user in every organization, by user ID.
  case user(String)

  /// The id.
  public var id: String {
    switch self {
    case .organization(let id), .user(let id): id
    }
  }

  /// What the history says afterwards.
  package var note: String {
    switch self {
    case .organization: "an organization was erased"
    case .user: "a user was erased"
    }
  }
}

/// What an erasure removes, or would remove.
public struct Erasure: Sendable {
  /// What the store calls the places that it erases from, for people.
  public struct Places: Sendable {
    /// Where organizations are: a file or a table.
    public let organizations: String
    /// Where members are.
    public let members: String
    /// Where the history is.
    public let history: String
    /// What one entry of the history is called there.
    public let historyUnit: String
    /// What can't be done afterwards, in a sentence.
    public let consequence: String

    /// For stores: names.
    public init(
      organizations: String, members: String, history: String, historyUnit: String, consequence: String
    ) {
      (self.organizations, self.members) = (organizations, members)
      (self.history, self.historyUnit, self.consequence) = (history, historyUnit, consequence)
    }
  }

  /// The changes to the data.
  public let changes: [RecordedChange]
  /// How many entries of the history lose something.
  public let historyCount: Int
  /// What else is removed, such as files, by names that mean something to the store's users.
  public let others: [String]
  /// What still seems to contain the ID and isn't the store's to remove.
  public let remaining: [String]
  /// What the places are called.
  public let places: Places

  /// Whether there is nothing to erase.
  public var isEmpty: Bool { changes.isEmpty && historyCount == 0 && others.isEmpty }

  /// For stores: what is erased, and where.
  public init(
    changes: [RecordedChange], historyCount: Int, others: [String] = [], remaining: [String] = [],
    in places: Places
  ) {
    (self.changes, self.historyCount, self.others) = (changes, historyCount, others)
    (self.remaining, self.places) = (remaining, places)
  }
}
