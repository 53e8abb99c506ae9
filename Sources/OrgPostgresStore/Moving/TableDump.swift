import OrgCore

/// Reads all that is in a database for files: the service's tables, and what is kept beside them, as it was at one moment.
package final class TableDump: Sendable {
  private let pool: ConnectionPool
  private let connection: Connection
  package let form: LoadedForm
  private var tables: Tables { Tables(form.shape) }
  private let isInstalled: Bool

  /// Connects, and looks at the data as they are now.
  ///
  /// - Parameter isLocking: whether nobody may change anything until this object is gone.
  /// - Throws: `dataNotFound` if there are no tables; `unusableTables`, or `system` if the server can't be reached.
  package init(_ settings: ConnectionSettings, isLocking: Bool = false) throws(OrgError) {
    pool = ConnectionPool(settings)
    let shape: TableShape
    do throws(PostgresError) {
      connection = try pool.borrow()
      shape = TableShape(rows: try connection.run(TableShape.looking(by: TableShape.detectionQuery))[1].texts)
    } catch {
      throw error.error("The database can't be opened", of: settings.display)
    }
    if let obstacle = shape.obstacle { throw OrgError(.unusableTables, obstacle) }
    guard shape.hasTables else {
      throw OrgError(
        .dataNotFound,
        "There are no tables organizations and organization_members in \(settings.display.escapedForDisplay)."
      )
    }
    form = LoadedForm(shape)
    isInstalled = shape.installation?.version != nil
    do throws(PostgresError) {
      let tables = Tables(form.shape)
      _ = try connection.run(
        Statement("begin isolation level repeatable read\(isLocking ? "" : ", read only")"))
      if isLocking {
        _ = try connection.run(
          Statement("lock table \(tables.organizations), \(tables.members) in share mode")
        ) { _ in true }
      }
      _ = try connection.run([ConnectionPool.searchPath, Statement("set local timezone = 'UTC'")])
    } catch {
      throw error.error("The data can't be read", of: settings.display)
    }
  }

  deinit { _ = try? connection.run(Statement("rollback")) }

  package var name: String { pool.settings.display }
  package var hasUUIDs: Bool { form.shape.idType == "uuid" }
  package var idLength: Int { form.shape.column(.id)?.length ?? 255 }
  /// Hashes of what is in the tables.
  package var sums: RecordSums { RecordSums(connection, form, name: name) }

  // MARK: What there is

  /// The newest generation; `nil` where none are counted.
  package func generation() throws(OrgError) -> UInt64? {
    guard isInstalled else { return nil }
    return try ask("select generation from orgman.revision").number(0, 0).flatMap { UInt64(exactly: $0) }
  }

  /// Where the files are of which not all is in the tables yet; `nil` for none.
  package func unfinishedSource() throws(OrgError) -> String? {
    guard isInstalled else { return nil }
    return try ask("select source from orgman.migration where finished is null").text(0, 0)
  }

  /// How many organizations and members there are.
  package func counts() throws(OrgError) -> (organizations: Int, members: Int) {
    let rows = try ask(
      "select (select count(*) from \(raw: tables.organizations)), (select count(*) from \(raw: tables.members))"
    )
    return (rows.number(0, 0) ?? 0, rows.number(0, 1) ?? 0)
  }

  /// How many members have each role, by its name in lower case.
  package func roles() throws(OrgError) -> [String: Int] {
    let rows = try ask("select \(raw: tables.role), count(*) from \(raw: tables.members) m group by 1")
    return Dictionary(
      (0..<rows.count).map { (rows.text($0, 0) ?? "", rows.number($0, 1) ?? 0) }, uniquingKeysWith: +)
  }

  /// How many organizations have each status, by its name in lower case.
  package func statuses() throws(OrgError) -> [String: Int] {
    let rows = try ask(
      "select \(raw: tables.status), count(*) from \(raw: tables.organizations) o group by 1")
    return Dictionary(
      (0..<rows.count).map { (rows.text($0, 0) ?? "", rows.number($0, 1) ?? 0) }, uniquingKeysWith: +)
  }

  /// How many records there are that files can't hold, and what is wrong with them.
  package func unusableRecords() throws(OrgError) -> [(count: Int, what: String)] {
    let name = tables.text(.name)
    let longest = Rules.files.nameLength
    let rows = try ask(
      """
      select (select count(*) from \(raw: tables.organizations) o \
      where coalesce(char_length(\(raw: name)), 0) not between 1 and \(longest)), \
      (select count(*) from \(raw: tables.members) m where \(raw: tables.user) is null)
      """)
    let (names, users) = (rows.number(0, 0) ?? 0, rows.number(0, 1) ?? 0)
    return [
      (names, "organization\(names == 1 ? " has" : "s have") no name, or one of over \(longest) characters"),
      (users, "member\(users == 1 ? " has" : "s have") no user id"),
    ]
  }

  /// Names that differ in case or white space alone, with the ids of who has them.
  package func sharedNames() throws(OrgError) -> [(name: String, id: String)] {
    var names: [(name: String, id: String)] = []
    let key = tables.nameKey
    try copy(
      """
      select \(tables.text(.name)), \(tables.id) from \(tables.organizations) o where \(key) in (\
      select \(key) from \(tables.organizations) o group by 1 having count(*) > 1)
      """
    ) { row in
      if let name = row.text(0), let id = row.text(1) { names.append((name, id)) }
    }
    return names
  }

  /// What files call those organizations whose id doesn't say it.
  package func originalIDs() throws(OrgError) -> [String: String] {
    guard isInstalled else { return [:] }
    var ids: [String: String] = [:]
    try copy("select organization::text, id from orgman.kept_id") { row in
      if let id = row.text(0), let original = row.text(1) { ids[id] = original }
    }
    return ids
  }

  /// What is kept of what was around the entries of files, by the name of the file.
  package func frames() throws(OrgError) -> [String: TableLoader.Frame] {
    guard isInstalled else { return [:] }
    var frames: [String: TableLoader.Frame] = [:]
    try copy("select name, head, tail, entries, size, sha256 from orgman.kept_file") { row in
      guard let name = row.text(0) else { return }
      frames[name] = TableLoader.Frame(
        name: name, head: row.bytes(1) ?? [], tail: row.bytes(2) ?? [], entries: row.number(3) ?? 0,
        size: row.number(4) ?? 0, hash: row.text(5) ?? "", leftovers: [])
    }
    try copy("select name, place, piece from orgman.kept_piece order by name, place") { row in
      guard let name = row.text(0), let place = row.number(1), let piece = row.bytes(2) else { return }
      frames[name]?.leftovers.append((place, piece))
    }
    return frames
  }

  /// An organization with its places among the entries of files.
  package struct Place: Sendable {
    package var id: String
    /// `nil` where it isn't from files.
    package var place: Int?
    /// `nil` where files had no list of its members.
    package var listPlace: Int?
  }

  /// All organizations in the order of the data.
  package func places() throws(OrgError) -> [Place] {
    var places: [Place] = []
    let kept = isInstalled ? "k.place, k.list_place" : "null, null"
    let join = isInstalled ? " left join orgman.kept_organization k on k.organization = o.id" : ""
    try copy("select o.id::text, \(kept) from \(tables.organizations) o\(join) order by \(tables.dataOrder)")
    { row in
      if let id = row.text(0) { places.append(Place(id: id, place: row.number(1), listPlace: row.number(2))) }
    }
    return places
  }

  // MARK: Records

  /// An organization, and its entry in files if that isn't in the usual form.
  package func organizations(_ ids: [String]) throws(OrgError) -> [String: (
    organization: Organization, record: [UInt8]?
  )] {
    var records: [String: (organization: Organization, record: [UInt8]?)] = [:]
    let keys = OrganizationField.allCases.map { tables.text($0) }.joined(separator: ", ")
    let created = SchemaExpressions(form.shape).createdText("o")
    let kept = isInstalled ? "k.record" : "null"
    let join = isInstalled ? " left join orgman.kept_organization k on k.organization = o.id" : ""
    try copy(
      "select o.id::text, \(created), \(kept), \(keys) from \(tables.organizations) o\(join) where o.id = any(\(list(ids)))"
    ) { row in
      guard let id = row.text(0) else { return }
      var organization = Organization(
        id: id, name: "", createdAt: row.text(1).flatMap { Timestamp(recorded: $0) } ?? .unknown)
      for (place, field) in OrganizationField.allCases.enumerated() {
        organization[field] = row.text(3 + place)
      }
      records[id] = (organization, row.bytes(2))
    }
    return records
  }

  /// The members of an organization, and what files say of their list.
  package struct List: Sendable {
    package var members: [OrgUser] = []
    /// The entry, if it isn't in the usual form.
    package var text: [UInt8]?
    /// The order of the list, where that isn't the order of joining.
    package var order: [String]?

    /// Nothing.
    package init() {}
  }

  /// The members of some organizations, in the order of their joining.
  package func lists(_ ids: [String]) throws(OrgError) -> [String: List] {
    var lists: [String: List] = [:]
    if isInstalled {
      // An array as rows, which need no parsing.
      try copy(
        "select k.organization::text, k.list, null from orgman.kept_organization k where k.list is not null and k.organization = any(\(list(ids)))"
      ) { row in
        if let id = row.text(0) { lists[id, default: List()].text = row.bytes(1) }
      }
      try copy(
        "select k.organization::text, u.member from orgman.kept_organization k cross join lateral unnest(k.members) with ordinality u (member, number) where k.organization = any(\(list(ids))) order by k.organization, u.number"
      ) { row in
        guard let id = row.text(0), let user = row.text(1) else { return }
        // In place, for a list may be long.
        if lists[id]?.order?.append(user) == nil { lists[id, default: List()].order = [user] }
      }
    }
    let joined = SchemaExpressions(form.shape).joinedText("m")
    try copy(
      """
      select \(tables.memberOrganization)::text, \(tables.user), \(tables.role), \(joined) from \(tables.members) m \
      where \(tables.memberOrganization) = any(\(list(ids))) and \(tables.user) is not null \
      order by \(tables.memberOrganization), \(tables.memberOrder)
      """
    ) { row in
      guard let id = row.text(0), let user = row.text(1), let role = row.text(2).flatMap(Role.init(rawValue:))
      else { return }
      lists[id, default: List()].members.append(
        OrgUser(
          organizationID: id, userID: user, role: role,
          joinedAt: row.text(3).flatMap { Timestamp(recorded: $0) } ?? .unknown))
    }
    return lists
  }

  /// Generations of the history in their order.
  package func history(after generation: UInt64, upTo last: UInt64, limit: Int) throws(OrgError)
    -> [HistoryEntry]
  {
    guard isInstalled else { return [] }
    return try PostgresHistory(database: Database(pool: pool, tables: tables))
      .entries(after: generation, upTo: last, limit: limit)
  }

  // MARK: Asking

  private func list(_ ids: [String]) -> String {
    "\(ids.filter(tables.canBeID).arrayLiteral.asLiteral)::\(form.shape.idType)[]"
  }

  private func ask(_ statement: SQL) throws(OrgError) -> Rows {
    do throws(PostgresError) {
      return try connection.run(statement.statement) { _ in true }
    } catch {
      throw error.error("The data can't be read", of: name)
    }
  }

  private func copy(_ query: String, _ body: (CopiedRow) -> Void) throws(OrgError) {
    do throws(PostgresError) {
      _ = try connection.copyOut("copy (\(query)) to stdout") { (line) throws(Never) in body(CopiedRow(line))
      }
    } catch {
      throw error.error("The data can't be read", of: name)
    }
  }
}
