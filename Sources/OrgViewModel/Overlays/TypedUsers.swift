import OrgCore

/// Ids of users as they are typed or pasted, one or several: line ends, commas, semicolons and blanks separate them, and
/// double quotes hold together what has such characters in it.
struct TypedUsers: Sendable, Hashable {
  /// An id, and the characters that it takes with its quotes.
  struct Word: Sendable, Hashable {
    let id: String
    let characters: Range<Int>
  }

  /// The ids in the order of the text.
  let words: [Word]

  /// Each id once.
  var ids: [String] { words.map(\.id).unique }

  init(_ text: String) {
    var words: [Word] = []
    let characters = Array(text)
    var place = 0
    while place < characters.count {
      guard !characters[place].separatesUsers else {
        place += 1
        continue
      }
      let start = place
      if characters[place] == "\"", let end = characters[(place + 1)...].firstIndex(of: "\""),
        end == characters.count - 1 || characters[end + 1].separatesUsers
      {
        place = end + 1
        let id = String(characters[start + 1..<end]).withoutSurroundingSpace
        if !id.isEmpty { words.append(Word(id: id, characters: start..<place)) }
      } else {
        while place < characters.count, !characters[place].separatesUsers { place += 1 }
        words.append(Word(id: String(characters[start..<place]), characters: start..<place))
      }
    }
    self.words = words
  }

  /// An id as it is typed, so that it is one.
  static func typed(_ id: String) -> String {
    id.contains(where: \.separatesUsers) ? "\"\(id)\"" : id
  }

  /// Whether an id can be typed among others.
  static func canBeTyped(_ id: String) -> Bool { TypedUsers(typed(id)).ids == [id] }
}

extension Character {
  fileprivate var separatesUsers: Bool { isWhitespace || self == "," || self == ";" }
}

/// A user who may be the one that is being typed.
package struct UserCandidate: Sendable, Hashable {
  /// The user's id.
  package let id: String
  /// What else is known of the user that helps to choose; `nil` for nothing. Text of the data is escaped.
  package let detail: String?

  /// A user, and what helps to choose.
  package init(_ id: String, detail: String? = nil) {
    (self.id, self.detail) = (id, detail)
  }
}

/// A question for users who may be the one that is being typed.
package struct UserLookup: Sendable, Hashable {
  /// What has been typed of the id.
  package let text: String
  /// The organization that the user is to be in; `nil` where it is about none.
  package let organization: String?
  /// How many users are asked for.
  static let limit = 8

  /// The users, who begin with the text, or else have it in their ids. May take a while, so it isn't asked on the screen's
  /// thread.
  ///
  /// - Parameter people: a directory that knows their names, and people who aren't in the data.
  package func candidates(
    in reader: any StoreReader, and people: (any PeopleDirectory)? = nil
  ) throws(OrgError) -> [UserCandidate] {
    var ids = try reader.users(completing: text, limit: Self.limit)
    // Names are optional: without the directory, ids are offered.
    let others = ((try? people?.people(completing: text, limit: Self.limit)) ?? []).map(\.limited)
    ids += others.map(\.id).filter { !ids.contains($0) }
    var details = people?.answer(about: ids).people.mapValues(\.limited.detail) ?? [:]
    for person in others { details[person.id] = person.detail }
    details = details.filter { !$0.value.isEmpty }.mapValues(\.escapedForDisplay)
    guard let organization, !ids.isEmpty else { return ids.map { UserCandidate($0, detail: details[$0]) } }
    // The roles are what adding them looks up.
    let additions = ids.map {
      Change.addMember(
        OrgUser(organizationID: organization, userID: $0, role: .member, joinedAt: .unknown))
    }
    let records = try reader.records(for: ChangeSet(additions))
    return ids.map { id in
      let role = records.member(id, of: organization).map { "already \($0.role.title)" }
      let detail = [details[id], role].compactMap { $0 }.joined(separator: ", ")
      return UserCandidate(id, detail: detail.isEmpty ? nil : detail)
    }
  }
}

/// The users that are offered while one is typed.
struct OfferedUsers: Sendable {
  /// What they were asked for.
  let lookup: UserLookup
  /// The line of the form.
  let field: Int
  /// The users; none until they are there.
  var candidates: [UserCandidate] = []
  /// The one that was chosen among them, if any.
  var chosen: Int?
  /// Whether they aren't wanted.
  var isDismissed = false
}
