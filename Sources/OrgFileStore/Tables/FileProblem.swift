import OrgCore

/// Something that is wrong with a data file.
package struct FileProblem: Sendable, Hashable, CustomStringConvertible {
  /// The file's name without its directory.
  package let file: String
  /// How many bytes of the file come before the place.
  package let offset: Int
  /// The keys that lead to the place, as in `org_1.status`; empty at the top.
  package let key: String
  /// What is wrong, in words that can follow a colon.
  package let reason: String
  /// What can't be changed while it is so.
  package let scope: DataProblem.Scope
  /// Whether the file as a whole lost its records, and nothing is wrong at a place in it; the reason follows the file's
  /// name then.
  package let isWiped: Bool

  /// Names a place and what is wrong there; the reason must have text of the data escaped.
  init(file: String, offset: Int, key: String, reason: String, scope: DataProblem.Scope = .everything) {
    (self.file, self.offset, self.key) = (file, offset, key)
    (self.reason, self.scope, isWiped) = (reason, scope, false)
  }

  /// Names a file that lost its records; the reason must be able to follow its name.
  init(wiped file: String, reason: String) {
    (self.file, self.reason, offset, key, isWiped, scope) = (file, reason, 0, "", true, .everything)
  }

  /// The same, with its place in words.
  var problem: DataProblem {
    let place = isWiped ? file : "\(file), byte \(offset)\(key.isEmpty ? "" : ", \(key)")"
    return DataProblem(
      place: place, reason: reason, scope: scope, kind: isWiped ? .wiped : .invalid,
      remedy: isWiped ? nil : .doctor)
  }

  /// What to say to people who want to change the data.
  var refusal: OrgError { problem.refusal }

  /// `organizations.json, byte 512, org_1.status: there is no status "gone"`
  package var description: String { problem.description }
}

extension DataProblem.Remedy {
  /// What repairs files.
  package static let doctor = DataProblem.Remedy(
    "run orgman doctor --fix", note: "it shows what it can repair, and asks first")
}
