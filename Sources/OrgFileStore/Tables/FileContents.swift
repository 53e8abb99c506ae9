import OrgCore

/// Both files in memory, as the contents of a snapshot.
struct FileContents: SnapshotContents {
  let organizations: OrganizationTable
  let members: MemberTable

  init(organizations: OrganizationTable, members: MemberTable) {
    self.organizations = organizations
    self.members = members
  }

  static let empty: FileContents = {
    let organizations = OrganizationTable(Array("{}".utf8))
    return FileContents(
      organizations: organizations, members: MemberTable(Array("{}".utf8), of: organizations))
  }()

  var problems: [DataProblem] { organizations.problems + members.problems }

  /// What an edit makes of both files.
  ///
  /// - Throws: `invalidIdentifier` for a new organization whose id stands in `org_users.json` already.
  func applying(_ edit: SnapshotEdit) throws(OrgError) -> FileContents {
    let table = organizations.applying(organizations.splices(for: edit))
    let (splices, touched) = try members.splices(for: edit, of: organizations)
    return FileContents(
      organizations: table, members: members.applying(splices, touched: touched, of: table))
  }

  // MARK: SnapshotContents

  var organizationCount: Int { organizations.count }
  var memberCount: Int { members.count }
  func organization(at index: Int) -> Organization { organizations[index] }
  func index(ofOrganization id: String) -> Int? { organizations.index(of: id) }
  func memberCount(at index: Int) -> Int { members.count(at: index) }
  func memberIndex(ofUser user: String, at index: Int) -> Int? { members.find(user, at: index) }
  func roleCounts(at index: Int) -> RoleCounts { members.roleCounts(at: index) }
  func organizations(ofUser user: String) -> [Int] { members.organizations(of: user) }

  func member(_ member: Int, at index: Int) -> OrgUser {
    members.member(member, at: index, organization: organizations.id(at: index))
  }

  func isSame(at index: Int, as otherIndex: Int, in other: any SnapshotContents) -> Bool {
    guard let other = other as? FileContents else { return false }
    return organizations.recordBytes(at: index) == other.organizations.recordBytes(at: otherIndex)
      && members.listBytes(at: index) == other.members.listBytes(at: otherIndex)
  }
}
