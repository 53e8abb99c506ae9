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
  /// - Parameter name: the name of the login user. Without an entry, the one for all others counts.
  package func access(of name: String) -> Access? {
    guard let user = users[name] ?? users[Self.others] else { return nil }
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
