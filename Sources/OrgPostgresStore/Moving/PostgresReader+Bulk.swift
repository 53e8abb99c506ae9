import OrgCore

extension PostgresReader: BulkReader {
  func members(ofEach organizations: [String]) throws(OrgError) -> [OrgUser] {
    let rows = try ask(
      """
      select \(raw: tables.memberColumns) from \(raw: tables.members) m \
      where \(raw: tables.memberOrganization) = any(\(tables.ids(organizations))) \
      order by \(raw: tables.memberOrganization), \(raw: tables.memberOrder)
      """)
    return (0..<rows.count).map { tables.member(rows, $0).member }
  }
}

extension PostgresStore {
  /// Whether ids are UUIDs for the server.
  package var hasUUIDs: Bool { database.tables.hasUUIDs }

  /// Where the database is, for messages.
  package var displayName: String { database.name }

  /// How many characters an id may have where ids are texts.
  package var idLength: Int { database.tables.shape.column(.id)?.length ?? 255 }

  /// The keys of organizations that the tables have room for.
  package var heldKeys: [OrganizationKey] {
    let missing = database.tables.shape.missingKeys
    return OrganizationKey.all.filter { !missing.contains($0) }
  }

  /// Whether the tables have room for the time when a member joined.
  package var holdsJoinedAt: Bool { database.tables.shape.memberJoined != nil }

  /// What files call those organizations whose id doesn't say it, by id.
  package func originalIDs() throws(OrgError) -> [String: String] {
    guard database.tables.isInstalled else { return [:] }
    let rows: Rows
    do throws(PostgresError) {
      rows = try database.pool.read([Statement("select organization::text, id from orgman.kept_id")])[0]
    } catch {
      throw error.error("The data can't be read", of: database.name)
    }
    var ids: [String: String] = [:]
    for row in 0..<rows.count {
      if let organization = rows.text(row, 0), let id = rows.text(row, 1) { ids[organization] = id }
    }
    return ids
  }
}
