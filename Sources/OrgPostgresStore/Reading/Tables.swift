import OrgCore

/// The service's tables as orgman's statements read and write them. Organizations are called `o` there, and members `m`.
struct Tables: Sendable {
  let shape: TableShape
  /// What values the tables take.
  let rules: Rules
  private let expressions: SchemaExpressions

  init(_ shape: TableShape) {
    self.shape = shape
    expressions = SchemaExpressions(shape)
    rules = Rules(shape)
  }

  /// The table of organizations, with its schema.
  var organizations: String { expressions.organizations }
  /// The table of members, with its schema.
  var members: String { expressions.members }
  /// Roles that members can't be given; some may have them all the same.
  var otherRoles: [Role] { Role.allCases.filter { !rules.roles.contains($0) } }
  /// Whether history, revision, and counts are kept in the schema `orgman`.
  var isInstalled: Bool { shape.installation?.version != nil }

  // MARK: Ids

  /// Whether ids are UUIDs for the server, too.
  var hasUUIDs: Bool { shape.idType == "uuid" }
  /// An organization's id as text.
  var id: String { expressions.id("o") + "::text" }
  /// The column of members that has their organization's id.
  var memberOrganization: String { expressions.memberOrganization("m") }

  /// Whether a text can be an id at all: the server refuses to compare a UUID with anything else, and finds one that is
  /// written in capitals.
  func canBeID(_ text: String) -> Bool { hasUUIDs ? text.isUUID : text.canBeSent }

  /// An expression of text as an id.
  func cast(_ expression: String) -> String { "\(expression)::\(shape.idType)" }

  /// An id as a parameter. The parameter is cast, not the column: no index is of use to a column that is cast.
  func id(_ id: String) -> SQL { "\(id)::\(raw: shape.idType)" }

  /// Ids as a parameter; those that can't be any are left out.
  func ids(_ ids: some Sequence<String>) -> SQL {
    "\(ids.filter(canBeID).arrayLiteral)::\(raw: shape.idType)[]"
  }

  // MARK: Organizations

  /// What is read of an organization, in the order that `organization(_:_:)` decodes.
  var organizationColumns: String {
    ([id, Self.microseconds(creation)] + OrganizationField.allCases.map(text)).joined(separator: ", ")
  }

  /// The same with how many members there are.
  var rowColumns: String { "\(organizationColumns), \(memberCount)" }

  /// A field as text.
  func text(_ field: OrganizationField) -> String { expressions.text(field, "o") }
  /// The plan as text, with the service's default.
  var plan: String { "coalesce(\(text(.planTier)), '\(PlanTier.default)')" }
  /// The status as text, with the service's default.
  var status: String { text(.status) }
  /// When an organization was created, for comparing; an unknown time comes first.
  var creation: String { expressions.createdOrder("o") }

  /// The order of the data, in which pages are read: as the organizations were created.
  var dataOrder: String { "\(creation), \(expressions.idOrder("o"))" }

  /// Microseconds since 1970 in UTC; NULL for an unknown time.
  private static func microseconds(_ time: String) -> String {
    "case when isfinite(\(time)) then (extract(epoch from \(time)) * 1000000)::bigint end"
  }

  /// How many members an organization has.
  var memberCount: String {
    isInstalled
      ? "(select coalesce(sum(c.members), 0)::bigint from orgman.role_count c where c.organization = o.id)"
      : "(select count(*) from \(members) m where \(memberOrganization) = o.id)"
  }

  /// How many members each organization has that has any.
  var memberCounts: String {
    isInstalled
      ? "select organization, sum(members)::bigint as members from orgman.role_count group by 1"
      : "select \(memberOrganization) as organization, count(*) as members from \(members) m group by 1"
  }

  /// How many members of an organization have a role.
  func count(of role: Role) -> String {
    isInstalled
      ? "coalesce((select c.members from orgman.role_count c where c.organization = o.id and c.role = '\(role.rawValue)'), 0)"
      : "(select count(*) from \(members) m where \(memberOrganization) = o.id and \(self.role) = '\(role.rawValue)')"
  }

  /// The name in lower case, for comparing, and the id where names are alike.
  var nameOrder: [String] { [expressions.nameOrder("o"), expressions.idOrder("o")] }
  /// What two names have in common that are one name taken twice.
  var nameKey: String { expressions.nameKey("o") }
  /// The same of another text.
  func nameKey(of text: String) -> String { expressions.nameKey(of: text) }
  /// Selects how many organizations that aren't deleted have similar names, in `n`, and their ids: a row for each name that
  /// several have. All organizations are looked at, each once.
  var similarNames: String {
    let name = expressions.similarName("d")
    return """
      select count(*) as n, array_agg(\(expressions.id("d"))) as ids from \(organizations) d \
      where \(expressions.text(.status, "d")) <> 'deleted' group by \(name) having count(*) > 1 and \(name) <> ''
      """
  }

  /// Whether another organization has the same value in an optional field, or a similar name, where neither is deleted.
  func isDuplicate(_ field: OrganizationField) -> String {
    guard field != .name else {
      return "\(expressions.id("o")) in (select unnest(ids) from (\(similarNames)) alike)"
    }
    let value = expressions.text(field, "d")
    return """
      coalesce(\(text(field)) in (select \(value) from \(organizations) d where \(value) is not null \
      group by 1 having count(*) > 1), false)
      """
  }

  /// What words are looked for in.
  var searchText: String { expressions.searchText("o") }
  /// The same for comparing with a word in letters of ASCII: what becomes one of them in lower case, and no other letters.
  func plainSearchText(for word: String) -> String { expressions.plainSearchText("o", for: word) }
  /// The texts of it one by one.
  var searchTexts: [String] {
    [id] + OrganizationField.allCases.filter(\.descriptor.isSearchable).map(text).map { lowercase($0) }
  }
  /// A text in lower case, as `searchText` has it.
  func lowercase(_ expression: String) -> String { expressions.lower(expression) }

  /// Decodes what `organizationColumns` reads.
  func organization(_ rows: Rows, _ row: Int, from column: Int = 0) -> (Organization, DefaultedFields) {
    var defaults: DefaultedFields = []
    let time = rows.number(row, column + 1).map { Timestamp(microseconds: Int64($0)) }
    if time == nil { defaults.insert(.createdAt) }
    var organization = Organization(
      id: rows.text(row, column) ?? "", name: "", createdAt: time ?? .unknown)
    for (place, field) in OrganizationField.allCases.enumerated() {
      let value = rows.text(row, column + 2 + place)
      organization[field] = value
      // A missing value, and one that the model can't hold, is shown as the default.
      if case .defaulted(let usual, let bit) = field.descriptor.presence, organization[field] != value {
        organization[field] = usual
        defaults.insert(bit)
      }
    }
    return (organization, defaults)
  }

  /// How many columns `organizationColumns` reads.
  static let organizationWidth = 2 + OrganizationField.allCases.count

  /// Decodes what `rowColumns` reads.
  func row(_ rows: Rows, _ row: Int) -> OrganizationRow {
    let (organization, defaults) = organization(rows, row)
    return OrganizationRow(
      organization, defaults: defaults, memberCount: rows.number(row, Self.organizationWidth) ?? 0)
  }

  // MARK: Members

  /// The user's id.
  var user: String { expressions.user("m") }
  /// The role as text, as orgman names it.
  var role: String { expressions.role("m") }
  /// The user's id in the order of its bytes.
  var userOrder: String { expressions.userOrder("m") }
  /// Whether users' ids are texts for the server, too.
  var hasUserTexts: Bool { shape.memberUser?.isText ?? true }
  /// Another text, for comparing it with that.
  func userOrder(of text: String) -> SQL {
    let parts = expressions.userOrder(of: "\u{1}").split(
      separator: "\u{1}", omittingEmptySubsequences: false)
    return parts.map { "\(raw: String($0))" as SQL }.joined("\(text)" as SQL)
  }

  /// When a member joined, for comparing; an unknown time comes first.
  var joined: String { expressions.joinedOrder("m") }
  /// The order of an organization's members: as they joined.
  var memberOrder: String { "\(joined), \(expressions.userOrder("m"))" }
  /// The place of a member's role, those with the most rights first.
  var roleRank: String {
    let roles = Role.allCases.sorted { $0.rank < $1.rank }.map { "'\($0.rawValue)'" }
    return "array_position(array[\(roles.joined(separator: ", "))], \(role))"
  }

  /// What is read of a member, in the order that `member(_:_:)` decodes.
  var memberColumns: String {
    "\(memberOrganization)::text, \(user), \(role), \(Self.microseconds(expressions.joinedOrder("m")))"
  }

  /// Decodes what `memberColumns` reads.
  func member(_ rows: Rows, _ row: Int, from column: Int = 0) -> MemberRow {
    var defaults: DefaultedFields = []
    let role = rows.text(row, column + 2).flatMap(Role.init(rawValue:))
    if role == nil { defaults.insert(.role) }
    let time = rows.number(row, column + 3).map { Timestamp(microseconds: Int64($0)) }
    if time == nil { defaults.insert(.joinedAt) }
    return MemberRow(
      OrgUser(
        organizationID: rows.text(row, column) ?? "", userID: rows.text(row, column + 1) ?? "",
        role: role ?? .member, joinedAt: time ?? .unknown), defaults: defaults)
  }
}

extension Rules {
  /// What values tables take. Where a column sets no limit, that of the files holds.
  fileprivate init(_ shape: TableShape) {
    func length(_ column: TableShape.Column?, _ usual: Int) -> Int { column?.length ?? usual }
    let billing = [OrganizationField.lagoCustomerID, .stripeCustomerID].map {
      length(shape.column(.field($0)), 255)
    }
    self.init(
      idForm: shape.idType == "uuid" ? .uuid : .text(length: length(shape.column(.id), 255)),
      roles: shape.roles.compactMap(Role.init(rawValue:)),
      nameLength: min(length(shape.column(.field(.name)), Rules.files.nameLength), Rules.files.nameLength),
      userIDLength: length(shape.memberUser, 255), planLength: length(shape.column(.field(.planTier)), 200),
      billingIDLength: billing.min() ?? 255,
      statuses: shape.statuses.compactMap(Organization.Status.init(rawValue:)), allowsNull: false)
  }
}

extension String {
  /// Whether a server can be asked about it: no text in PostgreSQL has the character U+0000.
  var canBeSent: Bool { !utf8.contains(0) }

  /// Whether it is a UUID as PostgreSQL writes it, in lower case.
  var isUUID: Bool {
    let bytes = utf8
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { place, byte in
      [8, 13, 18, 23].contains(place)
        ? byte == UInt8(ascii: "-")
        : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
  }
}
