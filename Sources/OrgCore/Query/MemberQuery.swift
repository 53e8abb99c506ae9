/// What the members of an organization are filtered by.
///
/// All terms must match:
///
/// | term | matches members |
/// |---|---|
/// | `ann`, `"two words"` | with the text in their user id, whatever the case |
/// | `~an` | with these characters in this order in it |
/// | `user:ann` | who are that user |
/// | `role:owner` | with that role |
/// | `joined:<2026-01-01` | who joined on such a day in UTC: `>`, `>=`, `<`, `<=`, `=` or a day alone |
///
/// `!` in front of a term negates it.
public struct MemberQuery: ListQuery {
  /// The terms in the order of the text.
  public let terms: [QueryTerm<Condition>]
  private let words: UserWords

  /// What a term asks for.
  public enum Condition: Sendable, Hashable {
    /// A text in the user's id.
    case text(String)
    /// Characters in this order in the user's id.
    case fuzzy(String)
    /// A text in the user's id, or one of the users whom a directory knows by that text, whatever the case.
    case textOrUsers(String, Set<String>)
    /// One user.
    case user(String)
    /// The role.
    case role(Role)
    /// The day of joining, in days since 1970-01-01 UTC.
    case joined(Query.Comparison)
  }

  /// Takes terms that were read.
  public init(terms: [QueryTerm<Condition>]) {
    self.terms = terms
    words = UserWords(
      terms.compactMap { term in
        switch term.condition {
        case .text(let text): UserWords.Word(.text(text), isNegated: term.isNegated)
        case .fuzzy(let text): UserWords.Word(.fuzzy(text), isNegated: term.isNegated)
        case .textOrUsers(let text, let users):
          UserWords.Word(.users(text, users), isNegated: term.isNegated)
        case .user, .role, .joined: nil
        }
      })
  }

  /// What words and fields mean for members.
  public static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition> {
    QueryVocabulary(
      text: { .text($0) }, fuzzy: { .fuzzy($0) },
      [.role(among: roles) { .role($0) }, .day("joined") { .joined($0) }, .text("user") { .user($0) }])
  }

  /// Whether a member matches.
  package func matches(_ member: OrgUser) -> Bool {
    for term in terms {
      let holds: Bool
      switch term.condition {
      case .role(let role): holds = member.role == role
      case .joined(let day): holds = member.joinedAt.dayNumber.map(day.holds) ?? false
      case .user(let user): holds = member.userID == user
      case .text, .fuzzy, .textOrUsers: continue
      }
      if holds == term.isNegated { return false }
    }
    return words.match(member.userID)
  }
}

/// Words that are looked for in a user's id, made ready for comparing bytes.
package struct UserWords: Sendable, Hashable {
  private let words: [Word]

  /// A word, or that an id doesn't have it.
  package struct Word: Sendable, Hashable {
    fileprivate let pattern: Pattern
    fileprivate let isNegated: Bool

    package init(_ kind: Kind, isNegated: Bool) {
      switch kind {
      case .text(let text): pattern = .text(Array(text.lowercased().utf8))
      case .fuzzy(let text):
        pattern = .fuzzy(text.lowercased().unicodeScalars.map { Array(String($0).utf8) })
      case .users(let text, let users):
        let folded = users.map { user in
          var bytes: [UInt8] = []
          SearchText.append(user, to: &bytes)
          return bytes
        }
        pattern = .users(Set(folded), text.map { Array($0.lowercased().utf8) })
      }
      self.isNegated = isNegated
    }

    package enum Kind {
      case text(String)
      case fuzzy(String)
      /// One of some users, or a text.
      case users(String?, Set<String>)
    }
  }

  fileprivate enum Pattern: Sendable, Hashable {
    case text([UInt8])
    case fuzzy([[UInt8]])
    case users(Set<[UInt8]>, [UInt8]?)
  }

  package init(_ words: [Word]) { self.words = words }

  /// Whether there are none.
  package var isEmpty: Bool { words.isEmpty }

  /// Whether a user's id has all of them.
  package func match(_ user: String) -> Bool {
    guard !words.isEmpty else { return true }
    var text: [UInt8] = []
    SearchText.append(user, to: &text)
    return text.withUnsafeBytes(match)
  }

  /// The same for an id in lower case, with what separates it from the next or without.
  package func match(_ text: UnsafeRawBufferPointer) -> Bool {
    words.allSatisfy { word in
      let holds =
        switch word.pattern {
        case .text(let bytes): SearchText.contains(bytes, in: text)
        case .fuzzy(let characters): SearchText.containsInOrder(characters, in: text)
        case .users(let users, let bytes):
          bytes.map { SearchText.contains($0, in: text) } == true
            || users.contains(Array(text.last == SearchText.separator ? text.dropLast() : text[...]))
        }
      return holds != word.isNegated
    }
  }
}
