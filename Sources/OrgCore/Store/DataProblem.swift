/// Something that is wrong with the data.
public struct DataProblem: Sendable, Hashable, CustomStringConvertible {
  /// What can't be changed while it is so.
  public enum Scope: Sendable, Hashable {
    /// Anything: the service sees an empty database, and saves that with its next change.
    case everything
    /// The fields of one organization.
    case organization(String)
    /// The member list of one organization.
    case members(organization: String)
    /// One member of one organization.
    case member(user: String, organization: String)
  }

  /// The file's name without its directory.
  public let file: String
  /// How many bytes of the file stand before the place.
  public let offset: Int
  /// The keys that lead to the place, as in `org_1.status`; empty at the top.
  public let key: String
  /// What is wrong, in words that can follow a colon.
  public let reason: String
  /// What can't be changed while it is so.
  public let scope: Scope
  /// Whether the file as a whole lost its records, and nothing is wrong at a place in it; the reason follows the file's
  /// name then.
  public let isWiped: Bool

  /// Names a place and what is wrong there; the reason must have text of the data escaped.
  public init(file: String, offset: Int, key: String, reason: String, scope: Scope = .everything) {
    self.file = file
    self.offset = offset
    self.key = key
    self.reason = reason
    self.scope = scope
    isWiped = false
  }

  /// Names a file that lost its records; the reason must be able to follow its name.
  package init(wiped file: String, reason: String) {
    (self.file, self.reason, offset, key, isWiped, scope) = (file, reason, 0, "", true, .everything)
  }

  /// What to say to people who want to change the data.
  public var refusal: OrgError {
    switch scope {
    case .everything where isWiped:
      OrgError(.damagedData, "Nothing is changed while the data are damaged. \(self).")
    case .everything:
      OrgError(
        .damagedData,
        "Nothing is changed while the data are damaged. \(self). Run orgman doctor --fix: it shows what it can repair, and asks first."
      )
    case .organization, .members, .member:
      OrgError(
        .damagedData,
        "This record can't be changed. \(self). Run orgman doctor --fix: it shows what it can repair, and asks first."
      )
    }
  }

  /// `organizations.json, byte 512, org_1.status: there is no status "gone"`
  public var description: String {
    if isWiped { return "\(file) \(reason)" }
    let place = key.isEmpty ? "" : ", \(key.escapedForDisplay)"
    return "\(file), byte \(offset)\(place): \(reason)"
  }
}
