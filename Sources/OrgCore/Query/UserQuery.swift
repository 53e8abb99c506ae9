/// What a list of users is filtered by.
///
/// All terms must match:
///
/// | term | matches users |
/// |---|---|
/// | `ann`, `"two words"` | with the text in their id, whatever the case |
/// | `~an` | with these characters in this order in it |
/// | `role:owner` | who have the role in an organization; beside `in:`, in one of those |
/// | `in:deleted` | who are in an organization with that status |
/// | `organizations:>2` | who are in so many organizations: `>`, `>=`, `<`, `<=`, `=` or a number alone |
/// | `owners:>3`, `members:0`, `billing:1` | who have the role in so many organizations, as the columns have it |
/// | `directory:disabled`, `directory:gone` | whom a directory of users has disabled, or doesn't have |
///
/// `!` in front of a term negates it.
public struct UserQuery: ListQuery {
  /// The terms in the order of the text.
  public let terms: [QueryTerm<Condition>]
  /// What is looked for in ids.
  package let words: UserWords
  /// What is asked of single memberships.
  package let memberships: Memberships

  /// What a term asks for.
  public enum Condition: Sendable, Hashable {
    /// A text in the user's id.
    case text(String)
    /// Characters in this order in the user's id.
    case fuzzy(String)
    /// A text in the user's id, or one of the users whom a directory knows by that text, whatever the case.
    case textOrUsers(String, Set<String>)
    /// One of the users whom a directory has disabled, or doesn't have; none as long as it hasn't been asked.
    case directory(DirectoryState, Set<String>)
    /// A role in an organization.
    case role(Role)
    /// An organization with a status.
    case status(Organization.Status)
    /// How many organizations.
    case organizations(Query.Comparison)
    /// In how many organizations the user has a role.
    case count(Role, Query.Comparison)
  }

  /// What is asked of single memberships of a user.
  package struct Memberships: Sendable, Hashable {
    /// The organization that a membership must be in has one of these statuses: there must be one for each.
    package var statuses: [Organization.Status] = []
    /// No membership is in an organization with one of these.
    package var absentStatuses: [Organization.Status] = []
    /// Roles that each of these memberships has, or that a user must have somewhere.
    package var roles: [(role: Role, isNegated: Bool)] = []

    /// Whether memberships have to be looked at one by one; otherwise counts by role say all.
    package var isAboutOrganizations: Bool { !statuses.isEmpty || !absentStatuses.isEmpty }

    /// Whether a membership is one that the query looks for, beside a status.
    package func haveRole(_ role: Role) -> Bool {
      roles.allSatisfy { ($0.role == role) != $0.isNegated }
    }

    package static func == (left: Self, right: Self) -> Bool {
      left.statuses == right.statuses && left.absentStatuses == right.absentStatuses
        && left.roles.elementsEqual(right.roles, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(statuses)
      hasher.combine(absentStatuses)
    }
  }

  /// Takes terms that were read.
  public init(terms: [QueryTerm<Condition>]) {
    self.terms = terms
    var words: [UserWords.Word] = []
    var memberships = Memberships()
    for term in terms {
      switch term.condition {
      case .text(let text): words.append(UserWords.Word(.text(text), isNegated: term.isNegated))
      case .fuzzy(let text): words.append(UserWords.Word(.fuzzy(text), isNegated: term.isNegated))
      case .textOrUsers(let text, let users):
        words.append(UserWords.Word(.users(text, users), isNegated: term.isNegated))
      case .directory(_, let users):
        words.append(UserWords.Word(.users(nil, users), isNegated: term.isNegated))
      case .role(let role): memberships.roles.append((role, term.isNegated))
      case .status(let status) where term.isNegated: memberships.absentStatuses.append(status)
      case .status(let status): memberships.statuses.append(status)
      case .organizations, .count: break
      }
    }
    self.words = UserWords(words)
    self.memberships = memberships
  }

  /// What words and fields mean for users.
  public static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition> {
    QueryVocabulary(
      text: { .text($0) }, fuzzy: { .fuzzy($0) },
      [
        .role(among: roles) { .role($0) }, .status("in") { .status($0) },
        .number("organizations") { .organizations($0) },
      ] + roles.map { role in .number(role.countedName) { .count(role, $0) } }
        + [
          .word(
            "directory", "state in a directory", DirectoryState.allCases.map { "directory:\($0.rawValue)" }
          ) { DirectoryState(rawValue: $0).map { .directory($0, []) } }
        ])
  }

  /// Whether ids alone are asked about.
  package var isAboutIDs: Bool {
    terms.allSatisfy {
      switch $0.condition {
      case .text, .fuzzy, .textOrUsers, .directory: true
      case .role, .status, .organizations, .count: false
      }
    }
  }

  /// Whether a user with some counts and memberships matches, whatever the id.
  ///
  /// - Parameter each: hands the memberships over, with the status of their organizations.
  package func matches(
    _ roleCounts: RoleCounts, _ each: ((Role, Organization.Status) -> Void) -> Void
  ) -> Bool {
    for term in terms {
      let holds: Bool
      switch term.condition {
      case .organizations(let comparison): holds = comparison.holds(for: roleCounts.total)
      case .count(let role, let comparison): holds = comparison.holds(for: roleCounts[role])
      case .text, .fuzzy, .textOrUsers, .directory, .role, .status: continue
      }
      if holds == term.isNegated { return false }
    }
    if memberships.statuses.isEmpty {
      for (role, isNegated) in memberships.roles where (roleCounts[role] > 0) == isNegated { return false }
    }
    guard memberships.isAboutOrganizations else { return true }
    var found: Set<Organization.Status> = []
    var isAbsent = true
    each { role, status in
      if memberships.absentStatuses.contains(status) { isAbsent = false }
      if memberships.haveRole(role) { found.insert(status) }
    }
    return isAbsent && memberships.statuses.allSatisfy(found.contains)
  }
}

extension Role {
  /// What counts of it are called: `owners`.
  package var countedName: String { self == .billingAdmin ? title : rawValue + "s" }
}
