import OrgCore

/// Moments to give to records, in order. They are in the past: what is added as of now comes after them.
enum Moment {
  static let first = Timestamp(microseconds: 1_577_836_800_000_000)
  static let second = Timestamp(microseconds: 1_577_923_200_234_567)
}

extension Timestamp {
  fileprivate func adding(seconds: Int) -> Timestamp {
    Timestamp(microseconds: microseconds + Int64(seconds) * 1_000_000)
  }
}

/// The organizations and members that behaviors are about, as the store's rules want them.
struct Sample: Sendable {
  /// The rules of the store.
  let rules: Rules

  var acme: String { id("acme") }
  var globex: String { id("globex") }
  /// The id of no organization.
  var unknown: String { id("none") }

  /// A role besides owner and member.
  var thirdRole: Role { rules.roles.first { $0 != .owner && $0 != .member } ?? .member }

  /// The id that stands for a short name. Ids are in the order of these names, byte by byte.
  func id(_ name: String) -> String {
    switch rules.idForm {
    case .prefixed: return "org_" + name
    case .text: return "id_" + name
    case .uuid:
      precondition(name.utf8.count <= 16, "a UUID has 16 bytes")
      let bytes = Array(name.utf8) + Array(repeating: 0, count: 16 - name.utf8.count)
      return bytes.enumerated().map { place, byte in
        ([4, 6, 8, 10].contains(place) ? "-" : "") + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
    }
  }

  /// What the ids of names of up to four letters have in common.
  var commonIDText: String {
    switch rules.idForm {
    case .prefixed: "org_"
    case .text: "id_"
    case .uuid: "-0000-"
    }
  }

  /// Ids that don't have the form.
  var malformedIDs: [String] {
    switch rules.idForm {
    case .prefixed: ["", "acme", "org_", "ORG_1", " org_1"]
    case .text(let length): ["", " ", String(repeating: "x", count: length + 1)]
    case .uuid:
      ["", "acme", "org_1", acme.uppercased(), String(acme.dropLast()), acme + "0", " " + acme, "{\(acme)}"]
        + [acme.filter { $0 != "-" }]
    }
  }

  /// An organization that was created so many seconds after the first moment.
  func organization(
    _ id: String, named name: String, plan: String = PlanTier.default, at second: Int = 0
  ) -> Organization {
    Organization(id: id, name: name, createdAt: Moment.first.adding(seconds: second), planTier: plan)
  }

  /// A member of Acme, if no other organization is named, who joined so many seconds after the second moment.
  func member(_ user: String, _ role: Role = .member, of id: String? = nil, at second: Int = 0) -> OrgUser {
    OrgUser(
      organizationID: id ?? acme, userID: user, role: role, joinedAt: Moment.second.adding(seconds: second))
  }

  /// Adds an organization, Acme if no other is named, with members, one second after the other, in one set.
  func adding(
    _ id: String? = nil, named name: String = "Acme", plan: String = PlanTier.default, at second: Int = 0,
    members: KeyValuePairs<String, Role> = [:]
  ) -> ChangeSet {
    let id = id ?? acme
    return ChangeSet(
      [.createOrganization(organization(id, named: name, plan: plan, at: second))]
        + members.enumerated().map {
          .addMember(member($0.element.key, $0.element.value, of: id, at: $0.offset))
        })
  }

  /// Adds organizations by their short names, each with a set of its own, one second after the other.
  func adding(each names: [String]) -> [ChangeSet] {
    names.enumerated().map { adding(id($0.element), named: $0.element, at: $0.offset) }
  }

  func plan(of id: String? = nil, from: String = PlanTier.default, to: String) -> ChangeSet {
    ChangeSet([.setField(.planTier, organization: id ?? acme, from: from, to: to)])
  }
}

/// All that a store holds at a revision, to be compared.
struct Records: Equatable {
  let organizations: [Organization]
  let members: [[OrgUser]]

  init(_ reader: any StoreReader) throws {
    organizations = try reader.organizations()
    members = try organizations.map { try reader.members(of: $0.id) }
  }
}

extension OrgManager {
  /// All that the store holds.
  func records() throws -> Records { try Records(reader()) }

  /// A field of an organization that must be there.
  func value(_ field: OrganizationField, of id: String) throws -> String? {
    try need("organization \(id)", try organization(id: id))[field]
  }

  /// The users of an organization, in order.
  func userIDs(of id: String) throws -> [String] { try users(of: id).map(\.userID) }

  /// What happened, in words, newest first.
  func summaries() throws -> [[String]] { try history().map { $0.changes.map(\.summary) } }

  /// Does something that must fail, and looks whether anything has changed.
  @discardableResult
  func expectRefusal<Value>(
    _ code: OrgError.Code, of what: String, _ body: (OrgManager) throws -> Value
  ) throws -> OrgError {
    let (before, generation) = (try records(), try reader().revision)
    let history = try history()
    let error = try expectError(code, what) { try body(self) }
    try expect("the records after \(what) was refused", try records(), is: before)
    try expect("the revision after \(what) was refused", try reader().revision, is: generation)
    try expect("the history after \(what) was refused", try self.history(), is: history)
    return error
  }
}
