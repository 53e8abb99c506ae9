import OrgCore

/// Whose rights count, by the login user, as `[acting-as]` says.
package struct ActingAs: Sendable, Hashable {
  /// The users of the service by login users; an empty one for a platform admin.
  fileprivate var users: [String: String] = [:]

  /// The name that is every login user's without an entry.
  private static let others = "*"

  /// Nothing is said of anybody.
  package init() {}

  /// The rights that count for a login user; `nil` if nothing is said of that user.
  ///
  /// - Parameter names: what the login user is called, the most certain name first. The first one with an entry counts.
  package func access(of names: [String]) -> Access? {
    guard let user = names.lazy.compactMap({ users[$0] }).first ?? users[Self.others] else { return nil }
    return user.isEmpty ? .platformAdmin : .user(user)
  }
}

extension ConfigurationReader {
  /// An entry of [acting-as].
  mutating func actingAs(_ entry: TOMLReader.Entry) {
    guard let user = string(entry) else { return }
    configuration.actingAs.users[entry.path[1]] = user
  }
}
