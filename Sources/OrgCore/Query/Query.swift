/// What a list of organizations is filtered by, read from the text that a person typed.
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
/// | `stripe:cus_1`, `lago:x` | with just that billing id |
/// | `no:stripe`, `no:lago` | without that billing id |
/// | `duplicate:name` | with a name similar to that of another, where neither is deleted |
/// | `duplicate:stripe`, `duplicate:lago` | with a billing id that another has, too |
///
/// `!` in front of a term negates it. In double quotes, `\"` and `\\` stand for `"` and `\`.
public struct Query: ListQuery {
  /// The terms in the order of the text.
  public let terms: [Term]
  /// What matching does, cheap things first.
  private let tests: [Test]
  private let membership: Membership

  /// One condition, or that it doesn't hold.
  public typealias Term = QueryTerm<Condition>

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
    /// Just this value in an optional field.
    case value(OrganizationField, String)
    /// No value in an optional field.
    case none(OrganizationField)
    /// A name similar to another's, or the same value in an optional field.
    case duplicate(OrganizationField)
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

  /// Takes terms that were read.
  public init(terms: [Term]) {
    self.terms = terms
    tests = terms.compactMap(Test.init).sorted { $0.cost < $1.cost }
    membership = Membership(terms)
  }

  /// What words and fields mean for organizations.
  public static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition> {
    QueryVocabulary(
      text: { .text($0) }, fuzzy: { .fuzzy($0) },
      [
        .text("plan") { .plan($0) }, .status { .status($0) }, .role(among: roles) { .role($0) },
        .text("user") { .user($0) }, .number("members") { .members($0) },
        .number("owners") { .owners($0) }, .day("created") { .created($0) },
      ]
        + OrganizationField.optional.reversed().map { field in
          .text(field.descriptor.word) { .value(field, $0) }
        } + [
          .word("no", "billing id", OrganizationField.optional.reversed().map { "no:\($0.descriptor.word)" })
          {
            word in OrganizationField.optional.first { $0.descriptor.word == word }.map { .none($0) }
          },
          .word("duplicate", "kind of duplicate", duplicates.map { "duplicate:\($0.descriptor.word)" }) {
            word in
            duplicates.first { $0.descriptor.word == word }.map { .duplicate($0) }
          },
        ])
  }

  /// What organizations can have in common.
  private static let duplicates = [OrganizationField.name] + OrganizationField.optional.reversed()

  /// Whether an organization may come to match, or no longer match, when another changes.
  package var dependsOnOthers: Bool {
    terms.contains { if case .duplicate = $0.condition { true } else { false } }
  }

  /// The query as a list shows it that hides deleted organizations: the same if it says which statuses it asks for, otherwise
  /// without those that are deleted.
  public var hidingDeleted: Query {
    let asksForStatus = terms.contains { if case .status = $0.condition { true } else { false } }
    return asksForStatus ? self : Query(terms: terms + [QueryTerm(.status(.deleted), isNegated: true)])
  }

  // MARK: Matching

  /// Whether an organization matches.
  ///
  /// - Parameters:
  ///   - subject: the organization.
  ///   - index: its index among those whose members can be asked for.
  ///   - members: these members.
  package func matches(_ subject: QuerySubject, at index: Int, in members: any QueryMembers) -> Bool {
    for test in tests where subject.passes(test.condition, at: index, in: members) == test.isNegated {
      return false
    }
    return membership.holds(at: index, in: members)
  }

  /// Whether an organization matches, for those who have its record in hand and look at each but once.
  package func matches(_ organization: Organization, at index: Int, in members: any QueryMembers) -> Bool {
    guard !isEmpty else { return true }
    var text: [UInt8] = []
    text.reserveCapacity(160)
    SearchText.append(organization, to: &text)
    let end = text.count
    SearchText.append(organization.planTier, to: &text)
    return text.withUnsafeBytes { text in
      matches(
        QuerySubject(
          status: organization.status, createdAt: organization.createdAt,
          present: OptionalFields { organization[$0] != nil },
          plan: UnsafeRawBufferPointer(rebasing: text[end...]),
          text: UnsafeRawBufferPointer(rebasing: text[..<end])), at: index, in: members)
    }
  }

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
      case value(OrganizationField, String, lowercase: [UInt8])
      case none(OptionalFields)
      case duplicate(OrganizationField)
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
      case .value(let field, let value):
        condition = .value(field, value, lowercase: Array(value.lowercased().utf8))
      case .none(let field): condition = .none(OptionalFields { $0 == field })
      case .duplicate(let field): condition = .duplicate(field)
      case .role, .user: return nil
      }
    }

    var cost: Int {
      switch condition {
      case .status, .none, .created: 0
      case .plan, .members: 1
      case .text, .value: 2
      case .fuzzy, .duplicate: 3
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

    func holds(at index: Int, in members: any QueryMembers) -> Bool {
      if users.isEmpty, !roles.isEmpty {
        let counts = members.roleCounts(at: index)
        for (role, isNegated) in roles where (counts[role] > 0) == isNegated { return false }
      }
      for user in users {
        guard let present = members.role(of: user, at: index) else { return false }
        for (role, isNegated) in roles where (role == present) == isNegated { return false }
      }
      return absentUsers.allSatisfy { members.role(of: $0, at: index) == nil }
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
package struct QuerySubject {
  private let status: Organization.Status
  private let createdAt: Timestamp
  private let present: OptionalFields
  private let plan: UnsafeRawBufferPointer
  private let text: UnsafeRawBufferPointer

  /// - Parameters:
  ///   - present: the optional fields that have a value.
  ///   - plan: the plan in lower case.
  ///   - text: what words are looked for in; see `SearchText`.
  package init(
    status: Organization.Status, createdAt: Timestamp, present: OptionalFields, plan: UnsafeRawBufferPointer,
    text: UnsafeRawBufferPointer
  ) {
    (self.status, self.createdAt, self.present) = (status, createdAt, present)
    (self.plan, self.text) = (plan, text)
  }

  fileprivate func passes(
    _ condition: Query.Test.Condition, at index: Int, in members: any QueryMembers
  ) -> Bool {
    switch condition {
    case .text(let word): SearchText.contains(word, in: text)
    case .fuzzy(let characters): SearchText.containsInOrder(characters, in: text)
    case .plan(let plan): self.plan.elementsEqual(plan)
    case .status(let status): self.status == status
    case .members(let comparison): comparison.holds(for: members.memberCount(at: index))
    case .owners(let comparison): comparison.holds(for: members.roleCounts(at: index).owner)
    case .created(let comparison): createdAt.dayNumber.map(comparison.holds) ?? false
    case .value(let field, let value, let lowercase):
      // Few have it, in any field and case.
      SearchText.contains(lowercase, in: text)
        && members.value(of: field, at: index)?.utf8.elementsEqual(value.utf8) == true
    case .none(let field): present.isDisjoint(with: field)
    case .duplicate(let field): members.isDuplicate(field, at: index)
    }
  }
}

/// The members of organizations that have an index, as a query asks for them, and what else it rarely asks for. An object,
/// for it is handed on for each organization.
package protocol QueryMembers: AnyObject {
  /// The value of an optional field of an organization.
  func value(of field: OrganizationField, at index: Int) -> String?
  /// Whether another organization has the same value in an optional field, or a similar name, where neither is deleted.
  func isDuplicate(_ field: OrganizationField, at index: Int) -> Bool
  /// How many members an organization has.
  func memberCount(at index: Int) -> Int
  /// How many members of an organization have each role.
  func roleCounts(at index: Int) -> RoleCounts
  /// The role of a user in an organization; `nil` where the user isn't a member.
  func role(of user: String, at index: Int) -> Role?
}
