import OrgCore

/// Whose rights count, by the login user, as `[acting-as]` says.
package struct ActingAs: Sendable, Hashable {
  /// The users of the service by login users; an empty one for a platform admin.
  fileprivate var users: [String: String] = [:]

  /// The name that is every login user's without an entry.
  private static let others = "*"

  /// Nothing is said of anybody.
  package init() {}

  /// The rights that count for someone who may be known by several names; `nil` if nothing is said of any. Those of a
  /// platform admin count only if every name has them, for a process may choose some of its names.
  ///
  /// - Parameters:
  ///   - names: the names, the most certain one first. One without an entry has the one for all others.
  ///   - claim: a name that only takes rights.
  package func access(of names: [String], claiming claim: String?) -> Access? {
    func user(_ name: String) -> String? { users[name] ?? users[Self.others] }
    let explicit = names.compactMap { users[$0] }.first { !$0.isEmpty }
    let any = names.compactMap(user).first { !$0.isEmpty }
    if let user = explicit ?? any ?? claim.flatMap(user), !user.isEmpty { return .user(user) }
    return names.contains { user($0) != nil } ? .platformAdmin : nil
  }
}

extension ConfigurationReader {
  /// An entry of [acting-as].
  mutating func actingAs(_ entry: TOMLReader.Entry) {
    guard let user = string(entry) else { return }
    configuration.actingAs.users[entry.path[1]] = user
  }
}
