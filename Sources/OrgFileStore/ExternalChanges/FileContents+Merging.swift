import OrgCore

/// Merges the data from the versions that several programs wrote.
extension FileContents {
  func with(_ organizations: OrganizationTable) -> FileContents {
    beside(organizations)
  }

  func with(_ members: MemberTable) -> FileContents {
    FileContents(organizations: organizations, members: members)
  }

  /// The same members combined with other organizations.
  func beside(_ organizations: OrganizationTable) -> FileContents {
    guard !haveSameBytes(organizations.bytes, self.organizations.bytes) else { return self }
    return FileContents(organizations: organizations, members: members.reread(of: organizations))
  }

  /// The same data with placeholders for organizations that don't exist. A placeholder without members gets an empty
  /// list, so that its members can be compared in the same way as those of any other organization.
  func adding(_ placeholders: [String]) -> FileContents {
    var edit = StoreEdit()
    for id in placeholders where index(ofOrganization: id) == nil {
      edit.created[id] = Organization(id: id, name: id, createdAt: Timestamp(microseconds: 0))
    }
    guard !edit.created.isEmpty else { return self }
    return beside(organizations.applying(organizations.splices(for: edit))).addingLists(of: placeholders)
  }

  /// The same data with an empty member list for each of the given organizations that has no list.
  func addingLists(of ids: [String]) -> FileContents {
    guard members.isReadable, !members.isBroken, organizations.isReadable else { return self }
    let missing = ids.filter { id in index(ofOrganization: id).map { !members.hasList(at: $0) } ?? false }
    guard !missing.isEmpty else { return self }
    let entries = missing.map { JSONText.entry(organization: $0, members: [OrgUser]()) }
    return with(MemberTable(members.appendingEntries(entries), of: organizations))
  }

  /// The same data without the member lists of the given organizations.
  func removingLists(of ids: [String]) -> FileContents {
    guard !ids.isEmpty else { return self }
    var edit = StoreEdit()
    edit.removed.append(contentsOf: ids)
    guard let (splices, _) = try? members.splices(for: edit, of: organizations) else { return self }
    return with(MemberTable(splices.applied(to: members.bytes), of: organizations))
  }

  /// The changes that lead from an earlier state to this one, including changes to orphaned lists.
  ///
  /// - Parameter orphans: the ids of organizations that didn't exist in the earlier state, although one of the
  ///   states has a list of their members.
  func changes(since old: FileContents, orphans: [String]) -> [RecordedChange] {
    let differing = addresses(differingFrom: old)
    guard !orphans.isEmpty else { return changes(in: differing, on: old) }
    func isOrphaned(_ address: FieldAddress) -> Bool {
      address.file == MemberTable.file && orphans.contains(address.organization)
    }
    let known = adding(orphans)
    let base = old.beside(known.organizations).addingLists(of: orphans)
    return changes(in: differing.filter { !isOrphaned($0) }, on: old)
      + known.changes(in: known.memberAddresses(differingFrom: base).filter(isOrphaned), on: base)
  }

  /// Whether an address is that of an empty list.
  func isEmptyList(_ address: FieldAddress) -> Bool {
    guard case .list(let id) = address else { return false }
    return index(ofOrganization: id).map { memberCount(at: $0) == 0 } ?? false
  }

  /// Whether none of the earlier organizations, or none of their lists, is left.
  func hasNothingLeft(of old: FileContents, _ differing: Set<FieldAddress>) -> Bool {
    var organizations = 0
    var lists = 0
    for address in differing where address.isContainer && self[address] == nil {
      if case .organization = address { organizations += 1 } else { lists += 1 }
    }
    return organizations > 0 && organizations == old.organizationCount
      || lists > 0 && lists == (0..<old.organizationCount).count { old.members.hasList(at: $0) }
  }

  /// A description of a lost container, for messages.
  func title(of address: FieldAddress) -> String {
    let id = address.organization
    let name = index(ofOrganization: id).map { organization(at: $0).name.escapedForDisplay } ?? "?"
    let label = "\(name) (\(id.escapedForDisplay))"
    if case .list = address { return "the members of \(label)" }
    return label
  }

  /// Whether none of the earlier members is left, although there are others.
  func hasNobodyLeft(of old: FileContents, _ differing: Set<FieldAddress>) -> Bool {
    let removed = differing.reduce(0) { count, address in
      guard old[address] != nil, self[address] == nil else { return count }
      if case .list(let id) = address {
        return count + (old.index(ofOrganization: id).map(old.memberCount(at:)) ?? 0)
      }
      return count + (address.user == nil ? 0 : 1)
    }
    return removed > 1 && memberCount > 0 && removed == old.memberCount
  }

  /// Whether a file contains something that is in neither the result nor the previous state: members of unknown
  /// organizations, unknown fields, or formatting.
  func hasMore(
    than result: FileContents, comparedTo old: FileContents, in file: String, besides kept: Set<FieldAddress>
  ) -> Bool {
    let isOrganizations = file == OrganizationTable.file
    if !isOrganizations, members.orphanedMembers != old.members.orphanedMembers { return true }
    let excused = Set(kept.map(\.organization))
    func text(_ contents: FileContents, _ index: Int) -> ArraySlice<UInt8> {
      isOrganizations ? contents.organizations.recordBytes(at: index) : contents.members.listBytes(at: index)
    }
    return (0..<organizationCount).contains { index in
      let own = text(self, index)
      if index < old.organizationCount, text(old, index) == own { return false }
      let id = organizations.id(at: index)
      if excused.contains(id) { return false }
      return ![result, old].contains { other in
        other.index(ofOrganization: id).map { text(other, $0) == own } ?? false
      }
    }
  }
}

extension OrganizationTable {
  /// The table with the values at some addresses taken from another state.
  func taking(_ addresses: Set<FieldAddress>, from found: FileContents) -> OrganizationTable {
    var edit = StoreEdit()
    for address in addresses.inOrder(of: found) {
      guard let index = found.index(ofOrganization: address.organization) else {
        edit.removed.append(address.organization)
        continue
      }
      switch address {
      case .organization(let id): edit.created[id] = found.organization(at: index)
      case .field(let id, let field):
        edit.fields[id, default: [:]].updateValue(found[address], forKey: field)
      case .list, .member: continue
      }
    }
    let splices = splices(for: edit)
    // Removing records changes the indices of those that follow.
    return edit.removed.isEmpty ? applying(splices) : OrganizationTable(splices.applied(to: bytes))
  }
}

extension MemberTable {
  /// The table with the values at some addresses taken from another state with the same organizations.
  func taking(_ addresses: Set<FieldAddress>, from found: FileContents) -> MemberTable {
    var edit = StoreEdit()
    for address in addresses.inOrder(of: found) {
      guard let index = found.index(ofOrganization: address.organization) else { continue }
      var list = edit.members[address.organization] ?? MemberListEdit()
      switch address {
      case .list(let id):
        guard found.members.hasList(at: index) else {
          edit.removed.append(id)
          continue
        }
        for member in 0..<found.memberCount(at: index) {
          let member = found.member(member, at: index)
          list.added[member.userID] = member
        }
      case .member(_, let user):
        let isPresent = find(user, at: index) != nil
        if let member = found.memberIndex(ofUser: user, at: index).map({ found.member($0, at: index) }) {
          if isPresent { list.roles[user] = member.role } else { list.added[user] = member }
        } else if isPresent {
          list.removed.append(user)
        }
      case .organization, .field: continue
      }
      edit.members[address.organization] = list
    }
    guard let (splices, touched) = try? splices(for: edit, of: found.organizations) else { return self }
    let result =
      edit.removed.isEmpty
      ? applying(splices, touched: touched, of: found.organizations)
      : MemberTable(splices.applied(to: bytes), of: found.organizations)
    return result.addingOrphanedLists(of: found)
  }

  /// The table with the lists of organizations that don't exist yet. Another program may add an organization and its
  /// list in either order, and the two changes may be found at different times.
  private func addingOrphanedLists(of found: FileContents) -> MemberTable {
    let missing = Set(found.members.orphanedMembers.keys.filter { orphanedMembers[$0] == nil })
    guard !missing.isEmpty, found.members.problems.isEmpty else { return self }
    var entries: [[UInt8]] = []
    var scanner = JSONScanner(found.members.bytes, at: 0)
    scanner.skipSpace()
    guard scanner.take(.openBrace) else { return self }
    var top = RootObjectLayout(start: scanner.position, lastEnd: scanner.position)
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      _ = try scanner.skipValue()
      if missing.contains(JSONText.decode(key, in: scanner.bytes)) {
        entries.append(Array(scanner.bytes[key.range.lowerBound - 1..<scanner.position]))
      }
      return true
    }
    guard !entries.isEmpty else { return self }
    return MemberTable(appendingEntries(entries), of: found.organizations)
  }
}

extension Set<FieldAddress> {
  /// The addresses in the order of organizations and members in the data, so that the result is deterministic.
  func inOrder(of contents: FileContents) -> [FieldAddress] {
    func place(_ address: FieldAddress) -> (Int, Int, String) {
      let index = contents.index(ofOrganization: address.organization) ?? Int.max
      guard let user = address.user, index < Int.max else { return (index, 0, "\(address)") }
      return (index, contents.memberIndex(ofUser: user, at: index) ?? Int.max, user)
    }
    return map { ($0, place($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
  }
}
