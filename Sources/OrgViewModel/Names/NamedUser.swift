import OrgCore

/// What a directory of users says of an id. An id of which nothing is known yet has none.
package enum NamedUser: Sendable, Hashable {
  /// The directory knows the person.
  case person(Person)
  /// The directory was asked, and doesn't have the id.
  case notFound
  /// The directory couldn't be asked, which says nothing about the id.
  case unknown

  /// What a directory has answered about an id; `nil` for a person whom it doesn't have.
  package init(_ person: Person?) {
    self = person.map { .person($0.limited) } ?? .notFound
  }

  /// A name for a column; empty where there is none. Escaped.
  package var name: String {
    switch self {
    case .person(let person):
      let name = (person.name ?? person.email ?? person.userName ?? "").escapedForDisplay
      return person.isEnabled ? name : name.isEmpty ? "disabled" : "disabled: \(name)"
    case .notFound: return "not in the directory"
    case .unknown: return "?"
    }
  }

  /// Whether it is the name of a person who may sign in, rather than something about an account.
  package var isUsual: Bool { if case .person(let person) = self { person.isEnabled } else { false } }

  /// What is known beside an id, for a line of its own: `Jane Doe, jane@example.org`; `nil` for nothing. Escaped.
  package func detail(of id: String) -> String? {
    switch self {
    case .person(let person):
      let detail = person.detail.escapedForDisplay
      let isOther = person.id != id && person.email?.lowercased() != id.lowercased() && person.userName != id
      let text = isOther || person.id == id ? detail : detail + ", id \(person.id.escapedForDisplay)"
      return text.isEmpty ? nil : text
    case .notFound: return "not in the directory of users"
    case .unknown: return nil
    }
  }
}

extension Person {
  /// The same, as far as it is shown: a directory may have texts of any length.
  var limited: Person {
    func limited(_ text: String) -> String {
      text.utf8.count <= 200 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(200)))
    }
    return Person(
      id: id, userName: userName.map(limited), email: email.map(limited), name: name.map(limited),
      isEnabled: isEnabled)
  }
}

/// Users whose names are wanted, those on the screen first.
package struct NameRequest: Sendable, Hashable {
  /// The users' ids, each once.
  package let ids: [String]
  /// Whether the directory is to be asked, whatever it said before.
  package let isFresh: Bool

  /// Asks for the names of users.
  package init(_ ids: [String], isFresh: Bool = false) { (self.ids, self.isFresh) = (ids, isFresh) }
}

/// What a directory is to be asked because a query has it.
package struct NameSearch: Sendable, Hashable {
  /// Texts that names, e-mail addresses and ids may have.
  package var texts: Set<String> = []
  /// Users who are named in full.
  package var users: Set<String> = []
  /// Accounts of users of the data that are in these states.
  package var states: Set<DirectoryState> = []

  /// Whether nothing is asked.
  package var isEmpty: Bool { texts.isEmpty && users.isEmpty && states.isEmpty }

  /// What of it isn't in another.
  func subtracting(_ other: NameSearch) -> NameSearch {
    NameSearch(
      texts: texts.subtracting(other.texts), users: users.subtracting(other.users),
      states: states.subtracting(other.states))
  }

  mutating func formUnion(_ other: NameSearch) {
    texts.formUnion(other.texts)
    users.formUnion(other.users)
    states.formUnion(other.states)
  }

  package init(texts: Set<String> = [], users: Set<String> = [], states: Set<DirectoryState> = []) {
    (self.texts, self.users, self.states) = (texts, users, states)
  }

  /// What a list of users asks: single letters are left out, as most names have them.
  init(texts: [String], states: [DirectoryState] = []) {
    self.init(texts: Set(texts.filter { $0.unicodeScalars.count > 1 }), states: Set(states))
  }
}

extension DirectoryTerms {
  /// What tells rows that were found by it from others.
  var name: String { isEmpty ? "" : "\(hashValue)" }
}
