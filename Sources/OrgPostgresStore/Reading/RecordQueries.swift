import OrgCore

/// Reads the records that a preview looks up: those that the changes of a set name, in one round trip.
struct RecordQueries {
  let tables: Tables
  let ask: ([SQL]) throws(OrgError) -> [Rows]

  /// What a preview of a change set needs to know.
  func lookup(_ set: ChangeSet) throws(OrgError) -> Records {
    var (ids, names): (Set<String>, Set<String>) = ([], [])
    var users: [(organization: String, user: String)] = []
    for change in set.changes {
      ids.insert(change.organizationID)
      if let user = change.userID { users.append((change.organizationID, user)) }
      switch change {
      case .createOrganization(let organization): names.insert(organization.name)
      case .setField(.name, _, _, let name?): names.insert(name)
      default: break
      }
    }
    if let user = set.access.user { users += ids.map { ($0, user) } }
    let possible = ids.filter(tables.canBeID).sorted()
    let pairs = users.filter { tables.canBeID($0.organization) && $0.user.canBeSent }
    let sent = names.filter(\.canBeSent)
    var questions: [SQL] = [
      "select \(raw: tables.organizationColumns) from \(raw: tables.organizations) o where o.id = any(\(tables.ids(possible)))",
      """
      select \(raw: tables.memberColumns) from \
      unnest(\(tables.ids(pairs.map(\.organization))), \(pairs.map(\.user).arrayLiteral)::text[]) as named(organization, member) \
      join \(raw: tables.members) m on \(raw: tables.memberOrganization) = named.organization and m.user_id = named.member
      """,
      roleCounts(possible),
      """
      select named.name, \(raw: tables.id) from unnest(\(Array(sent).arrayLiteral)::text[]) as named(name) \
      join \(raw: tables.organizations) o on \(raw: tables.nameKey) = \(raw: tables.nameKey(of: "named.name"))
      """,
    ]
    if set.access.user != nil { questions.append(managers(of: possible)) }
    let answers = try ask(questions.map(\.frequent))
    var records = Records(tables: tables)
    for row in 0..<answers[0].count {
      let organization = tables.organization(answers[0], row).0
      records.organizations[organization.id] = organization
    }
    for row in 0..<answers[1].count {
      let member = tables.member(answers[1], row).member
      records.members[member.organizationID, default: [:]][member.userID] = member
    }
    if answers.count > 4 {
      for row in 0..<answers[4].count {
        let member = tables.member(answers[4], row).member
        records.managers[member.organizationID, default: []].append(member)
      }
    }
    records.counts = Self.counts(answers[2])
    for row in 0..<answers[3].count {
      guard let name = answers[3].text(row, 0), let id = answers[3].text(row, 1) else { continue }
      records.names[name.nameKey, default: id] = id
    }
    return records
  }

  /// Some of those who have rights in organizations, of each role.
  private func managers(of ids: [String]) -> SQL {
    let roles = Access.Operation.allCases.filter { $0 != .look }.flatMap(Access.roles(allowing:))
    return """
      select \(raw: tables.memberColumns) from unnest(\(tables.ids(ids))) as named(organization) \
      cross join unnest(\(Set(roles).map(\.rawValue).sorted().arrayLiteral)::text[]) as wanted(role) \
      cross join lateral (select * from \(raw: tables.members) m \
      where \(raw: tables.memberOrganization) = named.organization and \(raw: tables.role) = wanted.role limit 4) m
      """
  }

  /// How many members of each organization have each role.
  func roleCounts(of ids: [String]) throws(OrgError) -> [String: RoleCounts] {
    Self.counts(try ask([roleCounts(ids)])[0])
  }

  /// Counts in the table itself: what triggers count is there only after the commit.
  private func roleCounts(_ ids: [String]) -> SQL {
    """
    select \(raw: tables.memberOrganization)::text, \(raw: tables.role), count(*) from \(raw: tables.members) m \
    where \(raw: tables.memberOrganization) = any(\(tables.ids(ids))) group by 1, 2
    """
  }

  static func counts(_ rows: Rows) -> [String: RoleCounts] {
    var counts: [String: RoleCounts] = [:]
    for row in 0..<rows.count {
      guard let id = rows.text(row, 0) else { continue }
      let role = rows.text(row, 1).flatMap(Role.init(rawValue:)) ?? .member
      counts[id, default: RoleCounts()][role] += rows.number(row, 2) ?? 0
    }
    return counts
  }
}

/// The records that a preview looks up, as they were read.
struct Records: RecordLookup {
  let tables: Tables
  var organizations: [String: Organization] = [:]
  var members: [String: [String: OrgUser]] = [:]
  var counts: [String: RoleCounts] = [:]
  var names: [String: String] = [:]
  /// Some of those who have rights.
  var managers: [String: [OrgUser]] = [:]

  init(tables: Tables) { self.tables = tables }

  var rules: Rules { tables.rules }

  func organization(id: String) -> Organization? { organizations[id] }
  func organizationID(named name: String) -> String? { names[name.nameKey] }
  func member(_ user: String, of organization: String) -> OrgUser? { members[organization]?[user] }
  func roleCounts(of organization: String) -> RoleCounts { counts[organization] ?? RoleCounts() }
  func problem(with record: EditedRecord) -> DataProblem? { nil }

  func users(with roles: [Role], in organization: String, limit: Int) -> [String] {
    Array(
      (managers[organization] ?? []).lazy.filter { roles.contains($0.role) }.map(\.userID).prefix(limit))
  }
}
