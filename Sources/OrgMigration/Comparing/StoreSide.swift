import OrgCore
import OrgFileStore

#if PostgreSQL
  import OrgPostgresStore
#endif

/// A store as one side of a comparison: its records under the ids that files have for them.
struct StoreSide {
  let reader: any StoreReader
  let ids: StoreIDs
  /// The keys of organizations that it has room for.
  let keys: [OrganizationKey]
  /// Whether it has room for the time when a member joined.
  let holdsJoinedAt: Bool
  /// Where it is, for messages.
  let name: String
  private let store: any OrgStore

  /// - Throws: `damagedData` where not all of the data can be read.
  init(_ store: any OrgStore) throws(OrgError) {
    self.store = store
    reader = try store.reader()
    if let problem = reader.problems.first(where: { $0.kind != .incomplete }) {
      throw OrgError(.damagedData, "Damaged data can't be compared. \(problem).")
    }
    #if PostgreSQL
      if let database = store as? PostgresStore {
        let form = database.hasUUIDs ? StoreIDs.Form.uuid : .text(length: database.idLength)
        ids = StoreIDs(form, originals: try database.originalIDs())
        (keys, holdsJoinedAt, name) = (database.heldKeys, database.holdsJoinedAt, database.displayName)
        return
      }
    #endif
    (ids, keys, holdsJoinedAt) = (.files, OrganizationKey.all, true)
    name = (store as? FileStore)?.path ?? "memory"
  }

  /// What is shown as another value than it has, each in a sentence.
  func unknownValues() throws(OrgError) -> [String] {
    #if PostgreSQL
      if let database = store as? PostgresStore { return try database.unknownValues() }
    #endif
    return []
  }

  /// Entries that belong to no organization, in a sentence; `nil` for none.
  var orphans: String? {
    guard let count = (reader as? Snapshot)?.orphanCount, count > 0 else { return nil }
    return
      "\(count) \(count == 1 ? "list" : "lists") of members in \(name.escapedForDisplay) \(count == 1 ? "belongs" : "belong") to no organization, and can't be compared."
  }

  var rules: Rules { reader.rules }

  /// Under which ids organizations are found.
  struct Directory {
    /// Hashes of the names that more than one organization has, but for case and white space.
    var sharedNames: Set<Int> = []
    /// The ids of the files, in order.
    var portable: [String] = []
    /// The store's own ids where they can't be told from those of the files.
    var exceptions: [String: String] = [:]

    func local(_ id: String, _ ids: StoreIDs) -> String { exceptions[id] ?? ids.local(id) }
  }

  /// - Throws: `invalidIdentifier` if two organizations would have one id in files.
  func directory() throws(OrgError) -> Directory {
    var directory = Directory()
    directory.portable.reserveCapacity(reader.summary.organizationCount)
    var names: [Int] = []
    names.reserveCapacity(reader.summary.organizationCount)
    try reader.forEachOrganization { row in
      names.append(row.organization.name.nameKey.hashValue)
      let local = row.organization.id
      let portable = ids.portable(local)
      directory.portable.append(portable)
      if ids.local(portable) != local { directory.exceptions[portable] = local }
    }
    names.sort()
    for (name, next) in zip(names, names.dropFirst()) where name == next {
      directory.sharedNames.insert(name)
    }
    directory.portable.sort { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    for (id, next) in zip(directory.portable, directory.portable.dropFirst()) where id == next {
      throw OrgError(
        .invalidIdentifier, "Two organizations are \(id.quoted) where they are called as in files.")
    }
    return directory
  }

  /// Records of organizations with their members, by id.
  func records(_ locals: [String]) throws(OrgError) -> [String: (
    organization: Organization, members: [OrgUser]
  )] {
    var records: [String: (organization: Organization, members: [OrgUser])] = [:]
    guard !locals.isEmpty else { return records }
    for organization in try reader.organizations(ids: locals) {
      records[organization.id] = (organization, [])
    }
    if let reader = reader as? any BulkReader {
      for member in try reader.members(ofEach: locals) {
        records[member.organizationID]?.members.append(member)
      }
    } else {
      for id in records.keys { records[id]?.members = try reader.members(of: id) }
    }
    return records
  }
}
