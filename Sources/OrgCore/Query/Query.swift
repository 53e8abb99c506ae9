/// What a list of organizations is filtered by, read from the text that somebody typed.
///
/// All terms must match:
///
/// | term | matches organizations |
/// |---|---|
/// | `acme`, `"two words"` | with the text in their name, id or billing ids, whatever the case |
/// | `~acr` | with these characters in this order in one of them |
/// | `plan:starter` | on that plan, whatever the case |
/// | `status:active` | with that status |
/// | `user:bob` | that the user is a member of |
/// | `role:owner` | that have a member with the role; beside `user:`, in which that user has it |
/// | `members:>10`, `owners:0` | with so many members or owners: `>`, `>=`, `<`, `<=`, `=` or a number alone |
/// | `created:<2026-01-01` | created on such a day in UTC, with the same signs |
/// | `no:stripe`, `no:lago` | without that billing id |
///
/// `!` in front of a term negates it. In double quotes, `\"` and `\\` stand for `"` and `\`.
public struct Query: Sendable, Hashable {
  /// The terms in the order of the text.
  public let terms: [Term]
  /// What matching does, cheap things first.
  private let tests: [Test]
  private let membership: Membership

  /// One condition, or that it doesn't hold.
  public struct Term: Sendable, Hashable {
    /// What must hold.
    public let condition: Condition
    /// Whether it must not hold instead.
    public let isNegated: Bool
  }

  /// What a term asks for.
  public enum Condition: Sendable, Hashable {
    /// A text in the name, the id or a billing id.
    case text(String)
    /// Characters in this order in the name, the id or a billing id.
    case fuzzy(String)
    /// The plan, whatever the case.
    case plan(String)
    /// The status.
    case status(Organization.Status)
    /// Somebody's role, or that of the users that the query names.
    case role(Role)
    /// A member.
    case user(String)
    /// How many members.
    case members(Comparison)
    /// How many owners.
    case owners(Comparison)
    /// The day of creation, in days since 1970-01-01 UTC.
    case created(Comparison)
    /// No value in an optional field.
    case none(OrganizationField)
  }

  /// A sign and the number to compare with.
  public struct Comparison: Sendable, Hashable {
    /// How a number must stand to another.
    public enum Sign: String, Sendable, CaseIterable {
      /// No more than the number.
      case atMost = "<="
      /// No less than the number.
      case atLeast = ">="
      /// Less than the number.
      case below = "<"
      /// More than the number.
      case above = ">"
      /// Just the number.
      case equal = "="
    }

    /// How the number must stand to `number`.
    public let sign: Sign
    /// What is compared with.
    public let number: Int

    /// Whether a number stands so.
    public func holds(for other: Int) -> Bool {
      switch sign {
      case .below: other < number
      case .atMost: other <= number
      case .above: other > number
      case .atLeast: other >= number
      case .equal: other == number
      }
    }
  }

  /// The query that everything matches.
  public init() {
    terms = []
    tests = []
    membership = Membership([])
  }

  /// Reads a query; a text of white space alone matches everything.
  ///
  /// - Throws: `QueryError` with the place and what is wrong there.
  public init(_ text: String) throws(QueryError) {
    var parser = QueryParser(text)
    var terms: [Term] = []
    while let term = try parser.next() { terms.append(term) }
    self.terms = terms
    tests = terms.compactMap(Test.init).sorted { $0.cost < $1.cost }
    membership = Membership(terms)
  }

  /// Whether everything matches.
  public var isEmpty: Bool { terms.isEmpty }

  // MARK: Matching

  /// Whether the organization at an index matches. Makes no string unless `user:` finds a member.
  public func matches(_ index: Int, in search: SearchIndex) -> Bool {
    matches(search.subject(at: index), at: index, in: search.snapshot.contents)
  }

  /// Those of some organizations that match, in their order; two cores look at many.
  ///
  /// - Parameters:
  ///   - indices: organizations by their indices in the snapshot of the search index.
  ///   - search: what is known of them.
  public func filter(_ indices: [Int32], in search: SearchIndex) -> [Int32] {
    guard !isEmpty else { return indices }
    guard indices.count >= Self.leastToDivide else {
      return indices.filter { matches(Int($0), in: search) }
    }
    let middle = indices.count / 2
    let second = BackgroundTask { indices[middle...].filter { matches(Int($0), in: search) } }
    return indices[..<middle].filter { matches(Int($0), in: search) } + second.value
  }

  private static let leastToDivide = 4096

  /// Whether everything that matches this query is known to match another: as after typing one more letter.
  public func isNarrower(than other: Query) -> Bool {
    func isAbout(_ term: Term, users: Bool) -> Bool {
      switch term.condition {
      case .user: users
      case .role: !users
      default: false
      }
    }
    // What a role is asked of depends on the users.
    let all = terms + other.terms
    if all.contains(where: { isAbout($0, users: false) }),
      terms.filter({ isAbout($0, users: true) }) != other.terms.filter({ isAbout($0, users: true) })
    {
      return false
    }
    return other.terms.allSatisfy { wide in
      terms.contains { narrow in
        if narrow == wide { return true }
        guard case .text(let text) = narrow.condition, case .text(let part) = wide.condition else {
          return false
        }
        return !narrow.isNegated && !wide.isNegated && text.lowercased().contains(part.lowercased())
      }
    }
  }

  /// Whether an organization matches, for those who have its record in hand and look at each but once; who asks
  /// again and again makes a `SearchIndex`.
  ///
  /// - Parameters:
  ///   - organization: the record.
  ///   - index: the organization's index in the snapshot.
  ///   - snapshot: what the record is from, for what the query asks of members.
  public func matches(_ organization: Organization, at index: Int, in snapshot: Snapshot) -> Bool {
    matches(RecordSubject(organization: organization), at: index, in: snapshot.contents)
  }

  private func matches(
    _ subject: some QuerySubject, at index: Int, in contents: any SnapshotContents
  ) -> Bool {
    for test in tests where subject.passes(test.condition, at: index, in: contents) == test.isNegated {
      return false
    }
    return membership.holds(at: index, in: contents)
  }

  /// A term made ready for comparing bytes.
  fileprivate struct Test: Sendable, Hashable {
    enum Condition: Sendable, Hashable {
      case text([UInt8])
      /// The bytes of each character.
      case fuzzy([[UInt8]])
      case plan([UInt8])
      case status(Organization.Status)
      case members(Comparison)
      case owners(Comparison)
      case created(Comparison)
      case none(OptionalFields)
    }

    let condition: Condition
    let isNegated: Bool

    /// `nil` for what `Membership` looks after.
    init?(_ term: Term) {
      isNegated = term.isNegated
      switch term.condition {
      case .text(let text): condition = .text(Array(text.lowercased().utf8))
      case .fuzzy(let text):
        condition = .fuzzy(text.lowercased().unicodeScalars.map { Array(String($0).utf8) })
      case .plan(let plan): condition = .plan(Array(plan.lowercased().utf8))
      case .status(let status): condition = .status(status)
      case .members(let comparison): condition = .members(comparison)
      case .owners(let comparison): condition = .owners(comparison)
      case .created(let comparison): condition = .created(comparison)
      case .none(let field): condition = .none(OptionalFields { $0 == field })
      case .role, .user: return nil
      }
    }

    var cost: Int {
      switch condition {
      case .status, .none, .created: 0
      case .plan, .members: 1
      case .text: 2
      case .fuzzy: 3
      case .owners: 4
      }
    }
  }

  /// What needs a look at members, which is done last.
  private struct Membership: Sendable, Hashable {
    private var users: [String] = []
    private var absentUsers: [String] = []
    private var roles: [(role: Role, isNegated: Bool)] = []

    init(_ terms: [Term]) {
      for term in terms {
        switch term.condition {
        case .user(let user) where term.isNegated: absentUsers.append(user)
        case .user(let user): users.append(user)
        case .role(let role): roles.append((role, term.isNegated))
        default: break
        }
      }
    }

    func holds(at index: Int, in contents: any SnapshotContents) -> Bool {
      if users.isEmpty, !roles.isEmpty {
        let counts = contents.roleCounts(at: index)
        for (role, isNegated) in roles where (counts[role] > 0) == isNegated { return false }
      }
      for user in users {
        guard let place = contents.memberIndex(ofUser: user, at: index) else { return false }
        guard !roles.isEmpty else { continue }
        let present = contents.member(place, at: index).role
        for (role, isNegated) in roles where (role == present) == isNegated { return false }
      }
      return absentUsers.allSatisfy { contents.memberIndex(ofUser: $0, at: index) == nil }
    }

    static func == (left: Self, right: Self) -> Bool {
      left.users == right.users && left.absentUsers == right.absentUsers
        && left.roles.elementsEqual(right.roles, by: ==)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(users)
      hasher.combine(absentUsers)
    }
  }
}

/// What is wrong with the text of a query, and where.
public struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many Unicode scalars of the text stand before the place.
  public let offset: Int
  /// A sentence: what is wrong and what to write instead. Safe to print.
  public let message: String

  /// The sentence to print.
  public var description: String { message }
}

extension Timestamp {
  /// Days since 1970-01-01 in UTC, rounded down; `nil` for an unknown time, which is neither before nor after any day.
  var dayNumber: Int? {
    guard self != .unknown else { return nil }
    let day: Int64 = 86_400_000_000
    let quotient = microseconds / day
    return Int(microseconds % day < 0 ? quotient - 1 : quotient)
  }
}

// MARK: What is matched

/// What a query looks at in one organization.
protocol QuerySubject {
  var status: Organization.Status { get }
  /// Whether one of some optional fields has a value.
  func has(_ fields: OptionalFields) -> Bool
  var day: Int? { get }
  func isOnPlan(_ plan: [UInt8]) -> Bool
  /// Name, id and billing ids in lower case, each followed by a byte that no text has.
  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension QuerySubject {
  fileprivate func passes(
    _ condition: Query.Test.Condition, at index: Int, in contents: any SnapshotContents
  ) -> Bool {
    switch condition {
    case .text(let word): withText { SearchText.contains(word, in: $0) }
    case .fuzzy(let characters): withText { SearchText.containsInOrder(characters, in: $0) }
    case .plan(let plan): isOnPlan(plan)
    case .status(let status): self.status == status
    case .members(let comparison): comparison.holds(for: contents.memberCount(at: index))
    case .owners(let comparison): comparison.holds(for: contents.roleCounts(at: index).owner)
    case .created(let comparison): day.map(comparison.holds) ?? false
    case .none(let field): !has(field)
    }
  }
}

/// A record that somebody made already.
private struct RecordSubject: QuerySubject {
  let organization: Organization

  var status: Organization.Status { organization.status }
  func has(_ fields: OptionalFields) -> Bool {
    !fields.isDisjoint(with: OptionalFields { organization[$0] != nil })
  }
  var day: Int? { organization.createdAt.dayNumber }

  func isOnPlan(_ plan: [UInt8]) -> Bool {
    var own: [UInt8] = []
    SearchText.append(organization.planTier, to: &own)
    return own == plan
  }

  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text: [UInt8] = []
    text.reserveCapacity(128)
    SearchText.append(organization, to: &text)
    return text.withUnsafeBytes(body)
  }
}
