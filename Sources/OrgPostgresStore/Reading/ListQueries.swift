import OrgCore

// What listings ask the server.
extension PostgresReader {
  /// An id as `PackedIDs` reads it.
  private var packedID: String {
    tables.hasUUIDs
      ? "uuid_send(o.id)" : "int4send(octet_length(o.id::text)) || convert_to(o.id::text, 'UTF8')"
  }

  /// Parts of a result, so that neither side has to keep all of it in one piece.
  private var part: String { tables.hasUUIDs ? "get_byte(uuid_send(o.id), 0)" : "hashtext(o.id::text) & 255" }

  private func packed(
    _ rows: Rows, haveValues: Bool = false, _ body: (PackedIDs) throws(OrgError) -> Void
  ) throws(OrgError) {
    for row in 0..<rows.count {
      guard let bytes = rows.bytes(row, 0) else { continue }
      try body(PackedIDs(bytes, areUUIDs: tables.hasUUIDs, haveValues: haveValues))
    }
  }

  // MARK: Ids

  /// Reads all ids by name. The reader has to be that of a moment.
  func names(
    _ ids: OrganizationIDs, _ order: ListOrder, generation: Int
  ) throws(OrgError) -> Ordering {
    var numbers: [OrganizationIDs.Number] = []
    numbers.reserveCapacity(summary.organizationCount)
    let size = 10_000
    let keys = Sorting(order, on: tables).keys
    let page: SQL = "fetch \(size) from orgman_ids"
    var rows = try ask([
      "declare orgman_ids no scroll cursor for select \(raw: packedID) from \(raw: tables.organizations) o order by \(keys)",
      page.binary,
    ])[1]
    while true {
      try packed(rows) { found throws(OrgError) in numbers += ids.add(found) }
      guard rows.count == size else { break }
      rows = try ask(page.binary)
    }
    _ = try ask("close orgman_ids")
    return Ordering(ids, order, generation: generation, rows: numbers)
  }

  /// The organizations that a query matches, in no order.
  ///
  /// - Parameter numbers: the ids that numbers are taken from.
  func matches(
    _ query: Query, among ids: [String]? = nil, numbers: OrganizationIDs
  ) throws(OrgError) -> [OrganizationIDs.Number] {
    let statement = matchStatement(query, among: ids)
    let rows = try ids == nil ? ask(statement, without: ["enable_sort"]) : ask(statement)
    var found: [OrganizationIDs.Number] = []
    try packed(rows) { ids throws(OrgError) in found += numbers.add(ids) }
    return found
  }

  func matchStatement(_ query: Query, among ids: [String]?) -> SQL {
    let some: SQL = ids.map { "o.id = any(\(tables.ids($0))) and " } ?? ""
    let sql: SQL = """
      select string_agg(\(raw: packedID), '') from \(raw: tables.organizations) o \
      where \(some)\(Filter(query, on: tables).condition) group by \(raw: part)
      """
    return sql.binary
  }

  /// What all organizations are sorted by, as numbers, in no order; not for names.
  func sortKeys(
    _ order: ListOrder, numbers: OrganizationIDs
  ) throws(OrgError) -> [(number: OrganizationIDs.Number, value: Int64)] {
    let sorting = Sorting(order, on: tables)
    var plans = order.planTiers
    if order.column == .plan {
      let rows = try ask(
        """
        select plan from (select \(raw: tables.lowercase(tables.plan)) as plan from \(raw: tables.organizations) o group by 1) p \
        order by plan collate "C"
        """)
      let others = (0..<rows.count).compactMap { rows.text($0, 0) }
      plans += others.filter { !order.planTiers.contains($0) }
    }
    let sql: SQL = """
      select string_agg(\(raw: packedID) || int8send(\(sorting.number(plans))), '') \
      from \(raw: tables.organizations) o \(raw: sorting.counts) group by \(raw: part)
      """
    var keys: [(number: OrganizationIDs.Number, value: Int64)] = []
    try packed(try ask(sql.binary, without: ["enable_sort"]), haveValues: true) { ids throws(OrgError) in
      let added = numbers.add(ids)
      for (place, number) in added.enumerated() { keys.append((number, ids.value(place))) }
    }
    return keys
  }

  /// Sorts ids; those that aren't there are left out.
  func sort(_ ids: [String], _ order: ListOrder) throws(OrgError) -> [String] {
    let rows = try ask(
      """
      select \(raw: tables.id) from \(raw: tables.organizations) o where o.id = any(\(tables.ids(ids))) \
      order by \(Sorting(order, on: tables).keys)
      """)
    return (0..<rows.count).compactMap { rows.text($0, 0) }
  }

  // MARK: Rows

  /// The first rows that a query matches, and about how many it matches.
  func page(
    _ query: Query, _ order: ListOrder, limit: Int
  ) throws(OrgError) -> (rows: [OrganizationRow], estimate: Int) {
    let condition = Filter(query, on: tables).condition
    let answers = try ask([
      """
      select \(raw: tables.rowColumns) from \(raw: tables.organizations) o where \(condition) \
      order by \(Sorting(order, on: tables).keys) limit \(limit)
      """,
      "explain select from \(raw: tables.organizations) o where \(condition)",
    ])
    let rows = (0..<answers[0].count).map { tables.row(answers[0], $0) }
    return (rows, max(rows.count, Self.plannedRows(answers[1])))
  }

  /// How many rows a plan expects: `Seq Scan on … (cost=0.00..1.00 rows=12 width=0)`.
  static func plannedRows(_ plan: Rows) -> Int {
    guard let line = plan.text(0, 0), let start = line.firstRange(of: " rows=") else { return 0 }
    return Int(line[start.upperBound...].prefix(while: \.isNumber)) ?? 0
  }

  /// What `details` asks: for the organizations, their counts by role, and members of each.
  func detailStatements(of ids: [String], members places: Range<Int>) -> [SQL] {
    let organization = tables.memberOrganization
    let counts: SQL =
      tables.isInstalled
      ? "select c.organization::text, c.role, c.members from orgman.role_count c where c.organization = any(\(tables.ids(ids)))"
      : """
      select \(raw: organization)::text, \(raw: tables.role), count(*) from \(raw: tables.members) m \
      where \(raw: organization) = any(\(tables.ids(ids))) group by 1, 2
      """
    let page: SQL = """
      select page.* from unnest(\(tables.ids(ids))) as named(organization) cross join lateral ( \
      select \(raw: tables.memberColumns) from \(raw: tables.members) m where \(raw: organization) = named.organization \
      order by \(raw: tables.memberOrder) \
      offset \(String(max(0, places.lowerBound)))::bigint limit \(String(places.count))::bigint) page
      """
    return [rowStatement(ids), counts.frequent, page.frequent]
  }

  /// Organizations with members of each in some places, besides those that are known.
  func details(
    of ids: [String], members places: Range<Int>, _ known: [String: PostgresDetail]
  ) throws(OrgError) -> [String: PostgresDetail] {
    let ids = ids.filter(tables.canBeID)
    guard !ids.isEmpty else { return [:] }
    let answers = try ask(detailStatements(of: ids, members: places))
    let roleCounts = RecordQueries.counts(answers[1])
    var details: [String: PostgresDetail] = [:]
    for row in 0..<answers[0].count {
      let row = tables.row(answers[0], row)
      let id = row.organization.id
      details[id] = PostgresDetail(
        row: row, roleCounts: roleCounts[id] ?? RoleCounts(), members: known[id]?.members ?? [:])
    }
    var next: [String: Int] = [:]
    for row in 0..<answers[2].count {
      let member = tables.member(answers[2], row)
      let id = member.member.organizationID
      details[id]?.members[next[id, default: places.lowerBound]] = member
      next[id, default: places.lowerBound] += 1
    }
    return details
  }
}

/// An organization with those of its members that were fetched.
struct PostgresDetail: OrganizationDetail {
  let row: OrganizationRow
  let roleCounts: RoleCounts
  fileprivate(set) var members: [Int: MemberRow]

  var organization: Organization { row.organization }
  var defaults: DefaultedFields { row.defaults }
  var memberCount: Int { roleCounts.total }
  func member(at place: Int) -> MemberRow? { members[place] }
  func place(of user: String) -> Int? { members.first { $0.value.member.userID == user }?.key }
  /// The places of the members that were fetched.
  var places: Range<Int> { (members.keys.min() ?? 0)..<(members.keys.max().map { $0 + 1 } ?? 0) }
}
