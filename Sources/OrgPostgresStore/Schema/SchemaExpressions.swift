import OrgCore

/// The SQL for what orgman reads of the tables of a shape. Indexes and queries take it from here, for an index is of use
/// only to a query with the same expression.
///
/// Each takes the name that a statement gives the table, or none.
package struct SchemaExpressions: Sendable {
  /// The tables.
  package let shape: TableShape

  /// Expressions for the tables of a shape; for those that would be created where there are none.
  package init(_ shape: TableShape) { self.shape = shape.withTables }

  /// The table of organizations with its schema.
  package var organizations: String { shape.organizations?.reference ?? "organizations" }
  /// The table of members with its schema.
  package var members: String { shape.members?.reference ?? "organization_members" }

  // MARK: Organizations

  /// The id as it is.
  package func id(_ alias: String? = nil) -> String { reference(shape.column(.id), alias) }
  /// The id in the order of its bytes.
  package func idOrder(_ alias: String? = nil) -> String { ordered(shape.column(.id), alias) }

  /// The text of a field; a role or status in lower case, `null` for a column that isn't there.
  package func text(_ field: OrganizationField, _ alias: String? = nil) -> String {
    guard field == .status else { return text(shape.column(.field(field)), alias) }
    if let flag = shape.activeFlag {
      return "case when \(reference(flag, alias)) is false then 'suspended' else 'active' end"
    }
    guard let status = shape.column(.field(.status)) else { return "'active'::text" }
    return "coalesce(\(lowered(status, alias)), 'active')"
  }

  /// When the organization was created, in the form of a change's record; `unknown` where that isn't known.
  package func createdText(_ alias: String? = nil) -> String { timeText(shape.column(.createdAt), alias) }
  /// When the organization was created, for comparing: what isn't known comes first.
  package func createdOrder(_ alias: String? = nil) -> String { timeOrder(shape.column(.createdAt), alias) }

  /// The name in lower case, in the order of its bytes.
  package func nameOrder(_ alias: String? = nil) -> String {
    "(\(lower(bounded(shape.column(.field(.name)), alias))) collate \"C\")"
  }

  /// What names are compared by: `String.nameKey`, as far as the server's lower case is Swift's.
  package func nameKey(_ alias: String? = nil) -> String {
    nameKey(bounded: bounded(shape.column(.field(.name)), alias))
  }

  /// The same of a parameter or another text, for comparing it with `nameKey`.
  package func nameKey(of text: String) -> String {
    nameKey(bounded: bounded(text, for: shape.column(.field(.name))))
  }

  private func nameKey(bounded text: String) -> String {
    "(\(lower("btrim(\(text), \(whiteSpace))")) collate \"C\")"
  }

  /// The lower case of all that words are looked for in: name, id and billing ids, with U+0001 between.
  package func searchText(_ alias: String? = nil) -> String { lower(searched(alias)) }

  /// The same with the lower case of ASCII alone, and of what else becomes a letter of ASCII that is looked for: U+212A becomes
  /// `k`, and U+0130 `i`. It takes half the time where neither is.
  package func plainSearchText(_ alias: String? = nil, for word: String) -> String {
    var text = searched(alias)
    guard shape.server.isUnicode else { return lower(text) }
    if word.contains("k") { text = "replace(\(text), E'\\u212A', 'k')" }
    if word.contains("i") { text = "replace(\(text), E'\\u0130', 'i')" }
    return "lower(\(text) collate \"C\")"
  }

  /// What similar names have in common: `SimilarName.key`, as far as the server's lower case is Swift's.
  package func similarName(_ alias: String? = nil) -> String {
    let letters = Set([0x30...0x39, 0x41...0x5A, 0x61...0x7A].joined().map(UInt32.init))
    let isKnown = { (number: UInt32) in number < 0x80 || shape.server.isUnicode }
    let dropped = SimilarName.dropped.filter(isKnown)
    let separators =
      ((1...0x7F).filter { !letters.contains($0) && !dropped.contains($0) } + SimilarName.separators)
      .filter(isKnown)
    let name = lower(text(shape.column(.field(.name)), alias))
    let words = """
      translate(\(name), E'\((separators + dropped).map(Self.escaped).joined())', repeat(' ', \(separators.count)))
      """
    let suffixes = SimilarName.suffixes.joined(separator: "|")
    // Several blanks become one without a regular expression, and the groups of the other one capture nothing: that takes
    // a third of the time.
    let single = #"replace(replace(replace(\#(words), ' ', E' \x01'), E'\x01 ', ''), E'\x01', '')"#
    return "regexp_replace(btrim(\(single)), '(?: (?:\(suffixes)))+$', '')"
  }

  private static func escaped(_ number: UInt32) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
  }

  private func searched(_ alias: String?) -> String {
    let parts =
      ["coalesce(\(text(shape.column(.field(.name)), alias)), '')", "\(id(alias))::text"]
      + OrganizationField.allCases.filter { $0.descriptor.isSearchable && $0 != .name }
      .compactMap { shape.column(.field($0)) }.map { "coalesce(\(text($0, alias)), '')" }
    return "(\(parts.joined(separator: " || E'\\x01' || ")))"
  }

  /// The lower case of a text for `searchText` and the orders.
  package func lower(_ text: String) -> String {
    shape.server.hasRootCollation ? "lower(\(text) collate \"und-x-icu\")" : "lower(\(text))"
  }

  // MARK: Members

  /// The organization's id of a member.
  package func memberOrganization(_ alias: String? = nil) -> String {
    reference(shape.memberOrganization, alias)
  }
  /// The user's id as text.
  package func user(_ alias: String? = nil) -> String { text(shape.memberUser, alias) }
  /// The user's id in the order of its bytes.
  package func userOrder(_ alias: String? = nil) -> String { ordered(shape.memberUser, alias) }
  /// A parameter or another text, for comparing it with `userOrder`.
  package func userOrder(of text: String) -> String {
    guard let user = shape.memberUser, !user.isText else { return bounded(text, for: shape.memberUser) }
    return "\(text)::\(user.type)"
  }
  /// The role in lower case; `member` where there is none.
  package func role(_ alias: String? = nil) -> String {
    "coalesce(\(lowered(shape.memberRole, alias)), 'member')"
  }
  /// When the user joined, in the form of a change's record; `unknown` where that isn't known.
  package func joinedText(_ alias: String? = nil) -> String { timeText(shape.memberJoined, alias) }
  /// When the user joined, for comparing: what isn't known comes first.
  package func joinedOrder(_ alias: String? = nil) -> String { timeOrder(shape.memberJoined, alias) }

  /// What `orgman.role_count` counts a role as: a part of one that is out of all bounds.
  package func countedRole(_ role: String) -> String { "left(\(role), \(Self.countedLength))" }
  /// What `orgman.change` is looked up by: a part of an id that is out of all bounds.
  package func recordedKey(_ id: String) -> String { "left(\(id), \(Self.keyLength))" }

  private static let countedLength = 64
  static let keyLength = 255

  // MARK: Parts

  private func reference(_ column: TableShape.Column?, _ alias: String?) -> String {
    guard let column else { return "null" }
    return (alias.map { "\($0)." } ?? "") + column.reference
  }

  private func text(_ column: TableShape.Column?, _ alias: String?) -> String {
    guard let column else { return "null::text" }
    return column.type == "text" ? reference(column, alias) : "\(reference(column, alias))::text"
  }

  /// Lower case that knows ASCII alone, so that no locale turns `ADMIN` into something else.
  private func lowered(_ column: TableShape.Column?, _ alias: String?) -> String {
    column == nil ? "null::text" : "lower(\(text(column, alias)) collate \"C\")"
  }

  /// A text in the order of its bytes; anything else in its own order.
  private func ordered(_ column: TableShape.Column?, _ alias: String?) -> String {
    guard let column, column.isText else { return reference(column, alias) }
    return "(\(column.isShort ? reference(column, alias) : bounded(column, alias)) collate \"C\")"
  }

  /// The beginning of a text that may be longer than an index takes; the text itself where its length is limited.
  private func bounded(_ column: TableShape.Column?, _ alias: String?) -> String {
    column?.isShort == true ? text(column, alias) : "left(\(text(column, alias)), \(Self.boundedLength))"
  }

  /// The same of a text that is compared with the column.
  private func bounded(_ text: String, for column: TableShape.Column?) -> String {
    column?.isShort == true ? "\(text)::text" : "left(\(text)::text, \(Self.boundedLength))"
  }

  /// Two of them fit into one entry of an index, whatever the characters.
  static let boundedLength = 250

  private func timeOrder(_ column: TableShape.Column?, _ alias: String?) -> String {
    guard let column else { return "'-infinity'::timestamptz" }
    guard Self.isTime(column) else { return "coalesce(\(bounded(column, alias)), '')" }
    guard !column.isRequired else { return reference(column, alias) }
    return "coalesce(\(reference(column, alias)), '-infinity')"
  }

  private func timeText(_ column: TableShape.Column?, _ alias: String?) -> String {
    guard let column else { return "'unknown'::text" }
    let value = reference(column, alias)
    guard Self.isTime(column) else { return "coalesce(\(value)::text, 'unknown')" }
    let hasZone = column.baseType == "timestamp with time zone"
    let moment = hasZone ? "\(value) at time zone 'UTC'" : "\(value)::timestamp"
    let zone = hasZone ? "+00" : ""
    // Before the year 1 and after 9999 there is no such text, and none for infinity.
    return """
      case when \(value) >= '0001-01-01 00:00:00\(zone)' and \(value) < '10000-01-01 00:00:00\(zone)' \
      then replace(to_char(\(moment), 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '') else 'unknown' end
      """
  }

  private static func isTime(_ column: TableShape.Column) -> Bool {
    ["timestamp with time zone", "timestamp without time zone", "date"].contains(column.baseType)
  }

  /// All white space of Unicode, and the separators U+001C to U+001F, as `String.nameKey` trims them; those of ASCII in a
  /// database that can't hold the others.
  private var whiteSpace: String {
    let ascii = #"\t\n\x0B\f\r\x1C\x1D\x1E\x1F "#
    let others: [UInt32] =
      [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A) + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
    return "E'\(ascii)\(shape.server.isUnicode ? others.map(Self.escaped).joined() : "")'"
  }
}
