/// What values the data of a store may hold. The files' rules are those of the service that shares the files: it can't load a
/// value that breaks one of them, sees an empty database instead and saves that. So every value is checked before it is written,
/// and what can't be loaded is never saved over. Another store has rules of its own; see ``DataSummary/rules``.
public struct Rules: Sendable, Hashable {
  /// The form that all ids of organizations have.
  public var idForm: IDForm
  /// The roles that members can be given. Members may have others, which can only be changed or removed.
  public var roles: [Role]
  /// How many Unicode scalars a name may have.
  public var nameLength: Int
  /// How many Unicode scalars a user's id may have.
  public var userIDLength: Int
  /// How many Unicode scalars a plan may have.
  public var planLength: Int
  /// How many Unicode scalars a billing id may have.
  public var billingIDLength: Int
  /// The statuses that organizations can be given.
  public var statuses: [Organization.Status]
  /// Whether texts may contain U+0000.
  public var allowsNull: Bool

  /// Rules for a store; those of the files where nothing else is said.
  public init(
    idForm: IDForm = .prefixed, roles: [Role] = [.owner, .member, .billingAdmin], nameLength: Int = 200,
    userIDLength: Int = 200, planLength: Int = 200, billingIDLength: Int = 200,
    statuses: [Organization.Status] = Organization.Status.allCases, allowsNull: Bool = true
  ) {
    (self.idForm, self.roles, self.statuses) = (idForm, roles, statuses)
    (self.nameLength, self.userIDLength, self.planLength) = (nameLength, userIDLength, planLength)
    (self.billingIDLength, self.allowsNull) = (billingIDLength, allowsNull)
  }

  /// The rules of the two files.
  public static let files = Rules()

  /// The name without surrounding white space.
  ///
  /// - Throws: `OrgError.Code.invalidName` if nothing is left, or too many scalars.
  public func checkedName(_ name: String) throws(OrgError) -> String {
    let trimmed = name.trimmed
    guard !trimmed.isEmpty else {
      throw OrgError(.invalidName, "A name can't be empty.")
    }
    let length = trimmed.unicodeScalars.count
    guard length <= nameLength else {
      throw OrgError(.invalidName, "A name has at most \(nameLength) characters; this one has \(length).")
    }
    return trimmed
  }

  /// - Throws: `OrgError.Code.invalidIdentifier` if the user's id is blank or too long.
  public func checkUserID(_ id: String) throws(OrgError) {
    guard !id.trimmed.isEmpty else {
      throw OrgError(.invalidIdentifier, "A user's id can't be empty.")
    }
    guard id.unicodeScalars.count <= userIDLength else {
      throw OrgError(.invalidIdentifier, "A user's id has at most \(userIDLength) characters.")
    }
    try checkNull(id, "user's id", .invalidIdentifier)
  }

  /// The value as it would be stored in a field: a name is trimmed, a blank billing id is removed.
  ///
  /// - Throws: `OrgError.Code.invalidName` or `.invalidValue` with what is wrong.
  public func checked(_ value: String?, for field: OrganizationField) throws(OrgError) -> String? {
    let value = try field.descriptor.check(value, self)
    try checkNull(value ?? "", field.title.lowercased(), field == .name ? .invalidName : .invalidValue)
    return value
  }

  func checkNull(_ text: String, _ title: String, _ code: OrgError.Code) throws(OrgError) {
    guard !allowsNull, text.unicodeScalars.contains(where: { $0.value == 0 }) else { return }
    throw OrgError(code, "A \(title) can't contain the character U+0000 in a database.")
  }

  func checkedPlan(_ value: String?) throws(OrgError) -> String? {
    let plan = (value ?? "").trimmed
    guard !plan.isEmpty else { throw OrgError(.invalidValue, "A plan can't be empty.") }
    guard plan.unicodeScalars.count <= planLength else {
      throw OrgError(.invalidValue, "A plan has at most \(planLength) characters.")
    }
    return plan
  }

  func checkedStatus(_ value: String?) throws(OrgError) -> String? {
    guard let value, let status = Organization.Status(rawValue: value), statuses.contains(status) else {
      throw OrgError(
        .invalidValue,
        "There is no status \((value ?? "").quoted); use \(statuses.map(\.rawValue).alternatives)."
      )
    }
    return value
  }

  /// Free text; `nil` where it is blank.
  func checkedText(_ value: String?, _ title: String) throws(OrgError) -> String? {
    let text = (value ?? "").trimmed
    guard text.unicodeScalars.count <= billingIDLength else {
      throw OrgError(.invalidValue, "A \(title) has at most \(billingIDLength) characters.")
    }
    return text.isEmpty ? nil : text
  }

  /// Checks every field of a new organization and returns it as it would be stored.
  ///
  /// - Throws: what `checked(_:for:)` and `checkOrganizationID(_:)` throw.
  public func checked(_ organization: Organization) throws(OrgError) -> Organization {
    try checkOrganizationID(organization.id)
    var checked = organization
    for field in OrganizationField.allCases {
      checked[field] = try self.checked(organization[field], for: field)
    }
    return checked
  }
}

// Roles.
extension Rules {
  /// A role that members can be given, by its name.
  ///
  /// - Throws: `OrgError.Code.invalidValue` if there is no such role.
  public func role(_ name: String) throws(OrgError) -> Role {
    guard let role = Role(typed: name), roles.contains(role) else {
      throw OrgError(
        .invalidValue, "There is no role \(name.quoted); use \(roles.map(\.title).alternatives).")
    }
    return role
  }

  /// The roles by which screens count members, plain members last: those that members can be given, and others that some have.
  package func countedRoles(with others: (Role) -> Bool) -> [Role] {
    let counted = Role.all.filter { roles.contains($0) || others($0) }
    return counted.filter { $0 != .member } + counted.filter { $0 == .member }
  }

  /// - Throws: `OrgError.Code.invalidValue` if members can't be given the role.
  public func check(_ role: Role) throws(OrgError) { _ = try self.role(role.title) }
}

extension [String] {
  /// `a, b or c`, for a sentence.
  package var alternatives: String {
    guard let last else { return "" }
    return count == 1 ? last : "\(dropLast().joined(separator: ", ")) or \(last)"
  }
}

extension String {
  /// Without white space at either end; the separators U+001C to U+001F count too, as for the
  /// service that shares the files.
  var trimmed: String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// What names are compared by: two names with the same key are one name taken twice.
  public var nameKey: String { trimmed.lowercased() }
}
