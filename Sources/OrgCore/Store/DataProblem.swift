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

  /// Where it is, as the store names places: `organizations.json, byte 512, org_1.status`.
  public let place: String
  /// What is wrong, in words that can follow a colon.
  public let reason: String
  /// What can't be changed while it is so.
  public let scope: Scope
  /// Whether the place as a whole lost its records, and nothing is wrong in it; the reason follows its name then.
  public let isWiped: Bool

  /// Names a place and what is wrong there; the reason must have text of the data escaped.
  public init(place: String, reason: String, scope: Scope = .everything, isWiped: Bool = false) {
    (self.place, self.reason, self.scope, self.isWiped) = (place, reason, scope, isWiped)
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
  public var description: String { "\(place.escapedForDisplay)\(isWiped ? "" : ":") \(reason)" }
}
