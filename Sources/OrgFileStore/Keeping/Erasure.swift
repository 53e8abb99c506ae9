import OrgCore

/// What can be erased.
public enum ErasureSubject: Sendable, Hashable {
  /// An organization with its members, by its id.
  case organization(String)
  /// A user in every organization, by the user id.
  case user(String)

  /// The id.
  public var id: String {
    switch self {
    case .organization(let id), .user(let id): id
    }
  }
}

/// What an erasure takes away, or would.
public struct Erasure: Sendable {
  /// What goes from the two data files.
  public let changes: [RecordedChange]
  /// How many lines of the journal lose something; all of them lose what the bytes were.
  public let lineCount: Int
  /// Files of `.orgman` that go, by their paths from the data directory, but for checkpoints.
  public let files: [String]
  /// Files in the data directory that seem to have the id still, by their paths from there: none of orgman's, or such that
  /// another program has open.
  public let remaining: [String]

  /// Whether nothing was found.
  public var isEmpty: Bool { changes.isEmpty && lineCount == 0 && files.isEmpty }

  init(changes: [RecordedChange], places: Eraser.Survey, remaining: [String] = []) {
    self.changes = changes
    lineCount = places.lineCount
    files = places.files
    self.remaining = remaining
  }
}

extension FileStore {
  /// Takes an organization or a user out of the data, the journal, the checkpoints and what was put aside, for good. The
  /// journal stays a chain that verifies, with a generation that says that something was erased, but not what. States
  /// before that can't be put back any more.
  ///
  /// A crash leaves either nothing erased but the records in the data files, or what the next one who takes the lock
  /// finishes.
  ///
  /// - Parameters:
  ///   - subject: the organization or the user to erase.
  ///   - allowingOwnerless: even if an organization loses its last owner.
  ///   - isTrial: only find out what it would take away.
  /// - Returns: what goes, and where something seems to be left.
  /// - Throws: `damagedData` while the data are damaged; `lastOwner`, `readOnly`, `locked` or `system`.
  @discardableResult
  public func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool = false, isTrial: Bool = false
  ) throws(OrgError) -> Erasure {
    try checkWritable()
    guard !subject.id.isEmpty else { throw OrgError(.invalidIdentifier, "An empty id names nothing.") }
    return try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      try Engine(self).erase(subject, allowingOwnerless: allowingOwnerless, isTrial: isTrial)
    }
  }
}

extension ErasureSubject {
  /// What takes it out of the data.
  func removals(from contents: FileContents) -> [Change] {
    func removals(at index: Int, where isMeant: (OrgUser) -> Bool) -> [Change] {
      var seen: Set<String> = []
      return (0..<contents.memberCount(at: index)).compactMap { place in
        let member = contents.member(place, at: index)
        guard isMeant(member), seen.insert(member.userID).inserted else { return nil }
        return .removeMember(
          user: member.userID, organization: member.organizationID, role: member.role)
      }
    }
    switch self {
    case .organization(let id):
      guard let index = contents.index(ofOrganization: id) else { return [] }
      return removals(at: index) { _ in true } + [.removeOrganization(contents.organization(at: index))]
    case .user(let user):
      return contents.organizations(ofUser: user).flatMap { index in
        removals(at: index) { $0.userID == user }
      }
    }
  }
}
