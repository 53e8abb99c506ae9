import OrgCore

/// Something that isn't as it should be in a database, and what to do about it there.
package struct DatabaseFinding: Sendable, Hashable {
  /// How bad it is.
  package enum Severity: String, Sendable, Hashable {
    /// Nothing can be changed while it is so.
    case error
    /// What is shown, or recorded, isn't what it should be.
    case warning
    /// Worth knowing.
    case note
  }

  package let severity: Severity
  /// What it is, in a sentence. Text of the data is escaped.
  package let text: String
  /// What to do, in a sentence: with which key or command, or in SQL.
  package let advice: String
}

extension PostgresStore {
  /// Looks at every row, at the counts, and at what is installed; changes nothing.
  package func examine() throws(OrgError) -> [DatabaseFinding] {
    let moment = try PostgresReader(database, .transaction(ReadTransaction(database.servers)))
    return try DatabaseCheck(reader: moment).run()
  }

  /// What is shown as another value than it has, each in a sentence.
  package func unknownValues() throws(OrgError) -> [String] {
    let check = DatabaseCheck(reader: try PostgresReader(database, .newest(database.servers)))
    return try (check.statuses() + check.roles()).map(\.text)
  }
}

/// Looks for what orgman can't show as it is, and for what was changed around it.
private struct DatabaseCheck {
  let reader: PostgresReader
  private var tables: Tables { reader.tables }
  private var shape: TableShape { reader.tables.shape }
  /// As many values, or names, are looked at one by one.
  private static let limit = 20

  func run() throws(OrgError) -> [DatabaseFinding] {
    try reader.summary.problems.map {
      DatabaseFinding(severity: .error, text: "\($0).", advice: $0.remedy?.sentence ?? "")
    } + installation() + statuses() + roles() + names() + sharedNames() + users()
  }

  private func finding(
    _ text: String, _ advice: String, _ severity: DatabaseFinding.Severity = .warning
  ) -> DatabaseFinding { DatabaseFinding(severity: severity, text: text, advice: advice) }

  private func counted(_ count: Int, _ word: String, _ one: String, _ several: String) -> String {
    count == 1 ? "1 \(word) \(one)" : "\(count) \(word)s \(several)"
  }

  private func literal(_ text: String) -> String { text.asLiteral.escapedForDisplay }

  private func list(_ values: [String]) -> String {
    values.map { "'\($0)'" }.joined(separator: ", ")
  }

  // MARK: What is installed

  private func installation() throws(OrgError) -> [DatabaseFinding] {
    guard tables.isInstalled else {
      return [
        finding(
          "There is no history, and others' changes are seen late: this role can't read the schema orgman, or it isn't installed.",
          "Run orgman init, or have its rights granted.", .note)
      ]
    }
    var findings: [DatabaseFinding] = []
    if shape.installation?.fingerprint != shape.fingerprint {
      findings.append(
        finding(
          "Columns of the tables have changed since orgman was installed: changes of them aren't recorded.",
          "Run orgman init once more."))
    }
    let counts = try reader.ask(
      """
      select r.organizations <> (select count(*) from \(raw: tables.organizations)) \
      or r.members <> (select count(*) from \(raw: tables.members)) or exists (\
      (select organization, role, members from orgman.role_count where members <> 0 except \
      select \(raw: tables.memberOrganization), \(raw: tables.role), count(*) from \(raw: tables.members) m group by 1, 2) \
      union all (select \(raw: tables.memberOrganization), \(raw: tables.role), count(*) from \(raw: tables.members) m \
      group by 1, 2 except select organization, role, members from orgman.role_count)) from orgman.revision r
      """)
    if counts.isTrue(0, 0) {
      findings.append(
        finding(
          "The counts that orgman keeps aren't those of the tables: triggers were off while rows changed.",
          "As the schema's owner: select orgman.recount();"))
    }
    return findings
  }

  // MARK: Values

  func statuses() throws(OrgError) -> [DatabaseFinding] {
    guard let column = shape.column(.field(.status)) else { return [] }
    let rows = try reader.ask(
      """
      select \(raw: tables.status), count(*), min(\(raw: tables.id)) from \(raw: tables.organizations) o \
      where \(raw: tables.status) not in (\(raw: list(Organization.Status.allCases.map(\.rawValue)))) \
      group by 1 order by 1 limit \(Self.limit)
      """)
    return (0..<rows.count).map { row in
      let (value, count, id) = (rows.text(row, 0) ?? "", rows.number(row, 1) ?? 0, rows.text(row, 2) ?? "")
      return finding(
        "\(counted(count, "organization", "has", "have")) the status \(value.quoted), which is shown as active; \(id.escapedForDisplay) is one of them.",
        "Give it another one with S on the screen, with orgman set \(id.escapedForDisplay) --status, or in SQL: \(update(tables.organizations, column, "active", id))"
      )
    }
  }

  func roles() throws(OrgError) -> [DatabaseFinding] {
    guard let column = shape.memberRole, let organization = shape.memberOrganization else { return [] }
    let role = "coalesce(\(tables.role), '')"
    let rows = try reader.ask(
      """
      select \(raw: role), count(*) from \(raw: tables.members) m \
      where \(raw: role) not in (\(raw: list(Role.allCases.map(\.rawValue)))) group by 1 order by 1 limit \(Self.limit)
      """)
    let samples = try reader.ask(
      (0..<rows.count).map { row -> SQL in
        let value = rows.text(row, 0) ?? ""
        return """
          select \(raw: tables.memberOrganization)::text, \(raw: tables.user)::text from \(raw: tables.members) m \
          where \(raw: role) = \(value) order by 1, 2 limit 1
          """
      })
    return (0..<rows.count).map { row in
      let value = rows.text(row, 0) ?? ""
      let (id, user) = (samples[row].text(0, 0) ?? "", samples[row].text(0, 1) ?? "")
      let what = value.isEmpty ? "no role" : "the role \(value.quoted)"
      return finding(
        "\(counted(rows.number(row, 1) ?? 0, "member", "has", "have")) \(what), which is shown as member; \(user.escapedForDisplay) in \(id.escapedForDisplay) is one of them.",
        "Give it another one with r on the screen, with orgman role \(id.escapedForDisplay) \(user.escapedForDisplay), or in SQL: update \(tables.members) set \(column.reference) = 'member' where \(organization.reference) = \(literal(id)) and user_id = \(literal(user));"
      )
    }
  }

  private func names() throws(OrgError) -> [DatabaseFinding] {
    guard let column = shape.column(.field(.name)) else { return [] }
    let name = tables.text(.name)
    let rows = try reader.ask(
      """
      select \(raw: tables.nameKey) = '' or \(raw: name) is null, count(*), min(\(raw: tables.id)) \
      from \(raw: tables.organizations) o where \(raw: name) is null or \(raw: tables.nameKey) = '' \
      or char_length(\(raw: name)) > \(reader.rules.nameLength) group by 1
      """)
    return (0..<rows.count).map { row in
      let (count, id) = (rows.number(row, 1) ?? 0, rows.text(row, 2) ?? "")
      let what = rows.isTrue(row, 0) ? "no name" : "a name of over \(reader.rules.nameLength) characters"
      return finding(
        "\(counted(count, "organization", "has", "have")) \(what), which can be changed but not set again; \(id.escapedForDisplay) is one of them.",
        "Give it another one with e on the screen, with orgman set \(id.escapedForDisplay) --name, or in SQL: \(update(tables.organizations, column, "…", id))"
      )
    }
  }

  private func sharedNames() throws(OrgError) -> [DatabaseFinding] {
    guard let column = shape.column(.field(.name)) else { return [] }
    let rows = try reader.ask(
      """
      select min(\(raw: tables.text(.name))), count(*), min(\(raw: tables.id)), max(\(raw: tables.id)) \
      from \(raw: tables.organizations) o where \(raw: tables.nameKey) <> '' group by \(raw: tables.nameKey) \
      having count(*) > 1 order by 1 limit \(Self.limit)
      """)
    return (0..<rows.count).map { row in
      let (name, count) = (rows.text(row, 0) ?? "", rows.number(row, 1) ?? 0)
      let (first, last) = (rows.text(row, 2) ?? "", rows.text(row, 3) ?? "")
      return finding(
        "\(count) organizations are named \(name.quoted), but for case and white space; \(first.escapedForDisplay) and \(last.escapedForDisplay) are two of them. Files can't hold both, and no other can take the name.",
        "Rename one with e on the screen, with orgman set \(last.escapedForDisplay) --name, or in SQL: \(update(tables.organizations, column, "…", last))"
      )
    }
  }

  private func users() throws(OrgError) -> [DatabaseFinding] {
    guard let organization = shape.memberOrganization else { return [] }
    let rows = try reader.ask(
      """
      select count(*), min(\(raw: tables.memberOrganization)::text) from \(raw: tables.members) m \
      where btrim(coalesce(\(raw: tables.user)::text, '')) = ''
      """)
    let (count, id) = (rows.number(0, 0) ?? 0, rows.text(0, 1) ?? "")
    guard count > 0 else { return [] }
    return [
      finding(
        "\(counted(count, "member", "has", "have")) no user id; \(id.escapedForDisplay) has one of them.",
        "Remove it with d on the screen, or in SQL: delete from \(tables.members) where \(organization.reference) = \(literal(id)) and btrim(coalesce(user_id, '')) = '';"
      )
    ]
  }

  private func update(_ table: String, _ column: TableShape.Column, _ value: String, _ id: String) -> String {
    "update \(table) set \(column.reference) = \(literal(value)) where id = \(literal(id));"
  }
}
