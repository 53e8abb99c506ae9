/// What the organizations of a user are filtered by: the fields of a list of organizations, and those of the membership.
///
/// | term | matches organizations |
/// |---|---|
/// | `acme`, `plan:starter`, `status:active`, … | as in a list of organizations; see ``Query`` |
/// | `role:owner` | in which the user has that role |
/// | `joined:<2026-01-01` | that the user joined on such a day in UTC |
///
/// `!` in front of a term negates it.
public struct MembershipQuery: ListQuery {
  /// The terms in the order of the text.
  public let terms: [QueryTerm<Condition>]
  /// What is asked of the organization.
  public let organizations: Query
  /// What is asked of the user in it.
  public let members: MemberQuery

  /// What a term asks for.
  public enum Condition: Sendable, Hashable {
    /// Something of the organization.
    case organization(Query.Condition)
    /// Something of the user in it: a role, or a day of joining.
    case member(MemberQuery.Condition)
  }

  /// Takes terms that were read.
  public init(terms: [QueryTerm<Condition>]) {
    self.terms = terms
    organizations = Query(
      terms: terms.compactMap { term in
        if case .organization(let condition) = term.condition {
          QueryTerm(condition, isNegated: term.isNegated)
        } else {
          nil
        }
      })
    members = MemberQuery(
      terms: terms.compactMap { term in
        if case .member(let condition) = term.condition {
          QueryTerm(condition, isNegated: term.isNegated)
        } else {
          nil
        }
      })
  }

  /// What words and fields mean for the organizations of a user.
  public static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition> {
    let organizations = Query.vocabulary(roles).fields.filter { $0.name != "role" }
    return QueryVocabulary(
      text: { .organization(.text($0)) }, fuzzy: { .organization(.fuzzy($0)) },
      [
        .role(among: roles) { .member(.role($0)) }, .day("joined") { .member(.joined($0)) },
      ] + organizations.map { $0.map { .organization($0) } })
  }
}
