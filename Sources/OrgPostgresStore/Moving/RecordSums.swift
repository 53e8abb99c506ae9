import OrgCore

/// Hashes of all records, computed on the server, by which the tables are compared with files.
package struct RecordSums: Sendable {
  private let connection: Connection
  private let form: LoadedForm
  private let name: String
  private var tables: Tables { Tables(form.shape) }

  init(_ connection: Connection, _ form: LoadedForm, name: String) {
    (self.connection, self.form, self.name) = (connection, form, name)
  }

  /// What is in the tables of an organization: hashes of its records.
  package struct Sum: Sendable, Hashable {
    package var organization: String
    package var memberCount: Int
    package var members: UInt64

    package init(organization: String, memberCount: Int = 0, members: UInt64 = 0) {
      (self.organization, self.memberCount, self.members) = (organization, memberCount, members)
    }
  }

  /// Computes a hash of every record on the server, and adds up those of the members of each organization.
  package func sums() throws(OrgError) -> [String: Sum] {
    var sums: [String: Sum] = [:]
    do throws(PostgresError) {
      _ = try connection.copyOut("copy (\(sumQuery)) to stdout") { (line) throws(Never) in
        let row = CopiedRow(line)
        guard let id = row.text(0) else { return }
        sums[id] = Sum(
          organization: row.text(1) ?? "", memberCount: row.number(2) ?? 0,
          members: row.text(3).flatMap { UInt64($0) } ?? 0)
      }
    } catch {
      throw error.error("The data can't be compared", of: name)
    }
    return sums
  }

  /// The text of an organization's record of which the server computes a hash.
  package func summedText(_ organization: Organization) -> String {
    let stored = form.stored(organization)
    let texts = OrganizationKey.all.map { key -> String? in
      key == .createdAt ? stored.createdAt.description : stored.text(key)
    }
    return texts.map { $0 ?? Self.absent }.joined(separator: Self.separator)
  }

  /// Whether the tables hold the time when a member joined.
  package var holdsJoinedAt: Bool { form.holdsJoinedAt }

  package static let separator = "\u{1F}"
  private static let absent = "\u{1E}"

  /// What a missing value counts as.
  private static func usual(_ field: OrganizationField) -> String? {
    if case .defaulted(let usual, _) = field.descriptor.presence { usual } else { nil }
  }

  private var sumQuery: String {
    let expressions = SchemaExpressions(form.shape)
    let organization = OrganizationKey.all.map { key in
      switch key {
      case .id: "o.id::text"
      case .createdAt: expressions.createdText("o")
      case .field(let field):
        "coalesce(\(expressions.text(field, "o")), \(Self.usual(field).map { $0.asLiteral } ?? "E'\\x1E'"))"
      }
    }
    let member = [
      "\(expressions.memberOrganization("m"))::text", expressions.user("m"), expressions.role("m"),
      expressions.joinedText("m"),
    ]
    func hash(_ parts: [String]) -> String {
      "sha256(convert_to(\(parts.map { "(\($0))" }.joined(separator: " || E'\\x1F' || ")), 'UTF8'))"
    }
    return """
      select o.id::text, encode(\(hash(organization)), 'hex'), coalesce(s.members, 0), coalesce(s.sum, 0)
      from \(tables.organizations) o left join (
        select \(tables.memberOrganization) as organization, count(*) as members,
          mod(sum(('x' || encode(substr(\(hash(member)), 1, 7), 'hex'))::bit(56)::bigint), 9223372036854775808) as sum
        from \(tables.members) m group by 1) s on s.organization = o.id
      """
  }
}
