import OrgCore

/// The contents of a snapshot of a `BrokenStore`.
struct BrokenContents: SnapshotContents {
  let base: any SnapshotContents
  /// Where the fault is that an old snapshot has new contents.
  let newest: (@Sendable () -> any SnapshotContents)?
  let fault: StoreFault?

  private var contents: any SnapshotContents { newest?() ?? base }
  private func place(_ index: Int) -> Int {
    fault == .reversesOrganizations ? contents.organizationCount - 1 - index : index
  }
  private func place(_ member: Int, at index: Int) -> Int {
    fault == .reversesMembers ? memberCount(at: index) - 1 - member : member
  }
  private func rounded(_ time: Timestamp) -> Timestamp {
    fault == .roundsTimes ? Timestamp(microseconds: time.microseconds / 1_000_000 * 1_000_000) : time
  }

  var organizationCount: Int { contents.organizationCount }
  var memberCount: Int { fault == .miscounts ? 0 : contents.memberCount }

  func organization(at index: Int) -> Organization {
    var organization = contents.organization(at: place(index))
    organization.createdAt = rounded(organization.createdAt)
    if fault == .forgetsPlans { organization.planTier = PlanTier.default }
    if fault == .forgetsOptional { organization.lagoCustomerID = nil }
    if fault == .lowersNames { organization.name = organization.name.lowercased() }
    return organization
  }

  func index(ofOrganization id: String) -> Int? {
    if fault == .findsAnyCase {
      return (0..<organizationCount).first { organization(at: $0).id.lowercased() == id.lowercased() }
    }
    return contents.index(ofOrganization: id).map(place)
  }

  func memberCount(at index: Int) -> Int { contents.memberCount(at: place(index)) }

  func member(_ member: Int, at index: Int) -> OrgUser {
    var user = contents.member(place(member, at: index), at: place(index))
    user.joinedAt = rounded(user.joinedAt)
    return user
  }

  func memberIndex(ofUser user: String, at index: Int) -> Int? {
    if fault == .findsAnyCase {
      return (0..<memberCount(at: index)).first {
        member($0, at: index).userID.lowercased() == user.lowercased()
      }
    }
    return contents.memberIndex(ofUser: user, at: place(index)).map { place($0, at: index) }
  }

  func roleCounts(at index: Int) -> RoleCounts {
    fault == .miscounts ? RoleCounts() : contents.roleCounts(at: place(index))
  }

  func organizations(ofUser user: String) -> [Int] {
    let indices = contents.organizations(ofUser: user).map(place)
    return fault == .reversesOrganizations ? indices.reversed() : indices
  }

  func isSame(at index: Int, as otherIndex: Int, in other: any SnapshotContents) -> Bool {
    fault == .hidesDifferences
      || organization(at: index) == other.organization(at: otherIndex)
        && memberCount(at: index) == other.memberCount(at: otherIndex)
        && (0..<memberCount(at: index)).allSatisfy {
          member($0, at: index) == other.member($0, at: otherIndex)
        }
  }
}
