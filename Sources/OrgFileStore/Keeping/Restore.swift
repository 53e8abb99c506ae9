import OrgCore

/// What the data can be put back to.
public enum RestorePoint: Sendable {
  /// What a generation of the history left behind.
  case generation(UInt64)
  /// What the data were at a time.
  case time(Timestamp)
  /// What a backup holds.
  case backup(Backup)
}

/// Both data files as they were at one moment.
public struct Backup: Sendable {
  /// The bytes of `organizations.json`.
  public let organizations: [UInt8]
  /// The bytes of `org_users.json`.
  public let members: [UInt8]

  /// The bytes of both files.
  public init(organizations: [UInt8], members: [UInt8]) {
    self.organizations = organizations
    self.members = members
  }

  /// The bytes of both by name.
  var files: [(name: String, bytes: [UInt8])] {
    [(OrganizationTable.file, organizations), (MemberTable.file, members)]
  }

  var contents: FileContents {
    let table = OrganizationTable(organizations)
    return FileContents(organizations: table, members: MemberTable(members, of: table))
  }
}

extension FileStore {
  /// Both files as they are now.
  ///
  /// - Throws: `damagedData` where a file can't be read whole, or the data look wiped against the history.
  public func backup() throws(OrgError) -> Backup {
    let snapshot = try snapshot()
    guard let contents = snapshot.contents as? FileContents, snapshot.problems.isEmpty else {
      throw OrgError(
        .damagedData,
        "Damaged data make no good backup. \(snapshot.problems.first.map(String.init(describing:)) ?? "")")
    }
    if let loss = try loss(of: snapshot) {
      throw OrgError(.damagedData, "The data look wiped, so they make no good backup. \(loss)")
    }
    return Backup(organizations: contents.organizations.bytes, members: contents.members.bytes)
  }

  /// Puts the data back to what they were, as a generation of its own: so it can be taken back itself, byte for byte as
  /// long as nothing else has changed since.
  ///
  /// - Parameters:
  ///   - point: what to put them back to.
  ///   - isTrial: only find out what it would change.
  /// - Returns: what it changes.
  /// - Throws: `dataNotFound` if there is no such generation; `damagedData` if it can't be rebuilt, or the
  ///   backup breaks a rule; `readOnly`, `locked` or `system`.
  @discardableResult
  public func restore(to point: RestorePoint, isTrial: Bool = false) throws(OrgError) -> Restoration {
    try checkWritable()
    return try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      try Engine(self).restore(to: point, isTrial: isTrial)
    }
  }
}
