/// What values the data may hold. The service that shares the files can't load a value that breaks
/// one of these, sees an empty database instead and saves that: so every value is checked before it is
/// written, and what can't be loaded is never saved over.
public enum Rules {
  /// How many Unicode scalars a name may have.
  public static let nameLength = 1...200

  /// The name without surrounding white space.
  ///
  /// - Throws: `OrgError.Code.invalidName` if nothing is left, or more than 200 scalars.
  public static func checkedName(_ name: String) throws(OrgError) -> String {
    let trimmed = name.trimmed
    guard !trimmed.isEmpty else {
      throw OrgError(.invalidName, "A name can't be empty.")
    }
    let length = trimmed.unicodeScalars.count
    guard length <= nameLength.upperBound else {
      throw OrgError(
        .invalidName, "A name has at most \(nameLength.upperBound) characters; this one has \(length).")
    }
    return trimmed
  }

  /// - Throws: `OrgError.Code.invalidIdentifier` unless the id is `org_` with something behind.
  public static func checkOrganizationID(_ id: String) throws(OrgError) {
    guard id.hasPrefix("org_"), id.unicodeScalars.count > 4 else {
      throw OrgError(.invalidIdentifier, "An organization's id starts with org_; \(id.quoted) doesn't.")
    }
  }

  /// - Throws: `OrgError.Code.invalidIdentifier` if the user's id is blank, or over 200 scalars.
  public static func checkUserID(_ id: String) throws(OrgError) {
    guard !id.trimmed.isEmpty else {
      throw OrgError(.invalidIdentifier, "A user's id can't be empty.")
    }
    guard id.unicodeScalars.count <= 200 else {
      throw OrgError(.invalidIdentifier, "A user's id has at most 200 characters.")
    }
  }

  /// A role by its name in the files.
  ///
  /// - Throws: `OrgError.Code.invalidValue` if there is no such role.
  public static func role(_ name: String) throws(OrgError) -> Role {
    guard let role = Role(rawValue: name) else {
      throw OrgError(
        .invalidValue, "There is no role \(name.quoted); use \(Role.allCases.map(\.rawValue).alternatives).")
    }
    return role
  }

  /// The value as it would be stored in a field: a name is trimmed, a blank billing id is removed.
  ///
  /// - Throws: `OrgError.Code.invalidName` or `.invalidValue` with what is wrong.
  public static func checked(_ value: String?, for field: OrganizationField) throws(OrgError) -> String? {
    try field.descriptor.check(value)
  }

  static func checkedPlan(_ value: String?) throws(OrgError) -> String? {
    let plan = (value ?? "").trimmed
    guard !plan.isEmpty else { throw OrgError(.invalidValue, "A plan can't be empty.") }
    guard plan.unicodeScalars.count <= 200 else {
      throw OrgError(.invalidValue, "A plan has at most 200 characters.")
    }
    return plan
  }

  static func checkedStatus(_ value: String?) throws(OrgError) -> String? {
    guard let value, Organization.Status(rawValue: value) != nil else {
      throw OrgError(
        .invalidValue,
        "There is no status \((value ?? "").quoted); use \(Organization.Status.allCases.map(\.rawValue).alternatives)."
      )
    }
    return value
  }

  /// Free text; `nil` where it is blank.
  static func checkedText(_ value: String?, _ title: String) throws(OrgError) -> String? {
    let text = (value ?? "").trimmed
    guard text.unicodeScalars.count <= 200 else {
      throw OrgError(.invalidValue, "A \(title) has at most 200 characters.")
    }
    return text.isEmpty ? nil : text
  }

  /// Checks every field of a new organization and returns it as it would be stored.
  ///
  /// - Throws: what `checked(_:for:)` and `checkOrganizationID(_:)` throw.
  public static func checked(_ organization: Organization) throws(OrgError) -> Organization {
    try checkOrganizationID(organization.id)
    var checked = organization
    for field in OrganizationField.allCases {
      checked[field] = try Rules.checked(organization[field], for: field)
    }
    return checked
  }
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
