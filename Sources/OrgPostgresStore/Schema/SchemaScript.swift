import OrgCore

/// The statements that install orgman's schema beside the tables of a shape, or bring it up to date.
///
/// They are for one transaction, in this order. Each begins with a comment that says what it does, so `--dry-run` prints
/// them as they are.
package struct SchemaScript: Sendable {
  /// The version of the schema that this build knows.
  package static let version = 2

  /// What is to be done.
  package enum Work: Sendable, Hashable {
    /// Nothing: this version is installed for these tables.
    case nothing
    /// To install the schema, and the service's tables first where there are none.
    case install(withTables: Bool)
    /// To bring an older version up to date.
    case upgrade(from: Int)
    /// To install functions and indexes anew, for columns of the tables have changed.
    case refit
    /// To create indexes that are missing.
    case addIndexes
  }

  /// What is to be done.
  package private(set) var work: Work
  /// The tables, those included that are to be created.
  package let shape: TableShape
  let sql: SchemaExpressions

  /// Looks at what there is.
  ///
  /// - Throws: `newerSchema` where a later version is installed; `unusableTables` with what keeps orgman from using these.
  package init(_ found: TableShape) throws(OrgError) {
    if let obstacle = found.obstacle { throw OrgError(.unusableTables, obstacle) }
    shape = found.withTables
    sql = SchemaExpressions(found)
    guard let installation = found.installation else {
      work = .install(withTables: !found.hasTables)
      try checkOwner()
      return
    }
    guard let version = installation.version else {
      throw OrgError(
        .unusableTables, "There is a schema orgman, of \(installation.owner.quoted), that is something else.")
    }
    guard version <= Self.version else {
      throw OrgError(
        .newerSchema,
        "The schema orgman has version \(version); this program knows \(Self.version). Use a newer orgman.")
    }
    if version < Self.version {
      work = .upgrade(from: version)
    } else {
      work = installation.fingerprint == shape.fingerprint ? .nothing : .refit
    }
    if work == .nothing, !installation.indexes.isSuperset(of: indexNames) {
      work = .addIndexes
    }
    try checkOwner()
  }

  /// - Throws: `unusableTables` where something is to be done that only the owner can do.
  private func checkOwner() throws(OrgError) {
    guard work != .nothing else { return }
    if let table = tables.first(where: { !$0.isOwned }) {
      throw OrgError(
        .unusableTables,
        "The table \(table.reference) is owned by \(table.owner.quoted): install orgman's schema as that role."
      )
    }
    if let installation = shape.installation, !installation.isOwned {
      throw OrgError(
        .unusableTables, "The schema orgman is owned by \(installation.owner.quoted): update it as that role."
      )
    }
  }

  /// The tables, both or none.
  private var tables: [TableShape.Table] { [shape.organizations, shape.members].compactMap(\.self) }

  /// The statements; none where nothing is to be done.
  package var statements: [String] {
    switch work {
    case .nothing: []
    case .install(let withTables):
      (withTables ? serviceTables : []) + [lock] + extensions + indexes + ownTables + functions + triggers
        + [count, rights, mark]
    case .upgrade(let version):
      [lock] + (version + 1...Self.version).flatMap { Self.steps[$0] ?? [] } + extensions + dropIndexes
        + indexes
        + functions + triggers + [recount, rights, mark]
    case .addIndexes: extensions + indexes
    case .refit:
      [lock] + extensions + dropIndexes + indexes + [matchIDs] + matchKeptIDs + functions + triggers + [
        recount, rights, mark,
      ]
    }
  }

  /// What takes each version from the one before, but for functions, triggers and indexes, which are always made anew.
  private static let steps = [2: [rareRoles]]

  static let rareRoles = """
    -- Find whether anybody has one of the other roles.
    create index role_count_role on orgman.role_count (role) where role not in ('owner', 'member');
    """

  /// The statements that take orgman's schema away again, with its history; the service's tables stay.
  package var removal: [String] {
    dropIndexes + [
      "-- Remove the triggers with their functions, the history and the counts.\ndrop schema orgman cascade;"
    ]
  }

  /// What isn't to be had on this server, each in a sentence.
  package var notices: [String] {
    var notices: [String] = []
    if shape.server.trigrams == .unavailable {
      notices.append("Without the extension pg_trgm, looking for text reads all organizations.")
    }
    if !shape.server.hasRootCollation {
      notices.append(
        "Without the collation und-x-icu, upper and lower case are those of the database's locale.")
    }
    let missing = shape.missingKeys.map(\.name)
    if let table = shape.organizations, !missing.isEmpty {
      notices.append("\(table.reference) has no \(missing.joined(separator: ", ")).")
    }
    if shape.server.isSuperuser, let table = tables.first(where: { $0.owner != shape.server.user }) {
      // Functions run with the rights of who installs them, on tables that their owner can change into anything.
      notices.append(
        "\(table.reference) is owned by \(table.owner.quoted). Install as that role rather than as a superuser: then it gets no more rights by it."
      )
    }
    return notices
  }

  // MARK: Parts

  private var lock: String {
    """
    -- Keep others from writing until the counts are made.
    lock table \(sql.organizations), \(sql.members) in share row exclusive mode;
    """
  }

  private var count: String {
    """
    -- Count organizations, and members by role.
    select orgman.count_all();
    """
  }

  private var recount: String {
    """
    -- Count organizations, and members by role, anew.
    select orgman.recount();
    """
  }

  private var rights: String {
    """
    -- Let nobody but the owner use any of it until it is granted.
    do $orgman$ begin
      execute (
        select string_agg(format('revoke all on function %s from public', oid::regprocedure), '; ')
        from pg_catalog.pg_proc where pronamespace = 'orgman'::regnamespace);
      revoke all on all tables in schema orgman from public;
      revoke all on schema orgman from public;
    end $orgman$;
    """
  }

  private var mark: String {
    """
    -- Write down the version, and for which columns it is.
    do $orgman$ begin
      update orgman.version set number = \(Self.version);
      comment on table orgman.version is \(Self.comment(shape.fingerprint).asLiteral);
    end $orgman$;
    """
  }

  /// What the comment on `orgman.version` says: comments can be read without any right to the table.
  private static func comment(_ fingerprint: String) -> String {
    "\(commentStart)\(version) for \(fingerprint)"
  }
  private static let commentStart = "orgman schema version "

  /// The version and the columns that a comment names; `nil` for any other text.
  static func installed(_ comment: String) -> (version: Int, fingerprint: String)? {
    guard comment.hasPrefix(commentStart) else { return nil }
    let words = comment.dropFirst(commentStart.count).split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[1] == "for", let version = Int(words[0]) else { return nil }
    return (version, String(words[2]))
  }

  /// Ids may have become another type.
  private var matchIDs: String {
    """
    -- Give the ids of the counts the type that they have in the tables.
    alter table orgman.role_count alter column organization type \(shape.idType) using organization::text::\(shape.idType);
    """
  }
}

extension OrgError.Code {
  /// The database has orgman's schema in a version that this program doesn't know.
  package static let newerSchema = OrgError.Code(rawValue: "newerSchema")
  /// The database has tables that orgman can't use.
  package static let unusableTables = OrgError.Code(rawValue: "unusableTables")
}
