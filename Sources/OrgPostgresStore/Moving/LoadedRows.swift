import OrgCore

/// Rows for the service's tables, and for the tables in which orgman keeps what else files say, under construction.
package struct LoadedRows: Sendable {
  var organizations = CopyRows()
  var members = CopyRows()
  var kept = CopyRows()
  var ids = CopyRows()
  /// The organizations whose rows are there already, and are replaced.
  private(set) var replaced: [String] = []
  private let form: LoadedForm

  init(_ form: LoadedForm) { self.form = form }

  /// How many organizations and members there are.
  package var count: Int { organizations.count + members.count }
  /// How many bytes they take.
  package var size: Int { organizations.bytes.count + members.bytes.count + kept.bytes.count }
  /// Whether there is nothing.
  package var isEmpty: Bool { kept.count == 0 }

  /// What files say of an organization beyond its rows.
  package struct Kept: Sendable {
    /// The place of its entry in `organizations.json`, and the entry if that isn't in the usual form.
    package var place: Int
    package var record: ArraySlice<UInt8>?
    package var fields: String?
    /// The same of its list in `org_users.json`, if it has one.
    package var listPlace: Int?
    package var list: ArraySlice<UInt8>?
    package var memberFields: String?
    /// Its members in the order of the list, where that isn't the order of their joining.
    package var members: [String]?
    /// The SHA-256 of both entries.
    package var hash: String

    package init(place: Int, listPlace: Int?, hash: String) {
      (self.place, self.listPlace, self.hash) = (place, listPlace, hash)
    }
  }

  /// Adds an organization; its members are added one by one.
  ///
  /// - Parameters:
  ///   - organization: with the id that it has in the tables.
  ///   - original: what files call it, where the id doesn't say it.
  ///   - isReplaced: whether its rows are there already.
  package mutating func add(_ organization: Organization, _ kept: Kept, original: String?, isReplaced: Bool) {
    organizations.add(organization.id)
    for value in form.texts(of: organization) { organizations.add(value) }
    organizations.add(isReplaced ? "t" : "f")
    organizations.endRow()
    if isReplaced { replaced.append(organization.id) }
    if let original {
      ids.add(organization.id)
      ids.add(original)
      ids.endRow()
    }
    self.kept.add(organization.id)
    self.kept.add(kept.place)
    self.kept.addBytes(kept.record)
    self.kept.add(kept.fields)
    self.kept.add(kept.listPlace)
    self.kept.addBytes(kept.list)
    self.kept.add(kept.memberFields)
    self.kept.add(kept.members?.arrayLiteral)
    self.kept.add(kept.hash)
    self.kept.endRow()
  }

  /// Adds a member.
  ///
  /// - Parameters:
  ///   - organization: the id in the tables.
  ///   - time: in the usual form; empty for none.
  package mutating func addMember(
    _ user: UnsafeRawBufferPointer, of organization: String, _ role: Role, _ time: UnsafeRawBufferPointer
  ) {
    members.add(organization)
    members.add(user)
    members.add(form.label(of: role))
    if time.isEmpty { members.addNull() } else { members.add(time) }
    members.endRow()
  }
}

/// How values are written in the columns of the service's tables.
package struct LoadedForm: Sendable {
  let shape: TableShape
  private let roleLabels: [Role: String]
  /// How many characters a user's id may have.
  let userLength: Int
  /// Whether a member's time is needed.
  let needsTime: Bool

  init(_ shape: TableShape) {
    self.shape = shape.withTables
    let column = self.shape.memberRole
    roleLabels = Dictionary(
      uniqueKeysWithValues: Role.allCases.compactMap { role in
        column?.label(role.rawValue).map { (role, $0) }
      })
    userLength = self.shape.memberUser?.length ?? .max
    needsTime = self.shape.memberJoined?.isRequired ?? false
  }

  func label(of role: Role) -> String? { roleLabels[role] }

  /// The keys whose values are loaded, in order. A column that says only whether an organization is active comes last.
  private var keys: [OrganizationKey] { OrganizationKey.all.filter { $0 != .id && shape.column($0) != nil } }

  /// The values of an organization as texts, in the order of `columns`, but for the id.
  func texts(of organization: Organization) -> [String?] {
    keys.map { key in organization.text(key).map { shape.column(key)?.label($0) ?? $0 } }
      + (shape.activeFlag == nil ? [] : [organization.status == .active ? "t" : "f"])
  }

  /// The columns of organizations that are loaded, but for the id.
  var columns: [TableShape.Column] {
    keys.compactMap { shape.column($0) } + [shape.activeFlag].compactMap(\.self)
  }

  /// The status as it is read back.
  func stored(_ status: Organization.Status) -> Organization.Status {
    if shape.activeFlag != nil { return status == .active ? .active : .suspended }
    return shape.column(.field(.status)) == nil ? .active : status
  }

  /// An organization as it is read back from the tables: without what they have no room for.
  package func stored(_ organization: Organization) -> Organization {
    var stored = organization
    if shape.column(.createdAt) == nil { stored.createdAt = .unknown }
    for field in OrganizationField.allCases where field != .status && shape.column(.field(field)) == nil {
      stored[field] = nil
      if case .defaulted(let usual, _) = field.descriptor.presence { stored[field] = usual }
    }
    stored.status = self.stored(organization.status)
    return stored
  }

  /// Whether the tables hold the time when a member joined.
  package var holdsJoinedAt: Bool { shape.memberJoined != nil }

  /// The columns of members that are loaded: those of the organization, the user, the role, and the time.
  var memberColumns: [TableShape.Column] {
    [shape.memberOrganization, shape.memberUser, shape.memberRole, shape.memberJoined].compactMap(\.self)
  }

  // MARK: What can't be loaded

  /// What the tables have no room for, to follow a name and a colon; `nil` where they take it.
  package func obstacle(to organization: Organization) -> String? {
    for key in OrganizationKey.all where key != .id {
      guard let column = shape.column(key) else { continue }
      guard let value = organization.text(key) else {
        if column.isRequired { return "\(key.name) is missing, and the table needs it" }
        continue
      }
      if let reason = obstacle(to: value, in: column) { return "\(key.name) \(reason)" }
    }
    return nil
  }

  /// Whether the tables certainly have room for a member.
  package func takes(_ user: UnsafeRawBufferPointer, _ role: Role, hasTime: Bool) -> Bool {
    user.count <= userLength && !user.contains(0) && label(of: role) != nil && (hasTime || !needsTime)
  }

  /// What the tables have no room for of a member.
  package func obstacle(toUser user: String, _ role: Role, hasTime: Bool) -> String? {
    if label(of: role) == nil {
      return "there is no role \(role.rawValue); there are \(shape.roles.alternatives)"
    }
    if !hasTime, shape.memberJoined?.isRequired == true {
      return "joined_at is missing, and the table needs it"
    }
    return shape.memberUser.flatMap { obstacle(to: user, in: $0) }.map { "the user's id \($0)" }
  }

  private func obstacle(to value: String, in column: TableShape.Column) -> String? {
    if value.utf8.contains(0) { return "has the character U+0000, which PostgreSQL can't hold" }
    if column.isText, let length = column.length, value.unicodeScalars.count > length {
      return "has \(value.unicodeScalars.count) characters, and the column takes \(length)"
    }
    if column.label(value) == nil {
      return "can't be \(value.quoted); it can be \(column.labels.map { $0.lowercased() }.alternatives)"
    }
    return nil
  }
}
