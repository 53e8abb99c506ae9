import OrgCore

// A snapshot answers what is asked of a store at one revision.
extension Snapshot: StoreReader {
  package var summary: DataSummary {
    DataSummary(
      revision: Revision(generation),
      extent: contents.hasMembers ? .everything : .organizations,
      organizationCount: contents.organizationCount, memberCount: contents.memberCount,
      problems: problems.map(\.problem),
      recordProblems: recordProblems.map(\.problem))
  }

  func row(at index: Int) -> OrganizationRow {
    OrganizationRow(
      contents.organization(at: index), defaults: contents.defaultedFields(at: index),
      memberCount: contents.memberCount(at: index))
  }

  package func row(of organization: String) -> OrganizationRow? {
    contents.index(ofOrganization: organization).map(row(at:))
  }

  package func organizations(ids: [String]) -> [Organization] {
    ids.compactMap(contents.index(ofOrganization:)).sorted().map(contents.organization(at:))
  }

  package func records(for set: ChangeSet) -> any RecordLookup { SnapshotLookup(self) }

  package func organizations(
    matching query: Query, after organization: String?, limit: Int
  ) -> [OrganizationRow] {
    var rows: [OrganizationRow] = []
    var index =
      organization.map { contents.index(ofOrganization: $0).map { $0 + 1 } ?? contents.organizationCount }
      ?? 0
    while index < contents.organizationCount, rows.count < limit {
      let organization = contents.organization(at: index)
      if query.matches(organization, at: index, in: self) {
        rows.append(
          OrganizationRow(
            organization, defaults: contents.defaultedFields(at: index),
            memberCount: contents.memberCount(at: index)))
      }
      index += 1
    }
    return rows
  }

  package func members(of organization: String, in places: Range<Int>) -> [MemberRow] {
    guard let index = contents.index(ofOrganization: organization) else { return [] }
    return places.clamped(to: 0..<contents.memberCount(at: index)).map {
      contents.row(ofMember: $0, at: index)
    }
  }

  package func memberships(of user: String) -> [Membership] {
    contents.organizations(ofUser: user).compactMap { index in
      guard let place = contents.memberIndex(ofUser: user, at: index) else { return nil }
      let member = contents.row(ofMember: place, at: index)
      return Membership(
        contents.organization(at: index), member.member,
        defaults: member.defaults.union(contents.defaultedFields(at: index)))
    }
  }

  package func listing(
    _ query: Query, _ order: ListOrder, after earlier: (any OrganizationListing)?
  ) -> any OrganizationListing {
    SnapshotListing(self, query, order, after: earlier as? SnapshotListing)
  }

  package func members(
    of organization: String, matching query: MemberQuery, by order: MemberOrder,
    after earlier: (any MemberListing)?
  ) -> any MemberListing {
    let index = contents.index(ofOrganization: organization)
    return ArrangedMembers(
      of: organization, matching: query, by: order, total: index.map(contents.memberCount) ?? 0
    ) { [contents] place in
      contents.row(ofMember: place, at: index ?? 0)
    } place: { [contents] user in
      index.flatMap { contents.memberIndex(ofUser: user, at: $0) }
    }
  }

  package func users(
    matching query: UserQuery, by order: UserOrder, after earlier: (any UserListing)?
  ) -> any UserListing {
    SnapshotUsers(self, matching: query, by: order, after: earlier as? SnapshotUsers)
  }

  package func users(completing text: String, limit: Int) -> [String] {
    var completion = UserCompletion(text, limit: limit)
    for index in 0..<(contents.hasMembers ? contents.organizationCount : 0) {
      contents.members.forEach(at: index) { id, _ in completion.add(id) }
    }
    return completion.ids
  }

  package func memberships(
    of user: String, matching query: MembershipQuery, by order: MembershipOrder
  ) -> any MembershipListing {
    SnapshotMemberships(of: user, in: self, matching: query, by: order)
  }

  package func overview() -> Overview {
    var overview = Overview()
    if contents.hasMembers { overview.members = Overview.Members() }
    for index in 0..<contents.organizationCount {
      overview.add(
        contents.organization(at: index),
        memberCount: contents.hasMembers ? contents.memberCount(at: index) : nil
      ) { contents.roleCounts(at: index) }
    }
    overview.sharedBillingIDs = (try? sharedBillingIDs(limit: Overview.topCount)) ?? []
    overview.similarNameCount = duplicates(.name).count
    return overview
  }

  package func difference(since earlier: any StoreReader) -> StoreDifference? {
    (earlier as? Snapshot).map { difference(since: $0) }
  }
}

extension Snapshot: QueryMembers {
  package func value(of field: OrganizationField, at index: Int) -> String? {
    contents.organization(at: index)[field]
  }
  package func isDuplicate(_ field: OrganizationField, at index: Int) -> Bool { duplicates(field)[index] }
  package func memberCount(at index: Int) -> Int { contents.memberCount(at: index) }
  package func roleCounts(at index: Int) -> RoleCounts { contents.roleCounts(at: index) }
  package func role(of user: String, at index: Int) -> Role? { contents.role(of: user, at: index) }
}
