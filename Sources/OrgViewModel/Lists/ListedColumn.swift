import OrgCore

/// A column by which a list on a screen can be sorted.
package protocol ListedColumn: SortColumn {
  /// It, in a sentence.
  var phrase: String { get }
  /// Where keys go while it is chosen.
  static var choice: Context { get }
}

extension OrganizationColumn: ListedColumn {
  package var phrase: String {
    switch self {
    case .name, .plan, .status: rawValue
    case .members: "the number of members"
    case .created: "the time of creation"
    }
  }

  package static let choice = Context.sortChoice
}

extension MemberColumn: ListedColumn {
  package var phrase: String {
    switch self {
    case .joined: "the time of joining"
    case .user: "the user's id"
    case .role: "role"
    }
  }

  package static let choice = Context("sort-members", "The choice of what to sort members by", .menu)
}

extension MembershipColumn: ListedColumn {
  package var phrase: String {
    switch self {
    case .name, .role, .plan, .status: rawValue
    case .joined: "the time of joining"
    case .created: "the time of creation"
    }
  }

  package static let choice = Context(
    "sort-memberships", "The choice of what to sort a user's organizations by", .menu)
}

extension UserColumn: ListedColumn {
  package var phrase: String {
    switch self {
    case .user: "the user's id"
    case .organizations: "the number of organizations"
    case .owner, .billing, .admin, .member, .viewer: "the number of organizations as \(rawValue)"
    }
  }

  package static let choice = Context("sort-users", "The choice of what to sort users by", .menu)
}

extension SortOrder where Key: ListedColumn {
  /// The sign of its direction.
  package var sign: String { isDescending ? "▼" : "▲" }
  /// The title of a column, with a sign if the rows are sorted by it.
  package func title(_ title: String, _ column: Column) -> String {
    column == self.column ? "\(title) \(sign)" : title
  }
  /// Words that tell it from other orders of the same list.
  package var name: String { column.rawValue + sign }
}

extension Screen {
  /// What sorts rows: a menu, a command for each column, and one that inverts.
  ///
  /// - Parameters:
  ///   - order: what the rows are sorted by.
  ///   - sort: asks for the rows in another order.
  static func sortingCommands<Column: ListedColumn>(
    in contexts: [Context] = Self.contexts, _ order: @escaping @Sendable (Self) -> SortOrder<Column>,
    sort: @escaping @Sendable (inout Self, SortOrder<Column>, inout Workspace) -> Void
  ) -> [Command<Self>] {
    let columns = SortMenu<Column>.keys.map { "\($0.key) \($0.column.rawValue)" }.joined(separator: ", ")
    return [
      Command(
        .sort, "s", in: contexts, .finding, "sort: then \(columns); the same again inverts"
      ) { $1.open(SortMenu<Column>()) }
    ]
      + Column.allCases.map { column in
        Command(.sortBy(column), "", in: contexts, .finding) {
          sort(&$0, order($0).asked(for: column), &$1)
        }
      } + [
        Command(.invertOrder, "I", in: contexts, .finding, "sort the other way round") {
          sort(&$0, order($0).asked(for: order($0).column), &$1)
        }
      ]
  }
}
