import OrgCore

/// A query as the condition of a `where`. It lets through what the query matches on the records of a file, except where the
/// server puts a letter in lower case that Swift doesn't, or another way: see `SchemaExpressions`.
struct Filter {
  let tables: Tables
  let query: Query

  init(_ query: Query, on tables: Tables) { (self.query, self.tables) = (query, tables) }

  /// The condition; `true` for a query that everything matches.
  var condition: SQL {
    let conditions = query.terms.compactMap(condition) + membership
    return conditions.isEmpty ? "true" : conditions.joined(" and ")
  }

  private func condition(_ term: Query.Term) -> SQL? {
    guard let condition = condition(term.condition) else { return nil }
    return term.isNegated ? "not (\(condition))" : "(\(condition))"
  }

  /// How many letters a trigram has.
  private static let indexedLength = 3

  /// `nil` for what `membership` is about.
  private func condition(_ condition: Query.Condition) -> SQL? {
    switch condition {
    case .text(let text):
      let word = text.lowercased()
      let pattern = "%\(word.likeEscaped)%"
      let exact: SQL = "\(raw: tables.searchText) like \(pattern)"
      // No index finds so few letters, so all organizations are looked at, and most are told from others by the cheaper
      // comparison.
      guard text.unicodeScalars.count < Self.indexedLength, text.utf8.allSatisfy({ $0 < 0x80 }) else {
        return exact
      }
      return "\(raw: tables.plainSearchText(for: word)) like \(pattern) and \(exact)"
    case .fuzzy(let text):
      let pattern = text.fuzzyPattern
      return tables.searchTexts.map { "coalesce(\(raw: $0) like \(pattern), false)" as SQL }.joined(" or ")
    case .plan(let plan): return "\(raw: tables.lowercase(tables.plan)) = \(plan.lowercased())"
    case .status(let status): return "\(raw: tables.status) = \(status.rawValue)"
    case .members(let comparison):
      return "\(raw: tables.memberCount) \(raw: comparison.sign.rawValue) \(comparison.number)"
    case .owners(let comparison):
      return "\(raw: tables.count(of: .owner)) \(raw: comparison.sign.rawValue) \(comparison.number)"
    case .created(let comparison): return Self.day(of: tables.creation, comparison)
    case .value(let field, let value):
      // An index finds texts that are looked for anywhere.
      return """
        \(raw: tables.searchText) like \(value.textPattern) and coalesce(\(raw: tables.text(field)) = \(value), false)
        """
    case .none(let field): return "\(raw: tables.text(field)) is null"
    case .duplicate(let field): return "\(raw: tables.isDuplicate(field))"
    case .user, .role: return nil
    }
  }

  /// By the day, which begins at midnight in UTC; an unknown time is neither before nor after any day.
  static func day(of time: String, _ comparison: Query.Comparison) -> SQL {
    func start(_ day: Int) -> SQL {
      "timestamptz '1970-01-01 00:00:00+00' + \(min(max(day, -1_000_000), 2_000_000)) * interval '24 hours'"
    }
    let day = comparison.number
    let (first, next) = (start(day), start(day + 1))
    let condition: SQL =
      switch comparison.sign {
      case .below: "\(raw: time) < \(first)"
      case .atMost: "\(raw: time) < \(next)"
      case .above: "\(raw: time) >= \(next)"
      case .atLeast: "\(raw: time) >= \(first)"
      case .equal: "\(raw: time) >= \(first) and \(raw: time) < \(next)"
      }
    return "(coalesce(isfinite(\(raw: time)), false) and \(condition))"
  }

  /// What the query asks of members.
  private var membership: [SQL] {
    var (users, absent): ([String], [String]) = ([], [])
    var roles: [(role: Role, isNegated: Bool)] = []
    for term in query.terms {
      switch term.condition {
      case .user(let user) where term.isNegated: absent.append(user)
      case .user(let user): users.append(user)
      case .role(let role): roles.append((role, term.isNegated))
      default: break
      }
    }
    let ofRoles: [SQL] =
      users.isEmpty
      ? roles.map { "\(raw: tables.count(of: $0.role)) \(raw: $0.isNegated ? "=" : ">") 0" } : []
    return ofRoles + users.map { member($0, roles, isAbsent: false) }
      + absent.map { member($0, [], isAbsent: true) }
  }

  private func member(_ user: String, _ roles: [(role: Role, isNegated: Bool)], isAbsent: Bool) -> SQL {
    let ofRole = roles.map {
      " and \(raw: tables.role) \(raw: $0.isNegated ? "<>" : "=") \($0.role.rawValue)" as SQL
    }
    return """
      \(raw: isAbsent ? "not " : "")exists (select from \(raw: tables.members) m \
      where \(raw: tables.memberOrganization) = o.id and m.user_id = \(user)\(ofRole.joined("")))
      """
  }
}

extension String {
  /// The text with everything that means something to LIKE escaped.
  fileprivate var likeEscaped: String {
    replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
  }

  /// What LIKE finds the text by, anywhere in a text in lower case.
  var textPattern: String { "%\(lowercased().likeEscaped)%" }
  /// What LIKE finds the characters of the text by, in this order.
  var fuzzyPattern: String {
    lowercased().unicodeScalars.reduce("%") { $0 + String($1).likeEscaped + "%" }
  }
}

/// The order of a list as SQL.
struct Sorting {
  let tables: Tables
  let order: ListOrder

  init(_ order: ListOrder, on tables: Tables) { (self.order, self.tables) = (order, tables) }

  /// What stands after `order by`: the column that was asked for, then the name and the id.
  var keys: SQL {
    let direction = order.isDescending ? " desc" : ""
    let names = tables.nameOrder
    guard order.column != .name else {
      return "\(raw: names.map { $0 + direction }.joined(separator: ", "))"
    }
    return (column.map { "\($0)\(raw: direction)" as SQL } + names.map { "\(raw: $0)" as SQL }).joined(", ")
  }

  /// What comes after `order by` for the organizations of a user.
  static func keys(_ order: MembershipOrder, on tables: Tables) -> SQL {
    func sorted(_ column: OrganizationColumn) -> SQL {
      Sorting(ListOrder(column, isDescending: order.isDescending, planTiers: order.planTiers), on: tables)
        .keys
    }
    func key(_ expression: String) -> SQL {
      let names = ([tables.nameOrder[0]] + [tables.dataOrder]).joined(separator: ", ")
      return "\(raw: expression + (order.isDescending ? " desc" : "")), \(raw: names)"
    }
    return switch order.column {
    case .name: sorted(.name)
    case .plan: sorted(.plan)
    case .status: sorted(.status)
    case .created: sorted(.created)
    case .role: key(tables.roleRank)
    case .joined: key(tables.joined)
    }
  }

  /// The column as a number, in the same order.
  ///
  /// - Parameter plans: all plans in lower case, in their order.
  func number(_ plans: [String]) -> SQL {
    switch order.column {
    case .name: "0"
    case .plan:
      """
      coalesce(array_position(\(plans.arrayLiteral)::text[], \(raw: tables.lowercase(tables.plan))), \
      \(plans.count + 1))::bigint
      """
    case .status: "coalesce(\(column[0]), 0)::bigint"
    case .members: "coalesce(counts.members, 0)::bigint"
    case .created:
      """
      case when isfinite(\(raw: tables.creation)) then (extract(epoch from \(raw: tables.creation)) * 1000000)::bigint \
      when \(raw: tables.creation) > '2000-01-01' then 9223372036854775807 else -9223372036854775807 end
      """
    }
  }

  /// What `number` looks at besides the organizations.
  var counts: String {
    order.column == .members
      ? "left join (\(tables.memberCounts)) counts on counts.organization = o.id" : ""
  }

  private var column: [SQL] {
    switch order.column {
    case .name: []
    case .plan:
      // The known plans as they rise, then the others by name.
      [
        "coalesce(array_position(\(order.planTiers.arrayLiteral)::text[], \(raw: tables.lowercase(tables.plan))), \(order.planTiers.count + 1))",
        "\(raw: tables.lowercase(tables.plan)) collate \"C\"",
      ]
    case .status:
      [
        "array_position(\(Organization.Status.allCases.map(\.rawValue).arrayLiteral)::text[], \(raw: tables.status))"
      ]
    case .members: ["\(raw: tables.memberCount)"]
    case .created: ["\(raw: tables.creation)"]
    }
  }
}
