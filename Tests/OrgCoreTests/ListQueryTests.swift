import Testing

@testable import OrgCore

/// Each kind of list has fields of its own in one language.
@Suite struct ListQueryTests {
  @Test func `members have their fields`() throws {
    let query = try MemberQuery(#"ann !role:owner joined:<2026-01-01 user:"a b" ~an"#)
    #expect(
      query.terms == [
        QueryTerm(.text("ann")), QueryTerm(.role(.owner), isNegated: true),
        QueryTerm(.joined(Query.Comparison(sign: .below, number: 20_454))), QueryTerm(.user("a b")),
        QueryTerm(.fuzzy("an")),
      ])
  }

  @Test func `users have counts under the names of the columns`() throws {
    let query = try UserQuery("owners:>3 organizations:2 billing:0 in:deleted role:member")
    #expect(
      query.terms.map(\.condition) == [
        .count(.owner, Query.Comparison(sign: .above, number: 3)),
        .organizations(Query.Comparison(sign: .equal, number: 2)),
        .count(.billingAdmin, Query.Comparison(sign: .equal, number: 0)), .status(.deleted), .role(.member),
      ])
  }

  @Test func `a user's organizations have the fields of both, and the role is the user's`() throws {
    let query = try MembershipQuery("acme role:owner plan:starter joined:2026-01-01")
    #expect(query.organizations == (try Query("acme plan:starter")))
    #expect(query.members == (try MemberQuery("role:owner joined:2026-01-01")))
  }

  @Test func `an unknown field says which ones this list has`() {
    func message<List: ListQuery>(_ text: String, _ list: List.Type) -> String? {
      let error = #expect(throws: QueryError.self) { try List(text) }
      return error?.message
    }
    #expect(
      message("plan:x", MemberQuery.self)
        == #"There is no field "plan" in this list, which has role, joined and user; "#
        + "to look for the text itself, put it in double quotes.")
    #expect(
      message("plan:x", UserQuery.self)?.contains(
        "which has role, in, organizations, owners, members, billing and directory;") == true)
    #expect(
      message("in:x", MembershipQuery.self)?.contains(
        "which has role, joined, plan, status, user, members, owners, created, stripe, lago, no and duplicate;"
      )
        == true)
    #expect(message("in:gone", UserQuery.self)?.contains(#"no status "gone""#) == true)
    #expect(message("joined:soon", MemberQuery.self)?.contains("joined: takes a day") == true)
    #expect(message("owners:many", UserQuery.self)?.contains("owners: takes a number") == true)
  }

  @Test func `the same text means the same in every list`() throws {
    let text = #"Acme "two words" !x ~acr"#
    #expect(try Query(text).terms.count == 4 && UserQuery(text).terms.count == 4)
    #expect(try MemberQuery(text).terms.map(\.isNegated) == [false, false, true, false])
    #expect(try MembershipQuery(text).organizations == Query(text))
    #expect(try MemberQuery(" \t").isEmpty && UserQuery("").isEmpty)
  }
}
