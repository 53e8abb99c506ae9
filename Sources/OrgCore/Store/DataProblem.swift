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
  /// What kind of problem it is.
  public let kind: Kind
  /// What helps; `nil` where the reason says it.
  public let remedy: Remedy?

  /// What kind of problem there is.
  public enum Kind: Sendable, Hashable {
    /// A value that can't be there.
    case invalid
    /// The place as a whole lost its records, and nothing is wrong in it; the reason follows its name.
    case wiped
    /// Not all data have come to the place yet, for they are being moved there; the reason follows its name.
    case incomplete
  }

  /// What helps against a problem. It is the store that knows: what repairs a file is nothing to do in a database.
  public struct Remedy: Sendable, Hashable {
    /// What to do, as it can follow a semicolon: `run orgman doctor --fix`.
    public let action: String
    /// What is to know about that, as it can follow a colon; empty for nothing.
    public let note: String

    /// Says what to do, and what is to know about it.
    public init(_ action: String, note: String = "") { (self.action, self.note) = (action, note) }

    /// `Run orgman doctor --fix: it shows what it can repair, and asks first.`
    public var sentence: String {
      "\(action.prefix(1).uppercased())\(action.dropFirst())\(note.isEmpty ? "" : ": \(note)")."
    }
  }

  /// Names a place and what is wrong there; the reason must have text of the data escaped.
  public init(
    place: String, reason: String, scope: Scope = .everything, kind: Kind = .invalid, remedy: Remedy? = nil
  ) {
    (self.place, self.reason, self.scope) = (place, reason, scope)
    (self.kind, self.remedy) = (kind, remedy)
  }

  /// What to say to people who want to change the data.
  public var refusal: OrgError {
    let advice = remedy.map { " \($0.sentence)" } ?? ""
    return switch (scope, kind) {
    case (_, .incomplete):
      OrgError(.readOnly, "Nothing is changed until the data are there. \(self).\(advice)")
    case (.everything, _):
      OrgError(.damagedData, "Nothing is changed while the data are damaged. \(self).\(advice)")
    case (.organization, _), (.members, _), (.member, _):
      OrgError(.damagedData, "This record can't be changed. \(self).\(advice)")
    }
  }

  /// Why nothing can be changed, for the status line, where the end may not fit.
  package var editingObstacle: String {
    "Nothing can be changed\(remedy.map { "; \($0.action)" } ?? ""): \(self)"
  }

  /// `organizations.json, byte 512, org_1.status: there is no status "gone"`
  public var description: String { "\(place.escapedForDisplay)\(kind == .invalid ? ":" : "") \(reason)" }
}
