import OrgCore

extension PostgresStore: ErasingStore {
  /// Erases rows, what the history says of them, and the text of files that was kept of them, in one transaction. Who did
  /// something, as `actor`, isn't touched.
  ///
  /// - Throws: `readOnly` also for a role without the right to change the history.
  @discardableResult
  public func erase(
    _ subject: ErasureSubject, allowingOwnerless: Bool, isTrial: Bool
  ) throws(OrgError) -> Erasure {
    if let readOnlyReason { throw OrgError(.readOnly, "Nothing can be erased: \(readOnlyReason).") }
    guard !subject.id.isEmpty, subject.id.canBeSent else {
      throw OrgError(.invalidIdentifier, "An empty id names nothing.")
    }
    let eraser = DatabaseEraser(database: database, subject: subject)
    try database.checkHistoryRights("Erasing")
    let plan = try eraser.plan(try reader(), allowingOwnerless: allowingOwnerless)
    guard !isTrial, !plan.erasure.isEmpty else { return plan.erasure }
    var committer = Committer(database: database, actor: options.actor)
    if database.tables.isInstalled {
      (committer.kind, committer.conclusion) = (.erase, eraser.forget)
    }
    // Members may come meanwhile.
    var (changes, tries) = (plan.removals, 0)
    while true {
      do throws(OrgError) {
        let committed = try committer.commit(
          ChangeSet(changes, allowsOwnerless: allowingOwnerless)
        ) { _ in true }
        if committed.isAnnounced { database.ownCommits.leave() }
        return Erasure(
          changes: committed.changes, historyCount: plan.erasure.historyCount, others: plan.erasure.others,
          in: DatabaseEraser.places(database.tables))
      } catch {
        guard error.code == .conflict, tries < 5 else { throw error }
        tries += 1
        changes = try eraser.plan(try reader(), allowingOwnerless: allowingOwnerless).removals
      }
    }
  }
}

extension PostgresStore: PrunableStore {
  /// Removes generations from the history, in one transaction.
  ///
  /// - Throws: `readOnly` also for a role without the right to change the history, or where there is none.
  @discardableResult
  public func prune(before time: Timestamp, isTrial: Bool) throws(OrgError) -> Pruning {
    if let readOnlyReason { throw OrgError(.readOnly, "Nothing can be removed: \(readOnlyReason).") }
    guard try database.checkHistoryRights("Pruning") else {
      throw OrgError(.invalidValue, "\(database.name) has no history; orgman init adds one.")
    }
    // Times can jump back with the server's clock, generations can't.
    let last: SQL =
      "(select max(generation) from orgman.history where at < \(time.description + "+00")::timestamptz)"
    let those: SQL = "orgman.history h where h.generation <= \(last)"
    let count: SQL = """
      select min(h.generation), max(h.generation), \
      (select (extract(epoch from min(k.at)) * 1000000)::bigint from orgman.history k where k.generation > \(last)), \
      (select count(*) from orgman.change c join orgman.history g using (transaction) where g.generation <= \(last)) \
      from \(those)
      """
    let removal: [SQL] = [
      "delete from orgman.change c using \(those) and h.transaction = c.transaction", "delete from \(those)",
    ]
    do throws(PostgresError) {
      let rows = try database.pool.withConnection { connection throws(PostgresError) in
        let lock: SQL = "lock table orgman.history, orgman.change in share row exclusive mode"
        let body = isTrial ? [count.statement] : [lock.statement, count.statement] + removal.map(\.statement)
        let begin = [
          Statement("begin isolation level read committed, read write"), ConnectionPool.searchPath,
        ]
        let rows = try connection.run(begin + body + [Statement("commit")]) { _ in true }
        return rows[begin.count + (isTrial ? 0 : 1)]
      }
      var pruning = Pruning()
      guard let lower = rows.number(0, 0).flatMap({ UInt64(exactly: $0) }),
        let upper = rows.number(0, 1).flatMap({ UInt64(exactly: $0) }), lower <= upper
      else { return pruning }
      pruning.generations = lower...upper
      pruning.beginning = rows.number(0, 2).map { Timestamp(microseconds: Int64($0)) }
      pruning.changes = rows.number(0, 3) ?? 0
      return pruning
    } catch {
      throw error.error("The history can't be pruned", of: database.name)
    }
  }
}

extension Database {
  /// Whether there is a history.
  ///
  /// - Throws: `readOnly` if there is one that can't be changed.
  @discardableResult
  fileprivate func checkHistoryRights(_ purpose: String) throws(OrgError) -> Bool {
    let tables = ["history", "change", "kept_organization", "kept_piece", "kept_id"]
    let rights = tables.map {
      "coalesce((select has_table_privilege(c.oid, 'delete') and has_table_privilege(c.oid, 'update') "
        + "from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relname = '\($0)'), true)"
    }
    let question: SQL = """
      select pg_get_userbyid(n.nspowner), has_schema_privilege(n.oid, 'usage') and \(raw: rights.joined(separator: " and ")) \
      from pg_catalog.pg_namespace n where n.nspname = 'orgman'
      """
    let rows: Rows
    do throws(PostgresError) { rows = try pool.read([question.statement])[0] } catch {
      throw error.error("The history can't be changed", of: name)
    }
    guard rows.count > 0 else { return false }
    guard rows.isTrue(0, 1) else {
      throw OrgError(
        .readOnly,
        "\(purpose) needs the rights of the role that owns the schema orgman, \((rows.text(0, 0) ?? "").quoted): connect as that role."
      )
    }
    return true
  }
}

/// Erases an organization or a user from a database.
private struct DatabaseEraser {
  let database: Database
  let subject: ErasureSubject
  private var tables: Tables { database.tables }

  static func places(_ tables: Tables) -> Erasure.Places {
    Erasure.Places(
      organizations: tables.organizations, members: tables.members, history: "orgman.history",
      historyUnit: "generation",
      consequence: tables.isInstalled
        ? "Generations that lose a change can't be undone or done again."
        : "There is no history to erase it from.")
  }

  /// What would be erased, and the changes that do it to the data.
  func plan(
    _ reader: any StoreReader, allowingOwnerless: Bool
  ) throws(OrgError) -> (removals: [Change], erasure: Erasure) {
    if let problem = reader.problems.first { throw problem.refusal }
    let removals = try removals(reader)
    let preview = try Preview(of: ChangeSet(removals, allowsOwnerless: allowingOwnerless), on: reader)
    try preview.check()
    var (generations, kept) = (0, 0)
    if tables.isInstalled {
      let questions: [SQL] = [
        """
        select count(*) from orgman.history h where h.transaction in (select c.transaction from orgman.change c where \(isMeant("c"))) \
        or \(isRefused("h")) or \(isNoted("h"))
        """,
        keptCount,
      ]
      do throws(PostgresError) {
        let rows = try database.pool.read(questions.map(\.statement))
        (generations, kept) = (rows[0].number(0, 0) ?? 0, rows[1].number(0, 0) ?? 0)
      } catch {
        throw error.error("The history can't be read", of: database.name)
      }
    }
    let others =
      kept > 0 ? ["the text of files that orgman migrate kept: \(kept) row\(kept == 1 ? "" : "s")"] : []
    return (
      removals,
      Erasure(
        changes: preview.recorded, historyCount: generations, others: others, in: Self.places(tables))
    )
  }

  private func removals(_ reader: any StoreReader) throws(OrgError) -> [Change] {
    switch subject {
    case .organization(let id):
      guard let organization = try reader.organization(id: id) else { return [] }
      return try reader.members(of: id).map {
        .removeMember(user: $0.userID, organization: id, role: $0.role)
      } + [.removeOrganization(organization)]
    case .user(let user):
      return try reader.memberships(of: user).map {
        .removeMember(user: user, organization: $0.organization.id, role: $0.member.role)
      }
    }
  }

  /// Erases it from what orgman keeps, its own removal included. It is counted first, as that reads what is erased here.
  func forget(_ transaction: Transaction) throws(PostgresError) {
    let present: SQL = "pg_current_xact_id()"
    let statements: [SQL] =
      [
        // In the same transaction an entry without a change has no other way in.
        "select orgman.note(null)", "select orgman.settle()",
        """
        update orgman.history h set note = null, details = case when \(isRefused("h")) then jsonb_set(h.details, '{refused}', \
        (select coalesce(jsonb_agg(r), '[]') from jsonb_array_elements(h.details -> 'refused') r where not \(isRecord("r")))) \
        else h.details end where \(isRefused("h")) or \(isNoted("h"))
        """,
        """
        with gone as (delete from orgman.change c where \(isMeant("c")) returning c.transaction) \
        update orgman.history h set note = null, erased = case when h.transaction = \(present) then 0 else h.erased + g.changes end \
        from (select transaction, count(*)::integer as changes from gone group by 1) g where g.transaction = h.transaction
        """,
        "update orgman.history set note = \(subject.note) where transaction = \(present)",
      ] + forgetKept
    _ = try transaction.run(statements.map(\.statement))
  }

  // MARK: Conditions

  /// A row of `orgman.change` that is about it.
  private func isMeant(_ alias: String) -> SQL {
    let key: SQL = "left(\(subject.id), \(SchemaExpressions.keyLength))"
    return switch subject {
    case .organization(let id):
      "(\(raw: alias).organization = \(key) and \(raw: alias).record ->> 'org' = \(id))"
    case .user(let user): "(\(raw: alias).member = \(key) and \(raw: alias).record ->> 'user' = \(user))"
    }
  }

  /// A record that is about it.
  private func isRecord(_ alias: String) -> SQL {
    switch subject {
    case .organization(let id): "(\(raw: alias) ->> 'org' is not distinct from \(id))"
    case .user(let user): "(\(raw: alias) ->> 'user' is not distinct from \(user))"
    }
  }

  /// A row of `orgman.history` with refused changes of it.
  private func isRefused(_ alias: String) -> SQL {
    """
    (jsonb_typeof(\(raw: alias).details -> 'refused') = 'array' and exists \
    (select from jsonb_array_elements(\(raw: alias).details -> 'refused') r where \(isRecord("r"))))
    """
  }

  /// A row of `orgman.history` whose note names it, by its id or by a name that it had.
  private func isNoted(_ alias: String) -> SQL {
    let note: SQL = "\(raw: alias).note"
    guard case .organization = subject else { return "(strpos(\(note), \(subject.id)) > 0)" }
    return """
      (\(note) is not null and (strpos(\(note), \(subject.id)) > 0 or exists (select from orgman.change c where \(isMeant("c")) \
      and c.record ->> 'name' <> '' and strpos(\(note), c.record ->> 'name') > 0)))
      """
  }

  // MARK: What was kept of files

  /// Whether the text of a file has the id in it, in one of the ways in which it can be written there.
  private func names(_ column: String) -> SQL {
    var ids = [subject.id]
    if case .organization(let id) = subject, tables.hasUUIDs { ids.append("org_" + id) }
    let texts = Set(ids.flatMap { [$0.jsonString { _ in false }, $0.jsonString { $0 > 0x7E }] }).sorted()
    let conditions: [SQL] = texts.map { "position(convert_to(\($0), 'UTF8') in \(raw: column)) > 0" }
    return "(\(conditions.joined(" or ")))"
  }

  /// What is kept of the organizations that a user is, or was, listed in.
  private var isListed: SQL {
    """
    (\(names("k.list")) or k.member_fields ? \(subject.id) or \(subject.id) = any(k.members))
    """
  }

  private var keptCount: SQL {
    switch subject {
    case .organization(let id):
      """
      select (select count(*) from orgman.kept_organization k where k.organization::text = \(id)) \
      + (select count(*) from orgman.kept_piece k where \(names("k.piece")))
      """
    case .user:
      """
      select (select count(*) from orgman.kept_organization k where \(isListed)) \
      + (select count(*) from orgman.kept_piece k where \(names("k.piece")))
      """
    }
  }

  private var forgetKept: [SQL] {
    let piece: SQL = "delete from orgman.kept_piece k where \(names("k.piece"))"
    switch subject {
    case .organization(let id):
      return [
        "delete from orgman.kept_organization k where k.organization::text = \(id)",
        "delete from orgman.kept_id k where k.organization::text = \(id)", piece,
      ]
    case .user(let user):
      return [
        """
        update orgman.kept_organization k set list = null, member_fields = k.member_fields - \(user), \
        members = array_remove(k.members, \(user)), sha256 = '' where \(isListed)
        """, piece,
      ]
    }
  }
}

extension String {
  /// The text as JSON has it.
  ///
  /// - Parameter isEscaped: which of the units above U+001F are escaped, besides those that have to be.
  fileprivate func jsonString(_ isEscaped: (UInt16) -> Bool) -> String {
    let short: [UInt16: String] = [
      0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: "\\\"", 0x5C: "\\\\",
    ]
    var text: [UInt16] = []
    for unit in utf16 {
      if let escape = short[unit] {
        text += escape.utf16
      } else if unit < 0x20 || isEscaped(unit) {
        let digits = String(unit, radix: 16)
        text += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf16
      } else {
        text.append(unit)
      }
    }
    return "\"" + String(decoding: text, as: UTF16.self) + "\""
  }
}
