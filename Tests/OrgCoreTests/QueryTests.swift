import OrgCore
import Testing

@Suite struct QueryTests {
  // MARK: Reading

  @Test(arguments: [
    ("acme", [Query.Condition.text("acme")]), ("  Acme \t corp\n", [.text("Acme"), .text("corp")]),
    (#""two words""#, [.text("two words")]), (#""a\"b\\c\d""#, [.text(#"a"b\c\d"#)]),
    (#"a"b"#, [.text(#"a"b"#)]), ("~acr", [.fuzzy("acr")]), (#"~"a b""#, [.fuzzy("a b")]),
    ("plan:starter", [.plan("starter")]), (#"PLAN:"my plan""#, [.plan("my plan")]),
    ("status:Active", [.status(.active)]), ("role:billing_admin", [.role(.billingAdmin)]),
    ("role:billing", [.role(.billingAdmin)]),
    ("user:bob:x", [.user("bob:x")]),
    ("no:stripe no:LAGO", [.none(.stripeCustomerID), .none(.lagoCustomerID)]),
    ("12:30 : ::x", [.text("12:30"), .text(":"), .text("::x")]), ("", []), (" \u{3000} ", []),
  ])
  func `reads terms`(text: String, conditions: [Query.Condition]) throws {
    let query = try Query(text)
    #expect(query.terms.map(\.condition) == conditions)
    #expect(query.terms.count { $0.isNegated } == 0)
    #expect(query.isEmpty == conditions.isEmpty)
  }

  @Test func `an exclamation mark negates any term`() throws {
    let query = try Query(#"!acme !"a b" !~x !plan:p !owners:0 !!"#)
    #expect(query.terms.count { !$0.isNegated } == 0)
    #expect(query.terms.last?.condition == .text("!"))
  }

  @Test(arguments: [
    ("!", 0, "! must be followed"), ("a ! b", 2, "! must be followed"), ("~", 0, "~ must be followed"),
    (#"a """#, 2, "nothing to look for"),
    (#"é "open"#, 2, "isn't closed"), (#""a"b"#, 3, "space"), ("x plan:", 7, "plan: must be followed"),
    ("status:gone", 7, #"no status "gone""#), ("🚀 role:", 7, #"no role """#), ("no:org", 3, "no:stripe"),
    ("members:many", 8, "takes a number"), ("members:>", 8, "takes a number"),
    ("owners:-1", 7, "takes a number"),
    ("members:99999999999999999999", 8, "takes a number"), ("members:１", 8, "takes a number"),
    ("created:<2026-02-30", 8, "takes a day"), ("created:2026", 8, "takes a day"),
    ("a !paln:x", 3, #"no field "paln""#), ("user:\u{1B}[2J status:\u{1B}", 17, #"\u{1B}"#),
  ])
  func `says where a text is no query`(text: String, offset: Int, part: String) {
    let error = #expect(throws: QueryError.self) { try Query(text) }
    #expect(error?.offset == offset)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\u{1B}") == false)
  }

  // MARK: Matching

  /// Random data with much in common, so that terms match now and then.
  private static func sample(_ random: inout SplitMix) -> (store: InMemoryStore, members: [String: [OrgUser]])
  {
    let names = [
      "Acme Corp", "ACME", "acr", "Ünïted \"Quotes\"", "İstanbul", "ΣΊΣΥΦΟΣ", "株式会社みらい", "two words",
      "a\u{1B}b",
      "x\ny", "straße", "-dash",
    ]
    var organizations: [Organization] = []
    var members: [String: [OrgUser]] = [:]
    for number in 0..<60 {
      let id = "org_\(number)\(["A", "b", "é"][number % 3])"
      organizations.append(
        Organization(
          id: id, name: names.randomElement(using: &random) ?? "", createdAt: time(&random),
          planTier: ["starter", "Starter", "enterprise", "my plan"].randomElement(using: &random) ?? "",
          lagoCustomerID: [nil, "lago_Cust_1", "two words"].randomElement(using: &random) ?? nil,
          stripeCustomerID: [nil, "cus_NffrFe", "acr"].randomElement(using: &random) ?? nil,
          status: Organization.Status.allCases.randomElement(using: &random) ?? .active))
      for user in ["alice", "bob", "Bob", "carol"] where Bool.random(using: &random) {
        members[id, default: []].append(
          OrgUser(
            organizationID: id, userID: user, role: Role.allCases.randomElement(using: &random) ?? .member,
            joinedAt: time(&random)))
      }
    }
    return (InMemoryStore(organizations: organizations, members: members.values.flatMap { $0 }), members)
  }

  private static func time(_ random: inout SplitMix) -> Timestamp {
    // A few days around 2026-01-01, midnights among them.
    let hours = Int64.random(in: 0..<96, using: &random)
    return Timestamp(microseconds: 1_767_139_200_000_000 + hours * 3_600_000_000)
  }

  /// What the operators mean, written down as plainly as can be.
  private static func matches(_ query: Query, _ organization: Organization, _ members: [OrgUser]) -> Bool {
    let texts = [
      organization.name, organization.id, organization.lagoCustomerID, organization.stripeCustomerID,
    ].compactMap { $0?.lowercased() }
    let users = query.terms.compactMap { term -> String? in
      if case .user(let user) = term.condition, !term.isNegated { user } else { nil }
    }
    func isSubsequence(_ part: String, of text: String) -> Bool {
      var rest = Array(part.lowercased().unicodeScalars)[...]
      for scalar in text.unicodeScalars where scalar == rest.first { rest = rest.dropFirst() }
      return rest.isEmpty
    }
    func contains(_ text: String, _ part: String) -> Bool {
      let text = Array(text.utf8)
      let part = Array(part.lowercased().utf8)
      return part.count <= text.count
        && (0...(text.count - part.count)).contains { Array(text[$0..<$0 + part.count]) == part }
    }
    func dayText(_ number: Int) -> String {
      Timestamp(microseconds: Int64(number) * 86_400_000_000).dayText
    }
    return query.terms.allSatisfy { term in
      let holds: Bool
      switch term.condition {
      case .text(let text): holds = texts.contains { contains($0, text) }
      case .fuzzy(let text): holds = texts.contains { isSubsequence(text, of: $0) }
      case .plan(let plan): holds = organization.planTier.lowercased() == plan.lowercased()
      case .status(let status): holds = organization.status == status
      case .user(let user): holds = members.contains { $0.userID == user }
      case .role(let role):
        let meant = users.isEmpty ? members : members.filter { users.contains($0.userID) }
        // Of several users, each has the role, or each hasn't.
        holds =
          users.isEmpty
          ? meant.contains { $0.role == role }
          : term.isNegated ? meant.contains { $0.role == role } : meant.allSatisfy { $0.role == role }
      case .members(let comparison): holds = plain(comparison, members.count)
      case .owners(let comparison): holds = plain(comparison, members.count { $0.role == .owner })
      case .created(let comparison):
        let (own, other) = (organization.createdAt.dayText, dayText(comparison.number))
        holds = plain(
          Query.Comparison.Sign.allCases.first { $0 == comparison.sign } ?? .equal,
          own < other ? -1 : own == other ? 0 : 1)
      case .value(let field, let value): holds = organization[field] == value
      case .none(let field): holds = organization[field] == nil
      // What all stores have in common is in the behaviors of stores.
      case .duplicate: holds = false
      }
      return holds != term.isNegated
    }
  }

  private static func plain(_ comparison: Query.Comparison, _ number: Int) -> Bool {
    plain(comparison.sign, number < comparison.number ? -1 : number == comparison.number ? 0 : 1)
  }

  private static func plain(_ sign: Query.Comparison.Sign, _ order: Int) -> Bool {
    switch sign {
    case .below: order < 0
    case .atMost: order <= 0
    case .above: order > 0
    case .atLeast: order >= 0
    case .equal: order == 0
    }
  }

  @Test(arguments: 0..<8) func `every operator does what it says`(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let (store, members) = Self.sample(&random)
    let reader = store.memoryReader()
    let organizations = try reader.organizations()
    let signs = ["", "=", "<", "<=", ">", ">="]
    var terms = [
      "acme", "ACR", "ÜNÏTED", "i̇stanbul", "σίσυφοσ", "会社", "\"two words\"", "\"o w\"", "org_1", "b\\",
      "STRASSE",
      "\"x\ny\"", "corporg", "-dash", "é", "\u{1B}", "cust_1", "~acr", "~oa", "~会い", "~ab", "~cus",
      "~\"t w\"",
      "~zz",
      "plan:starter", "plan:ENTERPRISE", "plan:\"my plan\"", "plan:none", "no:stripe", "no:lago", "user:bob",
      "user:Bob",
      "user:nobody", "user:alice",
    ]
    terms +=
      Organization.Status.allCases.map { "status:\($0.rawValue)" }
      + Rules.files.roles.map { "role:\($0.rawValue)" }
    for sign in signs {
      terms += (0..<4).map { "members:\(sign)\($0)" } + (0..<3).map { "owners:\(sign)\($0)" }
      terms += (30...31).map { "created:\(sign)2025-12-\($0)" } + ["created:\(sign)2026-01-01"]
    }
    var hits = 0
    for round in 0..<(terms.count + 200) {
      var texts = [round < terms.count ? terms[round] : terms.randomElement(using: &random) ?? ""]
      if round >= terms.count { texts.append(terms.randomElement(using: &random) ?? "") }
      let text = texts.map { Bool.random(using: &random) ? $0 : "!" + $0 }.joined(separator: " ")
      let query = try Query(text)
      let found = Set(reader.organizations(matching: query, after: nil, limit: .max).map(\.organization.id))
      for organization in organizations {
        let expected = Self.matches(query, organization, members[organization.id] ?? [])
        // Asked only where it fails: there are many.
        if found.contains(organization.id) != expected {
          #expect(found.contains(organization.id) == expected, "\(text): \(organization)")
        }
        if expected { hits += 1 }
      }
    }
    #expect(hits > 500)
  }

  @Test func `a role beside a user is that user's`() throws {
    func organization(_ number: Int) -> Organization {
      Organization(id: "org_\(number)", name: "\(number)", createdAt: Timestamp(microseconds: 0))
    }
    func member(_ number: Int, _ user: String, _ role: Role) -> OrgUser {
      OrgUser(
        organizationID: "org_\(number)", userID: user, role: role, joinedAt: Timestamp(microseconds: 0))
    }
    let reader = MemoryReader(
      organizations: (0..<3).map(organization),
      members: [
        member(0, "bob", .owner), member(1, "bob", .member), member(1, "eve", .owner),
        member(2, "eve", .owner),
      ])
    func matching(_ text: String) throws -> [Int] {
      reader.organizations(matching: try Query(text), after: nil, limit: 3).compactMap {
        Int($0.organization.name)
      }
    }
    #expect(try matching("user:bob role:owner") == [0])
    #expect(try matching("user:bob !role:owner") == [1])
    #expect(try matching("role:owner") == [0, 1, 2])
    #expect(try matching("!user:bob role:owner") == [2])
    #expect(try matching("role:member") == [1])
  }
}
