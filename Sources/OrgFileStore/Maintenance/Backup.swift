import OrgCore

/// Both data files at a single point in time.
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

  /// The bytes of both files, by name.
  var files: [(name: String, bytes: [UInt8])] {
    [(OrganizationTable.file, organizations), (MemberTable.file, members)]
  }

  var contents: FileContents {
    let table = OrganizationTable(organizations)
    return FileContents(organizations: table, members: MemberTable(members, of: table))
  }
}

extension FileStore {
  /// The current content of both files.
  ///
  /// - Throws: `damagedData` if a file can't be read completely, or the data look wiped compared to the history.
  public func backup() throws(OrgError) -> Backup {
    let snapshot = try snapshot()
    guard snapshot.problems.isEmpty else {
      throw OrgError(
        .damagedData,
        "Damaged data make no good backup. \(snapshot.problems.first.map(String.init(describing:)) ?? "")")
    }
    if let loss = try loss(of: snapshot) {
      throw OrgError(.damagedData, "The data look wiped, so they make no good backup. \(loss)")
    }
    return Backup(
      organizations: snapshot.contents.organizations.bytes, members: snapshot.contents.members.bytes)
  }
}
