import OrgCore

/// Looking up members by position and by user.
extension MemberTable {
  func count(at index: Int) -> Int { Int(lists[index].count) }

  /// The number of lists in the file that belong to existing organizations.
  var listCount: Int { lists.count { $0.open != 0 } }

  /// Whether the file has a list for the organization, even an empty one.
  func hasList(at index: Int) -> Bool { lists[index].open != 0 }

  func record(_ place: Int) -> Record<4>? {
    var scanner = JSONScanner(bytes, at: Int(starts[place]))
    return try? scanner.record(Self.fields)
  }

  func member(_ member: Int, at index: Int, organization: String) -> OrgUser {
    row(ofMember: member, at: index, organization: organization).member
  }

  /// A member with the fields that its record lacks.
  func row(ofMember member: Int, at index: Int, organization: String) -> MemberRow {
    let place = lists[index].members.lowerBound + member
    let values = record(place)?.values ?? InlineArray(repeating: JSONValue())
    var defaults: DefaultedFields = []
    if values[2].kind == .missing { defaults.insert(.role) }
    if values[3].kind == .missing { defaults.insert(.joinedAt) }
    return MemberRow(
      OrgUser(
        organizationID: organization, userID: values[1].text(in: bytes) ?? "",
        role: Role.inFiles[Int(roles[place])], joinedAt: FieldRules(bytes: bytes).time(values[3])),
      defaults: defaults)
  }

  /// Why a member that the service can load can't be edited; `nil` if it can.
  func problem(ofMember member: Int, at index: Int, organization: String) -> FileProblem? {
    guard let record = record(lists[index].members.lowerBound + member),
      let found = (try? MemberScan.check(record, FieldRules(bytes: bytes)))?.oddity
    else { return nil }
    return FileProblem(
      file: Self.file, offset: found.offset, key: organization, reason: found.reason,
      scope: .member(user: record.values[1].text(in: bytes) ?? "", organization: organization))
  }

  /// Why members can't be added or removed; `nil` if they can.
  func listProblem(at index: Int, organization: String) -> FileProblem? {
    guard oddLists.contains(index) else { return nil }
    let scope = DataProblem.Scope.members(organization: organization)
    return recordProblems.first { $0.scope == scope }
      ?? FileProblem(
        file: Self.file, offset: Int(lists[index].open), key: organization,
        reason: "the member list appears twice; the service uses the last one", scope: scope)
  }

  /// Calls a function with the ID of each member as UTF-8, and the index of the role.
  func forEach(at index: Int, _ body: (UnsafeRawBufferPointer, Int) -> Void) {
    bytes.withUnsafeBytes { bytes in
      for place in lists[index].members {
        if let user = Self.usualUser(bytes, at: Int(starts[place])) {
          body(UnsafeRawBufferPointer(rebasing: bytes[user]), Int(roles[place]))
        } else {
          var user = record(place)?.values[1].text(in: self.bytes) ?? ""
          user.withUTF8 { body(UnsafeRawBufferPointer($0), Int(roles[place])) }
        }
      }
    }
  }

  /// The range of the user ID in a record that has the form that the service writes; `nil` for other records.
  private static func usualUser(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
    var record = CanonicalRecordScanner(bytes, at: start)
    guard record.take("{\n      \"org_id\": \"org_"), record.takeString() != nil,
      record.take(",\n      \"user_id\": \"")
    else { return nil }
    return record.takeString()
  }

  func roleCounts(at index: Int) -> RoleCounts {
    roles[lists[index].members].reduce(into: RoleCounts()) { $0.add(place: Int($1)) }
  }

  func find(_ user: String, at index: Int) -> Int? {
    let members = lists[index].members
    return places(of: user, in: members).first(where: { _ in true }).map { $0 - members.lowerBound }
  }

  /// The role of a user; `nil` if the user isn't a member.
  func role(of user: String, at index: Int) -> Role? {
    let members = lists[index].members
    return places(of: user, in: members).first(where: { _ in true }).map { Role.inFiles[Int(roles[$0])] }
  }

  /// The indices of the organizations that a user is in.
  func organizations(of user: String) -> [Int] {
    lists.indices.filter { find(user, at: $0) != nil }
  }

  /// The indices of a user's records in a range of members.
  private func places(of user: String, in members: Range<Int>) -> some Sequence<Int> {
    let name = Array(user.utf8)
    return members.lazy.filter { place in
      guard let value = record(place)?.values[1], let string = value.string else { return false }
      return value.kind == .escapedString
        ? JSONText.decode(string, in: bytes) == user : bytes[string.range].elementsEqual(name)
    }
  }

  /// The offset of each list, in file order.
  var boundaries: [(id: Int, offset: Int)] {
    lists.indices.filter { lists[$0].open != 0 }.map { ($0, Int(lists[$0].open)) }.sorted {
      $0.offset < $1.offset
    }
  }

  /// The bytes of an organization's list, without the brackets.
  func listBytes(at index: Int) -> ArraySlice<UInt8> {
    let members = lists[index].members
    guard let last = members.last, let record = record(last) else { return [] }
    return bytes[Int(starts[members.lowerBound])...record.close]
  }
}
