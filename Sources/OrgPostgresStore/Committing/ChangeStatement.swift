import OrgCore

/// A change as the statement that makes it. It changes one row, or none where the row isn't what the change expects.
struct ChangeStatement {
  let change: Change
  let tables: Tables

  init(_ change: Change, on tables: Tables) { (self.change, self.tables) = (change, tables) }

  private var shape: TableShape { tables.shape }

  var sql: SQL {
    switch change {
    case .createOrganization(let organization): create(organization)
    case .removeOrganization(let organization): remove(organization)
    case .setField(let field, let id, let from, let to): set(field, of: id, from: from, to: to)
    case .addMember(let member): add(member)
    case .removeMember(let user, let id, let role): remove(user, from: id, role)
    case .setRole(let user, let id, let from, let to): setRole(of: user, in: id, from: from, to: to)
    }
  }

  // MARK: Organizations

  private func create(_ organization: Organization) -> SQL {
    var columns: [(column: TableShape.Column?, value: SQL)] = [
      (shape.column(.id), "\(organization.id)"),
      (shape.column(.createdAt), Self.text(organization.createdAt)),
    ]
    for field in OrganizationField.allCases {
      guard let value = organization[field] else { continue }
      columns.append((shape.column(.field(field)), "\(shape.column(.field(field))?.label(value) ?? value)"))
    }
    if let flag = shape.activeFlag { columns.append((flag, "\(organization.status == .active ? "t" : "f")")) }
    return insert(into: tables.organizations, columns)
  }

  private func remove(_ organization: Organization) -> SQL {
    let expected = OrganizationField.allCases.map { matches($0, organization[$0]) }
    return """
      delete from \(raw: tables.organizations) o where o.id = \(tables.id(organization.id)) \
      and \(expected.joined(" and ")) \
      and not exists (select from \(raw: tables.members) m where \(raw: tables.memberOrganization) = o.id)
      """
  }

  private func set(_ field: OrganizationField, of id: String, from: String?, to: String?) -> SQL {
    let assignment: SQL
    if field == .status, let flag = shape.activeFlag {
      assignment =
        "\(raw: flag.reference) = \(to == Organization.Status.active.rawValue ? "t" : "f")::boolean"
    } else if let column = shape.column(.field(field)) {
      assignment = "\(raw: column.reference) = \(to.map { column.label($0) ?? $0 })::\(raw: column.type)"
    } else {
      // There is no such column, so no row changes.
      return "select from \(raw: tables.organizations) where false"
    }
    return """
      update \(raw: tables.organizations) o set \(assignment) \
      where o.id = \(tables.id(id)) and \(matches(field, from))
      """
  }

  /// Whether a field is as expected; a value that is missing, or unknown, counts as the service's default.
  private func matches(_ field: OrganizationField, _ value: String?) -> SQL {
    var text = tables.text(field)
    if case .defaulted(let usual, _) = field.descriptor.presence { text = "coalesce(\(text), '\(usual)')" }
    if case .required = field.descriptor.presence { text = "coalesce(\(text), '')" }
    if field == .status {
      text = Self.known(
        text, Organization.Status.allCases.map(\.rawValue), Organization.Status.active.rawValue)
    }
    return "\(raw: text) is not distinct from \(value)::text"
  }

  // MARK: Members

  private func add(_ member: OrgUser) -> SQL {
    var columns: [(column: TableShape.Column?, value: SQL)] = [
      (shape.memberOrganization, "\(member.organizationID)"), (shape.memberUser, "\(member.userID)"),
      (shape.memberRole, "\(shape.memberRole?.label(member.role.rawValue) ?? member.role.rawValue)"),
      (shape.memberJoined, Self.text(member.joinedAt)),
    ]
    // A table that has ids of its own and doesn't fill them.
    if let id = shape.members?["id"], !id.isFilled, id.isRequired {
      columns.append((id, "gen_random_uuid()::text"))
    }
    return insert(into: tables.members, columns)
  }

  private func remove(_ user: String, from id: String, _ role: Role) -> SQL {
    "delete from \(raw: tables.members) m where \(member(user, id, role))"
  }

  private func setRole(of user: String, in id: String, from: Role, to: Role) -> SQL {
    guard let column = shape.memberRole else { return "select from \(raw: tables.members) where false" }
    return """
      update \(raw: tables.members) m set \(raw: column.reference) = \
      \(column.label(to.rawValue) ?? to.rawValue)::\(raw: column.type) where \(member(user, id, from))
      """
  }

  private func member(_ user: String, _ id: String, _ role: Role) -> SQL {
    """
    \(raw: tables.memberOrganization) = \(tables.id(id)) and \(raw: tables.user) = \(user) \
    and \(raw: Self.known(tables.role, Role.allCases.map(\.rawValue), Role.member.rawValue)) \
    is not distinct from \(role.rawValue)::text
    """
  }

  /// A text that is shown as another one where it is none of those that are known.
  private static func known(_ text: String, _ values: [String], _ usual: String) -> String {
    "case when \(text) in (\(values.map { "'\($0)'" }.joined(separator: ", "))) then \(text) else '\(usual)' end"
  }

  // MARK: Rows

  private func insert(into table: String, _ values: [(column: TableShape.Column?, value: SQL)]) -> SQL {
    let present = values.compactMap { item in item.column.map { ($0, item.value) } }
    return """
      insert into \(raw: table) (\(raw: present.map(\.0.reference).joined(separator: ", "))) values \
      (\(present.map { Self.cast($0.1, to: $0.0) }.joined(", ")))
      """
  }

  /// A text as a value of a column. A time without a zone is in UTC, as in the files.
  private static func cast(_ value: SQL, to column: TableShape.Column) -> SQL {
    column.baseType == "timestamp without time zone"
      ? "((\(value))::timestamptz at time zone 'UTC')" : "(\(value))::text::\(raw: column.type)"
  }

  private static func text(_ time: Timestamp) -> SQL {
    time == .unknown ? "null" : "\(time.description + "+00")"
  }
}
