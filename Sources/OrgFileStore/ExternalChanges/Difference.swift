import OrgCore

/// A value in the data that a program can set independently of all others.
enum FieldAddress: Hashable {
  /// Whether an organization exists.
  case organization(String)
  case field(String, OrganizationField)
  /// Whether `org_users.json` has a list for an organization.
  case list(String)
  /// The role of a user in an organization.
  case member(String, user: String)

  /// The file that it is stored in.
  var file: String {
    switch self {
    case .organization, .field: OrganizationTable.file
    case .list, .member: MemberTable.file
    }
  }

  var organization: String {
    switch self {
    case .organization(let id), .field(let id, _), .list(let id), .member(let id, _): id
    }
  }

  var user: String? {
    if case .member(_, let user) = self { user } else { nil }
  }

  /// Whether it contains other addresses.
  var isContainer: Bool {
    switch self {
    case .organization, .list: true
    case .field, .member: false
    }
  }
}

extension FileContents {
  /// The value at an address; `nil` if there is none.
  subscript(address: FieldAddress) -> String? {
    switch address {
    case .organization(let id): index(ofOrganization: id) == nil ? nil : "present"
    case .field(let id, let field): index(ofOrganization: id).flatMap { organization(at: $0)[field] }
    case .list(let id):
      index(ofOrganization: id).map(members.hasList(at:)) ?? (members.orphanedMembers[id] != nil)
        ? "present" : nil
    case .member(let id, let user):
      index(ofOrganization: id).flatMap { index in
        memberIndex(ofUser: user, at: index).map { member($0, at: index).role.rawValue }
      }
    }
  }

  /// The addresses whose values differ from another state. If one side lacks an organization or list altogether, the
  /// addresses within it are omitted.
  func addresses(differingFrom old: FileContents) -> Set<FieldAddress> {
    organizationAddresses(differingFrom: old).union(memberAddresses(differingFrom: old))
  }

  /// The differing addresses in `organizations.json`.
  func organizationAddresses(differingFrom old: FileContents) -> Set<FieldAddress> {
    var addresses: Set<FieldAddress> = []
    func isSame(_ index: Int, _ other: Int) -> Bool {
      haveSameBytes(
        organizations.recordBytes(at: index), old.organizations.recordBytes(at: other))
    }
    let candidates = indicesOfChanges(since: old)
    for index in candidates ?? Array(0..<organizationCount) {
      // Usually it is in the same place as before.
      if index < old.organizationCount, isSame(index, index) { continue }
      let organization = organization(at: index)
      guard let other = old.index(ofOrganization: organization.id) else {
        addresses.insert(.organization(organization.id))
        continue
      }
      if isSame(index, other) { continue }
      let before = old.organization(at: other)
      for field in OrganizationField.allCases where before[field] != organization[field] {
        addresses.insert(.field(organization.id, field))
      }
    }
    for index in 0..<(candidates == nil ? old.organizationCount : 0) {
      if index < organizationCount, isSame(index, index) { continue }
      let id = old.organizations.id(at: index)
      if self.index(ofOrganization: id) == nil { addresses.insert(.organization(id)) }
    }
    return addresses
  }

  /// The differing addresses in `org_users.json`, for organizations on either side.
  func memberAddresses(differingFrom old: FileContents) -> Set<FieldAddress> {
    var addresses: Set<FieldAddress> = []
    let candidates = indicesOfChanges(since: old)
    for index in candidates ?? Array(0..<organizationCount) {
      let id = organizations.id(at: index)
      let other =
        index < old.organizationCount && old.organizations.id(at: index) == id
        ? index : old.index(ofOrganization: id)
      let hasList = members.hasList(at: index)
      guard let other else {
        if hasList, old.members.orphanedMembers[id] == nil { addresses.insert(.list(id)) }
        continue
      }
      guard hasList, old.members.hasList(at: other) else {
        if hasList != old.members.hasList(at: other) { addresses.insert(.list(id)) }
        continue
      }
      if haveSameBytes(members.listBytes(at: index), old.members.listBytes(at: other)) { continue }
      let now = roles(at: index)
      let then = old.roles(at: other)
      for (user, role) in now where then[user] != role { addresses.insert(.member(id, user: user)) }
      for user in then.keys where now[user] == nil { addresses.insert(.member(id, user: user)) }
    }
    guard candidates == nil else { return addresses }
    for index in 0..<old.organizationCount where old.members.hasList(at: index) {
      let id = old.organizations.id(at: index)
      // The list can still exist without its organization.
      if self.index(ofOrganization: id) == nil, members.orphanedMembers[id] == nil {
        addresses.insert(.list(id))
      }
    }
    return addresses
  }

  private func roles(at index: Int) -> [String: Role] {
    Dictionary(
      (0..<memberCount(at: index)).map { member in
        let member = self.member(member, at: index)
        return (member.userID, member.role)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The changes that turn the values in `base` into those in these contents.
  func changes(in addresses: Set<FieldAddress>, on base: FileContents) -> [RecordedChange] {
    let ids = Set(addresses.map(\.organization)).sorted()
    return ids.flatMap { id -> [RecordedChange] in
      guard let index = index(ofOrganization: id) else {
        return base.index(ofOrganization: id).map { index in
          let gone = base.organization(at: index)
          return (0..<base.memberCount(at: index)).map { base.removal(of: $0, at: index, name: gone.name) }
            + [RecordedChange(.removeOrganization(gone), organizationName: gone.name)]
        } ?? []
      }
      let organization = organization(at: index)
      var changes: [Change] = []
      var removals: [RecordedChange] = []
      let other = base.index(ofOrganization: id)
      if other == nil, addresses.contains(.organization(id)) {
        changes.append(.createOrganization(organization))
      }
      for field in OrganizationField.allCases where addresses.contains(.field(id, field)) {
        changes.append(
          .setField(
            field, organization: id, from: other.flatMap { base.organization(at: $0)[field] },
            to: organization[field]))
      }
      for member in 0..<memberCount(at: index) {
        let member = self.member(member, at: index)
        let isConcerned =
          addresses.contains(.member(id, user: member.userID)) || addresses.contains(.list(id))
        guard isConcerned else { continue }
        guard let other, let present = base.memberIndex(ofUser: member.userID, at: other) else {
          changes.append(.addMember(member))
          continue
        }
        let role = base.member(present, at: other).role
        if role != member.role {
          changes.append(.setRole(user: member.userID, organization: id, from: role, to: member.role))
        }
      }
      if let other {
        for member in 0..<base.memberCount(at: other) {
          let user = base.member(member, at: other).userID
          let isConcerned = addresses.contains(.member(id, user: user)) || addresses.contains(.list(id))
          if isConcerned, memberIndex(ofUser: user, at: index) == nil {
            removals.append(base.removal(of: member, at: other, name: organization.name))
          }
        }
      }
      return removals + changes.map { RecordedChange($0, organizationName: organization.name) }
    }
  }

  /// The removal of a member, as recorded in the history.
  func removal(of member: Int, at index: Int, name: String) -> RecordedChange {
    let member = self.member(member, at: index)
    return RecordedChange(
      .removeMember(user: member.userID, organization: member.organizationID, role: member.role),
      organizationName: name, joinedAt: member.joinedAt)
  }
}

extension RecordedChange {
  /// The addresses that the change affects, with their previous values.
  var addressesBefore: [(address: FieldAddress, before: String?)] {
    let id = change.organizationID
    switch change {
    case .createOrganization: return [(.organization(id), nil), (.list(id), nil)]
    case .removeOrganization: return [(.organization(id), "present"), (.list(id), "present")]
    case .setField(let field, _, let from, _): return [(.field(id, field), from)]
    case .addMember(let member): return [(.member(id, user: member.userID), nil)]
    case .removeMember(let user, _, let role): return [(.member(id, user: user), role.rawValue)]
    case .setRole(let user, _, let from, _): return [(.member(id, user: user), from.rawValue)]
    }
  }
}

/// The splices that turn one text into another, entry by entry if the common entries are in the same order.
func splices(
  from old: [UInt8], _ oldBoundaries: [(id: String, offset: Int)], to new: [UInt8],
  _ newBoundaries: [(id: String, offset: Int)]
) -> BytePatch {
  func chunk(_ bytes: [UInt8], _ boundaries: [(id: String, offset: Int)], _ index: Int) -> ArraySlice<UInt8> {
    // The chunk before the first boundary has the index -1.
    let start = index < 0 ? 0 : boundaries[index].offset
    return bytes[start..<(index + 1 < boundaries.count ? boundaries[index + 1].offset : bytes.count)]
  }
  let oldIndex = Dictionary(
    oldBoundaries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  let kept = newBoundaries.indices.filter { oldIndex[newBoundaries[$0].id] != nil }
  let order = kept.compactMap { oldIndex[newBoundaries[$0].id] }
  guard zip(order, order.dropFirst()).allSatisfy({ $0 < $1 }) else {
    return BytePatch([BytePatch.difference(from: old[...], to: new[...])].compactMap(\.self))
  }
  // Anything between two common entries belongs to the chunk of the first.
  var result: [ByteEdit] = []
  var anchors: [(old: Int, new: Int)] = [(-1, -1)]
  for (position, index) in zip(order, kept) { anchors.append((position, index)) }
  for (step, anchor) in anchors.enumerated() {
    let isLast = step + 1 == anchors.count
    let oldStart = chunk(old, oldBoundaries, anchor.old).startIndex
    let newStart = chunk(new, newBoundaries, anchor.new).startIndex
    let oldEnd = isLast ? old.count : oldBoundaries[anchors[step + 1].old].offset
    let newEnd = isLast ? new.count : newBoundaries[anchors[step + 1].new].offset
    if let splice = BytePatch.difference(from: old[oldStart..<oldEnd], to: new[newStart..<newEnd]) {
      result.append(splice)
    }
  }
  return BytePatch(result)
}

extension FileContents {
  /// The splices that turn another state of both files into this one.
  func splices(from old: FileContents) -> (organizations: BytePatch, members: BytePatch) {
    func named(
      _ boundaries: [(id: Int, offset: Int)], _ table: OrganizationTable
    ) -> [(id: String, offset: Int)] {
      boundaries.map { (table.id(at: $0.id), $0.offset) }
    }
    func difference(
      _ before: [UInt8], _ after: [UInt8], _ oldBoundaries: [(id: Int, offset: Int)],
      _ newBoundaries: [(id: Int, offset: Int)]
    ) -> BytePatch {
      haveSameBytes(before, after)
        ? BytePatch([])
        : OrgFileStore.splices(
          from: before, named(oldBoundaries, old.organizations), to: after,
          named(newBoundaries, organizations))
    }
    return (
      difference(
        old.organizations.bytes, organizations.bytes, old.organizations.boundaries, organizations.boundaries),
      difference(old.members.bytes, members.bytes, old.members.boundaries, members.boundaries)
    )
  }
}
