import OrgCore

/// The outcome of an import: the changes that make the data agree with the imported records, and the line
/// that each change comes from.
struct ImportPlan {
  /// Records that can't be imported.
  private(set) var errors: [RowError] = []
  /// The number of existing records with a different date, which can't be changed.
  private(set) var datesKept = 0
  private(set) var set: ChangeSet
  private var lines: [Int] = []
  private let reader: any StoreReader
  private let now = Timestamp.now()
  /// The lines of imported organizations, by ID.
  private var imported: [String: Int] = [:]
  /// The imported organizations that are new.
  private var created: Set<String> = []
  /// The lines of organizations that can't be imported.
  private var refused: [String: Int] = [:]
  /// IDs by name, for records without an ID.
  private var names: [String: String]?
  /// Existing and imported roles by user, for organizations that the import refers to.
  private var roles: [String: [String: (role: Role, line: Int?)]] = [:]

  init(on reader: any StoreReader, allowsOwnerless: Bool) {
    self.reader = reader
    set = ChangeSet([], allowsOwnerless: allowsOwnerless)
  }

  mutating func refuse(_ error: RowError) { errors.append(error) }

  mutating func add(_ row: ImportRow) {
    do throws(RowError) {
      if row.isMember { try addMember(row) } else { try addOrganization(row) }
    } catch {
      if !row.isMember, let id = row[.id]?.text { refused[id] = error.line }
      errors.append(error)
    }
  }

  private mutating func append(_ change: Change, line: Int) {
    set.changes.append(change)
    lines.append(line)
  }

  // MARK: Organizations

  private mutating func addOrganization(_ row: ImportRow) throws(RowError) {
    let name = row[.name]?.text
    _ = try value(row[.status], "status") { Organization.Status(rawValue: $0) }
    let created = try value(row[.createdAt], "time") { Timestamp($0) }
    guard let id = try id(row[.id], named: name, row.line) else {
      guard let name else { throw RowError(line: row.line, message: "neither id nor name") }
      let id = reader.rules.newID()
      names?[name.nameKey] = id
      return create(id, name, row, created)
    }
    if let line = imported.updateValue(row.line, forKey: id) {
      imported[id] = line
      throw RowError(line: row.line, message: "\(id.quoted) is already in line \(line)")
    }
    guard let present = try present(id, row.line) else {
      guard let name else { throw RowError(line: row.line, message: "a new organization without a name") }
      return create(id, name, row, created)
    }
    if let created, created != present.createdAt { datesKept += 1 }
    for field in OrganizationField.allCases {
      guard let value = row[ImportRow.Field(.field(field))], value.text != present[field] else { continue }
      append(.setField(field, organization: id, from: present[field], to: value.text), line: value.line)
    }
  }

  private mutating func create(
    _ id: String, _ name: String, _ row: ImportRow, _ created: Timestamp?
  ) {
    imported[id] = row.line
    self.created.insert(id)
    roles[id] = [:]
    var organization = Organization(id: id, name: name, createdAt: created ?? now)
    for field in OrganizationField.allCases {
      if let text = row[ImportRow.Field(.field(field))]?.text { organization[field] = text }
    }
    append(.createOrganization(organization), line: row.line)
  }

  /// The id that a record has, or that of the organization with its name.
  private mutating func id(
    _ given: ImportRow.Value?, named name: String?, _ line: Int
  ) throws(RowError) -> String? {
    if let id = given?.text { return id }
    guard let name else { return nil }
    if names == nil {
      let all = try looking(for: line) { () throws(OrgError) in try reader.organizations() }
      names = Dictionary(all.map { ($0.name.nameKey, $0.id) }, uniquingKeysWith: { first, _ in first })
    }
    return names?[name.nameKey]
  }

  private func present(_ id: String, _ line: Int) throws(RowError) -> Organization? {
    try looking(for: line) { () throws(OrgError) in try reader.organization(id: id) }
  }

  /// Looks for what a line is about. If the data can't be read, the line can't be imported.
  private func looking<Value>(
    for line: Int, _ look: () throws(OrgError) -> Value
  ) throws(RowError) -> Value {
    do throws(OrgError) {
      return try look()
    } catch {
      throw RowError(line: line, message: error.message)
    }
  }

  // MARK: Members

  private mutating func addMember(_ row: ImportRow) throws(RowError) {
    guard let user = row[.user]?.text else {
      throw RowError(line: row.line, message: "a member without user_id")
    }
    guard let id = try id(row[.organization], named: row[.name]?.text, row.line) else {
      throw RowError(line: row.line, message: "a member without org_id")
    }
    let role = try value(row[.role], "role") { name in
      Role(typed: name).flatMap { reader.summary.roles.contains($0) ? $0 : nil }
    }
    let joined = try value(row[.joinedAt], "time") { Timestamp($0) }
    if roles[id] == nil {
      guard try self.present(id, row.line) != nil else {
        if let line = refused[id] {
          throw RowError(line: row.line, message: "its organization in line \(line) is wrong")
        }
        throw RowError(
          line: row.line, message: "there is no organization \(id.quoted), here or in a line before")
      }
      let members = try looking(for: row.line) { () throws(OrgError) in try reader.members(of: id) }
      roles[id] = Dictionary(
        members.map { ($0.userID, ($0.role, nil)) }, uniquingKeysWith: { first, _ in first })
    }
    let present = roles[id]?[user]
    if let line = present?.line {
      throw RowError(line: row.line, message: "\(user.quoted) is already in line \(line)")
    }
    roles[id]?[user] = (role ?? present?.role ?? .member, row.line)
    guard let present else {
      return append(
        .addMember(
          OrgUser(organizationID: id, userID: user, role: role ?? .member, joinedAt: joined ?? now)),
        line: row.line)
    }
    if let joined, !created.contains(id) {
      joinedDates.append((id, user, joined))
    }
    if let role, role != present.role {
      append(
        .setRole(user: user, organization: id, from: present.role, to: role),
        line: row[.role]?.line ?? row.line)
    }
  }

  /// The join dates of existing members in the imported records, to be compared by organization.
  private var joinedDates: [(organization: String, user: String, time: Timestamp)] = []

  private func value<Value>(
    _ value: ImportRow.Value?, _ what: String, _ read: (String) -> Value?
  ) throws(RowError) -> Value? {
    guard let value, let text = value.text else { return nil }
    guard let result = read(text) else {
      throw RowError(line: value.line, message: "unknown \(what) \(String(text.prefix(80)).quoted)")
    }
    return result
  }

  // MARK: Checking

  /// Simulates the changes on the data. Impossible changes are left out and reported as errors.
  mutating func checked() throws(OrgError) -> Preview {
    try countDates()
    while true {
      let preview = try Preview(of: set, on: reader)
      var kept: [Change] = []
      var keptLines: [Int] = []
      var isBlocked = false
      for (index, (change, outcome)) in preview.outcomes.enumerated() {
        if case .blocked(let error) = outcome {
          isBlocked = true
          let text = error.message
          errors.append(
            RowError(line: lines[index], message: String(text.hasSuffix(".") ? text.dropLast() : text[...])))
        } else {
          kept.append(change)
          keptLines.append(lines[index])
        }
      }
      guard isBlocked else {
        errors.sort { $0.line < $1.line }
        return preview
      }
      set.changes = kept
      lines = keptLines
    }
  }

  private mutating func countDates() throws(OrgError) {
    let byOrganization = Dictionary(grouping: joinedDates, by: \.organization)
    for (id, dates) in byOrganization {
      let times = Dictionary(
        try reader.members(of: id).map { ($0.userID, $0.joinedAt) }, uniquingKeysWith: { first, _ in first })
      datesKept += dates.count { times[$0.user] != $0.time }
    }
    joinedDates = []
  }
}
