@testable import OrgCore

@testable import OrgFileStore

/// Data to try things on.
enum Sample {
  static let organizations = ["org_1", "org_2", "org_3"].map { id in
    Organization(
      id: id, name: "Name of \(id)", createdAt: Timestamp(microseconds: 1_700_000_000_000_000),
      stripeCustomerID: id == "org_2" ? "cus_1" : nil)
  }

  static let contents = FileContents(
    organizations: file(organizations.map { JSONText.entry($0) }),
    members: file(
      organizations.map { organization in
        let members = ["alice", "bob"].enumerated().map { place, user in
          OrgUser(
            organizationID: organization.id, userID: user, role: place == 0 ? .owner : .member,
            joinedAt: organization.createdAt)
        }
        return JSONText.entry(organization: organization.id, members: members)
      }))

  static let snapshot = Snapshot(generation: 1, contents: contents)

  private static func file(_ entries: [[UInt8]]) -> [UInt8] {
    Array("{\n  ".utf8) + Array(entries.joined(separator: JSONText.entrySeparator)) + Array("\n}".utf8)
  }
}

extension FileContents {
  init(organizations: [UInt8], members: [UInt8]) {
    let table = OrganizationTable(organizations)
    self.init(organizations: table, members: MemberTable(members, of: table))
  }

  /// Looks at everything once.
  func walk() {
    let search = SearchIndex(Snapshot(generation: 0, contents: self))
    _ = search.indices(in: ListOrder(.plan))
    for index in 0..<organizationCount {
      let organization = organization(at: index)
      // What is no UTF-8 has an id that stands nowhere.
      require(
        !problems.isEmpty || self.index(ofOrganization: organization.id) == index,
        "organization \(index) isn't found")
      _ = organizations.recordBytes(at: index)
      _ = organizations.recordedID(at: index)
      _ = organizations.withRawFields(at: index) { plain in
        require(plain.createdAt == organization.createdAt, "the plain values differ")
      }
      for member in 0..<memberCount(at: index) { _ = self.member(member, at: index) }
      _ = members.listBytes(at: index)
    }
    let users = UserIndex(Snapshot(generation: 0, contents: self))
    for row in 0..<users.count {
      let user = users.user(at: row)
      require(user.organizationCount == users.organizations(at: row).count, "the counts of a user differ")
    }
  }

  /// Compares with the same bytes, read anew.
  func requireSame(as other: FileContents, _ what: String) {
    require(problems.isEmpty == other.problems.isEmpty, "\(what): \(problems) and \(other.problems)")
    guard problems.isEmpty else { return }
    require(organizationCount == other.organizationCount, "\(what): another number of organizations")
    require(memberCount == other.memberCount, "\(what): another number of members")
    for index in 0..<organizationCount {
      require(organization(at: index) == other.organization(at: index), "\(what): organization \(index)")
      require(memberCount(at: index) == other.memberCount(at: index), "\(what): members of \(index)")
      for member in 0..<memberCount(at: index) {
        require(self.member(member, at: index) == other.member(member, at: index), "\(what): a member")
      }
    }
  }

  /// Makes edits, and reads what they made again.
  func edit() {
    guard problems.isEmpty else { return }
    for set in changeSets {
      let preview = Preview(of: set, on: Snapshot(generation: 0, contents: self))
      guard (try? preview.check()) != nil, let made = try? applying(preview.edit) else { continue }
      let again = FileContents(
        organizations: made.contents.organizations.bytes, members: made.contents.members.bytes)
      made.contents.requireSame(as: again, "after an edit")
      // An edit that breaks a rule is refused by whoever asked for it.
      guard again.problems.isEmpty else { continue }
      require(
        haveSameBytes(made.organizations.applied(to: organizations.bytes), again.organizations.bytes),
        "the splices don't make what was made")
    }
  }

  private var changeSets: [ChangeSet] {
    let new = Organization(id: "org_new", name: "new \u{1F680}\"\\", createdAt: Timestamp(microseconds: 1))
    var sets = [ChangeSet([.createOrganization(new)], allowsOwnerless: true)]
    guard organizationCount > 0 else { return sets }
    let last = organization(at: organizationCount - 1)
    let newcomer = OrgUser(
      organizationID: last.id, userID: "new\u{7F}", role: .billingAdmin, joinedAt: new.createdAt)
    sets.append(
      ChangeSet(
        [
          .setField(.planTier, organization: last.id, from: last.planTier, to: "other"),
          .setField(.lagoCustomerID, organization: last.id, from: last.lagoCustomerID, to: "lago"),
          .addMember(newcomer),
        ], allowsOwnerless: true))
    sets.append(ChangeSet([.removeOrganization(organization(at: 0))], allowsOwnerless: true))
    for index in 0..<organizationCount where memberCount(at: index) > 0 {
      let id = organization(at: index).id
      let member = member(memberCount(at: index) - 1, at: index)
      let other: Role = member.role == .owner ? .member : .owner
      sets.append(
        ChangeSet(
          [.setRole(user: member.userID, organization: id, from: member.role, to: other)],
          allowsOwnerless: true))
      sets.append(
        ChangeSet(
          [.removeMember(user: member.userID, organization: id, role: member.role)], allowsOwnerless: true))
      break
    }
    return sets
  }
}

/// The bytes with one changed, one gone and one doubled, at places that depend on them.
private func variants(_ bytes: [UInt8]) -> [[UInt8]] {
  guard !bytes.isEmpty else { return [] }
  let sum = bytes.reduce(into: UInt32(2_166_136_261)) { $0 = ($0 ^ UInt32($1)) &* 16_777_619 }
  let place = Int(sum) % bytes.count
  var changed = bytes
  changed[place] ^= UInt8(truncatingIfNeeded: sum >> 24) & 0x1F
  let end = min(bytes.count, place + 1 + Int(sum >> 8) % 40)
  return [
    changed, Array(bytes[..<place] + bytes[end...]), Array(bytes[..<end] + bytes[place...]),
  ]
}

func readOrganizations(_ bytes: [UInt8]) {
  let table = OrganizationTable(bytes)
  let none = Array("{}".utf8)
  let contents = FileContents(organizations: table, members: MemberTable(none, of: table))
  contents.walk()
  let divided = OrganizationTable(bytes, dividing: 1)
  require(divided.count == table.count, "in halves: \(divided.count) and \(table.count)")
  contents.requireSame(
    as: FileContents(organizations: divided, members: MemberTable(none, of: divided)), "in halves")
  for variant in variants(bytes) {
    guard let (next, _) = OrganizationTable.reading(variant, after: table) else { continue }
    let again = OrganizationTable(variant)
    FileContents(organizations: next, members: MemberTable(none, of: next))
      .requireSame(as: FileContents(organizations: again, members: MemberTable(none, of: again)), "read on")
  }
  contents.edit()
}

func readUsers(_ bytes: [UInt8]) {
  let table = Sample.contents.organizations
  let contents = FileContents(organizations: table, members: MemberTable(bytes, of: table))
  contents.walk()
  let divided = FileContents(
    organizations: table, members: MemberTable(bytes, of: table, dividing: 1))
  contents.requireSame(as: divided, "in halves")
  for variant in variants(bytes) {
    guard let (next, _) = MemberTable.reading(variant, of: table, after: contents.members) else { continue }
    FileContents(organizations: table, members: next)
      .requireSame(
        as: FileContents(organizations: table, members: MemberTable(variant, of: table)), "read on")
  }
  contents.edit()
}
