/// Which users of the data a directory of users has disabled or doesn't have. They may still have rights here, which
/// offboarding takes away.
public struct DirectoryCheck: Sendable, Hashable {
  /// Users who are alike to the directory.
  public struct Group: Sendable, Hashable {
    /// How many there are.
    public private(set) var count = 0
    /// How many memberships they have.
    public private(set) var membershipCount = 0
    /// The first of them by their ids, with how many organizations each is in.
    public private(set) var users: [UserSummary] = []

    fileprivate mutating func add(_ user: UserSummary, limit: Int) {
      count += 1
      membershipCount += user.organizationCount
      if users.count < limit { users.append(user) }
    }
  }

  /// Who is disabled in the directory.
  public private(set) var disabled = Group()
  /// Who isn't in the directory.
  public private(set) var missing = Group()
  /// How many users the data have.
  public private(set) var userCount = 0
  /// How many of them the directory said nothing about.
  public private(set) var unknownCount = 0
  /// Why it didn't, where it couldn't be asked.
  public private(set) var failure: OrgError?

  /// How many users are asked about at once.
  private static let batch = 500

  /// Asks about all users, some hundred at a time. May take long.
  ///
  /// - Parameters:
  ///   - reader: the data.
  ///   - directory: who is asked.
  ///   - limit: how many users of each group are kept; all are counted.
  ///   - isWanted: says whether to go on; called before each question.
  ///   - progress: is told how many users were asked about, and how many there are.
  /// - Throws: `cancelled` if the answer isn't wanted anymore, and any error of the data. That the directory can't be asked
  ///   isn't one: those users are unknown.
  public init(
    _ reader: any StoreReader, in directory: any PeopleDirectory, limit: Int = 1000,
    isWanted: @escaping @Sendable () -> Bool = { true }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(OrgError) {
    let listing = try reader.wanted(while: isWanted).users(matching: UserQuery(), by: UserOrder(), after: nil)
    let total = listing.count
    var start = 0
    while start < total {
      guard isWanted() else { throw OrgError(.cancelled, "Not all users were looked up.") }
      let rows = start..<min(total, start + Self.batch)
      if !listing.isWhole { try listing.fetch(rows) }
      let users = rows.compactMap(listing.user(at:))
      let answer = directory.answer(about: users.map(\.id))
      for user in users { count(user, answer, limit) }
      start = rows.upperBound
      progress(start, total)
      // What answers nothing at all would be waited for again and again.
      if answer.failure != nil, answer.people.isEmpty {
        userCount += total - start
        unknownCount += total - start
        return
      }
    }
  }

  private mutating func count(_ user: UserSummary, _ answer: PeopleAnswer, _ limit: Int) {
    userCount += 1
    if let person = answer.people[user.id] {
      if !person.isEnabled { disabled.add(user, limit: limit) }
    } else if let error = answer.failure {
      unknownCount += 1
      failure = failure ?? error
    } else {
      missing.add(user, limit: limit)
    }
  }
}

extension DirectoryCheck {
  /// What was found, and what to do, in sentences; none if all users are enabled in the directory.
  ///
  /// - Parameters:
  ///   - directory: who was asked.
  ///   - limit: how many users of each group are named.
  public func sentences(about directory: any PeopleDirectory, limit: Int = 5) -> [String] {
    var sentences = [
      sentence(disabled, "is disabled", "are disabled", directory, limit),
      sentence(missing, "isn't", "aren't", directory, limit),
    ].compactMap { $0 }
    if let failure {
      let whom = unknownCount == 1 ? "1 user" : "\(unknownCount) of \(userCount) users"
      sentences.append(
        "Whether \(whom) still may sign in isn't known, for \(directory.title) couldn't be asked: \(failure.message)"
      )
    }
    return sentences
  }

  private func sentence(
    _ group: Group, _ one: String, _ several: String, _ directory: any PeopleDirectory, _ limit: Int
  ) -> String? {
    guard group.count > 0 else { return nil }
    if missing.count == userCount, userCount > 1 {
      return
        "None of the \(userCount) users is in \(directory.title); does [directory] in the configuration say which of their ids the data have?"
    }
    var names = group.users.prefix(max(1, limit)).map { user in
      let count = user.organizationCount
      return "\(user.id.escapedForDisplay) (\(count == 1 ? "1 organization" : "\(count) organizations"))"
    }
    if group.count > names.count { names.append("\(group.count - names.count) more") }
    let list =
      names.count == 1
      ? names[0] : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    let subject = group.count == 1 ? "1 user \(one)" : "\(group.count) users \(several)"
    return
      "\(subject) in \(directory.title): \(list). orgman offboard USER removes one from all organizations."
  }
}
