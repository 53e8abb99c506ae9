/// What a directory of users says of a user's account that is no longer in use.
public enum DirectoryState: String, Sendable, Hashable, CaseIterable {
  /// The directory has the user, who may not sign in.
  case disabled
  /// The directory doesn't have the user.
  case gone
}

/// What a directory of users knows of the texts and fields of a query. A query is read without it, so that what is looked for
/// by ids is found at once, and also when the directory can't be asked.
public struct DirectoryTerms: Sendable, Hashable {
  /// The ids of the people whom a text names, by the text.
  public var users: [String: Set<String>]
  /// The users whose accounts are in a state; `nil` for one that wasn't asked for.
  public var states: [DirectoryState: Set<String>]

  /// What is known; nothing by default.
  public init(users: [String: Set<String>] = [:], states: [DirectoryState: Set<String>] = [:]) {
    (self.users, self.states) = (users, states)
  }

  /// Whether nothing is known.
  public var isEmpty: Bool { users.isEmpty && states.isEmpty }

  fileprivate func ids(_ text: String) -> Set<String>? { users[text].flatMap { $0.isEmpty ? nil : $0 } }
}

extension UserQuery {
  /// The texts by which a directory may know people.
  public var names: [String] {
    terms.compactMap { if case .text(let text) = $0.condition { text } else { nil } }
  }

  /// The states of accounts that it asks for.
  public var directoryStates: Set<DirectoryState> {
    Set(terms.compactMap { if case .directory(let state, _) = $0.condition { state } else { nil } })
  }

  /// The same query, whose texts find those users, too, whom a directory knows by them.
  public func knowing(_ directory: DirectoryTerms) -> UserQuery {
    guard !directory.isEmpty else { return self }
    return UserQuery(
      terms: terms.map { term in
        switch term.condition {
        case .text(let text):
          guard let ids = directory.ids(text) else { return term }
          return QueryTerm(.textOrUsers(text, ids), isNegated: term.isNegated)
        case .directory(let state, _):
          return QueryTerm(.directory(state, directory.states[state] ?? []), isNegated: term.isNegated)
        default: return term
        }
      })
  }
}

extension MemberQuery {
  /// The texts by which a directory may know people.
  public var names: [String] {
    terms.compactMap { if case .text(let text) = $0.condition { text } else { nil } }
  }

  /// The same query, whose texts find those users, too, whom a directory knows by them.
  public func knowing(_ directory: DirectoryTerms) -> MemberQuery {
    guard !directory.isEmpty else { return self }
    return MemberQuery(
      terms: terms.map { term in
        guard case .text(let text) = term.condition, let ids = directory.ids(text) else { return term }
        return QueryTerm(.textOrUsers(text, ids), isNegated: term.isNegated)
      })
  }
}

extension Query {
  /// The users that it names.
  public var users: [String] {
    terms.compactMap { if case .user(let user) = $0.condition { user } else { nil } }
  }

  /// The same query with users by the ids that a directory has for them: `user:jane@example.com` becomes the one user whom
  /// it knows by that address.
  public func knowing(_ directory: DirectoryTerms) -> Query {
    guard !directory.users.isEmpty else { return self }
    return Query(
      terms: terms.map { term in
        guard case .user(let user) = term.condition, let ids = directory.ids(user), ids.count == 1,
          let id = ids.first
        else { return term }
        return QueryTerm(.user(id), isNegated: term.isNegated)
      })
  }
}
